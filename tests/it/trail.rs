//! `why` tells what became of a message or a person.

use crate::support::community::THREE;
use crate::support::sink::Stage;
use crate::support::{Community, Database, Node, Post, Sink, both};

both!(
    why_tells_what_became_of_a_message,
    why_tells_of_a_person,
    why_knows_nothing_of_an_unknown_message,
);

fn why_tells_what_became_of_a_message(database: &Database) {
    let (sink, post) = (Sink::start(), Post::sample("plain"));
    sink.reply(
        "cleo@mill.example",
        Stage::Recipient,
        &["550 5.1.1 nobody here"],
    );
    let node = Node::with_list(database, &sink, &Community::pumps(), &THREE);
    node.post(&post);
    node.settle();

    let expected = [
        ("ann@plant.example", "sent"),
        ("bob@plant.example", "sent"),
        ("cleo@mill.example", "failed"),
    ];
    let expected = expected.map(|(address, state)| (address.to_owned(), state.to_owned()));
    for id in [post.id.clone(), format!("<{}>", post.id)] {
        assert_eq!(
            node.states(&id),
            expected,
            "with and without angle brackets"
        );
        let told = node.run(&["why", &id]).ok();
        for word in [
            "ann@plant.example",
            "bob@plant.example",
            "cleo@mill.example",
            "sent",
            "failed",
            "5.1.1",
        ] {
            assert!(told.contains(word), "`why` says nothing of {word}:\n{told}");
        }
    }
}

fn why_tells_of_a_person(database: &Database) {
    let (sink, post) = (Sink::start(), Post::sample("plain"));
    let node = Node::with_list(database, &sink, &Community::pumps(), &THREE);
    node.post(&post);
    node.settle();
    let told = node.run(&["why", "ann@plant.example"]).ok();
    assert!(told.contains("pumps"), "{told}");
    assert!(
        node.json(&["why", "ann@plant.example"])
            .to_string()
            .contains("ann@plant.example")
    );
}

fn why_knows_nothing_of_an_unknown_message(database: &Database) {
    let sink = Sink::start();
    let node = Node::with_list(database, &sink, &Community::pumps(), &[]);
    node.run(&["why", "nobody-sent-this@plant.example"])
        .refused();
    node.run(&["why", "<nobody-sent-this@plant.example>", "--json"])
        .refused();
}
