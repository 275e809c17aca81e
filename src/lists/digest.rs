//! Digests: the posts of a while in one mail, to members who chose that, and the
//! replies to it.
//!
//! A member's digest brings what was posted since the last one (`digested_to`),
//! and what was owed when they chose another delivery or paused (`digest_due`).
//! Posts of a pause are not brought. Members who are to get the same share one
//! mail, so that its content is made once however many they are.

pub(super) mod answer;
mod attached;
pub mod excerpt;
mod gather;
mod page;
mod pending;
mod period;
pub mod reply;
mod select;
mod send;
pub mod which;

use std::collections::BTreeSet;

use crate::cadence::act::{Ahead, Recipient};
use crate::cadence::{Outcome, Running};
use crate::outbox::{compose, release};
use crate::store::digests::{self, Range};
use crate::store::members::{self, Member};
use crate::store::{self, Tx, acts, communities};

pub use pending::changed;

/// This act's name in the registry, and its mail's in the catalogue.
pub const NAME: &str = "digest";

/// The act that goes on where [`NAME`] stopped, so that no transaction is long.
pub const REST: &str = release::digest::REST;

/// Members of one transaction.
const MEMBERS: usize = 500;

/// Contents made in one transaction: each may take some milliseconds.
const CONTENTS: usize = 20;

/// Members of one transaction for whom mails wait that may go with their digest.
const HOLDERS: usize = 100;

/// How far a digest has come.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Place {
    /// The last post that it brings.
    to: i64,
    /// The last member who has theirs.
    member: i64,
}

/// Sends the digest to those whose turn it is; the others follow in a transaction
/// of their own, at once.
///
/// # Errors
/// Where the database refuses.
pub async fn run(tx: &mut Tx, act: &Running<'_>) -> store::Result<Outcome> {
    // Posts and members stand still until the end of this transaction.
    communities::lock(tx, act.community.id).await?;
    let to = digests::last_expanded(tx, act.community.id).await?;
    batch(tx, act, Place { to, member: 0 }).await
}

/// Goes on with a digest.
///
/// # Errors
/// Where the database refuses.
pub async fn rest(tx: &mut Tx, act: &Running<'_>) -> store::Result<Outcome> {
    communities::lock(tx, act.community.id).await?;
    match Place::read(&act.about) {
        Some(place) => batch(tx, act, place).await,
        None => Ok(Outcome::Dropped("it does not say where to go on".into())),
    }
}

/// Whom it goes to, if there is something new for them.
///
/// # Errors
/// Where the database refuses.
pub async fn audience(tx: &mut Tx, ahead: &Ahead<'_>) -> store::Result<Vec<Recipient>> {
    let all = members::of_community(tx, ahead.community).await?;
    let chosen = all.iter().filter(|member| member.receives_digest());
    let planned = |member: &Member| Recipient {
        reason: "where there is something new for them".to_owned(),
        ..Recipient::planned(&member.address)
    };
    Ok(chosen.map(planned).collect())
}

async fn batch(tx: &mut Tx, act: &Running<'_>, place: Place) -> store::Result<Outcome> {
    let community = act.community.id;
    let due = digests::due(tx, community, place.member, place.to, MEMBERS as i64).await?;
    let is_full = due.len() == MEMBERS;
    let (due, is_less) = no_more_than(tx, act, due, place.member).await?;
    let Some(last) = due.last().map(|member| member.id) else {
        return Ok(Outcome::Done("nobody waits for a digest".into()));
    };
    let range = |to| Range {
        community_id: community,
        after: place.member,
        to,
    };
    let mut gathered = gather::gather(tx, due, range(last), place.to).await?;
    gather::items(tx, act.ctx, &mut gathered, range(last)).await?;
    let plan = select::plan(&gathered, CONTENTS);
    let served = plan.last_member.unwrap_or(last);
    let sent = match send::send(tx, act, &gathered.posts, &plan).await {
        Ok(sent) => sent,
        Err(compose::Error::Store(error)) => return Err(error),
        Err(error) => return Ok(Outcome::Dropped(error.to_string())),
    };
    digests::mark(tx, range(served), gathered.to).await?;
    let more = served < last || is_full || is_less;
    if more {
        let place = Place {
            to: gathered.to,
            member: served,
        };
        acts::insert(tx, community, REST, &place.write(), act.due_at).await?;
    }
    Ok(Outcome::Done(sent.told(more)))
}

/// Fewer members where something waits for many of them: each is judged alone.
async fn no_more_than(
    tx: &mut Tx,
    act: &Running<'_>,
    mut due: Vec<Member>,
    after: i64,
) -> store::Result<(Vec<Member>, bool)> {
    let range = Range {
        community_id: act.community.id,
        after,
        to: due.last().map_or(after, |member| member.id),
    };
    let most = HOLDERS as i64;
    let holders = release::digest::holders(tx, range, act.ctx.now(), most).await?;
    let before = due.len();
    if let Some(last) = holders.get(HOLDERS - 1) {
        due.retain(|member| member.id <= *last);
    }
    let is_less = due.len() < before;
    Ok((due, is_less))
}

/// What a transaction sent.
#[derive(Clone, Debug, Default)]
struct Sent {
    members: usize,
    mails: BTreeSet<String>,
}

impl Sent {
    fn told(&self, more: bool) -> String {
        let what = match self.members {
            0 => "nothing new for anybody: nothing is sent".to_owned(),
            count => format!("mailed to {count} members in {} versions", self.mails.len()),
        };
        if more {
            format!("{what}; the other members follow")
        } else {
            what
        }
    }
}

impl Place {
    fn write(self) -> String {
        format!("{}.{}", self.to, self.member)
    }

    fn read(text: &str) -> Option<Place> {
        let (to, member) = text.split_once('.')?;
        Some(Place {
            to: to.parse().ok()?,
            member: member.parse().ok()?,
        })
    }
}

#[cfg(test)]
mod tests;
