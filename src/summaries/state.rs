//! How a community stands, in one sentence that a rule writes: nobody's wish colours it.
//!
//! A share has changed where its interval and that of the period before have nothing in
//! common; an index of the survey where its published verdict says so. Pure.

use super::figure::{Figures, Value};
use crate::surveys::statistics::wilson;

/// The shares that are compared, in the order in which they are named.
pub const WATCHED: [&str; 6] = [
    "participation",
    "first-response-24h",
    "newcomers-answered-48h",
    "solution-rate",
    "agenda-ownership",
    "cross-unit",
];

/// Fewer say nothing by themselves.
const FEWEST: u64 = 5;

/// How it stands.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum State {
    /// Nothing could be compared.
    TooLittle,
    /// Nothing that was compared has changed clearly.
    Steady,
    /// This has.
    Changed(Vec<Change>),
}

/// A metric that has changed clearly since the period before.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Change {
    /// Its name.
    pub metric: String,
    /// Whether it is higher now.
    pub is_higher: bool,
}

/// How a community stands by its figures.
pub fn of(figures: &Figures) -> State {
    let health = figures.all.iter().filter(|one| one.period == 0);
    let health = health.map(|one| one.metric.as_str());
    let health = health.filter(|name| name.starts_with("health-"));
    let compared: Vec<(&str, Option<bool>)> = WATCHED
        .into_iter()
        .chain(health)
        .filter_map(|metric| Some((metric, compare(figures, metric)?)))
        .collect();
    if compared.is_empty() {
        return State::TooLittle;
    }
    let change = |(metric, is_higher): &(&str, Option<bool>)| {
        Some(Change {
            metric: (*metric).to_owned(),
            is_higher: (*is_higher)?,
        })
    };
    let changes: Vec<Change> = compared.iter().filter_map(change).collect();
    match changes.is_empty() {
        true => State::Steady,
        false => State::Changed(changes),
    }
}

/// Whether a metric is higher or lower than before, or neither; `None` where it cannot be
/// compared.
fn compare(figures: &Figures, metric: &str) -> Option<Option<bool>> {
    match (figures.get(metric, 0), figures.get(metric, 1)) {
        (Value::Share { k, n }, Value::Share { k: before, n: of }) => {
            let now = interval(*k, *n)?;
            let then = interval(*before, *of)?;
            Some(match () {
                () if now.0 > then.1 => Some(true),
                () if now.1 < then.0 => Some(false),
                () => None,
            })
        }
        (Value::Binned { verdict, .. }, _) => match verdict.as_str() {
            "higher" => Some(Some(true)),
            "lower" => Some(Some(false)),
            "no clear change" => Some(None),
            _ => None,
        },
        _ => None,
    }
}

fn interval(k: u64, n: u64) -> Option<(f64, f64)> {
    let (k, n) = (i64::try_from(k).ok()?, i64::try_from(n).ok()?);
    (n >= FEWEST as i64).then(|| wilson(k, n))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::summaries::figure::Figure;

    fn figures(all: &[(&str, u8, u64, u64)]) -> Figures {
        let figure = |(metric, period, k, n): &(&str, u8, u64, u64)| Figure {
            metric: (*metric).to_owned(),
            unit: String::new(),
            period: *period,
            value: Value::Share { k: *k, n: *n },
        };
        Figures {
            all: all.iter().map(figure).collect(),
            ..Figures::default()
        }
    }

    #[test]
    fn a_rule_says_how_it_stands() {
        let changed = |metric: &str, is_higher| {
            State::Changed(vec![Change {
                metric: metric.to_owned(),
                is_higher,
            }])
        };
        for (all, wanted) in [
            (&[][..], State::TooLittle),
            (&[("participation", 0, 9, 10)], State::TooLittle),
            (
                &[("participation", 0, 4, 4), ("participation", 1, 0, 4)],
                State::TooLittle,
            ),
            (
                &[("participation", 0, 9, 10), ("participation", 1, 5, 10)],
                State::Steady,
            ),
            (
                &[("participation", 0, 90, 100), ("participation", 1, 50, 100)],
                changed("participation", true),
            ),
            (
                &[
                    ("solution-rate", 0, 2, 40),
                    ("solution-rate", 1, 30, 40),
                    ("participation", 0, 9, 10),
                    ("participation", 1, 9, 10),
                ],
                changed("solution-rate", false),
            ),
            (
                &[("not-watched", 0, 90, 100), ("not-watched", 1, 1, 100)],
                State::TooLittle,
            ),
        ] {
            assert_eq!(of(&figures(all)), wanted, "{all:?}");
        }
    }

    #[test]
    fn a_verdict_of_the_survey_counts() {
        for (verdict, wanted) in [
            ("no clear change", State::Steady),
            ("first time", State::TooLittle),
            ("too few answers to compare", State::TooLittle),
            (
                "lower",
                State::Changed(vec![Change {
                    metric: "health-trust".into(),
                    is_higher: false,
                }]),
            ),
        ] {
            let figure = Figure {
                metric: "health-trust".into(),
                unit: String::new(),
                period: 0,
                value: Value::Binned {
                    n: 12,
                    asked: 16,
                    bin: "80-100".into(),
                    interval: (55, 100),
                    bounds: (62, 100),
                    verdict: verdict.into(),
                },
            };
            let figures = Figures {
                all: vec![figure],
                ..Figures::default()
            };
            assert_eq!(of(&figures), wanted, "{verdict}");
        }
    }
}
