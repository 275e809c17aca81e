//! A series as the calendar of one member has it: from the first session that they were
//! invited to, with what was moved and without what was cancelled.

use chrono::{NaiveDate, TimeDelta};

use super::times::Times;
use crate::calendar::write::{Event, Party};
use crate::clock::moment;
use crate::store::Millis;
use crate::store::series::Series;
use crate::store::sessions::Session;

/// A series and the rows of its sessions.
pub struct View<'a> {
    /// The series.
    pub series: &'a Series,
    /// Its times.
    pub times: Times,
    /// Those of its sessions that have rows.
    pub rows: &'a [Session],
}

/// Whose calendar, and how far it is.
#[derive(Clone, Debug)]
pub struct Copy {
    /// The address that invites them.
    pub organizer: Party,
    /// Who is invited; nobody in a feed.
    pub attendee: Option<Party>,
    /// SEQUENCE.
    pub sequence: i64,
    /// DTSTAMP.
    pub dtstamp: Millis,
    /// The first day that they have.
    pub from: NaiveDate,
    /// What is said of the series.
    pub description: String,
}

impl View<'_> {
    /// The series and its moved sessions: what a REQUEST holds (RFC 5546, section 3.2.2).
    pub fn whole(&self, copy: &Copy) -> Vec<Event> {
        let moved = self
            .rows
            .iter()
            .filter(|row| row.moved && row.state != "cancelled");
        let days = moved.filter_map(|row| Some((row, day(row)?)));
        let within = days.filter(|(_, on)| *on >= copy.from && self.times.rule.is_some());
        let overrides = within.map(|(row, on)| self.one(copy, row, on));
        std::iter::once(self.master(copy))
            .chain(overrides)
            .collect()
    }

    /// One session alone, as it stands: moved or cancelled.
    pub fn one(&self, copy: &Copy, row: &Session, on: NaiveDate) -> Event {
        let is_cancelled = row.state == "cancelled";
        let starts = match is_cancelled {
            true => self.times.wall(on),
            false => self.times.clock(row.starts_at),
        };
        Event {
            starts,
            duration: TimeDelta::milliseconds(row.ends_at - row.starts_at),
            // One that is no series has no recurrence to name (RFC 5545, section 3.8.4.4).
            recurrence: self.times.rule.as_ref().map(|_| self.times.wall(on)),
            cancelled: is_cancelled,
            ..self.blank(copy)
        }
    }

    /// That the series is no more: for a CANCEL of all of it.
    pub fn gone(&self, copy: &Copy) -> Event {
        Event {
            cancelled: true,
            ..self.blank(copy)
        }
    }

    fn master(&self, copy: &Copy) -> Event {
        let single = self.rows.first().filter(|_| self.times.rule.is_none());
        let blank = self.blank(copy);
        Event {
            starts: single.map_or(blank.starts, |row| self.times.clock(row.starts_at)),
            rule: self.times.rule.clone(),
            until: self.times.until,
            excluded: self.excluded(copy.from),
            ..blank
        }
    }

    fn excluded(&self, from: NaiveDate) -> Vec<chrono::NaiveDateTime> {
        if self.times.rule.is_none() {
            return Vec::new();
        }
        let cancelled = self.rows.iter().filter(|row| row.state == "cancelled");
        let mut days: Vec<NaiveDate> = cancelled.filter_map(day).collect();
        days.extend(&self.times.excluded);
        days.retain(|on| *on >= from && self.times.until.is_none_or(|until| *on <= until));
        days.sort_unstable();
        days.dedup();
        days.into_iter().map(|on| self.times.wall(on)).collect()
    }

    fn blank(&self, copy: &Copy) -> Event {
        let series = self.series;
        Event {
            uid: series.uid.clone(),
            organizer: copy.organizer.clone(),
            attendee: copy.attendee.clone(),
            sequence: u32::try_from(copy.sequence).unwrap_or(0),
            dtstamp: moment(copy.dtstamp),
            starts: self.times.wall(copy.from),
            zone: self.times.zone,
            duration: self.times.duration,
            rule: None,
            until: None,
            excluded: Vec::new(),
            recurrence: None,
            summary: series.title.clone(),
            description: copy.description.clone(),
            location: series.location.clone(),
            link: series.link.clone(),
            cancelled: false,
        }
    }
}

/// The original day of a session.
pub fn day(row: &Session) -> Option<NaiveDate> {
    row.on_date.parse().ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_session_of_no_series_names_no_recurrence() {
        let on = NaiveDate::from_ymd_opt(2026, 3, 24).unwrap();
        let copy = Copy {
            organizer: Party {
                address: "a@x.example".into(),
                name: String::new(),
            },
            attendee: None,
            sequence: 1,
            dtstamp: 0,
            from: on,
            description: String::new(),
        };
        let row = Session {
            on_date: on.to_string(),
            state: "cancelled".into(),
            ..Session::default()
        };
        for (rule, named) in [("", false), ("FREQ=WEEKLY", true)] {
            let series = Series {
                rule: rule.into(),
                starts: "2026-03-24T16:00:00".into(),
                zone: "Europe/Berlin".into(),
                ..Series::default()
            };
            let view = View {
                times: Times::of(&series).unwrap(),
                series: &series,
                rows: &[],
            };
            let event = view.one(&copy, &row, on);
            assert_eq!(event.recurrence.is_some(), named, "{rule:?}");
        }
    }
}
