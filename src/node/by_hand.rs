//! A node's work without its workers: one piece after the other, in an order that does
//! not depend on who is faster. What a simulation needs whose seed shall say everything
//! (`tests/yearsim.rs`).

use tokio::sync::watch;

use super::{dispatch, start};
use crate::cadence::{engine, plan};
use crate::clock::monotonic;
use crate::context::Context;
use crate::outbox::{expansion, release};
use crate::pulse::Pulse;
use crate::store::{self, acts};

/// A node that does nothing unless it is told to, and sends nothing: whoever has it
/// takes the rows of the outbox.
pub struct ByHand {
    ctx: Context,
    pulse: Pulse,
    _going_on: watch::Sender<bool>,
    stop: watch::Receiver<bool>,
}

impl ByHand {
    /// A node of that name.
    pub fn new(ctx: Context, name: &str) -> ByHand {
        let (_going_on, stop) = watch::channel(false);
        ByHand {
            ctx,
            pulse: Pulse::new(name),
            _going_on,
            stop,
        }
    }

    /// The name under which it holds leases.
    pub fn owner(&self) -> &str {
        self.pulse.owner()
    }

    /// What a node does when it starts: what it held is free, and all that the charters
    /// plan is in line with the clock.
    ///
    /// # Errors
    /// Where the database refuses.
    pub async fn start(&self) -> store::Result<()> {
        let mut tx = self.ctx.write().await?;
        start::release(&mut tx, self.pulse.owner()).await?;
        tx.commit().await?;
        plan::plan_all(&self.ctx).await
    }

    /// Does one piece of what is due; false where nothing is.
    ///
    /// # Errors
    /// Where the database refuses.
    pub async fn step(&self) -> store::Result<bool> {
        self.pulse.renewed(monotonic());
        let (ctx, pulse) = (&self.ctx, &self.pulse);
        Ok(dispatch::step(ctx, pulse, &self.stop).await? > 0
            || engine::step(ctx, pulse).await?
            || expansion::step(ctx, pulse).await?
            || release::step(ctx).await?)
    }

    /// Begins what is due, and dies before anything of it is committed but that it was
    /// taken; true where there was something to die over. What follows is [`Self::start`].
    ///
    /// # Errors
    /// Where the database refuses.
    pub async fn die_at_work(&self) -> store::Result<bool> {
        let (ctx, now) = (&self.ctx, self.ctx.now());
        let mut tx = ctx.write().await?;
        let lease = self.pulse.lease();
        let taken = acts::claim(&mut tx, now, self.pulse.owner(), lease).await?;
        tx.commit().await?;
        let mut tx = ctx.write().await?;
        if let Some(row) = &taken {
            engine::act_out(&mut tx, ctx, row).await?;
        }
        release::serve(&mut tx, ctx).await?;
        drop(tx);
        Ok(taken.is_some())
    }
}
