//! A reply to an invitation in plain words. It counts only from one of the member's own
//! addresses: an invitation that was passed on must not be answered in the first one's
//! name.

use super::instance::Instance;
use super::record::{self, Answer, Noted};
use super::{LONGEST_COMMENT, plain};
use crate::calendar::read::Partstat;
use crate::context::Context;
use crate::lists::home::Home;
use crate::lists::post::{Arrival, Outcome};
use crate::lists::{owner, receipt, replies};
use crate::message::oneline::oneline;
use crate::outbox::catalogue::{INVITATION, SESSION_CHANGE};
use crate::outbox::compose;
use crate::store::mails::{self, Mail};
use crate::store::members::{self, Member};
use crate::store::series::{self, Series};
use crate::store::{self, Tx};
use crate::templates::Phrase;

/// Message-IDs that are looked up of a reply at most.
const MOST_IDS: usize = 20;

/// A remark has more words than an answer.
const SHORTEST_COMMENT: usize = 4;

/// A mail in plain words to a member's own address. `None` where it is no reply to an
/// invitation, or asks for something else.
///
/// # Errors
/// Where the database refuses or an answer cannot be composed.
pub async fn in_words(
    tx: &mut Tx,
    ctx: &Context,
    arrival: &Arrival<'_>,
    member: &Member,
) -> Result<Option<Outcome>, compose::Error> {
    let home = Home::of(ctx, arrival);
    let Some((series, instance)) = answered(tx, arrival).await? else {
        return Ok(None);
    };
    let answer = plain::answer(&arrival.mail.visible_text);
    if !replies::is_own(tx, arrival, &member.address).await? {
        return passed_on(tx, &home, arrival).await.map(Some);
    }
    match answer.filter(|_| member.on_list()) {
        Some(partstat) => noted(tx, &home, arrival, (&series, member, &instance), partstat)
            .await
            .map(Some),
        None => Ok(None),
    }
}

/// The series, or the session of it, whose invitation a mail replies to.
async fn answered(tx: &mut Tx, arrival: &Arrival<'_>) -> store::Result<Option<(Series, Instance)>> {
    let mail = arrival.mail;
    let ids = mail.in_reply_to.iter().chain(mail.references.iter().rev());
    for id in ids.take(MOST_IDS) {
        for ours in mails::by_message_id(tx, id).await? {
            if let Some(found) = of_mail(tx, arrival.community.id, &ours).await? {
                return Ok(Some(found));
            }
        }
    }
    Ok(None)
}

/// What an invitation is about: its `concerns` is `series:ID`, or `series:ID:DAY`.
async fn of_mail(
    tx: &mut Tx,
    community: i64,
    mail: &Mail,
) -> store::Result<Option<(Series, Instance)>> {
    let names = [INVITATION.name, SESSION_CHANGE.name];
    let about = mail.concerns.strip_prefix("series:");
    let about = about.filter(|_| mail.community_id == community && names.contains(&&*mail.name));
    let Some(about) = about else { return Ok(None) };
    let (id, day) = about.split_once(':').unwrap_or((about, ""));
    let Some(series) = series::by_id(tx, id.parse().unwrap_or_default()).await? else {
        return Ok(None);
    };
    let on = day.parse().ok().filter(|_| !series.rule.is_empty());
    Ok(Some((series, Instance { on })))
}

/// Somebody else writes: people read it.
async fn passed_on(
    tx: &mut Tx,
    home: &Home<'_>,
    arrival: &Arrival<'_>,
) -> Result<Outcome, compose::Error> {
    let people = members::with_role(tx, home.community.id, "facilitator").await?;
    match people.is_empty() {
        true => Ok((
            "discarded",
            "a reply to an invitation, not by whom it went to".to_owned(),
        )),
        false => owner::to_facilitators(tx, home.ctx, arrival).await,
    }
}

/// Somebody says, in answer to another mail of ours, that they come to a session, or not.
///
/// # Errors
/// Where the database refuses or the receipt cannot be composed.
pub(in crate::sessions) async fn noted_on(
    tx: &mut Tx,
    home: &Home<'_>,
    arrival: &Arrival<'_>,
    (series, member, on): (&Series, &Member, Option<chrono::NaiveDate>),
    partstat: Partstat,
) -> Result<Outcome, compose::Error> {
    // A session without a rule is all of its series.
    let on = on.filter(|_| !series.rule.is_empty());
    let instance = Instance { on };
    noted(tx, home, arrival, (series, member, &instance), partstat).await
}

async fn noted(
    tx: &mut Tx,
    home: &Home<'_>,
    arrival: &Arrival<'_>,
    (series, member, instance): (&Series, &Member, &Instance),
    partstat: Partstat,
) -> Result<Outcome, compose::Error> {
    let answer = Answer {
        partstat,
        sequence: 0,
        dtstamp: home.now(),
        comment: comment(&arrival.mail.visible_text),
        via: "text",
        delegates: Vec::new(),
    };
    let answer = record::now(tx, (series, member), instance, answer).await?;
    let step = Noted {
        home,
        message_id: &arrival.message.message_id,
        how: "a reply in words from their own address",
    };
    let told = step.note(tx, member, series, instance, &answer).await?;
    tell(tx, home, arrival, (series, member, instance), partstat).await?;
    Ok(("rsvp", format!("{}: {told}, in words", member.address)))
}

/// What was said beside the answer itself.
fn comment(visible: &str) -> String {
    let text = oneline(visible);
    match text.split_whitespace().count() < SHORTEST_COMMENT {
        true => String::new(),
        false => text.chars().take(LONGEST_COMMENT).collect(),
    }
}

async fn tell(
    tx: &mut Tx,
    home: &Home<'_>,
    arrival: &Arrival<'_>,
    (series, member, instance): (&Series, &Member, &Instance),
    partstat: Partstat,
) -> Result<(), compose::Error> {
    let done = [said(home, series, instance, partstat)];
    let whom = (Some(member.id), member.address.as_str());
    let undo = Some(Phrase::new("rsvp_undo"));
    receipt::send(tx, home.ctx, arrival, whom, &done, undo).await
}

/// An answer in words: "You come to Pump clinic, on 24 March 2026."
pub(super) fn said(
    home: &Home<'_>,
    series: &Series,
    instance: &Instance,
    partstat: Partstat,
) -> Phrase {
    let key = match (partstat, instance.on.is_some()) {
        (Partstat::Accepted, false) => "rsvp_accepted",
        (Partstat::Accepted, true) => "rsvp_accepted_on",
        (Partstat::Tentative, false) => "rsvp_tentative",
        (Partstat::Tentative, true) => "rsvp_tentative_on",
        (Partstat::Declined | Partstat::Delegated, false) => "rsvp_declined",
        (Partstat::Declined | Partstat::Delegated, true) => "rsvp_declined_on",
    };
    let phrase = Phrase::new(key).with("title", series.title.clone());
    match instance.on {
        Some(on) => {
            let (language, slug) = (&home.charter.language, &home.community.slug);
            let date = home.ctx.templates.say_date(language, slug, on);
            phrase.with("date", date)
        }
        None => phrase,
    }
}
