//! A handful of calendars against the files of `tests/data/calendar`, so that a change
//! of one byte is seen. There each line ends in LF alone, here in CRLF.

use std::path::Path;

use chrono::TimeDelta;

use super::{event, once, party};
use crate::calendar::write::{Event, Method, calendar};

#[test]
fn every_calendar_is_as_its_file_has_it() {
    let mut differ = Vec::new();
    for (name, method, events) in table() {
        let written = calendar(method, "Pumps & valves, Köln", &events).unwrap();
        let written = String::from_utf8(written).unwrap();
        let file =
            Path::new(env!("CARGO_MANIFEST_DIR")).join(format!("tests/data/calendar/{name}.ics"));
        let expected = std::fs::read_to_string(file).unwrap_or_default();
        if written != expected.replace('\n', "\r\n") {
            differ.push(format!("--- tests/data/calendar/{name}.ics\n{written}"));
        }
    }
    assert!(differ.is_empty(), "{}", differ.join("").replace('\r', ""));
}

fn table() -> Vec<(&'static str, Method, Vec<Event>)> {
    let moved = Event {
        rule: None,
        until: None,
        sequence: 3,
        starts: "2026-04-08T17:30:00".parse().unwrap(),
        recurrence: Some("2026-04-07T16:00:00".parse().unwrap()),
        ..event()
    };
    let dropped = Event {
        starts: "2026-04-21T16:00:00".parse().unwrap(),
        recurrence: Some("2026-04-21T16:00:00".parse().unwrap()),
        cancelled: true,
        ..moved.clone()
    };
    let excluding = Event {
        excluded: vec![
            "2026-02-10T16:00:00".parse().unwrap(),
            "2026-01-27T16:00:00".parse().unwrap(),
        ],
        sequence: 2,
        ..event()
    };
    let names = Event {
        attendee: Some(party("ann+pumps@works.example", "Dr. \"Ann\" Ott; Köln, 日本 🔧")),
        description: "Wir öffnen eine Pumpe — gemeinsam.\r\n\r\nZeile zwei, mit Komma; und \\ mehr.".to_owned(),
        summary: "Pumpenklinik: Gleitringdichtungen für Fortgeschrittene und alle, die es werden wollen 🔧🔧".to_owned(),
        ..once()
    };
    let howe = Event {
        zone: chrono_tz::Australia::Lord_Howe,
        rule: Some("FREQ=MONTHLY;BYDAY=-1FR".to_owned()),
        duration: TimeDelta::minutes(90),
        location: String::new(),
        description: String::new(),
        ..event()
    };
    // Summer pauses for Ramadan twice in it.
    let casablanca = Event {
        zone: chrono_tz::Africa::Casablanca,
        until: "2027-04-30".parse().ok(),
        ..event()
    };
    let tokyo = Event {
        zone: chrono_tz::Asia::Tokyo,
        until: None,
        link: String::new(),
        ..event()
    };
    let publish = |event: &Event| Event {
        organizer: party("pumps@lists.example.org", "Pump mechanics"),
        attendee: None,
        ..event.clone()
    };
    let feed = [&excluding, &moved, &dropped, &tokyo].map(publish).to_vec();
    vec![
        ("request-once", Method::Request, vec![once()]),
        ("request-names", Method::Request, vec![names]),
        ("request-series", Method::Request, vec![event()]),
        ("request-excluding", Method::Request, vec![excluding]),
        ("request-moved", Method::Request, vec![moved]),
        ("request-lord-howe", Method::Request, vec![howe]),
        ("request-tokyo", Method::Request, vec![tokyo]),
        ("request-casablanca", Method::Request, vec![casablanca]),
        ("cancel-one", Method::Cancel, vec![dropped]),
        (
            "cancel-series",
            Method::Cancel,
            vec![Event {
                sequence: 4,
                cancelled: true,
                ..event()
            }],
        ),
        ("publish", Method::Publish, feed),
    ]
}
