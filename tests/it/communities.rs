//! Charters become communities, and their changes are carried over.

use crate::support::{Community, Database, Node, Sink, both};

both!(
    a_charter_is_applied_listed_and_shown,
    a_change_of_the_file_is_carried_over_and_told,
    what_is_hardly_meant_is_said_and_stops_nothing,
    what_both_sides_changed_needs_a_decision,
    the_example_charter_is_read_as_it_stands,
    a_charter_as_it_stands_is_fit_to_be_applied,
);

fn a_charter_is_applied_listed_and_shown(database: &Database) {
    let sink = Sink::start();
    let node = Node::new(database, &sink);
    node.found(&Community::pumps(), &[]);
    node.found(
        &Community {
            slug: "valves",
            ..Community::pumps()
        },
        &[],
    );
    let list = node.json(&["community", "list"]);
    let pumps = serde_json::json!({"slug": "pumps", "name": "Friends of pumps"});
    let valves = serde_json::json!({"slug": "valves", "name": "Friends of valves"});
    assert_eq!(list, serde_json::json!([pumps, valves]));
    assert!(
        node.run(&["community", "list"])
            .ok()
            .contains("Friends of valves")
    );
    let shown = node.json(&["community", "show", "pumps"]);
    assert_eq!(shown["slug"], "pumps");
    assert_eq!(shown["list"]["posting"], "members");
    assert_eq!(
        shown["charter"]["practice"],
        "Field notes and failure reports."
    );
    assert!(
        node.run(&["community", "show", "pumps"])
            .ok()
            .contains("Friends of pumps")
    );
    node.run(&["community", "show", "nowhere"]).refused();
}

fn a_change_of_the_file_is_carried_over_and_told(database: &Database) {
    let sink = Sink::start();
    let node = Node::new(database, &sink);
    node.found(&Community::pumps(), &[]);
    change_file(&node, "[pumps]", "[file]");
    let dry = node.run(&["community", "apply", "--dry-run"]).ok();
    assert!(
        dry.contains("subject_tag") && dry.contains("[file]"),
        "{dry}"
    );
    assert_eq!(tag(&node), "[pumps]", "a dry run changes nothing");
    let told = node.run(&["community", "apply"]).ok();
    assert!(
        told.contains("subject_tag") && told.contains("[file]"),
        "{told}"
    );
    assert_eq!(tag(&node), "[file]");
    let again = node.run(&["community", "apply"]).ok();
    assert!(
        !again.contains("subject_tag"),
        "nothing changed, nothing told: {again}"
    );
}

fn what_is_hardly_meant_is_said_and_stops_nothing(database: &Database) {
    let sink = Sink::start();
    let node = Node::new(database, &sink);
    let charter = Community::pumps().charter();
    node.write("communities/pumps.toml", charter);
    for options in [&["--dry-run"][..], &[]] {
        let applied = node.run(&[&["community", "apply"], options].concat());
        let warned: Vec<_> = applied.err.lines().collect();
        let expected = [
            "`list.max_size`: the node takes no",
            "`list.dmarc`: footer and",
        ];
        assert_eq!(warned.len(), expected.len(), "a line each: {warned:?}");
        for (warning, expected) in warned.iter().zip(expected) {
            let expected = format!("communities/pumps.toml:12:2: warning: {expected}");
            assert!(warning.contains(&expected), "{warning}");
        }
        applied.ok();
    }
    assert_eq!(tag(&node), "[pumps]");
}

fn what_both_sides_changed_needs_a_decision(database: &Database) {
    let sink = Sink::start();
    for (take, expected) in [("file", "[file]"), ("database", "[mail]")] {
        let slug = if take == "file" { "pumps" } else { "valves" };
        let node = Node::new(database, &sink);
        node.found(
            &Community {
                slug,
                ..Community::pumps()
            },
            &[],
        );
        // Members' votes and facilitators' mails will change it; here we do.
        let data = node.path("data");
        let statement = match slug {
            "pumps" => {
                "UPDATE community SET charter = replace(charter, '[pumps]', '[mail]') WHERE slug = 'pumps'"
            }
            _ => {
                "UPDATE community SET charter = replace(charter, '[valves]', '[mail]') WHERE slug = 'valves'"
            }
        };
        assert_eq!(database.execute(&data, statement), 1);
        let file = format!("communities/{slug}.toml");
        node.write(
            &file,
            node.read(&file).replace(&format!("[{slug}]"), "[file]"),
        );

        let refusal = node.run(&["community", "apply"]).refused();
        for word in ["subject_tag", "[file]", "[mail]", &file] {
            assert!(
                refusal.contains(word),
                "both values and the file: {refusal}"
            );
        }
        let shown =
            |node: &Node| node.json(&["community", "show", slug])["list"]["subject_tag"].clone();
        assert_eq!(shown(&node), "[mail]", "a refused change changes nothing");
        node.run(&["community", "apply", "--take", take]).ok();
        assert_eq!(shown(&node), expected);
        node.run(&["community", "apply"]).ok();
        assert_eq!(shown(&node), expected, "the decision holds");
    }
}

fn the_example_charter_is_read_as_it_stands(database: &Database) {
    let sink = Sink::start();
    let node = Node::new(database, &sink);
    let example = concat!(
        env!("CARGO_MANIFEST_DIR"),
        "/tests/data/charter.example.toml"
    );
    node.run(&["community", "apply", example]).ok();
    let shown = node.json(&["community", "show", "pumps"]);
    assert_eq!(shown["charter"]["review"], "0 9 1 1,7 *");
    assert_eq!(shown["session"][0]["slug"], "clinic");
    assert_eq!(shown["budget"]["per_week"], 2);
    let members = node.json(&["member", "list", "pumps"]);
    assert!(
        members.to_string().contains("ann@plant.example"),
        "{members}"
    );
}

fn a_charter_as_it_stands_is_fit_to_be_applied(database: &Database) {
    let sink = Sink::start();
    let node = Node::new(database, &sink);
    node.found(&Community::pumps(), &[]);
    let before = node.json(&["community", "show", "pumps"]);
    let toml = node.run(&["community", "show", "pumps", "--toml"]).ok();
    node.write("communities/pumps.toml", toml);
    node.run(&["community", "apply"]).ok();
    assert_eq!(node.json(&["community", "show", "pumps"]), before);
}

fn change_file(node: &Node, old: &str, new: &str) {
    node.write(
        "communities/pumps.toml",
        node.read("communities/pumps.toml").replace(old, new),
    );
}

fn tag(node: &Node) -> serde_json::Value {
    node.json(&["community", "show", "pumps"])["list"]["subject_tag"].clone()
}
