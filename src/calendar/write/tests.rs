//! What is written, byte for byte, and read again by another implementation.

mod golden;
mod hostile;
mod refused;
mod zones;

use chrono::TimeDelta;

use super::{Event, Party};

/// A series of Tuesdays in Berlin, which the tests vary.
fn event() -> Event {
    Event {
        uid: "tuesdays-1@lists.example.org".to_owned(),
        organizer: party("pumps-rsvp+aaaaaaaa@lists.example.org", "Pump mechanics"),
        attendee: Some(party("ann@works.example", "Ann Ott")),
        sequence: 0,
        dtstamp: "2026-01-05T08:30:00Z".parse().unwrap(),
        starts: "2026-01-13T16:00:00".parse().unwrap(),
        zone: chrono_tz::Europe::Berlin,
        duration: TimeDelta::minutes(60),
        rule: Some("FREQ=WEEKLY;INTERVAL=2;BYDAY=TU".to_owned()),
        until: Some("2026-06-30".parse().unwrap()),
        excluded: Vec::new(),
        recurrence: None,
        summary: "Pump clinic".to_owned(),
        description: "Bring a pump; we open it, together.".to_owned(),
        location: "Workshop 3".to_owned(),
        link: "https://meet.example.org/pumps".to_owned(),
        cancelled: false,
    }
}

fn party(address: &str, name: &str) -> Party {
    Party {
        address: address.to_owned(),
        name: name.to_owned(),
    }
}

fn once() -> Event {
    Event {
        rule: None,
        until: None,
        ..event()
    }
}
