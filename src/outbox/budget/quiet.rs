//! When a person is left in peace: quiet hours on their own wall clock, weekends,
//! and the holidays of the community.

use chrono::{DateTime, Datelike, Days, LocalResult, NaiveDate, NaiveTime, TimeDelta, Weekday};
use chrono_tz::Tz;

use crate::clock::moment;

use crate::config::charter::{Holiday, Quiet};
use crate::store::Millis;

/// Clocks are put forward by whole quarters of an hour, and once by a day.
const SKIPPED: i32 = 4 * 26;

/// A person's wall clock, and what a community asks of it.
#[derive(Clone, Copy, Debug)]
pub struct Calendar<'a> {
    /// Where the person lives.
    pub zone: Tz,
    /// Hours of every day in which nothing goes out.
    pub quiet: Option<Quiet>,
    /// Days on which nothing goes out.
    pub holidays: &'a [Holiday],
}

impl Calendar<'_> {
    /// Whether nothing may go to the person at that moment.
    pub fn is_quiet(&self, at: Millis) -> bool {
        let local = moment(at).with_timezone(&self.zone);
        let is_quiet = |quiet: Quiet| quiet.covers(local.time());
        self.is_day_off(local.date_naive()) || self.quiet.is_some_and(is_quiet)
    }

    /// The end of the quiet time in which `at` lies, and `jitter` (milliseconds) after
    /// it where that is neither quiet again nor too late; later than `latest` where
    /// there is no end before.
    pub fn end(&self, at: Millis, latest: Millis, jitter: Millis) -> Millis {
        let mut end = at;
        while end <= latest && self.is_quiet(end) {
            end = self.next_edge(end);
        }
        let spread = end.saturating_add(jitter);
        match spread <= latest && !self.is_quiet(spread) {
            true => spread,
            false => end,
        }
    }

    fn is_day_off(&self, day: NaiveDate) -> bool {
        matches!(day.weekday(), Weekday::Sat | Weekday::Sun)
            || self.holidays.iter().any(|holiday| holiday.covers(day))
    }

    /// The next moment at which quiet hours or a day may end.
    fn next_edge(&self, at: Millis) -> Millis {
        let today = moment(at).with_timezone(&self.zone).date_naive();
        let times = [Some(NaiveTime::MIN), self.quiet.map(|quiet| quiet.to)];
        let days = [0, 1, 2].map(|more| today.checked_add_days(Days::new(more)));
        let edges = days.into_iter().flatten().flat_map(|day| {
            let times = times.into_iter().flatten();
            times.filter_map(move |time| self.first_after(at, day, time))
        });
        // A clock that cannot be read must not stop this one.
        edges.min().unwrap_or(at.saturating_add(3_600_000))
    }

    /// The first moment after `after` at which the wall clock shows that, or, where
    /// it was put forward past it, the first one that it shows then.
    fn first_after(&self, after: Millis, day: NaiveDate, time: NaiveTime) -> Option<Millis> {
        let wanted = day.and_time(time);
        let shown = (0..=SKIPPED)
            .map(|quarters| wanted + TimeDelta::minutes(15) * quarters)
            .map(|local| local.and_local_timezone(self.zone))
            .find(|shown| *shown != LocalResult::None)?;
        let moments = [shown.earliest(), shown.latest()];
        let moments = moments.into_iter().flatten();
        moments
            .map(|at: DateTime<Tz>| at.timestamp_millis())
            .find(|at| *at > after)
    }
}
