//! The moments of an act in order: the one place that says when anything falls due,
//! for the engine as for whoever looks ahead.

use chrono::{DateTime, Days, NaiveDate, NaiveDateTime, NaiveTime, TimeDelta, Utc};
use chrono_tz::Tz;

use super::act::{Act, Holidays, Plan};
use super::cron::{CronLine, from_wall_clock};
use crate::calendar::recur;
use crate::clock::moment;
use crate::config::Charter;
use crate::config::charter::{Exception, Session};
use crate::store::Millis;

/// No holidays are longer, in days: a year without a day's work is a mistake.
const LONGEST_HOLIDAYS: u64 = 400;

/// One of the things for which an act falls due again and again.
pub struct Series<'a> {
    /// Which: empty where there is one only; a series' slug, a person's address. It
    /// has no blank.
    pub key: String,
    /// When.
    pub when: When<'a>,
    /// On whose clock.
    pub zone: Tz,
}

/// When an act of a series falls due.
pub enum When<'a> {
    /// As a schedule says.
    Schedule(&'a CronLine),
    /// So long before what a schedule says, in exact time: not before the same hour of
    /// another day, because people are promised so many hours.
    Ahead(&'a CronLine, TimeDelta),
    /// Around each session.
    Session(&'a Session, Offset),
}

/// How far from a session. Whole days are days on the wall clock, what is left is
/// exact time (RFC 5545, section 3.3.6): seven days before a session at four is at
/// four, whatever the clocks did in between.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Offset {
    /// Before it begins.
    Before(TimeDelta),
    /// After it ends.
    After(TimeDelta),
}

/// A moment at which an act falls due.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Moment {
    /// When.
    pub due: Millis,
    /// What it is about: the series' key, and for a session a blank and its day.
    pub about: String,
    /// The session's original day, else the day on which it falls due.
    pub on: NaiveDate,
}

/// A session as it stands.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Sitting {
    /// Its original day.
    pub on: NaiveDate,
    /// When it begins; where it is cancelled, when it would have begun.
    pub starts: DateTime<Utc>,
    /// Why it does not take place (may be empty), where it does not.
    pub cancelled: Option<String>,
}

/// Every series of an act; none where other acts plan it.
pub fn series<'a>(act: &Act, charter: &'a Charter) -> Vec<Series<'a>> {
    let of_session = |session: &'a Session, offset| Series {
        key: session.slug.clone(),
        when: When::Session(session, offset),
        zone: charter.timezone,
    };
    match act.plan {
        Plan::Elsewhere | Plan::Posts(_) | Plan::Watching(_) => Vec::new(),
        Plan::Schedules(all) => all(charter),
        Plan::Sessions(offset) => {
            let sessions = charter.sessions.iter();
            let asked = sessions.filter_map(|session| Some((session, offset(session)?)));
            asked.map(|(session, by)| of_session(session, by)).collect()
        }
    }
}

/// The series to which a row belongs that is about this.
pub fn key_of(about: &str) -> &str {
    about.split_once(' ').map_or(about, |(key, _)| key)
}

/// The moments of a series that come after `due` and `about`; of two at the same
/// time the one with the lesser text comes first. It may be asked for without end.
pub fn after<'a>(
    act: &Act,
    charter: &'a Charter,
    series: &'a Series<'a>,
    (due, about): (Millis, &str),
) -> Box<dyn Iterator<Item = Moment> + Send + 'a> {
    let rule = act.holidays;
    let last = (due, about.to_owned());
    match series.when {
        When::Schedule(line) => {
            let all = scheduled((line, TimeDelta::zero()), series, charter, rule, due);
            Box::new(all.skip_while(move |next| (next.due, &next.about) <= (last.0, &last.1)))
        }
        When::Ahead(line, by) => {
            let all = scheduled((line, by), series, charter, rule, due);
            Box::new(all.skip_while(move |next| (next.due, &next.about) <= (last.0, &last.1)))
        }
        When::Session(session, offset) => {
            let sittings = sittings(session, charter);
            let all = sittings.map(move |sitting| around(&sitting, session, offset, charter, rule));
            Box::new(all.skip_while(move |next| (next.due, &next.about) <= (last.0, &last.1)))
        }
    }
}

/// The moments of a schedule, or so long before it. Two that holidays move to the same one
/// are one.
fn scheduled<'a>(
    (line, ahead): (&'a CronLine, TimeDelta),
    series: &'a Series<'a>,
    charter: &'a Charter,
    rule: Holidays,
    after: Millis,
) -> impl Iterator<Item = Moment> + Send + 'a {
    let zone = series.zone;
    let nominal = moment(after).checked_add_signed(ahead);
    let after = nominal.unwrap_or(DateTime::<Utc>::MAX_UTC);
    let start = match rule {
        Holidays::Move => before_holidays(charter, after, zone),
        _ => after,
    };
    let next = move |at: &DateTime<Utc>| line.next_after(*at, zone);
    let mut last = None;
    std::iter::successors(next(&start), next).filter_map(move |nominal| {
        let due = match rule {
            Holidays::Move => moved(charter, nominal, zone, Direction::Later),
            _ => nominal,
        } - ahead;
        let is_new = last.replace(due) != Some(due);
        is_new.then(|| Moment {
            due: due.timestamp_millis(),
            about: series.key.clone(),
            on: due.with_timezone(&zone).date_naive(),
        })
    })
}

/// The sessions of a series that take place: those of its rule that fall on no holiday
/// and were not cancelled, in the order in which they begin. A start that the clocks skip
/// is as much later as they skip, one that they repeat is the first.
pub fn sittings<'a>(
    session: &'a Session,
    charter: &'a Charter,
) -> impl Iterator<Item = Sitting> + Send + 'a {
    all_sittings(session, charter).filter(|sitting| sitting.cancelled.is_none())
}

/// The same with those that were cancelled.
pub fn all_sittings<'a>(
    session: &'a Session,
    charter: &'a Charter,
) -> impl Iterator<Item = Sitting> + Send + 'a {
    let walls = recur::occurrences(session.rule.as_deref(), session.starts, session.until);
    let walls = walls.into_iter().flatten();
    let held = walls.filter(|wall| !is_holiday(charter, wall.date()));
    let planned = held.map(|wall| Sitting {
        on: wall.date(),
        starts: from_wall_clock(wall, charter.timezone),
        cancelled: None,
    });
    let is_moved = |on| matches!(session.exceptions.get(&on), Some(Exception::Moved(_)));
    let stay = planned.filter(move |sitting| !is_moved(sitting.on));
    let stay = stay.map(|sitting| match session.exceptions.get(&sitting.on) {
        Some(Exception::Cancelled(why)) => Sitting {
            cancelled: Some(why.clone()),
            ..sitting
        },
        _ => sitting,
    });
    in_order(stay, moved_sittings(session))
}

/// The sessions of a series that begin at another time than its rule says, in order.
fn moved_sittings(session: &Session) -> Vec<Sitting> {
    let moved = session
        .exceptions
        .iter()
        .filter_map(|(on, what)| match what {
            Exception::Moved(starts) => Some(Sitting {
                on: *on,
                starts: *starts,
                cancelled: None,
            }),
            Exception::Cancelled(_) => None,
        });
    let mut all: Vec<Sitting> = moved.collect();
    all.sort_by_key(|sitting| sitting.starts);
    all
}

/// Two sequences in order as one; the first may have no end.
fn in_order(
    first: impl Iterator<Item = Sitting> + Send,
    second: Vec<Sitting>,
) -> impl Iterator<Item = Sitting> + Send {
    let (mut first, mut second) = (first.peekable(), second.into_iter().peekable());
    std::iter::from_fn(move || match (first.peek(), second.peek()) {
        (Some(one), Some(other)) if other.starts < one.starts => second.next(),
        (Some(_), _) => first.next(),
        (None, _) => second.next(),
    })
}

fn around(
    sitting: &Sitting,
    session: &Session,
    offset: Offset,
    charter: &Charter,
    rule: Holidays,
) -> Moment {
    let zone = charter.timezone;
    let (from, by, direction) = match offset {
        Offset::Before(by) => (sitting.starts, -by, Direction::Earlier),
        Offset::After(by) => (sitting.starts + session.duration, by, Direction::Later),
    };
    let nominal = shifted(from, by, zone);
    let due = match rule {
        Holidays::Move => moved(charter, nominal, zone, direction),
        _ => nominal,
    };
    Moment {
        due: due.timestamp_millis(),
        about: format!("{} {}", session.slug, sitting.on),
        on: sitting.on,
    }
}

/// Why an act is dropped whose session was moved.
pub const MOVED: &str = "the session was moved";

/// Why an act is dropped whose session was cancelled.
pub fn said_cancelled(why: &str) -> String {
    match why {
        "" => "the session was cancelled".to_owned(),
        why => format!("the session was cancelled: {why}"),
    }
}

/// What became of the session that an act is about, if anything did.
pub fn exception<'a>(charter: &'a Charter, about: &str) -> Option<&'a Exception> {
    let (key, day) = about.split_once(' ')?;
    let session = charter.sessions.iter().find(|session| session.slug == key);
    session?.exceptions.get(&day.parse().ok()?)
}

/// The moment of an act that is about one session, as it stands; of one that was
/// cancelled, when it would have been.
pub fn of_session(act: &Act, charter: &Charter, about: &str) -> Option<Moment> {
    let Plan::Sessions(offset) = act.plan else {
        return None;
    };
    let (key, day) = about.split_once(' ')?;
    let day: NaiveDate = day.parse().ok()?;
    let session = charter.sessions.iter().find(|one| one.slug == key)?;
    let sitting = all_sittings(session, charter).find(|sitting| sitting.on == day)?;
    let offset = offset(session)?;
    Some(around(&sitting, session, offset, charter, act.holidays))
}

/// So much later on that clock; see [`Offset`].
pub fn shifted(from: DateTime<Utc>, by: TimeDelta, zone: Tz) -> DateTime<Utc> {
    let days = TimeDelta::days(by.num_days());
    let rest = by - days;
    if days.is_zero() {
        return from + rest;
    }
    let wall = from.with_timezone(&zone).naive_local();
    match wall.checked_add_signed(days) {
        Some(wall) => from_wall_clock(wall, zone) + rest,
        None => from,
    }
}

/// Whether nothing is scheduled on that day.
pub fn is_holiday(charter: &Charter, day: NaiveDate) -> bool {
    charter.holidays.iter().any(|holiday| holiday.covers(day))
}

#[derive(Clone, Copy)]
enum Direction {
    Earlier,
    Later,
}

/// The same time on the first day in that direction that is no holiday.
fn moved(charter: &Charter, at: DateTime<Utc>, zone: Tz, to: Direction) -> DateTime<Utc> {
    let wall = at.with_timezone(&zone).naive_local();
    if !is_holiday(charter, wall.date()) {
        return at;
    }
    let day = |n: u64| match to {
        Direction::Earlier => wall.date().checked_sub_days(Days::new(n)),
        Direction::Later => wall.date().checked_add_days(Days::new(n)),
    };
    let free = (1..=LONGEST_HOLIDAYS)
        .filter_map(day)
        .find(|day| !is_holiday(charter, *day));
    free.map_or(at, |day| from_wall_clock(day.and_time(wall.time()), zone))
}

/// A moment before the holidays that a moment lies in or just behind: what falls due
/// in them is moved to after them.
fn before_holidays(charter: &Charter, at: DateTime<Utc>, zone: Tz) -> DateTime<Utc> {
    let day = at.with_timezone(&zone).date_naive();
    let earlier = |n: u64| day.checked_sub_days(Days::new(n));
    let first = (1..=LONGEST_HOLIDAYS)
        .filter_map(earlier)
        .find(|day| !is_holiday(charter, *day));
    match first.and_then(|before| before.succ_opt()) {
        Some(first) if first < day => midnight(first, zone) - TimeDelta::milliseconds(1),
        _ => at,
    }
}

fn midnight(day: NaiveDate, zone: Tz) -> DateTime<Utc> {
    from_wall_clock(NaiveDateTime::new(day, NaiveTime::MIN), zone)
}

#[cfg(test)]
mod tests;
