//! What somebody answers who was asked to host: they do, somebody else is asked, or two
//! swap. Whatever else they write is for people.

use super::swap::{self, Swapped};
use super::turn::{self, Turn};
use super::{NAME, ask, end, set};
use crate::cadence::act::Reply;
use crate::lists::home::Home;
use crate::lists::post::Outcome;
use crate::lists::{commands, digest, owner};
use crate::outbox::compose;
use crate::sessions::agenda::{Told, answer};
use crate::sessions::before::{self, Sitting};
use crate::store::hosts::{self, Asked};
use crate::store::members::Member;
use crate::store::{self, Tx, communities};
use crate::templates::Phrase;

/// Somebody replied to the question, or to the answer to such a reply.
///
/// # Errors
/// Where the database refuses or an answer cannot be composed.
pub(super) async fn hear(tx: &mut Tx, reply: &Reply<'_>) -> Result<Outcome, compose::Error> {
    let arrival = reply.arrival;
    let home = Home::of(reply.ctx, arrival);
    let about = reply.mail.concerns.split_once(':').map(|(_, about)| about);
    let sitting = before::named(tx, home, about.unwrap_or_default()).await?;
    let turn = turn::read(arrival.mail);
    match (sitting, reply.speaker.on_list(), turn) {
        (Some(sitting), Some(member), Some(turn)) => {
            communities::lock(tx, home.community.id).await?;
            decide(tx, reply, (&sitting, member), &turn).await
        }
        (_, Some(_), None) if !is_request(reply) => {
            owner::to_facilitators(tx, reply.ctx, arrival).await
        }
        _ => commands::in_reply(tx, reply.ctx, arrival, reply.speaker, &[NAME]).await,
    }
}

fn is_request(reply: &Reply<'_>) -> bool {
    let mail = reply.arrival.mail;
    mail.visible_text.trim().is_empty() || digest::reply::is_request(mail)
}

/// Does what they say and answers. The community is locked.
///
/// # Errors
/// Where the database refuses or an answer cannot be composed.
pub(super) async fn decide(
    tx: &mut Tx,
    reply: &Reply<'_>,
    (sitting, member): (&Sitting<'_>, &Member),
    turn: &Turn,
) -> Result<Outcome, compose::Error> {
    let done = match (sitting.is_ahead(), turn) {
        (false, _) => Phrase::new(match sitting.row.state.as_str() {
            "cancelled" => "host_off",
            _ => "host_late",
        }),
        (true, Turn::Yes) => agree(tx, sitting, member).await?,
        (true, Turn::Skip) => skip(tx, sitting, member).await?,
        (true, Turn::Swap(with)) => {
            let with = with.as_ref();
            match swap::swap(tx, sitting, member, with).await? {
                Swapped::Asked(who, other) => said("host_swap_asked", sitting)
                    .with("who", who)
                    .with("other", other),
                Swapped::Taken(other) => said("host_swap_taken", sitting).with("other", other),
                Swapped::Nobody(next) => said(passed("host_swap", next), sitting),
            }
        }
    };
    let reason = format!(
        "host of {}: {:?} by {}",
        sitting.about(),
        turn,
        member.address
    );
    let told = Told {
        done: vec![done],
        ..Told::default()
    };
    let concerns = format!("{NAME}:{}", sitting.about());
    let whom = (&sitting.home, member);
    answer(tx, reply.arrival, whom, (told, Vec::new(), concerns)).await?;
    Ok(("command", reason))
}

/// A phrase about a session.
fn said(key: &'static str, sitting: &Sitting<'_>) -> Phrase {
    Phrase::new(key)
        .with("title", sitting.series.title.clone())
        .with("at", sitting.at())
}

/// The same phrase, as somebody else is asked or nobody is left.
fn passed(key: &str, next: bool) -> &'static str {
    match (key, next) {
        ("host_swap", true) => "host_swap_next",
        ("host_swap", false) => "host_swap_nobody",
        (_, true) => "host_skip_next",
        (_, false) => "host_skip_nobody",
    }
}

/// They host, unless somebody else does by now.
async fn agree(
    tx: &mut Tx,
    sitting: &Sitting<'_>,
    member: &Member,
) -> Result<Phrase, compose::Error> {
    let host = hosts::agreed(tx, &sitting.key()).await?;
    if let Some(other) = host.filter(|host| host.id != member.id) {
        return Ok(said("host_taken", sitting).with("who", before::name(&other)));
    }
    let own = own(tx, sitting, member).await?;
    set(tx, sitting, member, "rota").await?;
    if let Some(asked) = own.filter(|one| one.state == "asked") {
        swap::settle(tx, sitting, member, &asked.via).await?;
    }
    Ok(said("host_yes", sitting))
}

/// They do not; the next one is asked where nobody is.
async fn skip(
    tx: &mut Tx,
    sitting: &Sitting<'_>,
    member: &Member,
) -> Result<Phrase, compose::Error> {
    let own = own(tx, sitting, member).await?;
    let open = |one: &Asked| matches!(one.state.as_str(), "asked" | "agreed" | "silent");
    if let Some(own) = own.filter(open) {
        end(tx, &sitting.home, own, "skipped").await?;
    }
    let next = next(tx, sitting).await?;
    Ok(said(passed("host_skip", next), sitting))
}

/// Asks the next one where nobody hosts or is asked; whether somebody does or is then.
///
/// # Errors
/// Where the database refuses or the mail cannot be composed.
pub(super) async fn next(tx: &mut Tx, sitting: &Sitting<'_>) -> Result<bool, compose::Error> {
    let asked = hosts::of_session(tx, &sitting.key()).await?;
    let waits = |one: &Asked| matches!(one.state.as_str(), "asked" | "agreed");
    match asked.iter().any(waits) {
        true => Ok(true),
        false => Ok(ask::next(tx, sitting).await?.is_some()),
    }
}

/// What they were asked for this session.
///
/// # Errors
/// Where the database refuses.
pub(super) async fn own(
    tx: &mut Tx,
    sitting: &Sitting<'_>,
    member: &Member,
) -> store::Result<Option<Asked>> {
    let all = hosts::of_session(tx, &sitting.key()).await?;
    Ok(all.into_iter().find(|one| one.member_id == member.id))
}
