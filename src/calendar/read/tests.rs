use serde::Deserialize;

use super::*;

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Table {
    reply: Vec<Row>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Row {
    name: String,
    text: String,
    events: Vec<String>,
    #[serde(default)]
    oddities: Vec<String>,
}

/// A row's text as a calendar.
fn calendar(text: &str) -> String {
    let text = text.trim_start_matches('\n');
    let text = text.replace('{', "BEGIN:VCALENDAR\nMETHOD:REPLY\n");
    text.replace('}', "END:VCALENDAR\n").replace('\n', "\r\n")
}

fn told(event: &Answered) -> String {
    let mut line = format!("{} {} seq={}", event.uid, which(event), event.sequence);
    if let Some(at) = event.dtstamp {
        line += &format!(" at={}", at.format("%Y-%m-%dT%H:%M:%SZ"));
    }
    for one in &event.attendees {
        let who = one.address.as_deref().unwrap_or("nobody");
        let says = one.says().map_or("nothing", Partstat::name);
        line += &format!(" {who}={says}");
        line.extend(one.delegates.iter().map(|to| format!(">{to}")));
    }
    if let Some(remark) = event.remark(event.attendees.first()) {
        line += &format!(" \"{remark}\"");
    }
    line
}

fn which(event: &Answered) -> String {
    let moment = |at: &DateTime<Utc>| at.format("%Y-%m-%dT%H:%M:%SZ").to_string();
    match (&event.recurrence, &event.recurrence_id) {
        (None, None) => "-".to_owned(),
        (None, Some(text)) => format!("unread:{text}"),
        (Some(When::At(at)), _) => moment(at),
        (Some(When::OneOf(all)), _) => all.iter().map(moment).collect::<Vec<_>>().join("|"),
        (Some(When::Wall(at)), _) => format!("wall:{}", at.format("%Y-%m-%dT%H:%M:%S")),
        (Some(When::Day(day)), _) => format!("day:{day}"),
    }
}

#[test]
fn every_calendar_s_answer_is_read() {
    let table: Table =
        toml::from_str(include_str!("../../../tests/data/calendar-replies.toml")).unwrap();
    assert!(table.reply.len() >= 30, "{}", table.reply.len());
    let mut wrong = Vec::new();
    for row in table.reply {
        let reply = read(&calendar(&row.text), Some("reply")).unwrap();
        assert_eq!(reply.method, "REPLY", "{}", row.name);
        let events: Vec<String> = reply.events.iter().map(told).collect();
        if events != row.events || reply.oddities != row.oddities {
            wrong.push(format!("{}: {events:#?} {:?}", row.name, reply.oddities));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn the_method_stands_in_the_calendar_or_on_the_part() {
    let event = "BEGIN:VEVENT\nUID:one@x.example\nEND:VEVENT\n";
    let with = format!("BEGIN:VCALENDAR\nMETHOD:COUNTER\n{event}END:VCALENDAR\n");
    let without = with.replace("METHOD:COUNTER\n", "");
    let method = |text: &str, part| read(text, part).map(|reply| reply.method);
    assert_eq!(method(&with, Some("REPLY")).as_deref(), Some("COUNTER"));
    assert_eq!(method(&without, Some("reply")).as_deref(), Some("REPLY"));
    assert_eq!(method(&without, None).as_deref(), Some(""));
    assert_eq!(read("no calendar", Some("request")), None);
    assert_eq!(read("", None), None);
    assert!(read(&with, None).unwrap().is_answer());
    assert!(!read(&without, Some("request")).unwrap().is_answer());
}

#[test]
fn what_is_too_much_is_not_read() {
    let one = "BEGIN:VEVENT\r\nUID:clinic@lists.example\r\nATTENDEE;PARTSTAT=ACCEPTED:mailto:bo@plant.example\r\nEND:VEVENT\r\n";
    let of = |count: usize| {
        let events = one.repeat(count);
        format!("BEGIN:VCALENDAR\r\nMETHOD:REPLY\r\n{events}END:VCALENDAR\r\n")
    };
    let many = read(&of(MOST_EVENTS + 5), None).unwrap();
    assert_eq!(many.events.len(), MOST_EVENTS);
    assert_eq!(
        many.oddities,
        ["it holds 105 events, of which 100 are read"]
    );
    let huge = read(&of(100_000), None).unwrap();
    assert!(huge.is_answer() && huge.events.is_empty());
    assert_eq!(huge.oddities, ["it is too long to be read"]);
    let crowd = "ATTENDEE;PARTSTAT=ACCEPTED:mailto:bo@plant.example\r\n".repeat(500);
    let crowd = of(1).replace("END:VEVENT", &format!("{crowd}END:VEVENT"));
    let crowd = read(&crowd, None).unwrap();
    assert_eq!(crowd.events[0].attendees.len(), MOST_ATTENDEES);
}

#[test]
fn who_accepts_a_task_answers_no_invitation() {
    let of = |component: &str| {
        format!(
            "BEGIN:VCALENDAR\r\nMETHOD:REPLY\r\nBEGIN:{component}\r\nUID:clinic@lists.example\r\nEND:{component}\r\nEND:VCALENDAR\r\n"
        )
    };
    for other in ["VTODO", "VJOURNAL", "VFREEBUSY"] {
        assert_eq!(read(&of(other), Some("REPLY")), None, "{other}");
    }
    assert!(read(&of("VEVENT"), None).unwrap().is_answer());
    assert!(read(&of("VTIMEZONE"), Some("REPLY")).unwrap().is_answer());
}
