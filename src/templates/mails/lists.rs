//! Joining and leaving, and the charter.

use serde::Serialize;

use super::Mail;

/// To somebody who asked to join or to leave, who must answer.
#[derive(Debug, Clone, Serialize)]
pub struct Confirm {
    /// The community's name.
    pub community: String,
    /// The charter's sentence on what the community is about.
    pub about: String,
    /// The address that asked.
    pub address: String,
    /// How long the request waits, in days.
    pub days: u32,
    /// Where a person answers questions.
    pub owner_address: String,
    /// Whether they asked to leave; else they asked to join.
    pub leaving: bool,
}

/// What stands below every post, the same for everybody.
#[derive(Debug, Clone, Serialize)]
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

impl Mail for Confirm {
    const NAME: &'static str = "confirm";

    fn samples() -> Vec<Confirm> {
        let joining = Confirm {
            community: "Pumps community".into(),
            about: "How we choose, run and repair pumps, in every plant.".into(),
            address: "bo@plant.example".into(),
            days: 3,
            owner_address: "pumps-owner@lists.example".into(),
            leaving: false,
        };
        let leaving = Confirm {
            leaving: true,
            ..joining.clone()
        };
        vec![joining, leaving]
    }
}

/// To a new member: what to expect, and how to change it.
#[derive(Debug, Clone, Serialize)]
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
    /// How posts reach this member: each, digest, headlines or none.
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
            delivery: "each".into(),
            post_address: "pumps@lists.example".into(),
            request_address: "pumps-request@lists.example".into(),
            leave_address: "pumps-leave@lists.example".into(),
            owner_address: "pumps-owner@lists.example".into(),
            archive_url: "https://lists.example/c/pumps/".into(),
        };
        let bare = Welcome {
            norms: vec![],
            archive_url: String::new(),
            ..full.clone()
        };
        vec![full, bare]
    }
}

/// To somebody who left or was removed.
#[derive(Debug, Clone, Serialize)]
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
        };
        vec![
            Goodbye {
                asked: false,
                ..asked.clone()
            },
            asked,
        ]
    }
}

/// To the members, now and then: does the charter still hold?
#[derive(Debug, Clone, Serialize)]
pub struct CharterReview {
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
        vec![later, first]
    }
}
