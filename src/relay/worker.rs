//! The relay's workers: a feeder that claims rows, as many senders as there may
//! be connections, one recorder. A sender records how a message ended before it
//! sends the final dot of the next, so a kill doubles at most one mail a
//! connection.

use std::sync::Arc;
use std::time::Duration;

use tokio::sync::{Mutex, mpsc, oneshot, watch};

use super::connection::Connection;
use super::feeder::Job;
use super::recorder::Recorder;
use super::retry;
use super::state::RelayState;
use super::verdict::{Failure, Verdict};
use crate::context::Context;
use crate::outbox::personal;
use crate::pulse::Pulse;
use crate::store::outbox::Attempt;

/// How long one wait for the relay may last. RFC 5321, section 4.5.3.2, asks for
/// five minutes and, after the final dot, ten.
const PATIENCE: Duration = Duration::from_secs(300);

/// The jobs that the feeder has claimed, shared by all senders.
pub(super) type Jobs = Arc<Mutex<mpsc::Receiver<Job>>>;

/// One connection's worth of sending.
pub(super) struct Sender {
    pub(super) ctx: Context,
    pub(super) pulse: Pulse,
    pub(super) state: Arc<RelayState>,
    pub(super) recorder: Recorder,
    pub(super) connection: Option<Connection>,
    /// The last message's end, until the recorder has committed it.
    pub(super) unrecorded: Option<oneshot::Receiver<()>>,
}

impl Sender {
    /// Sends job after job until there are no more or it is told to stop.
    pub(super) async fn run(mut self, jobs: Jobs, stop: watch::Receiver<bool>) {
        loop {
            // Another sender that waits for a job holds the lock: then there is none.
            let next = jobs
                .try_lock()
                .ok()
                .and_then(|mut jobs| jobs.try_recv().ok());
            let job = match next {
                Some(job) => job,
                None => {
                    self.settle().await;
                    match self.idle(&jobs).await {
                        Some(job) => job,
                        None => break,
                    }
                }
            };
            if *stop.borrow() || self.state.is_down() || !self.pulse.holds(job.lapses) {
                self.give_back(&job, "").await;
            } else {
                self.send(job).await;
            }
        }
        self.settle().await;
        if let Some(connection) = self.connection.take() {
            connection.quit().await;
        }
    }

    /// Waits for a job; a connection that idles for a while is closed politely.
    async fn idle(&mut self, jobs: &Jobs) -> Option<Job> {
        let wait = async { jobs.lock().await.recv().await };
        tokio::pin!(wait);
        if self.connection.is_some() {
            tokio::select! {
                job = &mut wait => return job,
                () = tokio::time::sleep(Duration::from_secs(20)) => {}
            }
            if let Some(connection) = self.connection.take() {
                connection.quit().await;
            }
        }
        wait.await
    }

    async fn send(&mut self, job: Job) {
        if let Err(reason) = self.connect().await {
            self.state.went_down(&reason);
            self.give_back(&job, &reason).await;
            return;
        }
        let ended = self.transaction(&job).await;
        if self
            .connection
            .as_ref()
            .is_some_and(|connection| !connection.is_usable())
        {
            self.connection = None;
        }
        match ended {
            Ok(verdict) => self.record(&job, verdict).await,
            Err(Failure::Unreachable(reason) | Failure::Broken(reason)) => {
                self.connection = None;
                self.settle().await;
                if !self.pulse.holds(job.lapses) {
                    return self.give_back(&job, "").await;
                }
                let attempt = retry::broken(&job.row, &reason, self.ctx.now());
                self.unrecorded = Some(self.recorder.record(attempt).await);
            }
        }
    }

    async fn connect(&mut self) -> Result<(), String> {
        if self.connection.is_none() {
            let settings = &self.ctx.settings;
            match Connection::open(
                &self.ctx.relay,
                &settings.domain,
                PATIENCE.min(Duration::from_secs(30)),
            )
            .await
            {
                Ok(connection) => self.connection = Some(connection),
                Err(Failure::Unreachable(reason) | Failure::Broken(reason)) => return Err(reason),
            }
        }
        Ok(())
    }

    async fn transaction(&mut self, job: &Job) -> Result<Verdict, Failure> {
        let (settings, secret) = (&self.ctx.settings, &self.ctx.secret);
        let content = &job.content;
        // What comes back of a receipt would bring answers along, in the open.
        let from = match content.is_sealed {
            true => String::new(),
            false => personal::envelope_sender(settings, secret, &job.slug, &job.row),
        };
        let fields = content.fields.write(settings, secret, &job.slug, &job.row);
        let signatures = match self.signatures(job, &fields).await {
            Ok(signatures) => signatures,
            // Unsigned it would be refused or, worse, believed less: it waits.
            Err(reply) => return Ok(Verdict::Deferred { reply }),
        };
        let Some(connection) = self.connection.as_mut() else {
            return Err(Failure::Broken("not connected".into()));
        };
        let size = signatures.len() + fields.len() + content.bytes.len();
        if let Some(verdict) = connection
            .envelope(&from, &job.row.recipient, size, content.eight_bit)
            .await?
        {
            return Ok(verdict);
        }
        // The previous message's end must be committed before this one's dot.
        if let Some(recorded) = self.unrecorded.take() {
            let _ = recorded.await;
        }
        // That may have taken as long as the database was away, and another node
        // may be sending this one since. A connection that is cut here sends nothing.
        if !self.pulse.holds(job.lapses) {
            return Err(Failure::Broken("the lease of the row has lapsed".into()));
        }
        let pieces = [signatures.as_bytes(), fields.as_bytes(), &content.bytes];
        connection.body(&pieces).await
    }

    /// The signatures in front of a copy. RSA is done beside the connections, which
    /// share one thread: other copies are on their way meanwhile, and each processor
    /// signs.
    async fn signatures(&self, job: &Job, fields: &str) -> Result<String, String> {
        let at = job.row.first_at;
        if !self.ctx.signers.are_slow() {
            return self.ctx.signers.sign(&job.content.signable, fields, at);
        }
        let (ctx, content, fields) = (self.ctx.clone(), job.content.clone(), fields.to_owned());
        let work =
            tokio::task::spawn_blocking(move || ctx.signers.sign(&content.signable, &fields, at));
        work.await
            .unwrap_or_else(|died| Err(format!("it could not be signed: {died}")))
    }

    async fn record(&mut self, job: &Job, verdict: Verdict) {
        self.settle().await;
        let attempt = retry::after(&job.row, verdict, self.ctx.now());
        metrics::counter!("folkmoot_deliveries_total", "state" => attempt.state).increment(1);
        self.unrecorded = Some(self.recorder.record(attempt).await);
    }

    async fn give_back(&mut self, job: &Job, reason: &str) {
        let (id, reply, at) = (job.row.id, reason.to_owned(), self.ctx.now());
        let recorded = self
            .recorder
            .record(Attempt {
                id,
                state: "waiting",
                reply,
                at,
            })
            .await;
        let _ = recorded.await;
    }

    async fn settle(&mut self) {
        if let Some(recorded) = self.unrecorded.take() {
            let _ = recorded.await;
        }
    }
}
