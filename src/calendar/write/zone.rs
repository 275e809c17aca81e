//! VTIMEZONE in the form that Google writes and everybody reads: one DAYLIGHT and one
//! STANDARD from 1970 on, or a single STANDARD. Outlook is an hour wrong without it, and
//! with RDATE or observances of the past. Where the clocks follow no yearly rule, each of
//! their changes is written out, for as long as the series lasts.

use std::cell::RefCell;

use chrono::{
    DateTime, Datelike, NaiveDate, NaiveDateTime, Offset, TimeDelta, TimeZone, Utc, Weekday,
};
use chrono_tz::{OffsetName, Tz};

use super::Event;
use crate::calendar::wall;

/// Where clocks follow a rule they are not changed for a shorter time, in days.
const STEP: i64 = 20;
/// Where the moon rules them, summer may begin some days before Ramadan.
const SHORT_STEP: i64 = 3;
/// So many years on, a rule that fits holds.
const FAR: i64 = 12;

/// How a wall clock is written (RFC 5545, section 3.3.5).
const WALL: &str = "%Y%m%dT%H%M%S";

/// The time for which the rules of a zone are needed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Span {
    from: DateTime<Utc>,
    to: DateTime<Utc>,
}

impl Span {
    /// From an event's beginning to its end, or three years of one that has none.
    pub(super) fn of(event: &Event) -> Span {
        let starts = event
            .recurrence
            .map_or(event.starts, |at| at.min(event.starts));
        let from = wall::moment(starts, event.zone);
        let last = match (&event.rule, event.until) {
            (Some(_), Some(until)) => until.and_time(chrono::NaiveTime::MIN).and_utc(),
            (Some(_), None) => from + TimeDelta::days(3 * 365),
            (None, _) => wall::moment(event.starts.max(starts), event.zone),
        };
        // Nobody needs more of a series that goes on for a century.
        let to = last.clamp(from, from + TimeDelta::days(FAR * 365)) + TimeDelta::days(2);
        Span { from, to }
    }

    /// The time of events that need no zone.
    pub(super) fn present(events: &[Event]) -> Span {
        let last = events.iter().map(|event| event.dtstamp).max();
        let from = last.unwrap_or_default();
        Span { from, to: from }
    }

    /// Makes it reach over another one as well.
    pub(super) fn widen(&mut self, other: Span) {
        self.from = self.from.min(other.from);
        self.to = self.to.max(other.to);
    }
}

/// Whether a clock there always shows UTC.
pub(super) fn is_utc(zone: Tz) -> bool {
    let names = ["UTC", "UCT", "Zulu", "Universal", "GMT", "Greenwich"];
    let name = zone.name();
    names.contains(&name.strip_prefix("Etc/").unwrap_or(name))
}

thread_local! {
    /// The block that was written last: a series is written for each of its members, and
    /// most of the work would be to look for the changes of its clocks.
    static LAST: RefCell<Option<(Tz, Span, Vec<String>)>> = const { RefCell::new(None) };
}

/// The lines of a zone's VTIMEZONE: right for every moment of that span.
pub(super) fn block(zone: Tz, span: Span) -> Vec<String> {
    LAST.with_borrow_mut(|last| match last {
        Some((of, within, lines)) if (*of, *within) == (zone, span) => lines.clone(),
        _ => {
            let lines = looked_up(zone, span);
            *last = Some((zone, span, lines.clone()));
            lines
        }
    })
}

fn looked_up(zone: Tz, span: Span) -> Vec<String> {
    let name = zone.name();
    let mut lines = vec![
        "BEGIN:VTIMEZONE".to_owned(),
        format!("TZID:{name}"),
        format!("X-LIC-LOCATION:{name}"),
    ];
    match rules(zone, span) {
        Some([one, other]) => {
            let (daylight, standard) = match one.after.seconds > other.after.seconds {
                true => (one, other),
                false => (other, one),
            };
            lines.extend(daylight.lines("DAYLIGHT"));
            lines.extend(standard.lines("STANDARD"));
        }
        None => lines.extend(one_by_one(zone, span)),
    }
    lines.push("END:VTIMEZONE".to_owned());
    lines
}

/// What a zone's clocks show for a time.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
struct Shown {
    seconds: i32,
    name: String,
}

impl Shown {
    fn at(zone: Tz, at: DateTime<Utc>) -> Shown {
        let offset = zone.offset_from_utc_datetime(&at.naive_utc());
        let seconds = offset.fix().local_minus_utc();
        let name = offset.abbreviation();
        Shown {
            seconds,
            name: name.map_or_else(|| written(seconds), str::to_owned),
        }
    }

    fn offset(&self) -> String {
        written(self.seconds)
    }

    /// A STANDARD that has always been.
    fn lines(&self) -> Vec<String> {
        observance("STANDARD", self, self, "19700101T000000", None)
    }
}

/// An offset (RFC 5545, section 3.3.14).
fn written(seconds: i32) -> String {
    let sign = if seconds < 0 { '-' } else { '+' };
    let minutes = seconds.abs() / 60;
    format!("{sign}{:02}{:02}", minutes / 60, minutes % 60)
}

fn observance(
    kind: &str,
    before: &Shown,
    after: &Shown,
    starts: &str,
    rule: Option<&str>,
) -> Vec<String> {
    let mut lines = vec![
        format!("BEGIN:{kind}"),
        format!("TZOFFSETFROM:{}", before.offset()),
        format!("TZOFFSETTO:{}", after.offset()),
        format!("TZNAME:{}", after.name),
        format!("DTSTART:{starts}"),
    ];
    lines.extend(rule.map(|rule| format!("RRULE:FREQ=YEARLY;{rule}")));
    lines.push(format!("END:{kind}"));
    lines
}

/// A change of the clocks that comes every year.
struct Yearly {
    before: Shown,
    after: Shown,
    /// The first one since 1970, on the clock before it.
    first: NaiveDateTime,
    rule: String,
}

impl Yearly {
    fn lines(&self, kind: &str) -> Vec<String> {
        let first = self.first.format(WALL).to_string();
        observance(kind, &self.before, &self.after, &first, Some(&self.rule))
    }
}

/// One change of the clocks.
#[derive(Clone, Debug)]
struct Change {
    at: DateTime<Utc>,
    /// The clock before it.
    wall: NaiveDateTime,
    before: Shown,
    after: Shown,
}

/// The two changes of each year, by a rule that holds as long as can be known; else for
/// the next year; else for the span alone.
fn rules(zone: Tz, span: Span) -> Option<[Yearly; 2]> {
    let far = span.to.max(span.from + TimeDelta::days(FAR * 366));
    let all = changes(zone, (span.from, far), STEP);
    of(&all).or_else(|| {
        let year = span.to.max(span.from + TimeDelta::days(366));
        let near = changes(zone, (span.from, year), SHORT_STEP);
        let within = near.iter().take_while(|change| change.at <= span.to);
        let shortest = within.count().max(2);
        of(&near).or_else(|| of(near.get(..shortest)?))
    })
}

/// What the clocks show when the span begins, as if it had always been, and each of their
/// changes within.
fn one_by_one(zone: Tz, span: Span) -> Vec<String> {
    let mut lines = Shown::at(zone, span.from).lines();
    for change in changes(zone, (span.from, span.to), SHORT_STEP) {
        let (before, after) = (&change.before, &change.after);
        let kind = match after.seconds > before.seconds {
            true => "DAYLIGHT",
            false => "STANDARD",
        };
        let starts = change.wall.format(WALL).to_string();
        lines.extend(observance(kind, before, after, &starts, None));
    }
    lines
}

fn of(changes: &[Change]) -> Option<[Yearly; 2]> {
    let ones: Vec<&Change> = changes.iter().step_by(2).collect();
    let others: Vec<&Change> = changes.iter().skip(1).step_by(2).collect();
    let (one, other) = (yearly(&ones)?, yearly(&others)?);
    let is_return = one.before == other.after && one.after == other.before;
    is_return.then_some([one, other])
}

/// The rule that these changes follow, if they do.
fn yearly(changes: &[&Change]) -> Option<Yearly> {
    let first = changes.first()?;
    let day = |change: &Change| {
        (
            change.wall.month(),
            change.wall.weekday(),
            change.wall.time(),
        )
    };
    let alike = changes.iter().all(|change| {
        change.before == first.before && change.after == first.after && day(change) == day(first)
    });
    let days: Vec<NaiveDate> = changes.iter().map(|change| change.wall.date()).collect();
    let (rule, date) = alike.then(|| {
        last(&days)
            .or_else(|| nth(&days))
            .or_else(|| from_day(&days))
    })??;
    Some(Yearly {
        before: first.before.clone(),
        after: first.after.clone(),
        first: date.and_time(first.wall.time()),
        rule: format!("BYMONTH={};{rule}", first.wall.month()),
    })
}

/// Always the last such weekday of its month.
fn last(days: &[NaiveDate]) -> Option<(String, NaiveDate)> {
    let is_last = |day: &NaiveDate| (*day + TimeDelta::days(7)).month() != day.month();
    let first = days.first().filter(|_| days.iter().all(is_last))?;
    let fifth_or_fourth = [5, 4].into_iter();
    let date = fifth_or_fourth
        .filter_map(|nth| in_1970(first, nth))
        .next()?;
    Some((format!("BYDAY=-1{}", short(first.weekday())), date))
}

/// Always the same of its month's weekdays.
fn nth(days: &[NaiveDate]) -> Option<(String, NaiveDate)> {
    let count = |day: &NaiveDate| day.day0() / 7 + 1;
    let first = days.first()?;
    let nth = count(first);
    let fits = nth < 5 && days.iter().all(|day| count(day) == nth);
    let date = in_1970(first, u8::try_from(nth).ok()?)?;
    fits.then(|| (format!("BYDAY={nth}{}", short(first.weekday())), date))
}

/// Always such a weekday on or after a day of its month.
fn from_day(days: &[NaiveDate]) -> Option<(String, NaiveDate)> {
    let first = days.iter().map(Datelike::day).min()?;
    let latest = days.iter().map(Datelike::day).max()?;
    let month = days.first()?.month();
    let from = NaiveDate::from_ymd_opt(1970, month, first)?;
    let weekday = days.first()?.weekday();
    let date = from
        .iter_days()
        .take(7)
        .find(|day| day.weekday() == weekday)?;
    let all_there = NaiveDate::from_ymd_opt(1970, month, first + 6).is_some();
    let fits = latest < first + 7 && all_there;
    let month_days: Vec<String> = (first..first + 7).map(|day| day.to_string()).collect();
    let rule = || {
        format!(
            "BYDAY={};BYMONTHDAY={}",
            short(weekday),
            month_days.join(",")
        )
    };
    fits.then(|| (rule(), date))
}

fn in_1970(like: &NaiveDate, nth: u8) -> Option<NaiveDate> {
    NaiveDate::from_weekday_of_month_opt(1970, like.month(), like.weekday(), nth)
}

fn short(day: Weekday) -> &'static str {
    ["MO", "TU", "WE", "TH", "FR", "SA", "SU"][day.num_days_from_monday() as usize]
}

/// Every change of the clocks in that time, in order.
fn changes(zone: Tz, (from, to): (DateTime<Utc>, DateTime<Utc>), days: i64) -> Vec<Change> {
    let step = TimeDelta::days(days);
    let starts = std::iter::successors(Some(from), |at| Some(*at + step));
    let steps = starts.take_while(|at| *at < to).map(|at| (at, at + step));
    steps
        .filter_map(|(low, high)| change(zone, low, high))
        .collect()
}

/// The change between two moments, found by halving.
fn change(zone: Tz, mut low: DateTime<Utc>, mut high: DateTime<Utc>) -> Option<Change> {
    let seconds = |at: DateTime<Utc>| wall::offset(at.naive_utc(), zone);
    let before = seconds(low);
    if before == seconds(high) {
        return None;
    }
    while high - low > TimeDelta::seconds(1) {
        let middle = low + TimeDelta::seconds((high - low).num_seconds() / 2);
        match seconds(middle) == before {
            true => low = middle,
            false => high = middle,
        }
    }
    let wall = (high + before).naive_utc();
    let (before, after) = (Shown::at(zone, low), Shown::at(zone, high));
    Some(Change {
        at: high,
        wall,
        before,
        after,
    })
}
