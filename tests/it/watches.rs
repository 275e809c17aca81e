//! What nobody has answered, and who has fallen silent: who is asked, when, and what
//! becomes of their replies.

use serde_json::Value;

use crate::support::community::LIST;
use crate::support::letters::{Letter, answer, last, names, send, write};
use crate::support::sink::Received;
use crate::support::{Community, Database, Node, Sink, both};

both!(
    a_question_is_put_to_those_who_may_know,
    an_answer_in_time_asks_nobody,
    a_newcomer_is_answered_by_peers,
    an_outage_over_the_moment_asks_late_or_tells,
    the_silent_are_asked_once_on_their_own_clock,
);

const ANN: &str = "ann@plant.example";
const BOB: &str = "bob@plant.example";
const CLEO: &str = "cleo@mill.example";
const DORA: &str = "dora@mill.example";
const EVE: &str = "eve@mill.example";
const GUS: &str = "gus@port.example";
const HAL: &str = "hal@port.example";
const SINCE: [&str; 4] = ["--since", "2026-03-02T09:00:00Z", "--weeks", "0"];

/// Ann facilitates.
const PUMPS: Community = Community {
    slug: "pumps",
    posting: "members",
    archive: "members",
    more: "[[facilitator]]\naddress = \"ann@plant.example\"\nname = \"Ann\"\n",
};

fn founded<'a>(database: &'a Database, sink: &Sink) -> Node<'a> {
    Node::with_list(database, sink, &PUMPS, &[BOB, CLEO, DORA, EVE, GUS])
}

/// Somebody writes to the list; `answers` is the Message-ID that they answer.
fn post(node: &Node, from: &str, subject: &str, text: &str, answers: &str) -> String {
    let more = match answers {
        "" => String::new(),
        id => format!("In-Reply-To: <{id}>\r\n"),
    };
    let letter = Letter {
        from,
        to: LIST,
        subject,
        text,
        more: &more,
    };
    send(node, &letter)
}

/// Gus asks, and these answer.
fn answered(node: &Node, subject: &str, by: &[(&str, &str)]) {
    let id = post(node, GUS, subject, "Who knows?", "");
    for (from, text) in by {
        post(node, from, &format!("Re: {subject}"), text, &id);
    }
}

/// Bob answers twice; Cleo, Dora and Eve once, Eve about gaskets.
fn history(node: &Node) {
    let yes = "Yes.";
    answered(node, "Bolts?", &[(BOB, yes), (CLEO, yes), (DORA, yes)]);
    answered(
        node,
        "Rings?",
        &[(BOB, yes), (EVE, "Take graphite gaskets.")],
    );
}

fn got(sink: &Sink, name: &str) -> Vec<Received> {
    let named = |one: &Received| one.mail().header("Folkmoot-Mail") == name;
    sink.received().into_iter().filter(named).collect()
}

/// Who got a mail of that name, in order of address.
fn whom(sink: &Sink, name: &str) -> Vec<String> {
    let mut all: Vec<_> = got(sink, name).into_iter().map(|one| one.to).collect();
    all.sort();
    all
}

/// (moment, outcome, reason, addresses) of the lines about a mail.
fn lines(node: &Node, mail: &str, more: &[&str]) -> Vec<(String, String, String, Vec<String>)> {
    let told = node.json(&[&["calendar", "pumps"], more].concat());
    let text = |value: &Value| value.as_str().unwrap_or_default().to_owned();
    let lines = told.as_array().expect("a list").iter();
    let its = lines.filter(|line| line["mail"] == mail);
    its.map(|line| {
        let who = line["recipients"].as_array().expect("recipients").iter();
        let at = text(&line["at"]).chars().take(16).collect();
        let who = who.map(|one| text(&one["address"])).collect();
        (at, text(&line["outcome"]), text(&line["reason"]), who)
    })
    .collect()
}

fn a_question_is_put_to_those_who_may_know(database: &Database) {
    let sink = Sink::start();
    let node = founded(database, &sink);
    history(&node);
    node.advance("1d");
    let question = post(&node, GUS, "Hot steam", "Which gaskets hold it?", "");
    let ahead = lines(&node, "unanswered", &["--weeks", "1"]);
    let (first, second) = (&ahead[0], &ahead[1]);
    assert_eq!(
        (first.0.as_str(), first.1.as_str()),
        ("2026-03-04T09:00", "planned")
    );
    assert_eq!(
        first.3,
        [EVE, BOB, CLEO],
        "Eve knows gaskets, Bob answers most"
    );
    assert_eq!(
        (second.0.as_str(), second.3.as_slice()),
        ("2026-03-06T09:00", &[ANN.to_owned()][..])
    );
    assert_eq!(whom(&sink, "unanswered"), [""; 0]);

    node.advance("1d");
    assert_eq!(whom(&sink, "unanswered"), [BOB, CLEO, EVE]);
    let mail = last(&sink, CLEO, "unanswered");
    let text = mail.text();
    for part in [
        "Hot steam",
        "Which gaskets hold it?",
        "gus",
        "/c/pumps/m/",
        "2 other members",
    ] {
        assert!(text.contains(part), "{part}: {text}");
    }
    // Who passes is replaced, once.
    answer(&node, CLEO, &mail, "WEITER\n\nCleo");
    assert!(
        last(&sink, CLEO, "receipt")
            .text()
            .contains("Somebody else is asked now")
    );
    assert_eq!(whom(&sink, "unanswered"), [BOB, CLEO, DORA, EVE]);
    answer(&node, CLEO, &mail, "pass");
    assert_eq!(whom(&sink, "unanswered").len(), 4);
    let why = node.run(&["why", &question]).ok();
    assert!(
        why.contains("cleo@mill.example cannot answer; asked dora@mill.example"),
        "{why}"
    );
    // Any reply may ask for less.
    answer(&node, BOB, &last(&sink, BOB, "unanswered"), "STOP");
    assert!(last(&sink, BOB, "receipt").text().contains("unanswered"));

    node.advance("2d");
    let told = last(&sink, ANN, "unanswered");
    assert!(
        told.subject()
            .starts_with("Still without an answer: Hot steam"),
        "{}",
        told.subject()
    );
    for part in ["3 days", "- eve", "- dora", "2026"] {
        assert!(told.text().contains(part), "{part}: {}", told.text());
    }
    // Any other reply is its author's own post in the thread.
    let reply = answer(
        &node,
        DORA,
        &last(&sink, DORA, "unanswered"),
        "Graphite does.\n\n> Which gaskets hold it?",
    );
    let copies = sink.copies(&reply);
    let copy = copies
        .iter()
        .find(|one| one.to == GUS)
        .expect("a copy")
        .mail();
    assert_eq!(copy.header("In-Reply-To"), format!("<{question}>"));
    assert_eq!(copy.subject(), "[pumps] Re: Hot steam");
    assert!(copy.header("From").contains(DORA), "{:?}", copy.fields());
    assert!(copy.text().starts_with("Graphite does."), "{}", copy.text());
    assert!(!copy.text().contains("PASS"), "{}", copy.text());
    let past = lines(&node, "unanswered", &SINCE);
    let states: Vec<&str> = past.iter().map(|line| line.1.as_str()).collect();
    assert_eq!(
        states,
        ["dropped", "dropped", "sent", "dropped", "dropped", "sent"],
        "{past:?}"
    );
    // A week has not passed since they were asked: nobody is left who could be.
    post(&node, GUS, "Cold steam", "Which gaskets hold it?", "");
    node.advance("1d");
    assert_eq!(whom(&sink, "unanswered").len(), 5);
    let past = lines(&node, "unanswered", &SINCE);
    assert!(
        past.last()
            .expect("a line")
            .2
            .starts_with("nobody has answered"),
        "{past:?}"
    );
}

fn an_answer_in_time_asks_nobody(database: &Database) {
    let sink = Sink::start();
    let node = founded(database, &sink);
    history(&node);
    let question = post(&node, GUS, "Motors", "Which ones hum?", "");
    node.advance("3h");
    // What its author adds is no answer.
    post(&node, GUS, "Re: Motors", "I mean at night.", &question);
    post(&node, BOB, "Re: Motors", "All of them.", &question);
    // Not everything that is written asks.
    post(&node, GUS, "Notes", "All is well.", "");
    node.advance("4d");
    assert_eq!(whom(&sink, "unanswered"), [""; 0]);
    let past = lines(&node, "unanswered", &SINCE);
    let reasons: Vec<_> = past.iter().map(|line| line.2.as_str()).collect();
    assert_eq!(reasons.len(), 6, "three questions, twice: {past:?}");
    assert!(
        reasons.contains(&"answered by bob after 3 hours"),
        "{past:?}"
    );

    // On Friday afternoon; who was to be asked on Monday need not be when it is answered.
    node.run(&["clock", "set", "2026-03-13T18:00:00Z"]).ok();
    let question = post(&node, GUS, "Valves", "Which ones stick?", "");
    node.advance("25h");
    assert_eq!(whom(&sink, "unanswered"), [""; 0], "it is Saturday evening");
    post(&node, EVE, "Re: Valves", "The red ones.", &question);
    node.advance("3d");
    assert_eq!(whom(&sink, "unanswered"), [""; 0]);
    let why = node.run(&["why", BOB]).ok();
    assert!(
        why.contains("dropped: somebody has answered meanwhile"),
        "{why}"
    );
}

fn a_newcomer_is_answered_by_peers(database: &Database) {
    let sink = Sink::start();
    let node = founded(database, &sink);
    history(&node);
    node.advance("1d");
    node.run(&["member", "add", "pumps", HAL]).ok();
    let first = post(&node, HAL, "Hello", "I am Hal. Who has a spare rotor?", "");
    node.advance("1d");
    // Two who answered others, and the facilitator.
    let asked = whom(&sink, "newcomer-unanswered");
    assert!(
        asked.len() == 3 && asked.contains(&ANN.to_owned()),
        "{asked:?}"
    );
    assert!(
        asked.iter().all(|who| ![GUS, HAL].contains(&who.as_str())),
        "{asked:?}"
    );
    let mail = last(&sink, ANN, "newcomer-unanswered");
    assert!(
        mail.text().contains("for the first time"),
        "{}",
        mail.text()
    );
    node.advance("3d");
    assert_eq!(whom(&sink, "unanswered"), [""; 0]);
    let past = lines(&node, "unanswered", &SINCE);
    let merged: Vec<_> = past.iter().filter(|line| line.1 == "merged").collect();
    assert_eq!(merged.len(), 2, "{past:?}");
    let reply = answer(&node, ANN, &mail, "Welcome, Hal!");
    let copies = sink.copies(&reply);
    let copy = copies
        .iter()
        .find(|one| one.to == HAL)
        .expect("a copy")
        .mail();
    assert_eq!(copy.header("In-Reply-To"), format!("<{first}>"));
    // The second one is no newcomer's any more, and says nothing that asks.
    post(&node, HAL, "Rotor", "Found one.", "");
    node.advance("2d");
    assert_eq!(got(&sink, "newcomer-unanswered").len(), 3);

    // Where it is muted, a question is one like any other.
    let until = "mute newcomer-unanswered until 2026-05-01";
    write(&node, ANN, "pumps-request@lists.example.org", until);
    answer(&node, ANN, &last(&sink, ANN, "confirm"), "yes");
    node.advance("14d");
    node.run(&["member", "add", "pumps", "ida@port.example"])
        .ok();
    post(&node, "ida@port.example", "Shafts", "Which ones bend?", "");
    node.advance("1d");
    assert_eq!(got(&sink, "newcomer-unanswered").len(), 3);
    assert_eq!(
        got(&sink, "unanswered").len(),
        3,
        "{:?}",
        lines(&node, "unanswered", &SINCE)
    );
}

fn an_outage_over_the_moment_asks_late_or_tells(database: &Database) {
    let sink = Sink::start();
    let mut node = founded(database, &sink);
    history(&node);
    post(&node, GUS, "Belts", "Which ones slip?", "");
    node.kill();
    node.clock_from("2026-03-03T15:00:00Z");
    node.start();
    node.settle();
    assert_eq!(
        whom(&sink, "unanswered"),
        [BOB, CLEO, DORA],
        "six hours late"
    );
    let past = lines(&node, "unanswered", &SINCE);
    assert!(
        past.iter().any(
            |line| line.2.is_empty() && line.1 == "sent" || line.2.contains("late, it was due")
        ),
        "{past:?}"
    );
    node.kill();
    // Three days and more after both questions: the facilitators are told of the first,
    // and have the second on their worksheet.
    node.clock_from("2026-03-04T09:00:00Z");
    node.start();
    post(&node, GUS, "Chains", "Which ones rust?", "");
    node.kill();
    node.clock_from("2026-03-09T09:00:00Z");
    node.start();
    node.settle();
    assert_eq!(whom(&sink, "unanswered"), [ANN, BOB, CLEO, DORA]);
    let past = lines(&node, "unanswered", &SINCE);
    assert!(
        past.iter()
            .any(|line| line.1 == "merged" && line.2.contains("on their worksheet")),
        "{past:?}"
    );
    assert!(
        past.iter().any(|line| line.2.contains("which is too late")),
        "{past:?}"
    );
}

fn the_silent_are_asked_once_on_their_own_clock(database: &Database) {
    let sink = Sink::start();
    let node = founded(database, &sink);
    node.run(&["member", "set", "pumps", CLEO, "tz=America/New_York"])
        .ok();
    let regulars = [BOB, CLEO, DORA, EVE];
    for week in 0..3 {
        for from in regulars {
            post(&node, from, "Notes", &format!("{from}, week {week}."), "");
        }
        node.advance("7d");
    }
    // Who writes much in one week does not write regularly.
    for _ in 0..4 {
        post(&node, GUS, "Notes", "Much at once.", "");
    }
    // Bob's last was on 16 March; that of Dora is later.
    node.run(&["clock", "set", "2026-04-10T12:00:00Z"]).ok();
    post(&node, DORA, "Notes", "Again.", "");
    node.run(&["member", "set", "pumps", EVE, "paused_until=2027-01-10"])
        .ok();
    let ahead = lines(&node, "quiet-check-in", &["--weeks", "13"]);
    let of = |who: &str| {
        ahead
            .iter()
            .find(|line| line.3 == [who])
            .map(|line| line.0.as_str())
    };
    assert_eq!(
        (of(BOB), of(CLEO)),
        (Some("2026-05-15T08:00"), Some("2026-05-15T14:00")),
        "{ahead:?}"
    );
    node.run(&["clock", "set", "2026-05-16T12:00:00Z"]).ok();
    let when = |who: &str| -> Vec<String> {
        let all = got(&sink, "quiet-check-in").into_iter();
        all.filter(|one| one.to == who)
            .map(|one| one.mail().sent_at())
            .collect()
    };
    assert_eq!(when(BOB), ["2026-05-15T08:00:00Z"]);
    assert_eq!(when(CLEO), ["2026-05-15T14:00:00Z"]);
    assert_eq!((when(DORA).len(), when(EVE).len()), (0, 0));
    assert_eq!(of(GUS), None);

    let asked = last(&sink, BOB, "quiet-check-in");
    answer(&node, BOB, &asked, "LISTEN");
    assert_eq!(
        node.member(BOB)["roles"],
        serde_json::json!(["listener"]),
        "{}",
        node.member(BOB)
    );
    let receipt = last(&sink, BOB, "receipt").text();
    assert!(
        receipt.contains("You are a listener now") && receipt.contains("BACK"),
        "{receipt}"
    );
    answer(&node, BOB, &asked, "BACK");
    assert_eq!(
        node.member(BOB)["roles"],
        serde_json::json!(["member"]),
        "{}",
        node.member(BOB)
    );
    let asked = last(&sink, CLEO, "quiet-check-in");
    answer(&node, CLEO, &asked, "TOPIC more about seals, please");
    assert_eq!(
        names(&sink, ANN).last().map(String::as_str),
        Some("person-message")
    );
    answer(&node, CLEO, &asked, "Pause");
    assert_eq!(node.member(CLEO)["state"], "paused");

    // Dora's sixty days end on 9 June. A week before, her act finds that she has written.
    node.run(&["clock", "set", "2026-06-10T12:00:00Z"]).ok();
    assert_eq!(when(DORA), ["2026-06-09T08:00:00Z"]);
    answer(&node, DORA, &last(&sink, DORA, "quiet-check-in"), "LEAVE");
    assert_eq!(
        names(&sink, DORA).last().map(String::as_str),
        Some("goodbye")
    );
    let past = lines(&node, "quiet-check-in", &SINCE);
    let outcomes: Vec<_> = past.iter().map(|line| line.1.as_str()).collect();
    assert!(outcomes.contains(&"merged"), "{past:?}");
    assert!(
        past.iter().any(|line| line.2 == "they have paused"),
        "{past:?}"
    );
    // Once: Bob writes again, is silent again, and is left in peace.
    post(&node, BOB, "Notes", "Back.", "");
    node.run(&["clock", "set", "2026-08-20T12:00:00Z"]).ok();
    assert_eq!(when(BOB).len(), 1);
}
