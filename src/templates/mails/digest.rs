//! The posts of a while in one mail that can be read and replied to.

use serde::Serialize;

use super::{BundleSection, Mail};

/// To a member who chose a digest, or headlines.
#[derive(Debug, Clone, Default, Serialize)]
pub struct Digest {
    /// The community's name.
    pub community: String,
    /// The time it is about, as people write it: "5 to 11 January 2026".
    pub period: String,
    /// The list's tag for subjects, with its brackets; or empty.
    pub tag: String,
    /// How many posts there were.
    pub posts: u32,
    /// How many threads had posts.
    pub threads: u32,
    /// How many posts are in threads that found no room here.
    pub left_out: u32,
    /// Whether the posts are attached as they went to the list.
    pub attached: bool,
    /// Mails for its reader alone that go with it; their numbers come first.
    pub sections: Vec<BundleSection>,
    /// The threads that had posts.
    pub items: Vec<DigestItem>,
    /// Whether it has titles only.
    pub headlines: bool,
    /// The archive's front; empty where there is none.
    pub archive_url: String,
    /// Where mail goes to leave.
    pub leave_address: String,
    /// Where a person answers questions.
    pub owner_address: String,
}

/// One thread of a digest.
#[derive(Debug, Clone, Default, Serialize)]
pub struct DigestItem {
    /// Its number in this digest, from 1; a reply names it.
    pub number: u32,
    /// Its subject.
    pub subject: String,
    /// How many posts it had.
    pub count: u32,
    /// Who wrote, names with commas between them.
    pub authors: String,
    /// Its topic; or empty.
    pub topic: String,
    /// Whether it stays among members.
    pub private: bool,
    /// Where the thread can be read; or empty.
    pub url: String,
    /// How many of its posts found no room here; 0 in headlines.
    pub more: u32,
    /// Its posts; empty in headlines.
    pub messages: Vec<DigestMessage>,
}

/// One post of a digest.
#[derive(Debug, Clone, Default, Serialize)]
pub struct DigestMessage {
    /// Its author's name.
    pub author: String,
    /// When it was written, as people write it.
    pub when: String,
    /// Its text, or the beginning of it: a line for each paragraph where that can
    /// be told, because narrow screens break lines elsewhere; "" between paragraphs.
    pub text: Vec<String>,
    /// Where it can be read whole; or empty.
    pub url: String,
    /// Its author's address, for a private answer; or empty.
    pub address: String,
}

impl Mail for Digest {
    const NAME: &'static str = "digest";

    fn samples() -> Vec<Digest> {
        let full = Digest {
            community: "Pumps community".into(),
            period: "5 to 11 January 2026".into(),
            tag: "[pumps]".into(),
            posts: 3,
            threads: 2,
            left_out: 0,
            attached: false,
            sections: Vec::new(),
            items: vec![leaking(), alone()],
            headlines: false,
            archive_url: "https://lists.example/c/pumps/".into(),
            leave_address: "pumps-leave@lists.example".into(),
            owner_address: "pumps-owner@lists.example".into(),
        };
        let mut headlines = Digest {
            headlines: true,
            ..full.clone()
        };
        headlines
            .items
            .iter_mut()
            .for_each(|item| item.messages.clear());
        let attached = Digest {
            attached: true,
            ..headlines.clone()
        };
        let one = Digest {
            tag: String::new(),
            posts: 1,
            threads: 1,
            items: vec![alone()],
            archive_url: String::new(),
            ..full.clone()
        };
        let crowded = Digest {
            posts: 60,
            threads: 40,
            left_out: 50,
            items: vec![DigestItem {
                count: 9,
                more: 7,
                ..leaking()
            }],
            ..full.clone()
        };
        let cut = Digest {
            archive_url: String::new(),
            ..crowded.clone()
        };
        let asked = Digest {
            sections: vec![BundleSection {
                number: 1,
                subject: "Does our charter still hold?".into(),
                community: String::new(),
                answers_to: String::new(),
                lines: vec!["Reply with what you would change.".into()],
            }],
            items: vec![DigestItem {
                number: 2,
                ..leaking()
            }],
            ..full.clone()
        };
        vec![full, headlines, attached, one, crowded, cut, asked]
    }
}

fn leaking() -> DigestItem {
    let message = |author: &str, when: &str, text: &[&str]| DigestMessage {
        author: author.into(),
        when: when.into(),
        text: text.iter().map(|line| (*line).into()).collect(),
        url: "https://lists.example/c/pumps/m/k3v9m2q7x4".into(),
        address: "bo@plant.example".into(),
    };
    DigestItem {
        number: 1,
        subject: "Seal leaks after a week".into(),
        count: 2,
        authors: "Bo Ek, Ann Berg".into(),
        topic: "seals".into(),
        private: false,
        more: 0,
        url: "https://lists.example/c/pumps/t/k3v9m2q7x4".into(),
        messages: vec![
            message(
                "Bo Ek",
                "Monday, 5 January",
                &[
                    "Hello all,",
                    "",
                    "the new seal on pump 3 drips again, a week after we changed it.",
                    "Has anybody seen this with the 40 mm type?",
                ],
            ),
            message(
                "Ann Berg",
                "Tuesday, 6 January",
                &["Yes. Ours did too until we polished the shaft."],
            ),
        ],
    }
}

fn alone() -> DigestItem {
    DigestItem {
        number: 2,
        subject: "Who comes to the workshop in March?".into(),
        count: 1,
        authors: "Cy Lund".into(),
        topic: String::new(),
        private: true,
        more: 0,
        url: String::new(),
        messages: vec![DigestMessage {
            author: "Cy Lund".into(),
            when: "Friday, 9 January".into(),
            text: vec!["We have room for twenty. …".into()],
            url: String::new(),
            address: String::new(),
        }],
    }
}
