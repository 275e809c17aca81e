//! Waiting for something that another process does.

use std::time::{Duration, Instant};

/// How long a story waits for what should be a matter of milliseconds.
pub const SOON: Duration = Duration::from_secs(30);

/// The present moment of the machine that runs the tests: timeouts of a test
/// have nothing to do with the product's clocks.
#[expect(
    clippy::disallowed_methods,
    reason = "a test's timeouts are not the product's time"
)]
pub fn now() -> Instant {
    Instant::now()
}

/// Asks `probe` every 20 ms until it gives a value.
///
/// # Panics
/// After `limit`, with `what` in the message.
#[track_caller]
pub fn until<T>(what: &str, limit: Duration, mut probe: impl FnMut() -> Option<T>) -> T {
    let start = now();
    loop {
        if let Some(value) = probe() {
            return value;
        }
        assert!(
            start.elapsed() < limit,
            "waited {limit:?} in vain for {what}"
        );
        std::thread::sleep(Duration::from_millis(20));
    }
}
