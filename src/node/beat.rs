//! The node's heartbeat: it says that it is alive, prolongs what it holds, and
//! takes back what dead nodes held.

use std::time::Duration;

use tokio::sync::watch;

use crate::clock::{monotonic, system_ms};
use crate::context::Context;
use crate::pulse::{BEAT, LEASE, Pulse};
use crate::store::{self, nodes, outbox};

/// The pause after a beat that failed: while the pulse is not fresh, nothing is sent.
const SOON: Duration = Duration::from_secs(1);

/// Beats until told to stop.
pub(super) async fn run(ctx: Context, pulse: Pulse, mut stop: watch::Receiver<bool>) {
    let mut pause = BEAT;
    while !*stop.borrow() {
        tokio::select! {
            () = tokio::time::sleep(pause) => {}
            _ = stop.changed() => return,
        }
        pause = match beat(&ctx, &pulse).await {
            Ok(()) => BEAT,
            Err(error) => {
                tracing::warn!(%error, "the heartbeat could not be written");
                SOON
            }
        };
    }
}

/// One beat.
pub(super) async fn beat(ctx: &Context, pulse: &Pulse) -> store::Result<()> {
    let began = monotonic();
    let now = system_ms();
    let until = now + LEASE.as_millis() as i64;
    let mut tx = ctx.write().await?;
    nodes::beat(&mut tx, pulse.owner(), now, until).await?;
    nodes::forget(&mut tx, now - 86_400_000).await?;
    outbox::renew(&mut tx, pulse.owner(), until).await?;
    let freed = outbox::reclaim(&mut tx, now).await?;
    tx.commit().await?;
    pulse.renewed(began);
    if freed > 0 {
        tracing::warn!(freed, "took back mails that a dead node had taken");
        ctx.bells.relay.notify_one();
    }
    Ok(())
}
