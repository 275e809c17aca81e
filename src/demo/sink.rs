//! A relay that delivers nothing and remembers everything, on the engine of
//! [`crate::intake`]. It can be told at run time to behave badly.

use std::io;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;
use tokio::sync::watch;

mod script;

pub use script::{Answer, HangUp, Keep, Moment, Script};

use crate::intake::{Gate, Incoming, Listener, Protocol, Reply, Settings, serve};

/// A message as the sink received it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Received {
    /// Its reverse path, empty for the null sender.
    pub envelope_from: String,
    /// Its accepted recipients, in the order of their RCPT.
    pub recipients: Vec<String>,
    /// Its octets; empty where the script keeps envelopes only.
    pub raw: Vec<u8>,
    /// Its number, from 1, in the order of arrival.
    pub seq: u64,
}

/// A listening sink. Dropping it ends it.
#[derive(Debug)]
pub struct Sink {
    address: String,
    script: watch::Sender<Script>,
    book: Arc<Book>,
}

#[derive(Debug, Default)]
struct Book {
    messages: Mutex<Vec<Received>>,
    seq: Mutex<u64>,
    /// Messages taken since the last [`Sink::take`].
    count: watch::Sender<u64>,
}

impl Sink {
    /// Listens with SMTP on `host:port` or `unix:/path`; port 0 takes a free one.
    ///
    /// # Errors
    /// Where the address cannot be bound.
    ///
    /// # Panics
    /// Outside a tokio runtime.
    pub fn start(bind: &str) -> io::Result<Self> {
        let listener = Listener::bind(bind)?;
        let address = listener.local_addr();
        let script = watch::Sender::new(Script::default());
        let book = Arc::new(Book::default());
        let recorder = Recorder {
            script: script.subscribe(),
            book: Arc::clone(&book),
        };
        tokio::spawn(run(
            listener,
            address.clone(),
            Arc::new(recorder),
            script.subscribe(),
        ));
        Ok(Self {
            address,
            script,
            book,
        })
    }

    /// Where it listens, as [`Listener::bind`] takes it.
    pub fn addr(&self) -> &str {
        &self.address
    }

    /// Changes its behaviour, for messages and commands that come after this.
    pub fn follow(&self, script: Script) {
        self.script.send_replace(script);
    }

    /// The messages since the last [`Sink::take`], in the order of arrival.
    pub fn received(&self) -> Vec<Received> {
        self.book.messages().clone()
    }

    /// How many messages were taken since the last [`Sink::take`], whatever is kept of them.
    pub fn count(&self) -> u64 {
        *self.book.count.borrow()
    }

    /// Waits until at least `n` messages were taken since the last
    /// [`Sink::take`]; false where they do not come within `timeout`.
    pub async fn wait_for(&self, n: u64, timeout: Duration) -> bool {
        let mut count = self.book.count.subscribe();
        let enough = count.wait_for(|count| *count >= n);
        tokio::time::timeout(timeout, enough).await.is_ok()
    }

    /// Empties the sink and returns what was in it.
    pub fn take(&self) -> Vec<Received> {
        let mut messages = self.book.messages();
        self.book.count.send_replace(0);
        std::mem::take(&mut *messages)
    }
}

impl Book {
    fn messages(&self) -> MutexGuard<'_, Vec<Received>> {
        self.messages.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn next_seq(&self) -> u64 {
        let mut seq = self.seq.lock().unwrap_or_else(PoisonError::into_inner);
        *seq += 1;
        *seq
    }

    fn record(&self, seq: u64, message: Incoming, keep: Keep) {
        let Incoming {
            envelope_from,
            recipients,
            raw,
            ..
        } = message;
        let raw = if keep == Keep::Everything {
            raw
        } else {
            Vec::new()
        };
        let mut messages = self.messages();
        if keep != Keep::Count {
            messages.push(Received {
                envelope_from,
                recipients,
                raw,
                seq,
            });
        }
        self.count.send_modify(|count| *count += 1);
    }
}

/// Serves, and stops listening for as long as the script refuses connections.
async fn run(
    first: Listener,
    address: String,
    gate: Arc<Recorder>,
    mut script: watch::Receiver<Script>,
) {
    let mut listener = first;
    loop {
        let (stop, stopped) = watch::channel(false);
        let serving = tokio::spawn(serve(listener, settings(), Arc::clone(&gate), stopped));
        let dropped = script.wait_for(|script| script.refuse).await.is_err();
        stop.send_replace(true);
        let _ = serving.await;
        if dropped || script.wait_for(|script| !script.refuse).await.is_err() {
            return;
        }
        listener = match Listener::bind(&address) {
            Ok(bound) => bound,
            Err(error) => return tracing::error!(%error, "sink.rebind_failed"),
        };
    }
}

/// Patient, so that whatever a test sees is the other side's doing.
fn settings() -> Settings {
    Settings {
        protocol: Protocol::Smtp,
        hostname: "sink.example".to_owned(),
        max_size: 64 << 20,
        max_recipients: 1_000,
        max_connections: 2_000,
        idle: Duration::from_secs(600),
        floor: 0,
        tls: None,
    }
}

struct Recorder {
    script: watch::Receiver<Script>,
    book: Arc<Book>,
}

impl Recorder {
    fn answer(&self, address: &str, at: Moment) -> Option<Reply> {
        let address = address.to_lowercase();
        let script = self.script.borrow();
        let mut fitting = script
            .answers
            .iter()
            .filter(|answer| answer.at == at && answer.fits(&address));
        fitting.next().map(|answer| answer.reply.clone())
    }

    fn manner(&self) -> (Duration, Option<HangUp>, Keep) {
        let script = self.script.borrow();
        (script.delay, script.hang_up, script.keep)
    }

    fn after_message(&self, to: &str) -> Reply {
        self.answer(to, Moment::Message)
            .unwrap_or_else(|| Reply::ok("taken"))
    }
}

impl Gate for Recorder {
    async fn recipient(&self, address: &str, _protocol: Protocol) -> Result<(), Reply> {
        self.answer(address, Moment::Rcpt).map_or(Ok(()), Err)
    }

    async fn accept(&self, message: Incoming) -> Vec<Reply> {
        let (delay, hang_up, keep) = self.manner();
        if !delay.is_zero() {
            tokio::time::sleep(delay).await;
        }
        let seq = self.book.next_seq();
        let lost = hang_up.filter(|lost| lost.every > 0 && seq.is_multiple_of(lost.every));
        let replies: Vec<Reply> = match lost {
            Some(_) => vec![Reply::hang_up(); message.recipients.len()],
            None => message
                .recipients
                .iter()
                .map(|to| self.after_message(to))
                .collect(),
        };
        // What counts is the one answer that the client will see.
        let taken = lost.map_or(Reply::of_all(&replies).is_positive(), |lost| lost.keeping);
        if taken {
            self.book.record(seq, message, keep);
        }
        replies
    }
}
