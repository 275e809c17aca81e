//! A node's pulse: the name under which it holds leases, and whether it still
//! may. Leases go by the system clock, because another node reads them; whether
//! our own is still good goes by the monotonic one, which a frozen process
//! cannot misread after it wakes.

use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

use crate::clock::{monotonic, system_ms};
use crate::store::Millis;

/// How long a lease lasts without being renewed. Another node takes over the
/// work of a dead one after this time.
pub const LEASE: Duration = Duration::from_secs(30);

/// How often leases are renewed.
pub const BEAT: Duration = Duration::from_secs(8);

/// A node's pulse. Clones share it.
#[derive(Clone, Debug)]
pub struct Pulse {
    owner: Arc<str>,
    renewed: Arc<Mutex<Instant>>,
}

impl Pulse {
    /// A pulse under this name, which no other living process may use.
    pub fn new(owner: &str) -> Pulse {
        Pulse {
            owner: owner.into(),
            renewed: Arc::new(Mutex::new(monotonic())),
        }
    }

    /// The name under which leases are held.
    pub fn owner(&self) -> &str {
        &self.owner
    }

    /// (now, until when a lease taken now lasts), system clock.
    pub fn lease(&self) -> (Millis, Millis) {
        let now = system_ms();
        (now, now + LEASE.as_millis() as Millis)
    }

    /// Says that leases were renewed in the database at `at`, which was read
    /// before the renewal began.
    pub fn renewed(&self, at: Instant) {
        *self.renewed.lock().unwrap_or_else(PoisonError::into_inner) = at;
    }

    /// Whether our leases surely still hold, with five seconds to spare.
    pub fn is_fresh(&self) -> bool {
        let renewed = *self.renewed.lock().unwrap_or_else(PoisonError::into_inner);
        monotonic().duration_since(renewed) < LEASE - Duration::from_secs(5)
    }
}
