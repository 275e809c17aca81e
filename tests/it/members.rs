//! The operator keeps the members' list.

use crate::support::community::THREE;
use crate::support::{Community, Database, Node, Post, Sink, both};

both!(
    a_member_is_added_listed_changed_and_removed,
    a_file_of_members_is_imported_but_for_its_bad_rows,
    nonsense_is_refused,
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

    let ann = node.member("ann@plant.example");
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
    let bob = node.member("bob@plant.example");
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
    let bob = node.member("bob@plant.example");
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
        node.member("bob@plant.example")["state"].as_str(),
        None | Some("left")
    ));
    node.post(&Post::new(
        "ann@plant.example",
        "after@plant.example",
        "After",
    ));
    node.settle();
    assert_eq!(
        sink.recipients("after@plant.example"),
        ["ann@plant.example"]
    );

    node.run(&["member", "add", "pumps", "bob@plant.example"])
        .ok();
    assert_eq!(
        node.member("bob@plant.example")["state"],
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
    assert_eq!(node.member("ann@plant.example")["name"], "Ann, \"the\" Ö");
    assert_eq!(node.member("cleo@mill.example")["delivery"], "none");
    node.run(&import);
    assert_eq!(
        node.json(&["member", "list", "pumps"])
            .as_array()
            .map(Vec::len),
        Some(3),
        "again changes nothing"
    );
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
