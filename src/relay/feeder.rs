//! The feeder claims due rows and hands them to the senders, with the mail's
//! content loaded once for all its recipients.

use std::collections::HashMap;
use std::sync::Arc;
use std::time::Duration;

use tokio::sync::{mpsc, watch};

use super::recorder::InHand;
use super::state::RelayState;
use crate::context::Context;
use crate::pulse::Pulse;
use crate::store::outbox::Claimed;
use crate::store::{self, communities, mails, outbox};

/// Rows claimed at a time: enough to keep the senders busy during a claim,
/// little enough to be given back quickly.
const BATCH: usize = 128;

/// How many jobs wait between feeder and senders at most.
pub(super) const QUEUE: usize = 2 * BATCH;

/// What all recipients of a mail get.
pub(super) struct Content {
    pub(super) slug: String,
    pub(super) is_post: bool,
    pub(super) eight_bit: bool,
    pub(super) bytes: Vec<u8>,
}

/// One recipient to be served.
pub(super) struct Job {
    pub(super) row: Claimed,
    pub(super) content: Arc<Content>,
}

/// Claims rows and queues them.
pub(super) struct Feeder {
    pub(super) ctx: Context,
    pub(super) pulse: Pulse,
    pub(super) state: Arc<RelayState>,
    /// The contents of the last batch's mails: the next batch needs most again.
    pub(super) contents: HashMap<i64, Arc<Content>>,
    pub(super) in_hand: InHand,
    /// A claim failed, and whether the database holds it is not known.
    pub(super) unsure: bool,
}

impl Feeder {
    /// Feeds until told to stop; the senders end when the queue is closed.
    pub(super) async fn run(mut self, queue: mpsc::Sender<Job>, mut stop: watch::Receiver<bool>) {
        while !*stop.borrow() {
            let fed = match self.state.is_down() {
                true => Ok(0),
                false => self.step(&queue).await,
            };
            match fed {
                Ok(0) => {}
                Ok(_) => continue,
                Err(error) => {
                    self.unsure = true;
                    tracing::warn!(%error, "the outbox waits for the database");
                }
            }
            self.contents.clear();
            tokio::select! {
                () = self.ctx.bells.relay.notified() => {}
                () = tokio::time::sleep(Duration::from_secs(1)) => {}
                _ = stop.changed() => {}
            }
        }
    }

    async fn step(&mut self, queue: &mpsc::Sender<Job>) -> store::Result<usize> {
        let now = self.ctx.now();
        let due = outbox::next_due(&mut self.ctx.read().await?).await?;
        if due.is_none_or(|due| due > now) {
            return Ok(0);
        }
        let Ok(permits) = queue.reserve_many(BATCH).await else {
            return Ok(0);
        };
        let rows = self.claim(now).await?;
        let count = rows.len();
        let ids: Vec<i64> = rows.iter().map(|row| row.id).collect();
        let jobs = self.with_contents(rows).await?;
        self.in_hand.add(ids);
        for (permit, job) in permits.zip(jobs) {
            self.pace().await;
            permit.send(job);
        }
        Ok(count)
    }

    async fn claim(&mut self, now: i64) -> store::Result<Vec<Claimed>> {
        let mut tx = self.ctx.write().await?;
        if self.unsure {
            outbox::release_unknown(&mut tx, self.pulse.owner(), &self.in_hand.all()).await?;
            self.unsure = false;
        }
        let until = self.pulse.lease().1;
        let rows = outbox::claim(&mut tx, now, self.pulse.owner(), until, BATCH as i64).await?;
        // Until the commit is known to have worked, it may have.
        self.unsure = true;
        tx.commit().await?;
        self.unsure = false;
        Ok(rows)
    }

    async fn with_contents(&mut self, rows: Vec<Claimed>) -> store::Result<Vec<Job>> {
        let mut tx = self.ctx.read().await?;
        let mut used = HashMap::new();
        let mut jobs = Vec::with_capacity(rows.len());
        for row in rows {
            let known = used
                .get(&row.mail_id)
                .or_else(|| self.contents.get(&row.mail_id))
                .cloned();
            let content = match known {
                Some(content) => content,
                None => Arc::new(load(&mut tx, row.mail_id).await?),
            };
            used.insert(row.mail_id, content.clone());
            jobs.push(Job { row, content });
        }
        self.contents = used;
        Ok(jobs)
    }

    /// Keeps to `relay.rate`, where one is set.
    async fn pace(&self) {
        if let Some(rate) = self.ctx.settings.relay.rate {
            let per = rate.per.to_std().unwrap_or(Duration::from_secs(1));
            tokio::time::sleep(per / rate.mails.max(1)).await;
        }
    }
}

async fn load(tx: &mut store::Tx, mail: i64) -> store::Result<Content> {
    let bytes = mails::content(tx, mail).await?;
    let mail = mails::by_id(tx, mail).await?;
    let slug = communities::by_id(tx, mail.community_id).await?.slug;
    Ok(Content {
        slug,
        is_post: mail.name == "post",
        eight_bit: !bytes.is_ascii(),
        bytes,
    })
}
