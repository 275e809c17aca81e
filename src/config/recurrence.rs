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

/// In which frequencies a key has a meaning, where not in all.
const FITTING: [(&str, &[&str]); 3] = [
    ("BYMONTHDAY", &["DAILY", "MONTHLY", "YEARLY"]),
    ("BYYEARDAY", &["YEARLY"]),
    ("BYWEEKNO", &["YEARLY"]),
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

/// What the keys must be together (RFC 5545, section 3.3.10).
fn whole(rule: &str, seen: &BTreeSet<&str>) -> Result<(), Wrong> {
    let Some(frequency) = value(rule, "FREQ") else {
        return Err(wrong("the rule has no FREQ", EXAMPLE));
    };
    let narrowed = seen
        .iter()
        .any(|key| key.starts_with("BY") && *key != "BYSETPOS");
    if seen.contains("BYSETPOS") && !narrowed {
        let instead = "add BYDAY or another BY… to the rule";
        return Err(wrong("BYSETPOS chooses among nothing", instead));
    }
    let numbered =
        value(rule, "BYDAY").is_some_and(|days| days.contains(|c: char| c.is_ascii_digit()));
    if numbered && matches!(frequency, "DAILY" | "WEEKLY") {
        let instead = "leave the number out, or write FREQ=MONTHLY";
        return Err(wrong(
            "a weekday has a number only in a month or a year",
            instead,
        ));
    }
    for (key, only_in) in FITTING {
        if seen.contains(key) && !only_in.contains(&frequency) {
            let what = format!("{key} has no meaning with FREQ={frequency}");
            return Err(wrong(
                what,
                format!("write FREQ={}", only_in.join(" or FREQ=")),
            ));
        }
    }
    possible(rule)
}

/// 30 February and its like would make a series without a session.
fn possible(rule: &str) -> Result<(), Wrong> {
    let numbers =
        |key| value(rule, key).map(|list| list.split(',').filter_map(|n| n.parse::<i32>().ok()));
    let (Some(months), Some(mut days)) = (numbers("BYMONTH"), numbers("BYMONTHDAY")) else {
        return Ok(());
    };
    let longest = months.map(|month| match month {
        2 => 29,
        4 | 6 | 9 | 11 => 30,
        _ => 31,
    });
    let longest = longest.max().unwrap_or(31);
    match days.any(|day| day.abs() <= longest) {
        true => Ok(()),
        false => Err(wrong(
            "this day never comes",
            "write a day that the month has",
        )),
    }
}

fn value<'r>(rule: &'r str, key: &str) -> Option<&'r str> {
    rule.split(';')
        .find_map(|part| part.strip_prefix(key)?.strip_prefix('='))
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reads_the_rules_that_people_write() {
        for rule in [
            "FREQ=WEEKLY;INTERVAL=2;BYDAY=TU",
            "FREQ=MONTHLY;BYDAY=1TU,-1FR",
            "FREQ=MONTHLY;BYDAY=MO,TU,WE,TH,FR;BYSETPOS=-1",
            "FREQ=MONTHLY;BYMONTHDAY=15,-1",
            "FREQ=YEARLY;BYMONTH=2;BYMONTHDAY=29",
            "FREQ=YEARLY;BYWEEKNO=20;BYDAY=MO;WKST=SU",
            "FREQ=DAILY;COUNT=10",
        ] {
            assert_eq!(read(rule).as_deref(), Ok(rule));
        }
        assert_eq!(
            read(" freq=weekly;byday=tu ").as_deref(),
            Ok("FREQ=WEEKLY;BYDAY=TU")
        );
    }

    #[test]
    fn refuses_what_has_no_meaning() {
        for (rule, what) in [
            ("", "not KEY=VALUE"),
            ("FREQ", "not KEY=VALUE"),
            ("FREQ=WEEKLY;", "\"\" is not KEY=VALUE"),
            ("FREQ=WEEKLY;BYSETPOS=1", "chooses among nothing"),
            ("FREQ=WEEKLY;BYMONTHDAY=3", "no meaning with FREQ=WEEKLY"),
            ("FREQ=MONTHLY;BYWEEKNO=3", "no meaning with FREQ=MONTHLY"),
            ("FREQ=YEARLY;BYMONTH=2,4;BYMONTHDAY=31", "never comes"),
            ("FREQ=YEARLY;BYMONTH=13", "\"13\" is no value of BYMONTH"),
            (
                "FREQ=MONTHLY;BYMONTHDAY=0",
                "\"0\" is no value of BYMONTHDAY",
            ),
            ("FREQ=MONTHLY;BYDAY=54MO", "\"54\" is no value of BYDAY"),
            ("FREQ=WEEKLY;INTERVAL=-1", "\"-1\" is no value of INTERVAL"),
            ("FREQ=WEEKLY;BYHOUR=9", "\"BYHOUR\" is not known"),
        ] {
            let error = read(rule).unwrap_err().what;
            assert!(error.contains(what), "{rule}: {error}");
        }
        assert!(read(&"X=Y;".repeat(1 << 20)).is_err());
    }
}
