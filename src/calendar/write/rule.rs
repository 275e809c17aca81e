//! RRULE and what belongs to it, as text of our own: no crate that we know writes it
//! as all clients read it.

use chrono::{Datelike, NaiveDateTime, NaiveTime};

use super::event::utc;
use super::{Event, Refused};
use crate::calendar::{recur, wall};

/// When the event begins: the first occurrence of a series. Readers count DTSTART as an
/// occurrence whether its rule has it or not.
pub(super) fn first(event: &Event) -> Result<NaiveDateTime, Refused> {
    let Some(rule) = &event.rule else {
        return Ok(event.starts);
    };
    let refused = |why: String| Refused::Rule(event.uid.clone(), why);
    let mut all = recur::occurrences(Some(rule), event.starts, event.until).map_err(refused)?;
    let first = all.next();
    first.ok_or_else(|| Refused::Rule(event.uid.clone(), "it has no day".to_owned()))
}

/// The value of RRULE, with the end of the last day as UNTIL: in UTC, as it must be
/// where DTSTART has a zone (RFC 5545, section 3.3.10).
pub(super) fn text(event: &Event) -> Result<Option<String>, Refused> {
    let Some(rule) = &event.rule else {
        return Ok(None);
    };
    if let Some(why) = odd(rule) {
        return Err(Refused::Rule(event.uid.clone(), why.to_owned()));
    }
    let end = NaiveTime::from_hms_opt(23, 59, 59).unwrap_or_default();
    // No client needs an end beyond our own last year.
    let until = event
        .until
        .filter(|day| (1970..=2100).contains(&day.year()));
    let until = until.map(|day| utc(wall::moment(day.and_time(end), event.zone)));
    Ok(Some(match until {
        Some(until) => format!("{rule};UNTIL={until}"),
        None => rule.clone(),
    }))
}

fn odd(rule: &str) -> Option<&'static str> {
    let plain = |b: u8| b.is_ascii_uppercase() || b.is_ascii_digit() || b"=;,+-".contains(&b);
    let has = |key: &str| rule.split(';').any(|part| part.starts_with(key));
    if !rule.bytes().all(plain) {
        return Some("it has characters that no rule has");
    }
    if has("UNTIL=") || has("COUNT=") {
        return Some("its end stands in it, which is given apart");
    }
    None
}

/// What does not take place, in order, each once, and only what is not over before the
/// series begins.
pub(super) fn excluded(event: &Event, starts: NaiveDateTime) -> Vec<NaiveDateTime> {
    let mut days = event.excluded.clone();
    days.retain(|day| *day >= starts);
    days.sort_unstable();
    days.dedup();
    days
}
