//! A moderator's decision on a held post. Whoever is first wins.

use super::guests;
use super::post::{self, Arrival};
use crate::context::Context;
use crate::message;
use crate::store::held::{self, Held};
use crate::store::{Tx, communities, intake};
use crate::trail::Step;

/// What a moderator can decide.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Choice {
    /// The post goes to the list.
    Accept,
    /// It does not, for this reason.
    Reject(String),
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
}

/// Decides, and does what follows.
///
/// # Errors
/// See [`Refused`]; nothing is changed then.
pub async fn decide(
    tx: &mut Tx,
    ctx: &Context,
    id: i64,
    choice: &Choice,
    by: &str,
) -> Result<(), Refused> {
    let post = held::find(tx, id).await?.ok_or(Refused::Gone(id))?;
    match choice {
        Choice::Accept => accept(tx, ctx, &post, by).await,
        Choice::Reject(reason) => {
            let reason = format!("rejected by {by}: {reason}");
            finish(tx, ctx, &post, "rejected", &reason).await
        }
    }
}

async fn accept(tx: &mut Tx, ctx: &Context, held: &Held, by: &str) -> Result<(), Refused> {
    let community = communities::by_id(tx, held.community_id).await?;
    let charter = ctx.charter(&community).ok_or(Refused::Charter)?;
    let message = intake::message(tx, held.raw_id).await?;
    let mail = message::parse(&message.raw);
    let arrival = Arrival {
        community: &community,
        charter: &charter,
        message: &message,
        mail: &mail,
    };
    let (outcome, reason) = post::publish(tx, ctx, &arrival).await?;
    guests::let_in_with(tx, ctx, &arrival, by).await?;
    finish(
        tx,
        ctx,
        held,
        outcome,
        &format!("accepted by {by}: {reason}"),
    )
    .await
}

async fn finish(
    tx: &mut Tx,
    ctx: &Context,
    post: &Held,
    outcome: &str,
    reason: &str,
) -> Result<(), Refused> {
    if !held::decide(tx, post.id, outcome, reason, ctx.now()).await? {
        return Err(Refused::Gone(post.id));
    }
    let step = Step::of_message(Some(post.community_id), &post.message_id, ctx.now());
    step.record(tx, "moderation", outcome, reason).await?;
    Ok(())
}
