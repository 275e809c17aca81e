//! A figure's value as a chart shows it.

use super::Row;
use super::words::{Words, amount, span};
use crate::summaries::figure::Value;
use crate::surveys::statistics::{FEWEST, wilson};

/// A point of a chart over periods.
#[derive(Clone, Debug, Default, PartialEq)]
pub(super) struct Spot {
    /// Where its dot is, in percent or as a count; none where nothing may be said, or only
    /// an interval.
    pub value: Option<f64>,
    /// Its interval.
    pub span: Option<(f64, f64)>,
    /// Whether it is a share, in percent.
    pub is_share: bool,
    /// What stands below it, or nothing.
    pub note: String,
    /// What the table says of it.
    pub row: Row,
}

impl Spot {
    /// The value of a period.
    pub(super) fn new(value: &Value, when: String, words: &Words) -> Spot {
        match value {
            Value::Share { k, n } if *n > 0 => share(*k, *n, when, words),
            Value::Count(count) if count.is_finite() => counted(*count, when),
            Value::Binned { .. } => binned(value, when, words),
            Value::Suppressed(_) => silent(&words.not_told, when),
            _ => silent(&words.too_little, when),
        }
    }

    /// The highest thing that is drawn of it.
    pub(super) fn top(&self) -> f64 {
        let value = self.value.unwrap_or(0.0);
        self.span.map_or(value, |(_, high)| high.max(value))
    }

    /// All that is drawn of it.
    pub(super) fn numbers(&self) -> impl Iterator<Item = f64> {
        let ends = self.span.into_iter().flat_map(|(low, high)| [low, high]);
        self.value.into_iter().chain(ends)
    }

    /// Whether anything is drawn of it.
    pub(super) fn is_drawn(&self) -> bool {
        self.value.is_some() || self.span.is_some()
    }
}

fn share(k: u64, n: u64, when: String, words: &Words) -> Spot {
    let value = k.min(n) as f64 / n as f64 * 100.0;
    let count = |number: u64| i64::try_from(number).unwrap_or(i64::MAX);
    let (low, high) = wilson(count(k.min(n)), count(n));
    let interval = (count(n) >= FEWEST).then_some((low * 100.0, high * 100.0));
    Spot {
        value: Some(value),
        span: interval,
        is_share: true,
        note: format!("{k}/{n}"),
        row: Row {
            when,
            value: amount(value, true),
            of: format!("{k} {} {n}", words.of),
            interval: interval.map_or_else(String::new, |both| span(both, true)),
            is_signal: false,
        },
    }
}

fn counted(count: f64, when: String) -> Spot {
    Spot {
        value: Some(count),
        row: Row {
            when,
            value: amount(count, false),
            ..Row::default()
        },
        ..Spot::default()
    }
}

/// A bin has no dot: how many it counts is not told.
fn binned(value: &Value, when: String, words: &Words) -> Spot {
    let Value::Binned {
        n,
        asked,
        bin,
        interval: (low, high),
        ..
    } = value
    else {
        return Spot::default();
    };
    let percent = |edge: i64| edge.clamp(0, 100) as f64;
    let both = (percent(*low), percent(*high));
    let is_number = bin.chars().all(|c| c.is_ascii_digit() || c == '-');
    let value = match is_number {
        true => format!("{}\u{a0}%", bin.replace('-', "–")),
        false => bin.clone(),
    };
    Spot {
        value: None,
        span: Some(both),
        is_share: true,
        note: format!("{n}/{asked}"),
        row: Row {
            when,
            value,
            of: format!("{n} {} {asked}", words.of),
            interval: span(both, true),
            is_signal: false,
        },
    }
}

fn silent(why: &str, when: String) -> Spot {
    Spot {
        row: Row {
            when,
            value: why.to_owned(),
            ..Row::default()
        },
        ..Spot::default()
    }
}
