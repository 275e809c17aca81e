//! iCalendar: reading replies, and the days of a series. Pure.

pub mod read;
pub mod recur;
