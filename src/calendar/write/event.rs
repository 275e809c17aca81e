//! A VEVENT, by the `icalendar` crate.

use chrono::{DateTime, NaiveDateTime, Utc};
use icalendar::{Component, Event as Written, EventLike, Property};

use super::{Event, Method, Party, Refused, rule, text};
use crate::calendar::wall;

/// The lines of an event, not folded: the crate folds the last line of a long value
/// an octet too late.
pub(super) fn lines(method: Method, event: &Event) -> Result<Vec<String>, Refused> {
    let mut out = Written::new();
    out.uid(&event.uid)
        .timestamp(event.dtstamp)
        .sequence(event.sequence)
        .summary(&text::line(&event.summary));
    out.add_property("STATUS", status(method, event));
    out.add_property("TRANSP", "OPAQUE");
    times(&mut out, event)?;
    place(&mut out, event);
    out.append_property(party("ORGANIZER", &event.organizer));
    // A feed that named people would show each of them to all (RFC 5546, 3.2.1).
    if let Some(attendee) = event
        .attendee
        .as_ref()
        .filter(|_| method != Method::Publish)
    {
        out.append_multi_property(invited(method, attendee));
    }
    Ok(text::unfold(&out.to_string()))
}

/// The line that names who invites, not folded.
pub(super) fn organizer_line(organizer: &Party) -> String {
    whole(party("ORGANIZER", organizer))
}

/// The line that names who is invited, not folded.
pub(super) fn attendee_line(method: Method, attendee: &Party) -> String {
    whole(invited(method, attendee))
}

/// Writing into a text does not fail.
fn whole(line: Property) -> String {
    let written: Result<String, std::fmt::Error> = line.try_into();
    text::unfold(&written.unwrap_or_default()).concat()
}

fn status(method: Method, event: &Event) -> &'static str {
    match event.cancelled || method == Method::Cancel {
        true => "CANCELLED",
        false => "CONFIRMED",
    }
}

fn times(out: &mut Written, event: &Event) -> Result<(), Refused> {
    let starts = rule::first(event)?;
    out.append_property(time("DTSTART", event, starts));
    match event.is_zoned() {
        true => out.append_property(time("DTEND", event, ends(event, starts))),
        false => {
            let ends = wall::moment(starts, event.zone) + event.duration;
            out.add_property("DTEND", utc(ends))
        }
    };
    if let Some(original) = event.recurrence {
        out.append_property(time("RECURRENCE-ID", event, original));
    }
    if let Some(rule) = rule::text(event)? {
        out.add_property("RRULE", rule);
        for day in rule::excluded(event, starts) {
            out.append_multi_property(time("EXDATE", event, day));
        }
    }
    Ok(())
}

/// The end on the event's clock. Readers carry the exact time between both ends over to
/// every occurrence (RFC 5545, section 3.8.5.3). The second of a doubled hour cannot be
/// written: there the end is as long after the start on the wall clock.
fn ends(event: &Event, starts: NaiveDateTime) -> NaiveDateTime {
    let exact = wall::moment(starts, event.zone) + event.duration;
    let shown = exact.with_timezone(&event.zone).naive_local();
    match wall::moment(shown, event.zone) == exact {
        true => shown,
        false => starts + event.duration,
    }
}

/// A time on the event's clock, or in UTC.
fn time(name: &str, event: &Event, wall: NaiveDateTime) -> Property {
    match event.is_zoned() {
        true => Property::new(name, wall.format("%Y%m%dT%H%M%S").to_string())
            .append_parameter(("TZID", event.zone.name()))
            .done(),
        false => Property::new(name, utc(wall::moment(wall, event.zone))),
    }
}

/// A moment as it stands in a calendar.
pub(super) fn utc(at: DateTime<Utc>) -> String {
    at.format("%Y%m%dT%H%M%SZ").to_string()
}

/// Where to go and where to join. The link stands in all three places, since every
/// client shows another one.
fn place(out: &mut Written, event: &Event) {
    let link = text::line(&event.link);
    let mut location = text::line(&event.location);
    let mut description = text::lines(&event.description);
    if !link.is_empty() {
        append(&mut location, ", ", &link);
        append(&mut description, "\n\n", &link);
    }
    if !location.is_empty() {
        out.location(&location);
    }
    if !description.is_empty() {
        out.description(&description);
    }
    if text::is_link(&link) {
        let mut conference = Property::new("CONFERENCE", link);
        out.append_property(conference.add_parameter("VALUE", "URI").done());
    }
}

fn append(text: &mut String, between: &str, more: &str) {
    if text.contains(more) {
        return;
    }
    if !text.is_empty() {
        text.push_str(between);
    }
    text.push_str(more);
}

/// The one who is invited. A cancellation asks for no answer.
fn invited(method: Method, attendee: &Party) -> Property {
    let mut line = party("ATTENDEE", attendee);
    line.add_parameter("CUTYPE", "INDIVIDUAL")
        .add_parameter("ROLE", "REQ-PARTICIPANT");
    if method == Method::Request {
        line.add_parameter("PARTSTAT", "NEEDS-ACTION")
            .add_parameter("RSVP", "TRUE");
    }
    line.done()
}

fn party(kind: &str, party: &Party) -> Property {
    let mut line = Property::new(kind, format!("mailto:{}", party.address));
    let name = text::name(&party.name);
    if !name.is_empty() {
        line.add_parameter("CN", &name);
    }
    line.done()
}
