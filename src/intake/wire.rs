//! The two directions of a connection, buffered, with the limits on time.
//!
//! Replies collect until the client has said all it had to say, so that a
//! pipelined group is answered in one write (RFC 2920, 3.2).

use std::time::Duration;
use tokio::io::{AsyncRead, AsyncReadExt, AsyncWrite, AsyncWriteExt};
use tokio::sync::watch;
use tokio::time::{sleep, timeout};

use super::data::{Body, Unstuff};
use super::dialogue::Settings;
use super::patience::{Patience, passed};
use super::reply::Reply;

/// The longest command line in octets, with its CRLF. RFC 5321 asks for 512
/// and more for parameters; nothing real comes near this.
const LINE_OCTETS: usize = 2_048;
/// How much is read at once.
const READ_OCTETS: usize = 16_384;
/// Replies beyond this are sent without waiting for the end of a group.
const REPLY_OCTETS: usize = 32_768;
/// How long a message that is on its way may take once the node stops.
const GRACE: Duration = Duration::from_secs(20);
/// How long a closed connection is still listened to, so that the last reply
/// is not lost in a reset.
const LINGER: Duration = Duration::from_secs(1);
/// What a client may send for one line and for one message until it is taken for endless.
const ENDLESS_LINE: u64 = 1 << 20;
const ENDLESS_DATA: u64 = 8 << 30;

/// Why a dialogue ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Ending {
    /// The client said QUIT.
    Quit,
    /// The client vanished.
    Gone,
    /// The client said nothing for too long.
    Idle,
    /// The client sends more slowly than the floor.
    Slow,
    /// The client never ends its line or message.
    Endless,
    /// The node stops.
    Stopping,
    /// Too many commands were wrong.
    BadCommands,
    /// A BDAT without a readable size, or another protocol.
    OutOfStep,
    /// TLS begins.
    Tls,
    /// The last reply already said that it is over, or nothing is to be said.
    Said,
}

/// A command line without its CRLF, or word that it was too long to keep.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Line {
    Text(Vec<u8>),
    TooLong,
}

/// A stream with its buffers.
pub(super) struct Wire<S> {
    stream: S,
    input: Vec<u8>,
    start: usize,
    output: Vec<u8>,
    idle: Duration,
    floor: u64,
    stop: watch::Receiver<bool>,
}

impl<S: AsyncRead + AsyncWrite + Unpin> Wire<S> {
    pub(super) fn new(stream: S, settings: &Settings, stop: watch::Receiver<bool>) -> Self {
        let floor = settings.floor.into();
        Self {
            stream,
            input: Vec::new(),
            start: 0,
            output: Vec::new(),
            idle: settings.idle,
            floor,
            stop,
        }
    }

    /// Queues a reply; it leaves at the latest before the next wait.
    pub(super) fn answer(&mut self, reply: &Reply) {
        reply.write(&mut self.output);
    }

    /// Queues the reply to EHLO or LHLO (RFC 5321, 4.1.1.1).
    pub(super) fn answer_lines(&mut self, lines: &[String]) {
        for (at, line) in lines.iter().enumerate() {
            let mark = if at + 1 == lines.len() { ' ' } else { '-' };
            self.output
                .extend_from_slice(format!("250{mark}{line}\r\n").as_bytes());
        }
    }

    /// The next command line. Only CRLF ends it.
    pub(super) async fn line(&mut self) -> Result<Line, Ending> {
        if self.output.len() > REPLY_OCTETS {
            self.flush().await?;
        }
        let mut patience = None;
        let mut too_long = false;
        loop {
            let end = self.pending().windows(2).position(|pair| pair == b"\r\n");
            too_long |= end.unwrap_or(self.pending().len()) + 2 > LINE_OCTETS;
            match end {
                Some(end) => return Ok(self.cut_line(end, too_long)),
                None if too_long => self.drop_line(),
                None => {}
            }
            let begun = too_long || !self.pending().is_empty();
            let patience = patience
                .get_or_insert_with(|| Patience::new(&self.stop, Duration::ZERO, ENDLESS_LINE));
            patience.expect_octets(begun && self.floor > 0);
            self.fill(patience).await?;
        }
    }

    /// Receives up to the end of data (RFC 5321, 4.1.1.4).
    pub(super) async fn data(&mut self, body: &mut Body) -> Result<(), Ending> {
        let mut unstuff = Unstuff::default();
        self.receive(|octets| unstuff.feed(octets, body)).await
    }

    /// Receives exactly `size` octets (RFC 3030, 2).
    pub(super) async fn chunk(&mut self, size: u64, body: &mut Body) -> Result<(), Ending> {
        let mut left = size;
        let take = |octets: &[u8]| {
            let used = octets
                .len()
                .min(usize::try_from(left).unwrap_or(usize::MAX));
            body.push(octets.get(..used).unwrap_or_default());
            left -= used as u64;
            (used, left == 0)
        };
        self.receive(take).await
    }

    /// Sends what is queued.
    pub(super) async fn flush(&mut self) -> Result<(), Ending> {
        if self.output.is_empty() {
            return Ok(());
        }
        let sending = async {
            self.stream.write_all(&self.output).await?;
            self.stream.flush().await
        };
        let sent = timeout(self.idle, sending).await;
        self.output.clear();
        sent.map_err(|_| Ending::Idle)?.map_err(|_| Ending::Gone)
    }

    /// Sends what is queued and closes. A client that is still sending gets a
    /// moment to read the last reply.
    pub(super) async fn close(mut self) {
        let linger = async {
            self.flush().await.ok()?;
            self.stream.shutdown().await.ok()?;
            let mut rest = (&mut self.stream).take(ENDLESS_LINE);
            tokio::io::copy(&mut rest, &mut tokio::io::sink())
                .await
                .ok()
        };
        let _ = timeout(LINGER, linger).await;
    }

    /// Hands what arrives to `take`, until it says that this was all.
    async fn receive(
        &mut self,
        mut take: impl FnMut(&[u8]) -> (usize, bool),
    ) -> Result<(), Ending> {
        let mut patience = Patience::new(&self.stop, GRACE, ENDLESS_DATA);
        patience.expect_octets(self.floor > 0);
        loop {
            let (used, done) = take(self.pending());
            self.start += used;
            if done {
                return Ok(());
            }
            self.fill(&mut patience).await?;
        }
    }

    /// Whether the client has said more than was read.
    pub(super) fn has_pending(&self) -> bool {
        !self.pending().is_empty()
    }

    /// The stream alone; what was read and not asked for is forgotten.
    pub(super) fn into_stream(self) -> S {
        self.stream
    }

    fn pending(&self) -> &[u8] {
        self.input.get(self.start..).unwrap_or_default()
    }

    fn cut_line(&mut self, end: usize, too_long: bool) -> Line {
        let line = self.pending().get(..end).unwrap_or_default().to_vec();
        self.start += end + 2;
        if too_long {
            Line::TooLong
        } else {
            Line::Text(line)
        }
    }

    /// Forgets a line that is too long, but for a CR that may be half of its end.
    fn drop_line(&mut self) {
        let keep = usize::from(self.pending().ends_with(b"\r"));
        self.start = self.input.len() - keep;
    }

    /// Sends what is queued and waits for more input.
    async fn fill(&mut self, patience: &mut Patience) -> Result<(), Ending> {
        self.flush().await?;
        self.input.drain(..self.start);
        self.start = 0;
        self.input.reserve(READ_OCTETS);
        let idle = sleep(self.idle);
        tokio::pin!(idle);
        loop {
            tokio::select! {
                biased;
                read = self.stream.read_buf(&mut self.input) => return patience.count(read),
                () = patience.stop.as_mut() => return Err(Ending::Stopping),
                () = passed(&mut patience.window) => patience.judge(self.floor)?,
                () = idle.as_mut() => return Err(Ending::Idle),
            }
        }
    }
}
