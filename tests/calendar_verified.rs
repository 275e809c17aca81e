//! Calendars that we write, read and expanded by implementations that nobody here
//! wrote: Python's icalendar and recurring-ical-events, and calcard. Every session must
//! be where our own expansion has it.
//!
//! A thousand series; ten thousand with `FOLKMOOT_FULL=1`.

#[path = "calendar_verified/generated.rs"]
mod generated;
#[path = "calendar_verified/python.rs"]
mod python;

use std::time::Instant;

use calcard::icalendar::{ICalendar, ICalendarComponentType};
use chrono::{DateTime, NaiveDateTime, TimeZone, Utc};
use chrono_tz::Tz;
use folkmoot::calendar::write::{Event, Method, calendar};
use folkmoot::calendar::{recur, wall};
use generated::{Series, series};

/// A session, by whomever it was expanded.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
struct Session {
    starts: DateTime<Utc>,
    wall: NaiveDateTime,
    minutes: i64,
    status: String,
    summary: String,
}

#[test]
fn others_find_every_session_where_we_have_it() {
    let full = std::env::var("FOLKMOOT_FULL").is_ok_and(|full| full == "1");
    let all: Vec<Series> = (0..if full { 10_000 } else { 1_000 }).map(series).collect();
    let written = written(&all);
    for (series, text) in all.iter().zip(&written) {
        parsed_by_calcard(series, text);
    }
    let Some(expanded) = python::expand(&all, &written) else {
        return;
    };
    let mut sessions = 0;
    for ((series, text), theirs) in all.iter().zip(&written).zip(expanded) {
        sessions += theirs.len();
        compare(series, text, theirs);
    }
    assert!(
        sessions > 5 * all.len(),
        "{sessions} sessions are too few to say anything"
    );
    println!("{} series, {sessions} sessions", all.len());
}

#[allow(
    clippy::disallowed_methods,
    reason = "a measurement of the machine's own time"
)]
fn written(all: &[Series]) -> Vec<String> {
    let began = Instant::now();
    let write = |series: &Series| calendar(Method::Publish, "Series", &series.events);
    let written: Vec<_> = all
        .iter()
        .map(|series| write(series).expect("a calendar"))
        .collect();
    let events: usize = all.iter().map(|series| series.events.len()).sum();
    let seconds = began.elapsed().as_secs_f64();
    println!(
        "{events} events written in {seconds:.2} s, {:.0} a second",
        events as f64 / seconds
    );
    written
        .into_iter()
        .map(|bytes| String::from_utf8(bytes).expect("UTF-8"))
        .collect()
}

fn parsed_by_calcard(series: &Series, text: &str) {
    let read = ICalendar::parse(text).unwrap_or_else(|_| panic!("calcard cannot read\n{text}"));
    let events = read.components.iter();
    let events =
        events.filter(|component| component.component_type == ICalendarComponentType::VEvent);
    assert_eq!(events.count(), series.events.len(), "{text}");
}

fn compare(series: &Series, text: &str, mut theirs: Vec<Session>) {
    let mut ours = ours(series);
    ours.sort_by_key(|session| (session.wall, session.starts));
    theirs.retain(|session| session.starts < series.to);
    theirs.sort_by_key(|session| (session.wall, session.starts));
    let alike = ours.len() == theirs.len()
        && ours
            .iter()
            .zip(&theirs)
            .all(|(one, other)| same(series, one, other));
    assert!(alike, "ours:   {ours:#?}\ntheirs: {theirs:#?}\n{text}");
}

/// pytz takes the second of a doubled hour, against RFC 5545, section 3.3.5: there the
/// wall clock is what can be compared, and where an event is written to begin in one, not
/// even how long it takes.
fn same(series: &Series, ours: &Session, theirs: &Session) -> bool {
    let zone = series.events[0].zone;
    let is_then =
        ours.starts == theirs.starts || (is_doubled(zone, ours.wall) && ours.wall == theirs.wall);
    let begins_doubled = |event: &Event| is_doubled(zone, event.starts);
    let lasts = ours.minutes == theirs.minutes || series.events.iter().any(begins_doubled);
    let said = |session: &Session| (session.status.clone(), session.summary.clone());
    is_then && lasts && said(ours) == said(theirs)
}

fn is_doubled(zone: Tz, wall: NaiveDateTime) -> bool {
    let found = zone.from_local_datetime(&wall);
    found.earliest() != found.latest()
}

/// Our own expansion: the days of the rule, without what is excluded, each as its
/// override has it.
fn ours(series: &Series) -> Vec<Session> {
    let (master, overrides) = series.events.split_first().expect("an event");
    let days =
        recur::occurrences(master.rule.as_deref(), master.starts, master.until).expect("a rule");
    let held = days
        .take_while(|day| *day <= (series.to + chrono::TimeDelta::days(2)).naive_utc())
        .filter(|day| !master.excluded.contains(day));
    let as_it_is = |day: NaiveDateTime| {
        let own = overrides.iter().find(|event| event.recurrence == Some(day));
        own.map_or_else(
            || session(master, day),
            |event| session(event, event.starts),
        )
    };
    held.map(as_it_is)
        .filter(|session| session.starts < series.to)
        .collect()
}

fn session(event: &Event, starts: NaiveDateTime) -> Session {
    Session {
        starts: wall::moment(starts, event.zone),
        wall: match event.rule.is_none() && event.recurrence.is_none() {
            true => wall::moment(starts, event.zone).naive_utc(),
            false => starts,
        },
        minutes: event.duration.num_minutes(),
        status: if event.cancelled {
            "CANCELLED"
        } else {
            "CONFIRMED"
        }
        .to_owned(),
        summary: event.summary.clone(),
    }
}
