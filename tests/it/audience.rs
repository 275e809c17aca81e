//! Who gets a post, and who does not.

use crate::support::community::THREE;
use crate::support::{Community, Database, Node, Post, Sink, both};

both!(
    only_those_who_want_posts_get_them,
    a_pause_ends_on_its_day,
    facilitators_are_members_and_sponsors_are_not,
);

fn only_those_who_want_posts_get_them(database: &Database) {
    let sink = Sink::start();
    let node = Node::with_list(database, &sink, &Community::pumps(), &THREE);
    node.run(&[
        "member",
        "add",
        "pumps",
        "none@plant.example",
        "--delivery",
        "none",
    ])
    .ok();
    node.run(&[
        "member",
        "add",
        "pumps",
        "listener@plant.example",
        "--role",
        "listener",
    ])
    .ok();
    node.run(&[
        "member",
        "add",
        "pumps",
        "sponsor@board.example",
        "--role",
        "sponsor",
    ])
    .ok();
    node.run(&[
        "member",
        "set",
        "pumps",
        "cleo@mill.example",
        "paused_until=2026-04-01",
    ])
    .ok();
    node.post(&Post::new(
        "bob@plant.example",
        "wanted@plant.example",
        "Wanted",
    ));
    node.settle();
    let expected = [
        "ann@plant.example",
        "bob@plant.example",
        "listener@plant.example",
    ];
    assert_eq!(sink.recipients("wanted@plant.example"), expected);
}

fn a_pause_ends_on_its_day(database: &Database) {
    let sink = Sink::start();
    let node = Node::with_list(database, &sink, &Community::pumps(), &THREE);
    node.run(&[
        "member",
        "set",
        "pumps",
        "cleo@mill.example",
        "paused_until=2026-03-10",
    ])
    .ok();
    let cleo = node.member("cleo@mill.example");
    assert_eq!(cleo["state"], "paused");
    assert!(
        cleo["paused_until"]
            .as_str()
            .is_some_and(|until| until.starts_with("2026-03-")),
        "{cleo}"
    );
    node.advance("10d");
    assert_eq!(node.member("cleo@mill.example")["state"], "active");
    node.post(&Post::new(
        "bob@plant.example",
        "later@plant.example",
        "Later",
    ));
    node.settle();
    assert_eq!(sink.recipients("later@plant.example"), THREE);
}

fn facilitators_are_members_and_sponsors_are_not(database: &Database) {
    let sink = Sink::start();
    let more = "[[facilitator]]\naddress = \"ann@plant.example\"\nname = \"Ann\"\n\n\
                [[sponsor]]\naddress = \"sam@board.example\"\nname = \"Sam\"\n";
    let node = Node::with_list(
        database,
        &sink,
        &Community {
            more,
            ..Community::pumps()
        },
        &[],
    );
    let ann = node.member("ann@plant.example");
    assert!(ann["roles"].to_string().contains("facilitator"), "{ann}");
    node.post(&Post::new(
        "ann@plant.example",
        "hello@plant.example",
        "Hello",
    ));
    node.settle();
    assert_eq!(
        sink.recipients("hello@plant.example"),
        ["ann@plant.example"]
    );
}
