//! A counting SMTP sink: takes everything, answers in groups, keeps only numbers.
//!
//! On stdin it takes `reset`, `count`, and `wait COUNT SECONDS`, and answers each with a line
//! `COUNT DUPLICATES MICROSECONDS_SINCE_THE_LAST`. It ends with its stdin.

use std::{
    collections::HashSet,
    hash::{DefaultHasher, Hash, Hasher},
    io::{self, BufRead, Read, Write},
    net::{TcpListener, TcpStream},
    sync::{
        Arc, Mutex, MutexGuard, PoisonError,
        atomic::{AtomicU64, Ordering},
    },
    thread,
    time::{Duration, Instant},
};

use folkmoot::clock::monotonic;

const EHLO: &[u8] = b"250-sink\r\n250-PIPELINING\r\n250-SIZE 0\r\n250-8BITMIME\r\n250 SMTPUTF8\r\n";
const END: &[u8] = b"\r\n.\r\n";

struct Counts {
    start: Instant,
    taken: AtomicU64,
    /// Microseconds after `start`.
    last: AtomicU64,
    /// Hashes of (recipient, Message-ID), each connection's apart from the others'.
    seen: Mutex<Vec<Arc<Mutex<HashSet<u64>>>>>,
}

/// Serves until stdin ends; the first line on stdout is the port.
pub fn run() -> anyhow::Result<()> {
    let listener = TcpListener::bind("127.0.0.1:0")?;
    let counts = Arc::new(Counts {
        start: monotonic(),
        taken: AtomicU64::new(0),
        last: AtomicU64::new(0),
        seen: Mutex::default(),
    });
    tell(&listener.local_addr()?.port().to_string())?;
    let shared = counts.clone();
    thread::spawn(move || accept(&listener, &shared));
    for line in io::stdin().lock().lines() {
        let line = line?;
        let words: Vec<&str> = line.split_whitespace().collect();
        match words[..] {
            ["reset"] => counts.reset(),
            ["wait", count, seconds] => {
                counts.wait(count.parse()?, Duration::from_secs(seconds.parse()?))
            }
            _ => {}
        }
        tell(&counts.told())?;
    }
    Ok(())
}

fn tell(line: &str) -> io::Result<()> {
    let mut out = io::stdout().lock();
    writeln!(out, "{line}")?;
    out.flush()
}

fn accept(listener: &TcpListener, counts: &Arc<Counts>) {
    for stream in listener.incoming().flatten() {
        let seen = Arc::new(Mutex::new(HashSet::new()));
        locked(&counts.seen).push(seen.clone());
        let counts = counts.clone();
        thread::spawn(move || {
            Session {
                counts,
                seen,
                recipient: Vec::new(),
                in_data: false,
            }
            .serve(stream)
        });
    }
}

/// A poisoned count is still a count.
fn locked<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

impl Counts {
    fn reset(&self) {
        self.taken.store(0, Ordering::SeqCst);
        locked(&self.seen)
            .iter()
            .for_each(|seen| locked(seen).clear());
    }

    fn wait(&self, count: u64, most: Duration) {
        let start = monotonic();
        while self.taken.load(Ordering::SeqCst) < count && start.elapsed() < most {
            thread::sleep(Duration::from_millis(1));
        }
    }

    /// Two connections may have taken the same copy, so the sets are joined first.
    fn told(&self) -> String {
        let taken = self.taken.load(Ordering::SeqCst);
        let now = self.start.elapsed().as_micros() as u64;
        let since = now.saturating_sub(self.last.load(Ordering::SeqCst));
        let mut all = HashSet::new();
        locked(&self.seen)
            .iter()
            .for_each(|seen| all.extend(locked(seen).iter().copied()));
        format!("{taken} {} {since}", taken.saturating_sub(all.len() as u64))
    }
}

struct Session {
    counts: Arc<Counts>,
    seen: Arc<Mutex<HashSet<u64>>>,
    recipient: Vec<u8>,
    in_data: bool,
}

impl Session {
    fn serve(mut self, mut stream: TcpStream) {
        let _ = self.talk(&mut stream);
    }

    /// All that has come is answered with one write.
    fn talk(&mut self, stream: &mut TcpStream) -> io::Result<()> {
        stream.set_nodelay(true)?;
        stream.write_all(b"220 sink ESMTP\r\n")?;
        let (mut input, mut part, mut answers) = (Vec::new(), vec![0; 64 * 1024], Vec::new());
        loop {
            let count = stream.read(&mut part)?;
            if count == 0 {
                return Ok(());
            }
            input.extend_from_slice(&part[..count]);
            let mut used = 0;
            while let Some(end) = self.next(&input[used..], &mut answers) {
                used += end;
            }
            input.drain(..used);
            stream.write_all(&answers)?;
            answers.clear();
        }
    }

    /// Answers one command or message; returns its length.
    fn next(&mut self, input: &[u8], answers: &mut Vec<u8>) -> Option<usize> {
        if self.in_data {
            let end = find(input, END)? + END.len();
            self.take(&input[..end]);
            answers.extend_from_slice(b"250 2.0.0 ok\r\n");
            return Some(end);
        }
        let end = find(input, b"\r\n")? + 2;
        answers.extend_from_slice(self.answer(&input[..end]));
        Some(end)
    }

    fn answer(&mut self, line: &[u8]) -> &'static [u8] {
        match line
            .first_chunk::<4>()
            .map(|verb| verb.map(|byte| byte.to_ascii_uppercase()))
            .as_ref()
        {
            Some(b"EHLO") => EHLO,
            Some(b"DATA") => {
                self.in_data = true;
                b"354 go on\r\n"
            }
            Some(b"RCPT") => {
                self.recipient = line.to_vec();
                b"250 2.1.5 ok\r\n"
            }
            Some(b"QUIT") => b"221 2.0.0 bye\r\n",
            _ => b"250 2.0.0 ok\r\n",
        }
    }

    fn take(&mut self, message: &[u8]) {
        self.in_data = false;
        let mut hasher = DefaultHasher::new();
        (&self.recipient, message_id(message)).hash(&mut hasher);
        locked(&self.seen).insert(hasher.finish());
        self.counts.last.store(
            self.counts.start.elapsed().as_micros() as u64,
            Ordering::SeqCst,
        );
        self.counts.taken.fetch_add(1, Ordering::SeqCst);
    }
}

/// The line of the Message-ID, in whatever case its name is written.
fn message_id(message: &[u8]) -> &[u8] {
    const NAME: &[u8] = b"message-id:";
    let header = find(message, b"\r\n\r\n").map_or(message, |end| &message[..end]);
    let is_it = |line: &&[u8]| {
        line.get(..NAME.len())
            .is_some_and(|name| name.eq_ignore_ascii_case(NAME))
    };
    header
        .split(|byte| *byte == b'\n')
        .find(is_it)
        .unwrap_or_default()
}

fn find(text: &[u8], what: &[u8]) -> Option<usize> {
    text.windows(what.len()).position(|window| window == what)
}
