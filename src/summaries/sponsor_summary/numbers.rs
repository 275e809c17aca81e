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

/// What surveys publish in words, and how a summary says it: as shortly as a line of text
/// takes it.
const PUBLISHED: [(&str, &str); 8] = [
    ("mostly yes", "survey_bin_yes"),
    ("mixed", "survey_bin_mixed"),
    ("mostly no", "survey_bin_no"),
    ("first time", "sum_verdict_first"),
    ("too few answers to compare", "sum_verdict_few"),
    ("no clear change", "sum_verdict_same"),
    ("higher", "sum_verdict_higher"),
    ("lower", "sum_verdict_lower"),
];

/// The few words among figures.
#[derive(Clone, Debug)]
pub struct Words {
    /// Nothing was recorded.
    pub too_little: String,
    /// It is known, and not told.
    pub suppressed: String,
    /// The periods before.
    before: String,
    /// Among all who were asked.
    of_all: String,
    /// Before the tenths of a median.
    decimal: String,
    /// What surveys publish, with what is said for it.
    published: Vec<(&'static str, String)>,
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
            decimal: word("decimal_mark"),
            published: PUBLISHED.map(|(one, key)| (one, word(key))).into(),
        }
    }

    fn count(&self, number: f64) -> String {
        count(number).replace('.', &self.decimal)
    }

    /// What a survey has published, in the community's language.
    fn published<'a>(&'a self, text: &'a str) -> &'a str {
        let found = self.published.iter().find(|(known, _)| *known == text);
        found.map_or(text, |(_, said)| said)
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
        Value::Count(number) => words.count(*number),
        Value::Binned {
            n,
            asked,
            bin,
            interval,
            bounds,
            verdict,
        } => {
            let (of_all, verdict) = (&words.of_all, words.published(verdict));
            format!(
                "{n}/{asked} {} ({}–{}%; {of_all} {}–{}%), {verdict}",
                bin_text(bin, words),
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

/// The four periods before, the latest first, as far back as anything is known; nothing
/// where nothing is.
fn before(figures: &Figures, metric: &str, words: &Words) -> String {
    let mut all: Vec<String> = BEFORE
        .map(|period| short(figures.get(metric, period), words))
        .collect();
    let known = all.iter().rposition(|one| one != NONE);
    all.truncate(known.map_or(0, |last| last + 1));
    match all.is_empty() {
        true => String::new(),
        false => format!("{} {}", words.before, all.join(" ")),
    }
}

fn short(value: &Value, words: &Words) -> String {
    match value {
        Value::Share { k, n } if *n >= FEWEST => format!("{}%", percent(*k, *n)),
        Value::Share { k, n } => format!("{k}/{n}"),
        Value::Count(number) => words.count(*number),
        Value::Binned { bin, .. } => bin_text(bin, words),
        Value::TooLittle | Value::Suppressed(_) => NONE.to_owned(),
    }
}

fn bin_text(bin: &str, words: &Words) -> String {
    match bin.split_once('-') {
        Some((low, high)) => format!("{low}–{high}%"),
        None => words.published(bin).to_owned(),
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
    // Full is all, and empty nobody: one short of either can be seen.
    let characters = |percent: u64| match percent {
        0 => 0,
        100.. => CHARACTERS,
        _ => ((percent * CHARACTERS + 50) / 100).clamp(1, CHARACTERS - 1),
    };
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

#[cfg(test)]
mod tests {
    use super::*;
    use crate::surveys::results;
    use crate::surveys::statistics::Verdict;

    #[test]
    fn every_verdict_has_words() {
        for verdict in [
            Verdict::First,
            Verdict::TooFew,
            Verdict::NoClearChange,
            Verdict::Higher,
            Verdict::Lower,
        ] {
            let said = results::words(verdict);
            assert!(PUBLISHED.iter().any(|(one, _)| *one == said), "{said}");
        }
    }

    #[test]
    fn only_what_is_known_stands_behind_before() {
        let words = Words::of(&|phrase| phrase.key.to_owned());
        let figures = |counts: [Option<f64>; 4]| {
            let figure = |(period, count): (u8, Option<f64>)| crate::summaries::figure::Figure {
                metric: "learnings-new".into(),
                unit: String::new(),
                period,
                value: count.map_or(Value::TooLittle, Value::Count),
            };
            Figures {
                all: (1..).zip(counts).map(figure).collect(),
                ..Figures::default()
            }
        };
        let (none, some) = (None, Some(3.0));
        for (counts, wanted) in [
            ([none; 4], ""),
            ([some, none, none, none], "sum_before 3"),
            ([none, some, none, none], "sum_before – 3"),
            ([some; 4], "sum_before 3 3 3 3"),
        ] {
            let said = before(&figures(counts), "learnings-new", &words);
            assert_eq!(said, wanted, "{counts:?}");
        }
    }
}
