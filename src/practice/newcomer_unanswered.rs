//! A member's first post that nobody has answered: after a day two peers and the
//! facilitators are asked. It stands for the first stage of [`super::unanswered`], so that
//! nobody gets two mails about one post.

use chrono::TimeDelta;

use super::thread_watch::{self, Kind, Waiting, hear, likely, put, shown, still};
use crate::cadence::act::{Act, Ahead, Plan, Posted, Recipient};
use crate::cadence::{Outcome, Running};
use crate::outbox::moot;
use crate::store::members::{self, Member};
use crate::store::{self, Millis, Tx, acts, communities};
use crate::templates::mails::NewcomerUnanswered;

/// This act's name in the registry, and its mail's in the catalogue.
pub const NAME: &str = "newcomer-unanswered";

/// So many peers are asked beside the facilitators.
const PEERS: usize = 2;

/// A week later nobody waits for a welcome any more. No holidays: the mail itself waits
/// until they are over.
pub const ACT: Act = Act::new(NAME, |tx, act| Box::pin(run(tx, act)))
    .planned(Plan::Posts(after))
    .dropped_after(7 * 24)
    .mailing(NAME, |tx, ahead| Box::pin(audience(tx, ahead)))
    .hearing(NAME, |tx, reply| Box::pin(hear(tx, reply)));

fn after(posted: &Posted<'_>) -> Option<TimeDelta> {
    let is_newcomers = posted.is_root && posted.is_first;
    let is_members = posted.author.is_some_and(Member::on_list);
    (is_newcomers && is_members).then(|| TimeDelta::hours(24))
}

/// Whether this watch asks, or has asked, about that post. One that was dropped, because
/// a facilitator has muted it, say, stands for nothing.
///
/// # Errors
/// Where the database refuses.
pub async fn stands_for(tx: &mut Tx, community: i64, about: &str) -> store::Result<bool> {
    let state = acts::state_of(tx, community, NAME, about).await?;
    Ok(state.is_some_and(|state| state != "dropped"))
}

async fn run(tx: &mut Tx, act: &Running<'_>) -> store::Result<Outcome> {
    let community = act.community.id;
    communities::lock(tx, community).await?;
    let waiting = match still(tx, act).await? {
        Ok(waiting) => waiting,
        Err(why) => return Ok(Outcome::Dropped(why)),
    };
    let people = people(tx, (community, act.ctx.now()), &waiting).await?;
    if people.is_empty() {
        let why = "nobody has answered anybody of late, and there is no facilitator";
        return Ok(Outcome::Dropped(why.to_owned()));
    }
    let home = (act.ctx, act.community, &*act.charter);
    let mail = NewcomerUnanswered {
        thread: shown(home, &waiting),
        others: people.len() - 1,
    };
    let whom = (people.as_slice(), Some(act.due_at));
    let done = put(tx, home, (&waiting, moot::ASKED), whom, &mail).await;
    thread_watch::outcome(done, "asked", "peers and facilitators")
}

/// Two peers and the facilitators, each once.
async fn people(
    tx: &mut Tx,
    (community, now): (i64, Millis),
    waiting: &Waiting,
) -> store::Result<Vec<Member>> {
    let mut people = likely(tx, (community, now), waiting, (Kind::Peers, PEERS)).await?;
    let asker = members::person_with(tx, &waiting.root.author_address).await?;
    for member in members::with_role(tx, community, "facilitator").await? {
        let is_there = people.iter().any(|known| known.id == member.id);
        if !is_there && Some(member.person_id) != asker {
            people.push(member);
        }
    }
    Ok(people)
}

/// Whom it goes to, if nobody answers.
async fn audience(tx: &mut Tx, ahead: &Ahead<'_>) -> store::Result<Vec<Recipient>> {
    let community = ahead.community;
    let Ok(waiting) = thread_watch::waiting(tx, community, ahead.about).await? else {
        return Ok(Vec::new());
    };
    let people = people(tx, (community, ahead.due_at), &waiting).await?;
    Ok(thread_watch::recipients(&people))
}
