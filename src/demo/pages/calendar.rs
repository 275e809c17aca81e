//! `/demo/PERSON/calendar`: what a simulated person's calendar program shows.

use axum::extract::{Path, State};
use axum::response::Response;
use chrono::{DateTime, TimeDelta, Utc};

use super::{Shared, Stage, nothing, show};
use crate::clock::moment;
use crate::demo::calendar::Held;
use crate::demo::story::Person;
use crate::web::headers::CSP;
use crate::web::pages::demo::{Appointment, DemoCalendar};
use crate::web::pages::parts::Link;

/// So far ahead is shown, in days.
const AHEAD: i64 = 10 * 7;
/// So many of those that are over are shown.
const MOST_OVER: usize = 20;

pub(super) async fn calendar(State(stage): Shared, Path(slug): Path<String>) -> Response {
    let Some(person) = stage.story.person(&slug) else {
        return nothing(&stage);
    };
    let now = moment(stage.ctx.now());
    let (agenda, _) = stage.mailboxes.agenda(&person.address);
    let all = agenda.sessions();
    let is_over = |held: &&Held| held.at().is_some_and(|at| at <= now);
    let over = all.iter().rev().filter(is_over).take(MOST_OVER);
    let page = DemoCalendar {
        mailbox: Link::new(format!("/demo/{slug}"), &person.name),
        program: person.calendar.name().to_owned(),
        coming: coming(&all, now)
            .map(|held| appointment(&stage, person, held))
            .collect(),
        over: over.map(|held| appointment(&stage, person, held)).collect(),
        now: stage.ctx.today().into(),
    };
    show(&stage, &page, CSP)
}

/// To somebody's calendar, with the number of sessions that it shows.
pub(super) fn link(stage: &Stage, person: &Person) -> Link {
    let (agenda, _) = stage.mailboxes.agenda(&person.address);
    let all = agenda.sessions();
    let count = coming(&all, moment(stage.ctx.now())).count();
    Link::new(format!("/demo/{}/calendar", person.slug), count.to_string())
}

fn coming<'a, 'b>(all: &'b [Held<'a>], now: DateTime<Utc>) -> impl Iterator<Item = &'b Held<'a>> {
    let until = now + TimeDelta::days(AHEAD);
    let is_coming = move |held: &&Held| held.at().is_some_and(|at| at > now && at <= until);
    all.iter().filter(is_coming)
}

fn appointment(stage: &Stage, person: &Person, held: &Held<'_>) -> Appointment {
    let uid = held.event.get("UID");
    let said = stage
        .mailboxes
        .answer(&person.address, &uid, &held.original);
    Appointment {
        title: held.event.get("SUMMARY"),
        at: held.at().unwrap_or_default().into(),
        place: held.event.get("LOCATION"),
        moved: held.is_moved(),
        answer: match said.as_deref() {
            Some("ACCEPTED") => "accepted",
            Some("DECLINED") => "declined",
            Some("TENTATIVE") => "perhaps",
            _ => "not answered",
        }
        .to_owned(),
    }
}
