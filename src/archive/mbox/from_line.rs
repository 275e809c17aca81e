//! The line that begins a message: `From SENDER DATE`.

use chrono::{DateTime, Datelike, FixedOffset, NaiveDate, NaiveTime, Utc};

/// A longer line is no separator, whatever it says.
const MAX_LINE: usize = 1_000;
/// Words behind the day of the week that may belong to the date.
const MAX_DATE_WORDS: usize = 8;
/// As far as dates of mails are believed: what we write must be read again.
const LAST_YEAR: i32 = 3_001;

/// What a separator says, for mails that do not say it themselves.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct FromLine {
    /// The envelope sender as it stands; may be empty or no address at all.
    pub sender: String,
    /// The moment of delivery, in UTC where the line names no zone.
    pub date: Option<DateTime<Utc>>,
}

impl FromLine {
    /// Reads a line that follows an empty one. `None` is ordinary text: only a
    /// weekday, a month, a time and a year together tell a separator from a
    /// sentence that begins with "From".
    pub fn parse(line: &[u8]) -> Option<FromLine> {
        let rest = line.strip_prefix(b"From ")?;
        if rest.len() > MAX_LINE {
            return None;
        }
        let text = String::from_utf8_lossy(rest);
        let words: Vec<&str> = text.split_whitespace().collect();
        let day = words.iter().rposition(|word| is_weekday(word))?;
        let date = parse_date(&words[day + 1..])?;
        Some(FromLine {
            sender: words[..day].join(" "),
            date: Some(date),
        })
    }
}

const MONTHS: [&str; 12] = [
    "jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec",
];

fn is_weekday(word: &str) -> bool {
    let word = word.trim_end_matches(',').to_ascii_lowercase();
    ["mon", "tue", "wed", "thu", "fri", "sat", "sun"].contains(&word.as_str())
}

/// asctime (`Jan  1 00:00:00 1970`), with a zone on either side of the year, or
/// the order of RFC 5322 (`1 Jan 1970 00:00:00 +0000`): each part is known by its
/// looks, so the order does not matter.
fn parse_date(words: &[&str]) -> Option<DateTime<Utc>> {
    let words = &words[..words.len().min(MAX_DATE_WORDS)];
    let month = words.iter().find_map(|word| month(word))?;
    let time = words.iter().find_map(|word| time(word))?;
    let year = words
        .iter()
        .find_map(|word| number(word, 4, 1969..=LAST_YEAR))?;
    let day = words.iter().find_map(|word| number(word, 2, 1..=31))?;
    let zone = words
        .iter()
        .find_map(|word| zone(word))
        .or_else(|| FixedOffset::east_opt(0))?;
    let local = NaiveDate::from_ymd_opt(year, month, day.try_into().ok()?)?.and_time(time);
    local
        .and_local_timezone(zone)
        .single()
        .map(|at| at.with_timezone(&Utc))
        .filter(|at| at.year() <= LAST_YEAR)
}

fn month(word: &str) -> Option<u32> {
    let word = word.to_ascii_lowercase();
    let index = MONTHS.iter().position(|month| *month == word)?;
    u32::try_from(index + 1).ok()
}

fn time(word: &str) -> Option<NaiveTime> {
    NaiveTime::parse_from_str(word, "%H:%M:%S")
        .or_else(|_| NaiveTime::parse_from_str(word, "%H:%M"))
        .ok()
}

fn number(word: &str, most_digits: usize, range: std::ops::RangeInclusive<i32>) -> Option<i32> {
    if word.len() > most_digits || !word.bytes().all(|byte| byte.is_ascii_digit()) {
        return None;
    }
    word.parse().ok().filter(|value| range.contains(value))
}

/// `+0100` or `-0730`.
fn zone(word: &str) -> Option<FixedOffset> {
    let sign = match word.as_bytes().first()? {
        b'+' => 1,
        b'-' => -1,
        _ => return None,
    };
    let digits = number(word.get(1..)?, 4, 0..=1_400)?;
    FixedOffset::east_opt(sign * (digits / 100 * 3_600 + digits % 100 * 60))
}
