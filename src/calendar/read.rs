//! Reading the calendar part of a mail (iTIP, RFC 5546), as far as one mail shows it.

use calcard::icalendar::{
    ICalendar, ICalendarComponent, ICalendarComponentType, ICalendarEntry, ICalendarParameterName,
    ICalendarProperty,
};

/// The longest calendar text read, in octets.
const LONGEST: usize = 512 * 1024;

/// One calendar message about one event: for an answer, whose and which.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct CalendarReply {
    /// METHOD, upper-cased; empty where neither the calendar nor the part has one.
    pub method: String,
    /// UID of the event.
    pub uid: String,
    /// RECURRENCE-ID as it stands in the text, where the answer is to one occurrence.
    pub recurrence_id: Option<String>,
    /// The time zone of the RECURRENCE-ID.
    pub recurrence_tzid: Option<String>,
    /// SEQUENCE; 0 where there is none.
    pub sequence: i64,
    /// The address of the first attendee, as it stands in the text: in an answer, who answers.
    pub attendee: Option<String>,
    /// PARTSTAT of the attendee, upper-cased.
    pub partstat: Option<String>,
    /// COMMENT, in one line.
    pub comment: Option<String>,
}

impl CalendarReply {
    /// Whether somebody answers an invitation: REPLY, or COUNTER with another proposal.
    pub fn is_answer(&self) -> bool {
        matches!(self.method.as_str(), "REPLY" | "COUNTER")
    }
}

/// Reads a calendar; `method` is the parameter of the part's content type, used where
/// the calendar itself has none. `None` where there is no event in it.
pub fn read(text: &str, method: Option<&str>) -> Option<CalendarReply> {
    if text.len() > LONGEST {
        return None;
    }
    let calendar = std::panic::catch_unwind(|| ICalendar::parse(text))
        .ok()?
        .ok()?;
    let event = calendar
        .components
        .iter()
        .find(|component| is_event(component))?;
    let own = calendar
        .components
        .iter()
        .find_map(|component| word(component, &ICalendarProperty::Method));
    let given = own
        .or_else(|| method.map(str::to_string))
        .unwrap_or_default();
    Some(of_event(event, given.trim().to_ascii_uppercase(), text))
}

fn is_event(component: &ICalendarComponent) -> bool {
    component.component_type == ICalendarComponentType::VEvent
}

fn of_event(event: &ICalendarComponent, method: String, text: &str) -> CalendarReply {
    let attendee = event.property(&ICalendarProperty::Attendee);
    let recurrence = event.property(&ICalendarProperty::RecurrenceId);
    CalendarReply {
        method,
        uid: event.uid().map(oneline).unwrap_or_default(),
        recurrence_id: recurrence.and_then(|_| raw_value(text, "RECURRENCE-ID")),
        recurrence_tzid: recurrence
            .and_then(|entry| parameter(entry, &ICalendarParameterName::Tzid)),
        sequence: first_integer(event, &ICalendarProperty::Sequence),
        attendee: attendee.and_then(address),
        partstat: attendee
            .and_then(|entry| parameter(entry, &ICalendarParameterName::Partstat))
            .map(|partstat| partstat.to_ascii_uppercase()),
        comment: word(event, &ICalendarProperty::Comment).filter(|comment| !comment.is_empty()),
    }
}

fn word(component: &ICalendarComponent, property: &ICalendarProperty) -> Option<String> {
    let value = component.property(property)?.values.first()?;
    value.as_text().map(oneline)
}

fn first_integer(component: &ICalendarComponent, property: &ICalendarProperty) -> i64 {
    let value = component
        .property(property)
        .and_then(|entry| entry.values.first());
    value
        .and_then(|value| {
            value
                .as_integer()
                .or_else(|| value.as_text()?.trim().parse().ok())
        })
        // RFC 5545, 3.8.7.4: never less than 0.
        .map_or(0, |number: i64| number.max(0))
}

fn parameter(entry: &ICalendarEntry, name: &ICalendarParameterName) -> Option<String> {
    entry
        .parameter(name)
        .and_then(|value| value.as_text())
        .map(oneline)
}

fn address(entry: &ICalendarEntry) -> Option<String> {
    let value = entry.values.first()?.as_text()?.trim();
    let bare = match value.get(..7) {
        Some(scheme) if scheme.eq_ignore_ascii_case("mailto:") => value.get(7..)?,
        _ => value,
    };
    Some(oneline(bare)).filter(|address| !address.is_empty())
}

/// The longest value kept, in characters.
const LONGEST_VALUE: usize = 2_000;

fn oneline(text: &str) -> String {
    let shown: String = text
        .chars()
        .take(LONGEST_VALUE)
        .map(|c| if c.is_control() { ' ' } else { c })
        .collect();
    shown.split_whitespace().collect::<Vec<_>>().join(" ")
}

/// The value of the first such line: the parser keeps a time only in pieces, and the
/// text is what names the occurrence.
fn raw_value(text: &str, name: &str) -> Option<String> {
    text.lines().find_map(|line| {
        let rest = line
            .get(..name.len())
            .filter(|start| start.eq_ignore_ascii_case(name))
            .and(line.get(name.len()..))?;
        rest.starts_with([':', ';'])
            .then(|| rest.rsplit_once(':').map(|(_, value)| oneline(value)))?
    })
}

#[cfg(test)]
mod tests {
    use super::read;

    const REPLY: &str = "BEGIN:VCALENDAR\r\nMETHOD:REPLY\r\nBEGIN:VEVENT\r\nUID:one@x.example\r\nSEQUENCE:2\r\n\
        RECURRENCE-ID;TZID=Europe/Berlin:20260105T090000\r\nATTENDEE;PARTSTAT=declined:MAILTO:Ann@X.example\r\n\
        COMMENT:Ill\\, sorry\r\nEND:VEVENT\r\nEND:VCALENDAR\r\n";

    #[test]
    fn a_reply_names_who_and_which() {
        let reply = read(REPLY, None).unwrap();
        assert!(reply.is_answer());
        assert_eq!(reply.uid, "one@x.example");
        assert_eq!(reply.recurrence_id.as_deref(), Some("20260105T090000"));
        assert_eq!(reply.recurrence_tzid.as_deref(), Some("Europe/Berlin"));
        assert_eq!(
            (reply.sequence, reply.attendee.as_deref()),
            (2, Some("Ann@X.example"))
        );
        assert_eq!(
            (reply.partstat.as_deref(), reply.comment.as_deref()),
            (Some("DECLINED"), Some("Ill, sorry"))
        );
    }

    #[test]
    fn the_method_of_the_part_helps_out() {
        let without = REPLY.replace("METHOD:REPLY\r\n", "");
        assert_eq!(read(&without, Some("reply")).unwrap().method, "REPLY");
        assert_eq!(read("no calendar", Some("reply")), None);
    }
}
