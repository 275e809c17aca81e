//! Two members swap their turns: whoever is asked to, hosts this session, and whoever
//! asks for it hosts the other's. Nothing changes for anybody before they say yes.

use super::reply::{next, own};
use super::rota::{self, Candidate};
use super::turn::With;
use super::{ask, end, note, set};
use crate::outbox::compose::{self, Letter};
use crate::sessions::before::{self, Sitting};
use crate::sessions::roster;
use crate::store::hosts::{self, Asked};
use crate::store::members::{self, Member};
use crate::store::{self, Tx, sessions};
use crate::templates::Phrase;
use crate::templates::mails::Receipt;

/// The most other sessions that are looked at.
const MOST_LOOKED_AT: usize = 100;

/// What came of it.
pub(super) enum Swapped {
    /// That member was asked, for the session of that day.
    Asked(String, String),
    /// Nobody hosted on that day: they do now.
    Taken(String),
    /// They keep their turn; whether somebody else was asked.
    Nobody(bool),
}

/// Looks for somebody to swap with, and asks them; else asks the next one. Whoever wants
/// to swap keeps their turn.
///
/// # Errors
/// Where the database refuses or a mail cannot be composed.
pub(super) async fn swap(
    tx: &mut Tx,
    sitting: &Sitting<'_>,
    member: &Member,
    with: Option<&With>,
) -> Result<Swapped, compose::Error> {
    match own(tx, sitting, member).await? {
        Some(own) => end(tx, &sitting.home, own, "swapped").await?,
        None => note(tx, sitting, member, ("swapped", "rota")).await?,
    }
    let others = others(tx, sitting, member).await?;
    if let Some((other, who)) = others
        .iter()
        .find(|(other, who)| is_meant(other, who, with))
        && let Some(one) = candidate(tx, sitting, who.id).await?
        && ask::is_open(tx, sitting).await?
    {
        let asked = ask::ask(tx, sitting, &one, Some((other, member))).await?;
        let who = before::name(&asked).to_owned();
        return Ok(Swapped::Asked(who, other.day()));
    }
    if let Some(With::Day(day)) = with
        && let Some(other) = free(tx, sitting, *day).await?
    {
        set(tx, &other, member, "swap").await?;
        next(tx, sitting).await?;
        return Ok(Swapped::Taken(other.day()));
    }
    if let Some(With::Name(name)) = with
        && ask::is_open(tx, sitting).await?
        && let Some(one) = named(tx, sitting, name).await?
    {
        ask::ask(tx, sitting, &one, None).await?;
        return Ok(Swapped::Nobody(true));
    }
    next(tx, sitting).await.map(Swapped::Nobody)
}

/// The sessions to come that somebody else hosts or is asked for, the next one first.
async fn others<'a>(
    tx: &mut Tx,
    sitting: &Sitting<'a>,
    member: &Member,
) -> store::Result<Vec<(Sitting<'a>, Member)>> {
    let community = sitting.home.community.id;
    let mut found = Vec::new();
    let is_other = |one: &Asked| {
        let is_this = one.series == sitting.series.slug && one.on_date == sitting.row.on_date;
        let stands = matches!(one.state.as_str(), "asked" | "agreed");
        stands && !is_this && one.member_id != member.id
    };
    let all = hosts::of_community(tx, community).await?;
    for one in all
        .iter()
        .rev()
        .filter(|one| is_other(one))
        .take(MOST_LOOKED_AT)
    {
        let about = format!("{} {}", one.series, one.on_date);
        let other = before::named(tx, sitting.home, &about).await?;
        let who = members::by_id(tx, one.member_id).await?;
        if let (Some(other), Some(who)) = (other.filter(Sitting::is_ahead), who) {
            found.push((other, who));
        }
    }
    found.sort_by_key(|(other, _)| other.row.starts_at);
    Ok(found)
}

fn is_meant(other: &Sitting<'_>, who: &Member, with: Option<&With>) -> bool {
    match with {
        None => true,
        Some(With::Day(day)) => is_on(other, *day),
        Some(With::Name(name)) => is_called(who, name),
    }
}

/// A session is named by its original day, and by the one that it has been moved to.
fn is_on(sitting: &Sitting<'_>, day: chrono::NaiveDate) -> bool {
    let local = crate::clock::moment(sitting.row.starts_at).with_timezone(&sitting.zone());
    sitting.row.on_date == day.to_string() || local.date_naive() == day
}

/// By their address, their name, or a word of it.
fn is_called(member: &Member, name: &str) -> bool {
    let (own, said) = (member.name.to_lowercase(), name.to_lowercase());
    let is_word = own.split_whitespace().any(|word| word == said);
    let local = member.address.split('@').next() == Some(said.as_str());
    member.address == said || own == said || is_word || local
}

async fn candidate(
    tx: &mut Tx,
    sitting: &Sitting<'_>,
    member: i64,
) -> store::Result<Option<Candidate>> {
    let all = rota::candidates(tx, sitting).await?;
    Ok(all.into_iter().find(|one| one.member.id == member))
}

/// Whoever alone is called so, and may host.
async fn named(tx: &mut Tx, sitting: &Sitting<'_>, name: &str) -> store::Result<Option<Candidate>> {
    let mut all = rota::candidates(tx, sitting).await?;
    all.retain(|one| is_called(&one.member, name));
    Ok(all.pop().filter(|_| all.is_empty()))
}

/// A session of the same name on that day, to come, that nobody hosts or is asked for.
async fn free<'a>(
    tx: &mut Tx,
    sitting: &Sitting<'a>,
    day: chrono::NaiveDate,
) -> store::Result<Option<Sitting<'a>>> {
    let (home, slug) = (sitting.home, &sitting.series.slug);
    let Some(series) = roster::find(tx, home.community.id, slug, None).await? else {
        return Ok(None);
    };
    for row in sessions::of_series(tx, series.id).await? {
        let series = series.clone();
        let other = Sitting { home, series, row };
        let is_this = other.row.on_date == sitting.row.on_date;
        if is_on(&other, day) && other.is_ahead() && !is_this {
            let asked = hosts::of_session(tx, &other.key()).await?;
            let stands = |one: &Asked| matches!(one.state.as_str(), "asked" | "agreed");
            return Ok((!asked.iter().any(stands)).then_some(other));
        }
    }
    Ok(None)
}

/// The session that somebody would host in exchange, and the one who asked for it, as
/// [`ask::ask`] has kept them; `None` where nothing is exchanged, or can be any more.
///
/// # Errors
/// Where the database refuses.
pub(super) async fn exchange<'a>(
    tx: &mut Tx,
    sitting: &Sitting<'a>,
    via: &str,
) -> store::Result<Option<(Sitting<'a>, Member)>> {
    let kept = via.strip_prefix("swap ");
    let Some((about, with)) = kept.and_then(|rest| rest.rsplit_once(' ')) else {
        return Ok(None);
    };
    let with = members::by_id(tx, with.parse().unwrap_or_default()).await?;
    let other = before::named(tx, sitting.home, about).await?;
    let other = other.filter(Sitting::is_ahead);
    Ok(other.zip(with.filter(Member::on_list)))
}

/// Somebody has said yes who was asked in exchange (`via`: `swap SERIES DATE MEMBER`):
/// whoever asked for it hosts the other session, and is told.
///
/// # Errors
/// Where the database refuses or the mail cannot be composed.
pub(super) async fn settle(
    tx: &mut Tx,
    sitting: &Sitting<'_>,
    member: &Member,
    via: &str,
) -> Result<(), compose::Error> {
    let Some((other, with)) = exchange(tx, sitting, via).await? else {
        return Ok(());
    };
    // Somebody may have taken it since.
    let theirs = own(tx, &other, member).await?;
    let stands = |one: &Asked| matches!(one.state.as_str(), "asked" | "agreed");
    let Some(theirs) = theirs.filter(stands) else {
        return Ok(());
    };
    end(tx, &sitting.home, theirs, "swapped").await?;
    set(tx, &other, &with, "swap").await?;
    tell(tx, (sitting, &other), (member, &with)).await
}

async fn tell(
    tx: &mut Tx,
    (sitting, other): (&Sitting<'_>, &Sitting<'_>),
    (member, with): (&Member, &Member),
) -> Result<(), compose::Error> {
    let home = &sitting.home;
    let done = Phrase::new("host_swapped")
        .with("who", before::name(member))
        .with("at", sitting.at())
        .with("title", other.series.title.clone())
        .with("other", other.at());
    let mail = Receipt {
        community: home.community.name.clone(),
        done: vec![home.say(&done)],
        owner_address: home.address("owner"),
        ..Receipt::default()
    };
    let letter = Letter {
        to: vec![(Some(with.id), with.address.clone())],
        concerns: format!("{}:{}", super::NAME, other.about()),
        ..Letter::default()
    };
    compose::send(tx, home.ctx, home.community, &mail, &letter).await?;
    Ok(())
}
