//! What goes to a person besides posts and answers: when it goes, what waits for room,
//! and what becomes of the rest. `why` says so of each.

mod ahead;

use std::time::Duration;

use folkmoot::outbox::brake::{self, Brake};
use folkmoot::outbox::catalogue;

use crate::support::http::{get, request};
use crate::support::letters::{answer, last, names, write};
use crate::support::sink::Received;
use crate::support::store::{founded, runtime, write as begin};
use crate::support::{Community, Database, Node, Sink, both, wait};

mod digests;
mod installation;
mod kept;
mod linked;

both!(
    three_communities_share_one_budget,
    quiet_hours_are_those_of_the_persons_clock,
    what_has_expired_is_dropped_with_its_reason,
    every_reply_can_ask_for_less,
    who_has_paused_gets_nothing,
    what_is_ignored_comes_less_often_and_then_not_at_all,
    a_kill_loses_nothing_and_doubles_nothing,
    what_is_due_at_once_comes_as_one,
    complaints_stop_a_communitys_programme_mail,
    a_switch_on_their_own_page_stops_a_kind_and_brings_it_back,
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
    // What fell due meanwhile comes as one, 28 days after the last but one.
    assert_eq!(reviews(&sink, ANN).len(), 3);
    let digests = names(&sink, ANN)
        .iter()
        .filter(|name| *name == "digest")
        .count();
    assert_eq!(digests, 1);

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

fn what_is_due_at_once_comes_as_one(database: &Database) {
    let sink = Sink::start();
    let mut node = Node::new(database, &sink);
    // On Tuesday evening, for the next morning.
    found(&node, "pumps", "0 19 3 3 *", "", &[ANN]);
    found(&node, "seals", "0 20 3 3 *", "", &[ANN, BOB]);
    node.start();
    node.advance("2d");
    assert_eq!(names(&sink, BOB), ["charter-review"]);
    assert_eq!(names(&sink, ANN), ["digest"]);
    let digest = last(&sink, ANN, "digest");
    assert_eq!(
        digest.header("Folkmoot-About"),
        "digest; community=pumps; on=2026-03-04, charter-review; community=pumps; on=2026-03-03, \
         charter-review; community=seals; on=2026-03-03"
    );
    let text = digest.text();
    assert!(
        text.contains("1. Does our charter still hold? Friends of pumps"),
        "{text}"
    );
    assert!(
        text.contains("2. Does our charter still hold? Friends of seals"),
        "{text}"
    );
    let why = node.run(&["why", ANN]).ok();
    let merged = "charter-review to ann@plant.example merged: a section of the digest <";
    assert_eq!(why.matches(merged).count(), 2, "{why}");
    // Each answer goes to the people of its community, and to them alone.
    let both = "Re 1: Strike the second norm.\n\nRe 2: Who looks after gaskets?\n";
    answer(&node, ANN, &digest, both);
    let passed = last(&sink, BOB, "person-message");
    assert!(passed.text().contains("gaskets"), "{}", passed.text());
    assert!(!passed.text().contains("second norm"), "{}", passed.text());
    answer(&node, ANN, &digest, "less");
    let receipt = last(&sink, ANN, "receipt");
    assert!(
        receipt.text().contains("half as much"),
        "{}",
        receipt.text()
    );
}

fn complaints_stop_a_communitys_programme_mail(database: &Database) {
    const MONTH: i64 = 30 * 86_400_000;
    let folder = tempfile::tempdir().expect("a folder");
    runtime().block_on(async {
        let (ctx, community) = founded(database, folder.path()).await;
        let mut tx = begin(&ctx).await;
        for expected in [Brake::Off, Brake::Warn, Brake::On] {
            let brake = brake::complained(&mut tx, &ctx, community.id).await;
            assert_eq!(brake.expect("a verdict"), expected);
        }
        for (later, expected) in [(0, true), (MONTH, false)] {
            let is_on = brake::is_on(&mut tx, community.id, ctx.now() + later).await;
            assert_eq!(is_on.expect("an answer"), expected, "{later} ms later");
        }
        tx.commit().await.expect("a commit");
        ctx.db.clone().close().await;
    });
}

fn a_switch_on_their_own_page_stops_a_kind_and_brings_it_back(database: &Database) {
    let sink = Sink::start();
    let mut node = Node::new(database, &sink);
    found(&node, "pumps", "0 9 * * 2", "", &[ANN]);
    node.start();
    write(&node, ANN, "pumps-request@lists.example.org", "page");
    let text = last(&sink, ANN, "link").text();
    let link = text.split_whitespace().find(|word| word.contains("/me/"));
    let path = link
        .and_then(|link| link.split_once("lists.example.org"))
        .expect("a link")
        .1;
    assert!(get(node.http, path).body.contains(">charter-review<"));
    let press = |form: &str| {
        let pressed = request(node.http, "POST", path, form);
        assert_eq!(pressed.status, 303, "{form}: {}", pressed.body);
        get(node.http, &pressed.header("Location")).body
    };
    assert!(press("do=mail-stop&name=charter-review").contains("Send it again"));
    let refused = request(node.http, "POST", path, "do=mail-stop&name=receipt");
    assert_eq!(refused.status, 400, "that one always goes");
    node.advance("2h");
    assert!(press("do=mail-less").contains("no more comes in 14 days"));
    assert!(press("do=mail-more").contains("as much as they may send"));
    node.advance("21h");
    assert_eq!(reviews(&sink, ANN).len(), 0);
    assert!(press("do=mail-start&name=charter-review").contains("Stop it"));
    node.advance("7d");
    assert_eq!(reviews(&sink, ANN).len(), 1);

    // The button of the mail program stops that kind, and nothing else.
    let field = last(&sink, ANN, "charter-review").header("List-Unsubscribe");
    let link = field
        .split('>')
        .next()
        .and_then(|link| link.split_once("lists.example.org"));
    let path = link.expect("a link").1;
    assert!(get(node.http, path).body.contains("Stop these mails"));
    let pressed = request(node.http, "POST", path, "List-Unsubscribe=One-Click");
    assert_eq!(pressed.status, 200);
    node.advance("7d");
    assert_eq!(reviews(&sink, ANN).len(), 1);
    assert_eq!(node.member(ANN)["state"], "active");
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
