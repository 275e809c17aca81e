//! The charter is due for review: facilitators are asked whether it still holds. Where few
//! could say yes to something in a health check, everybody is. Whoever got the mail may
//! propose a change by reply ([`super::charter_vote`]).

use super::charter_vote;
use crate::cadence::act::{Ahead, Recipient, Reply};
use crate::cadence::{Outcome, Running};
use crate::lists::home::Home;
use crate::lists::{commands, digest, owner, post};
use crate::outbox::compose::{self, Letter};
use crate::store::{self, Tx, acts, members, surveys};
use crate::surveys::results::{self, IndexResult};
use crate::surveys::{Asked, results_mail};
use crate::templates::mails::CharterReview;

/// This act's name in the registry, and its mail's in the catalogue.
pub const NAME: &str = "charter-review";

/// Mails the charter to the facilitators.
///
/// # Errors
/// Where the database refuses.
pub async fn run(tx: &mut Tx, act: &Running<'_>) -> store::Result<Outcome> {
    let facilitators = members::with_role(tx, act.community.id, "facilitator").await?;
    let to: Vec<_> = facilitators
        .iter()
        .map(|m| (Some(m.id), m.address.clone()))
        .collect();
    if to.is_empty() {
        return Ok(Outcome::Dropped("the community has no facilitator".into()));
    }
    let count = to.len();
    let letter = Letter {
        to,
        about: format!("on={}", local_date(act, act.due_at)),
        due_at: Some(act.due_at),
        ..Letter::default()
    };
    let mail = mail(tx, act, Vec::new()).await?;
    match compose::send(tx, act.ctx, act.community, &mail, &letter).await {
        Ok(_) => Ok(Outcome::Done(format!("offered to {count} facilitators"))),
        Err(compose::Error::Store(error)) => Err(error),
        Err(error) => Ok(Outcome::Dropped(error.to_string())),
    }
}

/// Mails the charter to all members, with what few could say yes to in the wave that the
/// act is about.
///
/// # Errors
/// Where the database refuses.
pub async fn run_low(tx: &mut Tx, act: &Running<'_>) -> store::Result<Outcome> {
    let low = low(tx, act).await?;
    let all = members::of_community(tx, act.community.id).await?;
    let to: Vec<_> = all
        .iter()
        .filter(|member| member.on_list())
        .map(|m| (Some(m.id), m.address.clone()))
        .collect();
    if low.is_empty() || to.is_empty() {
        return Ok(Outcome::Dropped("no index is low".into()));
    }
    let count = to.len();
    let letter = Letter {
        to,
        ..Letter::default()
    };
    let mail = mail(tx, act, low).await?;
    match compose::send(tx, act.ctx, act.community, &mail, &letter).await {
        Ok(_) => Ok(Outcome::Done(format!("offered to {count} members"))),
        Err(compose::Error::Store(error)) => Err(error),
        Err(error) => Ok(Outcome::Dropped(error.to_string())),
    }
}

/// What was asked for each index that is low.
async fn low(tx: &mut Tx, act: &Running<'_>) -> store::Result<Vec<String>> {
    let id = act.about.parse().unwrap_or_default();
    let wave = surveys::by_id(tx, id).await?;
    let all = results::all(tx, act.community.id, &act.charter.language).await?;
    let (Some(asked), Some(own)) = (
        wave.and_then(Asked::of),
        all.iter().find(|one| one.wave == id),
    ) else {
        return Ok(Vec::new());
    };
    let home = Home {
        ctx: act.ctx,
        community: act.community,
        charter: &act.charter,
    };
    let question = |index: &IndexResult| results_mail::question(&home, &asked, &index.index);
    Ok(own.low().map(question).collect())
}

/// Whom it goes to.
///
/// # Errors
/// Where the database refuses.
pub async fn audience(tx: &mut Tx, ahead: &Ahead<'_>) -> store::Result<Vec<Recipient>> {
    let facilitators = members::with_role(tx, ahead.community, "facilitator").await?;
    let addresses = facilitators.iter().map(|member| member.address.as_str());
    Ok(addresses.map(Recipient::planned).collect())
}

/// A change of the charter is put to the vote, a vote is counted; what people think of it
/// besides is for those who run the community.
///
/// # Errors
/// Where the database refuses or an answer cannot be composed.
pub async fn reply(tx: &mut Tx, reply: &Reply<'_>) -> Result<post::Outcome, compose::Error> {
    let (ctx, arrival) = (reply.ctx, reply.arrival);
    let member = reply.speaker.on_list();
    if let Some(member) = member.filter(|_| reply.speaker.strength.may_change()) {
        if let Some(proposal) = charter_vote::asked_by(&reply.mail.concerns) {
            if let Some(vote) = charter_vote::vote(arrival.mail) {
                return charter_vote::cast(tx, reply, member, (proposal, vote)).await;
            }
        } else {
            let proposed = charter_vote::read(&arrival.mail.visible_text);
            if !proposed.is_empty() {
                return charter_vote::propose(tx, reply, member, &proposed).await;
            }
        }
    }
    match digest::reply::is_request(arrival.mail) {
        true => commands::in_reply(tx, ctx, arrival, reply.speaker, &[NAME]).await,
        false => owner::to_facilitators(tx, ctx, arrival).await,
    }
}

async fn mail(tx: &mut Tx, act: &Running<'_>, low: Vec<String>) -> store::Result<CharterReview> {
    let past = acts::all(tx, act.community.id).await?;
    let last = past
        .iter()
        .rev()
        .find(|row| row.name == NAME && row.state == "done");
    let charter = &act.charter.charter;
    Ok(CharterReview {
        community: act.community.name.clone(),
        low,
        about: charter.domain.clone(),
        people: charter.community.clone(),
        practice: charter.practice.clone(),
        norms: charter.norms.clone(),
        last_review: last
            .map(|row| local_date(act, row.due_at))
            .unwrap_or_default(),
        owner_address: format!("{}-owner@{}", act.community.slug, act.ctx.settings.domain),
    })
}

fn local_date(act: &Running<'_>, at: i64) -> String {
    crate::clock::moment(at)
        .with_timezone(&act.charter.timezone)
        .format("%Y-%m-%d")
        .to_string()
}
