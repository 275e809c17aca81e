//! `inspect --to` tells what would become of a message, and does nothing.

use serde_json::Value;

use crate::support::community::THREE;
use crate::support::{Community, Database, Node, Post, Sink, both};

both!(
    inspect_tells_what_would_become_of_a_post,
    inspect_tells_what_would_be_refused_or_held,
);

fn would(node: &Node<'_>, post: &Post, to: &str) -> Value {
    node.write("mail.eml", &post.raw);
    let line = node.run(&["inspect", "--to", to, "mail.eml"]).ok();
    let object: Value = serde_json::from_str(&line).expect("one object");
    assert_eq!(object["message_id"], post.id.as_str());
    object["would"][0].clone()
}

fn inspect_tells_what_would_become_of_a_post(database: &Database) {
    let (sink, post) = (Sink::start(), Post::sample("plain"));
    let node = Node::with_list(database, &sink, &Community::pumps(), &THREE);
    let list = "pumps@lists.example.org";
    let told = would(&node, &post, list);
    assert_eq!(told["outcome"], "accepted", "{told}");
    assert_eq!(told["mails"][0]["mail"], "post", "{told}");
    let recipients = told["mails"][0]["recipients"].as_array().expect("a list");
    let mut addresses: Vec<&str> = recipients
        .iter()
        .filter_map(|one| one["address"].as_str())
        .collect();
    addresses.sort_unstable();
    assert_eq!(
        addresses,
        [
            "ann@plant.example",
            "bob@plant.example",
            "cleo@mill.example"
        ]
    );
    assert!(told["steps"].to_string().contains("rules"), "{told}");
    node.settle();
    assert!(sink.copies(&post.id).is_empty(), "nothing was sent");
    node.run(&["why", &post.id]).refused();
    // The same message may then really come.
    node.post(&post);
    node.settle();
    assert_eq!(sink.copies(&post.id).len(), 3);
    assert_eq!(
        would(&node, &post, list)["outcome"],
        "duplicate",
        "it looks at what is there"
    );
}

fn inspect_tells_what_would_be_refused_or_held(database: &Database) {
    let sink = Sink::start();
    let node = Node::with_list(database, &sink, &Community::pumps(), &THREE);
    let stranger = Post::new("zoe@far.example", "w1@far.example", "Hello");
    let told = would(&node, &stranger, "pumps@lists.example.org");
    assert_eq!(told["outcome"], "held", "{told}");
    assert!(!told["reasons"][0].as_str().unwrap_or_default().is_empty());
    let told = would(&node, &stranger, "nobody@lists.example.org");
    assert_eq!(told["outcome"], "refused", "{told}");
    let told = would(&node, &stranger, "pumps-join@lists.example.org");
    assert_eq!(told["mails"][0]["mail"], "confirm", "{told}");
    node.settle();
    let held = node.json(&["hold", "list", "pumps"]);
    assert_eq!(held, serde_json::json!([]), "nothing was held");
    assert_eq!(sink.count(), 0, "nothing was sent");
}
