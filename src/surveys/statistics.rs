//! What may be said of a few answers: bins instead of shares, with intervals and with
//! what those who did not answer could have changed. Pure.
//!
//! With the number of answers known, a rounded share still gives the exact count away, up
//! to twenty of them. So a bin holds several counts, and all that is published follows
//! from its edges: nobody who knows their own answer learns that all others agree.

/// 95 % of a normal distribution lie within so many standard deviations.
const Z: f64 = 1.959_963_984_540_054;

/// Below so many answers nothing is published, whatever a charter says.
pub const FEWEST: i64 = 5;

/// From so many on there are bins; below, three words.
const BINS_FROM: i64 = 10;

/// A published result of one index.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Published {
    /// What is said.
    pub bin: Bin,
    /// The smallest and the largest count that it may stand for.
    pub counts: (i64, i64),
}

/// What is said of a share.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Bin {
    /// At least 60 %, of five to nine.
    MostlyYes,
    /// Neither, of five to nine.
    Mixed,
    /// At most 40 %, of five to nine.
    MostlyNo,
    /// From so many percent to so many.
    Percent(i64, i64),
}

/// How a result compares with the one before.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Verdict {
    /// There was none.
    First,
    /// Fewer than half of those asked have answered.
    TooFew,
    /// The usual case.
    NoClearChange,
    /// Higher, whatever count each bin stands for.
    Higher,
    /// Lower, likewise.
    Lower,
}

/// What is published of `k` favourable answers among `n`; nothing below [`FEWEST`].
pub fn publish(k: i64, n: i64) -> Option<Published> {
    if n < FEWEST || !(0..=n).contains(&k) {
        return None;
    }
    let bin = bin(k, n);
    let is_same = |other: &i64| self::bin(*other, n) == bin;
    let low = (0..=n).find(is_same)?;
    let high = (0..=n).rev().find(is_same)?;
    Some(Published {
        bin,
        counts: (low, high),
    })
}

/// The bin of a count. A count on an edge belongs to the bin further from the middle.
fn bin(k: i64, n: i64) -> Bin {
    if n < BINS_FROM {
        return match k * 100 {
            share if share >= 60 * n => Bin::MostlyYes,
            share if share <= 40 * n => Bin::MostlyNo,
            _ => Bin::Mixed,
        };
    }
    let width = match n {
        ..20 => 20,
        20..40 => 10,
        _ => 5,
    };
    let step = width * n;
    let edge = k * 100 / step;
    let is_on_edge = k * 100 % step == 0;
    let is_lower_half = k * 200 < 100 * n;
    let at = match is_on_edge && is_lower_half {
        true => edge - 1,
        false => edge,
    };
    let at = at.clamp(0, 100 / width - 1);
    Bin::Percent(at * width, (at + 1) * width)
}

/// Wilson's interval of a share, at 95 %: (low, high), from 0 to 1.
pub fn wilson(k: i64, n: i64) -> (f64, f64) {
    if n <= 0 {
        return (0.0, 1.0);
    }
    let (k, n) = (k as f64, n as f64);
    let (share, square) = (k / n, Z * Z);
    let middle = (share + square / (2.0 * n)) / (1.0 + square / n);
    let spread =
        Z / (1.0 + square / n) * (share * (1.0 - share) / n + square / (4.0 * n * n)).sqrt();
    let low = if k == 0.0 { 0.0 } else { middle - spread };
    let high = if k == n { 1.0 } else { middle + spread };
    (low.max(0.0), high.min(1.0))
}

impl Published {
    /// The interval from the bin's smallest count to its largest, in whole percent.
    pub fn interval(&self, n: i64) -> (i64, i64) {
        let low = wilson(self.counts.0, n).0;
        let high = wilson(self.counts.1, n).1;
        (percent(low), percent(high))
    }

    /// What the share among all `asked` could be, whatever those say who did not answer,
    /// in whole percent.
    pub fn bounds(&self, n: i64, asked: i64) -> (i64, i64) {
        let asked = asked.max(n).max(1);
        let share = |count: i64| percent(count as f64 / asked as f64);
        (share(self.counts.0), share(self.counts.1 + asked - n))
    }
}

fn percent(share: f64) -> i64 {
    (share * 100.0).round() as i64
}

/// How a result compares with the one before: changed only where every count that the
/// two bins may stand for says so (Fisher's exact test, two-sided, 5 %).
pub fn verdict(
    now: (&Published, i64),
    before: Option<(&Published, i64)>,
    (answered, asked): (i64, i64),
) -> Verdict {
    if answered * 2 < asked {
        return Verdict::TooFew;
    }
    let Some((past, past_n)) = before else {
        return Verdict::First;
    };
    let (result, n) = now;
    let differs = |count: i64, past: i64| fisher((count, n), (past, past_n)) < 0.05;
    let (low, high) = result.counts;
    let (past_low, past_high) = past.counts;
    if low * past_n > past_high * n && differs(low, past_high) {
        return Verdict::Higher;
    }
    if high * past_n < past_low * n && differs(high, past_low) {
        return Verdict::Lower;
    }
    Verdict::NoClearChange
}

/// The chance of two shares so unlike, or more, if nothing has changed: Fisher's exact
/// test, two-sided, of `k` among `n` each.
pub fn fisher(one: (i64, i64), other: (i64, i64)) -> f64 {
    let ((a, n), (b, m)) = (one, other);
    let both = a + b;
    let log = |k: i64| choose(n, k) + choose(m, both - k) - choose(n + m, both);
    let seen = log(a);
    let from = (both - m).max(0);
    let to = both.min(n);
    // As likely as what was seen, but for how numbers are rounded.
    let all = (from..=to).map(log).filter(|one| *one <= seen + 1e-7);
    all.map(f64::exp).sum::<f64>().min(1.0)
}

/// The logarithm of how many ways there are to take `k` of `n`.
fn choose(n: i64, k: i64) -> f64 {
    let factorial = |n: i64| (2..=n).map(|i| (i as f64).ln()).sum::<f64>();
    factorial(n) - factorial(k) - factorial(n - k)
}

#[cfg(test)]
mod tests;
