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
    renewed: Arc<Mutex<Renewed>>,
}

/// When leases were last renewed, and how often that came too late.
#[derive(Clone, Copy, Debug)]
struct Renewed {
    at: Instant,
    lapses: u64,
}

/// How long leases surely hold after a renewal: five seconds are to spare.
const SURE: Duration = LEASE.saturating_sub(Duration::from_secs(5));

impl Pulse {
    /// A pulse under this name, which no other living process may use.
    pub fn new(owner: &str) -> Pulse {
        Pulse {
            owner: owner.into(),
            renewed: Arc::new(Mutex::new(Renewed {
                at: monotonic(),
                lapses: 0,
            })),
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
        let mut renewed = self.renewed.lock().unwrap_or_else(PoisonError::into_inner);
        if at.duration_since(renewed.at) >= SURE {
            renewed.lapses += 1;
        }
        renewed.at = at;
    }

    /// Whether our leases surely still hold.
    pub fn is_fresh(&self) -> bool {
        monotonic().duration_since(self.last().at) < SURE
    }

    /// How often leases have lapsed. What was taken before a lapse may be another
    /// node's since, however fresh the pulse is again: it is ours only while this
    /// number is the one at which it was taken.
    pub fn lapses(&self) -> u64 {
        self.last().lapses
    }

    /// Whether what was taken at so many `lapses` is surely still ours.
    pub fn holds(&self, lapses: u64) -> bool {
        self.is_fresh() && self.lapses() == lapses
    }

    fn last(&self) -> Renewed {
        *self.renewed.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_was_taken_before_a_lapse_stays_lost_when_the_pulse_is_fresh_again() {
        let pulse = Pulse::new("a");
        let (start, before) = (monotonic(), pulse.lapses());
        pulse.renewed(start + BEAT);
        assert!(pulse.holds(before), "a renewal in time loses nothing");
        pulse.renewed(start + BEAT + SURE);
        assert!(pulse.is_fresh());
        assert!(!pulse.holds(before));
        assert!(pulse.holds(pulse.lapses()));
    }
}
