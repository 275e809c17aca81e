//! The clocks of every zone there is, as the written rules have them and as they are.

use chrono::{DateTime, Datelike, NaiveDate, NaiveDateTime, TimeDelta, Utc, Weekday};
use chrono_tz::{TZ_VARIANTS, Tz};

use super::{event, once};
use crate::calendar::wall;
use crate::calendar::write::{Event, Method, calendar};

/// (zone, (last day of the series), lines that its VTIMEZONE has)
const TABLE: [(&str, &[&str]); 11] = [
    (
        "Europe/Berlin",
        &[
            "BYMONTH=3;BYDAY=-1SU",
            "BYMONTH=10;BYDAY=-1SU",
            "19700329T020000",
            "19701025T030000",
            "TZNAME:CEST",
        ],
    ),
    (
        "America/New_York",
        &[
            "BYMONTH=3;BYDAY=2SU",
            "BYMONTH=11;BYDAY=1SU",
            "19700308T020000",
            "19701101T020000",
        ],
    ),
    (
        "Australia/Sydney",
        &[
            "BYMONTH=10;BYDAY=1SU",
            "BYMONTH=4;BYDAY=1SU",
            "TZOFFSETTO:+1100",
        ],
    ),
    (
        "Australia/Lord_Howe",
        &[
            "BYMONTH=10;BYDAY=1SU",
            "TZOFFSETFROM:+1030",
            "TZOFFSETTO:+1100",
        ],
    ),
    ("America/Santiago", &["BYDAY=SU;BYMONTHDAY=2,3,4,5,6,7,8"]),
    // The Saturday before the last Sunday.
    (
        "America/Nuuk",
        &["BYDAY=SA;BYMONTHDAY=24,25,26,27,28,29,30"],
    ),
    // Winter is what the law calls saving there.
    (
        "Europe/Dublin",
        &["BEGIN:DAYLIGHT\r\nTZOFFSETFROM:+0000\r\nTZOFFSETTO:+0100\r\nTZNAME:IST"],
    ),
    (
        "America/Sao_Paulo",
        &["BEGIN:STANDARD\r\nTZOFFSETFROM:-0300\r\nTZOFFSETTO:-0300\r\n"],
    ),
    ("Asia/Kolkata", &["TZOFFSETTO:+0530"]),
    (
        "America/Mexico_City",
        &["TZOFFSETFROM:-0600\r\nTZOFFSETTO:-0600\r\n"],
    ),
    // Ramadan is in the series once: for it the rule holds.
    (
        "Africa/Casablanca",
        &["BYMONTH=2;BYDAY=", "BYMONTH=3;BYDAY="],
    ),
];

#[test]
fn a_zone_is_written_by_its_present_rules() {
    for (zone, expected) in TABLE {
        let written = series(zone.parse().unwrap(), "2026-01-13", "2026-06-30");
        for line in expected {
            assert!(written.contains(line), "{zone}: {line}\n{written}");
        }
        assert_eq!(written.matches("BEGIN:VTIMEZONE").count(), 1);
        assert!(!written.contains("RDATE"));
    }
}

#[test]
fn a_single_event_and_a_series_in_utc_need_no_zone() {
    let utc = Event {
        zone: Tz::Etc__UTC,
        ..event()
    };
    for event in [once(), utc] {
        let written = String::from_utf8(calendar(Method::Request, "", &[event]).unwrap()).unwrap();
        assert!(!written.contains("TZID"), "{written}");
    }
}

/// Every sixth hour of a season, in every zone: what a reader makes of the rules is what
/// the clocks show.
#[test]
fn the_rules_of_every_zone_are_right_for_a_season() {
    for (starts, until) in [
        ("2026-09-01", "2027-06-30"),
        ("2027-01-04", "2027-12-31"),
        ("2024-11-01", "2025-10-31"),
    ] {
        let mut wrong = Vec::new();
        for zone in TZ_VARIANTS {
            let written = series(zone, starts, until);
            if !written.contains("TZID") {
                continue;
            }
            let observances = observances(&written);
            let from: DateTime<Utc> = format!("{starts}T00:00:00Z").parse().unwrap();
            let mut hours = (0..300 * 4).map(|n| from + TimeDelta::hours(n * 6));
            let is_right = |at: DateTime<Utc>| {
                read(&observances, at) == wall::offset(at.naive_utc(), zone).num_seconds()
            };
            if !hours.all(is_right) {
                wrong.push(zone.name());
            }
        }
        assert!(wrong.is_empty(), "{starts}: {wrong:?}");
    }
}

/// Clocks that pause summer for Ramadan, by the moon, and others that do as few do: half
/// an hour, two hours, and winter as what the law calls saving.
const ODD: [&str; 7] = [
    "Africa/Casablanca",
    "Africa/El_Aaiun",
    "Asia/Gaza",
    "Asia/Hebron",
    "Australia/Lord_Howe",
    "Antarctica/Troll",
    "Europe/Dublin",
];

/// Every third hour of five years.
#[test]
fn the_rules_of_odd_zones_are_right_for_years() {
    for zone in ODD.map(|name| name.parse::<Tz>().unwrap()) {
        let written = series(zone, "2025-06-03", "2030-06-30");
        let observances = observances(&written);
        let from: DateTime<Utc> = "2025-06-03T15:00:00Z".parse().unwrap();
        for at in (0..1_850 * 8).map(|n| from + TimeDelta::hours(n * 3)) {
            let clock = wall::offset(at.naive_utc(), zone).num_seconds();
            assert_eq!(read(&observances, at), clock, "{zone} {at}\n{written}");
        }
        assert!(written.matches("TZOFFSETTO").count() <= 1 + 5 * 4, "{written}");
    }
}

fn series(zone: Tz, starts: &str, until: &str) -> String {
    let day: NaiveDate = starts.parse().unwrap();
    let event = Event {
        zone,
        starts: day.and_hms_opt(16, 0, 0).unwrap(),
        until: Some(until.parse().unwrap()),
        rule: Some("FREQ=WEEKLY".to_owned()),
        ..event()
    };
    String::from_utf8(calendar(Method::Request, "", &[event]).unwrap()).unwrap()
}

/// When each observance begins in the years around, and the offset in seconds from then
/// on, in order.
fn observances(written: &str) -> Vec<(NaiveDateTime, i64)> {
    let kind = |part: &&str| part.starts_with("DAYLIGHT") || part.starts_with("STANDARD");
    let all = written.split("BEGIN:").filter(kind);
    let mut found: Vec<_> = all.flat_map(begins).collect();
    found.sort_unstable();
    found
}

fn begins(part: &str) -> Vec<(NaiveDateTime, i64)> {
    let offset = |name| seconds(field(part, name).unwrap());
    let (from, to) = (offset("TZOFFSETFROM:"), offset("TZOFFSETTO:"));
    let first = field(part, "DTSTART:").unwrap();
    let first = NaiveDateTime::parse_from_str(first, "%Y%m%dT%H%M%S").unwrap();
    let days = (2022..2032).filter_map(|year| day(part, year, first.date()));
    days.map(|day| (day.and_time(first.time()) - TimeDelta::seconds(from), to))
        .collect()
}

/// The offset in seconds that the one has which began last.
fn read(observances: &[(NaiveDateTime, i64)], at: DateTime<Utc>) -> i64 {
    let mut began = observances
        .iter()
        .filter(|(begins, _)| *begins <= at.naive_utc());
    began.next_back().unwrap().1
}

fn field<'a>(part: &'a str, name: &str) -> Option<&'a str> {
    part.lines().find_map(|line| line.strip_prefix(name))
}

fn seconds(offset: &str) -> i64 {
    let number = |part: &str| part.parse::<i64>().unwrap();
    let sign = if offset.starts_with('-') { -1 } else { 1 };
    sign * (number(&offset[1..3]) * 3600 + number(&offset[3..5]) * 60)
}

/// The day of that year on which an observance begins.
fn day(part: &str, year: i32, first: NaiveDate) -> Option<NaiveDate> {
    let Some(rule) = field(part, "RRULE:FREQ=YEARLY;") else {
        return Some(first);
    };
    let value = |key: &str| rule.split(';').find_map(|part| part.strip_prefix(key));
    let month: u32 = value("BYMONTH=")?.parse().unwrap();
    let (nth, weekday) = value("BYDAY=")?.split_at(value("BYDAY=")?.len() - 2);
    let weekday: Weekday = ["MO", "TU", "WE", "TH", "FR", "SA", "SU"]
        .iter()
        .position(|name| *name == weekday)
        .and_then(|index| Weekday::try_from(u8::try_from(index).unwrap()).ok())?;
    let days: Vec<NaiveDate> = (1..=31)
        .filter_map(|day| NaiveDate::from_ymd_opt(year, month, day))
        .filter(|day| day.weekday() == weekday)
        .collect();
    match (nth, value("BYMONTHDAY=")) {
        ("", Some(list)) => {
            let is_listed =
                |day: &&NaiveDate| list.split(',').any(|one| one == day.day().to_string());
            days.iter().find(is_listed).copied()
        }
        ("-1", _) => days.last().copied(),
        (nth, _) => days.get(nth.parse::<usize>().unwrap() - 1).copied(),
    }
}
