//! Chance that is the same in every run.

/// Numbers that look random (Knuth's generator).
pub struct Chance(u64);

impl Chance {
    pub fn new(seed: u64) -> Chance {
        let mut chance = Chance(seed);
        // Seeds that lie close together begin alike.
        for _ in 0..8 {
            chance.below(2);
        }
        chance
    }

    /// Below `limit`; 0 where that is 0.
    pub fn below(&mut self, limit: usize) -> usize {
        let (by, more) = (6_364_136_223_846_793_005, 1_442_695_040_888_963_407);
        self.0 = self.0.wrapping_mul(by).wrapping_add(more);
        usize::try_from(self.0 >> 33).unwrap_or(0) % limit.max(1)
    }

    /// The same of a time, in milliseconds.
    pub fn time_below(&mut self, limit: i64) -> i64 {
        let seconds = usize::try_from(limit / 1_000).unwrap_or(0);
        i64::try_from(self.below(seconds)).unwrap_or(0) * 1_000
    }

    /// Whether something happens that does so many times in a hundred.
    pub fn percent(&mut self, often: usize) -> bool {
        self.below(100) < often
    }

    pub fn pick<'a, T>(&mut self, all: &'a [T]) -> &'a T {
        &all[self.below(all.len())]
    }
}
