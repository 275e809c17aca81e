//! The commands that need no running node.

use std::path::Path;

use serde_json::Value;

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
fn inspect_tells_what_it_makes_of_each_file() {
    let posts = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/data/posts");
    let outcome = folkmoot(
        &posts,
        &[
            "inspect",
            "plain.eml",
            "alternative.eml",
            "signed.eml",
            "base64.eml",
        ],
    );
    let objects: Vec<Value> = outcome
        .ok()
        .lines()
        .map(|line| serde_json::from_str(line).expect(line))
        .collect();
    assert_eq!(objects.len(), 4, "one object a line");
    let [plain, alternative, _, base64] = objects.as_slice() else {
        unreachable!()
    };
    assert_eq!(plain["file"], "plain.eml");
    assert_eq!(plain["message_id"], "plain.1@plant.example");
    assert_eq!(plain["from"], serde_json::json!(["bob@plant.example"]));
    assert_eq!(plain["subject"], "Cavitation at low flow");
    assert_eq!(plain["date"], "2026-03-02T09:00:00Z");
    assert_eq!(plain["kind"], "post");
    assert!(
        plain["bounce"].is_null() && plain["calendar"].is_null() && plain["html"].is_null(),
        "{plain}"
    );
    let visible = plain["visible_text"].as_str().unwrap_or_default();
    assert!(
        visible.contains("rattles") && !visible.contains("-- "),
        "without the signature: {visible}"
    );
    assert!(
        alternative["html"]
            .as_str()
            .is_some_and(|html| html.contains("<b>Werk</b>")),
        "{alternative}"
    );
    assert_eq!(
        alternative["attachments"][0],
        serde_json::json!({"name": "curve.bin", "type": "application/octet-stream", "size": 64})
    );
    assert!(
        base64["text"]
            .as_str()
            .is_some_and(|text| text.starts_with("Grüße")),
        "{base64}"
    );
}

#[test]
fn inspect_has_an_object_for_whatever_it_is_given() {
    let dir = tempfile::tempdir().expect("a folder");
    let inputs: [(&str, &[u8]); 4] = [
        ("nothing", b""),
        ("nul", b"\0\0\0"),
        ("noise", b"\xff\xfe: \r\r\n\n:"),
        ("text", b"no mail at all"),
    ];
    for (name, bytes) in inputs {
        std::fs::write(dir.path().join(name), bytes).expect("a file");
        let object = folkmoot(dir.path(), &["inspect", name]).json();
        assert_eq!(
            (object["file"].as_str(), object["kind"].as_str()),
            (Some(name), Some("post")),
            "{object}"
        );
        assert!(object["defects"].is_array(), "{object}");
    }
    let keys = [
        "file",
        "message_id",
        "from",
        "subject",
        "date",
        "in_reply_to",
        "references",
        "kind",
        "bounce",
        "calendar",
        "text",
        "visible_text",
        "html",
        "attachments",
        "defects",
    ];
    let object = folkmoot(dir.path(), &["inspect", "text"]).json();
    let missing: Vec<_> = keys
        .iter()
        .filter(|key| object.get(**key).is_none())
        .collect();
    assert!(missing.is_empty(), "{missing:?} missing in {object}");
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
