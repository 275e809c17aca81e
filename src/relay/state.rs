//! Whether the relay can be reached. Found down, it is probed by one connection
//! with growing pauses, at least every minute; found up, the outbox drains at
//! once. Rows are not touched meanwhile: they wait.

use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use tokio::sync::{Notify, watch};

use super::connection::Connection;
use super::retry::GIVE_UP_AFTER;
use super::verdict::Failure;
use crate::context::Context;
use crate::store::{self, outbox};

/// The longest pause between two probes.
const LONGEST_PAUSE: Duration = Duration::from_secs(30);

/// Whether the relay can be reached, shared by all who must know.
#[derive(Default)]
pub struct RelayState {
    down: AtomicBool,
    trouble: Mutex<String>,
    probes: AtomicU64,
    bell: Notify,
}

impl RelayState {
    /// Whether the relay is known to be unreachable.
    pub fn is_down(&self) -> bool {
        self.down.load(Ordering::SeqCst)
    }

    /// How many probes have failed so far.
    pub fn probes(&self) -> u64 {
        self.probes.load(Ordering::SeqCst)
    }

    /// Asks for a probe now.
    pub fn probe_now(&self) {
        self.bell.notify_one();
    }

    /// A connection could not be made.
    pub(super) fn went_down(&self, reason: &str) {
        reason.clone_into(&mut self.trouble.lock().unwrap_or_else(PoisonError::into_inner));
        if !self.down.swap(true, Ordering::SeqCst) {
            tracing::warn!(reason, "the relay cannot be reached; mail waits");
            self.bell.notify_one();
        }
    }

    fn came_up(&self) {
        self.down.store(false, Ordering::SeqCst);
        tracing::info!("the relay is back; the outbox drains");
    }

    fn trouble(&self) -> String {
        self.trouble
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .clone()
    }
}

/// Probes a relay that is down, until told to stop.
pub(super) async fn run(ctx: Context, state: Arc<RelayState>, mut stop: watch::Receiver<bool>) {
    let mut pause = Duration::from_millis(500);
    while !*stop.borrow() {
        let wait = if state.is_down() {
            pause
        } else {
            Duration::from_secs(3600)
        };
        tokio::select! {
            () = state.bell.notified() => {}
            () = tokio::time::sleep(wait) => {}
            _ = stop.changed() => continue,
        }
        if state.is_down() {
            let up = probe(&ctx, &state).await;
            pause = if up {
                Duration::from_millis(500)
            } else {
                (pause * 2).min(LONGEST_PAUSE)
            };
        }
    }
}

/// Tries one connection; true if the relay is back.
async fn probe(ctx: &Context, state: &RelayState) -> bool {
    let settings = &ctx.settings;
    match Connection::open(&ctx.relay, &settings.domain, Duration::from_secs(20)).await {
        Ok(connection) => {
            connection.quit().await;
            state.came_up();
            ctx.bells.relay.notify_one();
            true
        }
        Err(Failure::Unreachable(reason) | Failure::Broken(reason)) => {
            reason.clone_into(&mut state.trouble.lock().unwrap_or_else(PoisonError::into_inner));
            if let Err(error) = give_up_old(ctx, &state.trouble()).await {
                tracing::warn!(%error, "the outbox waits for the database");
            }
            state.probes.fetch_add(1, Ordering::SeqCst);
            false
        }
    }
}

/// Ends what has waited for five days: also without a relay nothing waits for ever.
async fn give_up_old(ctx: &Context, trouble: &str) -> store::Result<()> {
    let now = ctx.now();
    let reason = format!("given up after 5 days; the relay could not be reached: {trouble}");
    let mut tx = ctx.write().await?;
    let ended = outbox::expire(&mut tx, now - GIVE_UP_AFTER, &reason, now).await?;
    tx.commit().await?;
    if ended > 0 {
        tracing::error!(
            ended,
            "mails given up: the relay could not be reached for 5 days"
        );
    }
    Ok(())
}
