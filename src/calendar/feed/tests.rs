use chrono::{DateTime, TimeDelta, Utc};

use super::{About, Change, Feed, Series, feed};
use crate::calendar::write::{Event, Party};

fn at(moment: &str) -> DateTime<Utc> {
    moment.parse().unwrap()
}

fn about() -> About {
    About {
        name: "Pumps".to_owned(),
        zone: chrono_tz::Europe::Berlin,
        since: at("2026-01-01T00:00:00Z"),
    }
}

fn series(rule: Option<&str>) -> Series {
    let organizer = Party {
        address: "pumps@lists.example.org".to_owned(),
        name: "Pumps".to_owned(),
    };
    let event = Event {
        uid: "clinic-1@lists.example.org".to_owned(),
        organizer: organizer.clone(),
        attendee: Some(organizer),
        sequence: 0,
        dtstamp: at("2026-01-02T00:00:00Z"),
        starts: "2026-01-13T16:00:00".parse().unwrap(),
        zone: chrono_tz::Europe::Berlin,
        duration: TimeDelta::hours(1),
        rule: rule.map(str::to_owned),
        until: rule.map(|_| "2026-03-31".parse().unwrap()),
        excluded: Vec::new(),
        recurrence: None,
        summary: "Clinic".to_owned(),
        description: String::new(),
        location: String::new(),
        link: String::new(),
        cancelled: false,
    };
    Series {
        event,
        changes: Vec::new(),
        is_cancelled: false,
    }
}

fn change(day: &str, to: Option<&str>, changed: &str) -> Change {
    Change {
        original: format!("{day}T16:00:00").parse().unwrap(),
        to: to.map(|to| (to.parse().unwrap(), TimeDelta::hours(2))),
        at: at(changed),
    }
}

fn text(feed: &Feed) -> String {
    assert_eq!(feed.odd, []);
    String::from_utf8(feed.bytes.clone()).unwrap()
}

const WEEKLY: Option<&str> = Some("FREQ=WEEKLY");

#[test]
fn a_feed_without_sessions_is_a_calendar_all_the_same() {
    let empty = feed(&about(), &[], at("2026-05-01T00:00:00Z"));
    let text = text(&empty);
    for line in [
        "NAME:Pumps",
        "X-WR-CALNAME:Pumps",
        "BEGIN:VTIMEZONE",
        "X-PUBLISHED-TTL:PT1H",
        "METHOD:PUBLISH",
    ] {
        assert!(text.contains(line), "{line}\n{text}");
    }
    assert_eq!(empty.modified, at("2026-01-01T00:00:00Z"));
}

#[test]
fn what_moved_and_what_was_cancelled_is_shown_and_nobody_is_named() {
    let changes = vec![
        change(
            "2026-01-20",
            Some("2026-01-21T09:00:00"),
            "2026-01-10T00:00:00Z",
        ),
        change("2026-01-27", None, "2026-01-11T00:00:00Z"),
    ];
    let shown = feed(
        &about(),
        &[Series {
            changes,
            ..series(WEEKLY)
        }],
        at("2026-01-12T00:00:00Z"),
    );
    let text = text(&shown);
    assert_eq!(text.matches("BEGIN:VEVENT").count(), 3, "{text}");
    assert!(text.contains("DTSTART;TZID=Europe/Berlin:20260121T090000"));
    assert!(text.contains("DTEND;TZID=Europe/Berlin:20260121T110000"));
    assert_eq!(text.matches("STATUS:CANCELLED").count(), 1);
    assert!(!text.contains("ATTENDEE") && !text.contains("EXDATE"));
    assert_eq!(shown.modified, at("2026-01-11T00:00:00Z"));
}

#[test]
fn what_was_cancelled_is_dropped_after_thirty_days_and_that_is_a_change() {
    let changes = vec![change("2026-01-27", None, "2026-01-11T00:00:00Z")];
    let series = [Series {
        changes,
        ..series(WEEKLY)
    }];
    let last = at("2026-02-10T00:00:00Z");
    let before = feed(&about(), &series, last - TimeDelta::seconds(1));
    let after = feed(&about(), &series, last);
    assert!(text(&before).contains("STATUS:CANCELLED"));
    assert!(!text(&after).contains("STATUS:CANCELLED"));
    assert!(text(&after).contains("EXDATE;TZID=Europe/Berlin:20260127T160000"));
    assert_eq!(before.modified, at("2026-01-11T00:00:00Z"));
    assert_eq!(after.modified, last);
    let later = feed(&about(), &series, last + TimeDelta::days(99));
    assert_eq!(later, after, "nothing changes by itself");
}

#[test]
fn a_single_session_moves_and_goes() {
    let moved = change(
        "2026-01-13",
        Some("2026-01-14T10:00:00"),
        "2026-01-05T00:00:00Z",
    );
    let moved = Series {
        changes: vec![moved],
        ..series(None)
    };
    let told = text(&feed(&about(), &[moved], at("2026-01-06T00:00:00Z")));
    assert!(
        told.contains("DTSTART:20260114T090000Z") && told.contains("DTSTAMP:20260105T000000Z"),
        "{told}"
    );
    let gone = Series {
        changes: vec![change("2026-01-13", None, "2026-01-05T00:00:00Z")],
        ..series(None)
    };
    let soon = text(&feed(
        &about(),
        std::slice::from_ref(&gone),
        at("2026-01-06T00:00:00Z"),
    ));
    assert!(soon.contains("STATUS:CANCELLED"), "{soon}");
    let late = text(&feed(&about(), &[gone], at("2026-03-06T00:00:00Z")));
    assert!(!late.contains("VEVENT"), "{late}");
}

#[test]
fn a_cancelled_series_keeps_what_was_held() {
    let cancelled =
        ["2026-01-27", "2026-02-03"].map(|day| change(day, None, "2026-01-22T00:00:00Z"));
    let mut gone = Series {
        changes: cancelled.to_vec(),
        is_cancelled: true,
        ..series(WEEKLY)
    };
    gone.event.dtstamp = at("2026-01-22T00:00:00Z");
    let soon = text(&feed(&about(), &[gone.clone()], at("2026-01-23T00:00:00Z")));
    assert!(soon.contains("UNTIL=20260203T225959Z"), "{soon}");
    assert_eq!(soon.matches("STATUS:CANCELLED").count(), 2);
    let late = text(&feed(&about(), &[gone.clone()], at("2026-03-23T00:00:00Z")));
    assert!(
        late.contains("UNTIL=20260120T225959Z") && !late.contains("CANCELLED"),
        "{late}"
    );
    // Nothing was held: nothing is left.
    gone.event.starts = "2026-01-27T16:00:00".parse().unwrap();
    let late = text(&feed(&about(), &[gone], at("2026-03-23T00:00:00Z")));
    assert!(!late.contains("VEVENT"), "{late}");
}

#[test]
fn one_broken_series_hides_no_other() {
    let mut broken = series(Some("FREQ=WEEKLY;BYDAY=XX"));
    broken.event.uid = "broken-1@lists.example.org".to_owned();
    let feed = feed(
        &about(),
        &[broken, series(WEEKLY)],
        at("2026-01-03T00:00:00Z"),
    );
    assert_eq!(feed.odd.len(), 1);
    let text = String::from_utf8(feed.bytes).unwrap();
    assert!(
        text.contains("clinic-1") && !text.contains("broken-1"),
        "{text}"
    );
}
