//! An outsider's post waits for a person, and nobody hears of it until then.

use crate::support::{Community, Database, Node, Post, Sink, both};

both!(
    a_held_post_is_delivered_once_accepted,
    a_rejected_post_reaches_nobody
);

const MEMBERS: [&str; 2] = ["ann@plant.example", "bob@plant.example"];

fn a_held_post_is_delivered_once_accepted(database: &Database) {
    let sink = Sink::start();
    let node = Node::with_list(database, &sink, &Community::pumps(), &MEMBERS);
    let post = Post::new("olga@outside.example", "outsider@outside.example", "May I?");
    let id = hold(&node, &sink, &post);
    node.run(&["hold", "accept", &id]).ok();
    node.settle();
    let mut to: Vec<_> = sink
        .copies(&post.id)
        .into_iter()
        .map(|copy| copy.to)
        .collect();
    to.sort();
    assert_eq!(to, MEMBERS);
    assert_eq!(node.json(&["hold", "list", "pumps"]), serde_json::json!([]));
    node.run(&["hold", "accept", &id]).refused();
    node.settle();
    assert_eq!(
        sink.copies(&post.id).len(),
        MEMBERS.len(),
        "accepted once, delivered once"
    );
}

fn a_rejected_post_reaches_nobody(database: &Database) {
    let sink = Sink::start();
    let node = Node::with_list(database, &sink, &Community::pumps(), &MEMBERS);
    let post = Post::new("olga@outside.example", "outsider@outside.example", "May I?");
    let id = hold(&node, &sink, &post);
    node.run(&["hold", "reject", &id, "--reason", "off topic"])
        .ok();
    node.settle();
    assert_eq!(sink.count(), 0, "nobody hears: a From line proves nothing");
    assert_eq!(node.json(&["hold", "list", "pumps"]), serde_json::json!([]));
    let why = node.run(&["why", &post.id]).ok();
    assert!(why.contains("off topic"), "{why}");
}

// Posts as an outsider and returns the id under which the post is held.
fn hold(node: &Node, sink: &Sink, post: &Post) -> String {
    node.post(post);
    node.settle();
    assert_eq!(
        sink.count(),
        0,
        "no mail to anyone, least of all to a forged sender"
    );
    let held = node.json(&["hold", "list", "pumps"]);
    assert_eq!(held.as_array().map(Vec::len), Some(1), "{held}");
    let entry = &held[0];
    assert_eq!(entry["message_id"], post.id.as_str());
    assert_eq!(entry["subject"], "May I?");
    assert!(
        entry["from"].to_string().contains("olga@outside.example"),
        "{entry}"
    );
    assert!(
        entry["reasons"]
            .as_array()
            .is_some_and(|reasons| !reasons.is_empty()),
        "{entry}"
    );
    assert!(
        entry["at"]
            .as_str()
            .is_some_and(|at| at.starts_with("2026-03-02T09:00")),
        "{entry}"
    );
    assert!(
        node.run(&["why", &post.id]).ok().contains("held"),
        "why tells it"
    );
    entry["id"]
        .as_str()
        .map_or_else(|| entry["id"].to_string(), str::to_owned)
}
