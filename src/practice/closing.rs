//! Closing a community: its sessions are cancelled in everybody's calendar, and nothing
//! more is planned. The archive, the members and what they can do by mail stay.

use crate::cadence::plan;
use crate::config::Charter;
use crate::context::Context;
use crate::sessions;
use crate::store::communities::{self, Community};
use crate::store::{self, Tx};
use crate::trail::Step;

/// Why nothing was changed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Refused {
    /// It is closed.
    #[error("it is closed already; `community reopen` opens it again")]
    Closed,
    /// It is not.
    #[error("it is not closed; `community close` closes it")]
    Open,
}

/// Closes a community: whoever has a session to come in their calendar gets its CANCEL,
/// which says `why`.
///
/// # Errors
/// Where the database refuses.
pub async fn close(
    tx: &mut Tx,
    ctx: &Context,
    community: &Community,
    charter: &Charter,
    why: &str,
) -> store::Result<Result<(), Refused>> {
    let Some(mut community) = locked(tx, community.id, false).await? else {
        return Ok(Err(Refused::Closed));
    };
    community.closed_at = Some(ctx.now());
    communities::close(tx, community.id, community.closed_at).await?;
    sessions::close(tx, ctx, &community, why).await?;
    plan::plan(tx, community.id, charter, ctx.now()).await?;
    record(tx, ctx, community.id, ("closed", why)).await.map(Ok)
}

/// Opens a community again: the series of its charter begin anew, and what the charter
/// plans is planned.
///
/// # Errors
/// Where the database refuses.
pub async fn reopen(
    tx: &mut Tx,
    ctx: &Context,
    community: &Community,
    charter: &Charter,
) -> store::Result<Result<(), Refused>> {
    let Some(community) = locked(tx, community.id, true).await? else {
        return Ok(Err(Refused::Open));
    };
    communities::close(tx, community.id, None).await?;
    sessions::reopen(tx, ctx, &community, charter).await?;
    plan::plan(tx, community.id, charter, ctx.now()).await?;
    record(tx, ctx, community.id, ("opened again", ""))
        .await
        .map(Ok)
}

/// The community as it is now that nobody else changes it, where it is closed, or not.
async fn locked(tx: &mut Tx, id: i64, closed: bool) -> store::Result<Option<Community>> {
    communities::lock(tx, id).await?;
    let community = communities::by_id(tx, id).await?;
    Ok((community.closed_at.is_some() == closed).then_some(community))
}

async fn record(
    tx: &mut Tx,
    ctx: &Context,
    id: i64,
    (verdict, why): (&str, &str),
) -> store::Result<()> {
    let step = Step {
        community_id: Some(id),
        at: ctx.now(),
        ..Step::default()
    };
    step.record(tx, "community", verdict, why).await
}
