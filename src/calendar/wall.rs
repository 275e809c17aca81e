//! What moment a wall clock shows.

use chrono::{DateTime, Duration, NaiveDateTime, Offset, TimeDelta, TimeZone, Utc};
use chrono_tz::Tz;

/// The moment at which a wall clock in `zone` shows `wall`. A time in a gap
/// counts with the offset before it, a doubled time is its first (RFC 5545,
/// section 3.3.5).
pub fn moment(wall: NaiveDateTime, zone: Tz) -> DateTime<Utc> {
    match zone.from_local_datetime(&wall).earliest() {
        Some(moment) => moment.with_timezone(&Utc),
        None => (wall - offset(before_gap(wall), zone)).and_utc(),
    }
}

/// How far a clock in `zone` is ahead of UTC at a moment on UTC's clock.
pub fn offset(moment: NaiveDateTime, zone: Tz) -> TimeDelta {
    let offset = zone.offset_from_utc_datetime(&moment).fix();
    TimeDelta::seconds(i64::from(offset.local_minus_utc()))
}

/// A moment (on UTC's clock) surely before a gap at `wall` and after whatever
/// change of the clocks came before it: offsets reach from -12 to +14 hours.
fn before_gap(wall: NaiveDateTime) -> NaiveDateTime {
    wall - Duration::hours(15)
}
