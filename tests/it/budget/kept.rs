//! What must not be lost has its room, whatever else wants to go.

use super::{ANN, BOB, found, names, reviews, when};
use crate::support::letters::{answer, last, write};
use crate::support::{Database, Node, Post, Sink, both};

both!(
    a_health_check_has_its_room_whatever_is_asked_before,
    what_is_kept_goes_with_a_chosen_digest_for_nothing,
    worksheets_of_several_communities_are_one_mail,
    checks_that_would_be_lost_alone_share_a_mail,
);

/// One mail a month: the review of the third would leave no room for the survey of the
/// twentieth.
fn a_health_check_has_its_room_whatever_is_asked_before(database: &Database) {
    let sink = Sink::start();
    let mut node = Node::new(database, &sink);
    let check = "[health_check]\nschedule = \"0 9 20 3 *\"\nreflection = \"off\"\n";
    let charter = format!("{check}[budget]\nper_week = 1\nper_month = 1\n");
    found(&node, "pumps", "0 9 3 3 *", &charter, &[ANN]);
    found(
        &node,
        "seals",
        "0 9 3 3 *",
        &charter.replace(check, ""),
        &[BOB],
    );
    node.start();
    node.advance("3d");
    assert_eq!(reviews(&sink, BOB).len(), 1, "nothing is kept for Bob");
    assert_eq!(reviews(&sink, ANN).len(), 0);
    let why = node.run(&["why", ANN]).ok();
    let waits = "charter-review to ann@plant.example waiting, next 2026-03-06T08:00:00Z: the room \
                 is kept for health checks, their results and calls for an agenda";
    assert!(why.contains(waits), "{why}");
    node.advance("20d");
    let check = last(&sink, ANN, "health-check");
    assert_eq!(check.sent_at(), "2026-03-20T08:00:00Z");
    assert_eq!(reviews(&sink, ANN).len(), 0);
}

/// Ann reads digests of pumps; its call for an agenda falls due in the afternoon.
fn what_is_kept_goes_with_a_chosen_digest_for_nothing(database: &Database) {
    let sink = Sink::start();
    let mut node = Node::new(database, &sink);
    let session = "[[session]]\nslug = \"clinic\"\ntitle = \"Pump clinic\"\nduration = \"1h\"\n\
                   starts = \"2026-03-24T16:00\"\nhost_ask = \"off\"\nhost_brief = \"off\"\n";
    let more = format!("[digest]\nschedule = \"0 8 * * *\"\n{session}");
    found(&node, "pumps", "0 9 1 6 *", &more, &[ANN, BOB]);
    found(&node, "seals", "0 9 18 3 *", "", &[ANN]);
    node.run(&["member", "set", "pumps", ANN, "delivery=digest"])
        .ok();
    node.start();
    node.run(&["clock", "set", "2026-03-17T16:00:00Z"]).ok();
    let id = "drips@plant.example";
    node.post(&Post::with_body(BOB, id, "Seals", "It drips again.\r\n"));
    let why = node.run(&["why", ANN]).ok();
    let waits = "agenda-call to ann@plant.example waiting, next 2026-03-18T07:01:00Z: goes with the \
                 digest of 2026-03-18";
    assert!(why.contains(waits), "{why}");
    node.advance("1d");
    let digest = last(&sink, ANN, "digest");
    assert!(
        digest
            .header("Folkmoot-About")
            .contains("agenda-call; community=pumps")
    );
    // An hour later, which is nothing to the 48 hours.
    let review = when(&reviews(&sink, ANN)[0]);
    assert_eq!(review, ("seals".into(), "2026-03-18T08:00:00Z".into()));
}

fn worksheets_of_several_communities_are_one_mail(database: &Database) {
    const SLUGS: [&str; 5] = ["pumps", "seals", "valves", "pipes", "tanks"];
    let sink = Sink::start();
    let mut node = Node::new(database, &sink);
    for slug in SLUGS {
        found(&node, slug, "0 9 1 6 *", "", &[ANN]);
    }
    node.start();
    for slug in SLUGS {
        let list = format!("{slug}@lists.example.org");
        write(&node, "zoe@far.example", &list, "I have a pump to sell.");
    }
    node.run(&["clock", "set", "2026-03-09T07:30:00Z"]).ok();
    let sheets = names(&sink, ANN);
    assert!(!sheets.contains(&"worksheet".to_owned()), "{sheets:?}");
    let digest = last(&sink, ANN, "digest");
    let about = digest.header("Folkmoot-About");
    assert_eq!(about.matches("worksheet; community=").count(), 5, "{about}");
    let second = about
        .split("worksheet; community=")
        .nth(2)
        .expect("the second");
    let slug = second.split(';').next().expect("a slug").to_owned();
    answer(&node, ANN, &digest, "Re 2: DROP 1");
    let held = node.json(&["hold", "list", &slug]);
    assert_eq!(held.as_array().map(Vec::len), Some(0), "{held}");
    let others = SLUGS.iter().filter(|other| **other != slug);
    for other in others {
        let held = node.json(&["hold", "list", other]);
        assert_eq!(held.as_array().map(Vec::len), Some(1), "{other}: {held}");
    }
}

/// Three on one day, open for two weeks, and a mail a week: two would have a mail of their
/// own, and the third nothing but the hour at which it ends.
fn checks_that_would_be_lost_alone_share_a_mail(database: &Database) {
    const DIGITS: &str = "4 4 5 2 3 4 0";
    let sink = Sink::start();
    let mut node = Node::new(database, &sink);
    let check =
        "[health_check]\nschedule = \"0 9 3 3 *\"\nopen_for = \"14d\"\nreflection = \"off\"\n";
    let charter = format!("{check}[budget]\nper_week = 1\n");
    for slug in ["pumps", "seals", "valves"] {
        found(&node, slug, "0 9 1 6 *", &charter, &[ANN]);
    }
    node.start();
    // One has gone alone when the others fall due.
    node.run(&["clock", "set", "2026-03-10T12:00:00Z"]).ok();
    let shared = last(&sink, ANN, "digest");
    let text = shared.text();
    assert!(text.contains("Answers to this one are secret."), "{text}");
    // What is answered to all of them at once was never sealed; nobody gets it.
    for digits in [DIGITS.to_owned(), format!("Re 1: {DIGITS}")] {
        answer(&node, ANN, &shared, &digits);
    }
    let strays = || {
        names(&sink, ANN)
            .into_iter()
            .filter(|name| name == "hold-notice")
    };
    assert_eq!(strays().count(), 1, "once a day: {:?}", names(&sink, ANN));
    assert!(!names(&sink, ANN).contains(&"receipt".to_owned()));
    let own = text
        .split_whitespace()
        .find(|word| word.contains("-survey+"));
    write(&node, ANN, own.expect("an address of its own"), DIGITS);
    assert!(names(&sink, ANN).contains(&"receipt".to_owned()));
    let asked = names(&sink, ANN);
    let checks = |name: &str| asked.iter().filter(|one| *one == name).count();
    let sections = shared
        .header("Folkmoot-About")
        .matches("health-check;")
        .count();
    assert_eq!(sections + checks("health-check"), 3, "{asked:?}");
}
