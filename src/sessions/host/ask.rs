//! Somebody is asked to host: whose turn it is, some days before a session, and the next
//! one where they do not.

use super::rota::{self, Candidate};
use super::{note, of, swap, wait};
use crate::cadence::act::{Act, Ahead, Plan, Recipient};
use crate::cadence::moments::Offset;
use crate::cadence::{Outcome, Running};
use crate::clock::moment;
use crate::outbox::compose::{self, Letter};
use crate::sessions::before::{self, Sitting};
use crate::sessions::letters;
use crate::store::hosts::{self, Asked};
use crate::store::members::Member;
use crate::store::{self, Millis, Tx, acts, communities};
use crate::templates::mails::HostAsk;

/// This act's name in the registry, and its mail's in the catalogue.
pub const NAME: &str = "host-ask";

/// The most members who are asked to host one session.
pub(super) const MOST_ASKED: usize = 5;

/// How long somebody has to answer, in milliseconds; shortly before a session half of the
/// time that is left.
const PATIENCE: Millis = 3 * 86_400_000;

/// However late, while the session is still to come.
pub const ACT: Act = Act::new(NAME, |tx, act| Box::pin(run(tx, act)))
    .planned(Plan::Sessions(|session| {
        session.host_ask.map(Offset::Before)
    }))
    .mailing(NAME, |tx, ahead| Box::pin(audience(tx, ahead)))
    .hearing(NAME, |tx, said| Box::pin(super::reply::hear(tx, said)));

async fn run(tx: &mut Tx, act: &Running<'_>) -> store::Result<Outcome> {
    let sitting = match before::of_act(tx, act).await? {
        Ok(sitting) => sitting,
        Err(why) => return Ok(Outcome::Dropped(why)),
    };
    communities::lock(tx, act.community.id).await?;
    if let Some(host) = of(tx, &sitting.series, &sitting.row.on_date).await? {
        let why = format!("{} hosts it already", host.address);
        return Ok(Outcome::Dropped(why));
    }
    outcome(next(tx, &sitting).await)
}

/// How an act ended that has asked somebody.
///
/// # Errors
/// Where the database has refused.
pub(super) fn outcome(done: Result<Option<Member>, compose::Error>) -> store::Result<Outcome> {
    match done {
        Ok(Some(member)) => Ok(Outcome::Done(format!("asked {}", member.address))),
        Ok(None) => {
            let why = "nobody is left to ask; the facilitators' worksheet says so";
            Ok(Outcome::Done(why.to_owned()))
        }
        Err(compose::Error::Store(error)) => Err(error),
        Err(error) => Ok(Outcome::Dropped(error.to_string())),
    }
}

/// Asks whose turn it is; `None` where nobody is left, or enough were asked.
///
/// # Errors
/// Where the database refuses or the mail cannot be composed.
pub(super) async fn next(
    tx: &mut Tx,
    sitting: &Sitting<'_>,
) -> Result<Option<Member>, compose::Error> {
    if !is_open(tx, sitting).await? {
        return Ok(None);
    }
    let found = rota::next(rota::candidates(tx, sitting).await?);
    match found {
        Some(one) => ask(tx, sitting, &one, None).await.map(Some),
        None => Ok(None),
    }
}

/// Whether somebody else may be asked: nobody is now, and not too many were.
///
/// # Errors
/// Where the database refuses.
pub(super) async fn is_open(tx: &mut Tx, sitting: &Sitting<'_>) -> store::Result<bool> {
    let asked = hosts::of_session(tx, &sitting.key()).await?;
    let waits = |one: &Asked| matches!(one.state.as_str(), "asked" | "agreed");
    let of_rota = asked.iter().filter(|one| one.via != "operator").count();
    Ok(sitting.is_ahead() && of_rota < MOST_ASKED && !asked.iter().any(waits))
}

/// Asks one member, who may host it in exchange for another session of somebody's.
///
/// # Errors
/// Where the database refuses or the mail cannot be composed.
pub(super) async fn ask(
    tx: &mut Tx,
    sitting: &Sitting<'_>,
    one: &Candidate,
    exchange: Option<(&Sitting<'_>, &Member)>,
) -> Result<Member, compose::Error> {
    let member = &one.member;
    let via = match exchange {
        Some((other, with)) => format!("swap {} {}", other.about(), with.id),
        None => "rota".to_owned(),
    };
    note(tx, sitting, member, ("asked", &via)).await?;
    send(tx, sitting, one, (exchange, deadline(sitting))).await?;
    Ok(member.clone())
}

/// Mails the question, and plans what comes of no answer.
async fn send(
    tx: &mut Tx,
    sitting: &Sitting<'_>,
    one: &Candidate,
    (exchange, until): (Option<(&Sitting<'_>, &Member)>, Millis),
) -> Result<(), compose::Error> {
    let (home, member) = (&sitting.home, &one.member);
    let mail = mail(tx, sitting, one, (exchange, until)).await?;
    let letter = Letter {
        to: vec![(Some(member.id), member.address.clone())],
        about: sitting.header(),
        concerns: sitting.concerns(NAME),
        expires_at: Some(until),
        ..Letter::default()
    };
    compose::send(tx, home.ctx, home.community, &mail, &letter).await?;
    let about = format!("{} {}", sitting.about(), member.id);
    acts::insert(tx, home.community.id, wait::NAME, &about, until).await?;
    Ok(())
}

/// The session was moved while the question waits for room in a budget: whoever is asked
/// gets one that has the new time.
///
/// # Errors
/// Where the database refuses or the mail cannot be composed.
pub(super) async fn again(tx: &mut Tx, sitting: &Sitting<'_>) -> Result<(), compose::Error> {
    let waiting = sitting.take_back(tx, NAME, before::MOVED).await?;
    let asked = hosts::of_session(tx, &sitting.key()).await?;
    let still = |id: Option<i64>| {
        let mut asked = asked.iter();
        asked.find(|one| one.state == "asked" && Some(one.member_id) == id)
    };
    for offer in &waiting {
        let Some(asked) = still(offer.member_id) else {
            continue;
        };
        if let Some(one) = rota::one(tx, sitting, asked.member_id).await? {
            let exchange = swap::exchange(tx, sitting, &asked.via).await?;
            let exchange = exchange.as_ref().map(|(other, with)| (other, with));
            let until = offer.expires_at.min(deadline(sitting));
            send(tx, sitting, &one, (exchange, until)).await?;
        }
    }
    Ok(())
}

fn deadline(sitting: &Sitting<'_>) -> Millis {
    let now = sitting.home.now();
    let left = sitting.row.starts_at - now;
    now + PATIENCE.min(left / 2)
}

async fn mail(
    tx: &mut Tx,
    sitting: &Sitting<'_>,
    one: &Candidate,
    (exchange, until): (Option<(&Sitting<'_>, &Member)>, Millis),
) -> store::Result<HostAsk> {
    let home = &sitting.home;
    let roster = sitting.roster(tx).await?;
    let last = one.last_hosted.as_deref().and_then(|day| day.parse().ok());
    let (language, slug) = (&home.charter.language, &home.community.slug);
    let templates = &home.ctx.templates;
    let until = moment(until).with_timezone(&home.charter.timezone);
    Ok(HostAsk {
        community: home.community.name.clone(),
        title: sitting.series.title.clone(),
        at: sitting.at(),
        zone: sitting.zone().name().to_owned(),
        duration: letters::duration(sitting.series.duration),
        counts: sitting.counts(&roster),
        last: last.map_or_else(String::new, |day| templates.say_date(language, slug, day)),
        swap: exchange.map(|(other, _)| other.day()).unwrap_or_default(),
        by: exchange
            .map(|(_, with)| before::name(with).to_owned())
            .unwrap_or_default(),
        until: templates.say_day(language, slug, until.date_naive()),
        owner_address: home.address("owner"),
    })
}

/// Whose turn it would be as things stand.
async fn audience(tx: &mut Tx, ahead: &Ahead<'_>) -> store::Result<Vec<Recipient>> {
    let why = "whose turn it is, as things stand";
    let Some((series, row)) = before::ahead(tx, ahead).await? else {
        return Ok(Vec::new());
    };
    if of(tx, &series, &row.on_date).await?.is_some() {
        return Ok(Vec::new());
    }
    let all = rota::candidates_of(tx, (&series, &row), ahead.due_at).await?;
    let next = rota::next(all);
    Ok(next
        .iter()
        .map(|one| Recipient::other(&one.member.address, "planned", why))
        .collect())
}
