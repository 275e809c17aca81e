//! Writing calendar objects (RFC 5545) for invitation mails (iMIP, RFC 6047) and
//! feeds. The `icalendar` crate writes the events; nobody else in the tree names it.
//!
//! The same events give the same bytes: whatever the crate would take from the
//! system's clock or from chance is set here. Nothing that anybody wrote can end a
//! line or begin another property.

mod event;
mod rule;
mod text;
mod zone;

use chrono::{DateTime, Datelike, NaiveDate, NaiveDateTime, TimeDelta, Utc};
use chrono_tz::Tz;

/// One event: a single session, a series, or one occurrence of a series.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Event {
    /// UID: stable for as long as the rule holds.
    pub uid: String,
    /// Who sends it and reads the replies.
    pub organizer: Party,
    /// Who is invited: the recipient of the mail alone. Feeds name nobody.
    pub attendee: Option<Party>,
    /// SEQUENCE, from 0.
    pub sequence: u32,
    /// DTSTAMP: when it was last changed.
    pub dtstamp: DateTime<Utc>,
    /// When it begins, on the wall clock of `zone`. Of a series, any time from which on
    /// its rule holds: what is written is its first occurrence.
    pub starts: NaiveDateTime,
    /// The clock on which the series recurs.
    pub zone: Tz,
    /// How long it takes.
    pub duration: TimeDelta,
    /// The recurrence rule (`FREQ=…`) without UNTIL and COUNT (see
    /// [`super::recur::without_count`]); `None` happens once.
    pub rule: Option<String>,
    /// The last day of the series, inclusive.
    pub until: Option<NaiveDate>,
    /// Occurrences that do not take place, as the rule has them.
    pub excluded: Vec<NaiveDateTime>,
    /// RECURRENCE-ID: which occurrence of its series this is, as the rule has it.
    pub recurrence: Option<NaiveDateTime>,
    /// Its name; one line.
    pub summary: String,
    /// What it is about.
    pub description: String,
    /// Where to go; one line, or empty.
    pub location: String,
    /// Where to join; an address of the web, or empty.
    pub link: String,
    /// Whether it does not take place.
    pub cancelled: bool,
}

/// Somebody with an address.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Party {
    /// Their mail address, without `mailto:`.
    pub address: String,
    /// Their name, or empty.
    pub name: String,
}

/// What a calendar object asks for (RFC 5546, section 1.4).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Method {
    /// An invitation, or a change of one.
    Request,
    /// It does not take place, or not for its recipient.
    Cancel,
    /// For whoever wants to know: a feed.
    Publish,
}

impl Method {
    /// As METHOD has it.
    pub fn as_str(self) -> &'static str {
        match self {
            Method::Request => "REQUEST",
            Method::Cancel => "CANCEL",
            Method::Publish => "PUBLISH",
        }
    }
}

/// Why nothing can be written.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Refused {
    /// An invitation without an event, or about more than one: clients read one.
    #[error("one mail is about one UID, this has {0}; write a calendar for each")]
    Uids(usize),
    /// A UID that not every client keeps as it is.
    #[error("{0:?} is no UID; use letters, digits and -_.@+ alone")]
    Uid(String),
    /// An address that cannot stand in a calendar.
    #[error("{0:?} cannot be invited; give an address without spaces, quotes and brackets")]
    Address(String),
    /// An invitation that invites nobody.
    #[error("the invitation {0} names nobody; give its attendee")]
    Nobody(String),
    /// A rule that cannot be written or has no day.
    #[error("the rule of {0} cannot be written: {1}; write one such as FREQ=WEEKLY;BYDAY=TU")]
    Rule(String, String),
    /// A time out of reach.
    #[error("{0} begins or ends in a year out of reach; give one from 1970 to 2100")]
    Time(String),
}

/// Writes a calendar with these events. `name` is shown for a feed and means nothing in
/// an invitation.
///
/// # Errors
/// See [`Refused`]: nothing is written by halves.
pub fn calendar(method: Method, name: &str, events: &[Event]) -> Result<Vec<u8>, Refused> {
    in_zone(method, name, events, None)
}

/// The same, with the rules of `zone` even where no event needs them: a calendar without
/// anything in it is none (RFC 5545, section 3.6).
pub(super) fn in_zone(
    method: Method,
    name: &str,
    events: &[Event],
    zone: Option<Tz>,
) -> Result<Vec<u8>, Refused> {
    Ok(text::fold(&lines(method, name, events, zone)?))
}

/// An invitation that many get, each from an address of their own: all but the names is
/// written once.
#[derive(Clone, Debug)]
pub struct Draft {
    method: Method,
    lines: Vec<String>,
}

impl Draft {
    /// Writes it with the names that the events have.
    ///
    /// # Errors
    /// See [`Refused`].
    pub fn of(method: Method, events: &[Event]) -> Result<Draft, Refused> {
        let lines = lines(method, "", events, None)?;
        Ok(Draft { method, lines })
    }

    /// What [`calendar`] gives where each event has this organizer and attendee.
    ///
    /// # Errors
    /// [`Refused::Address`]
    pub fn with(&self, organizer: &Party, attendee: &Party) -> Result<Vec<u8>, Refused> {
        for party in [organizer, attendee] {
            judge_address(party)?;
        }
        let organizer = event::organizer_line(organizer);
        let attendee = event::attendee_line(self.method, attendee);
        // A line is a property: nothing that anybody wrote begins one.
        let line = |line: &String| match line.split([':', ';']).next() {
            Some("ORGANIZER") => organizer.clone(),
            Some("ATTENDEE") => attendee.clone(),
            _ => line.clone(),
        };
        let lines: Vec<String> = self.lines.iter().map(line).collect();
        Ok(text::fold(&lines))
    }
}

fn lines(
    method: Method,
    name: &str,
    events: &[Event],
    zone: Option<Tz>,
) -> Result<Vec<String>, Refused> {
    judge(method, events)?;
    let mut lines = head(method, name, zone);
    for (zone, span) in zones(events, zone) {
        lines.extend(zone::block(zone, span));
    }
    for event in events {
        lines.extend(event::lines(method, event)?);
    }
    lines.push("END:VCALENDAR".to_owned());
    Ok(lines)
}

fn head(method: Method, name: &str, zone: Option<Tz>) -> Vec<String> {
    let mut lines: Vec<String> = [
        "BEGIN:VCALENDAR",
        "PRODID:-//folkmoot//folkmoot//EN",
        "VERSION:2.0",
        "CALSCALE:GREGORIAN",
    ]
    .map(str::to_owned)
    .to_vec();
    lines.push(format!("METHOD:{}", method.as_str()));
    if method == Method::Publish {
        lines.extend(feed_head(&text::escaped(&text::line(name)), zone));
    }
    lines
}

/// What the calendar is called (RFC 7986, and what is older than it), and how often it
/// is worth asking for again.
fn feed_head(name: &str, zone: Option<Tz>) -> Vec<String> {
    let mut lines = vec![format!("NAME:{name}"), format!("X-WR-CALNAME:{name}")];
    lines.extend(zone.map(|zone| format!("X-WR-TIMEZONE:{}", zone.name())));
    lines.push("REFRESH-INTERVAL;VALUE=DURATION:PT1H".to_owned());
    lines.push("X-PUBLISHED-TTL:PT1H".to_owned());
    lines
}

/// An invitation is about one UID and for somebody.
fn judge(method: Method, events: &[Event]) -> Result<(), Refused> {
    for event in events {
        judge_event(event)?;
    }
    if method == Method::Publish {
        return Ok(());
    }
    let mut uids: Vec<&str> = events.iter().map(|event| event.uid.as_str()).collect();
    uids.sort_unstable();
    uids.dedup();
    if uids.len() != 1 {
        return Err(Refused::Uids(uids.len()));
    }
    match events.iter().find(|event| event.attendee.is_none()) {
        Some(event) => Err(Refused::Nobody(event.uid.clone())),
        None => Ok(()),
    }
}

fn judge_event(event: &Event) -> Result<(), Refused> {
    if !text::is_uid(&event.uid) {
        return Err(Refused::Uid(event.uid.clone()));
    }
    let parties = std::iter::once(&event.organizer).chain(&event.attendee);
    for party in parties {
        judge_address(party)?;
    }
    let times = std::iter::once(&event.starts).chain(&event.recurrence);
    let in_reach = times.chain(&event.excluded).all(|at| is_in_reach(*at));
    let ends = event.starts.checked_add_signed(event.duration);
    let lasts = event.duration > TimeDelta::zero() && ends.is_some_and(is_in_reach);
    match in_reach && lasts && is_in_reach(event.dtstamp.naive_utc()) {
        true => Ok(()),
        false => Err(Refused::Time(event.uid.clone())),
    }
}

fn judge_address(party: &Party) -> Result<(), Refused> {
    match text::is_address(&party.address) {
        true => Ok(()),
        false => Err(Refused::Address(party.address.clone())),
    }
}

fn is_in_reach(at: NaiveDateTime) -> bool {
    (1970..=2100).contains(&at.year())
}

/// Each zone that is named, once, and the time for which its rules are needed.
fn zones(events: &[Event], always: Option<Tz>) -> Vec<(Tz, zone::Span)> {
    let mut found: Vec<(Tz, zone::Span)> = Vec::new();
    for event in events.iter().filter(|event| event.is_zoned()) {
        let span = zone::Span::of(event);
        match found.iter_mut().find(|(zone, _)| *zone == event.zone) {
            Some((_, known)) => known.widen(span),
            None => found.push((event.zone, span)),
        }
    }
    let missing = always.filter(|zone| found.iter().all(|(known, _)| known != zone));
    found.extend(missing.map(|zone| (zone, zone::Span::present(events))));
    found.sort_by_key(|(zone, _)| zone.name());
    found
}

impl Event {
    /// Whether its times are on its zone's clock: those of a series and its occurrences.
    /// A single event is written in UTC, and so is everything in a zone that is UTC.
    fn is_zoned(&self) -> bool {
        (self.rule.is_some() || self.recurrence.is_some()) && !zone::is_utc(self.zone)
    }
}

#[cfg(test)]
mod tests;
