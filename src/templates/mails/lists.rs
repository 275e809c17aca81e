//! Being a member: what to expect, leaving, and the charter.

use serde::Serialize;

use super::Mail;

/// What stands below every post, the same for everybody.
#[derive(Debug, Clone, Default, Serialize)]
pub struct PostFooter {
    /// The community's name.
    pub community: String,
    /// Where posts go.
    pub post_address: String,
    /// Where mail goes to leave.
    pub leave_address: String,
    /// The archive's front; or empty.
    pub archive_url: String,
}

impl PostFooter {
    /// Contexts that show every branch of both templates.
    pub fn samples() -> Vec<PostFooter> {
        let full = PostFooter {
            community: "Pumps community".into(),
            post_address: "pumps@lists.example".into(),
            leave_address: "pumps-leave@lists.example".into(),
            archive_url: "https://lists.example/c/pumps/".into(),
        };
        vec![
            PostFooter {
                archive_url: String::new(),
                ..full.clone()
            },
            full,
        ]
    }
}

/// To a new member: what to expect, and how to change it.
#[derive(Debug, Clone, Default, Serialize)]
pub struct Welcome {
    /// The community's name.
    pub community: String,
    /// The charter's three elements.
    pub about: String,
    /// Who belongs to it.
    pub people: String,
    /// What it works on.
    pub practice: String,
    /// Its norms; may be empty.
    pub norms: Vec<String>,
    /// How posts reach this member, as people say it: the phrase `delivery_each`,
    /// `delivery_digest`, `delivery_headlines` or `delivery_none`.
    pub delivery: String,
    /// Where to write to everybody.
    pub post_address: String,
    /// Where to write commands.
    pub request_address: String,
    /// Where to write to leave.
    pub leave_address: String,
    /// Where a person answers questions.
    pub owner_address: String,
    /// The archive's front; empty where there is none.
    pub archive_url: String,
    /// The member's own calendar feed; or empty.
    pub feed_url: String,
    /// The member's own page; or empty.
    pub page_url: String,
    /// Whether they are asked to agree to the charter by replying AGREE.
    pub asks_agreement: bool,
    /// The charter's version that they agree to, as "3".
    pub version: String,
    /// Whether they may post only after they have agreed.
    pub posting_waits: bool,
    /// Whether it is sent from the member's own address for invitations, which
    /// calendars want to know.
    pub from_rsvp: bool,
}

impl Mail for Welcome {
    const NAME: &'static str = "welcome";

    fn samples() -> Vec<Welcome> {
        let full = Welcome {
            community: "Pumps community".into(),
            about: "How we choose, run and repair pumps, in every plant.".into(),
            people: "Engineers, operators and buyers who help one another.".into(),
            practice: "Field notes, failure reports and selection guides.".into(),
            norms: vec![
                "Ask before you are sure.".into(),
                "Report what failed, not who.".into(),
            ],
            delivery: "every post on its own".into(),
            post_address: "pumps@lists.example".into(),
            request_address: "pumps-request@lists.example".into(),
            leave_address: "pumps-leave@lists.example".into(),
            owner_address: "pumps-owner@lists.example".into(),
            archive_url: "https://lists.example/c/pumps/".into(),
            feed_url: "https://lists.example/f/k3v9m2q7x4/calendar.ics".into(),
            page_url: "https://lists.example/me/k3v9m2q7x4".into(),
            asks_agreement: true,
            version: "3".into(),
            posting_waits: true,
            from_rsvp: true,
        };
        let bare = Welcome {
            norms: vec![],
            archive_url: String::new(),
            feed_url: String::new(),
            page_url: String::new(),
            asks_agreement: false,
            from_rsvp: false,
            ..full.clone()
        };
        let asked = Welcome {
            posting_waits: false,
            ..full.clone()
        };
        vec![full, bare, asked]
    }
}

/// To somebody who left or was removed.
#[derive(Debug, Clone, Default, Serialize)]
pub struct Goodbye {
    /// The community's name.
    pub community: String,
    /// The address that gets nothing more.
    pub address: String,
    /// Whether the member asked for it; otherwise a facilitator did it.
    pub asked: bool,
    /// Where to write to come back.
    pub join_address: String,
    /// Where a person answers questions.
    pub owner_address: String,
    /// Whether a reply EXPORT brings everything that is kept about them.
    pub offers_export: bool,
}

impl Mail for Goodbye {
    const NAME: &'static str = "goodbye";

    fn samples() -> Vec<Goodbye> {
        let asked = Goodbye {
            community: "Pumps community".into(),
            address: "bo@plant.example".into(),
            asked: true,
            join_address: "pumps-join@lists.example".into(),
            owner_address: "pumps-owner@lists.example".into(),
            offers_export: true,
        };
        vec![
            Goodbye {
                asked: false,
                offers_export: false,
                ..asked.clone()
            },
            asked,
        ]
    }
}
