//! A community is closed, and opened again: every calendar follows.

use super::{ANN, BOB, CLEO, PLANNED, amend, founded, listed};
use crate::support::agenda::{Agenda, told};
use crate::support::community::LIST;
use crate::support::http::get;
use crate::support::letters::{answer, last, names, write};
use crate::support::{Client, Database, Sink, both};

both!(
    closing_a_community_cancels_all_that_is_to_come,
    a_community_that_is_opened_again_invites_anew,
    a_closed_community_takes_no_posts_and_nobody_joins,
);

const NONE: [&str; 0] = [];

fn closing_a_community_cancels_all_that_is_to_come(database: &Database) {
    let sink = Sink::start();
    let node = founded(database, &sink);
    amend(
        &node,
        "archive     = \"members\"",
        "archive     = \"public\"",
    );
    let at = "2026-03-17T16:00:00+01:00";
    node.run(&["session", "add", "pumps", "--title", "Seals", "--at", at])
        .ok();
    node.run(&["member", "set", "pumps", CLEO, "paused_until=2027-02-01"])
        .ok();
    node.advance("10d");
    let mut invited = names(&sink, BOB);
    // A session that is added is prepared as any other.
    invited.retain(|name| name == "invitation");
    assert_eq!(invited, ["invitation", "invitation"]);
    node.run(&["community", "close", "nowhere"]).refused();
    let why = ["--reason", "The valves community goes on with this"];
    node.run(&[&["community", "close", "pumps"], &why[..]].concat())
        .ok();
    node.settle();

    for who in [ANN, BOB] {
        let changes: Vec<_> = told(&sink, who).into_iter().skip(2).collect();
        let cancel = || ("session-change".to_owned(), "CANCEL".to_owned());
        assert_eq!(changes, [cancel(), cancel()], "one for each series: {who}");
        assert_eq!(Agenda::of(&sink, who).starts(), NONE, "{who}");
    }
    let mail = last(&sink, BOB, "session-change");
    assert!(
        mail.subject().starts_with("Cancelled: "),
        "{}",
        mail.subject()
    );
    assert!(
        mail.text().contains("valves community goes on"),
        "{}",
        mail.text()
    );
    let states: Vec<String> = listed(&node).into_iter().map(|row| row.2).collect();
    assert_eq!(states, ["held", "cancelled", "cancelled", "cancelled"]);

    let feed = get(node.http, "/c/pumps/calendar.ics");
    assert_eq!(feed.status, 200);
    let off = feed.body.matches("STATUS:CANCELLED").count();
    assert!(off >= 2, "both series are off: {}", feed.body);
    assert!(
        !feed.body.contains("STATUS:CONFIRMED\r\nSUMMARY:Seals"),
        "{}",
        feed.body
    );

    // Nothing comes of it any more, whatever is asked for and however time passes.
    node.run(&["community", "close", "pumps"]).refused();
    node.run(&[
        "session",
        "add",
        "pumps",
        "--title",
        "More",
        "--at",
        "2026-04-17T16:00:00Z",
    ])
    .refused();
    node.run(&["community", "apply"]).ok();
    let count = sink.received().len();
    node.advance("120d");
    assert_eq!(sink.received().len(), count, "{:?}", names(&sink, ANN));

    // Who was away is told when they are back.
    assert_eq!(Agenda::of(&sink, CLEO).starts().len(), PLANNED.len() + 1);
    node.run(&["member", "set", "pumps", CLEO, "state=active"])
        .ok();
    node.settle();
    assert_eq!(Agenda::of(&sink, CLEO).starts(), NONE);
}

fn a_community_that_is_opened_again_invites_anew(database: &Database) {
    let sink = Sink::start();
    let mut node = founded(database, &sink);
    node.run(&["community", "reopen", "pumps"]).refused();
    // What somebody has cancelled before stays cancelled.
    node.run(&["session", "cancel", "pumps", "clinic", "--on", "2026-03-24"])
        .ok();
    node.settle();
    node.run(&["community", "close", "pumps"]).ok();
    node.settle();
    assert_eq!(Agenda::of(&sink, BOB).starts(), NONE);
    node.terminate();
    node.start();
    node.run(&["community", "reopen", "pumps"]).ok();
    node.settle();
    for who in [ANN, BOB, CLEO] {
        let agenda = Agenda::of(&sink, who);
        assert_eq!(agenda.starts(), [PLANNED[0], PLANNED[2]], "{who}");
        assert_eq!(agenda.entries.len(), 2, "under another UID");
        assert_eq!(agenda.last().1.sequence, 0);
    }
    assert_eq!(
        names(&sink, BOB),
        [
            "invitation",
            "session-change",
            "session-change",
            "invitation"
        ]
    );
    // It lives: what is moved now moves in every calendar.
    let to = ["--to", "2026-03-11T15:00:00Z"];
    node.run(
        &[
            &["session", "move", "pumps", "clinic", "--on", "2026-03-10"],
            &to[..],
        ]
        .concat(),
    )
    .ok();
    node.settle();
    assert_eq!(Agenda::of(&sink, BOB).starts()[0], "20260311T160000");
    write(&node, BOB, "pumps@lists.example.org", "Is anybody here?");
    node.advance("60d");
    let held = listed(&node).into_iter().filter(|row| row.2 == "held");
    assert_eq!(held.count(), 2);
}

fn a_closed_community_takes_no_posts_and_nobody_joins(database: &Database) {
    let sink = Sink::start();
    let node = founded(database, &sink);
    let (new, join) = ("eve@else.example", "pumps-join@lists.example.org");
    amend(
        &node,
        "archive     = \"members\"",
        "archive     = \"public\"",
    );
    let first = write(&node, BOB, LIST, "The seal is dry.");
    node.run(&["community", "close", "pumps"]).ok();
    node.settle();

    let count = |who: &str| {
        let all = names(&sink, who);
        all.iter().filter(|name| *name == "hold-notice").count()
    };
    let refused = write(&node, BOB, LIST, "The seal is wet.");
    let why = node.run(&["why", &refused]).ok();
    assert!(why.contains("the community is closed"), "{why}");
    let told = last(&sink, BOB, "hold-notice").text();
    assert!(told.contains("The community is closed"), "{told}");
    assert!(told.contains("/c/pumps/"), "{told}");
    write(&node, BOB, LIST, "Is anybody there?");
    assert_eq!(count(BOB), 1, "once a day");
    write(&node, new, LIST, "Hello");
    assert_eq!(names(&sink, new), NONE, "a stranger is told nothing");
    let threads = node.json(&["archive", "threads", "pumps"]);
    let threads = threads.as_array().expect("posts");
    assert_eq!(threads.len(), 1, "{threads:?}");
    assert_eq!(threads[0]["message_id"], first.as_str());
    assert_eq!(get(node.http, "/c/pumps/").status, 200);
    let front = get(node.http, "/c/pumps/").body;
    assert!(front.contains("This community is closed"), "{front}");

    // A server that brings it by itself hears of it at once, but can still leave.
    let mut smtp = Client::smtp(node.smtp).expect("SMTP");
    smtp.command("EHLO mx.plant.example");
    smtp.command("MAIL FROM:<bob@plant.example>");
    for (to, code) in [
        (LIST, 550),
        (join, 550),
        ("pumps-leave@lists.example.org", 250),
        ("pumps-owner@lists.example.org", 250),
    ] {
        let reply = smtp.command(&format!("RCPT TO:<{to}>"));
        assert_eq!(reply.code, code, "{to}: {reply:?}");
    }
    smtp.quit();

    write(&node, new, join, "I run pumps, too.");
    assert_eq!(names(&sink, new), ["join-outcome"]);
    let told = last(&sink, new, "join-outcome").text();
    assert!(told.contains("The community is closed"), "{told}");
    write(&node, CLEO, "pumps-leave@lists.example.org", "bye");
    answer(&node, CLEO, &last(&sink, CLEO, "confirm"), "yes");
    let members = node.run(&["member", "list", "pumps"]).ok();
    assert!(!members.contains(new), "{members}");
    assert!(names(&sink, CLEO).contains(&"goodbye".to_owned()));

    node.run(&["community", "reopen", "pumps"]).ok();
    node.settle();
    write(&node, BOB, LIST, "Now it is dry again.");
    assert!(last(&sink, ANN, "").text().contains("dry again"));
    node.advance("2d");
    write(&node, new, join, "I run pumps, too.");
    assert_eq!(
        names(&sink, new).last().map(String::as_str),
        Some("confirm")
    );
}
