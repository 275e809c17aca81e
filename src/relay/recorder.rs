//! The recorder commits how attempts ended, all that wait in one transaction:
//! group commit is what makes a durable row for each recipient cheap.

use std::collections::HashSet;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use tokio::sync::{mpsc, oneshot};

use crate::context::Context;
use crate::message::fault::{self, Fault};
use crate::pulse::Pulse;
use crate::store;
use crate::store::outbox::{self, Attempt};

/// Attempts recorded in one transaction at most.
const BATCH: usize = 64;

type Entry = (Attempt, oneshot::Sender<()>);

/// The rows that this node has claimed and not yet recorded.
#[derive(Clone, Default)]
pub(super) struct InHand(Arc<Mutex<HashSet<i64>>>);

impl InHand {
    pub(super) fn add(&self, id: i64) {
        self.0
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .insert(id);
    }

    pub(super) fn all(&self) -> Vec<i64> {
        self.0
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .iter()
            .copied()
            .collect()
    }

    fn remove(&self, attempts: &[Attempt]) {
        let mut rows = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        for attempt in attempts {
            rows.remove(&attempt.id);
        }
    }
}

/// The senders' end.
#[derive(Clone)]
pub(super) struct Recorder(mpsc::Sender<Entry>);

impl Recorder {
    /// Hands in an attempt; what comes back resolves when it is committed.
    pub(super) async fn record(&self, attempt: Attempt) -> oneshot::Receiver<()> {
        let (done, wait) = oneshot::channel();
        // The recorder ends after the last sender, so this cannot fail.
        let _ = self.0.send((attempt, done)).await;
        wait
    }
}

/// A recorder and its work, which ends after the last clone.
pub(super) fn start(
    ctx: Context,
    pulse: Pulse,
    in_hand: InHand,
) -> (Recorder, impl Future<Output = ()>) {
    let (send, mut receive) = mpsc::channel::<Entry>(4 * BATCH);
    // A commit of SQLite costs this machine's time, so fewer are better. One of
    // PostgreSQL costs waiting, in which the other senders had better go on.
    let gather = ctx.db.postgres().is_none();
    let work = async move {
        let mut batch = Vec::with_capacity(BATCH);
        while receive.recv_many(&mut batch, BATCH).await > 0 {
            if gather {
                // Every answer that has reached this machine by now shares the commit.
                tokio::task::yield_now().await;
                while batch.len() < BATCH
                    && let Ok(entry) = receive.try_recv()
                {
                    batch.push(entry);
                }
            }
            let (attempts, waiting): (Vec<_>, Vec<_>) = batch.drain(..).unzip();
            commit(&ctx, &pulse, &attempts).await;
            in_hand.remove(&attempts);
            for done in waiting {
                let _ = done.send(());
            }
        }
    };
    (Recorder(send), work)
}

/// Commits, however long the database is away: what was sent must not be sent
/// again, and nothing is sent meanwhile because the senders wait for this.
async fn commit(ctx: &Context, pulse: &Pulse, attempts: &[Attempt]) {
    let mut pause = Duration::from_millis(50);
    while let Err(error) = try_commit(ctx, pulse, attempts).await {
        tracing::warn!(%error, "deliveries wait to be recorded");
        tokio::time::sleep(pause).await;
        pause = (pause * 2).min(Duration::from_secs(2));
    }
}

async fn try_commit(ctx: &Context, pulse: &Pulse, attempts: &[Attempt]) -> store::Result<()> {
    let refused: Vec<i64> = attempts
        .iter()
        .filter(|a| counts(a))
        .map(|a| a.id)
        .collect();
    if refused.is_empty() {
        let mut tx = ctx.db.single().await?;
        outbox::record(&mut tx, pulse.owner(), attempts).await?;
        return tx.commit().await;
    }
    // Ended and to be counted, or neither.
    let mut tx = ctx.write().await?;
    outbox::record(&mut tx, pulse.owner(), attempts).await?;
    outbox::plan_count(&mut tx, &refused, ctx.now()).await?;
    tx.commit().await?;
    ctx.bells.cadence.notify_one();
    Ok(())
}

/// Whether an attempt ended by a word about the mailbox, and not about this mail or us.
fn counts(attempt: &Attempt) -> bool {
    attempt.state == "failed" && fault::of_reply(&attempt.reply) != Fault::NotTheirs
}
