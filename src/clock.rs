//! All civil time comes from here; leases, timeouts and probes use [`monotonic`].

use std::time::Instant;

/// The monotonic clock: for leases, timeouts and probes. It never stops, also
/// where the civil clock stands still under test.
#[expect(clippy::disallowed_methods, reason = "this is the one place")]
pub fn monotonic() -> Instant {
    Instant::now()
}
