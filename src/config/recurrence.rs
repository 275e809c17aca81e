//! The form of a recurrence rule (RFC 5545, section 3.3.10), as far as sessions
//! use it. Its meaning is the calendar's.

use super::problem::{Wrong, quoted, wrong};
use super::word::unknown;
use std::collections::BTreeSet;
use std::ops::RangeInclusive;

const EXAMPLE: &str = "write a rule such as \"FREQ=WEEKLY;INTERVAL=2;BYDAY=TU\"";
const LONGEST: usize = 500;
const FREQUENCIES: [&str; 4] = ["DAILY", "WEEKLY", "MONTHLY", "YEARLY"];
const WEEKDAYS: [&str; 7] = ["MO", "TU", "WE", "TH", "FR", "SA", "SU"];
const KEYS: [&str; 10] = [
    "FREQ",
    "INTERVAL",
    "COUNT",
    "BYDAY",
    "BYMONTHDAY",
    "BYMONTH",
    "BYSETPOS",
    "BYYEARDAY",
    "BYWEEKNO",
    "WKST",
];

/// The rule in capital letters, where it is one.
pub(super) fn read(text: &str) -> Result<String, Wrong> {
    let rule = text.trim().to_ascii_uppercase();
    if rule.len() > LONGEST {
        return Err(wrong("this is too long for a rule", EXAMPLE));
    }
    if rule.starts_with("RRULE:") {
        return Err(wrong("a rule stands here without its name", EXAMPLE));
    }
    let mut seen = BTreeSet::new();
    for part in rule.split(';') {
        let (key, value) = part.split_once('=').ok_or_else(|| no_pair(part))?;
        if !seen.insert(key) {
            return Err(wrong(format!("{} stands twice", quoted(key)), EXAMPLE));
        }
        judge(key, value)?;
    }
    whole(&rule, &seen)?;
    Ok(rule)
}

/// What the keys must be together.
fn whole(rule: &str, seen: &BTreeSet<&str>) -> Result<(), Wrong> {
    if !seen.contains("FREQ") {
        return Err(wrong("the rule has no FREQ", EXAMPLE));
    }
    let narrowed = seen
        .iter()
        .any(|key| key.starts_with("BY") && *key != "BYSETPOS");
    if seen.contains("BYSETPOS") && !narrowed {
        return Err(wrong(
            "BYSETPOS chooses among nothing",
            "add BYDAY or another BY… to the rule",
        ));
    }
    let frequency = rule.split(';').find_map(|part| part.strip_prefix("FREQ="));
    let counted = rule
        .split(';')
        .filter_map(|part| part.strip_prefix("BYDAY="));
    let counted = counted
        .flat_map(|days| days.bytes())
        .any(|b| b.is_ascii_digit());
    if counted && matches!(frequency, Some("DAILY" | "WEEKLY")) {
        let instead = "leave the number out, or write FREQ=MONTHLY";
        return Err(wrong(
            "a weekday has a number only in a month or a year",
            instead,
        ));
    }
    Ok(())
}

fn judge(key: &str, value: &str) -> Result<(), Wrong> {
    match key {
        "FREQ" if FREQUENCIES.contains(&value) => Ok(()),
        "FREQ" => Err(unknown(value, &FREQUENCIES)),
        "INTERVAL" | "COUNT" => number(key, value, 1..=1000, false),
        "BYDAY" => each(value, weekday),
        "WKST" if WEEKDAYS.contains(&value) => Ok(()),
        "WKST" => Err(unknown(value, &WEEKDAYS)),
        "BYMONTH" => each(value, |one| number(key, one, 1..=12, false)),
        "BYMONTHDAY" => each(value, |one| number(key, one, 1..=31, true)),
        "BYWEEKNO" => each(value, |one| number(key, one, 1..=53, true)),
        "BYYEARDAY" | "BYSETPOS" => each(value, |one| number(key, one, 1..=366, true)),
        "UNTIL" => Err(wrong(
            "UNTIL has its own key",
            "leave it out and write until = \"2026-06-30\"",
        )),
        _ => Err(unknown(key, &KEYS)),
    }
}

fn each(list: &str, judge: impl Fn(&str) -> Result<(), Wrong>) -> Result<(), Wrong> {
    list.split(',').try_for_each(judge)
}

/// `TU`, `1TU`, `-1FR`.
fn weekday(text: &str) -> Result<(), Wrong> {
    let day = WEEKDAYS.iter().find_map(|day| text.strip_suffix(day));
    match day {
        Some("") => Ok(()),
        Some(ordinal) => number("BYDAY", ordinal, 1..=53, true),
        None => Err(unknown(text, &WEEKDAYS)),
    }
}

fn number(key: &str, text: &str, range: RangeInclusive<u32>, signed: bool) -> Result<(), Wrong> {
    let digits = match text.strip_prefix(['+', '-']) {
        Some(digits) if signed => digits,
        _ => text,
    };
    let plain = !digits.is_empty() && digits.bytes().all(|b| b.is_ascii_digit());
    let inside = digits.parse().is_ok_and(|number| range.contains(&number));
    if plain && inside {
        return Ok(());
    }
    let what = format!("{} is no value of {key}", quoted(text));
    Err(wrong(
        what,
        format!("write a number from {} to {}", range.start(), range.end()),
    ))
}

fn no_pair(part: &str) -> Wrong {
    wrong(format!("{} is not KEY=VALUE", quoted(part)), EXAMPLE)
}
