//! What needs a person, for facilitators.

use serde::Serialize;

use super::Mail;

/// One thing that needs a person.
#[derive(Debug, Clone, Default, Serialize)]
pub struct WorksheetItem {
    /// By which a reply names it.
    pub number: i64,
    /// What it is, in one line.
    pub what: String,
    /// What is known of it, in one line; or empty.
    pub detail: String,
    /// A page about it, or empty.
    pub url: String,
}

/// To facilitators: all that needs a person.
#[derive(Debug, Clone, Default, Serialize)]
pub struct Worksheet {
    /// The community's name.
    pub community: String,
    /// How many things there are.
    pub count: usize,
    /// Those that are named, the most urgent first.
    pub items: Vec<WorksheetItem>,
    /// Whether there are so many that the text says one line of each.
    pub is_short: bool,
    /// How many more there are than are named.
    pub more: usize,
    /// How many come to the sessions of each series, a line each.
    pub came: Vec<String>,
    /// The figures of the last seven days.
    pub figures: Vec<String>,
    /// What is unusual of them, a line each.
    pub alerts: Vec<String>,
}

impl Mail for Worksheet {
    const NAME: &'static str = "worksheet";

    fn samples() -> Vec<Worksheet> {
        let few = Worksheet {
            community: "Pumps community".into(),
            count: 5,
            items: vec![
                item(
                    1,
                    "Post by Olga Petrenko: “Failure statistics for your…”",
                    "RELEASE or DROP: waits 5 days, until 13 February 2026. Its author is not …",
                ),
                item(
                    2,
                    "petr@four.example (Petr Novák) wants to join",
                    "RELEASE or DROP: waits 2 days, until 20 January 2026; nothing proves it",
                ),
                WorksheetItem {
                    url: "https://lists.example/c/pumps/m/5e1f".into(),
                    ..item(
                        3,
                        "No answer to Jonas Weber, who is new: “What does NPSH tell me at…”",
                        "waits 4 days: answer, or ask somebody who knows",
                    )
                },
                item(
                    4,
                    "Mail to Bo Ek comes back",
                    "RELEASE: for 9 days; bo@plant.example: 550 5.2.1 The account is disabled",
                ),
                item(5, "Ann Berger is facilitator until 31 January 2026", ""),
            ],
            is_short: false,
            more: 0,
            came: vec![
                "Pump clinic: 12 came, 10 of 12 who said yes; before that 7, 11, 9, 8".into(),
                "Open house: 4 came".into(),
            ],
            figures: vec![
                "Participation 41\u{a0}% (18 of 44); Answered within 24 hours 80\u{a0}% (4 of 5)"
                    .into(),
                "Median attendance 12; Learnings 2".into(),
            ],
            alerts: vec![
                "Participation 41\u{a0}% (18 of 44): higher than is normal here".into(),
                "Open questions 4: above their mean for eight weeks".into(),
                "New members 0: below their mean for eight weeks".into(),
            ],
        };
        let line = few.items.first().cloned().unwrap_or_default();
        let numbered = |number| WorksheetItem {
            number,
            ..line.clone()
        };
        let explained = Worksheet {
            count: 12,
            items: (1..=12).map(numbered).collect(),
            figures: Vec::new(),
            alerts: Vec::new(),
            ..few.clone()
        };
        let many = Worksheet {
            count: 27,
            items: (1..=20).map(numbered).collect(),
            is_short: true,
            more: 7,
            came: Vec::new(),
            figures: Vec::new(),
            ..few.clone()
        };
        let one = Worksheet {
            count: 1,
            items: vec![line.clone()],
            came: Vec::new(),
            figures: Vec::new(),
            alerts: Vec::new(),
            ..few.clone()
        };
        let quiet = Worksheet {
            count: 0,
            items: Vec::new(),
            came: Vec::new(),
            ..few.clone()
        };
        vec![few, one, explained, many, quiet]
    }
}

fn item(number: i64, what: &str, detail: &str) -> WorksheetItem {
    WorksheetItem {
        number,
        what: what.into(),
        detail: detail.into(),
        url: String::new(),
    }
}
