//! Any text is a calendar answer or none; what is kept of one is short and on one line.
#![no_main]

use folkmoot::calendar::read::read;
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
    let kept = [
        Some(reply.uid),
        reply.attendee,
        reply.partstat,
        reply.comment,
        reply.recurrence_tzid,
        reply.recurrence_id,
        Some(reply.method),
    ];
    for value in kept.into_iter().flatten() {
        assert!(!value.contains(char::is_control), "{value:?}");
        assert!(value.chars().count() <= 2_000, "{}", value.len());
    }
    assert!(reply.sequence >= 0, "{}", reply.sequence);
}
