//! Schedules of five fields, as crontab(5) has them, on a community's wall clock.
//!
//! The `cron` crate does the search. It is kept behind this file because it
//! reads 1 as Sunday, wants seconds, skips a day in the spring gap and runs
//! twice in autumn: we spell the fields out for it, let it search on the wall
//! clock, and map what it finds to the zone ourselves.
//!
//! Where both the day of the month and the weekday are restricted, either is
//! enough, as in classical cron; a field that begins with `*` restricts nothing
//! in that sense.

mod field;

use crate::calendar::wall::{self, offset};
use chrono::{DateTime, Duration, NaiveDateTime, TimeDelta, Utc};
use chrono_tz::Tz;
use cron::Schedule;
use field::Fields;
use std::fmt;
use std::str::FromStr;

/// A schedule of five fields: minute, hour, day of month, month, weekday.
#[derive(Clone, Debug)]
pub struct CronLine {
    text: String,
    min_gap: TimeDelta,
    /// One, or two of which either is enough.
    schedules: Vec<Schedule>,
}

/// Why a text is not a schedule. Printed as `what is wrong; what would be right`.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{what}; {instead}")]
pub struct CronError {
    /// What is wrong.
    pub what: String,
    /// What would be right.
    pub instead: String,
}

impl CronLine {
    /// Reads five fields. Weekdays count as in crontab(5): 0 and 7 are Sunday,
    /// 1 is Monday; names of months and weekdays are understood in any case.
    ///
    /// # Errors
    /// A field that cannot be read, or a schedule that never fires.
    pub fn parse(text: &str) -> Result<Self, CronError> {
        let fields = Fields::parse(text)?;
        let schedules = schedules(&fields)?;
        let line = Self {
            text: fields.text.clone(),
            min_gap: fields.min_gap(),
            schedules,
        };
        match line.next_on_the_wall(long_ago()) {
            Some(_) => Ok(line),
            None => Err(never()),
        }
    }

    /// The text, with single spaces between the fields.
    pub fn as_str(&self) -> &str {
        &self.text
    }

    /// The shortest time between two firings, were every day one of its days.
    pub fn min_gap(&self) -> TimeDelta {
        self.min_gap
    }

    /// The first moment after `after` at which the schedule fires in `zone`.
    ///
    /// A time that the clocks skip in spring fires as much later as they skip
    /// (an hour, nearly everywhere); a time that they repeat in autumn fires the
    /// first time only. `None` once the schedule has no firing left (after 2100).
    pub fn next_after(&self, after: DateTime<Utc>, zone: Tz) -> Option<DateTime<Utc>> {
        let mut wall = search_from(after, zone)?;
        let mut best: Option<DateTime<Utc>> = None;
        loop {
            wall = match self.next_on_the_wall(wall) {
                Some(next) => next,
                None => return best,
            };
            // A time moved out of the spring gap may fall behind later ones.
            if best.is_some_and(|best| wall > best.with_timezone(&zone).naive_local()) {
                return best;
            }
            let moment = from_wall_clock(wall, zone);
            if moment > after && best.is_none_or(|best| moment < best) {
                best = Some(moment);
            }
        }
    }

    fn next_on_the_wall(&self, after: NaiveDateTime) -> Option<NaiveDateTime> {
        let after = after.and_utc();
        let firsts = self
            .schedules
            .iter()
            .filter_map(|one| one.after(&after).next());
        firsts.min().map(|next| next.naive_utc())
    }
}

impl PartialEq for CronLine {
    fn eq(&self, other: &Self) -> bool {
        self.text == other.text
    }
}

impl Eq for CronLine {}

impl fmt::Display for CronLine {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.text)
    }
}

impl serde::Serialize for CronLine {
    fn serialize<S: serde::Serializer>(&self, to: S) -> Result<S::Ok, S::Error> {
        to.serialize_str(&self.text)
    }
}

/// The moment at which a wall clock in `zone` shows `wall`. A time in a gap
/// counts with the offset before it, a doubled time is its first (RFC 5545,
/// section 3.3.5).
pub fn from_wall_clock(wall: NaiveDateTime, zone: Tz) -> DateTime<Utc> {
    wall::moment(wall, zone)
}

/// The wall clock's time from which on a firing after `after` can be found:
/// earlier than the present where the clocks were moved ahead within a day.
fn search_from(after: DateTime<Utc>, zone: Tz) -> Option<NaiveDateTime> {
    let now = after.naive_utc();
    let moved = offset(now, zone) - offset(now.checked_sub_signed(Duration::days(2))?, zone);
    let wall = now.checked_add_signed(offset(now, zone))?;
    wall.checked_sub_signed(moved.max(TimeDelta::zero()))
}

fn schedules(fields: &Fields) -> Result<Vec<Schedule>, CronError> {
    let texts = fields.for_the_crate();
    texts
        .iter()
        .map(|text| Schedule::from_str(text).map_err(|_| never()))
        .collect()
}

fn long_ago() -> NaiveDateTime {
    DateTime::UNIX_EPOCH.naive_utc()
}

fn never() -> CronError {
    CronError {
        what: "this day never comes".into(),
        instead: "write a day that the month has, such as \"0 9 28 2 *\"".into(),
    }
}

#[cfg(test)]
mod tests;
