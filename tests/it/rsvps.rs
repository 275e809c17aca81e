//! Answers to invitations: from five kinds of client, in words, on a page; late, twice,
//! in another order, from elsewhere, and by those who may not answer.

use std::collections::BTreeMap;

use serde_json::Value;

use crate::support::community::{LIST, THREE};
use crate::support::http::{get, request};
use crate::support::letters::{self, Letter, answer, last, names, reply_to};
use crate::support::personas::{self, ALL, Answers, Client, Invitation, Said, deliver};
use crate::support::random::Random;
use crate::support::{Community, Database, Node, Sink, both};

mod bad;

both!(
    every_client_s_answer_is_on_the_roster,
    a_series_answer_covers_what_has_no_answer_of_its_own,
    late_and_repeated_answers_change_nothing,
    whatever_the_order_the_last_answer_stands,
    strangers_and_proposals_go_to_people,
    without_a_token_only_a_proven_author_is_believed,
    words_count_from_one_s_own_address,
    the_page_answers_where_no_calendar_does,
    every_third_session_is_rated_by_those_who_said_they_come,
);

const ANN: &str = "ann@plant.example";
const BOB: &str = "bob@plant.example";
const CLEO: &str = "cleo@mill.example";
const REQUEST: &str = "pumps-request@lists.example.org";

/// Ann facilitates; a clinic every other Tuesday at four, from 10 March on.
const PUMPS: Community = Community {
    slug: "pumps",
    posting: "members",
    archive: "members",
    more: "[[facilitator]]\naddress = \"ann@plant.example\"\nname = \"Ann\"\n\
        [[session]]\nslug = \"clinic\"\ntitle = \"Pump clinic\"\nrule = \"FREQ=WEEKLY;INTERVAL=2;BYDAY=TU\"\n\
        starts = \"2026-03-10T16:00\"\nuntil = \"2026-04-30\"\n\
        host_ask = \"off\"\nagenda_call = \"off\"\nhost_brief = \"off\"\n",
};

/// A session after the clocks have changed: its day, its clock, and UTC.
const APRIL: (&str, &str, &str) = ("2026-04-07", "20260407T160000", "20260407T140000Z");
const LATER: &str = "2026-04-21";
const MARCH: (&str, &str, &str) = ("2026-03-24", "20260324T160000", "20260324T150000Z");

fn founded<'a>(database: &'a Database, sink: &Sink) -> Node<'a> {
    let node = Node::with_list(database, sink, &PUMPS, &THREE);
    node.settle();
    node
}

#[track_caller]
fn invited(sink: &Sink, who: &str) -> Invitation {
    personas::read(&last(sink, who, "invitation"))
}

/// What everybody says, of one session or of all.
#[track_caller]
fn roster(node: &Node, on: Option<&str>) -> BTreeMap<String, String> {
    let text = |value: &Value| value.as_str().unwrap_or_default().to_owned();
    let rows = rows(node, on);
    rows.iter()
        .map(|row| (text(&row["address"]), text(&row["partstat"])))
        .collect()
}

#[track_caller]
fn rows(node: &Node, on: Option<&str>) -> Vec<Value> {
    let mut ask = vec!["session", "roster", "pumps", "clinic"];
    ask.extend(on.iter().flat_map(|on| ["--on", on]));
    node.json(&ask).as_array().cloned().expect("a list")
}

#[track_caller]
fn says(node: &Node, who: &str, on: Option<&str>) -> String {
    roster(node, on).remove(who).unwrap_or_default()
}

/// What `why` tells of a mail, as text.
fn why(node: &Node, id: &str) -> String {
    node.run(&["why", id]).out
}

fn every_client_s_answer_is_on_the_roster(database: &Database) {
    let sink = Sink::start();
    let node = founded(database, &sink);
    let bob = invited(&sink, BOB);
    assert_eq!(says(&node, BOB, None), "NEEDS-ACTION");
    for (minute, client) in ALL.into_iter().enumerate() {
        let at = |second: usize| format!("20260302T09{minute:02}{second:02}Z");
        let id = client.send(&node, &bob, &Said::all("ACCEPTED", &at(0)));
        assert_eq!(says(&node, BOB, None), "ACCEPTED", "{client:?}");
        assert!(
            why(&node, &id).contains("ACCEPTED for clinic"),
            "{}",
            why(&node, &id)
        );
        let note = "I'm away, sorry";
        let then = at(1);
        let one = Said {
            note,
            ..Said::one("DECLINED", &then, APRIL.1, APRIL.2)
        };
        client.send(&node, &bob, &one);
        assert_eq!(says(&node, BOB, Some(APRIL.0)), "DECLINED", "{client:?}");
        assert_eq!(says(&node, BOB, None), "ACCEPTED", "{client:?}");
        let row = rows(&node, Some(APRIL.0))
            .into_iter()
            .find(|row| row["address"] == BOB);
        let row = row.expect("Bob");
        assert_eq!(row["comment"], note, "{client:?}");
        assert_eq!(row["attended"], Value::Null);
        assert!(
            row["at"]
                .as_str()
                .is_some_and(|at| at.starts_with("2026-03-02T")),
            "{row}"
        );
        client.send(&node, &bob, &Said::all("TENTATIVE", &at(2)));
        client.send(
            &node,
            &bob,
            &Said::one("TENTATIVE", &at(3), APRIL.1, APRIL.2),
        );
        assert_eq!(says(&node, BOB, Some(APRIL.0)), "TENTATIVE", "{client:?}");
    }
    // An answer of a calendar is answered by nobody, and is no post.
    assert_eq!(names(&sink, BOB), ["invitation"]);
    let threads = node.json(&["archive", "threads", "pumps"]);
    assert_eq!(threads.as_array().map(Vec::len), Some(0), "{threads}");
    let people = node.run(&["session", "roster", "pumps", "clinic"]).out;
    assert!(
        people.contains("0 going, 0 not, 1 perhaps, 2 unanswered"),
        "{people}"
    );
}

fn a_series_answer_covers_what_has_no_answer_of_its_own(database: &Database) {
    let sink = Sink::start();
    let node = founded(database, &sink);
    let bob = invited(&sink, BOB);
    let one = Said::one("DECLINED", "20260302T090000Z", MARCH.1, MARCH.2);
    Client::Google.send(&node, &bob, &one);
    assert_eq!(
        says(&node, BOB, None),
        "NEEDS-ACTION",
        "one date is not the series"
    );
    assert_eq!(says(&node, BOB, Some(APRIL.0)), "NEEDS-ACTION");
    Client::Google.send(&node, &bob, &Said::all("ACCEPTED", "20260302T090100Z"));
    assert_eq!(says(&node, BOB, Some(APRIL.0)), "ACCEPTED");
    assert_eq!(says(&node, BOB, Some(MARCH.0)), "DECLINED");
    let wrong = node.run(&["session", "roster", "pumps", "clinic", "--on", "2026-03-25"]);
    let wrong = wrong.refused();
    assert!(wrong.contains("2026-03-24"), "{wrong}");
    let wrong = node.run(&["session", "roster", "pumps", "choir"]).refused();
    assert!(wrong.contains("there are clinic"), "{wrong}");
}

fn late_and_repeated_answers_change_nothing(database: &Database) {
    let sink = Sink::start();
    let node = founded(database, &sink);
    let bob = invited(&sink, BOB);
    Client::Apple.send(&node, &bob, &Said::all("DECLINED", "20260302T090500Z"));
    let late = Client::Proton.send(&node, &bob, &Said::all("ACCEPTED", "20260302T090400Z"));
    assert_eq!(says(&node, BOB, None), "DECLINED");
    assert!(
        why(&node, &late).contains("older than what is known"),
        "{}",
        why(&node, &late)
    );
    // Of an older invitation, however fresh: RFC 5546, section 2.1.5.
    move_twice(&node);
    let newer = Invitation {
        sequence: 2,
        ..bob.clone()
    };
    Client::Apple.send(&node, &newer, &Said::all("TENTATIVE", "20260302T090600Z"));
    Client::Apple.send(&node, &bob, &Said::all("ACCEPTED", "20260302T091000Z"));
    assert_eq!(says(&node, BOB, None), "TENTATIVE");
    let raw = Client::Google.reply(&newer, &Said::all("ACCEPTED", "20260302T091100Z"));
    for _ in 0..3 {
        deliver(&node, &bob.organizer, &raw);
        assert_eq!(says(&node, BOB, None), "ACCEPTED");
    }
    // Of two at the same time the one that came later counts.
    Client::Apple.send(&node, &newer, &Said::all("DECLINED", "20260302T091100Z"));
    assert_eq!(says(&node, BOB, None), "DECLINED");
}

/// Nobody answers what was never sent: a session that nobody speaks of moves twice.
fn move_twice(node: &Node) {
    for day in ["22", "23"] {
        let to = format!("2026-04-{day}T16:00:00+02:00");
        let moved = ["session", "move", "pumps", "clinic", "--on", LATER, "--to"];
        node.run(&[&moved[..], &[&to]].concat()).ok();
        node.settle();
    }
}

fn shuffle(random: &mut Random, order: &mut [usize]) {
    for last in (1..order.len()).rev() {
        let other = random.below(last as u64 + 1);
        order.swap(last, usize::try_from(other).expect("an index"));
    }
}

/// Twelve members get the same answers, each in an order of its own and some twice.
fn whatever_the_order_the_last_answer_stands(database: &Database) {
    let sink = Sink::start();
    let people: Vec<String> = (1..=12).map(|n| format!("m{n:02}@plant.example")).collect();
    let members: Vec<&str> = people.iter().map(String::as_str).collect();
    let node = Node::with_list(database, &sink, &PUMPS, &members);
    move_twice(&node);
    // (SEQUENCE, DTSTAMP, session, answer): the last of each session is known.
    let answers = [
        (0, "20260302T090000Z", None, "ACCEPTED"),
        (0, "20260302T091000Z", None, "DECLINED"),
        (1, "20260302T080000Z", None, "TENTATIVE"),
        (0, "20260302T100000Z", None, "ACCEPTED"),
        (0, "20260302T090000Z", Some(MARCH), "DECLINED"),
        (0, "20260302T090001Z", Some(MARCH), "ACCEPTED"),
        (2, "20260302T070000Z", Some(APRIL), "DECLINED"),
        (1, "20260302T110000Z", Some(APRIL), "ACCEPTED"),
    ];
    let mut random = Random::seeded(7);
    for who in &people {
        let invitation = invited(&sink, who);
        let mut order: Vec<usize> = (0..answers.len()).chain(0..answers.len() / 2).collect();
        shuffle(&mut random, &mut order);
        for index in order {
            let (sequence, at, one, partstat) = answers[index];
            let invitation = Invitation {
                sequence,
                ..invitation.clone()
            };
            let said = match one {
                Some((_, wall, utc)) => Said::one(partstat, at, wall, utc),
                None => Said::all(partstat, at),
            };
            let client = ALL[index % ALL.len()];
            let raw = client.reply(&invitation, &said);
            let reply = node.client().deliver(who, &[&invitation.organizer], &raw);
            assert_eq!(reply[0].code, 250, "{reply:?}");
        }
    }
    node.settle();
    for (on, stands) in [
        (None, "TENTATIVE"),
        (Some(MARCH.0), "ACCEPTED"),
        (Some(APRIL.0), "DECLINED"),
        (Some(LATER), "TENTATIVE"),
    ] {
        let said = roster(&node, on);
        let others = said
            .iter()
            .filter(|(who, says)| people.contains(who) && *says != stands);
        assert_eq!(others.count(), 0, "{on:?}: {said:?}");
    }
}

fn strangers_and_proposals_go_to_people(database: &Database) {
    let sink = Sink::start();
    let node = founded(database, &sink);
    let bob = invited(&sink, BOB);
    Client::Google.send(&node, &bob, &Said::all("ACCEPTED", "20260302T090000Z"));
    // Passed on to somebody whom nobody knows, who declines: not Bob's answer.
    let stranger = Said {
        by: Some("friend@far.example"),
        ..Said::all("DECLINED", "20260302T090100Z")
    };
    let id = Client::Exchange.send(&node, &bob, &stranger);
    assert_eq!(says(&node, BOB, None), "ACCEPTED");
    assert!(!roster(&node, None).contains_key("friend@far.example"));
    let told = last(&sink, ANN, "person-message");
    assert!(
        told.text().contains("friend@far.example"),
        "{}",
        told.text()
    );
    assert!(
        told.text().contains("link friend@far.example"),
        "{}",
        told.text()
    );
    assert_eq!(reply_to(&told), "friend@far.example");
    assert!(why(&node, &id).contains("forwarded"), "{}", why(&node, &id));
    // Another time is proposed, in words.
    let counter = Said {
        counter: Some("20260408T083000Z"),
        note: "the morning after, perhaps",
        ..Said::one("TENTATIVE", "20260302T090200Z", APRIL.1, APRIL.2)
    };
    Client::Google.send(&node, &bob, &counter);
    assert_eq!(says(&node, BOB, Some(APRIL.0)), "ACCEPTED");
    let told = last(&sink, ANN, "person-message");
    let text = told.text();
    assert!(text.contains("8 April 2026, 10:30"), "{text}");
    assert!(text.contains("7 April 2026, 16:00"), "{text}");
    assert!(text.contains("the morning after, perhaps"), "{text}");
    assert_eq!(reply_to(&told), BOB);
    assert!(
        told.header("Folkmoot-About")
            .contains("series=clinic; on=2026-04-07")
    );
    // Somebody is sent instead.
    let raw = Client::Apple.reply(&bob, &Said::all("DELEGATED", "20260302T090300Z"));
    let raw = String::from_utf8(raw).expect("text");
    let raw = raw.replace(
        "PARTSTAT=DELEGATED",
        "PARTSTAT=DELEGATED;DELEGATED-TO=\"mailto:guest@far.example\"",
    );
    deliver(&node, &bob.organizer, raw.as_bytes());
    assert_eq!(says(&node, BOB, None), "DELEGATED");
    assert!(
        last(&sink, ANN, "person-message")
            .text()
            .contains("guest@far.example")
    );
    assert_eq!(names(&sink, BOB), ["invitation"]);
    assert!(names(&sink, "guest@far.example").is_empty());
    // Another member to whom it was passed on: their own answer, which they confirm.
    let cleo = Said {
        by: Some(CLEO),
        ..Said::all("ACCEPTED", "20260302T090400Z")
    };
    Client::Proton.send(&node, &bob, &cleo);
    assert_eq!(says(&node, CLEO, None), "NEEDS-ACTION");
    answer(&node, CLEO, &last(&sink, CLEO, "confirm"), "yes");
    assert_eq!(says(&node, CLEO, None), "ACCEPTED");
    assert_eq!(says(&node, BOB, None), "DELEGATED");
}

fn without_a_token_only_a_proven_author_is_believed(database: &Database) {
    let sink = Sink::start();
    let mut node = Node::new(database, &sink);
    node.configure(
        "dns = []",
        "dns = []\ntrusted_authserv = [\"mx.example.org\"]",
    );
    node.found(&PUMPS, &THREE);
    node.start();
    node.settle();
    let bob = invited(&sink, BOB);
    for to in [LIST, "pumps-owner@lists.example.org", REQUEST] {
        let bare = Said {
            to: Some(to),
            ..Said::all("DECLINED", "20260302T090000Z")
        };
        Client::Google.send(&node, &bob, &bare);
        assert_eq!(says(&node, BOB, None), "NEEDS-ACTION", "{to}");
    }
    assert_eq!(
        names(&sink, BOB),
        ["invitation", "confirm", "confirm", "confirm"]
    );
    let asked = last(&sink, BOB, "confirm");
    assert!(
        asked.text().contains("You do not come to Pump clinic."),
        "{}",
        asked.text()
    );
    answer(&node, BOB, &asked, "no, that was not me");
    assert_eq!(says(&node, BOB, None), "NEEDS-ACTION");
    // Nobody is bombed with questions.
    let bare = Said {
        to: Some(LIST),
        ..Said::all("DECLINED", "20260302T090000Z")
    };
    Client::Google.send(&node, &bob, &bare);
    assert_eq!(names(&sink, BOB).len(), 4);
    let proven = "Authentication-Results: mx.example.org; dmarc=pass header.from=plant.example\r\n";
    let said = Said {
        to: Some(LIST),
        more: proven,
        ..Said::all("TENTATIVE", "20260302T090100Z")
    };
    Client::Google.send(&node, &bob, &said);
    assert_eq!(says(&node, BOB, None), "TENTATIVE");
    // Proven to be somebody else.
    let said = Said {
        to: Some(LIST),
        from: Some(ANN),
        more: proven,
        ..Said::all("ACCEPTED", "20260302T090200Z")
    };
    Client::Google.send(&node, &bob, &said);
    assert_eq!(says(&node, BOB, None), "TENTATIVE");
    // With the token: whatever DMARC says, and whichever account the client took.
    let failed = "Authentication-Results: mx.example.org; dmarc=fail header.from=plant.example\r\n";
    let said = Said {
        from: Some("bob.private@far.example"),
        more: failed,
        ..Said::all("ACCEPTED", "20260302T090300Z")
    };
    Client::Apple.send(&node, &bob, &said);
    assert_eq!(says(&node, BOB, None), "ACCEPTED");
    let stranger = Said {
        by: Some("zoe@far.example"),
        to: Some(LIST),
        ..Said::all("ACCEPTED", "20260302T090300Z")
    };
    Client::Apple.send(&node, &bob, &stranger);
    assert!(names(&sink, "zoe@far.example").is_empty());
}

fn words_count_from_one_s_own_address(database: &Database) {
    let sink = Sink::start();
    let node = founded(database, &sink);
    let invitation = last(&sink, BOB, "invitation");
    let quoted = "Sorry, I can't make it this time\n\nOn Mon, Pumps wrote:\n> yes\n";
    let id = answer(&node, BOB, &invitation, quoted);
    assert_eq!(says(&node, BOB, None), "DECLINED");
    assert!(why(&node, &id).contains("in words"), "{}", why(&node, &id));
    let told = last(&sink, BOB, "receipt").text();
    assert!(told.contains("You do not come to Pump clinic."), "{told}");
    answer(&node, BOB, &invitation, "Ja, gerne!");
    assert_eq!(says(&node, BOB, None), "ACCEPTED");
    // A machine answers for nobody.
    let away = Letter {
        from: BOB,
        to: &reply_to(&invitation),
        subject: "Out of office: Re: Pump clinic",
        text: "No, I am away.",
        more: &format!(
            "Auto-Submitted: auto-replied\r\nIn-Reply-To: <{}>\r\n",
            invitation.message_id()
        ),
    };
    letters::send(&node, &away);
    assert_eq!(says(&node, BOB, None), "ACCEPTED");
    assert_eq!(names(&sink, BOB), ["invitation", "receipt", "receipt"]);
    assert!(
        names(&sink, ANN)
            .iter()
            .all(|name| name != "person-message")
    );
    // What is unclear, and what somebody else writes, people read.
    answer(
        &node,
        BOB,
        &invitation,
        "No for the 24th, yes for the others",
    );
    answer(&node, "friend@far.example", &invitation, "No");
    let passed = names(&sink, ANN)
        .into_iter()
        .filter(|name| name == "person-message");
    assert_eq!(passed.count(), 2);
    assert_eq!(says(&node, BOB, None), "ACCEPTED");
    // What a calendar sends later counts, and what it sent before does not.
    let bob = personas::read(&invitation);
    Client::Google.send(&node, &bob, &Said::all("DECLINED", "20260302T085959Z"));
    assert_eq!(says(&node, BOB, None), "ACCEPTED");
    Client::Google.send(&node, &bob, &Said::all("TENTATIVE", "20260302T120000Z"));
    assert_eq!(says(&node, BOB, None), "TENTATIVE");
}

fn the_page_answers_where_no_calendar_does(database: &Database) {
    let sink = Sink::start();
    let node = founded(database, &sink);
    let text = last(&sink, BOB, "invitation").text();
    let link = text.split_whitespace().find(|word| word.contains("/r/"));
    let path = link.and_then(|link| link.split_once("lists.example.org"));
    let path = path
        .unwrap_or_else(|| panic!("no link in\n{text}"))
        .1
        .to_owned();
    for method in ["GET", "HEAD"] {
        let page = request(node.http, method, &format!("{path}?partstat=ACCEPTED"), "");
        assert_eq!(page.status, 200);
        assert_eq!(page.header("Cache-Control"), "no-store");
        assert_eq!(says(&node, BOB, None), "NEEDS-ACTION", "{method}");
    }
    let page = get(node.http, &path).body;
    assert!(
        page.contains("Pump clinic") && page.contains("Tue 7 April 2026, 16:00"),
        "{page}"
    );
    let done = request(node.http, "POST", &path, "partstat=ACCEPTED");
    assert_eq!(done.status, 200, "{}", done.body);
    assert!(
        done.body.contains("You come to Pump clinic."),
        "{}",
        done.body
    );
    assert_eq!(says(&node, BOB, None), "ACCEPTED");
    let form = "partstat=DECLINED&on=2026-04-07&comment=on+leave";
    let done = request(node.http, "POST", &path, form).body;
    assert!(
        done.contains("You do not come to Pump clinic, planned for 7 April 2026."),
        "{done}"
    );
    let row = rows(&node, Some(APRIL.0))
        .into_iter()
        .find(|row| row["address"] == BOB);
    let row = row.expect("Bob");
    assert_eq!(
        (&row["partstat"], &row["comment"]),
        (&"DECLINED".into(), &"on leave".into())
    );
    assert_eq!(says(&node, BOB, None), "ACCEPTED");
    for form in [
        "partstat=MAYBE",
        "on=2026-04-07",
        "partstat=ACCEPTED&on=2026-04-08",
    ] {
        let answer = request(node.http, "POST", &path, form);
        assert_eq!(answer.status, 422, "{form}");
        assert!(answer.body.contains("Nothing was noted"), "{}", answer.body);
    }
    assert_eq!(says(&node, BOB, Some(APRIL.0)), "DECLINED");
    let (head, rest) = path.split_at(20);
    let letter = if rest.starts_with('a') { "b" } else { "a" };
    let other = format!("{head}{letter}{}", &rest[1..]);
    assert_eq!(
        request(node.http, "POST", &other, "partstat=TENTATIVE").status,
        404
    );
    // Who has left answers nothing any more.
    node.run(&["member", "remove", "pumps", BOB]).ok();
    assert_eq!(
        request(node.http, "POST", &path, "partstat=ACCEPTED").status,
        404
    );
}

fn every_third_session_is_rated_by_those_who_said_they_come(database: &Database) {
    let sink = Sink::start();
    let surveyed = Community {
        more: format!("{}[health_check]\nreflection = \"off\"\n", PUMPS.more).leak(),
        ..PUMPS
    };
    let node = Node::with_list(database, &sink, &surveyed, &THREE);
    node.settle();
    for (who, said) in [(BOB, "ACCEPTED"), (CLEO, "DECLINED")] {
        let answer = Said::all(said, "20260302T090000Z");
        Client::Google.send(&node, &invited(&sink, who), &answer);
    }
    let ahead = node.json(&["calendar", "pumps", "--weeks", "8"]);
    let rated: Vec<_> = ahead
        .as_array()
        .expect("lines")
        .iter()
        .filter(|line| line["mail"] == "session-rating")
        .map(|line| (line["on"].clone(), line["recipients"][0]["address"].clone()))
        .collect();
    assert_eq!(rated, [(APRIL.0.into(), BOB.into())], "the third session");
    let asked = |who| {
        let all = names(&sink, who);
        all.iter().filter(|name| *name == "session-rating").count()
    };
    node.run(&["clock", "set", "2026-04-08T12:00:00Z"]).ok();
    assert_eq!(asked(BOB), 0, "with the recap, a day after the session");
    node.run(&["clock", "set", "2026-04-30T12:00:00Z"]).ok();
    assert_eq!((asked(BOB), asked(CLEO)), (1, 0));
    let mail = last(&sink, BOB, "session-rating");
    assert_eq!(mail.sent_at(), "2026-04-08T15:00:00Z");
    assert!(mail.text().contains("Pump clinic"), "{}", mail.text());
    answer(&node, BOB, &mail, "4");
    assert!(last(&sink, BOB, "receipt").text().contains("\n  4"));
}
