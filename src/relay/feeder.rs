//! The feeder claims due rows and hands them to the senders, with the mail's
//! content loaded once for all its recipients.

use std::collections::HashMap;
use std::sync::Arc;
use std::time::Duration;

use tokio::sync::{OwnedSemaphorePermit, Semaphore, mpsc, watch};

use super::recorder::InHand;
use super::state::RelayState;
use crate::context::Context;
use crate::identity::seal;
use crate::outbox::personal::Fields;
use crate::outbox::signing::Signable;
use crate::pulse::Pulse;
use crate::store::communities::Community;
use crate::store::outbox::{Attempt, Claimed};
use crate::store::{self, communities, mails, outbox, surveys};

/// Rows claimed at a time: enough to keep the senders busy during a claim,
/// little enough to be given back quickly.
const BATCH: usize = 128;

/// How many jobs wait between feeder and senders at most.
pub(super) const QUEUE: usize = 2 * BATCH;

/// Contents held in memory at most, in KiB. A single larger one goes out alone.
const MOST_KIB: u32 = 64 * 1024;

/// What all recipients of a mail get.
pub(super) struct Content {
    slug: Arc<str>,
    community: i64,
    pub(super) fields: Fields,
    pub(super) eight_bit: bool,
    /// It is kept sealed, and shall not come back either.
    pub(super) is_sealed: bool,
    pub(super) bytes: Vec<u8>,
    /// What the signatures of all recipients have in common.
    pub(super) signable: Signable,
    /// Its share of [`MOST_KIB`].
    _room: OwnedSemaphorePermit,
}

/// One recipient to be served.
pub(super) struct Job {
    pub(super) row: Claimed,
    /// The community as whose member they get it: not the mail's, where that is an umbrella.
    pub(super) slug: Arc<str>,
    pub(super) content: Arc<Content>,
    /// The pulse's lapses when the row was claimed: the row is ours while they are the same.
    pub(super) lapses: u64,
}

/// Claims rows and queues them.
pub(super) struct Feeder {
    pub(super) ctx: Context,
    pub(super) pulse: Pulse,
    pub(super) state: Arc<RelayState>,
    /// The contents that were used last, as far as there is room: more of their
    /// recipients follow.
    contents: HashMap<i64, Arc<Content>>,
    /// Slugs of communities that umbrellas include; a slug never changes.
    slugs: HashMap<i64, Arc<str>>,
    room: Arc<Semaphore>,
    in_hand: InHand,
    /// The database may hold rows as ours that are not in hand: a claim failed, or
    /// was not handed on.
    unsure: bool,
}

impl Feeder {
    pub(super) fn new(
        ctx: Context,
        pulse: Pulse,
        state: Arc<RelayState>,
        in_hand: InHand,
    ) -> Feeder {
        Feeder {
            ctx,
            pulse,
            state,
            contents: HashMap::new(),
            slugs: HashMap::new(),
            room: Arc::new(Semaphore::new(MOST_KIB as usize)),
            in_hand,
            unsure: false,
        }
    }

    /// Feeds until told to stop; the senders end when the queue is closed.
    pub(super) async fn run(mut self, queue: mpsc::Sender<Job>, mut stop: watch::Receiver<bool>) {
        while !*stop.borrow() {
            let fed = match self.state.is_down() {
                true => Ok(0),
                false => self.step(&queue, &stop).await,
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
        if let Err(error) = self.release_unknown().await {
            tracing::debug!(%error, "what was claimed is given back at the next start");
        }
    }

    async fn step(
        &mut self,
        queue: &mpsc::Sender<Job>,
        stop: &watch::Receiver<bool>,
    ) -> store::Result<usize> {
        let now = self.ctx.now();
        // First of all: rows that only seem to be on their way are not due.
        self.release_unknown().await?;
        let mut tx = self.ctx.read().await?;
        if outbox::next_due(&mut tx).await?.is_none_or(|due| due > now) {
            // A commit that was on its way when this node was last killed, or cut off
            // from PostgreSQL, may land after all was given back. Such rows would be
            // ours for ever: the beat renews them, and nobody sends them.
            let held = outbox::held(&mut tx, self.pulse.owner()).await?;
            self.unsure = held > self.in_hand.all().len() as i64;
            return Ok(usize::from(self.unsure));
        }
        drop(tx);
        let Ok(mut permits) = queue.reserve_many(BATCH).await else {
            return Ok(0);
        };
        let lapses = self.pulse.lapses();
        let rows = self.claim(now).await?;
        let count = rows.len();
        // Until each is handed on.
        self.unsure = count > 0;
        for row in rows {
            if *stop.borrow() {
                return Ok(0);
            }
            let Some(content) = self.content(row.mail_id).await? else {
                self.unreadable(&row).await?;
                continue;
            };
            let slug = self.slug(&row, &content).await?;
            self.pace().await;
            let Some(permit) = permits.next() else {
                return Ok(count);
            };
            self.in_hand.add(row.id);
            permit.send(Job {
                row,
                slug,
                content,
                lapses,
            });
        }
        self.unsure = false;
        Ok(count)
    }

    /// Gives back what the database holds as ours and nobody here has in hand.
    async fn release_unknown(&mut self) -> store::Result<()> {
        if self.unsure {
            let mut tx = self.ctx.write().await?;
            outbox::release_unknown(&mut tx, self.pulse.owner(), &self.in_hand.all()).await?;
            tx.commit().await?;
            self.unsure = false;
        }
        Ok(())
    }

    async fn claim(&mut self, now: i64) -> store::Result<Vec<Claimed>> {
        let mut tx = self.ctx.write().await?;
        let until = self.pulse.lease().1;
        let rows = outbox::claim(&mut tx, now, self.pulse.owner(), until, BATCH as i64).await?;
        tx.commit().await?;
        Ok(rows)
    }

    /// `None` where it is sealed and this node has not the key.
    async fn content(&mut self, mail: i64) -> store::Result<Option<Arc<Content>>> {
        if let Some(known) = self.contents.get(&mail) {
            return Ok(Some(known.clone()));
        }
        let mut tx = self.ctx.read().await?;
        let Some((community, fields, bytes, is_sealed)) = load(&mut tx, &self.ctx, mail).await?
        else {
            return Ok(None);
        };
        drop(tx);
        let room = self.room_for(bytes.len()).await;
        let (bytes, signable) = self.signable(bytes).await;
        let content = Arc::new(Content {
            slug: community.slug.into(),
            community: community.id,
            fields,
            eight_bit: !bytes.is_ascii(),
            is_sealed,
            bytes,
            signable,
            _room: room,
        });
        self.contents.insert(mail, content.clone());
        Ok(Some(content))
    }

    /// A receipt of a survey that has closed goes nowhere any more. One of a survey that
    /// is open is given back: this node gets the key, or another one sends it.
    async fn unreadable(&mut self, row: &Claimed) -> store::Result<()> {
        let mut tx = self.ctx.write().await?;
        let content = mails::content(&mut tx, row.mail_id).await?;
        let wave = seal::read(&content).map(|sealed| sealed.wave);
        let state = match wave {
            Some(wave) => surveys::state(&mut tx, wave).await?,
            None => None,
        };
        let now = self.ctx.now();
        let ended = match state.as_deref() {
            Some("open") => Attempt {
                id: row.id,
                state: "waiting",
                reply: seal::NO_KEY.to_owned(),
                at: seal::next_look(row.created_at, now),
            },
            _ => Attempt {
                id: row.id,
                state: "dropped",
                reply: "the survey has closed".to_owned(),
                at: now,
            },
        };
        outbox::record(&mut tx, self.pulse.owner(), &[ended]).await?;
        tx.commit().await
    }

    /// What the signatures have in common, made beside the connections: hashing a
    /// large body would hold them all up.
    async fn signable(&self, bytes: Vec<u8>) -> (Vec<u8>, Signable) {
        if self.ctx.signers.is_empty() {
            return (bytes, Signable::default());
        }
        let work = tokio::task::spawn_blocking(move || {
            let signable = Signable::of(&bytes);
            (bytes, signable)
        });
        work.await
            .unwrap_or_else(|died| std::panic::resume_unwind(died.into_panic()))
    }

    /// The slug of the community as whose member somebody gets the mail.
    async fn slug(&mut self, row: &Claimed, content: &Content) -> store::Result<Arc<str>> {
        if row.community_id == content.community {
            return Ok(content.slug.clone());
        }
        if let Some(known) = self.slugs.get(&row.community_id) {
            return Ok(known.clone());
        }
        let found = communities::by_id(&mut self.ctx.read().await?, row.community_id).await?;
        let slug: Arc<str> = found.slug.into();
        self.slugs.insert(row.community_id, slug.clone());
        Ok(slug)
    }

    /// Waits for the senders, where so much is on its way that memory is short.
    async fn room_for(&mut self, size: usize) -> OwnedSemaphorePermit {
        let share = u32::try_from(size / 1024 + 1)
            .unwrap_or(MOST_KIB)
            .min(MOST_KIB);
        let room = self.room.clone();
        match room.clone().try_acquire_many_owned(share) {
            Ok(permit) => permit,
            Err(_) => {
                // What is only remembered must not keep us waiting for ever.
                self.contents.clear();
                let permit = room.acquire_many_owned(share).await;
                permit.expect("nobody closes this semaphore")
            }
        }
    }

    /// Keeps to `relay.rate`, where one is set.
    async fn pace(&self) {
        if let Some(rate) = self.ctx.settings.relay.rate {
            let per = rate.per.to_std().unwrap_or(Duration::from_secs(1));
            tokio::time::sleep(per / rate.mails.max(1)).await;
        }
    }
}

/// (community, personal fields, content, whether it was sealed) of a mail; `None` where it
/// is and this node has not the key.
async fn load(
    tx: &mut store::Tx,
    ctx: &Context,
    mail: i64,
) -> store::Result<Option<(Community, Fields, Vec<u8>, bool)>> {
    let kept = mails::content(tx, mail).await?;
    let sealed = seal::read(&kept);
    let is_sealed = sealed.is_some();
    let opened = sealed.map(|sealed| ctx.wave_keys.open(&sealed));
    let bytes = match opened {
        None => kept,
        Some(Some(plain)) => plain,
        Some(None) => return Ok(None),
    };
    let mail = mails::by_id(tx, mail).await?;
    let community = communities::by_id(tx, mail.community_id).await?;
    let fields = Fields::of(&mail.name, &bytes).about(&mail.concerns);
    Ok(Some((community, fields, bytes, is_sealed)))
}
