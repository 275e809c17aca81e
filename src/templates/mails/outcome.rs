//! What became of what waited.

use serde::Serialize;

use super::Mail;

/// To the other moderators, in the same thread: it is decided.
#[derive(Debug, Clone, Default, Serialize)]
pub struct ModerationOutcome {
    /// The community's name.
    pub community: String,
    /// The post's subject, or the address that wanted to join.
    pub subject: String,
    /// Whether it was a request to join; else it was a post.
    pub joining: bool,
    /// What was decided, by whom and when: one of the phrases `outcome_accepted`,
    /// `outcome_rejected`, `outcome_discarded`, `outcome_trusted`, `outcome_banned`
    /// (each with `by` and `at`) and `outcome_expired` (with `at`).
    pub outcome: String,
    /// The reason that the author was given; may be empty.
    pub reason: String,
    /// Whether it answers a decision that came too late.
    pub too_late: bool,
}

impl Mail for ModerationOutcome {
    const NAME: &'static str = "moderation";
    const TEMPLATE: &'static str = "moderation-outcome";

    fn samples() -> Vec<ModerationOutcome> {
        let post = ModerationOutcome {
            community: "Pumps community".into(),
            subject: "Seal leaks after a week".into(),
            joining: false,
            outcome: "Rejected by Ann Berg, 14 January 2026, 10:30.".into(),
            reason: "Please ask again without the customer's name.".into(),
            too_late: true,
        };
        let join = ModerationOutcome {
            subject: "bo@plant.example".into(),
            joining: true,
            outcome: "Accepted by Ann Berg, 14 January 2026, 10:30.".into(),
            reason: String::new(),
            too_late: false,
            ..post.clone()
        };
        vec![post, join]
    }
}

/// To the author of a post that waited.
#[derive(Debug, Clone, Default, Serialize)]
pub struct HoldOutcome {
    /// The community's name.
    pub community: String,
    /// The post's subject.
    pub subject: String,
    /// Whether it was sent.
    pub accepted: bool,
    /// Whether nobody decided in time.
    pub expired: bool,
    /// Whether it was not looked at, because the community is closed; else, and if not
    /// accepted or expired, it was rejected.
    pub closed: bool,
    /// How long it waited, in days.
    pub days: u32,
    /// The moderator's reason for a rejection; may be empty.
    pub reason: String,
    /// Where the post can be read; or empty.
    pub archive_url: String,
    /// Where a person answers questions.
    pub owner_address: String,
}

impl Mail for HoldOutcome {
    const NAME: &'static str = "hold-notice";
    const TEMPLATE: &'static str = "hold-outcome";

    fn samples() -> Vec<HoldOutcome> {
        let accepted = HoldOutcome {
            community: "Pumps community".into(),
            subject: "Seal leaks after a week".into(),
            accepted: true,
            days: 30,
            archive_url: "https://lists.example/c/pumps/m/k3v9m2q7x4".into(),
            owner_address: "pumps-owner@lists.example".into(),
            ..HoldOutcome::default()
        };
        let rejected = HoldOutcome {
            accepted: false,
            reason: "Please ask again without the customer's name.".into(),
            archive_url: String::new(),
            ..accepted.clone()
        };
        let unreasoned = HoldOutcome {
            reason: String::new(),
            ..rejected.clone()
        };
        let expired = HoldOutcome {
            expired: true,
            ..unreasoned.clone()
        };
        let unread = HoldOutcome {
            archive_url: String::new(),
            ..accepted.clone()
        };
        let closed = HoldOutcome {
            closed: true,
            ..unreasoned.clone()
        };
        let readable = HoldOutcome {
            archive_url: "https://lists.example/c/pumps/".into(),
            ..closed.clone()
        };
        vec![
            accepted, unread, rejected, unreasoned, expired, closed, readable,
        ]
    }
}

/// To somebody whose reply to a survey came to the list, or was one to several mails at
/// once. Nobody else saw it.
#[derive(Debug, Clone, Default, Serialize)]
pub struct SurveyStray {
    /// The community's name.
    pub community: String,
    /// Whether it answered several mails that came as one.
    pub with_others: bool,
    /// Where a person answers questions.
    pub owner_address: String,
}

impl Mail for SurveyStray {
    const NAME: &'static str = "hold-notice";
    const TEMPLATE: &'static str = "survey-stray";

    fn samples() -> Vec<SurveyStray> {
        let stray = |with_others| SurveyStray {
            community: "Pumps community".into(),
            with_others,
            owner_address: "pumps-owner@lists.example".into(),
        };
        vec![stray(false), stray(true)]
    }
}
