//! All civil time comes from here; leases, timeouts and probes use [`monotonic`]
//! and [`system_ms`], which never stop.

use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};
use std::time::Instant;

use chrono::{DateTime, SecondsFormat, Utc};

/// The civil clock: what is due or dated goes by it. Under test it stands still
/// until it is moved. Clones share the same time.
#[derive(Clone, Debug)]
pub struct Clock(Option<Arc<AtomicI64>>);

impl Clock {
    /// The time of day.
    pub fn system() -> Clock {
        Clock(None)
    }

    /// A clock that stands at `at` (ms since 1970) until it is moved.
    pub fn test(at: i64) -> Clock {
        Clock(Some(Arc::new(AtomicI64::new(at))))
    }

    /// Now, in milliseconds since 1970, UTC.
    pub fn now_ms(&self) -> i64 {
        match &self.0 {
            None => system_ms(),
            Some(at) => at.load(Ordering::SeqCst),
        }
    }

    /// Now.
    pub fn now(&self) -> DateTime<Utc> {
        moment(self.now_ms())
    }

    /// Whether it stands still.
    pub fn is_test(&self) -> bool {
        self.0.is_some()
    }

    /// Moves a test clock; a system clock cannot be moved and stays.
    pub fn set(&self, at: i64) {
        if let Some(clock) = &self.0 {
            clock.store(at, Ordering::SeqCst);
        }
    }
}

/// The system's time in milliseconds since 1970: for leases between processes,
/// which must run on also where the civil clock stands still.
#[expect(clippy::disallowed_methods, reason = "this is the one place")]
pub fn system_ms() -> i64 {
    Utc::now().timestamp_millis()
}

/// The monotonic clock: for timeouts and probes within a process.
#[expect(clippy::disallowed_methods, reason = "this is the one place")]
pub fn monotonic() -> Instant {
    Instant::now()
}

/// Milliseconds since 1970 as a moment; what no calendar can hold becomes 1970.
pub fn moment(ms: i64) -> DateTime<Utc> {
    DateTime::from_timestamp_millis(ms).unwrap_or_default()
}

/// A moment as RFC 3339 in UTC, to the second.
pub fn rfc3339(ms: i64) -> String {
    moment(ms).to_rfc3339_opts(SecondsFormat::Secs, true)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_test_clock_stands_until_it_is_moved_and_clones_share_it() {
        let clock = Clock::test(1_000);
        let clone = clock.clone();
        assert_eq!(clock.now_ms(), 1_000);
        clone.set(5_000);
        assert_eq!(rfc3339(clock.now_ms()), "1970-01-01T00:00:05Z");
    }

    #[test]
    fn the_system_clock_cannot_be_set() {
        let clock = Clock::system();
        clock.set(0);
        assert!(clock.now_ms() > 1_700_000_000_000);
    }
}
