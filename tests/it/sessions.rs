//! Sessions in everybody's calendar: what each member's client shows after the mails
//! that came, through the whole life of a series.

use serde_json::Value;

use crate::support::agenda::{Agenda, told};
use crate::support::community::THREE;
use crate::support::letters::{last, names};
use crate::support::{Community, Database, Node, Sink, both};

mod by_mail;
mod closing;

both!(
    a_charter_fills_every_calendar_once,
    one_session_is_moved_and_another_cancelled,
    who_joins_gets_what_is_to_come_and_who_leaves_loses_it,
    a_session_that_was_put_off_is_in_the_copy_of_who_joins_in_between,
    a_changed_rule_ends_the_series_and_begins_another,
    a_series_is_extended_changed_and_ended,
    who_has_paused_is_told_when_they_are_back,
    a_single_session_comes_and_goes,
    what_cannot_be_done_is_said,
);

pub const ANN: &str = "ann@plant.example";
pub const BOB: &str = "bob@plant.example";
pub const CLEO: &str = "cleo@mill.example";
pub const DORA: &str = "dora@mill.example";
const FILE: &str = "communities/pumps.toml";

/// Ann facilitates; a clinic every other Tuesday at four from 10 March on, but not on
/// 7 April: 10 and 24 March, 21 April.
pub const PUMPS: Community = Community {
    slug: "pumps",
    posting: "members",
    archive: "members",
    more: "[[facilitator]]\naddress = \"ann@plant.example\"\nname = \"Ann\"\n\
        [[session]]\nslug = \"clinic\"\ntitle = \"Pump clinic\"\nrule = \"FREQ=WEEKLY;INTERVAL=2;BYDAY=TU\"\n\
        starts = \"2026-03-10T16:00\"\nuntil = \"2026-04-30\"\nlink = \"https://meet.example/pumps\"\n\
        host_ask = \"off\"\nagenda_call = \"off\"\nhost_brief = \"off\"\n",
};

pub const PLANNED: [&str; 3] = ["20260310T160000", "20260324T160000", "20260421T160000"];

pub fn founded<'a>(database: &'a Database, sink: &Sink) -> Node<'a> {
    let mut node = Node::new(database, sink);
    node.found(&PUMPS, &THREE);
    amend(
        &node,
        "timezone = \"Europe/Berlin\"",
        "timezone = \"Europe/Berlin\"\nholidays = [\"2026-04-03/2026-04-07\"]",
    );
    node.start();
    node.settle();
    node
}

/// Writes the charter anew, and applies it.
#[track_caller]
pub fn amend(node: &Node<'_>, old: &str, new: &str) {
    let text = node.read(FILE);
    assert!(text.contains(old), "{old}: {text}");
    node.write(FILE, text.replace(old, new));
    node.run(&["community", "apply"]).ok();
}

/// (day, start, state) of all sessions.
pub fn listed(node: &Node<'_>) -> Vec<(String, String, String)> {
    let rows = node.json(&["session", "list", "pumps"]);
    let text = |value: &Value| value.as_str().unwrap_or_default().to_owned();
    let rows = rows.as_array().expect("a list").iter();
    rows.map(|row| (text(&row["on"]), text(&row["starts"]), text(&row["state"])))
        .collect()
}

fn states(node: &Node<'_>) -> Vec<String> {
    listed(node).into_iter().map(|row| row.2).collect()
}

fn a_charter_fills_every_calendar_once(database: &Database) {
    let sink = Sink::start();
    let node = founded(database, &sink);
    for who in [ANN, BOB, CLEO] {
        assert_eq!(names(&sink, who), ["invitation"]);
        assert_eq!(Agenda::of(&sink, who).starts(), PLANNED);
    }
    let mail = last(&sink, BOB, "invitation");
    let about = "invitation; community=pumps; series=clinic; on=2026-03-02";
    assert_eq!(mail.header("Folkmoot-About"), about);
    assert_eq!(
        mail.subject(),
        "Invitation: Pump clinic, Tuesday, 10 March, 16:00"
    );
    let text = mail.text();
    for said in [
        "Tuesday, 24 March, 16:00",
        "https://meet.example/pumps",
        "Europe/Berlin",
    ] {
        assert!(text.contains(said), "{said}: {text}");
    }
    assert_eq!(Agenda::of(&sink, BOB).last().1.sequence, 0);
    let [bob, cleo] = [BOB, CLEO].map(|who| last(&sink, who, "invitation").header("From"));
    assert_ne!(bob, cleo, "each has an address of their own");
    let planned = |on: &str, at: &str| (on.to_owned(), at.to_owned(), "planned".to_owned());
    assert_eq!(
        listed(&node),
        [
            planned("2026-03-10", "2026-03-10T15:00:00Z"),
            planned("2026-03-24", "2026-03-24T15:00:00Z"),
            planned("2026-04-21", "2026-04-21T14:00:00Z"),
        ],
        "summer time begins on 29 March"
    );

    // Applying it again, what is said elsewhere in it, a restart: no mail.
    amend(&node, "Ask before you are sure.", "Ask early.");
    amend(&node, "host_brief = \"off\"", "host_brief = \"2d\"");
    let mut node = node;
    node.terminate();
    node.start();
    node.advance("60d");
    for who in [ANN, BOB, CLEO] {
        assert_eq!(told(&sink, who).len(), 1, "{:?}", told(&sink, who));
    }
    assert_eq!(states(&node), ["held"; 3]);
}

fn one_session_is_moved_and_another_cancelled(database: &Database) {
    let sink = Sink::start();
    let node = founded(database, &sink);
    let to = "2026-03-25T10:00:00+01:00";
    let on = ["--on", "2026-03-24", "--to", to];
    let of_clinic =
        |verb, more: &[&str]| node.run(&[&["session", verb, "pumps", "clinic"], more].concat());
    of_clinic("move", &on).ok();
    node.settle();
    let moved = ["20260310T160000", "20260325T100000", "20260421T160000"];
    assert_eq!(Agenda::of(&sink, BOB).starts(), moved);
    let mail = last(&sink, BOB, "session-change");
    let about = "session-change; community=pumps; series=clinic; on=2026-03-24";
    assert_eq!(mail.header("Folkmoot-About"), about);
    assert_eq!(
        mail.subject(),
        "Moved: Pump clinic, now Wednesday, 25 March, 10:00"
    );
    let thread = last(&sink, BOB, "invitation").message_id();
    assert_eq!(mail.header("References"), format!("<{thread}>"));

    // The original day names it still.
    let to = "2026-03-26T10:00:00Z";
    of_clinic("move", &["--on", "2026-03-24", "--to", to]).ok();
    let why = ["--on", "2026-03-10", "--reason", "Our host is ill"];
    of_clinic("cancel", &why).ok();
    node.settle();
    let left = ["20260326T110000", "20260421T160000"];
    for who in [ANN, BOB, CLEO] {
        let agenda = Agenda::of(&sink, who);
        assert_eq!(agenda.starts(), left);
        assert_eq!(agenda.last().1.sequence, 3, "each change is newer");
    }
    let text = last(&sink, BOB, "session-change").text();
    assert!(text.contains("Our host is ill"), "{text}");
    assert_eq!(names(&sink, BOB).len(), 4, "{:?}", names(&sink, BOB));

    // The calendar of the charter has it, and so has who joins now.
    let shown = node.run(&["calendar", "pumps", "--weeks", "8"]).ok();
    assert!(shown.contains("cancelled: Our host is ill"), "{shown}");
    assert!(
        shown.contains("Thu 2026-03-26 11:00  session clinic"),
        "{shown}"
    );
    node.run(&["member", "add", "pumps", DORA]).ok();
    node.settle();
    assert_eq!(Agenda::of(&sink, DORA).starts(), left);

    // 24 March passes without a session; planned is held and cancelled.
    node.advance("23d");
    assert_eq!(states(&node), ["cancelled", "planned", "planned"]);
    node.advance("60d");
    assert_eq!(states(&node), ["cancelled", "held", "held"]);
}

fn who_joins_gets_what_is_to_come_and_who_leaves_loses_it(database: &Database) {
    let sink = Sink::start();
    let node = founded(database, &sink);
    node.advance("10d");
    node.run(&["member", "add", "pumps", DORA]).ok();
    node.settle();
    let rest = ["20260324T160000", "20260421T160000"];
    assert_eq!(Agenda::of(&sink, DORA).starts(), rest);
    assert_eq!(Agenda::of(&sink, DORA).last().1.sequence, 0);
    assert_eq!(names(&sink, BOB), ["invitation"], "others are not told");

    node.run(&["member", "remove", "pumps", DORA]).ok();
    node.settle();
    let none: [&str; 0] = [];
    assert_eq!(Agenda::of(&sink, DORA).starts(), none);
    assert_eq!(told(&sink, DORA)[1].1, "CANCEL");
    node.advance("14d");
    node.run(&["member", "add", "pumps", DORA]).ok();
    node.settle();
    let agenda = Agenda::of(&sink, DORA);
    assert_eq!(agenda.starts(), ["20260421T160000"]);
    assert_eq!(agenda.last().1.sequence, 2, "it goes on from what she had");
    assert_eq!(agenda.entries.len(), 1, "under the same UID");

    // Who joins when the season is over gets nothing, and who leaves neither.
    node.advance("40d");
    node.run(&["member", "add", "pumps", "ed@mill.example"])
        .ok();
    node.run(&["member", "remove", "pumps", DORA]).ok();
    node.settle();
    assert_eq!(told(&sink, "ed@mill.example").len(), 0);
    assert_eq!(told(&sink, DORA).len(), 3);
    assert_eq!(told(&sink, BOB).len(), 1);
}

fn a_session_that_was_put_off_is_in_the_copy_of_who_joins_in_between(database: &Database) {
    let sink = Sink::start();
    let node = founded(database, &sink);
    let put_off = |to: &str| {
        let on = ["--on", "2026-03-10", "--to", to];
        node.run(&[&["session", "move", "pumps", "clinic"], &on[..]].concat())
            .ok();
        node.settle();
    };
    put_off("2026-03-26T10:00:00+01:00");
    node.advance("10d");
    node.run(&["member", "add", "pumps", DORA]).ok();
    node.settle();
    let rest = ["20260324T160000", "20260326T100000", "20260421T160000"];
    let sorted = |who| {
        let mut all = Agenda::of(&sink, who).starts();
        all.sort_unstable();
        all
    };
    assert_eq!(sorted(DORA), rest);
    // She is told of it as all are.
    put_off("2026-03-27T10:00:00+01:00");
    let rest = ["20260324T160000", "20260327T100000", "20260421T160000"];
    for who in [BOB, DORA] {
        assert_eq!(sorted(who), rest, "{who}");
    }
}

fn a_changed_rule_ends_the_series_and_begins_another(database: &Database) {
    let sink = Sink::start();
    let node = founded(database, &sink);
    node.advance("10d");
    // Bob has had one session; Dora has not.
    node.run(&["member", "add", "pumps", DORA]).ok();
    node.settle();
    amend(&node, "INTERVAL=2;BYDAY=TU", "INTERVAL=2;BYDAY=WE");
    node.settle();
    let coming = ["20260325T160000", "20260408T160000", "20260422T160000"];
    let bob = Agenda::of(&sink, BOB);
    assert_eq!(bob.entries.len(), 2, "another UID");
    assert_eq!(bob.entries[0].1.starts(), ["20260310T160000"]);
    assert_eq!(bob.entries[1].1.starts(), coming);
    let dora = Agenda::of(&sink, DORA);
    assert_eq!(dora.starts(), coming);
    assert_eq!(told(&sink, DORA)[1].1, "CANCEL");
    assert_eq!(
        names(&sink, BOB)[1..],
        ["session-change", "invitation"],
        "two mails"
    );
    let days: Vec<String> = listed(&node).into_iter().map(|row| row.0).collect();
    assert_eq!(
        days,
        ["2026-03-10", "2026-03-25", "2026-04-08", "2026-04-22"]
    );
    node.advance("60d");
    assert_eq!(states(&node), ["held"; 4]);
}

fn a_series_is_extended_changed_and_ended(database: &Database) {
    let sink = Sink::start();
    let node = founded(database, &sink);
    let charter = node.read(FILE);
    let changed = charter.replace("FREQ=WEEKLY;INTERVAL=2;BYDAY=TU", "FREQ=WEEKLY;BYDAY=TH");
    node.write(FILE, &changed);
    let told_ahead = node.json(&["community", "apply", "--dry-run"]);
    let mails = serde_json::json!([
        { "mail": "invitation", "to": 3 },
        { "mail": "session-change", "to": 3 },
    ]);
    assert_eq!(told_ahead["mails"], mails, "{told_ahead}");
    node.write(FILE, &charter);
    amend(&node, "until = \"2026-04-30\"", "until = \"2026-05-08\"");
    node.settle();
    let longer = [
        "20260310T160000",
        "20260324T160000",
        "20260421T160000",
        "20260505T160000",
    ];
    let bob = Agenda::of(&sink, BOB);
    assert_eq!(bob.starts(), longer);
    assert_eq!((bob.entries.len(), bob.last().1.sequence), (1, 1));

    amend(
        &node,
        "https://meet.example/pumps",
        "https://meet.example/p2",
    );
    node.settle();
    let text = last(&sink, BOB, "session-change").text();
    assert!(text.contains("https://meet.example/p2"), "{text}");
    assert_eq!(Agenda::of(&sink, BOB).last().1.sequence, 2);

    // What it is about is said otherwise: nobody is told.
    let count = told(&sink, BOB).len();
    amend(&node, "How we choose, run", "How we choose, use");
    node.settle();
    assert_eq!(told(&sink, BOB).len(), count, "of a text alone");

    // A holiday more.
    amend(&node, "2026-04-03/2026-04-07", "2026-04-03/2026-04-21");
    node.settle();
    let fewer = ["20260310T160000", "20260324T160000", "20260505T160000"];
    assert_eq!(Agenda::of(&sink, BOB).starts(), fewer);

    // It is planned no more, when one session has been.
    node.advance("10d");
    let text = node.read(FILE);
    let at = text.find("[[session]]").expect("the session");
    node.write(FILE, &text[..at]);
    node.run(&["community", "apply"]).ok();
    node.settle();
    let bob = Agenda::of(&sink, BOB);
    assert_eq!(bob.starts(), ["20260310T160000"]);
    assert_eq!(bob.last().1.sequence, 4);
    assert_eq!(states(&node), ["held"]);
    let count = sink.received().len();
    node.advance("90d");
    let more = sink.received().split_off(count);
    let mut more: Vec<String> = more
        .iter()
        .map(|one| one.mail().header("Folkmoot-About"))
        .collect();
    // Who came to the one that was held is asked still.
    more.retain(|about| !about.starts_with("worksheet"));
    assert_eq!(more, [""; 0], "nothing more is sent");
}

fn who_has_paused_is_told_when_they_are_back(database: &Database) {
    let sink = Sink::start();
    let mut node = Node::new(database, &sink);
    node.found(&PUMPS, &THREE);
    node.run(&["member", "set", "pumps", CLEO, "paused_until=2027-02-01"])
        .ok();
    node.run(&[
        "member",
        "add",
        "pumps",
        "sam@board.example",
        "--role",
        "sponsor",
    ])
    .ok();
    node.start();
    node.settle();
    node.run(&["member", "set", "pumps", BOB, "paused_until=2027-02-01"])
        .ok();
    let of_clinic = |verb, more: &[&str]| {
        node.run(&[&["session", verb, "pumps", "clinic"], more].concat())
            .ok();
        node.settle();
    };
    of_clinic("cancel", &["--on", "2026-03-10"]);
    of_clinic(
        "move",
        &["--on", "2026-04-07", "--to", "2026-04-08T10:00:00Z"],
    );
    assert_eq!(names(&sink, BOB), ["invitation"]);
    assert_eq!(names(&sink, CLEO), [""; 0]);
    assert_eq!(told(&sink, ANN).len(), 3);
    for who in [BOB, CLEO] {
        node.run(&["member", "set", "pumps", who, "state=active"])
            .ok();
    }
    node.settle();
    for who in [ANN, BOB, CLEO] {
        let starts = Agenda::of(&sink, who).starts();
        let now = ["20260324T160000", "20260408T120000", "20260421T160000"];
        assert_eq!(starts, now, "{who}");
    }
    assert_eq!(told(&sink, BOB).len(), 2, "one mail tells all");
    assert_eq!(names(&sink, CLEO), ["invitation"]);
    assert_eq!(told(&sink, "sam@board.example").len(), 0);
}

fn a_single_session_comes_and_goes(database: &Database) {
    let sink = Sink::start();
    let node = founded(database, &sink);
    let add = |title: &str, at: &str| {
        node.run(&["session", "add", "pumps", "--title", title, "--at", at])
    };
    let at = "2026-03-17T16:00:00+01:00";
    let said = add("Seals that failed", at).ok();
    assert!(said.contains("seals-that-failed"), "{said}");
    add("Seals that failed", at).refused();
    node.settle();
    let bob = Agenda::of(&sink, BOB);
    assert_eq!(bob.last().1.starts(), ["20260317T150000Z"]);
    assert_eq!(names(&sink, BOB), ["invitation", "invitation"]);
    let shown = node.run(&["calendar", "pumps", "--weeks", "8"]).ok();
    assert!(shown.contains("session seals-that-failed"), "{shown}");

    let on = [
        "session",
        "move",
        "pumps",
        "seals-that-failed",
        "--on",
        "2026-03-17",
    ];
    node.run(&[&on[..], &["--to", "2026-03-18T09:00:00Z"]].concat())
        .ok();
    node.settle();
    let bob = Agenda::of(&sink, BOB);
    assert_eq!(bob.last().1.starts(), ["20260318T090000Z"]);
    // The charter is applied again and again; what it does not plan stays.
    amend(&node, "Ask before you are sure.", "Ask early.");
    node.settle();
    assert_eq!(told(&sink, BOB).len(), 3);
    node.run(&[
        "session",
        "cancel",
        "pumps",
        "seals-that-failed",
        "--reason",
        "no host",
    ])
    .ok();
    node.settle();
    let bob = Agenda::of(&sink, BOB);
    assert_eq!(bob.starts(), PLANNED);
    let mail = last(&sink, BOB, "session-change");
    assert_eq!(mail.subject(), "Cancelled: Seals that failed");

    // So can a whole series be, although the charter has it still.
    node.run(&["session", "cancel", "pumps", "clinic"]).ok();
    amend(&node, "Ask early.", "Ask soon.");
    node.settle();
    assert!(Agenda::of(&sink, BOB).starts().is_empty());
    assert_eq!(states(&node), ["cancelled"; 4]);
    node.advance("60d");
    assert_eq!(states(&node), ["cancelled"; 4]);
}

fn what_cannot_be_done_is_said(database: &Database) {
    let sink = Sink::start();
    let node = founded(database, &sink);
    let to = ["--to", "2026-03-25T10:00:00Z"];
    let moved = |series: &str, on: &str, to: &[&str]| {
        let asked = ["session", "move", "pumps", series, "--on", on];
        node.run(&[&asked, to].concat()).refused()
    };
    let said = moved("clinc", "2026-03-24", &to);
    assert!(said.contains("there are clinic"), "{said}");
    let said = moved("clinic", "2026-03-25", &to);
    assert!(
        said.contains("2026-03-10, 2026-03-24, 2026-04-21"),
        "{said}"
    );
    let said = moved("clinic", "2026-04-07", &to);
    assert!(said.contains("no session was planned"), "a holiday: {said}");
    let said = moved("clinic", "2026-03-24", &["--to", "2026-03-01T10:00:00Z"]);
    assert!(said.contains("has passed"), "{said}");
    moved("clinic", "2026-03-24", &["--to", "2026-03-24T15:00:00Z"]);
    node.run(&["session", "cancel", "pumps", "clinic", "--on", "2026-03-24"])
        .ok();
    moved("clinic", "2026-03-24", &to);
    node.advance("10d");
    let said = moved("clinic", "2026-03-10", &to);
    assert!(said.contains("has begun"), "{said}");
    node.run(&["session", "list", "nowhere"]).refused();
}
