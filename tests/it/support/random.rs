//! Chance that can be repeated: a seed is printed, and the same seed plays the
//! same story again.

use std::hash::{BuildHasher, Hasher, RandomState};

/// SplitMix64: small, and good enough to choose moments and ports.
pub struct Random(u64);

impl Random {
    /// The sequence that belongs to `seed`.
    pub fn seeded(seed: u64) -> Self {
        Self(seed)
    }

    /// A number below `end`; 0 where `end` is 0.
    pub fn below(&mut self, end: u64) -> u64 {
        self.next().checked_rem(end).unwrap_or(0)
    }

    fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        z ^ (z >> 31)
    }
}

/// A seed that nobody chose.
pub fn seed() -> u64 {
    RandomState::new().build_hasher().finish()
}
