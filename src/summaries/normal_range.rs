//! The normal range of a figure: what it does when nothing has changed. A chart of
//! individual values and moving ranges (XmR, Shewhart's), with its limits at the mean and
//! 2.66 mean moving ranges to either side, and one run rule. Pure.
//!
//! 2.66 is 3 / 1.128, three standard deviations where the mean moving range of two values
//! estimates one. It holds for values that do not overlap in time.

/// Below so many points there are no limits, and nothing is said.
pub const FEWEST: usize = 10;

/// So many mean moving ranges from the mean are the limits.
const SPREAD: f64 = 2.66;

/// So many points in a row on one side of the mean are no chance either.
pub const RUN: usize = 8;

/// What is normal.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Range {
    /// The mean.
    pub centre: f64,
    /// The lower limit; it may be below what the figure can be.
    pub low: f64,
    /// The upper limit.
    pub high: f64,
}

/// How a point is not normal.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Signal {
    /// It is above the upper limit.
    Above,
    /// It is below the lower limit.
    Below,
    /// It is the eighth in a row above the mean, or a later one.
    RunAbove,
    /// The same below it.
    RunBelow,
}

impl Signal {
    /// Its name in the database.
    pub fn name(self) -> &'static str {
        match self {
            Signal::Above => "above",
            Signal::Below => "below",
            Signal::RunAbove => "run-above",
            Signal::RunBelow => "run-below",
        }
    }
}

/// The normal range of points in the order of time; `None` where they are too few, or one
/// of them is no number.
pub fn range(points: &[f64]) -> Option<Range> {
    if points.len() < FEWEST || points.iter().any(|point| !point.is_finite()) {
        return None;
    }
    let count = points.len() as f64;
    let centre = points.iter().sum::<f64>() / count;
    let moves = points.windows(2).map(|two| match two {
        [one, next] => (next - one).abs(),
        _ => 0.0,
    });
    let reach = SPREAD * moves.sum::<f64>() / (count - 1.0);
    Some(Range {
        centre,
        low: centre - reach,
        high: centre + reach,
    })
}

/// What each point says, by the range of all of them: nothing of most, and nothing at all
/// where they are too few. A point beyond a limit says that, also within a run.
pub fn signals(points: &[f64]) -> Vec<Option<Signal>> {
    let Some(range) = range(points) else {
        return vec![None; points.len()];
    };
    let (mut side, mut run) = (0, 0);
    let mut all = Vec::with_capacity(points.len());
    for point in points {
        let now = side_of(*point, range.centre);
        run = if now != 0 && now == side { run + 1 } else { 1 };
        side = now;
        all.push(signal(*point, &range, (side, run)));
    }
    all
}

/// What the last point says that those before it did not: it has left the limits, or a run
/// has just become long enough.
pub fn news(points: &[f64]) -> Option<Signal> {
    let all = signals(points);
    let last = all.last().copied().flatten()?;
    let before = all.iter().rev().nth(1).copied().flatten();
    (before != Some(last)).then_some(last)
}

/// 1 above, -1 below, 0 on the mean, which ends a run.
fn side_of(point: f64, centre: f64) -> i8 {
    match point {
        _ if point > centre => 1,
        _ if point < centre => -1,
        _ => 0,
    }
}

fn signal(point: f64, range: &Range, (side, run): (i8, usize)) -> Option<Signal> {
    match () {
        () if point > range.high => Some(Signal::Above),
        () if point < range.low => Some(Signal::Below),
        () if run >= RUN && side > 0 => Some(Signal::RunAbove),
        () if run >= RUN && side < 0 => Some(Signal::RunBelow),
        () => None,
    }
}

#[cfg(test)]
mod tests;
