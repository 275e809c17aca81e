//! The answer to an invitation.

use crate::web::pages::rsvp::{Choice, RsvpForm};

/// A series, with answers to all of it and to one session.
pub(super) fn series() -> RsvpForm {
    RsvpForm {
        community: "Pumps community".into(),
        title: "Pump clinic".into(),
        address: "bo@plant.example".into(),
        said: "you come".into(),
        is_series: true,
        zone: "Europe/Berlin".into(),
        dates: vec![
            date("2026-03-24", "Tue 24 March 2026, 16:00", "you come"),
            date("2026-04-07", "Tue 7 April 2026, 16:00", "you do not come"),
            date("2026-04-21", "Tue 21 April 2026, 16:00", "you come"),
        ],
        done: "You do not come to Pump clinic, planned for 7 April 2026.".into(),
        problem: String::new(),
        action: "/r/k3v9m2q7x4".into(),
    }
}

/// One session, not answered yet.
pub(super) fn single() -> RsvpForm {
    RsvpForm {
        title: "Seals that failed".into(),
        said: String::new(),
        is_series: false,
        dates: vec![date("2026-03-24", "Tue 24 March 2026, 16:00", "")],
        done: String::new(),
        problem: "Nothing was noted: choose whether you come.".into(),
        ..series()
    }
}

/// Nothing is to come.
pub(super) fn over() -> RsvpForm {
    RsvpForm {
        dates: vec![],
        done: String::new(),
        ..series()
    }
}

fn date(on: &str, when: &str, said: &str) -> Choice {
    Choice {
        on: on.into(),
        when: when.into(),
        iso: format!("{on}T16:00:00+01:00"),
        said: said.into(),
    }
}
