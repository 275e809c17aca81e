//! Waiting until nothing is due: what `clock advance` does between two moments.

use std::time::Duration;

use crate::clock::monotonic;
use crate::context::Context;
use crate::relay::RelayState;
use crate::store::{self, acts, intake, mails, offers, outbox};

/// How often is looked.
const EVERY: Duration = Duration::from_millis(4);

/// A moment that takes longer than this to be worked off is an error.
const LONGEST: Duration = Duration::from_secs(600);

/// Waits until everything due at or before the present moment is done and every
/// outgoing mail has been sent or tried; false if that took too long.
///
/// # Errors
/// Where the database cannot be asked.
pub async fn settle(ctx: &Context, relay: &RelayState) -> store::Result<bool> {
    let (began, probes) = (monotonic(), relay.probes());
    ctx.bells.all();
    while monotonic().duration_since(began) < LONGEST {
        match open_work(ctx).await? {
            Open::Nothing => return Ok(true),
            Open::Mail if relay.is_down() && relay.probes() > probes => return Ok(true),
            Open::Mail if relay.is_down() => relay.probe_now(),
            Open::Mail | Open::Work => {}
        }
        tokio::time::sleep(EVERY).await;
    }
    Ok(false)
}

enum Open {
    Nothing,
    /// Only mail that the relay must take.
    Mail,
    Work,
}

/// Asked in the order in which work flows, so that what moves on while it is asked
/// is seen further down.
async fn open_work(ctx: &Context) -> store::Result<Open> {
    let (mut tx, now) = (ctx.read().await?, ctx.now());
    // Asked in the order in which work moves on, so that none slips by unseen.
    let due = |at: Option<i64>| at.is_some_and(|at| at <= now);
    if due(intake::next_due(&mut tx).await?)
        || due(acts::next_due(&mut tx).await?)
        || mails::any_expanding(&mut tx).await?
        || due(offers::next_due(&mut tx).await?)
    {
        return Ok(Open::Work);
    }
    let mail = outbox::any_open(&mut tx, now).await?;
    Ok(if mail { Open::Mail } else { Open::Nothing })
}

/// The next moment at which something falls due, if anything ever does.
///
/// # Errors
/// Where the database cannot be asked.
pub async fn next_moment(ctx: &Context) -> store::Result<Option<i64>> {
    let mut tx = ctx.read().await?;
    let all = [
        acts::next_due(&mut tx).await?,
        intake::next_due(&mut tx).await?,
        offers::next_due(&mut tx).await?,
        outbox::next_due(&mut tx).await?,
    ];
    Ok(all.into_iter().flatten().filter(|at| *at > ctx.now()).min())
}
