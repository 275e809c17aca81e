//! iCalendar: reading replies, writing invitations and feeds, and the days of a
//! series. Pure.

pub mod feed;
pub mod read;
pub mod recur;
pub mod wall;
pub mod write;
