//! What an act has to tell the members of a series.

use chrono::NaiveDate;

use super::CHANGE;
use crate::outbox::catalogue::INVITATION;
use crate::store::series::Series;

/// What an act has to tell, and how far it has come: `SERIES.VERSION.AFTER`, and the day
/// of one session where it is about that alone.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Errand {
    /// Its act.
    pub(super) name: &'static str,
    /// The series' key.
    pub(super) series: i64,
    /// The version of the series that is told.
    pub(super) version: i64,
    /// The member after whom it goes on.
    pub(super) after: i64,
    /// The one session that it is about.
    pub(super) on: Option<NaiveDate>,
}

impl Errand {
    /// A series begins.
    pub fn first(series: &Series) -> Errand {
        Errand {
            name: INVITATION.name,
            ..Errand::all(series)
        }
    }

    /// A series has changed.
    pub fn all(series: &Series) -> Errand {
        Errand {
            name: CHANGE,
            series: series.id,
            version: series.version,
            after: 0,
            on: None,
        }
    }

    /// One session of it has.
    pub fn one(series: &Series, on: NaiveDate) -> Errand {
        Errand {
            on: Some(on),
            ..Errand::all(series)
        }
    }

    pub(super) fn write(&self) -> String {
        let on = self.on.map(|day| format!(".{day}")).unwrap_or_default();
        format!("{}.{}.{}{on}", self.series, self.version, self.after)
    }

    pub(super) fn read(name: &'static str, text: &str) -> Option<Errand> {
        let mut parts = text.splitn(4, '.');
        let mut number = || parts.next()?.parse::<i64>().ok();
        let (series, version, after) = (number()?, number()?, number()?);
        let on = match parts.next() {
            None => None,
            Some(day) => Some(day.parse().ok()?),
        };
        Some(Errand {
            name,
            series,
            version,
            after,
            on,
        })
    }
}
