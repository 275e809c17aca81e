//! When: in UTC, on the clock of a zone by any of its names, on a clock that the
//! calendar defines itself, on nobody's clock, or on a day.

use calcard::common::PartialDateTime;
use calcard::common::timezone::Tz;
use calcard::icalendar::{
    ICalendar, ICalendarComponent, ICalendarComponentType, ICalendarEntry, ICalendarProperty,
};
use chrono::{DateTime, NaiveDate, NaiveDateTime, TimeDelta, TimeZone, Utc};

use crate::calendar::wall;

/// The most parts read of one zone's definition, and the most zones.
const MOST_PARTS: usize = 40;

/// A point in time as a calendar names it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum When {
    /// This moment.
    At(DateTime<Utc>),
    /// One of these: the calendar defines the clock itself, and its offsets are known
    /// but not when which of them holds.
    OneOf(Vec<DateTime<Utc>>),
    /// What a clock shows that nobody names.
    Wall(NaiveDateTime),
    /// Some time on this day.
    Day(NaiveDate),
}

impl When {
    /// The moment, where it is certain.
    pub fn moment(&self) -> Option<DateTime<Utc>> {
        match self {
            When::At(moment) => Some(*moment),
            // A clock without a zone, where UTC must stand.
            When::Wall(wall) => Some(wall.and_utc()),
            When::OneOf(_) | When::Day(_) => None,
        }
    }
}

/// The clocks that a calendar names.
pub(super) struct Zones<'a> {
    calendar: &'a ICalendar,
}

impl<'a> Zones<'a> {
    pub(super) fn of(calendar: &'a ICalendar) -> Zones<'a> {
        Zones { calendar }
    }

    /// What a property says; `None` where that is no time.
    pub(super) fn when(&self, entry: &ICalendarEntry) -> Option<When> {
        let given = entry.values.first()?.as_partial_date_time()?;
        let day = day(given)?;
        let (Some(hour), Some(minute)) = (given.hour, given.minute) else {
            return Some(When::Day(day));
        };
        let second = u32::from(given.second.unwrap_or(0)).min(59);
        let at = day.and_hms_opt(hour.into(), minute.into(), second)?;
        if let Some(hours) = given.tz_hour {
            let minutes = i64::from(hours) * 60 + i64::from(given.tz_minute.unwrap_or(0));
            let ahead = TimeDelta::minutes(if given.tz_minus { -minutes } else { minutes });
            return Some(When::At(at.checked_sub_signed(ahead)?.and_utc()));
        }
        Some(match entry.tz_id() {
            Some(name) => self.on_clock(at, name),
            None => When::Wall(at),
        })
    }

    fn on_clock(&self, at: NaiveDateTime, name: &str) -> When {
        let own = self.definition(name);
        let known = name.parse::<Tz>().ok();
        match known.or_else(|| own.and_then(|zone| zone.timezone()).map(|(_, tz)| tz)) {
            Some(Tz::Tz(zone)) => When::At(wall::moment(at, zone)),
            Some(Tz::Fixed(offset)) => match offset.from_local_datetime(&at).single() {
                Some(moment) => When::At(moment.to_utc()),
                None => When::Wall(at),
            },
            Some(Tz::Floating) | None => self.by_offsets(at, own),
        }
    }

    /// The definition of the zone of that name.
    fn definition(&self, name: &str) -> Option<&'a ICalendarComponent> {
        let mut all = self.calendar.timezones().take(MOST_PARTS);
        all.find(|zone| {
            let id = zone.property(&ICalendarProperty::Tzid);
            let id = id.and_then(|entry| entry.values.first()?.as_text());
            id == Some(name)
        })
    }

    fn by_offsets(&self, at: NaiveDateTime, zone: Option<&ICalendarComponent>) -> When {
        let parts = zone.map(|zone| zone.component_ids.as_slice());
        let parts = parts.unwrap_or_default().iter().take(MOST_PARTS);
        let parts = parts.filter_map(|id| self.calendar.component_by_id(*id));
        let mut moments: Vec<DateTime<Utc>> = parts
            .filter(|part| is_observance(part))
            .filter_map(|part| Some(at.checked_sub_signed(offset(part)?)?.and_utc()))
            .collect();
        moments.sort_unstable();
        moments.dedup();
        match moments.as_slice() {
            [] => When::Wall(at),
            [one] => When::At(*one),
            _ => When::OneOf(moments),
        }
    }
}

fn is_observance(part: &ICalendarComponent) -> bool {
    matches!(
        part.component_type,
        ICalendarComponentType::Standard | ICalendarComponentType::Daylight
    )
}

/// TZOFFSETTO, of which the parser makes a time with nothing but an offset.
fn offset(part: &ICalendarComponent) -> Option<TimeDelta> {
    let entry = part.property(&ICalendarProperty::Tzoffsetto)?;
    let given = entry.values.first()?.as_partial_date_time()?;
    let minutes = i64::from(given.tz_hour?) * 60 + i64::from(given.tz_minute.unwrap_or(0));
    Some(TimeDelta::minutes(if given.tz_minus {
        -minutes
    } else {
        minutes
    }))
}

fn day(given: &PartialDateTime) -> Option<NaiveDate> {
    let (year, month, day) = (given.year?, given.month?, given.day?);
    NaiveDate::from_ymd_opt(year.into(), month.into(), day.into())
}
