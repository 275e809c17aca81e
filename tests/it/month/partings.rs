//! How people go.

use super::life::{Month, at};

/// Pete asks what is kept of him, leaves, and is offered it once more.
pub fn one_asks_for_all_that_is_kept_and_leaves(month: &mut Month) {
    month.mail("pete", "-request", "export", "");
    month.heard(&[("pete", "export")]);
    let raw =
        String::from_utf8_lossy(&month.sink.for_recipient(&at("pete")).pop().expect("it").raw)
            .into_owned();
    assert!(raw.contains("multipart/mixed"), "{raw}");
    month.mail("pete", "-leave", "", "It was nice.");
    month.heard(&[("pete", "confirm")]);
    month.answer("pete", "confirm", "Yes");
    month.heard(&[("pete", "goodbye")]);
    assert_eq!(month.state("pete"), "left");
    month.ledger.people.remove(&at("pete"));
    month.answer("pete", "goodbye", "EXPORT");
    month.heard(&[("pete", "export")]);
    month.thread("anna", "News", "Pete has left us.");
}

/// Olga wants nothing kept, and says so twice.
pub fn one_is_forgotten(month: &mut Month) {
    let post = month.thread("olga", "A private story", "My pump sings at night.");
    month.answer("olga", "receipt", "erase");
    month.heard(&[("olga", "confirm")]);
    // A question is for people.
    month.answer("olga", "confirm", "Should I?");
    month.heard(&[("anna", "person-message")]);
    month.answer("olga", "confirm", "Yes");
    month.ledger.people.remove(&at("olga"));
    for reader in month.ledger.people.values_mut() {
        reader.owed.retain(|owed| owed.id != post.id);
    }
    month.silence();
    let members = month.node.json(&["member", "list", "pumps"]).to_string();
    assert!(!members.contains("olga"), "{members}");
    let found = month.node.json(&["archive", "search", "pumps", "sings"]);
    assert_eq!(found, serde_json::json!([]));
    let threads = month
        .node
        .json(&["archive", "threads", "pumps"])
        .to_string();
    assert!(threads.contains(&post.id), "its place stays");
}

/// Rosa uses her program's button.
pub fn one_presses_a_button(month: &mut Month) {
    let post = month.thread("jon", "[seals] Rings", "Are yours round?");
    let copy = month.copy("rosa", &post);
    month.press(&copy);
    month.heard(&[("rosa", "goodbye")]);
    assert_eq!(month.state("rosa"), "left");
    month.ledger.people.remove(&at("rosa"));
    month.answer_post("ben", &post, "Mostly.");
}
