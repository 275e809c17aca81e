//! What a mail server in front of the node is told.

use crate::support::community::{LIST, THREE};
use crate::support::wait::{self, SOON};
use crate::support::{Client, Community, Database, Node, Post, Sink, both};

both!(
    an_unknown_recipient_is_refused_in_session,
    each_recipient_gets_its_own_reply,
    too_large_is_refused_when_declared_and_when_streamed,
    pipelined_commands_are_answered_in_order,
    lmtp_is_served_on_a_unix_socket,
    smtp_takes_a_post_as_lmtp_does,
    one_message_sent_twenty_times_is_one_post,
    inject_goes_the_same_way,
);

fn an_unknown_recipient_is_refused_in_session(database: &Database) {
    let sink = Sink::start();
    let node = Node::with_list(database, &sink, &Community::pumps(), &THREE);
    for mut client in [node.client(), Client::smtp(node.smtp).expect("SMTP")] {
        for nobody in [
            "nobody@lists.example.org",
            "pumpsx@lists.example.org",
            "pumps-nothing@lists.example.org",
        ] {
            client.command("MAIL FROM:<bob@plant.example>");
            let reply = client.command(&format!("RCPT TO:<{nobody}>"));
            assert_eq!(reply.code, 550, "{nobody}: {reply:?}");
            assert!(reply.text.starts_with("5.1.1"), "{nobody}: {reply:?}");
            client.command("RSET");
        }
    }
}

fn each_recipient_gets_its_own_reply(database: &Database) {
    let (sink, post) = (Sink::start(), Post::sample("plain"));
    let node = Node::with_list(database, &sink, &Community::pumps(), &THREE);
    let to = [
        LIST,
        "nobody@lists.example.org",
        "pumps-owner@lists.example.org",
    ];
    let replies = node.client().deliver(&post.from, &to, &post.raw);
    assert_eq!(
        replies.iter().map(|reply| reply.code).collect::<Vec<_>>(),
        [250, 550, 250],
        "{replies:?}"
    );
    node.settle();
    assert_eq!(sink.copies(&post.id).len(), THREE.len());
}

fn too_large_is_refused_when_declared_and_when_streamed(database: &Database) {
    let sink = Sink::start();
    let node = Node::with_list(database, &sink, &Community::pumps(), &THREE);
    let line = format!("{}\r\n", "x".repeat(70));
    let huge = Post::with_body(
        "bob@plant.example",
        "huge@plant.example",
        "Huge",
        &line.repeat((2 << 20) / line.len()),
    );
    for (name, mut client) in [
        ("lmtp", node.client()),
        ("smtp", Client::smtp(node.smtp).expect("SMTP")),
    ] {
        assert!(
            client.extensions.contains("SIZE 1048576"),
            "{}",
            client.extensions
        );
        let declared = client.command("MAIL FROM:<bob@plant.example> SIZE=2000000");
        assert_eq!(declared.code, 552, "{declared:?}");
        let streamed = client.deliver("bob@plant.example", &[LIST], &huge.raw);
        assert_eq!(streamed[0].code, 552, "{streamed:?}");
        let after = Post::new(
            "bob@plant.example",
            &format!("after-{name}@plant.example"),
            "After",
        );
        assert_eq!(
            client.deliver("bob@plant.example", &[LIST], &after.raw)[0].code,
            250,
            "the session goes on"
        );
    }
    node.settle();
    assert_eq!(sink.copies(&huge.id).len(), 0);
}

fn pipelined_commands_are_answered_in_order(database: &Database) {
    let (sink, post) = (Sink::start(), Post::sample("plain"));
    let node = Node::with_list(database, &sink, &Community::pumps(), &THREE);
    let mut client = node.client();
    for extension in [
        "PIPELINING",
        "8BITMIME",
        "SMTPUTF8",
        "ENHANCEDSTATUSCODES",
        "SIZE",
    ] {
        assert!(
            client.extensions.contains(extension),
            "{extension} is not in {}",
            client.extensions
        );
    }
    client.send(b"MAIL FROM:<bob@plant.example>\r\nRCPT TO:<nobody@lists.example.org>\r\nRCPT TO:<pumps@lists.example.org>\r\nDATA\r\n");
    let codes = [
        client.reply().code,
        client.reply().code,
        client.reply().code,
        client.reply().code,
    ];
    assert_eq!(codes, [250, 550, 250, 354]);
    // The next transaction begins in the same packet as this one's end.
    let mut bytes = crate::support::client::stuffed(&post.raw);
    bytes.extend_from_slice(b"MAIL FROM:<bob@plant.example>\r\nRSET\r\n");
    client.send(&bytes);
    assert_eq!(
        [
            client.reply().code,
            client.reply().code,
            client.reply().code
        ],
        [250, 250, 250]
    );
    node.settle();
    assert_eq!(sink.copies(&post.id).len(), THREE.len());
}

fn lmtp_is_served_on_a_unix_socket(database: &Database) {
    let (sink, post) = (Sink::start(), Post::sample("plain"));
    let mut node = Node::new(database, &sink);
    let socket = node.path("lmtp.sock");
    node.configure(
        &format!("lmtp = \"{}\"", node.lmtp),
        &format!("lmtp = \"unix:{}\"", socket.display()),
    );
    node.found(&Community::pumps(), &THREE);
    node.start();
    // A socket left by a killed node must not keep the next one from starting.
    node.kill();
    node.start();
    let mut client = wait::until("LMTP", SOON, || Client::lmtp_unix(&socket));
    assert_eq!(client.deliver(&post.from, &[LIST], &post.raw)[0].code, 250);
    node.settle();
    assert_eq!(sink.copies(&post.id).len(), THREE.len());
}

fn smtp_takes_a_post_as_lmtp_does(database: &Database) {
    let (sink, post) = (Sink::start(), Post::sample("plain"));
    let node = Node::with_list(database, &sink, &Community::pumps(), &THREE);
    let mut client = Client::smtp(node.smtp).expect("SMTP");
    assert_eq!(client.deliver(&post.from, &[LIST], &post.raw)[0].code, 250);
    assert!(client.quit().starts_with("221"));
    node.settle();
    assert_eq!(sink.copies(&post.id).len(), THREE.len());
}

fn one_message_sent_twenty_times_is_one_post(database: &Database) {
    let (sink, post) = (Sink::start(), Post::sample("plain"));
    let node = Node::with_list(database, &sink, &Community::pumps(), &THREE);
    // Ten over one connection, ten over one each, some at the same time.
    let mut client = node.client();
    for _ in 0..10 {
        assert_eq!(client.deliver(&post.from, &[LIST], &post.raw)[0].code, 250);
    }
    std::thread::scope(|scope| {
        for _ in 0..10 {
            scope.spawn(|| node.post(&post));
        }
    });
    node.settle();
    assert_eq!(sink.copies(&post.id).len(), THREE.len(), "one copy each");
    assert_eq!(
        node.json(&["archive", "threads", "pumps"])
            .as_array()
            .map(Vec::len),
        Some(1),
        "one post"
    );
}

fn inject_goes_the_same_way(database: &Database) {
    let (sink, post) = (Sink::start(), Post::sample("plain"));
    let mut node = Node::new(database, &sink);
    node.found(&Community::pumps(), &THREE);
    node.write("post.eml", &post.raw);
    let file = node.path("post.eml").display().to_string();
    // While no node runs: it waits. Twice: it is one post.
    let id = node
        .run(&["inject", "--to", LIST, "--from", &post.from, &file])
        .ok();
    assert!(!id.trim().is_empty(), "prints its id");
    node.start();
    node.run(&["inject", "--to", LIST, "--from", &post.from, &file])
        .ok();
    node.settle();
    assert_eq!(sink.copies(&post.id).len(), THREE.len());
    node.run(&["inject", "--to", "nobody@lists.example.org", &file])
        .refused();
}
