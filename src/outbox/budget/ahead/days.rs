//! The days on which what is kept may go.

use chrono::{Days, NaiveTime};
use chrono_tz::Tz;

use super::{HOUR, Kept};
use crate::clock::moment;
use crate::store::Millis;

/// What is planned for the last day on which it may go is taken for lost: nodes are away
/// for hours. A day ends so long before the same hour of the next, in milliseconds.
const MARGIN: Millis = 20 * HOUR;

/// Days that are looked at: what goes now is in the way of others for 30, and these live
/// for some time.
const LONGEST_LOOK: usize = 50;

/// The days that are looked at, and for each of the mails the end of the last one but
/// one on which it may go; where there is one only, or none, when it expires.
pub(super) struct Look {
    pub(super) days: Vec<Day>,
    pub(super) safe: Vec<Millis>,
}

/// A moment of a day, and which of the mails are due and may go then as far as the calendar
/// is concerned.
pub(super) struct Day {
    pub(super) at: Millis,
    pub(super) open: Vec<bool>,
}

impl Look {
    /// Those after a moment, as far as one of the mails is due on them.
    pub(super) fn ahead(kept: &[Kept<'_>], now: Millis) -> Look {
        let ends = kept.iter().map(|one| one.expires_at);
        let last = ends.max().unwrap_or(now);
        let all = later_today(now).chain(noons(kept, now));
        let mut all: Vec<Millis> = all.filter(|at| *at <= last).collect();
        all.sort_unstable();
        all.dedup();
        let days = all.into_iter().map(|at| Day::of(kept, at));
        let days: Vec<Day> = days.filter(|day| day.open.contains(&true)).collect();
        let safe = (0..kept.len()).map(|index| safe(kept[index].expires_at, index, &days));
        let safe = safe.collect();
        Look { days, safe }
    }
}

impl Day {
    fn of(kept: &[Kept<'_>], at: Millis) -> Day {
        let is_open = |one: &Kept<'_>| {
            let is_in_time = one.due_at <= at && at <= one.expires_at;
            is_in_time && !one.calendar.is_quiet(at)
        };
        let open = kept.iter().map(is_open).collect();
        Day { at, open }
    }
}

fn safe(expires_at: Millis, index: usize, days: &[Day]) -> Millis {
    let its = |until: Millis| {
        let may = days.iter().rev().filter(|day| day.open[index]);
        may.map(|day| day.at).find(|at| *at <= until)
    };
    let before = its(expires_at).and_then(|last| its(last - MARGIN));
    before.unwrap_or(expires_at)
}

/// Hours at which something may still go before tomorrow's noon: what is kept may live by
/// another clock than what wants to go now.
fn later_today(now: Millis) -> impl Iterator<Item = Millis> {
    (1..=5).map(move |step| now.saturating_add(step * 3 * HOUR))
}

/// The noons of the days after today, on each clock by which one of these may go: whoever
/// has said nothing of where they live gets each community's mails by its clock.
fn noons(kept: &[Kept<'_>], now: Millis) -> Vec<Millis> {
    let mut zones: Vec<Tz> = Vec::new();
    for one in kept {
        if !zones.contains(&one.calendar.zone) {
            zones.push(one.calendar.zone);
        }
    }
    zones
        .into_iter()
        .flat_map(|zone| noons_in(zone, now))
        .collect()
}

fn noons_in(zone: Tz, now: Millis) -> impl Iterator<Item = Millis> {
    let today = moment(now).with_timezone(&zone).date_naive();
    let noon = NaiveTime::from_hms_opt(12, 0, 0).unwrap_or(NaiveTime::MIN);
    let days = (1..).map_while(move |more| today.checked_add_days(Days::new(more)));
    days.take(LONGEST_LOOK).filter_map(move |day| {
        let local = day.and_time(noon).and_local_timezone(zone);
        local.earliest().map(|at| at.timestamp_millis())
    })
}
