//! `/r/TOKEN` of an invitation: whether somebody comes, to all sessions of a series or to
//! one.

use axum::http::StatusCode;
use axum::response::Response;
use chrono::NaiveDate;
use chrono_tz::Tz;

use super::answer::{Found, Refusal, field, show as page};
use super::form_open::Fields;
use super::pages::rsvp::{Choice, RsvpForm};
use crate::calendar::read::Partstat;
use crate::clock::moment;
use crate::context::Context;
use crate::lists::home::Home;
use crate::sessions::rsvp::page::{self as answers, Coming, Opened};
use crate::store::rsvps::Rsvp;
use crate::store::{self, Tx, communities};

/// Shows what is asked, and what was said so far.
pub(super) async fn show(ctx: &Context, token: &str) -> Found<Response> {
    let opened = open(&mut ctx.read().await?, ctx, token).await?;
    Ok(shown(ctx, &opened, token, Note::default()))
}

/// Records an answer.
pub(super) async fn act(ctx: &Context, token: &str, fields: &Fields) -> Found<Response> {
    let mut tx = ctx.write_durably().await?;
    let opened = open(&mut tx, ctx, token).await?;
    communities::lock(&mut tx, opened.community.id).await?;
    let wanted = match wanted(&opened, fields) {
        Ok(wanted) => wanted,
        Err(problem) => {
            let note = Note {
                problem: problem.to_owned(),
                ..Note::default()
            };
            return Ok(shown(ctx, &opened, token, note));
        }
    };
    let Some(charter) = ctx.charter(&opened.community) else {
        return Err(Refusal::NotFound);
    };
    let home = Home {
        ctx,
        community: &opened.community,
        charter: &charter,
    };
    let (on, partstat) = wanted;
    let said = (partstat, field(fields, "comment"));
    let done = answers::answer(&mut tx, &home, &opened, on, said).await?;
    store::notify(&mut tx).await?;
    // What is shown is what is recorded now.
    let opened = open(&mut tx, ctx, token).await?;
    tx.commit().await?;
    let note = Note {
        done,
        ..Note::default()
    };
    Ok(shown(ctx, &opened, token, note))
}

async fn open(tx: &mut Tx, ctx: &Context, token: &str) -> Found<Opened> {
    let opened = answers::open(tx, ctx, token).await?;
    opened.ok_or(Refusal::NotFound)
}

/// What a form says, or what is wrong with it.
fn wanted(opened: &Opened, fields: &Fields) -> Result<(Option<NaiveDate>, Partstat), &'static str> {
    if opened.coming.is_empty() {
        return Err("No session is to come, so nothing was noted.");
    }
    let partstat = match Partstat::named(&field(fields, "partstat").to_ascii_uppercase()) {
        Some(Partstat::Delegated) | None => {
            return Err("Nothing was noted: choose whether you come.");
        }
        Some(partstat) => partstat,
    };
    let on = match field(fields, "on") {
        "" => None,
        day => Some(day.parse().map_err(|_| NO_SUCH_DAY)?),
    };
    let is_known = |on: &NaiveDate| opened.coming.iter().any(|one| one.on == *on);
    match on.as_ref().is_none_or(is_known) {
        true => Ok((on, partstat)),
        false => Err(NO_SUCH_DAY),
    }
}

const NO_SUCH_DAY: &str = "Nothing was noted: that session is not among those to come.";

/// What the page says of what was just sent.
#[derive(Default)]
struct Note {
    done: String,
    problem: String,
}

fn shown(ctx: &Context, opened: &Opened, token: &str, note: Note) -> Response {
    let status = match (opened.coming.is_empty(), note.problem.is_empty()) {
        (true, _) => StatusCode::GONE,
        (false, false) => StatusCode::UNPROCESSABLE_ENTITY,
        (false, true) => StatusCode::OK,
    };
    let series: Option<Tz> = opened.series.zone.parse().ok();
    let zone = opened.member.tz.parse().ok().or(series).unwrap_or(Tz::UTC);
    let to_all = opened.said.as_ref();
    let form = RsvpForm {
        community: opened.community.name.clone(),
        title: opened.series.title.clone(),
        address: opened.member.address.clone(),
        said: to_all.map_or_else(String::new, |one| in_words(one).to_owned()),
        is_series: !opened.series.rule.is_empty(),
        zone: zone.name().to_owned(),
        dates: opened
            .coming
            .iter()
            .map(|one| choice(one, to_all, zone))
            .collect(),
        done: note.done,
        problem: note.problem,
        action: format!("/r/{token}"),
    };
    page(ctx, status, &form)
}

fn choice(one: &Coming, to_all: Option<&Rsvp>, zone: Tz) -> Choice {
    let local = moment(one.starts_at).with_timezone(&zone);
    let said = one.said.as_ref().or(to_all);
    Choice {
        on: one.on.to_string(),
        when: local.format("%a %-d %B %Y, %H:%M").to_string(),
        iso: local.format("%Y-%m-%dT%H:%M:%S%:z").to_string(),
        said: said.map_or_else(String::new, |one| in_words(one).to_owned()),
    }
}

fn in_words(answer: &Rsvp) -> &'static str {
    match Partstat::named(&answer.partstat) {
        Some(Partstat::Accepted) => "you come",
        Some(Partstat::Declined) => "you do not come",
        Some(Partstat::Tentative) => "you may come",
        Some(Partstat::Delegated) => "you send somebody else",
        None => "",
    }
}
