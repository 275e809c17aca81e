//! The occurrences of a recurrence rule (RFC 5545, section 3.8.5.3), on the wall
//! clock. Which moment that is, the zone says (`cadence::cron::from_wall_clock`).

use chrono::{Datelike, NaiveDate, NaiveDateTime};
use rrule::{RRule, RRuleSet, Tz, Unvalidated};

/// No series has more: a session a day for half a century.
const MOST: usize = 20_000;

/// The years of a series; schedules (`cadence::cron`) end with the same one.
const YEARS: std::ops::RangeInclusive<i32> = 1970..=2100;

/// Every start of a series in order: once where there is no rule, else as the rule
/// says from `starts` on, and none after the day `until`.
///
/// # Errors
/// What is wrong with the rule, in words.
pub fn occurrences(
    rule: Option<&str>,
    starts: NaiveDateTime,
    until: Option<NaiveDate>,
) -> Result<impl Iterator<Item = NaiveDateTime> + use<>, String> {
    if !YEARS.contains(&starts.year()) {
        return Err(format!("the year {} is out of reach", starts.year()));
    }
    let set = rule.map(|rule| set(rule, starts)).transpose()?;
    let once = set.is_none().then_some(starts);
    let repeated = set.as_ref().map(IntoIterator::into_iter);
    let repeated = repeated.into_iter().flatten().map(|at| at.naive_utc());
    let runs = move |at: &NaiveDateTime| {
        YEARS.contains(&at.year()) && until.is_none_or(|until| at.date() <= until)
    };
    Ok(once.into_iter().chain(repeated).take(MOST).take_while(runs))
}

/// The rule without its COUNT, and the last day of a series that COUNT or `until` ends:
/// whoever joins later gets the series from their first session on, of which a count
/// would make a longer one.
///
/// # Errors
/// What is wrong with the rule, in words.
pub fn without_count(
    rule: &str,
    starts: NaiveDateTime,
    until: Option<NaiveDate>,
) -> Result<(String, Option<NaiveDate>), String> {
    let is_count = |part: &str| part.starts_with("COUNT=");
    if !rule.split(';').any(is_count) {
        return Ok((rule.to_owned(), until));
    }
    let last = occurrences(Some(rule), starts, until)?.last();
    let kept: Vec<&str> = rule.split(';').filter(|part| !is_count(part)).collect();
    Ok((kept.join(";"), last.map(|at| at.date()).or(until)))
}

/// The rule on a clock without a zone, for which UTC stands. It searches in vain
/// for so long and no longer.
fn set(rule: &str, starts: NaiveDateTime) -> Result<RRuleSet, String> {
    let rule: RRule<Unvalidated> = rule.parse().map_err(|error| said(&error))?;
    let starts = starts.and_utc().with_timezone(&Tz::UTC);
    Ok(rule.build(starts).map_err(|error| said(&error))?.limit())
}

fn said(error: &rrule::RRuleError) -> String {
    error.to_string()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn days(rule: Option<&str>, starts: &str, until: Option<&str>, most: usize) -> Vec<String> {
        let starts = starts.parse().unwrap();
        let found = occurrences(rule, starts, until.map(|day| day.parse().unwrap())).unwrap();
        let all = found
            .take(most)
            .map(|at| at.format("%m-%dT%H:%M").to_string());
        all.collect()
    }

    #[test]
    fn a_series_is_what_its_rule_says() {
        type Row<'a> = (Option<&'a str>, &'a str, Option<&'a str>, &'a [&'a str]);
        let table: [Row<'_>; 7] = [
            (None, "2026-01-13T16:00:00", None, &["01-13T16:00"]),
            (
                Some("FREQ=WEEKLY;INTERVAL=2;BYDAY=TU"),
                "2026-01-13T16:00:00",
                Some("2026-02-10"),
                &["01-13T16:00", "01-27T16:00", "02-10T16:00"],
            ),
            // The last day counts, whatever the time.
            (
                Some("FREQ=DAILY"),
                "2026-01-01T23:30:00",
                Some("2026-01-02"),
                &["01-01T23:30", "01-02T23:30"],
            ),
            (
                Some("FREQ=MONTHLY;BYDAY=-1FR;COUNT=2"),
                "2026-01-01T09:00:00",
                None,
                &["01-30T09:00", "02-27T09:00"],
            ),
            (
                Some("FREQ=MONTHLY;BYMONTHDAY=31"),
                "2026-01-31T09:00:00",
                Some("2026-05-31"),
                &["01-31T09:00", "03-31T09:00", "05-31T09:00"],
            ),
            // A start that is none of the rule's days is no session.
            (
                Some("FREQ=WEEKLY;BYDAY=TU"),
                "2026-01-14T16:00:00",
                Some("2026-01-20"),
                &["01-20T16:00"],
            ),
            (
                Some("FREQ=DAILY"),
                "2026-01-02T09:00:00",
                Some("2026-01-01"),
                &[],
            ),
        ];
        for (rule, starts, until, expected) in table {
            assert_eq!(days(rule, starts, until, 10), expected, "{rule:?} {starts}");
        }
    }

    #[test]
    fn every_series_ends() {
        let starts = "1970-01-01T00:00:00".parse().unwrap();
        let all = occurrences(Some("FREQ=DAILY"), starts, None).unwrap();
        assert_eq!(all.count(), MOST);
        let yearly = occurrences(Some("FREQ=YEARLY"), starts, None).unwrap();
        assert_eq!(yearly.count(), 131);
        for starts in ["0001-01-01T00:00:00", "9999-01-01T00:00:00"] {
            assert!(occurrences(None, starts.parse().unwrap(), None).is_err());
        }
        assert!(occurrences(Some("FREQ=WEEKLY;BYDAY=XX"), starts, None).is_err());
    }
}
