//! Time passes as a test says, and what falls due happens exactly once.

use crate::support::sink::{Received, Stage};
use crate::support::{Community, Database, Node, Sink, both};

both!(
    the_clock_steps_as_told,
    only_a_test_clock_can_be_moved,
    a_restarted_node_goes_on_from_the_later_time,
    a_charter_review_is_mailed_once,
    a_charter_review_survives_a_kill,
    a_charter_review_due_during_an_outage_is_mailed_once,
    a_charter_review_waits_for_the_relay,
);

const REVIEWED: Community = Community {
    slug: "pumps",
    posting: "members",
    archive: "members",
    more: "[[facilitator]]\naddress = \"ann@plant.example\"\nname = \"Ann\"\n",
};

fn the_clock_steps_as_told(database: &Database) {
    let sink = Sink::start();
    let node = Node::with_list(database, &sink, &Community::pumps(), &[]);
    for (arguments, expected) in [
        (&["clock", "show"][..], "2026-03-02T09:00:00"),
        (&["clock", "advance", "30s"], "2026-03-02T09:00:30"),
        (&["clock", "advance", "15m"], "2026-03-02T09:15:30"),
        (&["clock", "advance", "36h"], "2026-03-03T21:15:30"),
        (&["clock", "advance", "7d"], "2026-03-10T21:15:30"),
        (&["clock", "advance", "13w"], "2026-06-09T21:15:30"),
        (
            &["clock", "set", "2026-07-01T00:00:00+02:00"],
            "2026-06-30T22:00:00",
        ),
    ] {
        node.run(arguments).ok();
        assert_eq!(now(&node), expected, "after {arguments:?}");
    }
    node.run(&["clock", "advance", "soon"])
        .err
        .lines()
        .next()
        .expect("a word on what was wrong");
    assert_eq!(now(&node), "2026-06-30T22:00:00", "nonsense moves nothing");
}

fn only_a_test_clock_can_be_moved(database: &Database) {
    let sink = Sink::start();
    let mut node = Node::new(database, &sink).real_clock();
    node.found(&Community::pumps(), &[]);
    node.run(&["clock", "show"]).refused();
    node.start();
    node.run(&["clock", "advance", "1h"]).refused();
}

fn a_restarted_node_goes_on_from_the_later_time(database: &Database) {
    let sink = Sink::start();
    let mut node = Node::with_list(database, &sink, &Community::pumps(), &[]);
    node.advance("10d");
    node.kill();
    node.start();
    assert_eq!(now(&node), "2026-03-12T09:00:00", "later than --test-clock");
    assert_eq!(node.terminate().0, Some(0));
    node.clock_from("2026-05-01T00:00:00Z");
    node.start();
    assert_eq!(
        now(&node),
        "2026-05-01T00:00:00",
        "later than when it ended"
    );
}

fn a_charter_review_is_mailed_once(database: &Database) {
    let sink = Sink::start();
    let mut node = founded(database, &sink);
    node.start();
    node.run(&["clock", "set", "2026-07-01T06:59:00Z"]).ok();
    assert_eq!(reviews(&sink).len(), 0, "one minute to nine in Berlin");
    node.advance("1m");
    assert_mailed_once(&sink);
    for _ in 0..3 {
        node.advance("13d");
        assert_mailed_once(&sink);
    }
    node.run(&["clock", "set", "2027-01-01T12:00:00Z"]).ok();
    let reviews = reviews(&sink);
    assert_eq!(reviews.len(), 2, "and in January again, in winter time");
    assert_eq!(reviews[0].mail().sent_at(), "2026-07-01T07:00:00Z");
    assert_eq!(reviews[1].mail().sent_at(), "2027-01-01T08:00:00Z");
}

fn a_charter_review_survives_a_kill(database: &Database) {
    let sink = Sink::start();
    let mut node = founded(database, &sink);
    node.start();
    node.run(&["clock", "set", "2026-07-01T06:59:00Z"]).ok();
    node.kill();
    node.start();
    node.advance("2m");
    assert_mailed_once(&sink);
    node.kill();
    node.start();
    node.advance("2d");
    assert_mailed_once(&sink);
}

fn a_charter_review_due_during_an_outage_is_mailed_once(database: &Database) {
    let sink = Sink::start();
    let mut node = founded(database, &sink);
    node.start();
    assert_eq!(node.terminate().0, Some(0));
    // Down from 25 June on; up again six hours after the review was due.
    node.clock_from("2026-07-01T13:00:00Z");
    node.start();
    node.advance("1d");
    assert_mailed_once(&sink);
}

fn a_charter_review_waits_for_the_relay(database: &Database) {
    let sink = Sink::start();
    let mut node = founded(database, &sink);
    sink.reply(
        "ann@plant.example",
        Stage::Recipient,
        &["450 4.2.1 later", "450 4.2.1 later", "250 ok"],
    );
    node.start();
    node.run(&["clock", "set", "2026-07-01T07:00:00Z"]).ok();
    assert_eq!(reviews(&sink).len(), 0);
    node.advance("1d");
    assert_mailed_once(&sink);
}

// A community whose charter is reviewed on 1 January and 1 July at nine.
fn founded<'a>(database: &'a Database, sink: &Sink) -> Node<'a> {
    let mut node = Node::new(database, sink);
    node.clock_from("2026-06-25T00:00:00Z");
    node.found(&REVIEWED, &["bob@plant.example"]);
    let charter = node.read("communities/pumps.toml");
    let norms = "norms     = [";
    node.write(
        "communities/pumps.toml",
        charter.replace(norms, &format!("review = \"0 9 1 1,7 *\"\n{norms}")),
    );
    node.run(&["community", "apply"]).ok();
    node
}

fn reviews(sink: &Sink) -> Vec<Received> {
    let received = sink.received().into_iter();
    received
        .filter(|mail| mail.mail().header("Folkmoot-Mail") == "charter-review")
        .collect()
}

#[track_caller]
fn assert_mailed_once(sink: &Sink) {
    let reviews = reviews(sink);
    assert_eq!(reviews.len(), 1, "exactly once");
    let mail = reviews[0].mail();
    assert_eq!(reviews[0].to, "ann@plant.example", "to the facilitator");
    assert_eq!(mail.header("Auto-Submitted"), "auto-generated");
    assert_eq!(
        mail.header("Folkmoot-About"),
        "charter-review; community=pumps; on=2026-07-01"
    );
    assert!(
        mail.message_id().ends_with("@lists.example.org"),
        "{}",
        mail.message_id()
    );
    assert!(!mail.subject().is_empty() && !mail.text().trim().is_empty());
}

fn now(node: &Node) -> String {
    let shown = node.json(&["clock", "show"]);
    let now = shown["now"].as_str().unwrap_or_default();
    assert!(
        now.ends_with('Z') || now.ends_with("+00:00"),
        "in UTC: {now}"
    );
    now.chars().take(19).collect()
}
