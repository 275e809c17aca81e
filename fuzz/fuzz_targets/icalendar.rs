//! Any text is a calendar answer or none; what is kept of one is bounded, short and on
//! one line.
#![no_main]

use folkmoot::calendar::read::{
    Answered, LONGEST_VALUE, MOST_ATTENDEES, MOST_EVENTS, Partstat, read,
};
use libfuzzer_sys::fuzz_target;

fuzz_target!(|text: &str| {
    check(text);
    check(&format!(
        "BEGIN:VCALENDAR\r\nMETHOD:REPLY\r\nBEGIN:VEVENT\r\n{text}\r\nEND:VEVENT\r\nEND:VCALENDAR\r\n"
    ));
});

fn check(text: &str) {
    let Some(reply) = read(text, Some("reply")) else {
        return;
    };
    short(&reply.method);
    assert!(reply.is_answer() || !reply.events.is_empty());
    assert!(reply.events.len() <= MOST_EVENTS);
    assert!(!reply.events.is_empty() || !reply.oddities.is_empty());
    reply.events.iter().for_each(check_event);
}

fn check_event(event: &Answered) {
    assert!(event.attendees.len() <= MOST_ATTENDEES);
    assert!((0..=i64::from(i32::MAX)).contains(&event.sequence));
    let kept = [
        Some(&event.uid),
        event.recurrence_id.as_ref(),
        event.comment.as_ref(),
    ];
    kept.into_iter().flatten().for_each(|value| short(value));
    for one in &event.attendees {
        let kept = [
            one.address.as_ref(),
            one.partstat.as_ref(),
            one.comment.as_ref(),
        ];
        kept.into_iter().flatten().for_each(|value| short(value));
        one.delegates.iter().for_each(|value| short(value));
        let says = one.says().map(Partstat::name);
        assert!(says.is_none() || says == one.partstat.as_deref());
    }
}

fn short(value: &str) {
    assert!(!value.contains(char::is_control), "{value:?}");
    assert!(value.chars().count() <= LONGEST_VALUE, "{}", value.len());
}
