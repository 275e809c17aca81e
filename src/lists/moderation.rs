//! Posts that wait for a moderator: moderators hear of them and decide by replying,
//! on a page, or by the operator's hand. Whoever is first wins; the other moderators
//! and, where that is safe, the author hear what was decided.

mod announce;
mod attached;
mod author;
pub mod bundle;
pub mod desk;
pub mod due;
mod outcome;
mod reply;
mod standing;
mod wording;

use super::closed;
use super::post::{self, Arrival};
use super::rules::Finding;
use crate::context::Context;
use crate::message::{self, oneline::oneline};
use crate::outbox::compose;
use crate::store::held;
use crate::store::holds::{self, Hold, NewHold};
use crate::store::members::{self, Member};
use crate::store::{self, Tx, communities, erasure, intake};
use crate::trail::Step;

pub use author::survey_reply;
pub use reply::{reply, reply_to_token};
pub use wording::{outcome as outcome_sentence, reasons};

const HOUR: i64 = 3_600_000;
const DAY: i64 = 24 * HOUR;

/// A post that nobody decides about is given up after so many days.
pub const DAYS: u32 = 30;

/// What a moderator can decide.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Choice {
    /// The post goes to the list.
    Accept,
    /// It does not, for this reason; may be empty.
    Reject(String),
    /// It does not, and nobody hears of it.
    Discard,
    /// It goes to the list, and so do all later posts of its author.
    Trust,
    /// It is discarded, and so are all later posts of its author.
    Ban,
}

impl Choice {
    /// The same, with a reason that is fit for every place where it is told.
    fn on_one_line(&self) -> Choice {
        match self {
            Choice::Reject(reason) => Choice::Reject(oneline(reason)),
            other => other.clone(),
        }
    }

    /// The outcome of the waiting, and the reason that was given.
    fn end(&self) -> (&str, &str) {
        match self {
            Choice::Accept => ("accepted", ""),
            Choice::Reject(reason) => ("rejected", reason),
            Choice::Discard => ("discarded", ""),
            Choice::Trust => ("trusted", ""),
            Choice::Ban => ("banned", ""),
        }
    }
}

/// Who decides.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct By {
    /// Their name, for the trail and the other moderators.
    pub name: String,
    /// Their address; empty for the operator.
    pub address: String,
}

impl By {
    /// The one at the command line.
    pub fn operator() -> By {
        By {
            name: "the operator".to_owned(),
            address: String::new(),
        }
    }

    /// A moderator.
    pub fn moderator(member: &Member) -> By {
        let name = match member.name.trim() {
            "" => &member.address,
            name => name,
        };
        By {
            name: name.to_owned(),
            address: member.address.clone(),
        }
    }
}

/// Why a decision did not take effect.
#[derive(Debug, thiserror::Error)]
pub enum Refused {
    /// The database refused.
    #[error(transparent)]
    Store(#[from] sqlx::Error),
    /// There is no such post, or somebody else was first.
    #[error(
        "no held post has the id {0}; it may have been decided already: see `folkmoot hold list`"
    )]
    Gone(i64),
    /// The community's charter cannot be read.
    #[error("the charter of this community cannot be read; see `folkmoot check`")]
    Charter,
    /// A mail that tells of the decision cannot be composed.
    #[error(transparent)]
    Mail(#[from] compose::Error),
}

/// Those who decide: members with the role moderator, and where there is none the
/// facilitators (interfaces.md, "Roles").
///
/// # Errors
/// Where the database refuses.
pub async fn moderators(tx: &mut Tx, community: i64) -> store::Result<Vec<Member>> {
    let moderators = members::with_role(tx, community, "moderator").await?;
    if !moderators.is_empty() {
        return Ok(moderators);
    }
    members::with_role(tx, community, "facilitator").await
}

/// Lets a post wait: it is noted, moderators hear of it, and where that is safe its
/// author.
///
/// # Errors
/// Where the database refuses or a mail cannot be composed.
pub async fn hold(
    tx: &mut Tx,
    ctx: &Context,
    arrival: &Arrival<'_>,
    findings: &[Finding],
) -> Result<(), compose::Error> {
    let hold = note(tx, ctx, arrival, findings).await?;
    due::plan(tx, &hold).await?;
    announce::announce(tx, ctx, arrival, &hold).await?;
    author::notice(tx, ctx, arrival, &hold).await
}

async fn note(
    tx: &mut Tx,
    ctx: &Context,
    arrival: &Arrival<'_>,
    findings: &[Finding],
) -> store::Result<Hold> {
    let (from, now) = (arrival.mail.from.first(), ctx.now());
    let address = from.map_or("", |from| from.address.as_str());
    let name = from.and_then(|from| from.name.as_deref());
    let (strength, notify) = author::notify(tx, ctx, arrival).await?;
    let row = NewHold {
        intake_id: arrival.intake,
        community_id: arrival.community.id,
        author: (address, name.unwrap_or_default()),
        subject: &arrival.mail.subject,
        findings: &wording::findings(ctx, arrival.community, findings),
        strength,
        notify: &notify,
        held_at: now,
        expires_at: now + i64::from(DAYS) * DAY,
    };
    holds::insert(tx, &row).await?;
    let found = holds::by_id(tx, arrival.intake).await?;
    found.ok_or(sqlx::Error::RowNotFound)
}

/// Decides, and does what follows.
///
/// # Errors
/// See [`Refused`]. After [`Refused::Gone`] nothing is changed; after any other the
/// transaction must be rolled back.
pub async fn decide(
    tx: &mut Tx,
    ctx: &Context,
    id: i64,
    choice: &Choice,
    by: &By,
) -> Result<(), Refused> {
    let hold = holds::by_id(tx, id).await?.ok_or(Refused::Gone(id))?;
    // One decision after the other: whoever comes second finds it closed.
    communities::lock(tx, hold.community_id).await?;
    let choice = &match choice {
        // Nothing goes to the list of a closed community: the author hears why.
        Choice::Accept | Choice::Trust if is_closed(tx, &hold).await? => {
            Choice::Reject(closed::WHY.to_owned())
        }
        choice => choice.on_one_line(),
    };
    let end = choice.end();
    if !holds::close(tx, id, &by.name, end, ctx.now()).await? {
        return Err(Refused::Gone(id));
    }
    let why = format!("the post was {} by {}", end.0, by.name);
    due::drop_all(tx, &hold, &why, ctx.now()).await?;
    standing::remember(tx, ctx, &hold, choice, by).await?;
    let (outcome, done) = follow(tx, ctx, &hold, choice, by).await?;
    let reason = format!("{} by {}: {done}", end.0, by.name);
    let reason = reason.trim_end_matches([':', ' ']);
    finish(tx, ctx, &hold, outcome, reason).await?;
    tell(tx, ctx, id, &by.address).await
}

async fn is_closed(tx: &mut Tx, hold: &Hold) -> store::Result<bool> {
    let community = communities::by_id(tx, hold.community_id).await?;
    Ok(community.closed_at.is_some())
}

/// What a decision does to the post: its outcome as a message, and why.
async fn follow(
    tx: &mut Tx,
    ctx: &Context,
    hold: &Hold,
    choice: &Choice,
    by: &By,
) -> Result<post::Outcome, Refused> {
    Ok(match choice {
        Choice::Accept | Choice::Trust => publish(tx, ctx, hold, by).await?,
        Choice::Reject(reason) => ("rejected", reason.clone()),
        Choice::Discard | Choice::Ban => ("discarded", String::new()),
    })
}

/// Tells the other moderators and the author how a post's waiting ended.
async fn tell(tx: &mut Tx, ctx: &Context, id: i64, but: &str) -> Result<(), Refused> {
    let hold = holds::by_id(tx, id).await?.ok_or(Refused::Gone(id))?;
    let community = communities::by_id(tx, hold.community_id).await?;
    outcome::tell(tx, ctx, &community, &hold, but).await?;
    Ok(author::outcome(tx, ctx, &community, &hold).await?)
}

async fn publish(
    tx: &mut Tx,
    ctx: &Context,
    hold: &Hold,
    by: &By,
) -> Result<post::Outcome, Refused> {
    let community = communities::by_id(tx, hold.community_id).await?;
    let charter = ctx.charter(&community).ok_or(Refused::Charter)?;
    let message = intake::message(tx, hold.raw_id).await?;
    let mail = message::parse(&message.raw);
    let arrival = Arrival {
        intake: hold.intake_id,
        community: &community,
        charter: &charter,
        message: &message,
        mail: &mail,
    };
    let outcome = post::publish(tx, ctx, &arrival).await?;
    match outcome.0 {
        "accepted" => standing::let_in(tx, ctx, &arrival, by).await?,
        other => holds::settle(tx, hold.intake_id, other).await?,
    }
    Ok(outcome)
}

/// Gives up what waits of an author who is erased. Nobody is told: it is gone.
///
/// # Errors
/// Where the database refuses.
pub async fn give_up_of(tx: &mut Tx, ctx: &Context, author: &str) -> store::Result<()> {
    const WHY: &str = "its author was erased";
    for id in erasure::open_holds(tx, author).await? {
        let Some(hold) = holds::by_id(tx, id).await? else {
            continue;
        };
        communities::lock(tx, hold.community_id).await?;
        if holds::close(tx, id, "", ("discarded", WHY), ctx.now()).await? {
            due::drop_all(tx, &hold, WHY, ctx.now()).await?;
            held::decide(tx, id, "discarded", WHY, ctx.now()).await?;
        }
    }
    Ok(())
}

/// Records the end: in the message's one outcome, and in the trail.
async fn finish(
    tx: &mut Tx,
    ctx: &Context,
    hold: &Hold,
    outcome: &str,
    reason: &str,
) -> Result<(), Refused> {
    if !held::decide(tx, hold.intake_id, outcome, reason, ctx.now()).await? {
        return Err(Refused::Gone(hold.intake_id));
    }
    let step = Step::of_message(Some(hold.community_id), &hold.message_id, ctx.now());
    Ok(step.record(tx, "moderation", outcome, reason).await?)
}
