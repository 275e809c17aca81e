//! The certificate that the SMTP listener shows after STARTTLS (RFC 3207), read anew
//! when its files change.

pub mod pem;
mod validity;

use std::fmt;
use std::fs;
use std::os::unix::fs::MetadataExt;
use std::path::Path;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

use tokio::sync::{OwnedSemaphorePermit, Semaphore};
use tokio_rustls::TlsAcceptor;

use crate::clock::monotonic;
use crate::config::settings::Tls;

pub use pem::Unusable;

/// How often the files are looked at, at most: handshakes come close together.
const LOOK_EVERY: Duration = Duration::from_secs(5);
/// Handshakes at one time: each costs the processor more than many commands do.
const MOST_HANDSHAKES: usize = 100;

/// A certificate with its key, kept as fresh as its files are.
pub struct Certificate {
    files: Tls,
    state: Mutex<State>,
    room: Arc<Semaphore>,
}

struct State {
    acceptor: TlsAcceptor,
    seen: Seen,
    looked: Instant,
}

/// What tells a file from the one that stood there before: device, inode, size, and
/// when it was written.
type Seen = [Option<(u64, u64, u64, i64, i64)>; 2];

/// What one handshake needs; it counts while the permit lives.
pub(super) struct Handshake {
    pub(super) acceptor: TlsAcceptor,
    pub(super) permit: OwnedSemaphorePermit,
}

impl Certificate {
    /// Reads both files.
    ///
    /// # Errors
    /// The first thing that is wrong with them, with its line.
    pub fn open(files: &Tls) -> Result<Certificate, Unusable> {
        let seen = seen(files);
        let state = State {
            acceptor: pem::acceptor(files)?,
            seen,
            looked: monotonic(),
        };
        Ok(Certificate {
            files: files.clone(),
            state: Mutex::new(state),
            room: Arc::new(Semaphore::new(MOST_HANDSHAKES)),
        })
    }

    /// Looks at the files now. A pair that cannot be used is logged, and the old one stays:
    /// whoever renews a certificate writes one file after the other.
    pub fn reload(&self) {
        self.look(true);
    }

    /// What a handshake needs; `None` while too many are under way.
    pub(super) fn handshake(&self) -> Option<Handshake> {
        let permit = Arc::clone(&self.room).try_acquire_owned().ok()?;
        let acceptor = self.look(false);
        Some(Handshake { acceptor, permit })
    }

    fn look(&self, at_once: bool) -> TlsAcceptor {
        let mut state = self.state.lock().unwrap_or_else(PoisonError::into_inner);
        let now = monotonic();
        if at_once || now.saturating_duration_since(state.looked) >= LOOK_EVERY {
            state.looked = now;
            self.renew(&mut state);
        }
        state.acceptor.clone()
    }

    fn renew(&self, state: &mut State) {
        // Looked at before they are read: what changes meanwhile is seen the next time.
        let seen = seen(&self.files);
        if seen == state.seen {
            return;
        }
        state.seen = seen;
        match pem::acceptor(&self.files) {
            Ok(acceptor) => {
                state.acceptor = acceptor;
                tracing::info!(file = %self.files.certificate_file.display(), "intake.certificate_renewed");
            }
            Err(error) => {
                tracing::error!(%error, "intake.certificate_unusable; the one before is still shown");
            }
        }
    }
}

impl fmt::Debug for Certificate {
    /// Shows no key.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Certificate")
            .field("files", &self.files)
            .finish_non_exhaustive()
    }
}

fn seen(files: &Tls) -> Seen {
    let one = |path: &Path| {
        let file = fs::metadata(path).ok()?;
        let (written, nanos) = (file.mtime(), file.mtime_nsec());
        Some((file.dev(), file.ino(), file.size(), written, nanos))
    };
    [one(&files.certificate_file), one(&files.key_file)]
}

#[cfg(test)]
mod tests;
