//! A person's own page, the desk, and who waits to be let in.

use super::{figure, hold, moment};
use crate::web::pages::desk::{BanRow, DeskPage, JoinRow};
use crate::web::pages::joining::{JoinDone, JoinForm};
use crate::web::pages::person::{Choice, LinkForm, Membership, PersonPage, ThreadChoice};
use crate::web::pages::person::{MailSwitch, Mails};

fn choices(all: &[(&str, &str)], chosen: &str) -> Vec<Choice> {
    let choice = |(value, label): &(&str, &str)| Choice {
        value: (*value).into(),
        label: (*label).into(),
        is_chosen: *value == chosen,
    };
    all.iter().map(choice).collect()
}

fn membership() -> Membership {
    let deliveries = [
        ("each", "one by one"),
        ("digest", "bundled in a digest"),
        ("headlines", "as titles only, bundled"),
        ("none", "not at all; I stay a member"),
    ];
    let thread = |id, subject: &str, is_muted| ThreadChoice {
        id,
        subject: subject.into(),
        is_muted,
    };
    Membership {
        has_archive: true,
        posts_feed: "https://lists.example/f/k3v9m2q7x4k3v9m2q7x4k3v9m2q7x4/feed.atom".into(),
        id: 12,
        action: "/me/k3v9m2q7x4".into(),
        name: "Pumps community".into(),
        address: "bo@plant.example".into(),
        roles: "member and facilitator".into(),
        is_on_list: true,
        deliveries: choices(&deliveries, "digest"),
        own: true,
        copies: false,
        topics: choices(
            &[("seals", "Seals and bearings"), ("motors", "Motors")],
            "seals",
        ),
        is_paused: true,
        is_bouncing: false,
        paused_until: "14 January 2026".into(),
        tomorrow: "2026-01-06".into(),
        threads: vec![
            thread(5, "Seal leaks after a week", true),
            thread(7, "", false),
        ],
        feed: "https://lists.example/f/k3v9m2q7x4k3v9m2q7x4k3v9m2q7x4/calendar.ics".into(),
        has_desk: true,
        join_address: "pumps-join@lists.example".into(),
    }
}

fn mails() -> Mails {
    let switch = |name: &str, is_stopped| MailSwitch {
        name: name.into(),
        trigger: "the charter's `review` schedule".into(),
        is_stopped,
    };
    Mails {
        switches: vec![switch("charter-review", false), switch("thanks", true)],
        days: 14,
        is_least: false,
    }
}

/// Everything that it can show.
pub(super) fn page() -> PersonPage {
    let sponsor = Membership {
        id: 13,
        name: "Seals and bearings".into(),
        roles: "sponsor".into(),
        is_on_list: false,
        feed: String::new(),
        has_desk: false,
        join_address: String::new(),
        ..membership()
    };
    PersonPage {
        address: "bo@plant.example".into(),
        done: vec!["Pumps community: Posts now come bundled in a digest.".into()],
        refused: vec!["Pumps community: A pause needs a day to come.".into()],
        memberships: vec![membership(), sponsor],
        mails: mails(),
        addresses: vec!["bo@plant.example".into(), "bo@home.example".into()],
        action: "/me/k3v9m2q7x4".into(),
        data_href: "/me/k3v9m2q7x4/data.json".into(),
        ends: moment(1),
    }
}

/// One community, nothing special.
pub(super) fn plain() -> PersonPage {
    PersonPage {
        done: vec![],
        refused: vec![],
        mails: Mails::default(),
        memberships: vec![Membership {
            roles: "member".into(),
            topics: vec![],
            is_paused: false,
            is_bouncing: true,
            paused_until: String::new(),
            threads: vec![],
            has_desk: false,
            ..membership()
        }],
        ..page()
    }
}

/// Who has left everything.
pub(super) fn nowhere() -> PersonPage {
    PersonPage {
        memberships: vec![],
        ..plain()
    }
}

/// The form that has a link sent.
pub(super) fn link() -> LinkForm {
    LinkForm {
        is_asked: false,
        is_wrong: false,
        address: String::new(),
    }
}

/// What it says to a mistake.
pub(super) fn link_wrong() -> LinkForm {
    LinkForm {
        is_wrong: true,
        address: "bo at plant".into(),
        ..link()
    }
}

/// What it says to anybody else.
pub(super) fn link_asked() -> LinkForm {
    LinkForm {
        is_asked: true,
        ..link()
    }
}

/// Somebody who waits.
pub(super) fn join() -> JoinForm {
    JoinForm {
        community: "Pumps community".into(),
        address: "zoe@far.example".into(),
        name: "Zoë Far".into(),
        is_proven: false,
        words: vec![
            "I run the pumps in the north plant".into(),
            "and would like to read along.".into(),
        ],
        at: moment(0),
        until: moment(14),
        action: "/join/k3v9m2q7x4".into(),
        back: None,
    }
}

/// The same at a desk, with little known.
pub(super) fn join_on_desk() -> JoinForm {
    JoinForm {
        name: String::new(),
        is_proven: true,
        words: vec![],
        back: Some("/desk/k3v9m2q7x4".into()),
        ..join()
    }
}

/// What was decided.
pub(super) fn join_done() -> JoinDone {
    JoinDone {
        community: "Pumps community".into(),
        address: "zoe@far.example".into(),
        outcome: "zoe@far.example has joined: accepted by ann@plant.example.".into(),
        back: None,
    }
}

/// The same at a desk.
pub(super) fn join_done_on_desk() -> JoinDone {
    JoinDone {
        back: Some("/desk/k3v9m2q7x4".into()),
        ..join_done()
    }
}

/// A desk with something of everything.
pub(super) fn desk() -> DeskPage {
    let row = JoinRow {
        href: "/desk/k3v9m2q7x4/join/12".into(),
        address: "zoe@far.example".into(),
        name: "Zoë Far".into(),
        is_proven: true,
        at: moment(0),
    };
    let other = JoinRow {
        name: String::new(),
        is_proven: false,
        ..row.clone()
    };
    let ban = BanRow {
        pattern: "*@spam.example".into(),
        reason: "asked to join".into(),
        by: "ann@plant.example".into(),
        at: moment(0),
    };
    let unsaid = BanRow {
        reason: String::new(),
        ..ban.clone()
    };
    DeskPage {
        community: "Pumps community".into(),
        action: "/desk/k3v9m2q7x4".into(),
        told: vec!["cy@mill.example: invited.".into()],
        problem: "“cy” is no mail address; nobody was invited.".into(),
        holds: hold::list().rows,
        joins: vec![row, other],
        is_cut: true,
        figures: Some(figure::panel()),
        bans: vec![ban, unsaid],
        ends: moment(1),
    }
}

/// A desk on which nothing waits.
pub(super) fn desk_empty() -> DeskPage {
    DeskPage {
        told: vec![],
        problem: String::new(),
        holds: vec![],
        joins: vec![],
        is_cut: false,
        figures: None,
        bans: vec![],
        ..desk()
    }
}
