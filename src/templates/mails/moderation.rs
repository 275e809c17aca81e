//! Posts that wait for a moderator.

use serde::Serialize;

use super::Mail;

/// To the author of a post that waits.
#[derive(Debug, Clone, Default, Serialize)]
pub struct HoldNotice {
    /// The community's name.
    pub community: String,
    /// The post's subject.
    pub subject: String,
    /// Why it waits, a sentence each.
    pub reasons: Vec<String>,
    /// How long it waits, in days.
    pub days: u32,
    /// Whether the author may be a member under another address, and could link it.
    pub can_link: bool,
    /// Whether the author is a member who has not accepted the charter yet.
    pub can_agree: bool,
    /// Where a person answers questions.
    pub owner_address: String,
}

impl Mail for HoldNotice {
    const NAME: &'static str = "hold-notice";

    fn samples() -> Vec<HoldNotice> {
        let outsider = HoldNotice {
            community: "Pumps community".into(),
            subject: "Seal leaks after a week".into(),
            reasons: vec!["bo@home.example is not a member's address.".into()],
            days: 30,
            can_link: true,
            can_agree: false,
            owner_address: "pumps-owner@lists.example".into(),
        };
        let member = HoldNotice {
            reasons: vec!["All posts are read by a moderator first.".into()],
            can_link: false,
            ..outsider.clone()
        };
        let newcomer = HoldNotice {
            reasons: vec!["Its author has not accepted the charter yet.".into()],
            can_agree: true,
            ..member.clone()
        };
        vec![outsider, member, newcomer]
    }
}

/// To a moderator: a post that waits, and the words that decide.
#[derive(Debug, Clone, Default, Serialize)]
pub struct Moderation {
    /// The community's name.
    pub community: String,
    /// The post's subject.
    pub subject: String,
    /// Its author as the From line has it.
    pub author: String,
    /// Whether it is sure that the author's domain sent it.
    pub authenticated: bool,
    /// Why it waits, a sentence each.
    pub reasons: Vec<String>,
    /// The beginning of its text, a few lines.
    pub excerpt: Vec<String>,
    /// Names of its attachments.
    pub attachments: Vec<String>,
    /// Whether only its header and text are attached, because it is large.
    pub is_cut: bool,
    /// How long it waits, in days.
    pub days: u32,
    /// For how many days it has waited; 0 in the first mail, more in a reminder.
    pub waits_days: u32,
    /// The day on which it is dropped, as people write it; for a reminder.
    pub dropped_on: String,
    /// The page on which one press decides; or empty.
    pub decide_url: String,
}

impl Mail for Moderation {
    const NAME: &'static str = "moderation";

    fn samples() -> Vec<Moderation> {
        let outsider = Moderation {
            community: "Pumps community".into(),
            subject: "Seal leaks after a week".into(),
            author: "Bo Ek <bo@home.example>".into(),
            authenticated: false,
            reasons: vec!["bo@home.example is not a member's address.".into()],
            excerpt: vec![
                "Hello all,".into(),
                "the new seal on pump 3 drips again.".into(),
            ],
            attachments: vec!["pump3.jpg".into()],
            is_cut: true,
            days: 30,
            waits_days: 0,
            dropped_on: String::new(),
            decide_url: "https://lists.example/d/k3v9m2q7x4".into(),
        };
        let reminder = Moderation {
            authenticated: true,
            excerpt: vec![],
            attachments: vec![],
            is_cut: false,
            waits_days: 10,
            dropped_on: "14 January 2026".into(),
            decide_url: String::new(),
            ..outsider.clone()
        };
        vec![outsider, reminder]
    }
}
