//! `inspect` says what folkmoot makes of a message, whatever it is.

use std::path::Path;

use serde_json::Value;

use crate::support::command::folkmoot;

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
