//! What is written, byte for byte, and read again by another implementation.

mod golden;
mod hostile;
mod refused;
mod zones;

use chrono::TimeDelta;

use super::{Draft, Event, Method, Party, Refused, calendar};

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

/// Whoever the names are: what is put into a draft is what would have been written.
#[test]
fn a_copy_of_a_draft_is_as_if_written_for_its_recipient() {
    let moved = Event {
        recurrence: Some("2026-01-27T16:00:00".parse().unwrap()),
        rule: None,
        until: None,
        description: "ORGANIZER:mailto:x@y.example\nATTENDEE;X=1:z".to_owned(),
        ..event()
    };
    let own = party("pumps-rsvp+zz@lists.example.org", "Pümps; \"the\" list");
    let long = "Ann ".repeat(40);
    for events in [vec![once()], vec![event(), moved]] {
        for method in [Method::Request, Method::Cancel] {
            let draft = Draft::of(method, &events).unwrap();
            for name in ["", "Bob, \"B\" \\ Ott:\r\nX-A:b", &long] {
                let to = party("bob@mill.example", name);
                let named = |event: &Event| Event {
                    organizer: own.clone(),
                    attendee: Some(to.clone()),
                    ..event.clone()
                };
                let whole: Vec<Event> = events.iter().map(named).collect();
                let written = calendar(method, "", &whole).unwrap();
                assert_eq!(draft.with(&own, &to), Ok(written), "{name}");
            }
            let odd = party("bob ott@mill.example", "");
            let refused = Err(Refused::Address(odd.address.clone()));
            assert_eq!(draft.with(&own, &odd), refused);
        }
    }
}
