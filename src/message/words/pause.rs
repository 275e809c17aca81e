//! `pause`, with a day, a length, or nothing.

use super::Word;
use super::line::Token;
use super::verbs::is_polite;
use chrono::NaiveDate;

/// The longest pause, in days; who wants a longer one leaves.
const MOST_DAYS: u32 = 3_650;
/// The years that a date may be in: all else is a slip.
const YEARS: std::ops::RangeInclusive<i32> = 2_000..=2_199;

const FILLERS: [&str; 20] = [
    "until", "till", "til", "bis", "zum", "for", "für", "fuer", "to", "the", "on", "am", "den",
    "of", "jusqu'au", "pour", "hasta", "tot", "do", "delivery",
];
/// The names of the months in the common languages, lower-cased, parted by bars.
const MONTHS: [&str; 12] = [
    "jan|january|januar|jänner|janvier|enero|gennaio|januari|janeiro",
    "feb|february|februar|februari|février|febrero|febbraio|fevereiro",
    "mar|march|märz|maerz|mär|mrz|mars|marzo|maart|março",
    "apr|april|avril|abril|aprile",
    "may|mai|mayo|maggio|mei|maio|maj",
    "jun|june|juni|juin|junio|giugno|junho",
    "jul|july|juli|juillet|julio|luglio|julho",
    "aug|august|août|agosto|augustus|augusti",
    "sep|sept|september|septembre|septiembre|settembre|setembro",
    "oct|october|okt|oktober|octobre|octubre|ottobre|outubro",
    "nov|november|novembre|noviembre|novembro",
    "dec|december|dez|dezember|décembre|diciembre|dicembre|dezembro",
];

/// What follows the verb. `None` where it is neither a day nor a length.
pub(super) fn read(rest: &[Token]) -> Option<Word> {
    let said: Vec<&str> = rest.iter().map(|word| word.plain.as_str()).collect();
    let until = said.iter().any(|word| FILLERS.contains(word));
    let words: Vec<&str> = said
        .into_iter()
        .filter(|word| !FILLERS.contains(word) && !is_polite(word))
        .collect();
    match words.as_slice() {
        // "pause until" alone lost its day on the way: it must not become one without end.
        [] => (!until).then_some(Word::Pause),
        words => date(words)
            .map(Word::PauseUntil)
            .or_else(|| days(words).map(Word::PauseDays)),
    }
}

/// The day that these words name.
pub(super) fn date(words: &[&str]) -> Option<NaiveDate> {
    let (year, month, day) = match *words {
        [one] => of_figures(one)?,
        [a, b, year] => match (month(a), month(b)) {
            (None, Some(month)) => (year.parse().ok()?, month, day(a)?),
            (Some(month), None) => (year.parse().ok()?, month, day(b)?),
            _ => return None,
        },
        _ => return None,
    };
    YEARS.contains(&year).then_some(())?;
    NaiveDate::from_ymd_opt(year, month, day)
}

/// `2026-12-24`, `2026/12/24`, `24.12.2026`; with slashes or dashes the day comes first or
/// the month does, so only what can be read in one way is read.
fn of_figures(text: &str) -> Option<(i32, u32, u32)> {
    let separator = text.chars().find(|c| matches!(c, '-' | '/' | '.'))?;
    let parts: Vec<&str> = text.split(separator).collect();
    let sound = parts
        .iter()
        .all(|part| (1..=4).contains(&part.len()) && part.bytes().all(|b| b.is_ascii_digit()));
    let [a, b, c] = *parts.as_slice() else {
        return None;
    };
    if !sound {
        return None;
    }
    if a.len() == 4 {
        return Some((a.parse().ok()?, b.parse().ok()?, c.parse().ok()?));
    }
    let (first, second): (u32, u32) = (a.parse().ok()?, b.parse().ok()?);
    let year = c.parse().ok().filter(|_| c.len() == 4)?;
    let day_first = separator == '.' || first > 12 || first == second;
    match day_first {
        true => Some((year, second, first)),
        false => (second > 12).then_some((year, first, second)),
    }
}

fn month(word: &str) -> Option<u32> {
    let at = MONTHS
        .iter()
        .position(|names| names.split('|').any(|name| name == word))?;
    u32::try_from(at + 1).ok()
}

/// `24`, `24th`, `1er`.
fn day(word: &str) -> Option<u32> {
    let digits = word.trim_end_matches(|c: char| !c.is_ascii_digit());
    let suffix = word.get(digits.len()..)?;
    let known = ["", "st", "nd", "rd", "th", "er", "º"].contains(&suffix);
    known.then(|| digits.parse().ok())?
}

/// `14`, `14d`, `2w`, `2 weeks`, `a week`.
fn days(words: &[&str]) -> Option<u32> {
    let (number, unit) = match *words {
        [one] => {
            let end = one.find(|c: char| !c.is_ascii_digit()).unwrap_or(one.len());
            one.split_at_checked(end)?
        }
        [number, unit] => (number, unit),
        _ => return None,
    };
    let number: u32 = match number {
        "a" | "one" | "ein" | "eine" | "einen" => 1,
        digits => digits.parse().ok()?,
    };
    let days = number.checked_mul(days_of(unit)?)?;
    (1..=MOST_DAYS).contains(&days).then_some(days)
}

fn days_of(unit: &str) -> Option<u32> {
    match unit {
        "" | "d" | "day" | "days" | "tag" | "tage" | "tagen" | "jours" | "días" => Some(1),
        "w" | "week" | "weeks" | "woche" | "wochen" | "semaines" | "semanas" => Some(7),
        "m" | "month" | "months" | "monat" | "monate" | "monaten" => Some(30),
        _ => None,
    }
}
