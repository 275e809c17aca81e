//! Two addresses turn out to be one person's, and so do their budgets.

use super::{ANN, found, reviews, when};
use crate::support::letters::{answer, last, write};
use crate::support::{Database, Node, Sink, both};

both!(
    who_links_two_addresses_has_one_budget,
    what_was_stopped_at_one_address_is_stopped_at_both,
);

const HOME: &str = "ann@home.example";

fn who_links_two_addresses_has_one_budget(database: &Database) {
    let sink = Sink::start();
    let node = two_selves(database, &sink);
    answer(&node, HOME, &last(&sink, HOME, "charter-review"), "less");
    link(&node, &sink);
    node.run(&["clock", "set", "2026-03-16T12:00:00Z"]).ok();
    assert_eq!(reviews(&sink, ANN).len(), 1, "both together had two");
    assert_eq!(reviews(&sink, HOME).len(), 1);
    let why = node.run(&["why", ANN]).ok();
    let waits = "next 2026-03-17T08:00:00Z: over budget: 2 programme mails in 7 days";
    assert!(why.contains(waits), "in twice the time: {why}");
}

fn what_was_stopped_at_one_address_is_stopped_at_both(database: &Database) {
    let sink = Sink::start();
    let node = two_selves(database, &sink);
    answer(&node, HOME, &last(&sink, HOME, "charter-review"), "stop");
    link(&node, &sink);
    node.advance("14d");
    let all = [reviews(&sink, ANN), reviews(&sink, HOME)].concat();
    let got: Vec<_> = all.iter().map(when).collect();
    assert_eq!(got.len(), 2, "none after those of the first week: {got:?}");
    let why = node.run(&["why", ANN]).ok();
    assert!(
        why.contains("dropped: they have stopped this kind of mail"),
        "{why}"
    );
}

/// Ann is in two communities at two addresses; both send a review each week, and have
/// sent the first.
fn two_selves<'a>(database: &'a Database, sink: &Sink) -> Node<'a> {
    let mut node = Node::new(database, sink);
    found(&node, "pumps", "0 9 * * 2", "", &[ANN]);
    found(&node, "seals", "0 9 * * 3", "", &[HOME]);
    node.start();
    node.run(&["clock", "set", "2026-03-05T12:00:00Z"]).ok();
    node
}

fn link(node: &Node, sink: &Sink) {
    write(
        node,
        ANN,
        "pumps-request@lists.example.org",
        "link ann@home.example",
    );
    for end in [ANN, HOME] {
        answer(node, end, &last(sink, end, "confirm"), "yes");
    }
    let receipt = last(sink, ANN, "receipt").text();
    assert!(receipt.contains("are linked"), "{receipt}");
}
