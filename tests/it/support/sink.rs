//! The mail server behind the node: takes what the relay room sends, keeps it,
//! and misbehaves as a story asks.

use std::collections::{BTreeMap, HashMap, VecDeque};
use std::fs::{self, File};
use std::net::{Shutdown, SocketAddr, TcpListener, TcpStream};
use std::sync::{Arc, Condvar, Mutex, MutexGuard};
use std::time::Duration;

use super::mail::Mail;
use super::{random, wait};

mod session;

/// One mail as it came over the wire, in the order of arrival.
#[derive(Clone, Debug)]
pub struct Received {
    /// The envelope sender.
    pub from: String,
    /// The one recipient of the transaction, in lower case.
    pub to: String,
    /// The message without dot-stuffing.
    pub raw: Arc<Vec<u8>>,
}

impl Received {
    /// The message, to be read.
    pub fn mail(&self) -> Mail {
        Mail::new(&self.raw)
    }
}

/// Where in a transaction the sink says what a story told it to say.
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
pub enum Stage {
    /// The reply to RCPT TO.
    Recipient,
    /// The reply after the final dot.
    Data,
}

/// The reply that means: keep the mail and close the connection without a word.
pub const HANG_UP: &str = "hang up";

#[derive(Default)]
struct State {
    received: Vec<Received>,
    refused: Vec<Received>,
    violations: Vec<String>,
    replies: HashMap<(Stage, String), VecDeque<String>>,
    attempts: BTreeMap<String, usize>,
    open: Vec<TcpStream>,
    delay: Duration,
    up: bool,
}

struct Shared {
    state: Mutex<State>,
    changed: Condvar,
}

impl Shared {
    fn lock(&self) -> MutexGuard<'_, State> {
        self.state
            .lock()
            .unwrap_or_else(std::sync::PoisonError::into_inner)
    }
}

/// A running sink on a port of 127.0.0.1 that stays the same while it is down.
pub struct Sink {
    address: SocketAddr,
    shared: Arc<Shared>,
}

impl Sink {
    /// A sink that takes everything.
    pub fn start() -> Self {
        let sink = Self {
            address: free_address(),
            shared: Arc::new(Shared {
                state: Mutex::default(),
                changed: Condvar::new(),
            }),
        };
        sink.up();
        sink
    }

    /// Where the node's relay shall connect.
    pub fn address(&self) -> SocketAddr {
        self.address
    }

    /// What the sink says to `recipient`: one reply an attempt, the last one for
    /// good. A reply is a whole line without its end, or [`HANG_UP`].
    pub fn reply(&self, recipient: &str, stage: Stage, replies: &[&str]) {
        let replies = replies.iter().map(ToString::to_string).collect();
        self.shared
            .lock()
            .replies
            .insert((stage, recipient.to_lowercase()), replies);
    }

    /// Lets every mail take so long: half before it is kept, half before the
    /// relay hears of it.
    pub fn slow(&self, delay: Duration) {
        self.shared.lock().delay = delay;
    }

    /// Starts listening.
    pub fn up(&self) {
        let listener = wait::until("the sink's port", wait::SOON, || {
            TcpListener::bind(self.address).ok()
        });
        self.shared.lock().up = true;
        let shared = Arc::clone(&self.shared);
        std::thread::spawn(move || serve(&listener, &shared));
    }

    /// Closes every connection and stops listening: connections are refused.
    pub fn down(&self) {
        self.shared.lock().up = false;
        let _wake = TcpStream::connect(self.address);
        wait::until("the sink to go down", wait::SOON, || {
            TcpStream::connect(self.address).is_err().then_some(())
        });
        for stream in self.shared.lock().open.drain(..) {
            let _ = stream.shutdown(Shutdown::Both);
        }
    }

    /// All that was received so far, in order.
    pub fn received(&self) -> Vec<Received> {
        self.shared.lock().received.clone()
    }

    /// What was sent to the last dot and then not taken, in order.
    pub fn refused(&self) -> Vec<Received> {
        self.shared.lock().refused.clone()
    }

    /// What was received for `recipient`, in order.
    pub fn for_recipient(&self, recipient: &str) -> Vec<Received> {
        self.received()
            .into_iter()
            .filter(|mail| mail.to == recipient)
            .collect()
    }

    /// The mails whose Message-ID is `id`, without angle brackets.
    pub fn copies(&self, id: &str) -> Vec<Received> {
        self.received()
            .into_iter()
            .filter(|mail| mail.mail().message_id() == id)
            .collect()
    }

    /// Who got the message `id`, in alphabetical order, twice where it came twice.
    pub fn recipients(&self, id: &str) -> Vec<String> {
        let mut recipients: Vec<_> = self.copies(id).into_iter().map(|copy| copy.to).collect();
        recipients.sort();
        recipients
    }

    /// How often the relay tried `recipient`, taken or not.
    pub fn attempts(&self, recipient: &str) -> usize {
        self.shared
            .lock()
            .attempts
            .get(recipient)
            .copied()
            .unwrap_or(0)
    }

    /// How many mails have come so far.
    pub fn count(&self) -> usize {
        self.shared.lock().received.len()
    }

    /// Waits until `count` mails have come.
    #[track_caller]
    pub fn wait_for(&self, count: usize, limit: Duration) {
        let start = wait::now();
        let mut state = self.shared.lock();
        while state.received.len() < count {
            let left = limit.saturating_sub(start.elapsed());
            assert!(
                !left.is_zero(),
                "{} of {count} mails after {limit:?}",
                state.received.len()
            );
            state = self
                .shared
                .changed
                .wait_timeout(state, left)
                .expect("the sink lives")
                .0;
        }
    }

    /// Copies received for each (recipient, Message-ID).
    pub fn tally(&self) -> BTreeMap<(String, String), usize> {
        let mut tally = BTreeMap::new();
        for mail in self.received() {
            *tally
                .entry((mail.to.clone(), mail.mail().message_id()))
                .or_default() += 1;
        }
        tally
    }

    /// Every breach of the protocol so far: bare CR or LF, overlong lines.
    pub fn violations(&self) -> Vec<String> {
        self.shared.lock().violations.clone()
    }
}

/// A port below those that the system hands out to connections, which no other test
/// on this machine gets while this process lives, its listener up or not.
pub fn free_address() -> SocketAddr {
    let mut random = random::Random::seeded(random::seed());
    wait::until("a free port", wait::SOON, || {
        let port = u16::try_from(12_000 + random.below(20_000)).ok()?;
        let address = SocketAddr::from(([127, 0, 0, 1], port));
        let reservation = reserved(port)?;
        TcpListener::bind(address).ok()?;
        // The lock ends with the process: a file that is closed would give it back.
        std::mem::forget(reservation);
        Some(address)
    })
}

/// The locked file that stands for a port; `None` where another holds it. Binding alone
/// would not do: a node that is yet to start, or is between two starts, holds no port.
fn reserved(port: u16) -> Option<File> {
    let folder = std::env::temp_dir().join("folkmoot-test-ports");
    fs::create_dir_all(&folder).expect("a folder for reserved ports");
    let file = File::create(folder.join(port.to_string())).expect("a file for a port");
    file.try_lock().is_ok().then_some(file)
}

fn serve(listener: &TcpListener, shared: &Arc<Shared>) {
    for stream in listener.incoming().flatten() {
        let mut state = shared.lock();
        if !state.up {
            return;
        }
        state.open.extend(stream.try_clone());
        drop(state);
        let shared = Arc::clone(shared);
        std::thread::spawn(move || session::run(&stream, &shared));
    }
}
