//! Mails before a session: who hosts it, what it is about, what its host should know.

use serde::Serialize;

use super::Mail;

/// One item of an agenda.
#[derive(Clone, Debug, Default, Serialize)]
pub struct AgendaLine {
    /// By which a reply names it.
    pub number: i64,
    /// What it is about.
    pub text: String,
    /// Whose it is.
    pub by: String,
    /// How many members want it.
    pub votes: i64,
}

/// `agenda-call`: what shall we talk about?
#[derive(Clone, Debug, Default, Serialize)]
pub struct AgendaCall {
    /// The community's name.
    pub community: String,
    /// What the session is called.
    pub title: String,
    /// When it begins, in words.
    pub at: String,
    /// Whose clock that is of.
    pub zone: String,
    /// How many come, in words; or empty.
    pub counts: String,
    /// Who hosts it; or empty.
    pub host: String,
    /// What was brought so far, by votes.
    pub items: Vec<AgendaLine>,
    /// How many more there are.
    pub more: usize,
    /// Where a person answers questions.
    pub owner_address: String,
}

/// `host-ask`: will you host?
#[derive(Clone, Debug, Default, Serialize)]
pub struct HostAsk {
    /// The community's name.
    pub community: String,
    /// What the session is called.
    pub title: String,
    /// When it begins, in words.
    pub at: String,
    /// Whose clock that is of.
    pub zone: String,
    /// How long it takes.
    pub duration: String,
    /// How many come, in words; or empty.
    pub counts: String,
    /// The day on which they hosted last, in words; or empty.
    pub last: String,
    /// The day that somebody else would host instead, in words; or empty.
    pub swap: String,
    /// Who that is; or empty.
    pub by: String,
    /// The day by which an answer is needed, in words.
    pub until: String,
    /// Where a person answers questions.
    pub owner_address: String,
}

/// `host-brief`: what its host should know of a session.
#[derive(Clone, Debug, Default, Serialize)]
pub struct HostBrief {
    /// The community's name.
    pub community: String,
    /// What the session is called.
    pub title: String,
    /// Whether its reader hosts it; else nobody does.
    pub hosts: bool,
    /// When it begins, in words.
    pub at: String,
    /// Whose clock that is of.
    pub zone: String,
    /// How long it takes.
    pub duration: String,
    /// Where to go, or empty.
    pub location: String,
    /// Where to join, or empty.
    pub link: String,
    /// How many come, in words; or empty.
    pub counts: String,
    /// Who comes, some names a line.
    pub names: Vec<String>,
    /// The agenda, by votes.
    pub items: Vec<AgendaLine>,
    /// How many more items there are.
    pub more: usize,
    /// Whether the host is asked afterwards who came.
    pub attendance: bool,
    /// Where a person answers questions.
    pub owner_address: String,
}

fn items() -> Vec<AgendaLine> {
    let line = |number, text: &str, by: &str, votes| AgendaLine {
        number,
        text: text.into(),
        by: by.into(),
        votes,
    };
    vec![
        line(2, "Seals for hot water: which one lasts?", "Cleo Ost", 3),
        line(1, "Bearing noise at night", "Dora", 1),
        line(4, "Spare parts from the old plant", "Emil", 0),
    ]
}

impl Mail for AgendaCall {
    const NAME: &'static str = "agenda-call";

    fn samples() -> Vec<Self> {
        let first = AgendaCall {
            community: "Pumps community".into(),
            title: "Pump clinic".into(),
            at: "Tuesday, 24 March, 16:00".into(),
            zone: "Europe/Berlin".into(),
            owner_address: "pumps-owner@lists.example".into(),
            ..AgendaCall::default()
        };
        let known = AgendaCall {
            counts: "12 going, 3 maybe".into(),
            host: "Bob Ek".into(),
            items: items(),
            ..first.clone()
        };
        let many = AgendaCall {
            more: 4,
            ..known.clone()
        };
        vec![known, first, many]
    }
}

impl Mail for HostAsk {
    const NAME: &'static str = "host-ask";

    fn samples() -> Vec<Self> {
        let first = HostAsk {
            community: "Pumps community".into(),
            title: "Pump clinic".into(),
            at: "Tuesday, 24 March, 16:00".into(),
            zone: "Europe/Berlin".into(),
            duration: "1 h".into(),
            until: "Tuesday, 17 March".into(),
            owner_address: "pumps-owner@lists.example".into(),
            ..HostAsk::default()
        };
        let again = HostAsk {
            counts: "12 going, 3 maybe".into(),
            last: "13 January 2026".into(),
            ..first.clone()
        };
        let swap = HostAsk {
            swap: "21 April 2026".into(),
            by: "Cleo Ost".into(),
            ..first.clone()
        };
        vec![first, again, swap]
    }
}

impl Mail for HostBrief {
    const NAME: &'static str = "host-brief";

    fn samples() -> Vec<Self> {
        let host = HostBrief {
            community: "Pumps community".into(),
            title: "Pump clinic".into(),
            hosts: true,
            at: "Tuesday, 24 March, 16:00".into(),
            zone: "Europe/Berlin".into(),
            duration: "1 h".into(),
            location: "Plant 2, room 4".into(),
            link: "https://meet.example/pumps".into(),
            counts: "5 going, 1 maybe".into(),
            names: vec![
                "Ann Facilitator, Bob Ek, Cleo Ost,".into(),
                "Dora, Emil; maybe: Finn".into(),
            ],
            items: items(),
            more: 2,
            attendance: true,
            owner_address: "pumps-owner@lists.example".into(),
        };
        let nobody = HostBrief {
            hosts: false,
            more: 0,
            ..host.clone()
        };
        let bare = HostBrief {
            location: String::new(),
            link: String::new(),
            counts: String::new(),
            names: Vec::new(),
            items: Vec::new(),
            more: 0,
            attendance: false,
            ..host.clone()
        };
        vec![host, nobody, bare]
    }
}
