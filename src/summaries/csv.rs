//! The figures as a table for other programs.

use super::figure::{Figure, Figures, Value, Why};
use super::metrics::participation::FEWEST;
use crate::surveys::statistics::wilson;

/// The columns. Shares fill k and n, and from n = 5 Wilson's interval at 95 %, low and
/// high, in percent; counts fill value; surveys' indices fill n and their interval.
pub const COLUMNS: [&str; 10] = [
    "metric",
    "unit",
    "period",
    "k",
    "n",
    "value",
    "low",
    "high",
    "verdict",
    "suppressed",
];

/// What the column verdict says where nothing was recorded.
pub const TOO_LITTLE: &str = "too little data";

/// The figures as CSV (RFC 4180): a line of columns, then a line a figure.
///
/// # Errors
/// None that can happen: it is written to memory.
pub fn write(figures: &Figures) -> Result<Vec<u8>, csv::Error> {
    let mut table = csv::WriterBuilder::new()
        .terminator(csv::Terminator::CRLF)
        .from_writer(Vec::new());
    table.write_record(COLUMNS)?;
    for figure in &figures.all {
        table.write_record(line(figure))?;
    }
    table
        .into_inner()
        .map_err(|error| error.into_error().into())
}

fn line(figure: &Figure) -> [String; 10] {
    let mut line = <[String; 10]>::default();
    let [
        metric,
        unit,
        period,
        k,
        n,
        value,
        low,
        high,
        verdict,
        suppressed,
    ] = &mut line;
    *metric = figure.metric.clone();
    *unit = not_a_formula(&figure.unit);
    *period = figure.period.to_string();
    match &figure.value {
        Value::Share { k: of, n: all } => {
            (*k, *n) = (of.to_string(), all.to_string());
            if let Some(interval) = interval(*of, *all) {
                (*low, *high) = interval;
            }
        }
        Value::Count(count) => *value = number(*count),
        Value::Binned {
            n: answers,
            interval,
            verdict: said,
            ..
        } => {
            *n = answers.to_string();
            (*low, *high) = (interval.0.to_string(), interval.1.to_string());
            *verdict = said.clone();
        }
        Value::TooLittle => TOO_LITTLE.clone_into(verdict),
        Value::Suppressed(why) => reason(*why).clone_into(suppressed),
    }
    line
}

/// What the column suppressed says.
pub fn reason(why: Why) -> &'static str {
    match why {
        Why::FewPeople => "fewer than five people",
        Why::Differencing => "fewer than five people differ from what was told before",
    }
}

/// Wilson's interval in percent, to a tenth.
fn interval(k: u64, n: u64) -> Option<(String, String)> {
    let (of, all) = (i64::try_from(k).ok()?, i64::try_from(n).ok()?);
    let (low, high) = (n >= FEWEST).then(|| wilson(of, all))?;
    Some((number(low * 100.0), number(high * 100.0)))
}

/// To a tenth, without one that is none; small ones to a thousandth.
fn number(value: f64) -> String {
    let text = match value.abs() < 1.0 {
        true => format!("{value:.3}"),
        false => format!("{value:.1}"),
    };
    let text = text.trim_end_matches('0').trim_end_matches('.');
    match text {
        "" | "-0" => "0".to_owned(),
        text => text.to_owned(),
    }
}

/// A unit's name that a spreadsheet would compute is a text to it.
fn not_a_formula(text: &str) -> String {
    match text.starts_with(['=', '+', '-', '@', '\t', '\r']) {
        true => format!("'{text}"),
        false => text.to_owned(),
    }
}

#[cfg(test)]
mod tests;
