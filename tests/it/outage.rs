//! PostgreSQL goes away under a running node, and comes back.

use std::time::Duration;

use crate::support::community::{LIST, THREE};
use crate::support::wait::{self, SOON};
use crate::support::{Client, Community, Database, Node, Post, Reply, Sink, http};

#[test]
fn a_database_that_is_gone_is_a_temporary_failure() {
    let Some(database) = Database::private_postgres() else {
        return;
    };
    let sink = Sink::start();
    let mut node = Node::new(&database, &sink).real_clock();
    node.found(&Community::pumps(), &THREE);
    node.start();
    assert_eq!(http::get(node.http, "/readyz").status, 200);
    let mut posts: Vec<_> = (0..10)
        .map(|n| Post::new("bob@plant.example", &format!("up-{n}@plant.example"), "Up"))
        .collect();
    posts.iter().for_each(|post| node.post(post));

    database.cluster().down();
    for (name, client) in [
        ("lmtp", Client::lmtp(node.lmtp)),
        ("smtp", Client::smtp(node.smtp)),
    ] {
        let post = Post::new(
            "bob@plant.example",
            &format!("gone-{name}@plant.example"),
            "Gone",
        );
        let reply = first_refusal(client.expect("the node still answers"), &post);
        assert_eq!(reply.code, 451, "451, never 550: {reply:?}");
        posts.push(post);
    }
    wait::until("/readyz to be 503", SOON, || {
        (http::get(node.http, "/readyz").status == 503).then_some(())
    });
    assert_eq!(http::get(node.http, "/healthz").status, 200);

    database.cluster().up();
    wait::until("/readyz to be 200", SOON, || {
        (http::get(node.http, "/readyz").status == 200).then_some(())
    });
    for post in &posts[10..] {
        wait::until("the post to be taken", SOON, || {
            (node.try_post(post).code == 250).then_some(())
        });
    }
    sink.wait_for(posts.len() * THREE.len(), Duration::from_secs(90));
    std::thread::sleep(Duration::from_secs(1));
    assert_all_arrived(&sink, &posts);
}

// An unknown recipient cannot be told from a known one now, so that neither may
// be refused for good.
fn first_refusal(mut client: Client, post: &Post) -> Reply {
    client.command("MAIL FROM:<bob@plant.example>");
    let unknown = client.command("RCPT TO:<nobody@lists.example.org>");
    assert_ne!(unknown.code / 100, 5, "{unknown:?}");
    client.command("RSET");
    client.deliver(&post.from, &[LIST], &post.raw).remove(0)
}

// The relay may have taken up to four mails whose rows could not be written.
fn assert_all_arrived(sink: &Sink, posts: &[Post]) {
    let tally = sink.tally();
    for post in posts {
        for member in THREE {
            assert!(
                tally.contains_key(&(member.to_owned(), post.id.clone())),
                "lost: {} to {member}",
                post.id
            );
        }
    }
    let doubled: usize = tally.values().map(|count| count - 1).sum();
    assert!(
        doubled <= 4,
        "{doubled} doubled, where four connections explain four"
    );
}
