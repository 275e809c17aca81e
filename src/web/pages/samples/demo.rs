//! The pages of the demonstration.

use super::super::demo::{
    Appointment, DemoCalendar, DemoIndex, DemoMail, DemoMailbox, Header, Person, Received, Shown,
    Week,
};
use super::super::parts::Link;
use super::super::post::{Attachment, Body};
use super::{ANSWER, community, moment, pager};

pub(super) fn index() -> DemoIndex {
    let person = |slug: &str, name: &str, role: &str, mails| Person {
        link: Link::new(format!("/demo/{slug}"), name),
        address: format!("{slug}@plant.example"),
        role: role.into(),
        mails,
        calendar: Link::new(format!("/demo/{slug}/calendar"), "5"),
    };
    let week = |number, text: &str| Week {
        number,
        shows: vec![Shown {
            text: text.into(),
            mailbox: Link::new("/demo/bo", "Bo Ek"),
        }],
    };
    DemoIndex {
        weeks: vec![
            week(1, "Bo joins by mail, confirms, and is welcomed."),
            week(
                2,
                "A post from an address nobody knows waits for Ann’s ACCEPT.",
            ),
        ],
        people: vec![
            person("ann", "Ann Facilitator", "facilitator, moderator", 128),
            person("bo", "Bo Ek", "member", 64),
        ],
        communities: vec![community().link()],
        now: moment(90),
    }
}

pub(super) fn mailbox() -> DemoMailbox {
    let mail = |n: u32, subject: &str, from: &str, kind: Option<&str>| Received {
        link: Link::new(format!("/demo/ann/{n}"), subject),
        from: from.into(),
        at: moment(i64::from(n)),
        kind: kind.map(str::to_owned),
    };
    DemoMailbox {
        name: "Ann Facilitator".into(),
        address: "ann@plant.example".into(),
        count: 128,
        mails: vec![
            mail(
                9,
                "[pumps] Re: Seal leaks after a week",
                "Bo Ek via Pumps community",
                None,
            ),
            mail(
                8,
                "To decide: Seal leaks after a week",
                "Pumps community",
                Some("moderation"),
            ),
        ],
        calendar: Link::new("/demo/ann/calendar", "5"),
        pager: pager(),
    }
}

pub(super) fn calendar() -> DemoCalendar {
    let at = |n: i64, answer: &str, moved| Appointment {
        title: "Pump clinic".into(),
        at: moment(n),
        place: "https://meet.example/pumps".into(),
        moved,
        answer: answer.into(),
    };
    DemoCalendar {
        mailbox: Link::new("/demo/ann", "Ann Facilitator"),
        program: "Google Calendar".into(),
        coming: vec![at(100, "accepted", true), at(114, "not answered", false)],
        over: vec![at(86, "declined", false)],
        now: moment(90),
    }
}

pub(super) fn mail() -> DemoMail {
    let header = |name: &str, value: &str| Header {
        name: name.into(),
        value: value.into(),
    };
    DemoMail {
        mailbox: Link::new("/demo/ann", "Ann Facilitator"),
        subject: "[pumps] Re: Seal leaks after a week".into(),
        from: "Bo Ek <bo@plant.example>".into(),
        to: "pumps@lists.example".into(),
        cc: "Jonas Weber <jonas@freemail.example>".into(),
        at: moment(9),
        headers: vec![
            header("List-Id", "Pumps community <pumps.lists.example>"),
            header(
                "List-Unsubscribe",
                "<https://lists.example/u/k3v9m2q7x4k3v9m2q7x4k3v9m2q7x4>",
            ),
        ],
        body: Body::new(ANSWER),
        html_href: Some("demo-mail-html.html".into()),
        attachments: vec![Attachment::new("pump3.jpg", "image/jpeg", 3_400_000)],
        pager: pager(),
    }
}
