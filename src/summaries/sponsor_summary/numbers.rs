//! Figures as they are written: with how many stand behind them, an interval, a bar and
//! the four periods before. What nobody can say is said so, never as 0 % or a number that
//! is none. Pure.

use super::fields::Say;
use crate::summaries::figure::{Figures, Value};
use crate::surveys::statistics::wilson;
use crate::templates::Phrase;
use crate::templates::mails::{SummaryRow, SurveyCell};

/// A bar has so many characters.
const CHARACTERS: u64 = 8;

/// Shares of fewer have no interval and no percentage.
const FEWEST: u64 = 5;

/// The periods before that one that are shown.
const BEFORE: std::ops::RangeInclusive<u8> = 1..=4;

/// Of what is, of what may be, of what is not; each is seen on white and on black.
const COLOURS: [&str; 3] = ["#2f76c9", "#9dbfe6", "#c3cad1"];

/// A period of which nothing can be said.
const NONE: &str = "–";

/// The few words among figures.
#[derive(Clone, Debug)]
pub struct Words {
    /// Nothing was recorded.
    pub too_little: String,
    /// It is known, and not told.
    suppressed: String,
    /// The periods before.
    before: String,
    /// Among all who were asked.
    of_all: String,
}

impl Words {
    /// As the community says them.
    pub fn of(say: Say<'_>) -> Words {
        let word = |key: &'static str| say(&Phrase::new(key));
        Words {
            too_little: word("sum_too_little"),
            suppressed: word("sum_suppressed"),
            before: word("sum_before"),
            of_all: word("sum_of_all"),
        }
    }
}

/// A metric with all that stands beside it.
pub fn row(figures: &Figures, metric: &str, name: String, words: &Words) -> SummaryRow {
    let current = figures.get(metric, 0);
    let edges = edges(current);
    SummaryRow {
        name,
        value: value(current, words),
        bar: edges.map_or_else(String::new, bar),
        cells: edges.map_or_else(Vec::new, cells),
        before: before(figures, metric, words),
    }
}

/// What is said of a value.
pub fn value(value: &Value, words: &Words) -> String {
    match value {
        Value::Share { k, n } if *n >= FEWEST => {
            let (low, high) = interval(*k, *n);
            format!("{k}/{n} {}% ({low}–{high}%)", percent(*k, *n))
        }
        Value::Share { k, n } => format!("{k}/{n}"),
        Value::Count(number) => count(*number),
        Value::Binned {
            n,
            asked,
            bin,
            interval,
            bounds,
            verdict,
        } => {
            let of_all = &words.of_all;
            format!(
                "{n}/{asked} {} ({}–{}%; {of_all} {}–{}%), {verdict}",
                bin_text(bin),
                interval.0,
                interval.1,
                bounds.0,
                bounds.1
            )
        }
        Value::TooLittle => words.too_little.clone(),
        Value::Suppressed(_) => words.suppressed.clone(),
    }
}

/// A count or a median, without the digits that it does not need.
pub fn count(number: f64) -> String {
    match number.is_finite() {
        true if number.fract() == 0.0 => format!("{number:.0}"),
        true => format!("{number:.1}"),
        false => NONE.to_owned(),
    }
}

/// The four periods before, the latest first.
fn before(figures: &Figures, metric: &str, words: &Words) -> String {
    let all: Vec<String> = BEFORE
        .map(|period| short(figures.get(metric, period)))
        .collect();
    format!("{} {}", words.before, all.join(" "))
}

fn short(value: &Value) -> String {
    match value {
        Value::Share { k, n } if *n >= FEWEST => format!("{}%", percent(*k, *n)),
        Value::Share { k, n } => format!("{k}/{n}"),
        Value::Count(number) => count(*number),
        Value::Binned { bin, .. } => bin_text(bin),
        Value::TooLittle | Value::Suppressed(_) => NONE.to_owned(),
    }
}

fn bin_text(bin: &str) -> String {
    match bin.split_once('-') {
        Some((low, high)) => format!("{low}–{high}%"),
        None => bin.to_owned(),
    }
}

fn percent(k: u64, n: u64) -> u64 {
    (k * 200 + n) / (2 * n.max(1))
}

fn interval(k: u64, n: u64) -> (u64, u64) {
    let whole = |share: f64| (share * 100.0).round() as u64;
    let (k, n) = (i64::try_from(k), i64::try_from(n));
    let (low, high) = wilson(k.unwrap_or(i64::MAX), n.unwrap_or(i64::MAX));
    (whole(low), whole(high))
}

/// What is surely so and what may be, in percent.
fn edges(value: &Value) -> Option<(u64, u64)> {
    match value {
        Value::Share { k, n } if *n >= FEWEST => {
            let percent = percent(*k, *n).min(100);
            Some((percent, percent))
        }
        Value::Binned { bin, .. } => match (bin.as_str(), bin.split_once('-')) {
            ("mostly yes", _) => Some((60, 100)),
            ("mixed", _) => Some((40, 60)),
            ("mostly no", _) => Some((0, 40)),
            (_, Some((low, high))) => {
                let (low, high) = (low.parse().ok()?, high.parse().ok()?);
                (low <= high && high <= 100).then_some((low, high))
            }
            _ => None,
        },
        _ => None,
    }
}

fn bar((low, high): (u64, u64)) -> String {
    let characters = |percent: u64| (percent * CHARACTERS + 50) / 100;
    let (low, high) = (characters(low), characters(high));
    let parts = [("█", low), ("▒", high - low), ("░", CHARACTERS - high)];
    let part = |(one, many): &(&str, u64)| one.repeat(usize::try_from(*many).unwrap_or(0));
    parts.iter().map(part).collect()
}

fn cells((low, high): (u64, u64)) -> Vec<SurveyCell> {
    let widths = [low, high - low, 100 - high].into_iter().zip(COLOURS);
    let cell = |(width, colour): (u64, &str)| SurveyCell {
        width: i64::try_from(width).unwrap_or(0),
        colour: colour.to_owned(),
    };
    widths.map(cell).filter(|cell| cell.width > 0).collect()
}
