//! Days and moments as people write them in their language.

use chrono::{Datelike, NaiveDate, NaiveDateTime};

use super::{Phrase, Templates};

const MONTHS: [&str; 12] = [
    "month_1", "month_2", "month_3", "month_4", "month_5", "month_6", "month_7", "month_8",
    "month_9", "month_10", "month_11", "month_12",
];
const SHORT_MONTHS: [&str; 12] = [
    "month_short_1",
    "month_short_2",
    "month_short_3",
    "month_short_4",
    "month_short_5",
    "month_short_6",
    "month_short_7",
    "month_short_8",
    "month_short_9",
    "month_short_10",
    "month_short_11",
    "month_short_12",
];
const WEEKDAYS: [&str; 7] = [
    "weekday_1",
    "weekday_2",
    "weekday_3",
    "weekday_4",
    "weekday_5",
    "weekday_6",
    "weekday_7",
];

impl Templates {
    /// A day: "14 January 2026".
    pub fn say_date(&self, language: &str, slug: &str, date: NaiveDate) -> String {
        self.say(
            language,
            slug,
            &self.dated("date_long", language, slug, date),
        )
    }

    /// A day where there is room for ten letters: "14 Jan".
    pub fn say_short_date(&self, language: &str, slug: &str, date: NaiveDate) -> String {
        let month = SHORT_MONTHS.get(date.month0() as usize).copied();
        let month = Phrase::new(month.unwrap_or_default());
        let phrase = Phrase::new("date_short")
            .with("day", date.day().to_string())
            .with("month", self.say(language, slug, &month));
        self.say(language, slug, &phrase)
    }

    /// A day of this year or of a year that is clear: "Wednesday, 14 January".
    pub fn say_day(&self, language: &str, slug: &str, date: NaiveDate) -> String {
        let weekday = WEEKDAYS.get(date.weekday().num_days_from_monday() as usize);
        let weekday = Phrase::new(weekday.copied().unwrap_or_default());
        let day = self.dated("date_day", language, slug, date);
        let day = day.with("weekday", self.say(language, slug, &weekday));
        self.say(language, slug, &day)
    }

    /// A moment, in the time zone that the caller has put it in: "14 January 2026, 10:30".
    pub fn say_moment(&self, language: &str, slug: &str, at: NaiveDateTime) -> String {
        let phrase = Phrase::new("moment")
            .with("date", self.say_date(language, slug, at.date()))
            .with("time", at.format("%H:%M").to_string());
        self.say(language, slug, &phrase)
    }

    /// A time from its first to its last day: "5 January to 11 January 2026".
    pub fn say_period(
        &self,
        language: &str,
        slug: &str,
        first: NaiveDate,
        last: NaiveDate,
    ) -> String {
        if first == last {
            return self.say_date(language, slug, first);
        }
        let form = match first.year() == last.year() {
            true => "date_short",
            false => "date_long",
        };
        let from = self.dated(form, language, slug, first);
        let phrase = Phrase::new("period")
            .with("from", self.say(language, slug, &from))
            .with("until", self.say_date(language, slug, last));
        self.say(language, slug, &phrase)
    }

    fn dated(&self, key: &'static str, language: &str, slug: &str, date: NaiveDate) -> Phrase {
        let month = MONTHS.get(date.month0() as usize).copied();
        let month = Phrase::new(month.unwrap_or_default());
        Phrase::new(key)
            .with("day", date.day().to_string())
            .with("month", self.say(language, slug, &month))
            .with("year", date.year().to_string())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn days_are_said_as_people_write_them() {
        let templates = Templates::load(None).unwrap();
        let day = |text: &str| text.parse::<NaiveDate>().unwrap();
        let (first, last) = (day("2026-01-05"), day("2026-03-31"));
        let at = first.and_hms_opt(9, 5, 59).unwrap();
        let table = [
            (
                "en",
                "Monday, 5 January",
                "5 January 2026, 09:05",
                "5 January to 31 March 2026",
            ),
            (
                "de",
                "Montag, 5. Januar",
                "5. Januar 2026, 09:05 Uhr",
                "5. Januar bis 31. März 2026",
            ),
        ];
        for (language, weekday, moment, period) in table {
            assert_eq!(templates.say_day(language, "", first), weekday);
            assert_eq!(templates.say_moment(language, "", at), moment);
            assert_eq!(templates.say_period(language, "", first, last), period);
        }
        assert_eq!(
            templates.say_period("en", "", day("2025-12-29"), first),
            "29 December 2025 to 5 January 2026"
        );
        assert_eq!(templates.say_period("de", "", last, last), "31. März 2026");
    }

    #[test]
    fn short_days_have_room_below_a_chart() {
        let templates = Templates::load(None).unwrap();
        for month in 1..=12 {
            let date = NaiveDate::from_ymd_opt(2026, month, 28).unwrap();
            for language in ["en", "de"] {
                let said = templates.say_short_date(language, "", date);
                assert!(said.starts_with("28"), "{said}");
                assert!(said.chars().count() <= 10, "{said}");
            }
        }
        let date = NaiveDate::from_ymd_opt(2026, 2, 9).unwrap();
        assert_eq!(templates.say_short_date("en", "", date), "9 Feb");
        assert_eq!(templates.say_short_date("de", "", date), "9. Feb.");
    }
}
