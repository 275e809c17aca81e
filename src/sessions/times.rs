//! When the sessions of a series are, as its row says: nothing here knows what was moved
//! or cancelled.

use std::collections::BTreeSet;

use chrono::{DateTime, NaiveDate, NaiveDateTime, TimeDelta, Utc};
use chrono_tz::Tz;

use crate::calendar::{recur, wall};
use crate::clock;
use crate::store::Millis;
use crate::store::series::Series;

/// The clock, the rule and the days off of a series.
#[derive(Clone, Debug)]
pub struct Times {
    /// Its first session, on the wall clock.
    pub starts: NaiveDateTime,
    /// The zone of that clock.
    pub zone: Tz,
    /// Its rule, without UNTIL and COUNT.
    pub rule: Option<String>,
    /// The last day on which one may start.
    pub until: Option<NaiveDate>,
    /// How long each takes.
    pub duration: TimeDelta,
    /// Days of its rule that are holidays.
    pub excluded: BTreeSet<NaiveDate>,
}

impl Times {
    /// The times of a series; `None` where a hand in the database has spoilt them.
    pub fn of(series: &Series) -> Option<Times> {
        Some(Times {
            starts: series.starts.parse().ok()?,
            zone: series.zone.parse().ok()?,
            rule: (!series.rule.is_empty()).then(|| series.rule.clone()),
            until: match series.until.as_str() {
                "" => None,
                day => Some(day.parse().ok()?),
            },
            duration: TimeDelta::milliseconds(series.duration),
            excluded: days(&series.excluded),
        })
    }

    /// Its sessions in order: (wall clock, moment).
    pub fn sittings(&self) -> impl Iterator<Item = (NaiveDateTime, DateTime<Utc>)> + '_ {
        let all = recur::occurrences(self.rule.as_deref(), self.starts, self.until);
        let held = all.into_iter().flatten();
        held.filter(|at| !self.excluded.contains(&at.date()))
            .map(|at| (at, self.moment(at)))
    }

    /// When a session that is planned for that day begins, as the rule has it.
    pub fn wall(&self, on: NaiveDate) -> NaiveDateTime {
        on.and_time(self.starts.time())
    }

    /// The moment at which its clock shows that.
    pub fn moment(&self, at: NaiveDateTime) -> DateTime<Utc> {
        wall::moment(at, self.zone)
    }

    /// What its clock shows at a moment.
    pub fn clock(&self, at: Millis) -> NaiveDateTime {
        clock::moment(at).with_timezone(&self.zone).naive_local()
    }

    /// The day that its clock shows at a moment.
    pub fn day(&self, at: Millis) -> NaiveDate {
        self.clock(at).date()
    }
}

/// Comma-separated days.
fn days(text: &str) -> BTreeSet<NaiveDate> {
    let all = text.split(',').filter(|day| !day.is_empty());
    all.filter_map(|day| day.parse().ok()).collect()
}
