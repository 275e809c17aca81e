//! Reading the calendar part of a mail (iTIP, RFC 5546): what calendars answer to an
//! invitation, with the habits that they have. `calcard` reads the text; nobody else in
//! the tree names it.
//!
//! Never fails: what is odd is said beside what was understood.

mod person;
mod time;

use std::panic::{AssertUnwindSafe, catch_unwind};

use calcard::icalendar::{
    ICalendar, ICalendarComponent, ICalendarComponentType, ICalendarProperty,
};
use chrono::{DateTime, Utc};

pub use person::{Attendee, Partstat};
pub use time::When;

/// The longest calendar read, in octets: a series that comes back whole, with a hundred
/// changed occurrences, has a quarter of it.
pub const LONGEST_CALENDAR: usize = 256 * 1024;

/// The most events read from one calendar.
pub const MOST_EVENTS: usize = 100;

/// The most attendees read from one event. Our invitations name one.
pub const MOST_ATTENDEES: usize = 20;

/// The longest value kept, in characters.
pub const LONGEST_VALUE: usize = 2_000;

/// Where the METHOD of a calendar is looked for that is not read otherwise, in octets.
const HEAD: usize = 4 * 1024;

/// A calendar that came by mail.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct CalendarReply {
    /// METHOD, upper-cased; empty where neither the calendar nor the part has one.
    pub method: String,
    /// Its events, as many as [`MOST_EVENTS`], in the order of the text.
    pub events: Vec<Answered>,
    /// What was odd, in words.
    pub oddities: Vec<String>,
}

/// One event of it: an answer to the series, or to one occurrence.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Answered {
    /// UID of the event.
    pub uid: String,
    /// Which occurrence, where it is about one.
    pub recurrence: Option<When>,
    /// RECURRENCE-ID as it stands in the text.
    pub recurrence_id: Option<String>,
    /// SEQUENCE; 0 where there is none.
    pub sequence: i64,
    /// DTSTAMP: when it was answered.
    pub dtstamp: Option<DateTime<Utc>>,
    /// When it begins; in a COUNTER, when it shall.
    pub starts: Option<When>,
    /// Those whom it names as attendees, as many as [`MOST_ATTENDEES`].
    pub attendees: Vec<Attendee>,
    /// COMMENT of the event, in one line.
    pub comment: Option<String>,
}

impl CalendarReply {
    /// Whether somebody answers an invitation: REPLY, or COUNTER with another proposal.
    pub fn is_answer(&self) -> bool {
        matches!(self.method.as_str(), "REPLY" | "COUNTER")
    }

    /// The first event: all that one line can show.
    pub fn first(&self) -> Option<&Answered> {
        self.events.first()
    }
}

impl Answered {
    /// What its writer remarks: COMMENT, else what stands beside their name.
    pub fn remark(&self, of: Option<&Attendee>) -> Option<String> {
        let beside = || of.and_then(|attendee| attendee.comment.clone());
        self.comment.clone().or_else(beside)
    }
}

/// Reads a calendar; `method` is the parameter of the part's content type, used where
/// the calendar itself has none. `None` where there is neither an event in it nor the
/// method of an answer, and where it is about something else than events: a task that is
/// accepted answers no invitation of ours (RFC 5546, section 3.4.3).
pub fn read(text: &str, method: Option<&str>) -> Option<CalendarReply> {
    let text = text.trim_start_matches('\u{feff}');
    let given = |own: Option<String>| {
        let word = own
            .or_else(|| method.map(str::to_owned))
            .unwrap_or_default();
        oneline(word.trim_matches([' ', '"'])).to_ascii_uppercase()
    };
    let read = match text.len() > LONGEST_CALENDAR {
        true => Err("it is too long to be read"),
        false => parsed(text).ok_or("it cannot be read as a calendar"),
    };
    let reply = match read {
        Ok(calendar) if is_of_other_things(&calendar) => return None,
        Ok(calendar) => of_calendar(&calendar, text, given),
        Err(why) => CalendarReply {
            method: given(method_line(text)),
            oddities: vec![why.to_owned()],
            ..CalendarReply::default()
        },
    };
    (!reply.events.is_empty() || reply.is_answer()).then_some(reply)
}

/// A panic of the parser is a calendar that cannot be read.
fn parsed(text: &str) -> Option<ICalendar> {
    catch_unwind(AssertUnwindSafe(|| ICalendar::parse(text)))
        .ok()?
        .ok()
}

fn of_calendar(
    calendar: &ICalendar,
    text: &str,
    given: impl Fn(Option<String>) -> String,
) -> CalendarReply {
    let own = calendar
        .components
        .iter()
        .find_map(|component| word(component, &ICalendarProperty::Method));
    let events = || calendar.components.iter().filter(|one| is_event(one));
    let mut oddities = Vec::new();
    match events().count() {
        0 => oddities.push("it holds no event".to_owned()),
        count if count > MOST_EVENTS => oddities.push(format!(
            "it holds {count} events, of which {MOST_EVENTS} are read"
        )),
        _ => {}
    }
    let zones = time::Zones::of(calendar);
    let mut raw = recurrence_ids(text);
    let read = events().take(MOST_EVENTS);
    CalendarReply {
        method: given(own),
        events: read
            .map(|event| of_event(event, &zones, &mut raw))
            .collect(),
        oddities,
    }
}

/// Tasks, journals, free and busy times, and no event.
fn is_of_other_things(calendar: &ICalendar) -> bool {
    let other = |one: &ICalendarComponent| {
        matches!(
            one.component_type,
            ICalendarComponentType::VTodo
                | ICalendarComponentType::VJournal
                | ICalendarComponentType::VFreebusy
        )
    };
    calendar.components.iter().any(other) && !calendar.components.iter().any(is_event)
}

fn is_event(component: &ICalendarComponent) -> bool {
    component.component_type == ICalendarComponentType::VEvent
}

fn of_event<'a>(
    event: &ICalendarComponent,
    zones: &time::Zones<'_>,
    raw: &mut impl Iterator<Item = &'a str>,
) -> Answered {
    let when = |name: &ICalendarProperty| zones.when(event.property(name)?);
    let is_one = event.property(&ICalendarProperty::RecurrenceId).is_some();
    let attendees = event.properties(&ICalendarProperty::Attendee);
    Answered {
        uid: event.uid().map(oneline).unwrap_or_default(),
        recurrence: when(&ICalendarProperty::RecurrenceId),
        recurrence_id: is_one.then(|| raw.next().map(oneline)).flatten(),
        sequence: integer(event, &ICalendarProperty::Sequence),
        dtstamp: when(&ICalendarProperty::Dtstamp).and_then(|at| at.moment()),
        starts: when(&ICalendarProperty::Dtstart),
        attendees: attendees
            .take(MOST_ATTENDEES)
            .map(person::attendee)
            .collect(),
        comment: comments(event),
    }
}

/// All COMMENTs: some programs write one for each language.
fn comments(event: &ICalendarComponent) -> Option<String> {
    let all = event.properties(&ICalendarProperty::Comment);
    let texts = all.filter_map(|entry| entry.values.first()?.as_text());
    let mut said: Vec<String> = texts.take(3).map(oneline).collect();
    said.retain(|text| !text.is_empty());
    said.dedup();
    Some(oneline(&said.join(" "))).filter(|text| !text.is_empty())
}

fn word(component: &ICalendarComponent, property: &ICalendarProperty) -> Option<String> {
    let value = component.property(property)?.values.first()?;
    value.as_text().map(oneline)
}

fn integer(component: &ICalendarComponent, property: &ICalendarProperty) -> i64 {
    let value = component
        .property(property)
        .and_then(|entry| entry.values.first());
    value
        .and_then(|value| {
            value
                .as_integer()
                .or_else(|| value.as_text()?.trim().parse().ok())
        })
        // RFC 5545, sections 3.3.8 and 3.8.7.4: never less than 0, and 32 bits long.
        .map_or(0, |number: i64| number.clamp(0, i64::from(i32::MAX)))
}

/// One line without control characters.
fn oneline(text: &str) -> String {
    let shown: String = text
        .chars()
        .take(LONGEST_VALUE)
        .map(|c| if c.is_control() { ' ' } else { c })
        .collect();
    shown.split_whitespace().collect::<Vec<_>>().join(" ")
}

/// The values of the RECURRENCE-ID lines in order: the parser keeps a time only in
/// pieces, and the text is what names the occurrence.
fn recurrence_ids(text: &str) -> impl Iterator<Item = &str> {
    const NAME: &str = "RECURRENCE-ID";
    text.lines().filter_map(|line| {
        let start = line.get(..NAME.len())?;
        let rest = line.get(NAME.len()..)?;
        let is_one = start.eq_ignore_ascii_case(NAME) && rest.starts_with([':', ';']);
        is_one.then(|| rest.rsplit_once(':').map(|(_, value)| value))?
    })
}

/// METHOD of a text that is not read otherwise.
fn method_line(text: &str) -> Option<String> {
    let head = text.char_indices().take_while(|(at, _)| *at < HEAD).count();
    let head: String = text.chars().take(head).collect();
    let mut lines = head.lines();
    lines.find_map(|line| {
        let (name, value) = line.split_once(':')?;
        name.eq_ignore_ascii_case("METHOD").then(|| oneline(value))
    })
}

#[cfg(test)]
mod tests;
