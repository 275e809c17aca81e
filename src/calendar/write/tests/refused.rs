//! What is not written at all, and why.

use super::{event, once, party};
use crate::calendar::write::{Event, Method, calendar};

type Change = fn(&mut Event);

#[test]
fn what_no_client_would_understand_is_refused() {
    let table: [(&str, Change); 12] = [
        ("no UID", |e| e.uid = "a b".into()),
        ("no UID", |e| e.uid = String::new()),
        ("cannot be invited", |e| {
            e.attendee = Some(party("ann@x.example\r\nATTENDEE:x", ""))
        }),
        ("cannot be invited", |e| e.attendee = Some(party("ann", ""))),
        ("cannot be invited", |e| {
            e.organizer = party("\"a b\"@x.example", "")
        }),
        ("names nobody", |e| e.attendee = None),
        ("its end stands in it", |e| {
            e.rule = Some("FREQ=DAILY;COUNT=3".into())
        }),
        ("its end stands in it", |e| {
            e.rule = Some("FREQ=DAILY;UNTIL=20260201T000000Z".into())
        }),
        ("cannot be written", |e| {
            e.rule = Some("FREQ=DAILY\r\nX:1".into())
        }),
        ("it has no day", |e| {
            e.until = Some("2025-01-01".parse().unwrap())
        }),
        ("out of reach", |e| e.duration = chrono::TimeDelta::zero()),
        ("out of reach", |e| {
            e.starts = "2500-01-01T00:00:00".parse().unwrap()
        }),
    ];
    for (why, change) in table {
        let mut event = event();
        change(&mut event);
        let refused = calendar(Method::Request, "", &[event])
            .unwrap_err()
            .to_string();
        assert!(refused.contains(why), "{why}: {refused}");
    }
}

#[test]
fn a_mail_is_about_one_uid() {
    let other = Event {
        uid: "other@lists.example.org".into(),
        ..once()
    };
    assert!(calendar(Method::Request, "", &[once(), other.clone()]).is_err());
    assert!(calendar(Method::Cancel, "", &[]).is_err());
    assert!(calendar(Method::Publish, "", &[once(), other]).is_ok());
}

#[test]
fn a_feed_names_nobody() {
    let feed = String::from_utf8(calendar(Method::Publish, "", &[event()]).unwrap()).unwrap();
    assert!(
        !feed.contains("ATTENDEE") && !feed.contains("ann@"),
        "{feed}"
    );
}

#[test]
fn the_same_events_give_the_same_bytes() {
    let write = || calendar(Method::Request, "", &[event()]).unwrap();
    assert_eq!(write(), write());
}

#[test]
fn a_series_begins_with_a_day_of_its_rule() {
    let late = Event {
        starts: "2026-01-14T16:00:00".parse().unwrap(),
        ..event()
    };
    let written = String::from_utf8(calendar(Method::Request, "", &[late]).unwrap()).unwrap();
    // Every second week, counted from the one that the given start lies in.
    assert!(
        written.contains("DTSTART;TZID=Europe/Berlin:20260127T160000\r\n"),
        "{written}"
    );
}
