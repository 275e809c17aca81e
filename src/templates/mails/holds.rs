//! Several posts that wait for a moderator, in one mail.

use serde::Serialize;

use super::Mail;

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

/// To a moderator: the posts that wait, as a reminder or because many came at
/// once.
#[derive(Debug, Clone, Serialize)]
pub struct ModerationWaiting {
    /// The community's name.
    pub community: String,
    /// How many wait.
    pub count: i64,
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
        let second = WaitingPost {
            id: 15,
            subject: String::new(),
            author: String::new(),
            reason: String::new(),
            ..post.clone()
        };
        let many = ModerationWaiting {
            community: "Pumps community".into(),
            count: 60,
            posts: vec![post, second],
            more: 58,
            url: "https://lists.example/hold/k3v9m2q7x4".into(),
            days: 30,
        };
        let all = ModerationWaiting {
            count: 2,
            more: 0,
            ..many.clone()
        };
        vec![many, all]
    }
}
