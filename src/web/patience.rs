//! How long a connection may do nothing, and how long it may last: slow clients
//! must not use up what others need.

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
/// Connections at one time; more wait until one of these ends.
const MOST: usize = 512;

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

/// A connection that fails when nothing has come or gone for 30 s, and when it
/// has lasted ten minutes.
pub(super) struct Bounded<S> {
    inner: S,
    idle: Pin<Box<Sleep>>,
    whole: Pin<Box<Sleep>>,
    _room: Option<OwnedSemaphorePermit>,
}

impl<S> Bounded<S> {
    fn new(inner: S, room: Option<OwnedSemaphorePermit>) -> Bounded<S> {
        Bounded {
            inner,
            idle: Box::pin(sleep(IDLE)),
            whole: Box::pin(sleep(WHOLE)),
            _room: room,
        }
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
        let result = Pin::new(&mut self.inner).poll_read(cx, buf);
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
        self.judge(cx, result)
    }

    fn is_write_vectored(&self) -> bool {
        self.inner.is_write_vectored()
    }
}
