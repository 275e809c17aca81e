//! The charter is due for review: facilitators are asked whether it still holds.

use crate::cadence::act::{Ahead, Recipient, Reply};
use crate::cadence::{Outcome, Running};
use crate::lists::{commands, digest, owner, post};
use crate::outbox::compose::{self, Letter};
use crate::store::{self, Tx, acts, members};
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
    let mail = mail(tx, act).await?;
    match compose::send(tx, act.ctx, act.community, &mail, &letter).await {
        Ok(_) => Ok(Outcome::Done(format!("offered to {count} facilitators"))),
        Err(compose::Error::Store(error)) => Err(error),
        Err(error) => Ok(Outcome::Dropped(error.to_string())),
    }
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

/// What people think of the charter is for those who run the community.
///
/// # Errors
/// Where the database refuses or an answer cannot be composed.
pub async fn reply(tx: &mut Tx, reply: &Reply<'_>) -> Result<post::Outcome, compose::Error> {
    let (ctx, arrival) = (reply.ctx, reply.arrival);
    match digest::reply::is_request(arrival.mail) {
        true => commands::in_reply(tx, ctx, arrival, reply.speaker, &[NAME]).await,
        false => owner::to_facilitators(tx, ctx, arrival).await,
    }
}

async fn mail(tx: &mut Tx, act: &Running<'_>) -> store::Result<CharterReview> {
    let past = acts::all(tx, act.community.id).await?;
    let last = past
        .iter()
        .rev()
        .find(|row| row.name == NAME && row.state == "done");
    let charter = &act.charter.charter;
    Ok(CharterReview {
        community: act.community.name.clone(),
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
