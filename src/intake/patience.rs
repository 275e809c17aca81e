//! How long a client may take: until the node stops, above the floor, and not
//! without end.

use std::pin::Pin;
use std::time::Duration;
use tokio::sync::watch;
use tokio::time::{Sleep, sleep};

use super::wire::Ending;

/// How long the rate of a slow client is averaged.
const WINDOW: Duration = Duration::from_secs(30);

/// How long one line or one message is waited for.
pub(super) struct Patience {
    pub(super) stop: Pin<Box<dyn Future<Output = ()> + Send>>,
    pub(super) window: Option<Pin<Box<Sleep>>>,
    in_window: u64,
    left: u64,
}

impl Patience {
    pub(super) fn new(stop: &watch::Receiver<bool>, grace: Duration, left: u64) -> Self {
        let mut stop = stop.clone();
        let stop = Box::pin(async move {
            // A vanished sender is a node that is gone.
            let _ = stop.wait_for(|stopping| *stopping).await;
            sleep(grace).await;
        });
        Self {
            stop,
            window: None,
            in_window: 0,
            left,
        }
    }

    /// From now on octets are due, unless `due` is false.
    pub(super) fn expect_octets(&mut self, due: bool) {
        if due && self.window.is_none() {
            self.window = Some(Box::pin(sleep(WINDOW)));
        }
    }

    pub(super) fn count(&mut self, read: std::io::Result<usize>) -> Result<(), Ending> {
        let octets = read.ok().filter(|octets| *octets > 0).ok_or(Ending::Gone)? as u64;
        self.in_window += octets;
        self.left = self.left.checked_sub(octets).ok_or(Ending::Endless)?;
        Ok(())
    }

    /// A window is over: was it fast enough for another?
    pub(super) fn judge(&mut self, floor: u64) -> Result<(), Ending> {
        if self.in_window < floor * WINDOW.as_secs() {
            return Err(Ending::Slow);
        }
        self.in_window = 0;
        self.window = Some(Box::pin(sleep(WINDOW)));
        Ok(())
    }
}

/// Returns at the end of the window, never where there is none.
pub(super) async fn passed(window: &mut Option<Pin<Box<Sleep>>>) {
    match window {
        Some(window) => window.as_mut().await,
        None => std::future::pending().await,
    }
}
