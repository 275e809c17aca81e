//! iCalendar: reading replies. Pure.
