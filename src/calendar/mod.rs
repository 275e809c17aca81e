//! iCalendar: reading replies. Pure.

pub mod read;
