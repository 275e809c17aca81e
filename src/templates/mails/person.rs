//! Answers to what somebody wrote to us.

use serde::Serialize;

use super::Mail;

/// The answer to an understood reply or command.
#[derive(Debug, Clone, Serialize)]
pub struct Receipt {
    /// The community's name.
    pub community: String,
    /// What was done, a sentence each.
    pub done: Vec<String>,
    /// How to undo it, a sentence; empty where there is no way back.
    pub undo: String,
    /// Where a person answers questions.
    pub owner_address: String,
}

impl Mail for Receipt {
    const NAME: &'static str = "receipt";

    fn samples() -> Vec<Receipt> {
        let two = Receipt {
            community: "Pumps community".into(),
            done: vec![
                "Posts now come once a week, in a digest.".into(),
                "You get nothing until 14 January 2026.".into(),
            ],
            undo: "To undo this, reply: set each".into(),
            owner_address: "pumps-owner@lists.example".into(),
        };
        let one = Receipt {
            undo: String::new(),
            ..two.clone()
        };
        vec![two, one]
    }
}

/// The answer to a reply or command that could not be understood.
#[derive(Debug, Clone, Serialize)]
pub struct Clarification {
    /// The community's name.
    pub community: String,
    /// What was read, on one line; empty where nothing was.
    pub read: String,
    /// What is wrong with it, a sentence.
    pub problem: String,
    /// Replies that would be understood.
    pub examples: Vec<String>,
    /// Where a person answers questions.
    pub owner_address: String,
}

impl Mail for Clarification {
    const NAME: &'static str = "clarification";

    fn samples() -> Vec<Clarification> {
        let wrong = Clarification {
            community: "Pumps community".into(),
            read: "pause until Tuesday".into(),
            problem: "A pause needs a date or a number of days.".into(),
            examples: vec!["pause until 2026-01-14".into(), "pause 14d".into()],
            owner_address: "pumps-owner@lists.example".into(),
        };
        let nothing = Clarification {
            read: String::new(),
            problem: "Your mail had no words of its own.".into(),
            examples: vec![],
            ..wrong.clone()
        };
        vec![wrong, nothing]
    }
}

/// The way to a page of one's own, sent to whoever asks for it.
#[derive(Debug, Clone, Serialize)]
pub struct Link {
    /// The name of the installation, its domain.
    pub host: String,
    /// Which page, as part of a sentence: "your own page".
    pub page: String,
    /// The link.
    pub url: String,
    /// How long it works after it is first used, in hours.
    pub hours: u32,
}

impl Mail for Link {
    const NAME: &'static str = "link";

    fn samples() -> Vec<Link> {
        vec![Link {
            host: "lists.example".into(),
            page: "your own page".into(),
            url: "https://lists.example/me/k3v9m2q7x4".into(),
            hours: 24,
        }]
    }
}
