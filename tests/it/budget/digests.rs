//! What waits for somebody who chose a digest goes with it.

use super::{ANN, BOB, found, reviews, when};
use crate::support::letters::{answer, last, names};
use crate::support::{Database, Mail, Node, Post, Sink, both};

both!(
    what_waits_goes_with_the_digest_that_somebody_chose,
    where_nothing_was_posted_it_goes_alone,
    what_goes_with_a_digest_counts,
    what_has_no_room_goes_with_no_digest,
    stop_in_reply_to_a_digest_means_what_came_with_it,
);

const EMIL: &str = "emil@plant.example";

fn what_waits_goes_with_the_digest_that_somebody_chose(database: &Database) {
    let sink = Sink::start();
    let node = readers(database, &sink, "", &[]);
    post(&node, "seal-1", "Seal leaks");
    node.run(&["clock", "set", "2026-03-06T12:00:00Z"]).ok();
    assert_eq!(when(&reviews(&sink, BOB)[0]).1, "2026-03-06T08:00:00Z");
    let why = node.run(&["why", ANN]).ok();
    let waits = "charter-review to ann@plant.example waiting, next 2026-03-09T07:01:00Z: \
                 goes with the digest of 2026-03-09";
    assert!(why.contains(waits), "{why}");
    let queue = node.json(&["queue", "list"]);
    let offered = queue
        .as_array()
        .expect("rows")
        .iter()
        .find(|row| row["state"] == "offered");
    let offered = offered.expect("what waits");
    assert_eq!(offered["address"], ANN);
    assert_eq!(offered["mail"], "charter-review");
    assert_eq!(offered["due_at"], "2026-03-06T08:00:00Z");
    assert_eq!(offered["next_at"], "2026-03-09T07:01:00Z");
    let listed = node.run(&["queue", "list"]).ok();
    assert!(
        listed.contains("offered\tann@plant.example\tcharter-review"),
        "{listed}"
    );
    node.advance("4d");
    assert_eq!(planned(&sink, ANN), ["digest"]);
    let digest = last(&sink, ANN, "digest");
    assert_eq!(digest.sent_at(), "2026-03-09T07:00:00Z");
    assert_eq!(
        digest.header("Folkmoot-About"),
        "digest; community=pumps; on=2026-03-09, charter-review; community=pumps; on=2026-03-06"
    );
    for body in [digest.text(), digest.html()] {
        let places = [
            "1. Does our charter still hold?",
            "For you alone",
            "2. Seal leaks",
        ]
        .map(|words| {
            body.rfind(words)
                .unwrap_or_else(|| panic!("{words}: {body}"))
        });
        assert!(places[0] < places[1] && places[1] < places[2], "{body}");
    }
    let others = last(&sink, EMIL, "digest").text();
    assert!(others.contains("1. Seal leaks"), "{others}");
    assert!(!others.contains("charter still hold"), "{others}");
    let why = node.run(&["why", ANN]).ok();
    let merged = format!("merged: a section of the digest <{}>", digest.message_id());
    assert!(why.contains(&merged), "{why}");

    // Each answer goes where it belongs, and nowhere else.
    let both = "Re 1: Strike the second norm.\n\nRe 2: Polish the shaft.\n";
    answer(&node, ANN, &digest, both);
    let passed = last(&sink, BOB, "person-message").text();
    assert!(
        passed.contains("second norm") && !passed.contains("Polish"),
        "{passed}"
    );
    let posted = posts(&sink, BOB);
    let posted = posted.last().expect("a post").text();
    assert!(
        posted.contains("Polish") && !posted.contains("second norm"),
        "{posted}"
    );
    // What is quoted says as well what is answered.
    let said = digest.text();
    let asked = said
        .lines()
        .find(|line| line.contains("time to look"))
        .expect("a question");
    answer(&node, ANN, &digest, &format!("> {asked}\n\nAll is well.\n"));
    assert!(
        last(&sink, BOB, "person-message")
            .text()
            .contains("All is well")
    );
    answer(&node, ANN, &digest, "less");
    assert!(last(&sink, ANN, "receipt").text().contains("half as much"));
}

fn where_nothing_was_posted_it_goes_alone(database: &Database) {
    let sink = Sink::start();
    // One comes every day, but nothing waits for more than one.
    let node = readers(database, &sink, "[digest]\nschedule = \"0 8 * * *\"\n", &[]);
    node.advance("14d");
    assert_eq!(planned(&sink, ANN), ["charter-review"]);
    let at = when(&reviews(&sink, ANN)[0]).1;
    assert!(at.starts_with("2026-03-09T07:"), "after a weekend: {at}");
}

fn what_goes_with_a_digest_counts(database: &Database) {
    let sink = Sink::start();
    // On Tuesday, one day after the digest.
    let node = readers(database, &sink, "", &[("seals", "0 9 10 3 *", "")]);
    post(&node, "seal-1", "Seal leaks");
    node.advance("14d");
    assert_eq!(planned(&sink, ANN), ["digest", "charter-review"]);
    let (slug, at) = when(&reviews(&sink, ANN)[0]);
    assert_eq!(
        (slug.as_str(), at.as_str()),
        ("seals", "2026-03-11T07:00:00Z")
    );
}

fn what_has_no_room_goes_with_no_digest(database: &Database) {
    let sink = Sink::start();
    // On Wednesday, and no two in a week.
    let one = "[budget]\nper_week = 1\n";
    let node = readers(database, &sink, one, &[("seals", "0 9 4 3 *", "")]);
    post(&node, "seal-1", "Seal leaks");
    node.advance("21d");
    assert_eq!(
        planned(&sink, ANN),
        ["charter-review", "digest", "charter-review"]
    );
    let digest = last(&sink, ANN, "digest").text();
    assert!(!digest.contains("charter still hold"), "{digest}");
    let got: Vec<_> = reviews(&sink, ANN).iter().map(when).collect();
    assert_eq!(got[1], ("pumps".into(), "2026-03-11T08:00:00Z".into()));
}

fn stop_in_reply_to_a_digest_means_what_came_with_it(database: &Database) {
    let sink = Sink::start();
    let node = readers(database, &sink, "", &[]);
    post(&node, "seal-1", "Seal leaks");
    node.advance("8d");
    let digest = last(&sink, ANN, "digest");
    answer(&node, ANN, &digest, "stop");
    let receipt = last(&sink, ANN, "receipt").text();
    assert!(receipt.contains("charter-review"), "{receipt}");
    assert_eq!(node.member(ANN)["delivery"], "digest", "digests still come");
}

/// Ann and Emil read digests, Ann and Bob are facilitators of all; pumps reviews its
/// charter on Friday, three days before the digest of Monday at eight.
fn readers<'a>(
    database: &'a Database,
    sink: &Sink,
    more: &str,
    others: &[(&'static str, &str, &str)],
) -> Node<'a> {
    let mut node = Node::new(database, sink);
    for (slug, review, more) in others.iter().chain(&[("pumps", "0 9 6 3 *", more)]) {
        found(&node, slug, review, "", &[ANN, BOB]);
        let file = format!("communities/{slug}.toml");
        let charter = std::fs::read_to_string(node.path(&file)).expect("a charter");
        node.write(&file, format!("{charter}\n{more}"));
        node.run(&["community", "apply"]).ok();
    }
    node.run(&["member", "add", "pumps", EMIL]).ok();
    for reader in [ANN, EMIL] {
        node.run(&["member", "set", "pumps", reader, "delivery=digest"])
            .ok();
    }
    node.start();
    node
}

/// What somebody got of the schedules: not what a post without an answer brings about.
fn planned(sink: &Sink, address: &str) -> Vec<String> {
    let mut got = names(sink, address);
    got.retain(|name| ["digest", "charter-review"].contains(&name.as_str()));
    got
}

fn post(node: &Node, name: &str, subject: &str) {
    let id = format!("{name}@plant.example");
    node.post(&Post::with_body(BOB, &id, subject, "It drips again.\r\n"));
}

fn posts(sink: &Sink, address: &str) -> Vec<Mail> {
    let got = sink
        .for_recipient(address)
        .into_iter()
        .map(|one| one.mail());
    got.filter(|mail| mail.header("Folkmoot-Mail").is_empty())
        .collect()
}
