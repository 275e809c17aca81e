//! Before a session its members are asked what it shall be about.

use super::{lines, open, reply};
use crate::cadence::act::{Act, Ahead, Plan, Recipient};
use crate::cadence::moments::Offset;
use crate::cadence::{Outcome, Running};
use crate::outbox::compose::{self, Letter};
use crate::sessions::before::{self, Sitting};
use crate::sessions::{host, roster};
use crate::store::{self, Millis, Tx};
use crate::templates::mails::AgendaCall;

/// This act's name in the registry, and its mail's in the catalogue.
pub const NAME: &str = "agenda-call";

/// However late, while the session is still to come.
pub const ACT: Act = Act::new(NAME, |tx, act| Box::pin(run(tx, act)))
    .planned(Plan::Sessions(|session| {
        session.agenda_call.map(Offset::Before)
    }))
    .mailing(NAME, |tx, ahead| Box::pin(audience(tx, ahead)))
    .hearing(NAME, |tx, said| Box::pin(reply::hear(tx, said)));

async fn run(tx: &mut Tx, act: &Running<'_>) -> store::Result<Outcome> {
    let sitting = match before::of_act(tx, act).await? {
        Ok(sitting) => sitting,
        Err(why) => return Ok(Outcome::Dropped(why)),
    };
    match send(tx, &sitting, act).await {
        Ok(0) => Ok(Outcome::Dropped(
            "nobody is invited who has not declined".into(),
        )),
        Ok(count) => Ok(Outcome::Done(format!("asked {count} members"))),
        Err(compose::Error::Store(error)) => Err(error),
        Err(error) => Ok(Outcome::Dropped(error.to_string())),
    }
}

/// Asks whoever is invited and has not declined; gives how many.
async fn send(
    tx: &mut Tx,
    sitting: &Sitting<'_>,
    act: &Running<'_>,
) -> Result<usize, compose::Error> {
    let roster = sitting.roster(tx).await?;
    let people = before::reachable(tx, act.community.id, &roster).await?;
    let to = people.iter();
    let to: Vec<_> = to
        .map(|(member, _)| (Some(member.id), member.address.clone()))
        .collect();
    let count = to.len();
    if count > 0 {
        put(tx, sitting, (&roster, to), act.due_at).await?;
    }
    Ok(count)
}

async fn put(
    tx: &mut Tx,
    sitting: &Sitting<'_>,
    (roster, to): (&[roster::Row], Vec<(Option<i64>, String)>),
    due_at: Millis,
) -> Result<(), compose::Error> {
    let home = &sitting.home;
    let host = host::of(tx, &sitting.series, &sitting.row.on_date).await?;
    let (items, more) = lines(&open(tx, &sitting.key()).await?);
    let mail = AgendaCall {
        community: home.community.name.clone(),
        title: sitting.series.title.clone(),
        at: sitting.at(),
        zone: sitting.zone().name().to_owned(),
        counts: sitting.counts(roster),
        host: host
            .as_ref()
            .map(before::name)
            .unwrap_or_default()
            .to_owned(),
        items,
        more,
        owner_address: home.address("owner"),
    };
    let letter = Letter {
        to,
        about: sitting.header(),
        concerns: sitting.concerns(NAME),
        due_at: Some(due_at),
        expires_at: Some(sitting.expires(due_at)),
        ..Letter::default()
    };
    compose::send(tx, home.ctx, home.community, &mail, &letter).await?;
    Ok(())
}

/// The session was moved while the question waits for room in budgets: those for whom it
/// does get one that has the new time.
///
/// # Errors
/// Where the database refuses.
pub(in crate::sessions) async fn again(
    tx: &mut Tx,
    sitting: &Sitting<'_>,
) -> Result<(), compose::Error> {
    let waiting = sitting.take_back(tx, NAME, before::MOVED).await?;
    let Some(due_at) = waiting.iter().map(|offer| offer.due_at).min() else {
        return Ok(());
    };
    let to = waiting.into_iter();
    let to = to.map(|offer| (offer.member_id, offer.recipient)).collect();
    let roster = sitting.roster(tx).await?;
    put(tx, sitting, (&roster, to), due_at).await
}

async fn audience(tx: &mut Tx, ahead: &Ahead<'_>) -> store::Result<Vec<Recipient>> {
    let Some((series, row)) = before::ahead(tx, ahead).await? else {
        return Ok(Vec::new());
    };
    let day = row.on_date.parse().ok();
    let roster = roster::rows(tx, &series, day, ahead.due_at).await?;
    let people = before::reachable(tx, ahead.community, &roster).await?;
    let planned = people.iter().map(|(member, _)| &member.address);
    Ok(planned.map(|address| Recipient::planned(address)).collect())
}
