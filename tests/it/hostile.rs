//! Input that was made to do harm, or by somebody who knew no better.

use crate::support::community::LIST;
use crate::support::mbox;
use crate::support::post::Post;
use crate::support::wait::SOON;
use crate::support::{Client, Community, Database, Mail, Node, Sink, both};

both!(
    odd_messages_are_taken_kept_and_passed_on,
    no_message_is_smuggled_in_over_lmtp,
    no_message_is_smuggled_in_over_smtp,
    no_message_is_smuggled_out,
    no_header_is_added_through_a_name_or_subject,
);

const MEMBERS: [&str; 2] = ["ann@plant.example", "bob@plant.example"];

fn odd_messages() -> Vec<(&'static str, Vec<u8>)> {
    let header = "From: <bob@plant.example>\r\nSubject: odd\r\n";
    let with_body = |body: &[u8]| [header.as_bytes(), b"\r\n", body].concat();
    let mut nested = String::from(header);
    for level in 0..200 {
        nested.push_str(&format!(
            "Content-Type: multipart/mixed; boundary=b{level}\r\n\r\n--b{level}\r\n"
        ));
    }
    vec![
        ("a bare CR", with_body(b"one\rtwo\r\nthree\r\n")),
        ("a bare LF", with_body(b"one\ntwo\r\nthree\r\n")),
        ("a bare LF before a dot", with_body(b"one\n.two\r\n.\tthree\r\n")),
        ("NUL in the body", with_body(b"one\0two\r\n")),
        ("NUL in a header", [header.as_bytes(), b"X-Nul: a\0b\r\n\r\nbody\r\n"].concat()),
        ("8-bit headers", [b"From: J\xf6rg <bob@plant.example>\r\nSubject: caf\xe9 \xff\xfe\r\n\r\nbody\r\n".as_slice()].concat()),
        ("a line of 100 kB", with_body(&[b"x".repeat(100_000).as_slice(), b"\r\n"].concat())),
        ("a header of 100 kB", [header.as_bytes(), b"X-Long: ", b"x".repeat(100_000).as_slice(), b"\r\n\r\nbody\r\n"].concat()),
        ("a long line of 8-bit text", with_body(&"ü".repeat(3_000).into_bytes())),
        ("no headers at all", b"\r\nonly a body\r\n".to_vec()),
        ("no empty line", b"From: <bob@plant.example>\r\nSubject: odd\r\n".to_vec()),
        ("a first line that is no header", b"this is no header\r\nnor this\r\n\r\nbody\r\n".to_vec()),
        ("nothing", Vec::new()),
        ("one dot", b"\r\n.\r\n".to_vec()),
        ("no line end", b"x".to_vec()),
        ("a mailbox's From line", with_body(b"From here on\r\n>From there\r\n")),
        ("multipart without a boundary", format!("{header}Content-Type: multipart/mixed\r\n\r\nbody\r\n").into_bytes()),
        ("multipart in itself, 200 deep", nested.into_bytes()),
        ("an unknown charset and encoding", format!("{header}Content-Type: text/plain; charset=x-none\r\nContent-Transfer-Encoding: x-none\r\n\r\nbody\r\n").into_bytes()),
        ("broken base64", format!("{header}Content-Type: text/plain\r\nContent-Transfer-Encoding: base64\r\n\r\n====!!!!\r\n").into_bytes()),
        ("octets without sense", (0..=255).cycle().take(5_000).filter(|byte| *byte != b'\r').collect()),
    ]
}

fn odd_messages_are_taken_kept_and_passed_on(database: &Database) {
    let sink = Sink::start();
    let node = Node::with_list(database, &sink, &Community::open_to_all(), &MEMBERS);
    for (name, raw) in odd_messages() {
        let before = sink.count();
        let reply = node
            .client()
            .deliver("bob@plant.example", &[LIST], &raw)
            .remove(0);
        if reply.code == 554 && name == "a header of 100 kB" {
            continue; // The contract leaves the choice: folded, or refused with 554.
        }
        assert_eq!(reply.code, 250, "{name}: {reply:?}");
        node.settle();
        let mut to: Vec<_> = sink
            .received()
            .split_off(before)
            .into_iter()
            .map(|mail| mail.to)
            .collect();
        to.sort();
        assert_eq!(to, MEMBERS, "one copy each: {name}");
        assert_eq!(sink.violations(), [""; 0], "{name}");
        assert!(
            archived(&node)
                .iter()
                .any(|kept| kept.ends_with(&mbox::unix(&raw))),
            "not archived as it is: {name}"
        );
    }
}

// Endings that some server somewhere took for the end of the data.
fn false_endings() -> Vec<&'static [u8]> {
    vec![
        b"\n.\n",
        b"\n.\r\n",
        b"\r\n.\n",
        b"\r.\r",
        b"\r.\r\n",
        b"\r\n.\r",
        b"\r.\n",
        b"\n.\r",
        b"\r\n\0.\r\n",
        b"\r\n.\0\r\n",
        b"\r\n.\r\r\n",
        b"\r\r\n.\r\r\n",
        b"\n\n.\n\n",
        b"\r\n. \r\n",
        b"\r\n\t.\r\n",
        b"\n.\n\r\n",
    ]
}

fn no_message_is_smuggled_in_over_lmtp(database: &Database) {
    let sink = Sink::start();
    let node = Node::with_list(database, &sink, &Community::open_to_all(), &MEMBERS);
    smuggle(&node, &sink, || node.client());
}

fn no_message_is_smuggled_in_over_smtp(database: &Database) {
    let sink = Sink::start();
    let node = Node::with_list(database, &sink, &Community::open_to_all(), &MEMBERS);
    smuggle(&node, &sink, || Client::smtp(node.smtp).expect("SMTP"));
}

// Either the whole is one post, or it is refused; never are there two.
fn smuggle(node: &Node, sink: &Sink, connect: impl Fn() -> Client) {
    for (number, ending) in false_endings().into_iter().enumerate() {
        let name = ending.escape_ascii();
        let mut client = connect();
        client.command("MAIL FROM:<bob@plant.example>");
        client.command(&format!("RCPT TO:<{LIST}>"));
        assert_eq!(client.command("DATA").code, 354);
        client.send(&smuggling(number, ending));
        client.send(b"\r\n.\r\n");
        let verdict = client.reply();
        let rest = client.quit();
        let replies = rest.lines().filter(|line| line.starts_with("250")).count();
        assert_eq!(
            replies, 0,
            "{name}: more than one reply to one message: {verdict:?} {rest}"
        );
        node.settle();
        let outer = sink.copies(&format!("outer-{number}@plant.example")).len();
        assert_eq!(
            outer,
            if verdict.code == 250 {
                MEMBERS.len()
            } else {
                0
            },
            "{name}: {verdict:?}"
        );
        assert!(
            sink.copies(&format!("inner-{number}@plant.example"))
                .is_empty(),
            "{name}: smuggled in"
        );
        node.run(&["why", &format!("inner-{number}@plant.example")])
            .refused();
    }
    assert_eq!(sink.violations(), [""; 0]);
}

fn smuggling(number: usize, ending: &[u8]) -> Vec<u8> {
    let outer = Post::with_body(
        "bob@plant.example",
        &format!("outer-{number}@plant.example"),
        "Outer",
        "A word.",
    );
    let inner = Post::new(
        "eve@evil.example",
        &format!("inner-{number}@plant.example"),
        "Inner",
    );
    let envelope = format!("MAIL FROM:<eve@evil.example>\r\nRCPT TO:<{LIST}>\r\nDATA\r\n");
    [&outer.raw, ending, envelope.as_bytes(), &inner.raw].concat()
}

// What came in with false endings goes to a server that may believe in them.
fn no_message_is_smuggled_out(database: &Database) {
    let sink = Sink::start();
    let node = Node::with_list(database, &sink, &Community::open_to_all(), &MEMBERS);
    for (number, ending) in false_endings().into_iter().enumerate() {
        let before = sink.count();
        let raw = smuggling(number, ending);
        let reply = node
            .client()
            .deliver("bob@plant.example", &[LIST], &raw)
            .remove(0);
        node.settle();
        let copies = sink.received().split_off(before);
        assert_eq!(
            copies.len(),
            if reply.code == 250 { MEMBERS.len() } else { 0 },
            "{}",
            ending.escape_ascii()
        );
        for copy in copies {
            let lonely = copy
                .raw
                .split(|byte| *byte == b'\n')
                .any(|line| !line.is_empty() && !line.ends_with(b"\r"));
            assert!(!lonely, "a bare LF went out: {}", ending.escape_ascii());
        }
    }
    assert_eq!(sink.violations(), [""; 0]);
}

fn no_header_is_added_through_a_name_or_subject(database: &Database) {
    let sink = Sink::start();
    let node = Node::with_list(database, &sink, &Community::pumps(), &MEMBERS);
    for name in [
        "Eve\r\nX-Injected: 1",
        "Eve\nX-Injected: 1",
        "Eve\rX-Injected: 1",
    ] {
        // Refused or mended: the contract is what goes out.
        node.run(&["member", "add", "pumps", "eve@evil.example", "--name", name]);
        node.run(&[
            "member",
            "set",
            "pumps",
            "bob@plant.example",
            &format!("name={name}"),
        ]);
    }
    let rows = "address,name,role,delivery,org,tz\nnul@evil.example,\"N\0ul\r\nX-Injected: 1\",member,each,\"o\r\nX-Injected: 1\",\n";
    node.write("evil.csv", rows);
    node.run(&[
        "member",
        "import",
        "pumps",
        &node.path("evil.csv").display().to_string(),
    ]);
    for (number, subject) in [
        "=?utf-8?Q?hi=0D=0AX-Injected:_1?=",
        "=?utf-8?Q?hi=0AX-Injected:_1?=",
        "=?utf-8?Q?hi=0DX-Injected:_1?=",
        "=?utf-8?Q?hi=00X-Injected:_1?=",
        "=?utf-8?B?aGkNClgtSW5qZWN0ZWQ6IDE=?=",
        "[pumps] =?utf-8?B?aGkNCg0KWC1JbmplY3RlZDogMQ==?=",
    ]
    .into_iter()
    .enumerate()
    {
        let before = sink.count();
        node.post(&Post::new(
            "bob@plant.example",
            &format!("subject-{number}@plant.example"),
            subject,
        ));
        sink.wait_for(before + MEMBERS.len(), SOON);
        node.settle();
        for copy in sink.received().split_off(before) {
            let added = Mail::new(&copy.raw)
                .fields()
                .into_iter()
                .find(|field| field.starts_with("X-Injected"));
            assert_eq!(added, None, "{subject}");
            assert!(
                !copy.mail().body().starts_with(b"X-Injected"),
                "the header ended early: {subject}"
            );
        }
    }
    assert_eq!(sink.violations(), [""; 0]);
}

fn archived(node: &Node) -> Vec<Vec<u8>> {
    let file = node.path("export.mbox");
    let _ = std::fs::remove_file(&file);
    node.run(&["archive", "export", "pumps", &file.display().to_string()])
        .ok();
    mbox::split(&std::fs::read(file).expect("the export"))
}
