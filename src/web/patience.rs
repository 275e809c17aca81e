//! How long a connection may do nothing, how slowly a request may come, and how long a
//! connection may last: slow clients must not use up what others need.
//!
//! There is no limit for one address. In front of the pages stands a proxy, whose address
//! is that of everybody: such a limit would hit all readers at once, and the proxy knows
//! who they are.

use std::io;
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll, ready};
use std::time::Duration;

use axum::serve::Listener;
use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};
use tokio::sync::{OwnedSemaphorePermit, Semaphore};
use tokio::time::{Sleep, sleep};

/// How long nothing may come or go.
const IDLE: Duration = Duration::from_secs(30);
/// How long a connection lasts at most; enough for a large message on a slow line.
const WHOLE: Duration = Duration::from_secs(600);
/// Octets a second of a request, as over LMTP and SMTP.
const FLOOR: usize = 500;
/// How long the rate of a request is averaged.
const WINDOW: Duration = Duration::from_secs(30);
/// Connections at one time; more wait until one of these ends.
const MOST: usize = 1_000;

/// A listener whose connections end when they are idle or old.
pub(super) struct Patient<L> {
    inner: L,
    room: Arc<Semaphore>,
}

impl<L> Patient<L> {
    /// Bounds the connections of `inner`.
    pub(super) fn new(inner: L) -> Patient<L> {
        Patient {
            inner,
            room: Arc::new(Semaphore::new(MOST)),
        }
    }
}

impl<L: Listener> Listener for Patient<L> {
    type Io = Bounded<L::Io>;
    type Addr = L::Addr;

    async fn accept(&mut self) -> (Self::Io, Self::Addr) {
        // The semaphore is never closed; without a permit nobody is counted.
        let permit = self.room.clone().acquire_owned().await.ok();
        let (io, address) = self.inner.accept().await;
        (Bounded::new(io, permit), address)
    }

    fn local_addr(&self) -> io::Result<Self::Addr> {
        self.inner.local_addr()
    }
}

/// A connection that fails when nothing has come or gone for 30 s, when a request comes
/// more slowly than the floor, and when it has lasted ten minutes.
pub(super) struct Bounded<S> {
    inner: S,
    idle: Pin<Box<Sleep>>,
    /// From the first octet of a request until something is answered.
    window: Option<Pin<Box<Sleep>>>,
    in_window: usize,
    whole: Pin<Box<Sleep>>,
    _room: Option<OwnedSemaphorePermit>,
}

impl<S> Bounded<S> {
    fn new(inner: S, room: Option<OwnedSemaphorePermit>) -> Bounded<S> {
        Bounded {
            inner,
            idle: Box::pin(sleep(IDLE)),
            window: None,
            in_window: 0,
            whole: Box::pin(sleep(WHOLE)),
            _room: room,
        }
    }

    /// Octets of a request have come, or none; fails where they come too slowly.
    fn count(&mut self, cx: &mut Context<'_>, octets: usize) -> io::Result<()> {
        self.in_window += octets;
        if octets > 0 && self.window.is_none() {
            self.window = Some(Box::pin(sleep(WINDOW)));
        }
        while let Some(window) = &mut self.window
            && window.as_mut().poll(cx).is_ready()
        {
            if self.in_window < FLOOR * WINDOW.as_secs() as usize {
                return Err(io::ErrorKind::TimedOut.into());
            }
            self.in_window = 0;
            self.window = Some(Box::pin(sleep(WINDOW)));
        }
        Ok(())
    }

    /// Something was answered: the next octet begins another request.
    fn answered(&mut self) {
        self.window = None;
        self.in_window = 0;
    }

    /// Passes on what the connection says: progress begins the wait anew, and
    /// waiting too long is an error.
    fn judge<T>(
        &mut self,
        cx: &mut Context<'_>,
        result: Poll<io::Result<T>>,
    ) -> Poll<io::Result<T>> {
        if self.whole.as_mut().poll(cx).is_ready() {
            return Poll::Ready(Err(io::ErrorKind::TimedOut.into()));
        }
        if result.is_ready() {
            self.idle = Box::pin(sleep(IDLE));
            // A wait that nobody has polled wakes nobody.
            let _ = self.idle.as_mut().poll(cx);
            return result;
        }
        ready!(self.idle.as_mut().poll(cx));
        Poll::Ready(Err(io::ErrorKind::TimedOut.into()))
    }
}

impl<S: AsyncRead + Unpin> AsyncRead for Bounded<S> {
    fn poll_read(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        buf: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        let before = buf.filled().len();
        let result = Pin::new(&mut self.inner).poll_read(cx, buf);
        self.count(cx, buf.filled().len() - before)?;
        self.judge(cx, result)
    }
}

impl<S: AsyncWrite + Unpin> AsyncWrite for Bounded<S> {
    fn poll_write(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        buf: &[u8],
    ) -> Poll<io::Result<usize>> {
        let result = Pin::new(&mut self.inner).poll_write(cx, buf);
        self.answered();
        self.judge(cx, result)
    }

    fn poll_flush(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.inner).poll_flush(cx)
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.inner).poll_shutdown(cx)
    }

    fn poll_write_vectored(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        bufs: &[io::IoSlice<'_>],
    ) -> Poll<io::Result<usize>> {
        let result = Pin::new(&mut self.inner).poll_write_vectored(cx, bufs);
        self.answered();
        self.judge(cx, result)
    }

    fn is_write_vectored(&self) -> bool {
        self.inner.is_write_vectored()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use tokio::io::{AsyncReadExt, AsyncWriteExt, duplex};

    /// What the server's side reads of a client that sends `piece` octets a second for so
    /// many seconds, and is answered after each `answered` of them.
    async fn read(piece: usize, seconds: usize, answered: usize) -> io::Result<usize> {
        let (mut client, server) = duplex(1 << 20);
        let mut server = Bounded::new(server, None);
        let sending = tokio::spawn(async move {
            for _ in 0..seconds {
                sleep(Duration::from_secs(1)).await;
                if client.write_all(&vec![b'x'; piece]).await.is_err() {
                    return;
                }
            }
        });
        let (mut all, mut buffer) = (0, vec![0; 1 << 16]);
        let ended = loop {
            match server.read(&mut buffer).await {
                Ok(0) => break Ok(all),
                Ok(octets) => all += octets,
                Err(error) => break Err(error),
            }
            if all.is_multiple_of(answered * piece) {
                // Behind the last request there may be nobody any more.
                let _ = server.write_all(b"HTTP/1.1 200 OK").await;
            }
        };
        sending.abort();
        ended
    }

    #[tokio::test(start_paused = true)]
    async fn a_request_comes_above_the_floor_or_not_at_all() {
        for (piece, seconds, answered, is_served) in [
            (1, 29, 1_000, true),
            (1, 40, 1_000, false),
            (490, 40, 1_000, false),
            (520, 100, 1_000, true),
            // Short requests, each answered: no request is slow.
            (100, 100, 10, true),
        ] {
            let read = read(piece, seconds, answered).await;
            let case = format!("{piece} a second for {seconds} s");
            assert_eq!(read.ok(), is_served.then_some(piece * seconds), "{case}");
        }
    }
}
