//! The day before a session its host gets what they need: who comes, what it is about,
//! where it is. Where nobody hosts it, the facilitators do.

use super::turn;
use super::{of, reply};
use crate::cadence::act::{Act, Ahead, Plan, Recipient, Reply};
use crate::cadence::moments::Offset;
use crate::cadence::{Outcome, Running};
use crate::calendar::read::Partstat;
use crate::lists::home::Home;
use crate::lists::post;
use crate::lists::{commands, digest};
use crate::outbox::compose::{self, Letter};
use crate::sessions::actions;
use crate::sessions::agenda::{self, Author};
use crate::sessions::before::{self, Sitting};
use crate::sessions::letters;
use crate::store::members::{self, Member};
use crate::store::{self, Millis, Tx, communities};
use crate::templates::Phrase;
use crate::templates::mails::HostBrief;

/// This act's name in the registry, and its mail's in the catalogue.
pub const NAME: &str = "host-brief";

/// The most names that a brief has.
const MOST_NAMES: usize = 40;
/// The widest line of names, in characters.
const WIDTH: usize = 70;

/// However late, while the session is still to come.
pub const ACT: Act = Act::new(NAME, |tx, act| Box::pin(run(tx, act)))
    .planned(Plan::Sessions(|session| {
        session.host_brief.map(Offset::Before)
    }))
    .mailing(NAME, |tx, ahead| Box::pin(audience(tx, ahead)))
    .hearing(NAME, |tx, said| Box::pin(hear(tx, said)));

async fn run(tx: &mut Tx, act: &Running<'_>) -> store::Result<Outcome> {
    let sitting = match before::of_act(tx, act).await? {
        Ok(sitting) => sitting,
        Err(why) => return Ok(Outcome::Dropped(why)),
    };
    match send(tx, &sitting, act.due_at).await {
        Ok(Some(told)) => Ok(Outcome::Done(told)),
        Ok(None) => Ok(Outcome::Dropped(
            "nobody hosts it, and the community has no facilitator".into(),
        )),
        Err(compose::Error::Store(error)) => Err(error),
        Err(error) => Ok(Outcome::Dropped(error.to_string())),
    }
}

/// The host, else the facilitators; and whether it is the host.
async fn readers(tx: &mut Tx, sitting: &Sitting<'_>) -> store::Result<(Vec<Member>, bool)> {
    let host = of(tx, &sitting.series, &sitting.row.on_date).await?;
    match host {
        Some(host) => Ok((vec![host], true)),
        None => {
            let community = sitting.home.community.id;
            let all = members::with_role(tx, community, "facilitator").await?;
            Ok((all, false))
        }
    }
}

async fn send(
    tx: &mut Tx,
    sitting: &Sitting<'_>,
    due_at: Millis,
) -> Result<Option<String>, compose::Error> {
    let (readers, hosts) = readers(tx, sitting).await?;
    if readers.is_empty() {
        return Ok(None);
    }
    let mail = mail(tx, sitting, hosts).await?;
    let letter = Letter {
        to: readers
            .iter()
            .map(|one| (Some(one.id), one.address.clone()))
            .collect(),
        about: sitting.header(),
        concerns: sitting.concerns(NAME),
        due_at: Some(due_at),
        expires_at: Some(sitting.row.starts_at),
        ..Letter::default()
    };
    let home = &sitting.home;
    compose::send(tx, home.ctx, home.community, &mail, &letter).await?;
    Ok(Some(match (hosts, readers.as_slice()) {
        (true, [host]) => format!("told {}, who hosts it", host.address),
        (_, all) => format!("nobody hosts it: told {} facilitators", all.len()),
    }))
}

/// The session was moved while the brief waits for room in a budget: whoever is to get it
/// gets one that has the new time.
///
/// # Errors
/// Where the database refuses or the mail cannot be composed.
pub(super) async fn again(tx: &mut Tx, sitting: &Sitting<'_>) -> Result<(), compose::Error> {
    let waiting = sitting.take_back(tx, NAME, before::MOVED).await?;
    match waiting.iter().map(|offer| offer.due_at).min() {
        Some(due_at) => send(tx, sitting, due_at).await.map(drop),
        None => Ok(()),
    }
}

async fn mail(tx: &mut Tx, sitting: &Sitting<'_>, hosts: bool) -> store::Result<HostBrief> {
    let (home, series) = (&sitting.home, &sitting.series);
    let roster = sitting.roster(tx).await?;
    let people = before::reachable(tx, home.community.id, &roster).await?;
    let (items, more) = agenda::lines(&agenda::open(tx, &sitting.key()).await?);
    let mut sessions = home.charter.sessions.iter();
    let planned = sessions.find(|one| one.slug == series.slug);
    Ok(HostBrief {
        community: home.community.name.clone(),
        title: series.title.clone(),
        hosts,
        at: sitting.at(),
        zone: sitting.zone().name().to_owned(),
        duration: letters::duration(series.duration),
        location: series.location.clone(),
        link: series.link.clone(),
        counts: sitting.counts(&roster),
        names: names(home, &people),
        items,
        more,
        open: actions::open(tx, home, series).await?,
        attendance: planned.is_some_and(|one| one.attendance.is_some()),
        owner_address: home.address("owner"),
    })
}

/// Who comes and who may, some names a line.
fn names(home: &Home<'_>, people: &[(Member, Option<Partstat>)]) -> Vec<String> {
    let those = |meant: Partstat| {
        let said = people.iter().filter(move |(_, said)| *said == Some(meant));
        said.map(|(member, _)| before::name(member))
    };
    let going: Vec<&str> = those(Partstat::Accepted).take(MOST_NAMES).collect();
    let maybe: Vec<&str> = those(Partstat::Tentative).take(MOST_NAMES).collect();
    let mut text = going.join(", ");
    if !maybe.is_empty() {
        let phrase = Phrase::new("session_maybe_names").with("names", maybe.join(", "));
        let joint = if text.is_empty() { "" } else { "; " };
        text = format!("{text}{joint}{}", home.say(&phrase));
    }
    lines_of(&text)
}

fn lines_of(text: &str) -> Vec<String> {
    let mut lines: Vec<String> = Vec::new();
    for word in text.split_whitespace() {
        match lines.last_mut() {
            Some(line) if line.chars().count() + 1 + word.chars().count() <= WIDTH => {
                line.push(' ');
                line.push_str(word);
            }
            _ => lines.push(word.to_owned()),
        }
    }
    lines
}

async fn audience(tx: &mut Tx, ahead: &Ahead<'_>) -> store::Result<Vec<Recipient>> {
    let Some((series, row)) = before::ahead(tx, ahead).await? else {
        return Ok(Vec::new());
    };
    if let Some(host) = of(tx, &series, &row.on_date).await? {
        return Ok(vec![Recipient::planned(&host.address)]);
    }
    let all = members::with_role(tx, ahead.community, "facilitator").await?;
    let why = "where nobody has agreed to host it by then";
    let planned = |one: &Member| Recipient::other(&one.address, "planned", why);
    Ok(all.iter().map(planned).collect())
}

/// The host changes the agenda, or cannot host after all; a facilitator hosts where nobody
/// does.
async fn hear(tx: &mut Tx, reply: &Reply<'_>) -> Result<post::Outcome, compose::Error> {
    let (ctx, arrival) = (reply.ctx, reply.arrival);
    let home = Home::of(ctx, arrival);
    let about = reply.mail.concerns.split_once(':').map(|(_, about)| about);
    let sitting = before::named(tx, home, about.unwrap_or_default()).await?;
    let (Some(sitting), Some(member)) = (sitting, reply.speaker.on_list()) else {
        return commands::in_reply(tx, ctx, arrival, reply.speaker, &[NAME]).await;
    };
    communities::lock(tx, home.community.id).await?;
    if let Some(turn) = turn::plainly(arrival.mail) {
        return reply::decide(tx, reply, (&sitting, member), &turn).await;
    }
    let page = agenda::read(tx, reply, member).await?;
    let is_blank = arrival.mail.visible_text.trim().is_empty();
    if is_blank || digest::reply::is_request(arrival.mail) && !agenda::has_votes(&page) {
        return commands::in_reply(tx, ctx, arrival, reply.speaker, &[NAME]).await;
    }
    let host = of(tx, &sitting.series, &sitting.row.on_date).await?;
    let hosts = host.is_some_and(|host| host.id == member.id);
    let author = Author {
        member,
        rules: hosts || member.has_role("facilitator"),
    };
    let concerns = sitting.concerns(NAME);
    agenda::changed(tx, arrival, (&sitting, author), (&page, concerns)).await
}
