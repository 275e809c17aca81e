//! Reviews of the charter, and the vote on a change of it.

use serde::Serialize;

use super::Mail;

/// The charter is to be reviewed: it is due, or a survey's result is low.
#[derive(Debug, Clone, Default, Serialize)]
pub struct CharterReview {
    /// The community's name.
    pub community: String,
    /// What few could say yes to in the last survey; empty where the review is due anyway.
    pub low: Vec<String>,
    /// The charter's three elements.
    pub about: String,
    /// Who belongs to it.
    pub people: String,
    /// What it works on.
    pub practice: String,
    /// Its norms; may be empty.
    pub norms: Vec<String>,
    /// The day of the last review, as people write it; empty at the first one.
    pub last_review: String,
    /// Where answers go.
    pub owner_address: String,
}

impl Mail for CharterReview {
    const NAME: &'static str = "charter-review";

    fn samples() -> Vec<CharterReview> {
        let later = CharterReview {
            community: "Pumps community".into(),
            low: vec![],
            about: "How we choose, run and repair pumps, in every plant.".into(),
            people: "Engineers, operators and buyers who help one another.".into(),
            practice: "Field notes, failure reports and selection guides.".into(),
            norms: vec![
                "Ask before you are sure.".into(),
                "Report what failed, not who.".into(),
            ],
            last_review: "1 January 2026".into(),
            owner_address: "pumps-owner@lists.example".into(),
        };
        let first = CharterReview {
            norms: vec![],
            last_review: String::new(),
            ..later.clone()
        };
        let low = CharterReview {
            low: vec!["Members like me decide what we work on.".into()],
            ..later.clone()
        };
        vec![later, first, low]
    }
}

/// A change of the charter is voted on.
#[derive(Debug, Clone, Default, Serialize)]
pub struct CharterVote {
    /// The community's name.
    pub community: String,
    /// Who proposes it.
    pub proposed_by: String,
    /// Which part it is, for people.
    pub part: String,
    /// Its lines as they stand.
    pub before: Vec<String>,
    /// Its lines as they shall be.
    pub after: Vec<String>,
    /// The last day of the vote, for people.
    pub closes: String,
    /// Where a person answers questions.
    pub owner_address: String,
}

impl Mail for CharterVote {
    const NAME: &'static str = "charter-review";
    const TEMPLATE: &'static str = "charter-vote";

    fn samples() -> Vec<CharterVote> {
        let some = CharterVote {
            community: "Pumps community".into(),
            proposed_by: "Bo Member".into(),
            part: "what we do".into(),
            before: vec!["Field notes, failure reports and selection guides.".into()],
            after: vec!["Field notes, failure reports and a monthly clinic.".into()],
            closes: "14 November 2026".into(),
            owner_address: "pumps-owner@lists.example".into(),
        };
        let new = CharterVote {
            before: vec![],
            ..some.clone()
        };
        vec![some, new]
    }
}

/// What came of the vote.
#[derive(Debug, Clone, Default, Serialize)]
pub struct CharterChanged {
    /// The community's name.
    pub community: String,
    /// Which part it is, for people.
    pub part: String,
    /// Whether the charter says it now.
    pub is_accepted: bool,
    /// Whether it would be, had the text not been changed otherwise meanwhile.
    pub is_stale: bool,
    /// Lines that it says no more, or would not.
    pub removed: Vec<String>,
    /// Lines that it says now, or would.
    pub added: Vec<String>,
    /// Votes for it.
    pub yes: i64,
    /// Votes against it.
    pub no: i64,
    /// Abstentions.
    pub abstained: i64,
    /// How many were asked.
    pub asked: i64,
    /// Where a person answers questions.
    pub owner_address: String,
}

impl Mail for CharterChanged {
    const NAME: &'static str = "charter-review";
    const TEMPLATE: &'static str = "charter-changed";

    fn samples() -> Vec<CharterChanged> {
        let accepted = CharterChanged {
            community: "Pumps community".into(),
            part: "what we do".into(),
            is_accepted: true,
            is_stale: false,
            removed: vec!["Field notes, failure reports and selection guides.".into()],
            added: vec!["Field notes, failure reports and a monthly clinic.".into()],
            yes: 9,
            no: 2,
            abstained: 1,
            asked: 16,
            owner_address: "pumps-owner@lists.example".into(),
        };
        let rejected = CharterChanged {
            is_accepted: false,
            yes: 2,
            no: 9,
            ..accepted.clone()
        };
        let stale = CharterChanged {
            is_accepted: false,
            is_stale: true,
            removed: vec![],
            ..accepted.clone()
        };
        vec![accepted, rejected, stale]
    }
}
