//! The commands that need no running node.

use crate::support::command::{FOLKMOOT, folkmoot};
use crate::support::{Community, Database, Node, Sink, both};

both!(
    every_taken_address_is_listed,
    a_good_installation_passes_check,
    every_mistake_is_named_with_its_place,
    commands_work_while_no_node_runs,
);

const ADDRESSES: [&str; 6] = [
    "pumps",
    "pumps-request",
    "pumps-join",
    "pumps-leave",
    "pumps-owner",
    "pumps-confirm",
];

fn every_taken_address_is_listed(database: &Database) {
    let sink = Sink::start();
    let node = Node::new(database, &sink);
    node.found(&Community::pumps(), &[]);
    let plain = node.run(&["addresses"]).ok();
    let map = node.run(&["addresses", "--postfix"]).ok();
    for local in ADDRESSES {
        let address = format!("{local}@lists.example.org");
        assert!(
            plain.lines().any(|line| line.trim() == address),
            "{address} is not in\n{plain}"
        );
        let mapped = map.lines().any(|line| {
            line.split_whitespace().count() >= 2 && line.contains(&address.replace('.', "\\."))
        }) || map
            .lines()
            .any(|line| line.split_whitespace().next() == Some(&address));
        assert!(mapped, "{address} is not in the Postfix map\n{map}");
    }
    assert!(!plain.contains("nobody@"), "{plain}");
}

fn a_good_installation_passes_check(database: &Database) {
    let sink = Sink::start();
    let node = Node::new(database, &sink);
    node.found(&Community::pumps(), &[]);
    node.run(&["check"]).ok();
}

fn every_mistake_is_named_with_its_place(database: &Database) {
    let sink = Sink::start();
    let node = Node::new(database, &sink);
    let charter = Community::pumps().charter();
    node.write(
        "communities/pumps.toml",
        charter
            .replace("\"members\"", "\"everybody\"")
            .replace("timezone = \"Europe", "timezone = \"Mars"),
    );
    node.write(
        "communities/valves.toml",
        charter
            .replace("norms", "normes")
            .replace("\"pumps\"", "\"Not A Slug\""),
    );
    node.configure("connections = 4", "connections = \"four\"");
    node.configure("message_size = \"1MiB\"", "message_sise = \"1MiB\"");
    let said = node.run(&["check"]).refused();
    for (file, line) in [
        (
            "folkmoot.toml",
            line_of(&node.read("folkmoot.toml"), "connections ="),
        ),
        (
            "folkmoot.toml",
            line_of(&node.read("folkmoot.toml"), "message_sise"),
        ),
        (
            "pumps.toml",
            line_of(&node.read("communities/pumps.toml"), "timezone"),
        ),
        (
            "pumps.toml",
            line_of(&node.read("communities/pumps.toml"), "posting"),
        ),
        (
            "valves.toml",
            line_of(&node.read("communities/valves.toml"), "normes"),
        ),
        (
            "valves.toml",
            line_of(&node.read("communities/valves.toml"), "slug"),
        ),
    ] {
        let found = said
            .lines()
            .find(|text| text.contains(&format!("{file}:{line}:")))
            .unwrap_or_else(|| panic!("no {file}:{line}: in\n{said}"));
        assert_place_and_advice(found, file);
    }
}

// FILE:LINE:COL: what is wrong; what would be right
fn assert_place_and_advice(line: &str, file: &str) {
    let rest = line
        .split_once(&format!("{file}:"))
        .map(|(_, rest)| rest)
        .unwrap_or_default();
    let mut parts = rest.splitn(3, ':');
    for _ in 0..2 {
        let number = parts.next().and_then(|number| number.parse::<u32>().ok());
        assert!(
            number.is_some_and(|number| number > 0),
            "FILE:LINE:COL: {line}"
        );
    }
    assert!(
        parts.next().is_some_and(|text| text.contains(';')),
        "what is wrong; what would be right: {line}"
    );
}

fn line_of(text: &str, what: &str) -> usize {
    text.lines()
        .position(|line| line.contains(what))
        .map_or(0, |at| at + 1)
}

fn commands_work_while_no_node_runs(database: &Database) {
    let sink = Sink::start();
    let node = Node::new(database, &sink);
    node.found(&Community::pumps(), &["ann@plant.example"]);
    assert_eq!(
        node.json(&["member", "list", "pumps"])
            .as_array()
            .map(Vec::len),
        Some(1)
    );
    assert_eq!(
        node.json(&["archive", "threads", "pumps"]),
        serde_json::json!([])
    );
    assert_eq!(
        node.json(&["queue", "list"]).as_array().map(Vec::len),
        Some(0)
    );
    node.run(&["queue", "retry"]).ok();
    node.run(&["clock", "show"]).refused();
}

#[test]
fn what_init_writes_passes_check() {
    let dir = tempfile::tempdir().expect("a folder");
    let said = folkmoot(dir.path(), &["init", "site"]).ok();
    assert!(
        said.contains("TXT") && said.contains("v=DKIM1"),
        "the DNS records to publish: {said}"
    );
    let config = dir.path().join("site/folkmoot.toml");
    folkmoot(
        dir.path(),
        &["--config", &config.display().to_string(), "check"],
    )
    .ok();
    let charters = std::fs::read_dir(dir.path().join("site/communities"))
        .expect("a folder of charters")
        .count();
    assert!(charters >= 1, "a first charter");
    folkmoot(dir.path(), &["init", "site"]).refused();
}

#[test]
fn a_demo_of_two_weeks_ends_well() {
    let dir = tempfile::tempdir().expect("a folder");
    let outcome = folkmoot(
        dir.path(),
        &["demo", "--once", "--weeks", "2", "--dir", "demo"],
    );
    assert_eq!(outcome.code, 0, "{outcome:?}");
}

#[test]
fn wrong_usage_is_told_from_failure() {
    let dir = tempfile::tempdir().expect("a folder");
    for arguments in [
        &["no-such-command"][..],
        &["member", "add"],
        &["serve", "--no-such-option"],
        &[],
    ] {
        assert_eq!(
            folkmoot(dir.path(), arguments).code,
            2,
            "{FOLKMOOT} {arguments:?}"
        );
    }
    let refusal = folkmoot(
        dir.path(),
        &["--config", "missing.toml", "member", "list", "pumps"],
    )
    .refused();
    assert!(refusal.contains("missing.toml"), "{refusal}");
}
