//! What goes to a person besides posts and answers: when it goes, what waits for room,
//! and what becomes of the rest. `why` says so of each.

use std::time::Duration;

use folkmoot::outbox::catalogue;

use crate::support::letters::{answer, last, names};
use crate::support::sink::Received;
use crate::support::{Community, Database, Node, Sink, both, wait};

both!(
    three_communities_share_one_budget,
    quiet_hours_are_those_of_the_persons_clock,
    what_has_expired_is_dropped_with_its_reason,
    every_reply_can_ask_for_less,
    who_has_paused_gets_nothing,
    what_is_ignored_comes_less_often_and_then_not_at_all,
    a_kill_loses_nothing_and_doubles_nothing,
);

const ANN: &str = "ann@plant.example";
const BOB: &str = "bob@plant.example";

#[test]
fn the_docs_have_the_catalogue_of_the_code() {
    let path = concat!(env!("CARGO_MANIFEST_DIR"), "/docs/mails.md");
    let docs = std::fs::read_to_string(path).expect(path);
    let table = catalogue::markdown();
    assert!(
        docs.contains(&table),
        "put this into docs/mails.md:\n{table}"
    );
}

fn three_communities_share_one_budget(database: &Database) {
    let sink = Sink::start();
    let mut node = Node::new(database, &sink);
    // Tuesday at nine, Wednesday at nine, Friday at ten, all in Berlin.
    found(&node, "pumps", "0 9 3 3 *", "", &[ANN]);
    found(&node, "seals", "0 9 4 3 *", "", &[ANN]);
    found(&node, "valves", "0 10 6 3 *", "", &[ANN]);
    node.start();
    node.run(&["clock", "set", "2026-03-04T12:00:00Z"]).ok();
    let why = node.run(&["why", ANN]).ok();
    assert!(
        why.contains("charter-review to ann@plant.example waiting, next 2026-03-05T08:00:00Z: less than 48 hours"),
        "{why}"
    );
    node.run(&["clock", "set", "2026-03-06T12:00:00Z"]).ok();
    let why = node.run(&["why", ANN]).ok();
    assert!(
        why.contains("next 2026-03-10T08:00:00Z: over budget: 2 programme mails in 7 days"),
        "{why}"
    );
    node.advance("14d");
    let got: Vec<_> = reviews(&sink, ANN).iter().map(when).collect();
    let expected = [
        ("pumps", "2026-03-03T08:00:00Z"),
        ("seals", "2026-03-05T08:00:00Z"),
        ("valves", "2026-03-10T08:00:00Z"),
    ];
    assert_eq!(got, expected.map(|(slug, at)| (slug.into(), at.into())));
}

fn quiet_hours_are_those_of_the_persons_clock(database: &Database) {
    let sink = Sink::start();
    let mut node = Node::new(database, &sink);
    // Saturday at nine in Berlin; the clocks go forward on Sunday.
    found(&node, "pumps", "0 9 28 3 *", "", &[ANN, BOB]);
    node.run(&["member", "set", "pumps", BOB, "tz=America/New_York"])
        .ok();
    node.start();
    node.run(&["clock", "set", "2026-03-28T12:00:00Z"]).ok();
    let planned = node.json(&["why", ANN])["recipients"][0]["at"].clone();
    // A restart changes nothing.
    node.kill();
    node.start();
    node.advance("5d");
    let ann = when(&reviews(&sink, ANN)[0]).1;
    assert_eq!(planned, ann.as_str());
    let (from, to) = ("2026-03-30T06:00:00Z", "2026-03-30T06:20:00Z");
    assert!(from <= ann.as_str() && ann.as_str() < to, "{ann}");
    let bob = when(&reviews(&sink, BOB)[0]).1;
    let (from, to) = ("2026-03-30T12:00:00Z", "2026-03-30T12:20:00Z");
    assert!(from <= bob.as_str() && bob.as_str() < to, "{bob}");
}

fn what_has_expired_is_dropped_with_its_reason(database: &Database) {
    let sink = Sink::start();
    let mut node = Node::new(database, &sink);
    let closed = "holidays = [\"2026-03-03/2026-04-30\"]\n";
    found(&node, "pumps", "0 20 2 3 *", closed, &[ANN]);
    node.start();
    node.advance("70d");
    assert_eq!(reviews(&sink, ANN).len(), 0);
    let why = node.run(&["why", ANN]).ok();
    assert!(
        why.contains("dropped: expired: quiet hours, a weekend or holidays"),
        "{why}"
    );
}

fn every_reply_can_ask_for_less(database: &Database) {
    let sink = Sink::start();
    let mut node = Node::new(database, &sink);
    found(&node, "pumps", "0 9 * * 2", "", &[ANN, BOB]);
    node.start();
    node.advance("1d");
    let mail = last(&sink, ANN, "charter-review");
    answer(&node, ANN, &mail, "LESS");
    let receipt = last(&sink, ANN, "receipt");
    assert!(
        receipt.text().contains("half as much"),
        "{}",
        receipt.text()
    );
    assert_eq!(node.member(ANN)["delivery"], "each", "posts come as before");
    // Two in 14 days are all right, and no third.
    node.advance("14d");
    assert_eq!(reviews(&sink, ANN).len(), 3, "one a week is half of two");
    answer(&node, ANN, &mail, "less");
    node.advance("28d");
    assert_eq!(reviews(&sink, ANN).len(), 5, "two in 28 days");

    let mail = last(&sink, BOB, "charter-review");
    answer(&node, BOB, &mail, "Pause 30");
    assert_eq!(node.member(BOB)["state"], "paused");
    answer(&node, BOB, &mail, "resume");
    answer(&node, BOB, &mail, "STOP");
    assert_eq!(names(&sink, BOB).last().unwrap(), "receipt");
    let before = reviews(&sink, BOB).len();
    node.advance("7d");
    assert_eq!(reviews(&sink, BOB).len(), before);
    let why = node.run(&["why", BOB]).ok();
    assert!(
        why.contains("charter-review to bob@plant.example dropped: they have stopped this kind"),
        "{why}"
    );
    answer(&node, BOB, &mail, "leave");
    assert_eq!(names(&sink, BOB).last().unwrap(), "goodbye");

    // What is no command goes to the people it is for.
    let mail = last(&sink, ANN, "charter-review");
    answer(&node, ANN, &mail, "I would write the norms anew.");
    assert_eq!(names(&sink, ANN).last().unwrap(), "person-message");
}

fn who_has_paused_gets_nothing(database: &Database) {
    let sink = Sink::start();
    let mut node = Node::new(database, &sink);
    found(&node, "pumps", "0 9 3 3 *", "", &[ANN, BOB]);
    node.run(&["member", "set", "pumps", ANN, "paused_until=2026-03-10"])
        .ok();
    node.run(&["member", "set", "pumps", BOB, "paused_until=2026-09-10"])
        .ok();
    node.start();
    node.advance("1d");
    let why = node.run(&["why", ANN]).ok();
    assert!(why.contains("waiting, next 2026-03-04"), "{why}");
    assert!(why.contains(": they have paused"), "{why}");
    node.advance("60d");
    let ann = when(&reviews(&sink, ANN)[0]).1;
    assert!(ann.starts_with("2026-03-10T"), "{ann}");
    assert_eq!(reviews(&sink, BOB).len(), 0);
    let why = node.run(&["why", BOB]).ok();
    assert!(why.contains("dropped: expired: they have paused"), "{why}");
}

fn what_is_ignored_comes_less_often_and_then_not_at_all(database: &Database) {
    let sink = Sink::start();
    let mut node = Node::new(database, &sink);
    found(&node, "pumps", "0 9 * * 2", "", &[ANN]);
    node.start();
    node.advance("35w");
    let why = node.run(&["why", ANN]).ok();
    let left_out = why.matches("every second one is left out").count();
    assert!(left_out >= 2, "{why}");
    assert!(why.contains("six charter-review in a row were not answered"));
    assert!(why.contains("dropped: they have stopped this kind of mail"));
    let got = reviews(&sink, ANN);
    // Each has 14 days to be answered: four weekly ones until three were not, and two
    // more, every second week, until six were not.
    assert_eq!(got.len(), 6);
}

fn a_kill_loses_nothing_and_doubles_nothing(database: &Database) {
    const CONNECTIONS: usize = 4;
    let sink = Sink::start();
    let mut node = Node::new(database, &sink);
    let people: Vec<String> = (0..30).map(|n| format!("f{n:02}@plant.example")).collect();
    let names: Vec<&str> = people.iter().map(String::as_str).collect();
    // In the evening, so that all wait for the next morning.
    found(&node, "pumps", "0 20 3 3 *", "", &names);
    node.start();
    node.run(&["clock", "set", "2026-03-03T20:00:00Z"]).ok();
    assert_eq!(sink.received().len(), 0);
    assert_eq!(node.terminate().0, Some(0));
    sink.slow(Duration::from_millis(20));
    node.clock_from("2026-03-04T08:00:00Z");
    node.start();
    for enough in [1, 10] {
        wait::until("some mails", wait::SOON, || {
            (sink.received().len() >= enough).then_some(())
        });
        node.kill();
        node.start();
    }
    sink.slow(Duration::ZERO);
    node.settle();
    let got = sink.received();
    for person in &names {
        assert!(got.iter().any(|mail| mail.to == *person), "{person}");
    }
    assert!(got.len() <= names.len() + 2 * CONNECTIONS, "{}", got.len());
    let id = got[0].mail().message_id();
    assert!(got.iter().all(|mail| mail.mail().message_id() == id));
    let states = node.states(&id);
    assert_eq!(states.len(), names.len(), "one row each: {states:?}");
    assert!(
        states.iter().all(|(_, state)| state == "sent"),
        "{states:?}"
    );
}

/// A community that reviews its charter then; its facilitators get the mail.
fn found(node: &Node, slug: &'static str, review: &str, before: &str, facilitators: &[&str]) {
    let community = Community {
        slug,
        ..Community::pumps()
    };
    let people: String = facilitators
        .iter()
        .map(|address| format!("[[facilitator]]\naddress = \"{address}\"\n"))
        .collect();
    let norms = "norms     = [";
    let charter = community
        .charter()
        .replace("[charter]", &format!("{before}[charter]"))
        .replace(norms, &format!("review = \"{review}\"\n{norms}"));
    node.write(&format!("communities/{slug}.toml"), charter + &people);
    node.run(&["community", "apply"]).ok();
}

/// The charter reviews that somebody got.
fn reviews(sink: &Sink, address: &str) -> Vec<Received> {
    let received = sink.received().into_iter();
    let is_review = |mail: &Received| mail.mail().header("Folkmoot-Mail") == "charter-review";
    received
        .filter(|mail| mail.to == address && is_review(mail))
        .collect()
}

/// Which community sent it, and when it went.
fn when(received: &Received) -> (String, String) {
    let mail = received.mail();
    let about = mail.header("Folkmoot-About");
    let slug = about.split("community=").nth(1).unwrap_or_default();
    let slug = slug.split(';').next().unwrap_or_default();
    (slug.to_owned(), mail.sent_at())
}
