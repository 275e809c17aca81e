//! What became of posts that waited for a moderator, and which ones still wait.

use serde::Serialize;

use super::Mail;

/// To the other moderators: a post is decided.
#[derive(Debug, Clone, Serialize)]
pub struct ModerationOutcome {
    /// The community's name.
    pub community: String,
    /// The post's subject.
    pub subject: String,
    /// Its author as the From line has it.
    pub author: String,
    /// Who decided what, and when: a sentence.
    pub outcome: String,
    /// The reason that was given; empty where none was.
    pub reason: String,
    /// Whether it answers a decision that came too late.
    pub too_late: bool,
}

impl Mail for ModerationOutcome {
    const NAME: &'static str = "moderation";
    const TEMPLATE: &'static str = "moderation-outcome";

    fn samples() -> Vec<ModerationOutcome> {
        let rejected = ModerationOutcome {
            community: "Pumps community".into(),
            subject: "Seal leaks after a week".into(),
            author: "Bo Ek <bo@home.example>".into(),
            outcome: "Ann has rejected it, 3 min ago.".into(),
            reason: "We had this last week.".into(),
            too_late: true,
        };
        let accepted = ModerationOutcome {
            outcome: "Ann has accepted it, just now.".into(),
            reason: String::new(),
            too_late: false,
            ..rejected.clone()
        };
        vec![rejected, accepted]
    }
}

/// One of several posts that wait.
#[derive(Debug, Clone, Serialize)]
pub struct WaitingPost {
    /// The number that a reply names.
    pub id: i64,
    /// Its subject.
    pub subject: String,
    /// Its author as the From line has it.
    pub author: String,
    /// Since when it waits, and until when: a sentence.
    pub since: String,
    /// Why it waits, in one line.
    pub reason: String,
}

/// To a moderator: the posts that wait, as a reminder or because many came at once.
#[derive(Debug, Clone, Serialize)]
pub struct ModerationWaiting {
    /// The community's name.
    pub community: String,
    /// How many wait.
    pub count: i64,
    /// Whether that is one.
    pub is_one: bool,
    /// The oldest of them.
    pub posts: Vec<WaitingPost>,
    /// How many more wait than are named.
    pub more: i64,
    /// The page that shows them.
    pub url: String,
    /// After how many days a post is given up.
    pub days: u32,
}

impl Mail for ModerationWaiting {
    const NAME: &'static str = "moderation";
    const TEMPLATE: &'static str = "moderation-waiting";

    fn samples() -> Vec<ModerationWaiting> {
        let post = WaitingPost {
            id: 12,
            subject: "Seal leaks after a week".into(),
            author: "Bo Ek <bo@home.example>".into(),
            since: "It has waited since 5 January 2026 and is given up on 4 February 2026.".into(),
            reason: "The author's address is not a member's.".into(),
        };
        let one = ModerationWaiting {
            community: "Pumps community".into(),
            count: 1,
            is_one: true,
            posts: vec![post.clone()],
            more: 0,
            url: "https://lists.example/hold/k3v9m2q7x4".into(),
            days: 30,
        };
        let second = WaitingPost {
            id: 15,
            subject: String::new(),
            author: String::new(),
            reason: String::new(),
            ..post.clone()
        };
        let many = ModerationWaiting {
            count: 60,
            is_one: false,
            posts: vec![post, second],
            more: 58,
            ..one.clone()
        };
        vec![one, many]
    }
}

/// To the author of a post that waited: how that ended.
#[derive(Debug, Clone, Serialize)]
pub struct HoldOutcome {
    /// The community's name.
    pub community: String,
    /// The post's subject.
    pub subject: String,
    /// What was decided, a sentence.
    pub outcome: String,
    /// The reason that was given; empty where none was.
    pub reason: String,
    /// Where a person answers questions.
    pub owner_address: String,
}

impl Mail for HoldOutcome {
    const NAME: &'static str = "hold-notice";
    const TEMPLATE: &'static str = "hold-outcome";

    fn samples() -> Vec<HoldOutcome> {
        let rejected = HoldOutcome {
            community: "Pumps community".into(),
            subject: "Seal leaks after a week".into(),
            outcome: "A moderator has rejected your post. It was not sent to the list.".into(),
            reason: "We had this last week.".into(),
            owner_address: "pumps-owner@lists.example".into(),
        };
        let expired = HoldOutcome {
            outcome: "Nobody decided about it within 30 days. It was not sent to the list.".into(),
            reason: String::new(),
            ..rejected.clone()
        };
        vec![rejected, expired]
    }
}

/// To a member whose answer to a survey went to the list by mistake.
#[derive(Debug, Clone, Serialize)]
pub struct HoldSurvey {
    /// The community's name.
    pub community: String,
    /// The mail's subject.
    pub subject: String,
    /// Where a person answers questions.
    pub owner_address: String,
}

impl Mail for HoldSurvey {
    const NAME: &'static str = "hold-notice";
    const TEMPLATE: &'static str = "hold-survey";

    fn samples() -> Vec<HoldSurvey> {
        vec![HoldSurvey {
            community: "Pumps community".into(),
            subject: "Re: Seven questions".into(),
            owner_address: "pumps-owner@lists.example".into(),
        }]
    }
}
