//! The five fields, spelled out as sets of numbers.

use super::CronError;
use chrono::TimeDelta;
use std::collections::BTreeSet;

/// A longer text is no schedule; with every number listed it has 430 octets.
const LONGEST: usize = 1000;

const EXAMPLE: &str = "write five fields: minute hour day month weekday, such as \"0 9 * * 1\"";
const MONTHS: [&str; 12] = [
    "jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec",
];
const WEEKDAYS: [&str; 7] = ["sun", "mon", "tue", "wed", "thu", "fri", "sat"];

/// What a field may hold.
struct Kind {
    name: &'static str,
    low: u32,
    high: u32,
    names: &'static [&'static str],
}

const KINDS: [Kind; 5] = [
    Kind {
        name: "minute",
        low: 0,
        high: 59,
        names: &[],
    },
    Kind {
        name: "hour",
        low: 0,
        high: 23,
        names: &[],
    },
    Kind {
        name: "day of the month",
        low: 1,
        high: 31,
        names: &[],
    },
    Kind {
        name: "month",
        low: 1,
        high: 12,
        names: &MONTHS,
    },
    Kind {
        name: "weekday",
        low: 0,
        high: 7,
        names: &WEEKDAYS,
    },
];

/// The five fields, spelled out as sets of numbers; Sunday is 0.
pub(super) struct Fields {
    pub(super) text: String,
    minutes: BTreeSet<u32>,
    hours: BTreeSet<u32>,
    days: BTreeSet<u32>,
    months: BTreeSet<u32>,
    weekdays: BTreeSet<u32>,
    /// Both kinds of day are restricted, so that either is enough.
    either: bool,
}

impl Fields {
    pub(super) fn parse(text: &str) -> Result<Self, CronError> {
        if text.len() > LONGEST {
            return Err(wrong("this is too long for a schedule"));
        }
        let fields: Vec<&str> = text.split_whitespace().collect();
        let [minute, hour, day, month, weekday] = fields[..] else {
            let found = fields.len();
            return Err(wrong(format!(
                "a schedule has five fields, this has {found}"
            )));
        };
        let [minutes, hours, days, months, weekdays] = &KINDS;
        Ok(Self {
            text: fields.join(" "),
            minutes: set(minute, minutes)?,
            hours: set(hour, hours)?,
            days: set(day, days)?,
            months: set(month, months)?,
            weekdays: set(weekday, weekdays)?.iter().map(|day| day % 7).collect(),
            either: !day.starts_with('*') && !weekday.starts_with('*'),
        })
    }

    /// The shortest time between two firings, were every day one of its days.
    pub(super) fn min_gap(&self) -> TimeDelta {
        const DAY: u32 = 24 * 60;
        let in_hour = |hour: u32| self.minutes.iter().map(move |minute| hour * 60 + minute);
        let times: Vec<u32> = self.hours.iter().copied().flat_map(in_hour).collect();
        let tomorrow = times.first().map(|first| first + DAY);
        let later = times.iter().skip(1).copied().chain(tomorrow);
        let gap = times.iter().zip(later).map(|(one, next)| next - one).min();
        TimeDelta::minutes(i64::from(gap.unwrap_or(DAY)))
    }

    /// The same in the `cron` crate's words: with seconds, weekdays by name, and
    /// twice where either kind of day is enough.
    pub(super) fn for_the_crate(&self) -> Vec<String> {
        match self.either {
            true => vec![self.spelled(true, false), self.spelled(false, true)],
            false => vec![self.spelled(true, true)],
        }
    }

    fn spelled(&self, with_days: bool, with_weekdays: bool) -> String {
        let day = if with_days {
            numbers(&self.days)
        } else {
            "*".into()
        };
        let weekday = if with_weekdays {
            names(&self.weekdays)
        } else {
            "*".into()
        };
        let (minute, hour) = (numbers(&self.minutes), numbers(&self.hours));
        format!(
            "0 {minute} {hour} {day} {} {weekday}",
            numbers(&self.months)
        )
    }
}

fn numbers(set: &BTreeSet<u32>) -> String {
    set.iter().map(u32::to_string).collect::<Vec<_>>().join(",")
}

fn names(set: &BTreeSet<u32>) -> String {
    let name = |day: &u32| WEEKDAYS.get(*day as usize).copied();
    set.iter().filter_map(name).collect::<Vec<_>>().join(",")
}

/// All numbers of one field.
fn set(field: &str, kind: &Kind) -> Result<BTreeSet<u32>, CronError> {
    let mut all = BTreeSet::new();
    for part in field.split(',') {
        all.extend(steps(part, kind)?);
    }
    Ok(all)
}

/// The numbers of one part of a list: `*`, `a`, `a-b`, each with or without `/step`.
fn steps(part: &str, kind: &Kind) -> Result<Vec<u32>, CronError> {
    let (range, step) = match part.split_once('/') {
        Some((range, step)) => (range, Some(step)),
        None => (part, None),
    };
    let (low, high) = ends(range, step.is_some(), kind)?;
    let by = step.map_or(Ok(1), |text| number(text, kind))?;
    if by == 0 {
        return Err(wrong(format!("the step of the {} is 0", kind.name)));
    }
    Ok((low..=high).step_by(by as usize).collect())
}

/// First and last number; `a/step` runs to the end, as everywhere.
fn ends(range: &str, stepped: bool, kind: &Kind) -> Result<(u32, u32), CronError> {
    if range == "*" {
        let high = if kind.high == 7 { 6 } else { kind.high };
        return Ok((kind.low, high));
    }
    let (low, high) = match range.split_once('-') {
        Some((low, high)) => (value(low, kind)?, upper(value(high, kind)?, high, kind)),
        None if stepped => (value(range, kind)?, kind.high),
        None => (value(range, kind)?, value(range, kind)?),
    };
    if low > high {
        return Err(wrong(format!("the {} {range:?} runs backwards", kind.name)));
    }
    Ok((low, high))
}

/// A range that ends on a Sunday by name ends a week: `fri-sun`.
fn upper(value: u32, text: &str, kind: &Kind) -> u32 {
    let sunday = kind.high == 7 && value == 0 && !text.starts_with('0');
    if sunday { 7 } else { value }
}

fn value(text: &str, kind: &Kind) -> Result<u32, CronError> {
    let named = kind
        .names
        .iter()
        .position(|name| name.eq_ignore_ascii_case(text));
    let value = match named {
        Some(index) => {
            u32::try_from(index).unwrap_or(kind.high) + if kind.high == 12 { 1 } else { 0 }
        }
        None => number(text, kind)?,
    };
    if (kind.low..=kind.high).contains(&value) {
        return Ok(value);
    }
    let (low, high) = (kind.low, kind.high);
    Err(wrong(format!(
        "the {} {value} is not between {low} and {high}",
        kind.name
    )))
}

fn number(text: &str, kind: &Kind) -> Result<u32, CronError> {
    let digits = !text.is_empty() && text.len() <= 4 && text.bytes().all(|b| b.is_ascii_digit());
    match text.parse() {
        Ok(number) if digits => Ok(number),
        _ => {
            let short: String = text.chars().take(20).collect();
            Err(wrong(format!("{short:?} is no {}", kind.name)))
        }
    }
}

fn wrong(what: impl Into<String>) -> CronError {
    CronError {
        what: what.into(),
        instead: EXAMPLE.into(),
    }
}
