//! Names and texts that try to be more than that.

use calcard::icalendar::{
    ICalendar, ICalendarComponent, ICalendarComponentType, ICalendarEntry, ICalendarParameterName,
    ICalendarProperty,
};
use proptest::prelude::*;

use super::{event, once, party};
use crate::calendar::write::{Event, Method, calendar, text};

/// Pieces of which hostile text is made.
const PIECES: [&str; 24] = [
    "\"",
    "'",
    "\r\n",
    "\n",
    "\r",
    "\t",
    ";",
    ":",
    ",",
    "\\",
    "\\n",
    "^n",
    "=",
    " ",
    "\u{0}",
    "\u{7f}",
    "\u{85}",
    "\u{2028}",
    "🔧",
    "ö",
    "日本語",
    "\u{202e}אבג",
    "\r\nATTENDEE:mailto:eve@x.example\r\n",
    "\r\nEND:VEVENT\r\nBEGIN:VEVENT\r\n",
];

fn hostile() -> impl Strategy<Value = String> {
    let piece = prop_oneof![
        prop::sample::select(PIECES.to_vec()).prop_map(str::to_owned),
        "[a-zA-Z ]{1,20}",
        any::<char>().prop_map(String::from),
    ];
    let short = prop::collection::vec(piece, 0..12).prop_map(|pieces| pieces.concat());
    let long = prop::sample::select(PIECES.to_vec()).prop_map(|piece| piece.repeat(500));
    prop_oneof![9 => short, 1 => long]
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(200))]

    #[test]
    fn no_text_becomes_more_than_a_value(
        texts in prop::collection::vec(hostile(), 6),
        is_series in any::<bool>(),
    ) {
        let event = with(&texts, is_series);
        let bytes = calendar(Method::Request, "", std::slice::from_ref(&event)).unwrap();
        let whole = String::from_utf8(bytes).unwrap();
        lines_are_fit(&whole);
        let read = ICalendar::parse(&whole).unwrap();
        let events = of_kind(&read, &ICalendarComponentType::VEvent);
        prop_assert_eq!(events.len(), 1);
        prop_assert_eq!(of_kind(&read, &ICalendarComponentType::VTimezone).len(), usize::from(is_series));
        same(events[0], &event)?;
    }
}

fn with(texts: &[String], is_series: bool) -> Event {
    let base = if is_series { event() } else { once() };
    Event {
        organizer: party(&base.organizer.address, &texts[0]),
        attendee: Some(party("ann@works.example", &texts[1])),
        summary: texts[2].clone(),
        description: texts[3].clone(),
        location: texts[4].clone(),
        link: texts[5].clone(),
        ..base
    }
}

fn lines_are_fit(whole: &str) {
    assert!(whole.ends_with("END:VCALENDAR\r\n"));
    for line in whole.split_terminator("\r\n") {
        assert!(line.len() <= 75, "{} octets: {line}", line.len());
        assert!(!line.contains(['\r', '\n']), "{line:?}");
    }
}

fn of_kind<'a>(
    calendar: &'a ICalendar,
    kind: &ICalendarComponentType,
) -> Vec<&'a ICalendarComponent> {
    let all = calendar.components.iter();
    all.filter(|component| component.component_type == *kind)
        .collect()
}

fn same(read: &ICalendarComponent, event: &Event) -> Result<(), TestCaseError> {
    for (property, party) in [
        (ICalendarProperty::Organizer, Some(&event.organizer)),
        (ICalendarProperty::Attendee, event.attendee.as_ref()),
    ] {
        let party = party.unwrap();
        let lines: Vec<_> = read.properties(&property).collect();
        prop_assert_eq!(lines.len(), 1);
        prop_assert_eq!(value(lines[0]), format!("mailto:{}", party.address));
        let name = lines[0]
            .parameter(&ICalendarParameterName::Cn)
            .and_then(|name| name.as_text());
        prop_assert_eq!(name.unwrap_or_default(), text::name(&party.name));
    }
    let summary = read.property(&ICalendarProperty::Summary).map(value);
    prop_assert_eq!(summary.unwrap_or_default(), text::line(&event.summary));
    let description = read
        .property(&ICalendarProperty::Description)
        .map(value)
        .unwrap_or_default();
    prop_assert!(
        description.starts_with(&text::lines(&event.description)),
        "{:?}",
        description
    );
    let odd = read
        .entries
        .iter()
        .filter(|entry| matches!(entry.name, ICalendarProperty::Other(_)));
    prop_assert_eq!(odd.count(), 0);
    Ok(())
}

fn value(entry: &ICalendarEntry) -> String {
    let first = entry.values.first().and_then(|value| value.as_text());
    first.unwrap_or_default().to_owned()
}
