//! The mails of the month: what it has brought, and who is thanked.

use serde::Serialize;

use super::Mail;

/// What a month has brought. Every list may be empty, but not all.
#[derive(Debug, Clone, Default, Serialize)]
pub struct MonthlySummary {
    /// The community's name.
    pub community: String,
    /// The days from which and to which it tells, for people.
    pub period: String,
    /// Questions that nobody has answered yet.
    pub questions: Vec<MonthlyLine>,
    /// How many more there are.
    pub more_questions: usize,
    /// What was learned.
    pub learnings: Vec<MonthlyLine>,
    /// Where all learnings are read.
    pub learnings_url: String,
    /// Who was thanked and agreed to have it told, a sentence each.
    pub thanks: Vec<String>,
    /// The sessions to come, with who hosts them, a line each.
    pub sessions: Vec<MonthlySession>,
    /// What the sponsor did, a sentence each.
    pub sponsor: Vec<String>,
}

/// A line that leads somewhere.
#[derive(Debug, Clone, Default, Serialize)]
pub struct MonthlyLine {
    /// What it says.
    pub text: String,
    /// Where it leads.
    pub url: String,
}

/// A session to come.
#[derive(Debug, Clone, Default, Serialize)]
pub struct MonthlySession {
    /// When, for people.
    pub at: String,
    /// The series' name; `title` is the layout's own.
    pub what: String,
    /// Who hosts it; empty where nobody has said so yet.
    pub host: String,
}

impl Mail for MonthlySummary {
    const NAME: &'static str = "monthly-summary";

    fn samples() -> Vec<MonthlySummary> {
        let line = |text: &str, at: &str| MonthlyLine {
            text: text.into(),
            url: format!("https://lists.example/c/pumps/{at}"),
        };
        let session = |at: &str, host: &str| MonthlySession {
            at: at.into(),
            what: "Pump clinic".into(),
            host: host.into(),
        };
        let full = MonthlySummary {
            community: "Pumps community".into(),
            period: "2 February to 2 March 2026".into(),
            questions: vec![
                line("Which seal for hot condensate?", "m/9f2c"),
                line("Does anybody balance impellers in place?", "m/11ab"),
            ],
            more_questions: 3,
            learnings: vec![line("Run new seals dry for a minute", "m/77cd")],
            learnings_url: "https://lists.example/c/pumps/learnings".into(),
            thanks: vec![
                "Ann Facilitator thanks Bob Meier: for the drawings of the old seal".into(),
            ],
            sessions: vec![
                session("Tuesday, 10 March 2026, 16:00", "Cleo Roth"),
                session("Tuesday, 24 March 2026, 16:00", ""),
            ],
            sponsor: vec!["Promised by 30 April 2026: time for two visits a year".into()],
        };
        let bare = MonthlySummary {
            community: "Pumps community".into(),
            period: "2 February to 2 March 2026".into(),
            questions: vec![line("Which seal for hot condensate?", "m/9f2c")],
            ..MonthlySummary::default()
        };
        vec![full, bare]
    }
}

/// Tells somebody that they are thanked.
#[derive(Debug, Clone, Default, Serialize)]
pub struct Thanks {
    /// The community's name.
    pub community: String,
    /// Who thanks.
    pub by: String,
    /// For what; may be empty.
    pub text: String,
}

impl Mail for Thanks {
    const NAME: &'static str = "thanks";

    fn samples() -> Vec<Thanks> {
        let full = Thanks {
            community: "Pumps community".into(),
            by: "Ann Facilitator".into(),
            text: "for the drawings of the old seal".into(),
        };
        let bare = Thanks {
            text: String::new(),
            ..full.clone()
        };
        vec![full, bare]
    }
}
