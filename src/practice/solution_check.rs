//! Was the problem solved? Whoever asked a question is asked, when its thread has rested
//! for a week.

use chrono::TimeDelta;

use super::question::is_question;
use crate::cadence::act::{Act, Ahead, Plan, Posted, Recipient};
use crate::cadence::{Outcome, Running};
use crate::store::{self, Millis, Tx, acts, members, posts, surveys};
use crate::surveys::{ask, open};

/// This act's name in the registry, its mail's in the catalogue, and its survey's.
pub const NAME: &str = "solution-check";

/// A thread has rested after so many days.
const REST: TimeDelta = TimeDelta::days(7);

/// What an outage swallowed is asked late: the answer is still known.
pub const ACT: Act = Act::new(NAME, |tx, act| Box::pin(run(tx, act)))
    .planned(Plan::Posts(after_question))
    .mailing(NAME, |tx, ahead| Box::pin(audience(tx, ahead)));

fn after_question(posted: &Posted<'_>) -> Option<TimeDelta> {
    let is_asked = posted.is_root
        && posted.author.is_some()
        && posted.charter.health_check.is_some()
        && is_question(posted.subject, posted.text);
    is_asked.then_some(REST)
}

/// Asks who asked, unless the thread goes on: then it is asked a week after its last post.
///
/// # Errors
/// Where the database refuses.
pub async fn run(tx: &mut Tx, act: &Running<'_>) -> store::Result<Outcome> {
    let post = match act.about.parse() {
        Ok(id) => posts::by_id(tx, id).await?,
        Err(_) => None,
    };
    let Some(post) = post else {
        return Ok(Outcome::Dropped(
            "the question is not in the archive".into(),
        ));
    };
    let community = act.community.id;
    if let Some(due) = rests_at(tx, act, post.thread_id).await? {
        acts::insert(tx, community, NAME, &act.about, due).await?;
        return Ok(Outcome::Merged(
            "the thread goes on; it is asked later".into(),
        ));
    }
    let author = members::by_address(tx, community, &post.author_address).await?;
    let Some(author) = author.filter(open::is_asked) else {
        return Ok(Outcome::Dropped("who asked is no member any more".into()));
    };
    let home = (act.community, &*act.charter);
    let asked = match open::rolling(tx, act.ctx, home, NAME).await? {
        Ok(asked) => asked,
        Err(why) => return Ok(Outcome::Dropped(why)),
    };
    let counted = open::counts(&author);
    surveys::invite(tx, asked.wave.id, author.id, &act.about, counted).await?;
    let waiting = surveys::unmailed(tx, asked.wave.id, 10_000).await?;
    let Some(invitee) = waiting.iter().find(|one| one.about == act.about) else {
        return Ok(Outcome::Dropped("they were asked already".into()));
    };
    surveys::set_mailed(tx, invitee.id).await?;
    let who = (invitee, post.subject.as_str(), false);
    Ok(match ask::write(tx, act.ctx, home, &asked, who).await? {
        Ok(()) => Outcome::Done("offered to who asked".into()),
        Err(why) => Outcome::Dropped(why),
    })
}

/// Who asked, where they are still to be asked.
///
/// # Errors
/// Where the database refuses.
pub async fn audience(tx: &mut Tx, ahead: &Ahead<'_>) -> store::Result<Vec<Recipient>> {
    let post = match ahead.about.parse() {
        Ok(id) => posts::by_id(tx, id).await?,
        Err(_) => None,
    };
    let author = match post {
        Some(post) => members::by_address(tx, ahead.community, &post.author_address).await?,
        None => None,
    };
    let author = author.filter(open::is_asked);
    Ok(author
        .map(|author| Recipient::planned(&author.address))
        .into_iter()
        .collect())
}

/// When a thread will have rested, where that is still to come.
async fn rests_at(tx: &mut Tx, act: &Running<'_>, thread: i64) -> store::Result<Option<Millis>> {
    let last = posts::last_of_thread(tx, act.community.id, thread).await?;
    let rested = last.map(|last| last + REST.num_milliseconds());
    Ok(rested.filter(|at| *at > act.ctx.now()))
}
