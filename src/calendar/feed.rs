//! A community's sessions as a feed that calendars subscribe to.
//!
//! Subscribers ask rarely and ask "what is new since": so its bytes change only with
//! what they say, and [`Feed::modified`] is the moment at which they last did.

use chrono::{DateTime, NaiveDate, NaiveDateTime, TimeDelta, Utc};
use chrono_tz::Tz;

use super::write::{self, Event, Method, Refused};

/// So long what was cancelled is shown as cancelled, in days: who asks seldom has seen
/// it by then. After that it is not there any more.
const DAYS_CANCELLED: i64 = 30;

/// What a feed is of.
#[derive(Clone, Debug)]
pub struct About {
    /// Its name for people.
    pub name: String,
    /// Whose clock it is on.
    pub zone: Tz,
    /// When it was there first.
    pub since: DateTime<Utc>,
}

/// A series with what became of its sessions.
#[derive(Clone, Debug)]
pub struct Series {
    /// The series; its `dtstamp` is when it was last changed.
    pub event: Event,
    /// What differs from its rule, in any order; each original time once.
    pub changes: Vec<Change>,
    /// Whether all that was still to come was cancelled.
    pub is_cancelled: bool,
}

/// What became of one session.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Change {
    /// When it was planned for, on the series' wall clock.
    pub original: NaiveDateTime,
    /// When it is instead, and for how long; `None`: it was cancelled.
    pub to: Option<(NaiveDateTime, TimeDelta)>,
    /// When somebody changed it.
    pub at: DateTime<Utc>,
}

/// A feed as it stands.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Feed {
    /// The calendar.
    pub bytes: Vec<u8>,
    /// When it last said something else.
    pub modified: DateTime<Utc>,
    /// What could not be said.
    pub odd: Vec<Refused>,
}

/// The feed of these series as it is at `now`.
pub fn feed(about: &About, all: &[Series], now: DateTime<Utc>) -> Feed {
    let mut events = Vec::new();
    let mut odd = Vec::new();
    for series in all {
        let its = shown(series, now);
        match write::in_zone(Method::Publish, "", &its, None) {
            Ok(_) => events.extend(its),
            Err(refused) => odd.push(refused),
        }
    }
    let bytes = write::in_zone(Method::Publish, &about.name, &events, Some(about.zone));
    odd.extend(bytes.as_ref().err().cloned());
    Feed {
        bytes: bytes.unwrap_or_default(),
        modified: modified(about, all, now),
        odd,
    }
}

/// The last moment of all at which something of it changed, or was dropped for being
/// cancelled long enough.
fn modified(about: &About, all: &[Series], now: DateTime<Utc>) -> DateTime<Utc> {
    let changes = all.iter().flat_map(|series| &series.changes);
    let cancelled = changes.clone().filter(|change| change.to.is_none());
    let dropped = cancelled.map(|change| change.at + TimeDelta::days(DAYS_CANCELLED));
    let told = all.iter().map(|series| series.event.dtstamp);
    let told = told.chain(changes.map(|change| change.at));
    let moments = told.chain(dropped).filter(|at| *at <= now);
    moments.fold(about.since, DateTime::max)
}

/// The events of a series: itself, and each session that is not as its rule has it.
fn shown(series: &Series, now: DateTime<Utc>) -> Vec<Event> {
    match series.event.rule {
        None => single(series, now).into_iter().collect(),
        Some(_) => recurring(series, now),
    }
}

/// A single session as it stands.
fn single(series: &Series, now: DateTime<Utc>) -> Option<Event> {
    let Some(change) = series.changes.first() else {
        return Some(series.event.clone());
    };
    let changed = match change.to {
        Some((starts, duration)) => Event {
            starts,
            duration,
            ..series.event.clone()
        },
        None => Event {
            cancelled: true,
            ..series.event.clone()
        },
    };
    let dtstamp = changed.dtstamp.max(change.at);
    is_shown(change, now).then_some(Event { dtstamp, ..changed })
}

fn recurring(series: &Series, now: DateTime<Utc>) -> Vec<Event> {
    let until = series.event.until;
    // What was planned for a day after the last one is no session of it any more.
    let within = |change: &&Change| until.is_none_or(|last| change.original.date() <= last);
    let changes = series.changes.iter().filter(within);
    let (shown, dropped): (Vec<&Change>, Vec<&Change>) =
        changes.partition(|change| is_shown(change, now));
    let mut master = series.event.clone();
    master
        .excluded
        .extend(dropped.iter().map(|change| change.original));
    if series.is_cancelled {
        let Some(last) = last_left(&master, &shown) else {
            return Vec::new();
        };
        master.until = Some(last);
    }
    let excluded = master.excluded.clone();
    let overrides = shown
        .into_iter()
        .filter(|change| !excluded.contains(&change.original));
    let overrides: Vec<Event> = overrides.map(|change| one(&master, change)).collect();
    std::iter::once(master).chain(overrides).collect()
}

/// Of a series that was cancelled, the last day on which there is something to show.
fn last_left(master: &Event, shown: &[&Change]) -> Option<NaiveDate> {
    let told = master.dtstamp.with_timezone(&master.zone).naive_local();
    let all = super::recur::occurrences(master.rule.as_deref(), master.starts, master.until);
    let past = all.into_iter().flatten().take_while(|day| *day <= told);
    let held = past.filter(|day| !master.excluded.contains(day)).last();
    let shown = shown.iter().map(|change| change.original);
    held.into_iter().chain(shown).max().map(|day| day.date())
}

fn one(master: &Event, change: &Change) -> Event {
    let (starts, duration) = change.to.unwrap_or((change.original, master.duration));
    Event {
        starts,
        duration,
        cancelled: change.to.is_none(),
        dtstamp: change.at,
        recurrence: Some(change.original),
        rule: None,
        until: None,
        excluded: Vec::new(),
        ..master.clone()
    }
}

fn is_shown(change: &Change, now: DateTime<Utc>) -> bool {
    change.to.is_some() || now < change.at + TimeDelta::days(DAYS_CANCELLED)
}

#[cfg(test)]
mod tests;
