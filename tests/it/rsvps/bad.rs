//! What is no answer, or one that may not be given: nothing changes but what a genuine
//! answer may change, and each is recorded with its reason.

use super::{ANN, APRIL, BOB, CLEO, founded, invited, says, why};
use crate::support::community::LIST;
use crate::support::letters::names;
use crate::support::personas::{ALL, Answers, Client, Said, deliver};
use crate::support::{Database, Sink, both};

both!(
    what_is_no_answer_changes_nothing,
    what_wants_to_break_something_changes_no_more_than_an_answer,
    nobody_answers_for_somebody_else_nor_twice,
    a_clock_that_is_fast_keeps_no_later_answer_out,
);

fn what_is_no_answer_changes_nothing(database: &Database) {
    let sink = Sink::start();
    let node = founded(database, &sink);
    let bob = invited(&sink, BOB);
    let raw = Client::Proton.reply(&bob, &Said::all("ACCEPTED", "20260302T090000Z"));
    let raw = String::from_utf8(raw).expect("text");
    let event = "BEGIN:VEVENT\r\nUID:x\r\nEND:VEVENT\r\n";
    let odd = [
        (
            "unknown UID",
            raw.replace(&bob.uid, "another@far.example"),
            "none of this community's series",
        ),
        (
            "nothing said",
            raw.replace("PARTSTAT=ACCEPTED", "PARTSTAT=NEEDS-ACTION"),
            "neither yes nor no",
        ),
        (
            "no such day",
            raw.replace("SEQUENCE:0", "SEQUENCE:0\r\nRECURRENCE-ID:20260325T150000Z"),
            "no session",
        ),
        (
            "never sent",
            raw.replace("SEQUENCE:0", "SEQUENCE:4"),
            "it answers SEQUENCE 4, and the last that they were sent is 0",
        ),
        (
            "no time",
            raw.replace("SEQUENCE:0", "SEQUENCE:0\r\nRECURRENCE-ID:soon"),
            "is no time",
        ),
        (
            "nobody",
            raw.replace("ATTENDEE;PARTSTAT=ACCEPTED", "X-NOBODY"),
            "no attendee",
        ),
        (
            "huge",
            raw.replace(
                "BEGIN:VEVENT",
                &format!("{}BEGIN:VEVENT", event.repeat(20_000)),
            ),
            "too long",
        ),
    ];
    for (name, raw, reason) in odd {
        let raw = raw.replace("<answer-", &format!("<{}-", name.replace(' ', "-")));
        for to in [bob.organizer.as_str(), LIST] {
            let id = deliver(&node, to, raw.as_bytes());
            let told = why(&node, &id);
            assert!(told.contains(reason), "{name}: {told}");
        }
        assert_eq!(says(&node, BOB, None), "NEEDS-ACTION", "{name}");
    }
    let threads = node.json(&["archive", "threads", "pumps"]);
    assert_eq!(threads.as_array().map(Vec::len), Some(0), "{threads}");
    assert_eq!(names(&sink, BOB), ["invitation"]);
}

/// (name, what stands in the place of `BEGIN:VEVENT` and `SEQUENCE:0`, the answer then,
/// what is said of it)
fn what_wants_to_break_something_changes_no_more_than_an_answer(database: &Database) {
    let sink = Sink::start();
    let node = founded(database, &sink);
    let bob = invited(&sink, BOB);
    let answer = |said: &str, at: &str| {
        let raw = Client::Proton.reply(&bob, &Said::all(said, at));
        String::from_utf8(raw).expect("text")
    };
    let event = "BEGIN:VEVENT\r\nUID:x\r\nEND:VEVENT\r\n";
    let stuffed = |octets: usize| {
        let raw = answer("ACCEPTED", "20260302T080000Z");
        let events = event.repeat(octets / event.len());
        raw.replace("BEGIN:VEVENT", &format!("{events}BEGIN:VEVENT"))
    };
    // This node takes a mebibyte; of ten a unit test of the answers knows.
    let raw = stuffed(10 << 20);
    let refused = node
        .client()
        .deliver(BOB, &[&bob.organizer], raw.as_bytes());
    assert_eq!(refused[0].code, 552, "{refused:?}");
    let raw = stuffed(1_000_000);
    let id = deliver(&node, &bob.organizer, raw.as_bytes());
    assert!(why(&node, &id).contains("too long"), "{}", why(&node, &id));
    assert_eq!(says(&node, BOB, None), "NEEDS-ACTION");

    let raw = answer("ACCEPTED", "20260302T080100Z");
    let (head, rest) = raw.split_once("BEGIN:VCALENDAR").expect("a calendar");
    let (_, tail) = rest.split_once("END:VCALENDAR").expect("its end");
    let id = deliver(&node, &bob.organizer, format!("{head}{tail}").as_bytes());
    assert!(
        why(&node, &id).contains("a calendar's answer, but"),
        "{}",
        why(&node, &id)
    );
    assert_eq!(says(&node, BOB, None), "NEEDS-ACTION");

    // Outlook's own way of packing, which nobody else reads: a person may look.
    let raw = format!(
        "From: <{BOB}>\r\nTo: <{}>\r\nSubject: Accepted: Pump clinic\r\n\
         Message-ID: <tnef@plant.example>\r\nMIME-Version: 1.0\r\n\
         Content-Type: application/ms-tnef; name=\"winmail.dat\"\r\n\
         Content-Transfer-Encoding: base64\r\n\r\neJ8+IgAAAAAAAAEAAAA=\r\n",
        bob.organizer
    );
    let id = deliver(&node, &bob.organizer, raw.as_bytes());
    let told = why(&node, &id);
    assert!(
        told.contains("forwarded") || told.contains("discarded"),
        "{told}"
    );
    assert_eq!(says(&node, BOB, None), "NEEDS-ACTION");

    // A rule in an answer repeats nothing, and a zone may be anybody's own.
    let bomb = "SEQUENCE:0\r\nRRULE:FREQ=SECONDLY;BYMONTH=2;BYMONTHDAY=30\r\n\
        EXDATE:20260310T150000Z\r\nRDATE:20300101T000000Z";
    let raw = answer("TENTATIVE", "20260302T080200Z").replace("SEQUENCE:0", bomb);
    let id = deliver(&node, &bob.organizer, raw.as_bytes());
    let told = why(&node, &id);
    assert!(told.contains("TENTATIVE for clinic"), "{told}");
    let zone = "BEGIN:VTIMEZONE\r\nTZID:Mine\r\nBEGIN:STANDARD\r\nDTSTART:16010101T000000\r\n\
        TZOFFSETFROM:+0200\r\nTZOFFSETTO:+0200\r\nEND:STANDARD\r\nEND:VTIMEZONE\r\nBEGIN:VEVENT";
    let (_, clock, _) = APRIL;
    let one = format!("SEQUENCE:0\r\nRECURRENCE-ID;TZID=Mine:{clock}");
    let raw = answer("DECLINED", "20260302T080300Z");
    let raw = raw
        .replace("BEGIN:VEVENT", zone)
        .replace("SEQUENCE:0", &one);
    deliver(&node, &bob.organizer, raw.as_bytes());
    assert_eq!(says(&node, BOB, Some(APRIL.0)), "DECLINED");
    assert_eq!(says(&node, BOB, None), "TENTATIVE");
    let other = zone.replace("+0200", "+0545");
    let raw = answer("ACCEPTED", "20260302T080400Z");
    let raw = raw
        .replace("BEGIN:VEVENT", &other)
        .replace("SEQUENCE:0", &one);
    let id = deliver(&node, &bob.organizer, raw.as_bytes());
    assert!(
        why(&node, &id).contains("no session"),
        "{}",
        why(&node, &id)
    );
    assert_eq!(says(&node, BOB, Some(APRIL.0)), "DECLINED");

    for who in [ANN, CLEO] {
        assert_eq!(says(&node, who, None), "NEEDS-ACTION");
    }
}

fn nobody_answers_for_somebody_else_nor_twice(database: &Database) {
    let sink = Sink::start();
    let node = founded(database, &sink);
    let (bob, cleo) = (invited(&sink, BOB), invited(&sink, CLEO));
    // To one's own address, in another's name, from one's own mailbox and from theirs.
    for (client, from) in [(Client::Google, BOB), (Client::Exchange, CLEO)] {
        let said = Said {
            by: Some(CLEO),
            from: Some(from),
            ..Said::all("DECLINED", "20260302T080000Z")
        };
        let id = client.send(&node, &bob, &said);
        let told = why(&node, &id);
        assert!(told.contains("asked to confirm"), "{client:?}: {told}");
        for who in [BOB, CLEO] {
            assert_eq!(says(&node, who, None), "NEEDS-ACTION", "{client:?}");
        }
    }
    // What was said before, sent again by whoever has seen it, undoes nothing.
    for client in ALL {
        let old = client.reply(&cleo, &Said::all("DECLINED", "20260302T080100Z"));
        deliver(&node, &cleo.organizer, &old);
        client.send(&node, &cleo, &Said::all("ACCEPTED", "20260302T080200Z"));
        let again = String::from_utf8(old).expect("text");
        let again = again.replace("<answer-", "<again-");
        let id = deliver(&node, &cleo.organizer, again.as_bytes());
        let told = why(&node, &id);
        assert!(
            told.contains("older than what is known"),
            "{client:?}: {told}"
        );
        assert_eq!(says(&node, CLEO, None), "ACCEPTED", "{client:?}");
    }
}

/// What is dated after it has come was given when it came, by a clock that is fast.
fn a_clock_that_is_fast_keeps_no_later_answer_out(database: &Database) {
    let sink = Sink::start();
    let node = founded(database, &sink);
    let bob = invited(&sink, BOB);
    node.run(&["clock", "set", "2026-03-03T09:00:00Z"]).ok();
    Client::Apple.send(&node, &bob, &Said::all("DECLINED", "20990101T090000Z"));
    assert_eq!(says(&node, BOB, None), "DECLINED");
    // By the same clock, earlier: it was on its way.
    Client::Apple.send(&node, &bob, &Said::all("TENTATIVE", "20981231T090000Z"));
    // By a clock that is right, before that came.
    Client::Google.send(&node, &bob, &Said::all("TENTATIVE", "20260303T085900Z"));
    assert_eq!(says(&node, BOB, None), "DECLINED");
    node.advance("1h");
    Client::Google.send(&node, &bob, &Said::all("ACCEPTED", "20260303T095900Z"));
    assert_eq!(says(&node, BOB, None), "ACCEPTED", "a later one counts");
}
