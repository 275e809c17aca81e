//! Every page with everything it can show, so that replaced templates are tried
//! before a reader sees them and every page can be looked at.

mod demo;
mod figure;
mod hold;
mod person;
mod rsvp;

use chrono::DateTime;
use serde_json::Value;

use super::community_front::{CommunityFront, Month, Thread};
use super::community_index::{Card, CommunityIndex};
use super::definitions::Definitions;
use super::learnings::LearningsPage;
use super::message::MessagePage;
use super::notice::Notice;
use super::parts::{Community, Link, Moment, Pager};
use super::post::{File, Post, PostView};
use super::search::{Found, SearchPage, total};
use super::survey::{SurveyDone, SurveyForm};
use super::thread::{Entry, ThreadPage};
use super::unsubscribe::{UnsubscribeDone, UnsubscribeForm};
use super::{Page, frame};
use crate::archive::query::Query;
use crate::archive::snippet::{marked_subject, snippet};
use crate::web::text::mask_addresses;

/// A name for each sample, its template, and what the template gets.
pub fn samples() -> Vec<(&'static str, &'static str, Value)> {
    let mut all = Vec::new();
    let index = CommunityIndex {
        site: "lists.example".into(),
        communities: cards(),
    };
    add(&mut all, "index", &index);
    add(
        &mut all,
        "index-empty",
        &CommunityIndex {
            communities: vec![],
            ..index
        },
    );
    add(&mut all, "definitions", &Definitions::new());
    add(&mut all, "front", &front());
    add(&mut all, "front-empty", &empty_front());
    add(&mut all, "thread", &thread());
    add(&mut all, "message", &message());
    add(&mut all, "search", &search());
    add(
        &mut all,
        "search-help",
        &SearchPage {
            query: String::new(),
            is_asked: false,
            ..search()
        },
    );
    let nothing = SearchPage {
        results: vec![],
        total: total(0, true),
        ..search()
    };
    add(&mut all, "search-nothing", &nothing);
    add(&mut all, "learnings", &LearningsPage::sample());
    add(&mut all, "learnings-empty", &LearningsPage::empty_sample());
    add_forms(&mut all);
    add(&mut all, "survey", &SurveyForm::sample());
    add(&mut all, "survey-done", &SurveyDone::sample());
    add(&mut all, "hold", &hold::form());
    add(&mut all, "hold-one", &hold::one_of_many());
    add(&mut all, "hold-done", &hold::done());
    add(&mut all, "hold-list", &hold::list());
    add(&mut all, "hold-list-empty", &hold::nothing());
    add(&mut all, "person", &person::page());
    add(&mut all, "person-plain", &person::plain());
    add(&mut all, "person-nowhere", &person::nowhere());
    add(&mut all, "rsvp", &rsvp::series());
    add(&mut all, "rsvp-one", &rsvp::single());
    add(&mut all, "rsvp-over", &rsvp::over());
    add(&mut all, "link", &person::link());
    add(&mut all, "link-wrong", &person::link_wrong());
    add(&mut all, "link-asked", &person::link_asked());
    add(&mut all, "join", &person::join());
    add(&mut all, "join-desk", &person::join_on_desk());
    add(&mut all, "join-done", &person::join_done());
    add(&mut all, "join-done-desk", &person::join_done_on_desk());
    add(&mut all, "desk", &person::desk());
    add(&mut all, "desk-empty", &person::desk_empty());
    add(&mut all, "figure", &figure::page());
    add(&mut all, "figure-nothing", &figure::nothing());
    add(&mut all, "figure-people", &figure::of_people());
    add(&mut all, "demo", &demo::index());
    add(&mut all, "demo-mailbox", &demo::mailbox());
    add(&mut all, "demo-calendar", &demo::calendar());
    add(&mut all, "demo-mail", &demo::mail());
    all
}

/// What [`Templates::try_samples`](crate::templates::Templates::try_samples) takes.
pub fn by_template() -> Vec<(String, Value)> {
    samples()
        .into_iter()
        .map(|(_, template, value)| (template.to_owned(), value))
        .collect()
}

fn add<P: Page>(all: &mut Vec<(&'static str, &'static str, Value)>, name: &'static str, page: &P) {
    if let Ok(value) = serde_json::to_value(frame(page)) {
        all.push((name, P::TEMPLATE, value));
    }
}

fn add_forms(all: &mut Vec<(&'static str, &'static str, Value)>) {
    let form = UnsubscribeForm {
        community: "Pumps community".into(),
        address: "bo@plant.example".into(),
        kind: None,
        action: "/u/k3v9m2q7x4".into(),
    };
    let done = UnsubscribeDone {
        community: form.community.clone(),
        address: form.address.clone(),
        kind: None,
        join_address: "pumps-join@lists.example".into(),
    };
    add(all, "unsubscribe", &form);
    add(
        all,
        "unsubscribe-kind",
        &UnsubscribeForm {
            kind: Some("session-rating".into()),
            ..form
        },
    );
    add(all, "unsubscribed", &done);
    add(
        all,
        "unsubscribed-kind",
        &UnsubscribeDone {
            kind: Some("session-rating".into()),
            ..done
        },
    );
    add(all, "not-found", &Notice::not_found());
    let closed = ("pumps-join@lists.example", "pumps-owner@lists.example");
    add(
        all,
        "members-only",
        &Notice::members_only("Pumps community", closed.0, closed.1),
    );
    add(all, "gone", &Notice::gone());
    add(all, "link-ended", &Notice::link_ended());
    add(all, "refused", &Notice::refused());
    add(all, "trouble", &Notice::trouble());
}

fn community() -> Community {
    Community {
        slug: "pumps".into(),
        name: "Pumps community".into(),
        language: "en".into(),
        is_private: false,
    }
}

fn moment(day: i64) -> Moment {
    DateTime::from_timestamp(1_767_603_600 + day * 86_400, 0)
        .unwrap_or_default()
        .into()
}

fn pager() -> Pager {
    Pager {
        newer: Some("?page=1".into()),
        older: Some("?page=3".into()),
    }
}

fn cards() -> Vec<Card> {
    let seals = Card {
        link: Link::new("/c/seals/", "Seals and bearings"),
        about: "What keeps the water where it belongs.".into(),
        is_private: true,
    };
    let about = "How we choose, run and repair pumps, in every plant.".to_owned();
    vec![
        Card {
            link: community().link(),
            about,
            is_private: false,
        },
        seals,
    ]
}

fn front() -> CommunityFront {
    let thread = |id, subject, author, day, replies| {
        Thread::new(
            format!("/c/pumps/t/{}", permalink(id)),
            subject,
            author,
            moment(day),
            replies,
        )
    };
    let month = |href: &str, text, posts| Month {
        link: Link::new(href, text),
        posts,
    };
    CommunityFront {
        closed: false,
        community: community(),
        about: "How we choose, run and repair pumps, in every plant.".into(),
        post_address: "pumps@lists.example".into(),
        join_address: "pumps-join@lists.example".into(),
        month: None,
        mbox_href: None,
        months: vec![
            month("/c/pumps/?month=2026-01", "January 2026", 41),
            month("/c/pumps/?month=2025-12", "December 2025", 17),
        ],
        threads: vec![
            thread(7, "Seal leaks after a week", "Ann Facilitator", 9, 12),
            thread(
                5,
                "Kreiselpumpenkennlinienberechnungsvorschrift_2026-01-05_final.xlsx",
                "Bo Ek",
                7,
                1,
            ),
            thread(
                3,
                "Who has run a booster set dry, and what did it cost you in the end?",
                "田中",
                3,
                0,
            ),
        ],
        pager: pager(),
    }
}

fn empty_front() -> CommunityFront {
    let community = Community {
        is_private: true,
        ..community()
    };
    let month = Some("January 2026".into());
    let (months, threads, pager) = (vec![], vec![], Pager::default());
    CommunityFront {
        closed: true,
        community,
        month,
        mbox_href: Some("/c/pumps/mbox/2026-01".into()),
        join_address: String::new(),
        months,
        threads,
        pager,
        ..front()
    }
}

const QUESTION: &str = "Hello all,\n\nthe new shaft seal on pump 3 drips again, a week after it was \
fitted. The data sheet is at https://maker.example/seals/(type%2012)?size=40&lang=en.\n\n    bar   l/h\n    \
2.0   0.4\n    4.0   1.9\n\nHas anybody run this one at more than 4 bar? \
/var/log/plc/2026/01/05/pump-3/pressure-and-temperature-every-second-of-the-whole-week.csv\n-- \nAnn\nPlant 2, room 4";
const ANSWER: &str = "On Mon, 5 Jan 2026 at 09:00, Ann <ann@plant.example> wrote:\n> the new shaft \
seal on pump 3 drips again\n\nYes. Ours did too until we polished the shaft.\n\n>> Has anybody run this one\n>> at \
more than 4 bar?\n> I have not, but I would look at\n> the alignment first.\n> Then at the spring.\n\nWe do, at 5.";

fn permalink(number: i64) -> String {
    crate::links::permalink(&format!("{number}@plant.example"))
}

fn view(number: i64, depth: usize, author: &str, text: &str) -> PostView {
    let attachments = [File {
        name: "pump3.jpg".to_owned(),
        kind: "image/jpeg".to_owned(),
        size: 3_400_000,
        part: Some(2),
    }];
    let sent_at = DateTime::from_timestamp(1_767_603_600 + number * 4_000, 0).unwrap_or_default();
    let attachments = if depth == 0 { &attachments[..] } else { &[] };
    let subject = if depth == 3 {
        "Polishing shafts"
    } else {
        "Re: Seal leaks after a week"
    };
    PostView::new(
        "pumps",
        &Post {
            permalink: &permalink(number),
            depth,
            author,
            sent_at,
            subject,
            text,
            attachments,
        },
        true,
    )
}

fn thread() -> ThreadPage {
    let entries = vec![
        Entry::post(view(7, 0, "Ann Facilitator", QUESTION)),
        Entry::post(view(8, 1, "Bo Ek", ANSWER)),
        Entry::post(view(9, 2, "cy@plant.example", "Same here.")),
        Entry::absent(1),
        Entry::post(view(10, 3, "田中", "磨きました。水道ポンプも同じです。")),
        Entry::post(view(
            11,
            8,
            "Dee",
            "As deep as it gets, and still wide enough to be read.",
        )),
    ];
    ThreadPage {
        earlier: Some("?page=1".into()),
        later: Some("?page=3".into()),
        ..ThreadPage::new(community(), "Seal leaks after a week", 5, entries)
    }
}

fn message() -> MessagePage {
    MessagePage {
        frame_href: None,
        text_href: None,
        layout_href: Some("?layout=own".into()),
        community: community(),
        post: view(7, 0, "Ann Facilitator", QUESTION),
        thread_href: format!("/c/pumps/t/{0}#m{0}", permalink(7)),
        raw_href: Some(format!("/c/pumps/m/{}/raw", permalink(7))),
    }
}

fn search() -> SearchPage {
    let query = Query::parse("\"shaft seal\" -rubber");
    let text = "Ann <ann@plant.example> says: the new shaft seal on pump 3 drips again, a week after it was fitted.";
    let found = Found {
        href: format!("/c/pumps/m/{}", permalink(7)),
        subject: marked_subject("Shaft seal leaks after a week", &query),
        author: mask_addresses("ann@plant.example"),
        at: moment(9),
        excerpt: snippet(&mask_addresses(text), &query),
    };
    SearchPage {
        community: community(),
        query: "\"shaft seal\" -rubber".into(),
        is_asked: true,
        total: total(2, true),
        results: vec![found.clone(), found],
        pager: pager(),
    }
}
