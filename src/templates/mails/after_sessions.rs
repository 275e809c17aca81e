//! Mails after a session: who came, and what came of it.

use serde::Serialize;

use super::Mail;

/// Somebody who may have come.
#[derive(Clone, Debug, Default, Serialize)]
pub struct AskedPerson {
    /// The number by which a reply may name them, of two places.
    pub number: String,
    /// Their name, else their address.
    pub name: String,
    /// What they had said, or empty.
    pub said: String,
}

/// Something that somebody is to do.
#[derive(Clone, Debug, Default, Serialize)]
pub struct ActionLine {
    /// By which a reply names it.
    pub number: i64,
    /// Who, or empty.
    pub who: String,
    /// What.
    pub what: String,
    /// By when, in words, or empty.
    pub due: String,
}

/// `attendance-ask`: who came to a session.
#[derive(Clone, Debug, Default, Serialize)]
pub struct AttendanceAsk {
    /// The community's name.
    pub community: String,
    /// What the session is called.
    pub title: String,
    /// When it began, in words.
    pub when: String,
    /// Who may have come.
    pub people: Vec<AskedPerson>,
    /// How many more `ALL` means than are named.
    pub more: usize,
    /// Two names as a reply may have them, or empty.
    pub example: String,
    /// A day in an example.
    pub by: String,
    /// What is still to be done.
    pub open: Vec<ActionLine>,
    /// When the recap goes out, in words, or empty.
    pub recap: String,
    /// Where people who run the community read.
    pub owner_address: String,
}

/// `recap`: what came of a session, as a post.
#[derive(Clone, Debug, Default, Serialize)]
pub struct Recap {
    /// The community's name.
    pub community: String,
    /// What the session is called.
    pub title: String,
    /// When it began, in words.
    pub when: String,
    /// Whether somebody has said who came.
    pub counted: bool,
    /// How many came, guests included.
    pub came: usize,
    /// How many of them were guests.
    pub guests: usize,
    /// How many came the time before, or empty.
    pub last: String,
    /// Who hosted it, or empty.
    pub host: String,
    /// What it was about.
    pub agenda: Vec<String>,
    /// What was noted, line by line.
    pub notes: Vec<String>,
    /// What is to be done.
    pub actions: Vec<ActionLine>,
    /// What is still to be done from earlier sessions.
    pub open: Vec<ActionLine>,
    /// Where the recording is, or empty.
    pub recording: String,
    /// Where answers go.
    pub post_address: String,
}

impl Mail for AttendanceAsk {
    const NAME: &'static str = "attendance-ask";

    fn samples() -> Vec<Self> {
        let some = AttendanceAsk {
            community: "Pumps community".into(),
            title: "Pump clinic".into(),
            when: "Tuesday, 10 March, 16:00".into(),
            people: vec![
                person(" 1", "Ann Berger", "said yes"),
                person(" 2", "Bob Meier", "said yes"),
                person(" 3", "Cleo Müller", "perhaps"),
                person(" 4", "jonas.weber@mill.example", ""),
            ],
            more: 0,
            example: "Ann Berger, Bob Meier".into(),
            by: "2026-03-20".into(),
            open: vec![action(3, "Cleo Müller", "ask the maker for the curves")],
            recap: "11 March 2026, 17:00".into(),
            owner_address: "pumps-owner@lists.example".into(),
        };
        let many = AttendanceAsk {
            more: 12,
            ..some.clone()
        };
        let bare = AttendanceAsk {
            people: Vec::new(),
            example: String::new(),
            open: Vec::new(),
            recap: String::new(),
            ..some.clone()
        };
        vec![some, many, bare]
    }
}

impl Mail for Recap {
    const NAME: &'static str = "recap";

    fn samples() -> Vec<Self> {
        let full = Recap {
            community: "Pumps community".into(),
            title: "Pump clinic".into(),
            when: "Tuesday, 10 March, 16:00".into(),
            counted: true,
            came: 12,
            guests: 1,
            last: "9".into(),
            host: "Ann Berger".into(),
            agenda: vec![
                "Seals that run dry".into(),
                "Which curves does the maker give?".into(),
            ],
            notes: vec![
                "The seal was dry because the pump had run without water.".into(),
                String::new(),
                "Bob showed how he listens to the bearing.".into(),
            ],
            actions: vec![ActionLine {
                due: "by 20 March 2026".into(),
                ..action(4, "Bob Meier", "send the curves to the list")
            }],
            open: vec![action(3, "", "find a room with a tap")],
            recording: "https://rec.example/pumps/12".into(),
            post_address: "pumps@lists.example".into(),
        };
        let counts = Recap {
            guests: 0,
            last: String::new(),
            host: String::new(),
            agenda: Vec::new(),
            notes: Vec::new(),
            actions: Vec::new(),
            open: Vec::new(),
            recording: String::new(),
            ..full.clone()
        };
        let notes = Recap {
            counted: false,
            came: 0,
            ..full.clone()
        };
        vec![full, counts, notes]
    }
}

fn person(number: &str, name: &str, said: &str) -> AskedPerson {
    AskedPerson {
        number: number.into(),
        name: name.into(),
        said: said.into(),
    }
}

fn action(number: i64, who: &str, what: &str) -> ActionLine {
    ActionLine {
        number,
        who: who.into(),
        what: what.into(),
        due: String::new(),
    }
}
