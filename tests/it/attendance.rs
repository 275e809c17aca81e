//! After a session: its host says who came, and everybody is told what came of it.

use serde_json::{Value, json};

use crate::sessions::{ANN, BOB, CLEO, DORA, PUMPS, amend, founded, listed};
use crate::support::community::{LIST, THREE};
use crate::support::letters::{Letter, answer, last, names, send};
use crate::support::{Community, Database, Mail, Node, Sink, both};

both!(
    the_host_says_who_came_and_the_list_is_told,
    what_was_to_be_done_is_done_below_the_recap,
    a_guest_who_is_erased_is_named_no_more,
    what_is_unclear_is_asked_back_once,
    nobody_came_and_then_somebody_did,
    what_is_told_late_is_told_after_all,
    what_nobody_tells_stands_on_the_worksheet,
    what_follows_a_session_follows_its_move,
    the_charter_says_when_and_whether,
    an_operator_notes_who_came,
    an_outage_asks_late_or_not_at_all,
    who_hosts_is_asked_and_thanked,
);

/// Ten past eight in Berlin, the day after the first clinic: its quiet hours are over.
const MORNING: &str = "2026-03-11T07:30:00Z";
/// After the recap of the first clinic, a day after its end.
const EVENING: &str = "2026-03-11T17:30:00Z";
const FIRST: &str = "2026-03-10";

fn to(node: &Node<'_>, moment: &str) {
    node.run(&["clock", "set", moment]).ok();
}

fn count(sink: &Sink, who: &str, name: &str) -> usize {
    names(sink, who).iter().filter(|one| *one == name).count()
}

/// Members with names, who say whether they come; the first clinic is over.
fn held<'a>(database: &'a Database, sink: &Sink) -> Node<'a> {
    let node = founded(database, sink);
    for (who, name) in [
        (ANN, "Ann Berger"),
        (BOB, "Bob Meier"),
        (CLEO, "Cleo Müller"),
    ] {
        node.run(&["member", "set", "pumps", who, &format!("name={name}")])
            .ok();
    }
    answer(&node, BOB, &last(sink, BOB, "invitation"), "yes");
    to(&node, MORNING);
    node
}

#[track_caller]
fn asked(sink: &Sink) -> Mail {
    last(sink, ANN, "attendance-ask")
}

/// A mail's text with plain ends of lines.
fn said(mail: &Mail) -> String {
    mail.text().replace("\r\n", "\n")
}

/// Whether each came to a session of the clinic.
fn attended(node: &Node<'_>, on: &str) -> Vec<(String, Value)> {
    let rows = node.json(&["session", "roster", "pumps", "clinic", "--on", on]);
    let rows = rows.as_array().expect("a roster").iter();
    let text = |value: &Value| value.as_str().unwrap_or_default().to_owned();
    rows.map(|row| (text(&row["address"]), row["attended"].clone()))
        .collect()
}

fn came(all: &[(String, Value)]) -> Vec<&str> {
    let came = all.iter().filter(|one| one.1 == json!(true));
    came.map(|one| one.0.as_str()).collect()
}

/// (outcome, reason) of what became of a mail about a session.
fn fate(node: &Node<'_>, mail: &str, on: &str) -> Vec<(String, String)> {
    let since = [
        "calendar",
        "pumps",
        "--since",
        "2026-03-02T00:00:00Z",
        "--weeks",
        "0",
    ];
    let lines = node.json(&since);
    let text = |value: &Value| value.as_str().unwrap_or_default().to_owned();
    let its = lines.as_array().expect("lines").iter();
    let its = its.filter(|line| line["mail"] == mail && line["on"] == on);
    its.map(|line| (text(&line["outcome"]), text(&line["reason"])))
        .collect()
}

fn the_host_says_who_came_and_the_list_is_told(database: &Database) {
    let sink = Sink::start();
    let node = held(database, &sink);
    let unknown = vec![Value::Null; 3];
    let known: Vec<Value> = attended(&node, FIRST)
        .into_iter()
        .map(|one| one.1)
        .collect();
    assert_eq!(known, unknown, "nobody has said");
    let ask = asked(&sink);
    assert_eq!(
        ask.subject(),
        "Who came? Pump clinic, Tuesday, 10 March, 16:00"
    );
    let about = "attendance-ask; community=pumps; series=clinic; on=2026-03-10";
    assert_eq!(ask.header("Folkmoot-About"), about);
    let text = said(&ask);
    for part in [
        "   1  Bob Meier, said yes",
        "   2  Ann Berger\n",
        "   3  Cleo Müller\n",
        "  Bob Meier, Ann Berger",
        "11 March 2026, 17:00",
    ] {
        assert!(text.contains(part), "{part}: {text}");
    }
    assert_eq!(
        count(&sink, BOB, "attendance-ask"),
        0,
        "facilitators alone are asked"
    );

    let reply = "1, cleo and Max Mustermann\n\nThe seal was dry.\nIt had run without water.\n\
        action: Bob: send the curves by 2026-03-20\nrecording: https://rec.example/12\n\n\
        Best regards\nAnn";
    answer(&node, ANN, &ask, reply);
    let all = attended(&node, FIRST);
    assert_eq!(came(&all), [BOB, CLEO]);
    assert_eq!(all[0], (ANN.to_owned(), json!(false)));
    let told = said(&last(&sink, ANN, "receipt"));
    for part in [
        "Pump clinic, 10 March 2026: 3 came.",
        "These came: Bob Meier, Cleo Müller",
        "As guests: Max Mustermann",
        "Notes: The seal was dry. It had run without water.",
        "To be done, number 1: Bob Meier: send the curves (2026-03-20)",
        "https://rec.example/12",
        "11 March 2026, 17:00",
    ] {
        assert!(told.contains(part), "{part}: {told}");
    }

    // A later reply replaces what it mentions, and leaves the rest.
    answer(&node, ANN, &last(&sink, ANN, "receipt"), "ALL BUT Cleo");
    assert_eq!(came(&attended(&node, FIRST)), [ANN, BOB]);
    let told = said(&last(&sink, ANN, "receipt"));
    assert!(told.contains("Notes: The seal was dry."), "{told}");
    answer(&node, ANN, &ask, "Bob, Cleo, Max Mustermann");

    to(&node, EVENING);
    for who in [ANN, BOB, CLEO] {
        let recap = last(&sink, who, "recap");
        assert_eq!(
            recap.subject(),
            "[pumps] Recap: Pump clinic, Tuesday, 10 March, 16:00"
        );
        let invitation = last(&sink, who, "invitation").message_id();
        assert_eq!(
            recap.header("References"),
            format!("<{invitation}>"),
            "{who}"
        );
        assert!(recap.header("List-Post").contains(LIST));
    }
    let recap = last(&sink, BOB, "recap");
    let text = said(&recap);
    for part in [
        "3 came, 1 of them as a guest.",
        "  The seal was dry.\n  It had run without water.",
        "1. Bob Meier: send the curves, by 20 March 2026",
        "Recording: https://rec.example/12",
    ] {
        assert!(text.contains(part), "{part}: {text}");
    }
    assert!(
        !text.contains("Cleo") && !text.contains("Mustermann"),
        "{text}"
    );
    assert_eq!(fate(&node, "recap", FIRST)[0].0, "sent");

    // The minutes are in the archive, and what is answered comes below them.
    let id = recap.message_id();
    let letter = Letter {
        from: BOB,
        to: LIST,
        subject: "Re: Recap",
        text: "The bearing, too.",
        more: &format!("References: {} <{id}>\r\n", recap.header("References")),
    };
    let reply = send(&node, &letter);
    let threads = node.json(&["archive", "threads", "pumps"]);
    let place = |of: &str| {
        let all = threads.as_array().expect("posts").iter();
        let mut found = all.filter(|post| post["message_id"] == of);
        found.next().expect("in the archive").clone()
    };
    assert_eq!(place(&id)["parent"], Value::Null);
    assert_eq!(place(&reply)["parent"], json!(id));

    // What is still to be done is shown with the next session, until it is done.
    to(&node, "2026-03-25T07:30:00Z");
    let next = asked(&sink);
    assert!(
        said(&next).contains("1. Bob Meier: send the curves"),
        "{}",
        said(&next)
    );
    answer(&node, ANN, &next, "Cleo\nDONE 1");
    let told = said(&last(&sink, ANN, "receipt"));
    assert!(
        told.contains("Done, number 1: Bob Meier: send the curves"),
        "{told}"
    );
    to(&node, "2026-03-25T17:30:00Z");
    let text = said(&last(&sink, CLEO, "recap"));
    assert!(text.contains("1 came (3 last time)."), "{text}");
    assert!(!text.contains("curves"), "{text}");

    let shown = node.json(&["session", "participation", "pumps", "clinic"]);
    assert_eq!(shown[0]["invited"], 3, "{shown}");
    assert_eq!(
        (&shown[0]["going"], &shown[0]["came"]),
        (&json!(1), &json!(3)),
        "{shown}"
    );
    assert_eq!(shown[0]["show_rate"], json!({ "k": 1, "n": 1 }));
    assert_eq!(
        (&shown[1]["came"], &shown[1]["guests"]),
        (&json!(1), &json!(0)),
        "{shown}"
    );
    let own = node.json(&["member", "export", BOB]);
    let first = &own["memberships"][0]["attended"][0];
    assert_eq!(first, &json!({ "series": "clinic", "on": FIRST }), "{own}");
}

fn what_was_to_be_done_is_done_below_the_recap(database: &Database) {
    let sink = Sink::start();
    let node = held(database, &sink);
    let reply = "Bob, Cleo\n\naction: Bob: send the curves\naction: Cleo: ask the maker";
    answer(&node, ANN, &asked(&sink), reply);
    to(&node, EVENING);
    let recap = last(&sink, CLEO, "recap");
    let below = |text: &str| {
        let letter = Letter {
            from: CLEO,
            to: LIST,
            subject: "Re: Recap",
            text,
            more: &format!("In-Reply-To: <{}>\r\n", recap.message_id()),
        };
        send(&node, &letter)
    };
    let posts = |node: &Node<'_>| {
        let posts = node.json(&["archive", "threads", "pumps"]);
        posts.as_array().expect("posts").len()
    };
    let before = posts(&node);
    below("DONE 2\n\nBest regards\nCleo");
    assert_eq!(posts(&node), before, "it goes to nobody");
    // Anybody can write any From line.
    answer(&node, CLEO, &last(&sink, CLEO, "confirm"), "yes");
    let told = said(&last(&sink, CLEO, "receipt"));
    assert!(told.contains("noted as done: ask the maker"), "{told}");
    below("Done 1: not yet, the curves are wrong");
    assert_eq!(posts(&node), before + 1, "what says more is a post");

    to(&node, "2026-03-25T07:30:00Z");
    let next = said(&asked(&sink));
    assert!(next.contains("send the curves"), "{next}");
    assert!(!next.contains("ask the maker"), "{next}");
    // The same by a word.
    answer(&node, BOB, &last(&sink, BOB, "receipt"), "done clinic 2 7");
    let told = said(&last(&sink, BOB, "clarification"));
    assert!(told.contains("has such a number"), "{told}");
    answer(&node, BOB, &last(&sink, BOB, "receipt"), "done clinic 1");
    let told = said(&last(&sink, BOB, "receipt"));
    assert!(told.contains("noted as done: send the curves"), "{told}");
}

fn a_guest_who_is_erased_is_named_no_more(database: &Database) {
    let sink = Sink::start();
    let node = held(database, &sink);
    let guest = "eva@far.example";
    let reply =
        "Bob, Eva Östlund, Max Kern\nnotes: Eva Östlund brought a seal, ask eva@far.example";
    answer(&node, ANN, &asked(&sink), reply);
    node.run(&["member", "add", "pumps", guest, "--name", "Eva Östlund"])
        .ok();
    node.run(&["member", "erase", guest, "--yes"]).ok();
    to(&node, EVENING);
    let recap = said(&last(&sink, BOB, "recap"));
    assert!(recap.contains("3 came, 2 of them as guests."), "{recap}");
    assert!(recap.contains("(erased) brought a seal"), "{recap}");
    for word in ["Östlund", "eva@"] {
        assert!(!recap.contains(word), "{word}: {recap}");
    }
    // The next session's host is told nothing of her either.
    answer(&node, ANN, &asked(&sink), "notes: and it was dry");
    let told = said(&last(&sink, ANN, "receipt"));
    assert!(!told.contains("Östlund"), "{told}");
    assert!(told.contains("Max Kern"), "{told}");
}

fn what_is_unclear_is_asked_back_once(database: &Database) {
    let sink = Sink::start();
    let node = founded(database, &sink);
    node.run(&["member", "add", "pumps", DORA, "--name", "Bob Schulz"])
        .ok();
    node.run(&["member", "set", "pumps", BOB, "name=Bob Meier"])
        .ok();
    to(&node, MORNING);
    answer(&node, ANN, &asked(&sink), "Bob, cleo\n\nnotes: a good one");
    let told = last(&sink, ANN, "clarification");
    let text = said(&told);
    let both = "“Bob” could be Bob Meier (2), Bob Schulz (3)";
    let text = text.split_whitespace().collect::<Vec<_>>().join(" ");
    assert!(text.contains(both), "{text}");
    assert_eq!(came(&attended(&node, FIRST)), [""; 0], "nothing is guessed");

    // Once; then silence.
    answer(&node, ANN, &asked(&sink), "Bob");
    answer(&node, ANN, &asked(&sink), "It went well.");
    assert_eq!(count(&sink, ANN, "clarification"), 1);
    assert_eq!(count(&sink, ANN, "receipt"), 0);

    // What was asked back may be answered there; quoted names count for nobody.
    answer(
        &node,
        ANN,
        &told,
        "2\ncleo\n\n> Bob could be Bob Meier (2), Bob Schulz (3)",
    );
    assert_eq!(came(&attended(&node, FIRST)), [BOB, CLEO]);
    assert_eq!(count(&sink, ANN, "receipt"), 1);

    // Words that every reply may say are no names, and nobody else may say who came.
    answer(&node, ANN, &asked(&sink), "help");
    assert_eq!(count(&sink, ANN, "clarification"), 2);
    answer(&node, CLEO, &asked(&sink), "NOBODY");
    assert_eq!(came(&attended(&node, FIRST)), [BOB, CLEO]);

    to(&node, "2026-03-24T17:00:00Z");
    let late = last(&sink, ANN, "receipt");
    answer(&node, ANN, &late, "ALL");
    answer(&node, ANN, &late, "ALL");
    assert_eq!(
        came(&attended(&node, FIRST)),
        [BOB, CLEO],
        "14 days are over"
    );
    assert_eq!(count(&sink, ANN, "clarification"), 3, "told once");
    let text = said(&last(&sink, ANN, "clarification"));
    assert!(text.contains("14 days"), "{text}");
}

fn nobody_came_and_then_somebody_did(database: &Database) {
    let sink = Sink::start();
    let node = held(database, &sink);
    assert_eq!(listed(&node)[0].2, "held");
    answer(&node, ANN, &asked(&sink), "NOBODY");
    assert_eq!(
        listed(&node)[0].2,
        "cancelled",
        "planned = held + cancelled"
    );
    assert_eq!(came(&attended(&node, FIRST)), [""; 0]);
    let told = said(&last(&sink, ANN, "receipt"));
    assert!(
        told.contains("nobody came; it does not count as held"),
        "{told}"
    );
    assert_eq!(count(&sink, BOB, "session-change"), 0);

    answer(&node, ANN, &asked(&sink), "Oh no, I was wrong:\nCleo");
    assert_eq!(listed(&node)[0].2, "held");
    assert_eq!(came(&attended(&node, FIRST)), [CLEO]);
    answer(&node, ANN, &asked(&sink), "Niemand");
    to(&node, EVENING);
    assert_eq!(count(&sink, BOB, "recap"), 0);
    let (outcome, reason) = &fate(&node, "recap", FIRST)[0];
    assert_eq!(outcome, "dropped");
    assert!(reason.contains("nobody came"), "{reason}");
    let shown = node.json(&["session", "participation", "pumps", "clinic"]);
    assert_eq!(shown, json!([]));
}

fn what_is_told_late_is_told_after_all(database: &Database) {
    let sink = Sink::start();
    let node = held(database, &sink);
    to(&node, EVENING);
    let nothing = "nobody has said who came, and nothing was noted";
    assert_eq!(
        fate(&node, "recap", FIRST)[0],
        ("dropped".into(), nothing.into())
    );
    to(&node, "2026-03-13T12:00:00Z");
    answer(&node, ANN, &asked(&sink), "Bob, Cleo");
    assert!(
        last(&sink, ANN, "receipt")
            .text()
            .contains("13 March 2026, 14:00")
    );
    assert_eq!(count(&sink, BOB, "recap"), 0);
    answer(&node, ANN, &asked(&sink), "Bob");
    node.advance("1h");
    assert!(said(&last(&sink, BOB, "recap")).contains("1 came."));
    answer(&node, ANN, &asked(&sink), "Bob, Cleo");
    let told = said(&last(&sink, ANN, "receipt"));
    assert!(told.contains("has gone out before"), "{told}");
    node.advance("3d");
    assert_eq!(count(&sink, BOB, "recap"), 1);
}

fn what_nobody_tells_stands_on_the_worksheet(database: &Database) {
    let sink = Sink::start();
    let node = held(database, &sink);
    to(&node, "2026-03-16T08:00:00Z");
    let sheet = said(&last(&sink, ANN, "worksheet"));
    let named = "Nobody has said who came to Pump clinic on 10 March 2026";
    assert!(sheet.contains(named), "{sheet}");
    answer(&node, ANN, &asked(&sink), "notes: we talked about seals");
    to(&node, "2026-03-23T08:00:00Z");
    assert_eq!(count(&sink, ANN, "worksheet"), 1, "something was told");
    let recap = said(&last(&sink, BOB, "recap"));
    assert!(recap.contains("we talked about seals"), "{recap}");
    assert!(!recap.contains("came."), "nobody has said: {recap}");
}

fn what_follows_a_session_follows_its_move(database: &Database) {
    let sink = Sink::start();
    let node = founded(database, &sink);
    answer(&node, BOB, &last(&sink, BOB, "invitation"), "yes");
    let ahead = node.json(&["calendar", "pumps", "--weeks", "3"]);
    let moments = |mail: &str, ahead: &Value| {
        let all = ahead.as_array().expect("lines").iter();
        let its = all.filter(|line| line["mail"] == mail);
        let its = its.map(|line| line["at"].as_str().unwrap_or_default()[..16].to_owned());
        its.collect::<Vec<_>>()
    };
    assert_eq!(moments("attendance-ask", &ahead), ["2026-03-10T17:00"]);
    assert_eq!(moments("recap", &ahead), ["2026-03-11T16:00"]);
    let moved = "2026-03-12T10:00:00+01:00";
    node.run(&[
        "session", "move", "pumps", "clinic", "--on", FIRST, "--to", moved,
    ])
    .ok();
    node.settle();
    let told = said(&last(&sink, CLEO, "session-change"));
    assert!(told.contains("1 said they come."), "{told}");
    let ahead = node.json(&["calendar", "pumps", "--weeks", "3"]);
    assert_eq!(moments("attendance-ask", &ahead), ["2026-03-12T11:00"]);
    assert_eq!(moments("recap", &ahead), ["2026-03-13T10:00"]);
    to(&node, "2026-03-12T12:00:00Z");
    let ask = asked(&sink);
    let about = "attendance-ask; community=pumps; series=clinic; on=2026-03-10";
    assert_eq!(ask.header("Folkmoot-About"), about, "its original day");
    let text = said(&ask);
    assert!(text.contains("Thursday, 12 March, 10:00"), "{text}");

    // Of what was cancelled nobody is asked who came.
    let on = ["--on", "2026-03-24"];
    node.run(&[&["session", "cancel", "pumps", "clinic"][..], &on].concat())
        .ok();
    to(&node, "2026-03-27T12:00:00Z");
    assert_eq!(count(&sink, ANN, "attendance-ask"), 1);
    let refused = [
        &["session", "attendance", "pumps", "clinic", "ALL"][..],
        &on,
    ]
    .concat();
    assert!(node.run(&refused).refused().contains("was cancelled"));
}

fn the_charter_says_when_and_whether(database: &Database) {
    let sink = Sink::start();
    let node = founded(database, &sink);
    amend(
        &node,
        "starts = ",
        "attendance = \"17h\"\nrecap = \"off\"\nstarts = ",
    );
    to(&node, MORNING);
    assert_eq!(
        count(&sink, ANN, "attendance-ask"),
        0,
        "17 hours after its end"
    );
    node.advance("3h");
    let text = said(&asked(&sink));
    assert!(
        !text.contains("go to everybody"),
        "no recap is planned: {text}"
    );
    answer(&node, ANN, &asked(&sink), "me, Bob");
    assert_eq!(came(&attended(&node, FIRST)), [ANN, BOB]);
    let told = said(&last(&sink, ANN, "receipt"));
    assert!(told.contains("To change anything, reply again"), "{told}");
    node.advance("3d");
    assert_eq!(count(&sink, BOB, "recap"), 0);
}

fn an_operator_notes_who_came(database: &Database) {
    let sink = Sink::start();
    let surveyed = Community {
        more: format!("{}[health_check]\nreflection = \"off\"\n", PUMPS.more).leak(),
        ..PUMPS
    };
    let node = Node::with_list(database, &sink, &surveyed, &THREE);
    node.settle();
    answer(&node, BOB, &last(&sink, BOB, "invitation"), "yes");
    let note = |on: &str, names: &[&str]| {
        let fixed = ["session", "attendance", "pumps", "clinic", "--on", on];
        node.run(&[&fixed[..], names].concat())
    };
    assert!(note(FIRST, &["Bob"]).refused().contains("has not begun"));
    assert!(
        note("2026-03-11", &["Bob"])
            .refused()
            .contains("was planned")
    );
    // At once when it is over, before anybody is asked.
    to(&node, "2026-03-10T16:10:00Z");
    note(FIRST, &["ALL", "BUT", CLEO]).ok();
    assert_eq!(came(&attended(&node, FIRST)), [ANN, BOB]);
    assert!(
        note(FIRST, &["the usual people"])
            .refused()
            .contains("does not say who came")
    );
    to(&node, EVENING);
    assert_eq!(count(&sink, ANN, "attendance-ask"), 0, "it is known");
    assert!(said(&last(&sink, CLEO, "recap")).contains("2 came."));

    // Who was there rates the third session, not who said they would be.
    to(&node, "2026-04-07T15:10:00Z");
    note("2026-04-07", &[CLEO, "notes: short"]).ok();
    to(&node, "2026-04-20T12:00:00Z");
    let rated = [ANN, BOB, CLEO].map(|who| count(&sink, who, "session-rating"));
    assert_eq!(rated, [0, 0, 1]);
}

fn an_outage_asks_late_or_not_at_all(database: &Database) {
    let sink = Sink::start();
    let mut node = founded(database, &sink);
    node.terminate();
    node.clock_from("2026-03-13T09:00:00Z");
    node.start();
    node.settle();
    assert_eq!(count(&sink, ANN, "attendance-ask"), 1, "late");
    node.terminate();
    node.clock_from("2026-04-02T09:00:00Z");
    node.start();
    node.settle();
    assert_eq!(
        count(&sink, ANN, "attendance-ask"),
        1,
        "24 March is too long ago"
    );
    let (outcome, reason) = &fate(&node, "attendance-ask", "2026-03-24")[0];
    assert_eq!(outcome, "dropped");
    assert!(reason.contains("too late"), "{reason}");
}

fn who_hosts_is_asked_and_thanked(database: &Database) {
    let sink = Sink::start();
    let node = founded(database, &sink);
    node.run(&["member", "set", "pumps", BOB, "name=Bob Meier"])
        .ok();
    let host = ["session", "host", "pumps", "clinic", "--on", FIRST, BOB];
    node.run(&host).ok();
    to(&node, MORNING);
    assert_eq!(count(&sink, ANN, "attendance-ask"), 0, "there is a host");
    let ask = last(&sink, BOB, "attendance-ask");
    answer(
        &node,
        BOB,
        &ask,
        "ich, Cleo\n\nAufgabe: ich: Kennlinien bis 20. März",
    );
    assert_eq!(came(&attended(&node, FIRST)), [BOB, CLEO]);
    to(&node, EVENING);
    let recap = said(&last(&sink, ANN, "recap"));
    for part in [
        "2 came.",
        "Thank you for hosting, Bob Meier.",
        "1. Bob Meier: Kennlinien, by 20 March 2026",
    ] {
        assert!(recap.contains(part), "{part}: {recap}");
    }

    // An erased host is in no roster and owns no action.
    node.run(&["member", "erase", BOB, "--yes"]).ok();
    assert_eq!(came(&attended(&node, FIRST)), [CLEO]);
}
