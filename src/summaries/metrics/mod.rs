//! Each metric: one definition, one pure function from events and a window to a value.
//! `definitions` is the table of them, which the page, the documentation and the CSV
//! follow.

pub mod answers;
pub mod concentration;
pub mod definitions;
pub mod graph;
pub mod newcomers;
pub mod outcomes;
pub mod participation;
pub mod sessions;

pub use definitions::{ALL, Definition, VERSION, of};

use std::collections::BTreeSet;

use super::events::{Events, Published, Window};
use super::figure::{Figure, Value};

/// All figures of some periods, each by its window, in the order of the table; period 0
/// first within each metric.
pub fn all(events: &Events, windows: &[Window]) -> Vec<Figure> {
    let metrics = ALL.iter();
    metrics
        .flat_map(|definition| each(events, windows, definition))
        .collect()
}

fn each(events: &Events, windows: &[Window], definition: &Definition) -> Vec<Figure> {
    let of_window = |(period, window): (u8, &Window)| {
        let rows = match events.is_before_all(*window) {
            true => Vec::new(),
            false => (definition.rows)(events, *window),
        };
        rows.into_iter().map(move |row| row.of(period))
    };
    (0..).zip(windows).flat_map(of_window).collect()
}

/// A figure that does not know its period yet.
pub struct Row {
    metric: String,
    unit: String,
    value: Value,
}

impl Row {
    fn of(self, period: u8) -> Figure {
        let Row {
            metric,
            unit,
            value,
        } = self;
        Figure {
            metric,
            unit,
            period,
            value,
        }
    }
}

fn row(metric: &str, value: Value) -> Row {
    Row {
        metric: metric.to_owned(),
        unit: String::new(),
        value,
    }
}

fn level_rows(events: &Events, window: Window) -> Vec<Row> {
    let levels = participation::levels(events, window).into_iter();
    levels.map(|(level, value)| row(level, value)).collect()
}

fn unit_rows(events: &Events, window: Window) -> Vec<Row> {
    let rows = participation::units(events, window).into_iter();
    let of = |(unit, value)| Row {
        unit,
        ..row("unit", value)
    };
    rows.map(of).collect()
}

/// A row for each index that any survey has published.
fn health_rows(events: &Events, window: Window) -> Vec<Row> {
    let is_health = |one: &&Published| one.metric.starts_with("health-");
    let published = events.published.iter().filter(is_health);
    let names: BTreeSet<&str> = published.map(|one| one.metric.as_str()).collect();
    let value = |name: &str| outcomes::published(events, window, name);
    names.iter().map(|name| row(name, value(name))).collect()
}

/// `k` of `n`; too little where there is nothing to take a share of.
fn share(k: usize, n: usize) -> Value {
    match n {
        0 => Value::TooLittle,
        _ => Value::Share {
            k: k as u64,
            n: n as u64,
        },
    }
}

fn count(n: usize) -> Value {
    Value::Count(n as f64)
}

/// The middle one, or the mean of the two in the middle; too little of none.
fn median(mut all: Vec<f64>) -> Value {
    all.sort_by(f64::total_cmp);
    let half = all.len() / 2;
    match (
        all.get(half),
        half.checked_sub(1).and_then(|at| all.get(at)),
    ) {
        (Some(upper), Some(lower)) if all.len().is_multiple_of(2) => {
            Value::Count((lower + upper) / 2.0)
        }
        (Some(middle), _) => Value::Count(*middle),
        (None, _) => Value::TooLittle,
    }
}

#[cfg(test)]
mod tests;
