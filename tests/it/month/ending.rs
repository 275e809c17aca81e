//! What must be true when the month is over.

use super::life::Month;

/// Every message ended in one outcome, nothing waits, and the archive has each post
/// in its thread.
pub fn everything_has_ended_and_is_told(month: &mut Month) {
    month.ledger.compare(month.sink, "in the end");
    assert_eq!(month.sink.violations(), [""; 0]);
    let waiting = month.node.json(&["queue", "list"]);
    assert_eq!(waiting, serde_json::json!([]), "nothing is unfinished");
    assert_eq!(
        month.node.json(&["hold", "list", "pumps"]),
        serde_json::json!([])
    );
    // One question of the database each: `why` for every message would take minutes.
    let rows = |what: &str| {
        let statement = format!("UPDATE {what}");
        month
            .node
            .database
            .execute(&month.node.path("data"), statement)
    };
    let done = rows("intake SET reason = reason WHERE state = 'done' AND outcome <> ''");
    assert_eq!(
        rows("intake SET reason = reason"),
        done,
        "every message has an outcome"
    );
    assert_eq!(done, month.recipients, "one for each recipient of each");
    let open = "outbox SET reply = reply WHERE state NOT IN ('sent', 'dropped')";
    assert_eq!(rows(open), 0, "every delivery came to an end");
}
