//! The stream under lettre's connection, made for few turns.

use std::{
    fmt, io,
    net::SocketAddr,
    pin::Pin,
    task::{Context, Poll, ready},
};

use futures_io::{AsyncRead as _, AsyncWrite as _};
use lettre::transport::smtp::client::AsyncTokioStream;
use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};

use super::replies::Replies;

/// lettre's socket with or without TLS. It is deprecated as an oversight of its privacy, and stays
/// the only way to put a stream of our own above lettre's TLS.
#[expect(
    deprecated,
    reason = "lettre offers no other way to its TLS from our own stream"
)]
pub(super) type Network = lettre::transport::smtp::client::AsyncNetworkStream;

/// So much is collected before it is written without waiting for a read, in octets.
const MOST_COLLECTED: usize = 256 * 1024;

/// What is written collects here and leaves when an answer is waited for: commands in one group, a
/// body together with its final dot. Written one by one, each message would wait 40 ms for the
/// other side's delayed acknowledgement. What is read is tidied (see [`Replies`]).
///
/// A write that fails is told by the next read, and only if the relay said nothing before it hung
/// up: a `552` that came while a body was on its way is worth more than "broken pipe".
pub(super) struct Stream {
    network: Network,
    outgoing: Vec<u8>,
    written: usize,
    failed: Option<io::Error>,
    replies: Replies,
    incoming: Vec<u8>,
    handed_out: usize,
}

impl Stream {
    /// A stream on which `greeting` (whole lines, or nothing) is read before all that the network
    /// brings: lettre expects a greeting, and with STARTTLS it came before TLS did.
    pub fn new(network: Network, greeting: &[u8]) -> Stream {
        let mut stream = Stream {
            network,
            outgoing: Vec::new(),
            written: 0,
            failed: None,
            replies: Replies::default(),
            incoming: Vec::new(),
            handed_out: 0,
        };
        stream.replies.tidy(greeting, &mut stream.incoming);
        stream
    }

    /// Writes what has collected. Ready also when that failed: `failed` knows.
    fn poll_send(&mut self, cx: &mut Context<'_>) -> Poll<()> {
        while let Some(rest) = self
            .outgoing
            .get(self.written..)
            .filter(|rest| !rest.is_empty())
        {
            match ready!(Pin::new(&mut self.network).poll_write(cx, rest)) {
                Ok(0) => self.fail(io::ErrorKind::WriteZero.into()),
                Ok(count) => self.written += count,
                Err(error) => self.fail(error),
            }
        }
        self.outgoing.clear();
        self.written = 0;
        if let Err(error) = ready!(Pin::new(&mut self.network).poll_flush(cx)) {
            self.fail(error);
        }
        Poll::Ready(())
    }

    fn fail(&mut self, error: io::Error) {
        self.outgoing.clear();
        self.written = 0;
        self.failed.get_or_insert(error);
    }

    /// Hands out what has been read and not yet asked for; false where there is nothing.
    fn hand_out(&mut self, buffer: &mut ReadBuf<'_>) -> bool {
        let rest = self.incoming.get(self.handed_out..).unwrap_or_default();
        let count = rest.len().min(buffer.remaining());
        buffer.put_slice(&rest[..count]);
        self.handed_out += count;
        if self.handed_out == self.incoming.len() {
            self.incoming.clear();
            self.handed_out = 0;
        }
        count > 0
    }
}

impl AsyncRead for Stream {
    fn poll_read(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        buffer: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        // What cannot leave yet leaves at the next poll; the answer may come all the same.
        let _ = self.poll_send(cx);
        let mut part = [0; 4096];
        while !self.hand_out(buffer) {
            let count = ready!(Pin::new(&mut self.network).poll_read(cx, &mut part))?;
            if count == 0 {
                return Poll::Ready(self.failed.take().map_or(Ok(()), Err));
            }
            let this = &mut *self;
            this.replies.tidy(&part[..count], &mut this.incoming);
        }
        Poll::Ready(Ok(()))
    }
}

impl AsyncWrite for Stream {
    fn poll_write(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        bytes: &[u8],
    ) -> Poll<io::Result<usize>> {
        if self.outgoing.len() >= MOST_COLLECTED {
            ready!(self.poll_send(cx));
        }
        if self.failed.is_some() {
            return Poll::Ready(Ok(bytes.len()));
        }
        let count = bytes.len().min(MOST_COLLECTED - self.outgoing.len());
        self.outgoing.extend_from_slice(&bytes[..count]);
        Poll::Ready(Ok(count))
    }

    /// Nothing: lettre flushes after each piece, and the pieces are to leave together.
    fn poll_flush(self: Pin<&mut Self>, _: &mut Context<'_>) -> Poll<io::Result<()>> {
        Poll::Ready(Ok(()))
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        ready!(self.poll_send(cx));
        Pin::new(&mut self.network).poll_close(cx)
    }
}

impl AsyncTokioStream for Stream {
    fn peer_addr(&self) -> io::Result<SocketAddr> {
        self.network.peer_addr()
    }
}

/// Without the bytes on their way, which are somebody's mail.
impl fmt::Debug for Stream {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Stream")
            .field("outgoing", &self.outgoing.len())
            .finish_non_exhaustive()
    }
}
