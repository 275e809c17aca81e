//! Coming in: confirmations, invitations, and requests that a moderator decides.

use serde::Serialize;

use super::Mail;

/// To the owner of an address in whose name something was asked. Which of its forms
/// it takes, the first field that is set says, in the order `erasing`, `linked_to`,
/// `new_address`, `commands`, `leaving`; with none it is about joining.
#[derive(Debug, Clone, Default, Serialize)]
pub struct Confirm {
    /// The community's name.
    pub community: String,
    /// The charter's sentence on what the community is about.
    pub about: String,
    /// The address that asked, or in whose name it was asked.
    pub address: String,
    /// How long the request waits, in days.
    pub days: u32,
    /// Where a person answers questions.
    pub owner_address: String,
    /// Whether they asked to leave; else they asked to join.
    pub leaving: bool,
    /// What a mail from an unproven address asked for, a sentence each; or empty.
    pub commands: Vec<String>,
    /// Who proposes that, where it waits for a facilitator; or empty.
    pub proposed_by: String,
    /// The address that mail comes to so far, where it is to change.
    pub old_address: String,
    /// The address that mail is to come to; or empty.
    pub new_address: String,
    /// Whether this mail goes to the new one of the two addresses.
    pub is_new_end: bool,
    /// The member's address that this one is to be linked with; or empty.
    pub linked_to: String,
    /// Whether all that is kept of them is to be erased. It takes a plain yes.
    pub erasing: bool,
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
            ..Confirm::default()
        };
        let moving = Confirm {
            old_address: "bo@plant.example".into(),
            new_address: "bo@home.example".into(),
            ..joining.clone()
        };
        vec![
            joining.clone(),
            Confirm {
                leaving: true,
                ..joining.clone()
            },
            Confirm {
                commands: vec![
                    "Posts come once a week, in a digest.".into(),
                    "Nothing comes until 14 January 2026.".into(),
                ],
                ..joining.clone()
            },
            Confirm {
                commands: vec!["session 2026-03-24 16:00 60m: Seals that failed".into()],
                proposed_by: "Bo".into(),
                ..joining.clone()
            },
            Confirm {
                is_new_end: true,
                address: "bo@home.example".into(),
                ..moving.clone()
            },
            moving,
            Confirm {
                linked_to: "bo@work.example".into(),
                ..joining.clone()
            },
            Confirm {
                erasing: true,
                ..joining
            },
        ]
    }
}

/// To somebody whom a facilitator asks to join.
#[derive(Debug, Clone, Default, Serialize)]
pub struct ListInvitation {
    /// The community's name.
    pub community: String,
    /// The charter's three elements.
    pub about: String,
    /// Who belongs to it.
    pub people: String,
    /// What it works on.
    pub practice: String,
    /// Who invites, by name.
    pub inviter: String,
    /// Their own words, line by line; may be empty.
    pub message: Vec<String>,
    /// How long the invitation holds, in days.
    pub days: u32,
    /// Where a person answers questions.
    pub owner_address: String,
}

impl Mail for ListInvitation {
    const NAME: &'static str = "list-invitation";

    fn samples() -> Vec<ListInvitation> {
        let full = ListInvitation {
            community: "Pumps community".into(),
            about: "How we choose, run and repair pumps, in every plant.".into(),
            people: "Engineers, operators and buyers who help one another.".into(),
            practice: "Field notes, failure reports and selection guides.".into(),
            inviter: "Ann Berg".into(),
            message: vec![
                "Dear Bo,".into(),
                "you know more about seals than all of us.".into(),
            ],
            days: 14,
            owner_address: "pumps-owner@lists.example".into(),
        };
        let bare = ListInvitation {
            message: vec![],
            ..full.clone()
        };
        vec![full, bare]
    }
}

/// To a moderator: somebody wants to join, and the words that decide.
#[derive(Debug, Clone, Default, Serialize)]
pub struct JoinRequest {
    /// The community's name.
    pub community: String,
    /// The address that wants to join.
    pub address: String,
    /// Whether something shows that the owner of the address asked.
    pub is_proven: bool,
    /// Their name; may be empty.
    pub name: String,
    /// What they wrote, line by line; may be empty.
    pub words: Vec<String>,
    /// How long the request waits, in days.
    pub days: u32,
    /// For how many days it has waited; 0 in the first mail, more in a reminder.
    pub waits_days: u32,
    /// The day on which it is dropped, as people write it; for a reminder.
    pub dropped_on: String,
    /// The page on which one press decides; or empty.
    pub decide_url: String,
}

impl Mail for JoinRequest {
    const NAME: &'static str = "moderation";
    const TEMPLATE: &'static str = "moderation-join";

    fn samples() -> Vec<JoinRequest> {
        let full = JoinRequest {
            community: "Pumps community".into(),
            address: "bo@plant.example".into(),
            is_proven: false,
            name: "Bo Ek".into(),
            words: vec![
                "I run the pumps in the north plant".into(),
                "and would like to read along.".into(),
            ],
            days: 14,
            waits_days: 0,
            dropped_on: String::new(),
            decide_url: "https://lists.example/join/k3v9m2q7x4".into(),
        };
        let reminder = JoinRequest {
            is_proven: true,
            name: String::new(),
            words: vec![],
            waits_days: 7,
            dropped_on: "14 January 2026".into(),
            decide_url: String::new(),
            ..full.clone()
        };
        vec![full, reminder]
    }
}

/// To somebody who wanted to join and does not. Which of its forms it takes, the
/// first field that is set says, in the order `closed`, `rejected`, `expired`, `too_late`;
/// with none, only whom somebody invites can join.
#[derive(Debug, Clone, Default, Serialize)]
pub struct JoinOutcome {
    /// The community's name.
    pub community: String,
    /// The community is closed.
    pub closed: bool,
    /// Where its archive can be read; or empty.
    pub archive_url: String,
    /// A moderator said no.
    pub rejected: bool,
    /// Their reason; may be empty.
    pub reason: String,
    /// No moderator decided in time.
    pub expired: bool,
    /// Their own yes came too late.
    pub too_late: bool,
    /// How long there was time, in days.
    pub days: u32,
    /// Where to write to ask again.
    pub join_address: String,
    /// Where a person answers questions.
    pub owner_address: String,
}

impl Mail for JoinOutcome {
    const NAME: &'static str = "join-outcome";

    fn samples() -> Vec<JoinOutcome> {
        let invite_only = JoinOutcome {
            community: "Pumps community".into(),
            days: 14,
            join_address: "pumps-join@lists.example".into(),
            owner_address: "pumps-owner@lists.example".into(),
            ..JoinOutcome::default()
        };
        let unreasoned = JoinOutcome {
            rejected: true,
            ..invite_only.clone()
        };
        let rejected = JoinOutcome {
            reason: "We are for those who run pumps.".into(),
            ..unreasoned.clone()
        };
        let expired = JoinOutcome {
            expired: true,
            ..invite_only.clone()
        };
        let too_late = JoinOutcome {
            too_late: true,
            ..invite_only.clone()
        };
        let closed = JoinOutcome {
            closed: true,
            ..invite_only.clone()
        };
        let readable = JoinOutcome {
            archive_url: "https://lists.example/c/pumps/".into(),
            ..closed.clone()
        };
        vec![
            invite_only,
            unreasoned,
            rejected,
            expired,
            too_late,
            closed,
            readable,
        ]
    }
}

/// To a member: what they have agreed to has changed.
#[derive(Debug, Clone, Default, Serialize)]
pub struct AgreementChanged {
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
    /// The charter's version that they agree to, as "3".
    pub version: String,
    /// How long they may post without having agreed, in days.
    pub days: u32,
    /// Where a person answers questions.
    pub owner_address: String,
}

impl Mail for AgreementChanged {
    const NAME: &'static str = "welcome";
    const TEMPLATE: &'static str = "agreement-changed";

    fn samples() -> Vec<AgreementChanged> {
        let full = AgreementChanged {
            community: "Pumps community".into(),
            about: "How we choose, run and repair pumps, in every plant.".into(),
            people: "Engineers, operators and buyers who help one another.".into(),
            practice: "Field notes, failure reports and selection guides.".into(),
            norms: vec!["Ask before you are sure.".into()],
            version: "3".into(),
            days: 30,
            owner_address: "pumps-owner@lists.example".into(),
        };
        let bare = AgreementChanged {
            norms: vec![],
            ..full.clone()
        };
        vec![full, bare]
    }
}
