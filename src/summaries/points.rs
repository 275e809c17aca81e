//! A point a week for each figure that has a normal range: recorded by an act, before the
//! worksheet tells what was not normal.
//!
//! Points are of seven days each, which do not overlap: the figures of ninety days change
//! so little from week to week that everything would look unusual.

use std::sync::LazyLock;

use super::events::{DAY, Window};
use super::figure::{Figure, Value};
use super::{gather, metrics, normal_range};
use crate::cadence::act::{Act, Holidays, Plan};
use crate::cadence::cron::CronLine;
use crate::cadence::moments::{Series, When};
use crate::cadence::{Outcome, Running};
use crate::config::Charter;
use crate::store::figure_points::{self, Point};
use crate::store::{self, Tx};

/// This act's name in the registry.
pub const NAME: &str = "figure-points";

/// The figures that are recorded: those that say something of a single week.
pub const RECORDED: [&str; 6] = [
    "participation",
    "first-response-24h",
    "questions-open",
    "attendance-median",
    "learnings-new",
    "newcomers-joined",
];

/// So many points make the normal range: two years, so that it follows a community.
pub const MOST: i64 = 104;

/// Of what happens less than once a week every single one would look unusual.
const RARE: f64 = 1.0;

/// Before the worksheets of a Monday.
static WEEKLY: LazyLock<Option<CronLine>> = LazyLock::new(|| CronLine::parse("0 6 * * 1").ok());

/// Each week is recorded, however late: what happened in it does not change.
pub const ACT: Act = Act::new(NAME, |tx, act| Box::pin(run(tx, act)))
    .planned(Plan::Schedules(schedule))
    .on_holidays(Holidays::Ignore);

fn schedule(charter: &Charter) -> Vec<Series<'_>> {
    let series = WEEKLY.as_ref().map(|line| Series {
        key: String::new(),
        when: When::Schedule(line),
        zone: charter.timezone,
    });
    series.into_iter().collect()
}

/// Records the week that ends at the moment due.
///
/// # Errors
/// Where the database refuses.
pub async fn run(tx: &mut Tx, act: &Running<'_>) -> store::Result<Outcome> {
    if act.community.closed_at.is_some() {
        return Ok(Outcome::Dropped("the community is closed".into()));
    }
    let week = Window {
        from: act.due_at - 7 * DAY,
        to: act.due_at,
    };
    let of = (act.community, &*act.charter);
    let events = gather::events(tx, of, &[week]).await?;
    let mut recorded = 0;
    for figure in metrics::all(&events, &[week]) {
        if let Some(point) = point(&figure, act.due_at) {
            record(tx, act.community.id, point).await?;
            recorded += 1;
        }
    }
    Ok(Outcome::Done(format!("{recorded} figures recorded")))
}

/// What is recorded of a figure; nothing where there was too little data.
fn point(figure: &Figure, at: store::Millis) -> Option<Point> {
    let is_wanted = figure.unit.is_empty() && RECORDED.contains(&figure.metric.as_str());
    let number = |count: u64| i64::try_from(count).ok();
    let (value, k, n) = match &figure.value {
        Value::Share { k, n } if *n > 0 => (*k as f64 / *n as f64 * 100.0, number(*k), number(*n)),
        Value::Count(count) if count.is_finite() => (*count, None, None),
        _ => return None,
    };
    is_wanted.then(|| Point {
        metric: figure.metric.clone(),
        at,
        value,
        k,
        n,
        signal: String::new(),
    })
}

async fn record(tx: &mut Tx, community: i64, point: Point) -> store::Result<()> {
    let before = (point.at - 1, MOST - 1);
    let earlier = figure_points::last(tx, community, &point.metric, before).await?;
    let values = earlier.iter().rev().map(|point| point.value);
    let values: Vec<f64> = values.chain([point.value]).collect();
    let signal = news(&values, point.n.is_some());
    let point = Point {
        signal: signal.to_owned(),
        ..point
    };
    figure_points::record(tx, community, &point).await
}

/// What is not normal of the last value and was of those before it.
fn news(values: &[f64], is_share: bool) -> &'static str {
    let mean = values.iter().sum::<f64>() / values.len().max(1) as f64;
    let is_rare = !is_share && mean < RARE;
    let found = normal_range::news(values).filter(|_| !is_rare);
    found.map_or("", normal_range::Signal::name)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_rare_never_looks_unusual() {
        let mut counts = vec![0.0; 12];
        counts.push(3.0);
        assert_eq!(news(&counts, false), "");
        assert_eq!(news(&counts, true), "above");
        let often: Vec<f64> = counts.iter().map(|count| count + 5.0).collect();
        assert_eq!(news(&often, false), "above");
        assert_eq!(news(&often[4..], false), "", "nine points");
    }

    #[test]
    fn only_what_is_known_is_recorded() {
        let figure = |metric: &str, value| Figure {
            metric: metric.into(),
            unit: String::new(),
            period: 0,
            value,
        };
        let share = point(&figure("participation", Value::Share { k: 1, n: 4 }), 7).unwrap();
        assert_eq!(
            (share.value, share.k, share.n, share.at),
            (25.0, Some(1), Some(4), 7)
        );
        let none = [
            figure("participation", Value::TooLittle),
            figure("participation", Value::Share { k: 0, n: 0 }),
            figure("questions-open", Value::Count(f64::NAN)),
            figure("absence-factor", Value::Count(2.0)),
        ];
        for figure in none {
            assert_eq!(point(&figure, 7), None, "{figure:?}");
        }
    }
}
