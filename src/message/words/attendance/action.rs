//! `WHO: what by DATE`, and how people shorten it.

use chrono::{Datelike, Days, NaiveDate};

use super::Action;
use super::fold::plain;
use super::people::{Found, People};
use crate::message::oneline::oneline;
use crate::message::words::pause;

/// The longest text of an action, in characters.
const LONGEST: usize = 500;
/// The most words that say who.
const MOST_WORDS: usize = 6;

/// What stands before the day.
const BY: [&str; 9] = [
    "by", "until", "till", "before", "due", "bis", "zum", "am", "on",
];
/// What stands between who and what, where no colon does.
const SHALL: [&str; 7] = ["to", "will", "shall", "soll", "wird", "sollen", "macht"];
/// Days of the week, from Monday on, in two languages.
const WEEKDAYS: [&str; 7] = [
    "monday|montag|mon",
    "tuesday|dienstag|tue",
    "wednesday|mittwoch|wed",
    "thursday|donnerstag|thu",
    "friday|freitag|fri",
    "saturday|samstag|sonnabend|sat",
    "sunday|sonntag|sun",
];

/// Reads what stands behind `action:`; `on` is the day of the session.
pub(super) fn read(text: &str, people: &People, on: NaiveDate) -> Option<Action> {
    let text = oneline(text);
    let text = text
        .trim()
        .trim_start_matches(['-', '*', '•', '–'])
        .trim_start();
    let text = text.strip_prefix("[ ]").unwrap_or(text).trim();
    let (who, rest) = who(text, people);
    let (what, due) = due(rest, on);
    let what: String = what.chars().take(LONGEST).collect();
    let what = what
        .trim_end_matches(['.', ',', ';', '(', '['])
        .trim()
        .to_owned();
    let whom = match people.find(&who.split_whitespace().collect::<Vec<_>>()) {
        Found::One(at) => Some(at),
        _ => None,
    };
    let who = who.to_owned();
    (!what.is_empty()).then_some(Action {
        who,
        whom,
        what,
        due,
    })
}

/// Who, and the rest.
fn who<'a>(text: &'a str, people: &People) -> (&'a str, &'a str) {
    if let Some((who, rest)) = text.split_once(':')
        && who.split_whitespace().count() <= MOST_WORDS
        && !rest.trim().is_empty()
        && !rest.starts_with("//")
    {
        return (who.trim(), rest.trim());
    }
    let mut at = 0;
    for word in text.split_inclusive(' ').take(MOST_WORDS) {
        let end = at + word.len();
        let (before, behind) = (
            text.get(..at).unwrap_or_default(),
            text.get(end..).unwrap_or_default(),
        );
        let names: Vec<&str> = before.split_whitespace().collect();
        if SHALL.contains(&plain(word).as_str()) && matches!(people.find(&names), Found::One(_)) {
            return (before.trim(), behind.trim());
        }
        at = end;
    }
    ("", text)
}

/// What, and by which day: the last "by" behind which nothing but a day stands.
fn due(text: &str, on: NaiveDate) -> (&str, Option<NaiveDate>) {
    let mut at = text.len();
    for word in text.rsplit(' ').take(MOST_WORDS) {
        let from = at - word.len();
        let behind = text.get(at..).unwrap_or_default();
        if BY.contains(&plain(word).as_str())
            && let Some(day) = day(behind, on)
        {
            return (text.get(..from).unwrap_or_default(), Some(day));
        }
        at = from.saturating_sub(1);
    }
    match text.rsplit_once(' ') {
        Some((what, last)) if last.len() >= 10 => match day(last, on) {
            Some(day) => (what, Some(day)),
            None => (text, None),
        },
        _ => (text, None),
    }
}

/// A day; without a year the next one after the session.
fn day(text: &str, on: NaiveDate) -> Option<NaiveDate> {
    let words: Vec<String> = text
        .split_whitespace()
        .map(|word| {
            word.trim_matches(['(', ')', '.', ',', ';', '!', ']'])
                .to_lowercase()
        })
        .filter(|word| {
            !matches!(
                word.as_str(),
                "" | "the" | "den" | "of" | "next" | "nächsten" | "nächster"
            )
        })
        .collect();
    let words: Vec<&str> = words.iter().map(String::as_str).collect();
    if let Some(day) = pause::date(&words) {
        return Some(day);
    }
    match words.as_slice() {
        [one] => weekday(one, on).or_else(|| {
            of_year(
                &[&format!("{one}.{}", on.year())],
                &[&format!("{one}.{}", on.year() + 1)],
                on,
            )
        }),
        [a, b] => {
            let (this, next) = (on.year().to_string(), (on.year() + 1).to_string());
            of_year(&[a, b, &this], &[a, b, &next], on)
        }
        _ => None,
    }
}

/// The one of this year, or of the next where it has passed.
fn of_year(this: &[&str], next: &[&str], on: NaiveDate) -> Option<NaiveDate> {
    let this = pause::date(this).filter(|day| *day >= on);
    this.or_else(|| pause::date(next))
}

fn weekday(word: &str, on: NaiveDate) -> Option<NaiveDate> {
    let word = plain(word);
    let at = WEEKDAYS
        .iter()
        .position(|names| names.split('|').any(|name| name == word))?;
    let ahead = (at + 7 - on.weekday().num_days_from_monday() as usize - 1) % 7 + 1;
    on.checked_add_days(Days::new(ahead as u64))
}
