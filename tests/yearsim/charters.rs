//! The charters, as data from which both their text and the oracle's reading are made.

use std::collections::BTreeMap;

use chrono::{NaiveDate, NaiveDateTime, TimeDelta};
use chrono_tz::Tz;

/// Clocks that are put forward in March, in October, and never.
pub const ZONES: [Tz; 4] = [
    Tz::Europe__Berlin,
    Tz::America__New_York,
    Tz::Australia__Sydney,
    Tz::Asia__Tokyo,
];

/// Some fall due at an hour that clocks skip or repeat.
pub const REVIEWS: [&str; 4] = ["30 2 * * 0", "0 9 1 * *", "0 20 * * 5", "30 1 1,15 * *"];

pub const FACILITATORS: usize = 2;

/// A charter.
pub struct Plan {
    pub slug: String,
    pub zone: Tz,
    /// Since when (milliseconds), which schedule.
    pub reviews: Vec<(i64, &'static str)>,
    pub digest: &'static str,
    pub prompts: Vec<&'static str>,
    pub health: &'static str,
    pub session: Session,
    pub per_week: usize,
    pub per_month: usize,
}

/// A series: every so many weeks.
pub struct Session {
    pub starts: NaiveDateTime,
    pub weeks: i64,
    pub lasts: TimeDelta,
    /// What people did to single sessions, by their original day: when, and the new
    /// start (milliseconds); none where it was cancelled.
    pub changes: BTreeMap<NaiveDate, (i64, Option<i64>)>,
}

/// Days on which nothing is scheduled, the last one included.
pub fn holidays() -> [(NaiveDate, NaiveDate); 2] {
    let day = |month, day| NaiveDate::from_ymd_opt(2026, month, day).expect("a day");
    [(day(4, 2), day(4, 8)), (day(8, 3), day(8, 14))]
}

pub fn is_holiday(day: NaiveDate) -> bool {
    holidays()
        .iter()
        .any(|(from, to)| (*from..=*to).contains(&day))
}

/// The charter of that number.
pub fn plan(number: usize) -> Plan {
    let day = NaiveDate::from_ymd_opt(2026, 1, 12).expect("a day");
    let day = day + TimeDelta::days(i64::try_from(number * 3 % 26).unwrap_or(0));
    let hour = [16, 2, 12, 9][number % 4];
    Plan {
        slug: format!("c{number}"),
        zone: ZONES[number % ZONES.len()],
        reviews: vec![(0, REVIEWS[number % REVIEWS.len()])],
        digest: ["0 8 * * 1", "30 2 * * 0,3"][number % 2],
        prompts: vec!["0 9 * * 3", "0 12 15 * *"],
        health: ["0 9 10 2,5,8,11 *", "30 2 29 3,6,9 *"][number % 2],
        session: Session {
            starts: day.and_hms_opt(hour, 30, 0).expect("an hour"),
            weeks: 4,
            lasts: TimeDelta::minutes(60),
            changes: BTreeMap::new(),
        },
        per_week: if number == 1 { 1 } else { 2 },
        per_month: 6,
    }
}

impl Plan {
    /// The file.
    pub fn text(&self, facilitators: &[String]) -> String {
        let days = holidays().map(|(from, to)| format!("\"{from}/{to}\""));
        let mut text = format!(
            "slug = \"{slug}\"\nname = \"Community {slug}\"\ntimezone = \"{zone}\"\nholidays = [{days}]\n\
             [charter]\ndomain = \"Pumps.\"\ncommunity = \"People.\"\npractice = \"Notes.\"\nreview = \"{review}\"\n\
             [list]\nposting = \"members\"\nsubscription = \"open\"\n\
             [digest]\nschedule = \"{digest}\"\n\
             [monthly_summary]\nschedule = \"0 10 2 * *\"\n\
             [health_check]\nschedule = \"{health}\"\nopen_for = \"14d\"\nremind_after = \"4d\"\nminimum = 5\n\
             [budget]\nper_week = {week}\nper_month = {month}\nquiet = \"18:00-08:00\"\n\
             [[session]]\nslug = \"clinic\"\ntitle = \"Clinic\"\nrule = \"FREQ=WEEKLY;INTERVAL={weeks}\"\n\
             starts = \"{starts}\"\nduration = \"1h\"\nhost_ask = \"10d\"\nagenda_call = \"7d\"\n\
             host_brief = \"1d\"\nattendance = \"1h\"\nrecap = \"1d\"\n",
            slug = self.slug,
            zone = self.zone,
            days = days.join(", "),
            review = self.reviews.last().expect("a schedule").1,
            digest = self.digest,
            health = self.health,
            week = self.per_week,
            month = self.per_month,
            weeks = self.session.weeks,
            starts = self.session.starts.format("%Y-%m-%dT%H:%M"),
        );
        for schedule in &self.prompts {
            text += &format!(
                "[[prompt]]\nschedule = \"{schedule}\"\nafter_silence = \"10d\"\ntext = \"What did not work?\"\n"
            );
        }
        for address in facilitators {
            text += &format!("[[facilitator]]\naddress = \"{address}\"\nname = \"Fay\"\n");
        }
        text
    }
}
