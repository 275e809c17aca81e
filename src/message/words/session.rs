//! Words about sessions: `session DATE TIME DURATION: TITLE`, `move SERIES DATE to DATE
//! TIME`, `cancel SERIES DATE: reason`, `done SERIES 2 3`.

use super::line::{Token, after_first};
use super::{Every, LONGEST_TEXT, Word, pause};
use chrono::{NaiveDate, NaiveDateTime, NaiveTime};

/// The longest session, in minutes: a week.
const LONGEST: u32 = 7 * 24 * 60;

/// The rarest series is each quarter.
const MOST_WEEKS: u32 = 13;

/// The most actions that one line says are done.
pub const MOST_DONE: usize = 20;

/// What stands between two times.
const TO: [&str; 6] = ["to", "until", "auf", "nach", "zu", "->"];

/// `rest` is what stands behind the verb, `text` the same as written.
pub(super) fn add(rest: &[Token], text: &str) -> Option<Word> {
    let (every, used) = every(rest);
    let rest = rest.get(used..).unwrap_or_default();
    let text = (0..used).fold(text, |text, _| after_first(text));
    let (at, minutes, title) = session(rest, text)?;
    Some(match every {
        Some(every) => Word::AddSeries(every, at, minutes, title),
        None => Word::AddSession(at, minutes, title),
    })
}

/// How often, if that is said, and in how many words: `weekly`, `every two weeks`.
fn every(rest: &[Token]) -> (Option<Every>, usize) {
    let word = |at: usize| rest.get(at).map_or("", |token| token.plain.as_str());
    let count = |text: &str| match text {
        "other" | "second" | "two" | "zwei" | "zweite" => Some(2),
        "three" | "drei" => Some(3),
        "four" | "vier" => Some(4),
        text => text
            .parse()
            .ok()
            .filter(|count| (1..=MOST_WEEKS).contains(count)),
    };
    match (word(0), word(1), word(2)) {
        ("weekly" | "wöchentlich", ..) => (Some(Every::Weeks(1)), 1),
        ("fortnightly" | "biweekly" | "zweiwöchentlich" | "vierzehntäglich", ..) => {
            (Some(Every::Weeks(2)), 1)
        }
        ("monthly" | "monatlich", ..) => (Some(Every::Month), 1),
        ("every" | "each" | "jede", "week" | "woche", _) => (Some(Every::Weeks(1)), 2),
        ("every" | "each" | "jeden", "month" | "monat", _) => (Some(Every::Month), 2),
        ("every" | "alle" | "jede", number, "weeks" | "week" | "wochen" | "woche") => {
            match count(number) {
                Some(weeks) => (Some(Every::Weeks(weeks)), 3),
                None => (None, 0),
            }
        }
        _ => (None, 0),
    }
}

fn session(rest: &[Token], text: &str) -> Option<(NaiveDateTime, u32, String)> {
    let [day, time, length, ..] = rest else {
        return None;
    };
    let (day, time) = (date(day)?, clock(time)?);
    let behind = after_first(after_first(text));
    let (said, title) = behind.split_once(':')?;
    let minutes = minutes(said).or_else(|| minutes(&length.plain))?;
    let title = title.trim();
    let is_line = !title.is_empty() && title.chars().count() <= LONGEST_TEXT;
    is_line.then(|| (day.and_time(time), minutes, title.to_owned()))
}

/// Reads what follows `move`.
pub(super) fn shift(rest: &[Token]) -> Option<Word> {
    let words: Vec<&Token> = rest
        .iter()
        .filter(|word| !TO.contains(&word.plain.as_str()))
        .collect();
    let [series, on, day, time] = words.as_slice() else {
        return None;
    };
    let to = date(day)?.and_time(clock(time)?);
    Some(Word::MoveSession(slug(series)?, date(on)?, to))
}

/// Reads what follows `cancel`; `text` is the same as written.
pub(super) fn cancel(rest: &[Token], text: &str) -> Option<Word> {
    let [series, on, ..] = rest else { return None };
    let why = after_first(after_first(text)).trim_start_matches([':', '-', '–', ',', ' ']);
    let why: String = why.chars().take(LONGEST_TEXT).collect();
    Some(Word::CancelSession(slug(series)?, date(on)?, why))
}

/// Reads what follows `done`: a series and the numbers of what is done.
pub(super) fn done(rest: &[Token]) -> Option<Word> {
    let (series, numbers) = rest.split_first()?;
    let numbers = numbers.iter().take(MOST_DONE + 1);
    let numbers: Option<Vec<u32>> = numbers.map(|word| word.plain.parse().ok()).collect();
    let numbers = numbers.filter(|all| (1..=MOST_DONE).contains(&all.len()))?;
    // Numbers alone are those of another mail's items.
    let series = slug(series).filter(|name| name.bytes().any(|b| b.is_ascii_alphabetic()))?;
    Some(Word::Done(series, numbers))
}

fn slug(word: &Token) -> Option<String> {
    let fits = word.plain.len() <= 24
        && word
            .plain
            .bytes()
            .all(|b| b.is_ascii_alphanumeric() || b == b'-');
    fits.then(|| word.plain.clone())
}

fn date(word: &Token) -> Option<NaiveDate> {
    pause::date(&[word.plain.as_str()])
}

/// `16:00`, `16.00`, `9:30`.
fn clock(word: &Token) -> Option<NaiveTime> {
    let (hour, minute) = word.plain.split_once([':', '.'])?;
    NaiveTime::from_hms_opt(hour.parse().ok()?, minute.parse().ok()?, 0)
}

/// `1h`, `90m`, `90 min`, `1h 30m`.
fn minutes(text: &str) -> Option<u32> {
    let mut all: u32 = 0;
    let mut number = String::new();
    let mut unit = String::new();
    // A unit ends where the next number begins.
    for c in text.trim().chars().chain(std::iter::once('0')) {
        if c.is_ascii_digit() && !unit.is_empty() {
            all = all.checked_add(number.parse::<u32>().ok()?.checked_mul(size(&unit)?)?)?;
            number.clear();
            unit.clear();
        }
        match c.is_ascii_digit() {
            true => number.push(c),
            false if !c.is_whitespace() => unit.push(c.to_ascii_lowercase()),
            false => {}
        }
    }
    (1..=LONGEST).contains(&all).then_some(all)
}

fn size(unit: &str) -> Option<u32> {
    match unit {
        "h" | "hour" | "hours" | "std" | "stunde" | "stunden" => Some(60),
        "m" | "min" | "mins" | "minute" | "minutes" | "minuten" => Some(1),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::super::verbs::{Place, read};
    use super::*;
    use crate::message::words::line::Line;

    #[test]
    fn sessions_are_named_by_day_and_time() {
        let at = |text: &str| text.parse().unwrap();
        let add = |minutes, title: &str| {
            Some(Word::AddSession(
                at("2026-03-24T16:00:00"),
                minutes,
                title.into(),
            ))
        };
        let again = |every| {
            let at = at("2026-03-24T16:00:00");
            Some(Word::AddSeries(every, at, 60, "Seals".into()))
        };
        let moved = Some(Word::MoveSession(
            "clinic".into(),
            "2026-03-24".parse().unwrap(),
            at("2026-03-25T10:00:00"),
        ));
        let off = |why: &str| {
            let day = "2026-03-24".parse().unwrap();
            Some(Word::CancelSession("clinic".into(), day, why.into()))
        };
        let table = [
            (
                "session 2026-03-24 16:00 1h: Seals: why?",
                add(60, "Seals: why?"),
            ),
            ("Session 24.03.2026 16:00 1h 30m: Seals", add(90, "Seals")),
            ("session 2026-03-24 16:00 90 min:Seals", add(90, "Seals")),
            (
                "session weekly 2026-03-24 16:00 1h: Seals",
                again(Every::Weeks(1)),
            ),
            (
                "session every 2 weeks 2026-03-24 16:00 1h: Seals",
                again(Every::Weeks(2)),
            ),
            (
                "Session every other week 2026-03-24 16:00 1h: Seals",
                again(Every::Weeks(2)),
            ),
            (
                "Termin alle zwei Wochen 24.03.2026 16:00 1h: Seals",
                again(Every::Weeks(2)),
            ),
            (
                "session monthly 2026-03-24 16:00 1h: Seals",
                again(Every::Month),
            ),
            ("session every 90 weeks 2026-03-24 16:00 1h: Seals", None),
            ("session every day 2026-03-24 16:00 1h: Seals", None),
            ("session 2026-03-24 16:00 1h", None),
            ("session 2026-03-24 16:00 9d: Seals", None),
            ("session 2026-02-30 16:00 1h: Seals", None),
            ("session 2026-03-24 25:00 1h: Seals", None),
            ("move clinic 2026-03-24 to 2026-03-25 10:00", moved.clone()),
            ("Move CLINIC 2026-03-24 2026-03-25 10:00.", moved),
            ("move clinic 2026-03-24 to Wednesday", None),
            ("cancel clinic 2026-03-24: Host is ill", off("Host is ill")),
            ("cancel clinic 2026-03-24", off("")),
            ("cancel clinic", None),
            ("cancel", None),
        ];
        for (text, word) in table {
            let found = read(&Line::new(text), Place::Request);
            assert_eq!(found, word, "{text}");
            let far = read(&Line::new(text), Place::List);
            assert_eq!(far, None, "{text}: talk, on the list");
        }
    }
}
