//! Charts in characters of one width: full up to a value, half up to where an interval ends
//! that has no value in it.

use super::Row;
use super::spot::Spot;
use super::words::{Words, cut};

/// A bar has so many characters.
const CHARACTERS: usize = 20;

/// The longest line, in characters.
const LONGEST: usize = 78;

/// Of many recorded points the last ones are shown.
const MOST: usize = 26;

/// A line for each period.
pub(super) fn periods(spots: &[Spot], words: &Words) -> String {
    let is_share = spots.iter().any(|spot| spot.is_share);
    let most = spots.iter().map(Spot::top).fold(0.0, f64::max);
    let top = if is_share { 100.0 } else { most };
    let bars = spots.iter().map(|spot| match (spot.value, spot.span) {
        (Some(value), _) => bar(value, value, top),
        (None, Some((low, high))) => bar(low, high, top),
        (None, None) => "░".repeat(CHARACTERS),
    });
    let rows: Vec<&Row> = spots.iter().map(|spot| &spot.row).collect();
    lines(&rows, &bars.collect::<Vec<_>>(), words)
}

/// A line for each recorded point, with a mark where it is beyond what is normal.
pub(super) fn control(values: &[f64], rows: &[Row], words: &Words) -> String {
    let is_share = rows.iter().any(|row| !row.of.is_empty());
    let most = values.iter().copied().fold(0.0, f64::max);
    let top = if is_share { 100.0 } else { most };
    let from = rows.len().saturating_sub(MOST);
    let bars = values
        .iter()
        .skip(from)
        .map(|value| bar(*value, *value, top));
    let rows: Vec<&Row> = rows.iter().skip(from).collect();
    lines(&rows, &bars.collect::<Vec<_>>(), words)
}

fn bar(low: f64, high: f64, top: f64) -> String {
    let count = |value: f64| match top > 0.0 {
        true => ((value / top).clamp(0.0, 1.0) * CHARACTERS as f64).round() as usize,
        false => 0,
    };
    let (low, high) = (count(low), count(high));
    let parts = [
        ("█", low),
        ("▒", high.saturating_sub(low)),
        ("░", CHARACTERS - high),
    ];
    parts.iter().map(|(one, many)| one.repeat(*many)).collect()
}

fn lines(rows: &[&Row], bars: &[String], words: &Words) -> String {
    let width = rows
        .iter()
        .map(|row| row.when.chars().count())
        .max()
        .unwrap_or(0);
    let line = |(row, bar): (&&Row, &String)| {
        let mark = if row.is_signal { " !" } else { "" };
        let when = format!("{:>width$}", row.when);
        cut(&format!("{when}  {bar}  {}{mark}", said(row)), LONGEST)
    };
    let lines: Vec<String> = rows.iter().zip(bars).map(line).collect();
    let heading = words.heading();
    match lines.is_empty() {
        true => cut(&format!("{heading}: {}", words.too_little), LONGEST) + "\n",
        false => format!("{heading}\n{}\n", lines.join("\n")),
    }
}

/// "41 % (18 of 44), 28–56 %".
fn said(row: &Row) -> String {
    let mut said = row.value.clone();
    if !row.of.is_empty() {
        said += &format!(" ({})", row.of);
    }
    if !row.interval.is_empty() {
        said += &format!(", {}", row.interval);
    }
    said
}
