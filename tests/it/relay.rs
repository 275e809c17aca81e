//! The mail server behind the node goes away, hesitates, refuses, hangs up.

use std::time::Duration;

use crate::support::community::THREE;
use crate::support::sink::{HANG_UP, Stage};
use crate::support::{Community, Database, Node, Post, Sink, both};

both!(
    what_waits_for_the_relay_is_sent_when_it_is_back,
    a_temporary_refusal_is_tried_again,
    a_permanent_refusal_is_never_tried_again,
    temporary_refusals_end_after_five_days,
    a_relay_that_hangs_up_after_the_dot_costs_one_copy_at_most,
    the_queue_is_listed_and_retried,
);

fn what_waits_for_the_relay_is_sent_when_it_is_back(database: &Database) {
    let sink = Sink::start();
    let mut node = Node::new(database, &sink).real_clock();
    node.found(&Community::pumps(), &THREE);
    sink.down();
    node.start();
    let posts: Vec<_> = (0..10)
        .map(|n| {
            Post::new(
                "bob@plant.example",
                &format!("down-{n}@plant.example"),
                "Down",
            )
        })
        .collect();
    posts.iter().for_each(|post| node.post(post));
    sink.up();
    // Probed at least every 60 s, and drained at once when it is back.
    sink.wait_for(posts.len() * THREE.len(), Duration::from_secs(75));
    assert_each_once(&sink, &posts);
}

fn a_temporary_refusal_is_tried_again(database: &Database) {
    let (sink, post) = (Sink::start(), Post::sample("plain"));
    sink.reply(
        "ann@plant.example",
        Stage::Recipient,
        &["450 4.2.1 later", "250 ok"],
    );
    sink.reply(
        "bob@plant.example",
        Stage::Data,
        &["451 4.3.0 later", "421 4.3.2 much later", "250 ok"],
    );
    let node = Node::with_list(database, &sink, &Community::pumps(), &THREE);
    node.post(&post);
    node.settle();
    assert_eq!(
        sink.for_recipient("cleo@mill.example").len(),
        1,
        "one hesitation delays nobody else"
    );
    assert_eq!(sink.for_recipient("ann@plant.example").len(), 0);
    assert!(matches!(
        node.state(&post.id, "ann@plant.example").as_str(),
        "deferred" | "waiting"
    ));
    node.advance("1d");
    assert_each_once(&sink, std::slice::from_ref(&post));
    assert_eq!(node.state(&post.id, "ann@plant.example"), "sent");
    assert_eq!(
        (
            sink.attempts("ann@plant.example"),
            sink.attempts("bob@plant.example")
        ),
        (2, 3)
    );
}

fn a_permanent_refusal_is_never_tried_again(database: &Database) {
    let (sink, post) = (Sink::start(), Post::sample("plain"));
    sink.reply(
        "ann@plant.example",
        Stage::Recipient,
        &["550 5.1.1 nobody here"],
    );
    sink.reply("bob@plant.example", Stage::Data, &["552 5.2.2 full"]);
    let node = Node::with_list(database, &sink, &Community::pumps(), &THREE);
    node.post(&post);
    node.settle();
    node.advance("7d");
    assert_eq!(
        (
            sink.attempts("ann@plant.example"),
            sink.attempts("bob@plant.example")
        ),
        (1, 1)
    );
    assert_eq!(node.state(&post.id, "ann@plant.example"), "failed");
    assert_eq!(node.state(&post.id, "bob@plant.example"), "failed");
    assert_eq!(sink.copies(&post.id).len(), 1);
}

fn temporary_refusals_end_after_five_days(database: &Database) {
    let (sink, post) = (Sink::start(), Post::sample("plain"));
    sink.reply("ann@plant.example", Stage::Recipient, &["450 4.2.1 later"]);
    let node = Node::with_list(database, &sink, &Community::pumps(), &THREE);
    node.post(&post);
    node.advance("100h");
    assert!(matches!(
        node.state(&post.id, "ann@plant.example").as_str(),
        "deferred" | "waiting"
    ));
    let after_four_days = sink.attempts("ann@plant.example");
    assert!(
        after_four_days > 10,
        "tried {after_four_days} times in four days"
    );
    node.advance("48h");
    assert_eq!(node.state(&post.id, "ann@plant.example"), "failed");
    let at_the_end = sink.attempts("ann@plant.example");
    node.advance("7d");
    assert_eq!(
        sink.attempts("ann@plant.example"),
        at_the_end,
        "and nothing more"
    );
}

fn a_relay_that_hangs_up_after_the_dot_costs_one_copy_at_most(database: &Database) {
    let (sink, post) = (Sink::start(), Post::sample("plain"));
    sink.reply("ann@plant.example", Stage::Data, &[HANG_UP, "250 ok"]);
    let node = Node::with_list(database, &sink, &Community::pumps(), &THREE);
    node.post(&post);
    node.advance("1d");
    let copies = sink.for_recipient("ann@plant.example");
    assert_eq!(copies.len(), 2, "sent again, since nobody can know");
    assert_eq!(copies[0].raw, copies[1].raw, "with the same bytes");
    assert_eq!(copies[0].from, copies[1].from);
    assert_eq!(
        sink.for_recipient("bob@plant.example").len(),
        1,
        "others on that connection are not harmed"
    );
    assert_eq!(sink.for_recipient("cleo@mill.example").len(), 1);
}

fn the_queue_is_listed_and_retried(database: &Database) {
    let (sink, post) = (Sink::start(), Post::sample("plain"));
    sink.reply(
        "ann@plant.example",
        Stage::Recipient,
        &["450 4.2.1 later", "250 ok"],
    );
    let node = Node::with_list(database, &sink, &Community::pumps(), &THREE);
    node.post(&post);
    node.settle();
    let queue = node.json(&["queue", "list"]).to_string();
    assert!(queue.contains("ann@plant.example"), "{queue}");
    assert!(
        !queue.contains("bob@plant.example"),
        "what was sent waits no more: {queue}"
    );
    assert!(
        node.run(&["queue", "list"])
            .ok()
            .contains("ann@plant.example")
    );
    node.run(&["queue", "retry"]).ok();
    sink.wait_for(THREE.len(), crate::support::wait::SOON);
    assert_each_once(&sink, &[post]);
    node.settle();
    assert!(
        !node
            .json(&["queue", "list"])
            .to_string()
            .contains("ann@plant.example")
    );
}

fn assert_each_once(sink: &Sink, posts: &[Post]) {
    let tally = sink.tally();
    for post in posts {
        for member in THREE {
            assert_eq!(
                tally.get(&(member.to_owned(), post.id.clone())),
                Some(&1),
                "{member}, {}",
                post.id
            );
        }
    }
    assert_eq!(tally.len(), posts.len() * THREE.len(), "and nothing else");
}
