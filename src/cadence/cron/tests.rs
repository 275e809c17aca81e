use super::*;
use chrono_tz::{America, Asia, Australia, Europe, Pacific};
use proptest::prelude::*;

fn utc(text: &str) -> DateTime<Utc> {
    text.parse().unwrap()
}

/// The firings after `from`, as RFC 3339 to the minute, in UTC.
fn firings(line: &str, zone: Tz, from: &str, count: usize) -> Vec<String> {
    let line = CronLine::parse(line).unwrap();
    let next = |at: &DateTime<Utc>| line.next_after(*at, zone);
    let all = std::iter::successors(next(&utc(from)), next);
    all.take(count)
        .map(|at| at.format("%Y-%m-%dT%H:%M").to_string())
        .collect()
}

#[test]
fn fires_as_people_read_it() {
    use Europe::Berlin;
    let table: [(&str, Tz, &str, &[&str]); 21] = [
        // 2026-01-05 is a Monday. Weekdays count from Sunday = 0 = 7.
        (
            "0 9 * * 1",
            Tz::UTC,
            "2026-01-01T00:00:00Z",
            &["2026-01-05T09:00", "2026-01-12T09:00"],
        ),
        (
            "0 9 * * 0",
            Tz::UTC,
            "2026-01-01T00:00:00Z",
            &["2026-01-04T09:00", "2026-01-11T09:00"],
        ),
        (
            "0 9 * * 7",
            Tz::UTC,
            "2026-01-01T00:00:00Z",
            &["2026-01-04T09:00", "2026-01-11T09:00"],
        ),
        (
            "0 9 * * mon",
            Tz::UTC,
            "2026-01-01T00:00:00Z",
            &["2026-01-05T09:00"],
        ),
        (
            "0 9 * * 5-7",
            Tz::UTC,
            "2026-01-05T00:00:00Z",
            &[
                "2026-01-09T09:00",
                "2026-01-10T09:00",
                "2026-01-11T09:00",
                "2026-01-16T09:00",
            ],
        ),
        (
            "0 9 * * Fri-Sun",
            Tz::UTC,
            "2026-01-10T10:00:00Z",
            &["2026-01-11T09:00", "2026-01-16T09:00"],
        ),
        (
            "0 9 * * 0-2,SAT",
            Tz::UTC,
            "2026-01-06T10:00:00Z",
            &["2026-01-10T09:00", "2026-01-11T09:00", "2026-01-12T09:00"],
        ),
        (
            "0 8-16/4 * Feb *",
            Tz::UTC,
            "2026-01-31T23:00:00Z",
            &[
                "2026-02-01T08:00",
                "2026-02-01T12:00",
                "2026-02-01T16:00",
                "2026-02-02T08:00",
            ],
        ),
        (
            "5 0 29 2 *",
            Tz::UTC,
            "2026-01-01T00:00:00Z",
            &["2028-02-29T00:05", "2032-02-29T00:05"],
        ),
        // Both kinds of day restricted: either is enough. 2026-02-13 is a Friday.
        (
            "0 9 14 * 5",
            Tz::UTC,
            "2026-02-12T00:00:00Z",
            &["2026-02-13T09:00", "2026-02-14T09:00", "2026-02-20T09:00"],
        ),
        // A step from `*` restricts nothing, as in classical cron: both must match.
        (
            "0 9 */2 * 5",
            Tz::UTC,
            "2026-02-01T00:00:00Z",
            &["2026-02-13T09:00", "2026-02-27T09:00"],
        ),
        // The moment itself does not count.
        (
            "0 9 * * *",
            Tz::UTC,
            "2026-01-05T09:00:00Z",
            &["2026-01-06T09:00"],
        ),
        (
            "0 9 1 1,7 *",
            Berlin,
            "2026-01-02T00:00:00Z",
            &["2026-07-01T07:00", "2027-01-01T08:00"],
        ),
        // Spring gap, an hour: 02:30 fires at 03:30; autumn: the first 02:30 only.
        (
            "30 2 * * *",
            Berlin,
            "2026-03-28T12:00:00Z",
            &["2026-03-29T01:30", "2026-03-30T00:30"],
        ),
        (
            "30 2 * * *",
            Berlin,
            "2026-10-24T12:00:00Z",
            &["2026-10-25T00:30", "2026-10-26T01:30"],
        ),
        (
            "30 2 * * *",
            America::New_York,
            "2026-03-07T12:00:00Z",
            &["2026-03-08T07:30", "2026-03-09T06:30"],
        ),
        (
            "30 1 * * *",
            America::New_York,
            "2026-10-31T12:00:00Z",
            &["2026-11-01T05:30", "2026-11-02T06:30"],
        ),
        // Lord Howe moves by half an hour: 02:15 is shown as 02:45 that night.
        (
            "15 2 * * *",
            Australia::Lord_Howe,
            "2026-10-03T12:00:00Z",
            &["2026-10-03T15:45", "2026-10-04T15:15"],
        ),
        (
            "45 1 * * *",
            Australia::Lord_Howe,
            "2026-04-04T00:00:00Z",
            &["2026-04-04T14:45", "2026-04-05T15:15"],
        ),
        (
            "0 9 * * 1",
            Asia::Kathmandu,
            "2026-01-01T00:00:00Z",
            &["2026-01-05T03:15", "2026-01-12T03:15"],
        ),
        // Samoa left out a whole day: its firing moves to the next, which has one.
        (
            "0 9 * * *",
            Pacific::Apia,
            "2011-12-29T18:00:00Z",
            &["2011-12-29T19:00", "2011-12-30T19:00", "2011-12-31T19:00"],
        ),
    ];
    for (line, zone, from, expected) in table {
        assert_eq!(
            firings(line, zone, from, expected.len()),
            expected,
            "{line} in {zone}"
        );
    }
}

#[test]
fn half_hours_keep_their_order_over_both_changes() {
    let spring = firings("*/30 * * * *", Europe::Berlin, "2026-03-29T00:00:00Z", 4);
    let hours = [
        "2026-03-29T00:30",
        "2026-03-29T01:00",
        "2026-03-29T01:30",
        "2026-03-29T02:00",
    ];
    assert_eq!(spring, hours);
    // From the first 02:30 on, the repeated hour is silent until 03:00.
    let autumn = firings("*/30 * * * *", Europe::Berlin, "2026-10-25T00:00:00Z", 2);
    assert_eq!(autumn, ["2026-10-25T00:30", "2026-10-25T02:00"]);
}

#[test]
fn refuses_what_is_no_schedule() {
    let table = [
        ("", "has 0"),
        ("0 9 * *", "has 4"),
        ("0 0 9 * * 1", "has 6"),
        ("@daily", "has 1"),
        ("60 9 * * *", "minute 60"),
        ("0 24 * * *", "hour 24"),
        ("0 9 0 * *", "day of the month 0"),
        ("0 9 32 * *", "day of the month 32"),
        ("0 9 * 13 *", "month 13"),
        ("0 9 * * 8", "weekday 8"),
        ("0 9 * * someday", "\"someday\" is no weekday"),
        ("0 9 * * 5-2", "backwards"),
        ("*/0 9 * * *", "step"),
        ("0 9 * * 1,", "\"\" is no weekday"),
        ("0 9 L * *", "\"L\""),
        ("-1 9 * * *", "\"\" is no minute"),
        ("+1 9 * * *", "\"+1\""),
        ("0 9 31 2 *", "never comes"),
        ("0 9 30,31 feb *", "never comes"),
        ("0 9 31 4,6,9,11 *", "never comes"),
        ("٣ 9 * * *", "\"٣\""),
    ];
    for (line, what) in table {
        let error = CronLine::parse(line).unwrap_err().to_string();
        assert!(error.contains(what), "{line}: {error}");
        assert!(error.contains("; write "), "{line}: {error}");
    }
    assert!(CronLine::parse(&"1,".repeat(1 << 20)).is_err());
}

#[test]
fn measures_the_shortest_gap() {
    let table = [
        ("0 9 * * 1", 24 * 60),
        ("0 * * * *", 60),
        ("0,59 * * * *", 1),
        ("0 9,17 * * *", 8 * 60),
        ("0,30 9 * * *", 30),
        ("59 0,23 * * *", 60),
    ];
    for (line, minutes) in table {
        assert_eq!(
            CronLine::parse(line).unwrap().min_gap().num_minutes(),
            minutes,
            "{line}"
        );
    }
}

#[test]
fn ends_with_the_century_instead_of_panicking() {
    let line = CronLine::parse("0 9 * * *").unwrap();
    for late in [utc("2100-12-31T23:00:00Z"), DateTime::<Utc>::MAX_UTC] {
        assert_eq!(line.next_after(late, Europe::Berlin), None);
    }
    let early = line.next_after(DateTime::<Utc>::MIN_UTC, Europe::Berlin);
    assert!(early.is_none_or(|at| at < utc("1970-01-02T00:00:00Z")));
}

const ZONES: [Tz; 6] = [
    Tz::UTC,
    Europe::Berlin,
    America::New_York,
    Australia::Lord_Howe,
    Asia::Kathmandu,
    Pacific::Chatham,
];

#[test]
fn a_daily_line_fires_once_on_each_of_five_years_days() {
    let (from, to) = (utc("2024-01-01T12:00:00Z"), utc("2029-01-01T12:00:00Z"));
    for zone in ZONES {
        for text in ["30 2 * * *", "15 2 * * *", "30 1 * * *", "0 3 * * *"] {
            let line = CronLine::parse(text).unwrap();
            let next = |at: &DateTime<Utc>| line.next_after(*at, zone).filter(|at| *at <= to);
            let all: Vec<_> = std::iter::successors(next(&from), next).collect();
            assert_eq!(all.len(), 366 + 365 * 3 + 366, "{text} in {zone}");
            assert!(all.is_sorted_by(|a, b| a < b), "{text} in {zone}");
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(200))]

    #[test]
    fn firings_strictly_increase_and_do_not_depend_on_where_one_asks_from(
        minute in 0u32..60, step in 1u32..24, zone in 0usize..ZONES.len(),
        start in 0i64..5 * 366 * 24 * 60, ask in 0i64..3000,
    ) {
        let (zone, line) = (ZONES[zone], CronLine::parse(&format!("{minute} */{step} * * *")).unwrap());
        let mut at = utc("2024-01-01T00:00:00Z") + TimeDelta::minutes(start);
        for _ in 0..40 {
            let next = line.next_after(at, zone).unwrap();
            prop_assert!(next > at);
            let between = at + TimeDelta::seconds((next - at).num_seconds() * ask / 3000);
            prop_assert_eq!(line.next_after(between, zone).unwrap(), next);
            at = next;
        }
    }

    #[test]
    fn no_text_makes_it_panic(text in "[-0-9*/,a-zA-Zé ]{0,24}") {
        if let Ok(line) = CronLine::parse(&text) {
            prop_assert_eq!(CronLine::parse(line.as_str()).unwrap(), line);
        }
    }
}
