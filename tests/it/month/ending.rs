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
    for id in &month.letters {
        let outcome = month.outcome(id);
        assert!(!outcome.is_empty(), "{id} has no outcome");
    }
}
