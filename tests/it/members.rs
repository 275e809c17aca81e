//! The operator keeps the members' list.

use serde_json::Value;

use crate::support::community::THREE;
use crate::support::{Community, Database, Node, Post, Sink, both};

both!(
    a_member_is_added_listed_changed_and_removed,
    a_file_of_members_is_imported_but_for_its_bad_rows,
    only_those_who_want_posts_get_them,
    a_pause_ends_on_its_day,
    nonsense_is_refused,
    facilitators_are_members_and_sponsors_are_not,
);

fn a_member_is_added_listed_changed_and_removed(database: &Database) {
    let sink = Sink::start();
    let node = Node::with_list(database, &sink, &Community::pumps(), &[]);
    let add = [
        "member",
        "add",
        "pumps",
        "Ann@Plant.example",
        "--name",
        "Ann Ö",
        "--role",
        "facilitator",
        "--org",
        "Plant 2",
    ];
    node.run(&add).ok();
    node.run(&[
        "member",
        "add",
        "pumps",
        "bob@plant.example",
        "--tz",
        "America/New_York",
        "--delivery",
        "none",
    ])
    .ok();

    let ann = member(&node, "ann@plant.example");
    assert_eq!(
        (ann["name"].as_str(), ann["org"].as_str()),
        (Some("Ann Ö"), Some("Plant 2"))
    );
    assert_eq!(
        (ann["delivery"].as_str(), ann["state"].as_str()),
        (Some("each"), Some("active"))
    );
    assert!(ann["roles"].to_string().contains("facilitator"), "{ann}");
    assert!(ann["paused_until"].is_null(), "{ann}");
    let bob = member(&node, "bob@plant.example");
    assert_eq!(
        (bob["delivery"].as_str(), bob["tz"].as_str()),
        (Some("none"), Some("America/New_York"))
    );

    node.run(&[
        "member",
        "set",
        "pumps",
        "bob@plant.example",
        "delivery=each",
        "name=Bob",
        "org=Mill",
    ])
    .ok();
    let bob = member(&node, "bob@plant.example");
    assert_eq!(
        (
            bob["delivery"].as_str(),
            bob["name"].as_str(),
            bob["org"].as_str()
        ),
        (Some("each"), Some("Bob"), Some("Mill"))
    );

    node.run(&["member", "remove", "pumps", "bob@plant.example"])
        .ok();
    assert!(matches!(
        member(&node, "bob@plant.example")["state"].as_str(),
        None | Some("left")
    ));
    node.post(&Post::new(
        "ann@plant.example",
        "after@plant.example",
        "After",
    ));
    node.settle();
    assert_eq!(
        recipients(&sink, "after@plant.example"),
        ["ann@plant.example"]
    );

    node.run(&["member", "add", "pumps", "bob@plant.example"])
        .ok();
    assert_eq!(
        member(&node, "bob@plant.example")["state"],
        "active",
        "who left may come back"
    );
    let table = node.run(&["member", "list", "pumps"]).ok();
    assert!(
        table.contains("ann@plant.example") && table.contains("bob@plant.example"),
        "{table}"
    );
}

fn a_file_of_members_is_imported_but_for_its_bad_rows(database: &Database) {
    let sink = Sink::start();
    let node = Node::with_list(database, &sink, &Community::pumps(), &[]);
    let rows = "address,name,role,delivery,org,tz\n\
                ann@plant.example,\"Ann, \"\"the\"\" Ö\",facilitator,each,Plant 2,Europe/Berlin\n\
                not-an-address,Nobody,member,each,,\n\
                bob@plant.example,Bob,member,each,,\n\
                cy@plant.example,Cy,emperor,each,,\n\
                di@plant.example,Di,member,hourly,,\n\
                ed@plant.example,Ed,member,each,,Mars/Olympus\n\
                cleo@mill.example,Cleo,listener,none,Mill,\n";
    node.write("new.csv", rows);
    let import = [
        "member",
        "import",
        "pumps",
        &node.path("new.csv").display().to_string(),
    ];
    let outcome = node.run(&import);
    let said = format!("{}{}", outcome.out, outcome.err);
    for line in [3, 5, 6, 7] {
        let named = [format!("line {line}"), format!(":{line}")]
            .iter()
            .any(|form| said.contains(form));
        assert!(named, "line {line} is bad, and nothing says so:\n{said}");
    }
    let list = node.json(&["member", "list", "pumps"]);
    let mut addresses: Vec<_> = list
        .as_array()
        .into_iter()
        .flatten()
        .filter_map(|one| one["address"].as_str())
        .collect();
    addresses.sort_unstable();
    assert_eq!(addresses, THREE, "the good rows went in");
    assert_eq!(member(&node, "ann@plant.example")["name"], "Ann, \"the\" Ö");
    assert_eq!(member(&node, "cleo@mill.example")["delivery"], "none");
    node.run(&import);
    assert_eq!(
        node.json(&["member", "list", "pumps"])
            .as_array()
            .map(Vec::len),
        Some(3),
        "again changes nothing"
    );
}

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
    assert_eq!(recipients(&sink, "wanted@plant.example"), expected);
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
    let cleo = member(&node, "cleo@mill.example");
    assert_eq!(cleo["state"], "paused");
    assert!(
        cleo["paused_until"]
            .as_str()
            .is_some_and(|until| until.starts_with("2026-03-")),
        "{cleo}"
    );
    node.advance("10d");
    assert_eq!(member(&node, "cleo@mill.example")["state"], "active");
    node.post(&Post::new(
        "bob@plant.example",
        "later@plant.example",
        "Later",
    ));
    node.settle();
    assert_eq!(recipients(&sink, "later@plant.example"), THREE);
}

fn nonsense_is_refused(database: &Database) {
    let sink = Sink::start();
    let node = Node::with_list(database, &sink, &Community::pumps(), &THREE);
    for arguments in [
        &["member", "add", "nowhere", "x@plant.example"][..],
        &["member", "add", "pumps", "no address"],
        &[
            "member",
            "add",
            "pumps",
            "x@plant.example",
            "--tz",
            "Mars/Olympus",
        ],
        &[
            "member",
            "set",
            "pumps",
            "ann@plant.example",
            "delivery=hourly",
        ],
        &["member", "set", "pumps", "ann@plant.example", "colour=blue"],
        &[
            "member",
            "set",
            "pumps",
            "nobody@plant.example",
            "delivery=none",
        ],
        &["member", "remove", "pumps", "nobody@plant.example"],
        &["member", "list", "nowhere"],
        &["member", "import", "pumps", "there-is-no-such-file.csv"],
    ] {
        let outcome = node.run(arguments);
        assert!(matches!(outcome.code, 1 | 2), "{arguments:?}: {outcome:?}");
        assert!(!outcome.err.trim().is_empty(), "{arguments:?} says nothing");
    }
    assert_eq!(
        node.json(&["member", "list", "pumps"])
            .as_array()
            .map(Vec::len),
        Some(3)
    );
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
    let ann = member(&node, "ann@plant.example");
    assert!(ann["roles"].to_string().contains("facilitator"), "{ann}");
    node.post(&Post::new(
        "ann@plant.example",
        "hello@plant.example",
        "Hello",
    ));
    node.settle();
    assert_eq!(
        recipients(&sink, "hello@plant.example"),
        ["ann@plant.example"]
    );
}

fn member(node: &Node, address: &str) -> Value {
    let list = node.json(&["member", "list", "pumps"]);
    let found = list
        .as_array()
        .into_iter()
        .flatten()
        .find(|one| one["address"] == address);
    found.cloned().unwrap_or_default()
}

fn recipients(sink: &Sink, id: &str) -> Vec<String> {
    let mut recipients: Vec<_> = sink.copies(id).into_iter().map(|copy| copy.to).collect();
    recipients.sort();
    recipients
}
