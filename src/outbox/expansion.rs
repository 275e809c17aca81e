//! A frozen audience becomes outbox rows, in batches, so that a list of a
//! million blocks nobody.

use std::time::Duration;

use tokio::sync::watch;

use crate::context::Context;
use crate::pulse::Pulse;
use crate::store::{self, mails};

/// Roster rows a transaction looks at. Other writers get their turn in between.
const BATCH: i64 = 500;

/// Expands audiences until told to stop.
pub async fn run(ctx: Context, pulse: Pulse, mut stop: watch::Receiver<bool>) {
    while !*stop.borrow() {
        match step(&ctx, &pulse).await {
            Ok(true) => continue,
            Ok(false) => {}
            Err(error) => tracing::warn!(%error, "expansion waits for the database"),
        }
        tokio::select! {
            () = ctx.bells.expansion.notified() => {}
            () = tokio::time::sleep(Duration::from_secs(2)) => {}
            _ = stop.changed() => {}
        }
    }
}

/// One batch of one mail; false if there was nothing to do.
pub(crate) async fn step(ctx: &Context, pulse: &Pulse) -> store::Result<bool> {
    // Asked first on a reader: the writer's turn is not taken for nothing.
    if !mails::any_expanding(&mut ctx.read().await?).await? {
        return Ok(false);
    }
    let mut tx = ctx.write().await?;
    let Some(mail) = mails::claim_expanding(&mut tx, pulse.owner(), pulse.lease()).await? else {
        return Ok(false);
    };
    mails::expand(&mut tx, &mail, pulse.owner(), BATCH, ctx.now()).await?;
    tx.commit().await?;
    ctx.bells.relay.notify_one();
    Ok(true)
}
