//! The single values of a charter, read and written.

use super::{Holiday, Quiet};
use crate::cadence::cron::CronLine;
use crate::config::nearest::nearest;
use crate::config::problem::{Wrong, quoted, wrong};
use chrono::{NaiveDate, NaiveDateTime, NaiveTime, TimeDelta, Timelike};
use chrono_tz::{TZ_VARIANTS, Tz};
use lettre::Address;
use serde::{Serialize, Serializer};

/// The longest single line, in characters: names, titles, places, links.
const LONGEST_LINE: usize = 500;

/// A higher rate would be none.
const MOST_AN_HOUR: u32 = 100_000;

/// The longest text, in octets: elements, norms, prompts.
const LONGEST_TEXT: usize = 20_000;

pub(super) fn slug(text: &str) -> Result<String, Wrong> {
    let letters = text
        .bytes()
        .all(|b| matches!(b, b'a'..=b'z' | b'0'..=b'9' | b'-'));
    let edges = !text.starts_with('-') && !text.ends_with('-');
    if letters && edges && (1..=24).contains(&text.len()) {
        return Ok(text.to_owned());
    }
    let instead = "write 1 to 24 of a-z, 0-9 and -, with no - at either end";
    Err(wrong(format!("{} is not a slug", quoted(text)), instead))
}

/// A text that must fit a header or a line: one line, without control characters.
pub(super) fn line(text: &str) -> Result<String, Wrong> {
    if text.chars().any(char::is_control) {
        return Err(wrong(
            "the text has a line break or control character",
            "write it on one line",
        ));
    }
    if text.chars().count() > LONGEST_LINE {
        return Err(wrong(
            "the text is too long",
            "write at most 500 characters",
        ));
    }
    Ok(text.trim().to_owned())
}

pub(in crate::config) fn full_line(text: &str) -> Result<String, Wrong> {
    line(text).and_then(not_empty)
}

/// Words for people, over as many lines as they need.
pub(super) fn prose(text: &str) -> Result<String, Wrong> {
    if text.len() > LONGEST_TEXT {
        return Err(wrong("the text is too long", "write at most 20,000 octets"));
    }
    if text
        .chars()
        .any(|c| c.is_control() && !matches!(c, '\n' | '\t' | '\r'))
    {
        return Err(wrong("the text has a control character", "take it out"));
    }
    not_empty(text.trim().replace("\r\n", "\n"))
}

fn not_empty(text: String) -> Result<String, Wrong> {
    match text.is_empty() {
        true => Err(wrong("this is empty", "write at least a few words")),
        false => Ok(text),
    }
}

/// A tag keeps its blanks: they may be wanted.
pub(super) fn subject_tag(text: &str) -> Result<String, Wrong> {
    line(text)?;
    match text.chars().count() <= 64 {
        true => Ok(text.to_owned()),
        false => Err(wrong("the tag is too long", "write at most 64 characters")),
    }
}

/// The form of a language tag (RFC 5646): subtags of 1 to 8 letters or digits.
pub(super) fn language(text: &str) -> Result<String, Wrong> {
    let mut subtags = text.split('-');
    let first = subtags.next().unwrap_or_default();
    let language = (2..=3).contains(&first.len()) && first.bytes().all(|b| b.is_ascii_lowercase());
    let fits =
        |tag: &str| (1..=8).contains(&tag.len()) && tag.bytes().all(|b| b.is_ascii_alphanumeric());
    if language && text.len() <= 35 && subtags.all(fits) {
        return Ok(text.to_owned());
    }
    Err(wrong(
        format!("{} is no language", quoted(text)),
        "write a tag such as \"en\" or \"de-AT\"",
    ))
}

pub(super) fn time_zone(text: &str) -> Result<Tz, Wrong> {
    text.parse().map_err(|_| {
        let instead = match nearest_zone(text) {
            Some(name) => format!("did you mean {name:?}?"),
            None => "write a name such as \"Europe/Berlin\"".to_owned(),
        };
        wrong(format!("{} is no time zone", quoted(text)), instead)
    })
}

/// By its whole name, or by its city alone.
fn nearest_zone(text: &str) -> Option<&'static str> {
    let names = || TZ_VARIANTS.iter().map(|zone| zone.name());
    let wanted = text.trim().replace(' ', "_").to_lowercase();
    let city = |name: &&str| {
        name.rsplit('/')
            .next()
            .is_some_and(|c| c.to_lowercase() == wanted)
    };
    names().find(city).or_else(|| nearest(&wanted, names()))
}

pub(super) fn mail_address(text: &str) -> Result<Address, Wrong> {
    let instead = "write a plain address such as \"ann@example.org\"";
    text.parse()
        .map_err(|_| wrong(format!("{} is no mail address", quoted(text)), instead))
}

pub(super) fn date(text: &str) -> Result<NaiveDate, Wrong> {
    let shaped = text.len() == 10;
    let date = NaiveDate::parse_from_str(text, "%Y-%m-%d")
        .ok()
        .filter(|_| shaped);
    date.ok_or_else(|| {
        wrong(
            format!("{} is no date", quoted(text)),
            "write it as \"2026-12-31\"",
        )
    })
}

pub(super) fn holiday(text: &str) -> Result<Holiday, Wrong> {
    let (first, last) = text.split_once('/').unwrap_or((text, text));
    let example = |w: Wrong| wrong(w.what, "write \"2026-12-24/2027-01-02\", or a single day");
    let first = date(first.trim()).map_err(example)?;
    let last = date(last.trim()).map_err(example)?;
    if first > last {
        let instead = format!("write \"{last}/{first}\"");
        return Err(wrong(
            format!("{} ends before it begins", quoted(text)),
            instead,
        ));
    }
    Ok(Holiday { first, last })
}

pub(super) fn wall_time(text: &str) -> Result<NaiveDateTime, Wrong> {
    let formats = ["%Y-%m-%dT%H:%M", "%Y-%m-%dT%H:%M:%S", "%Y-%m-%d %H:%M"];
    let read = formats
        .iter()
        .find_map(|form| NaiveDateTime::parse_from_str(text, form).ok());
    let instead = "write it as \"2026-01-13T16:00\", in the community's time zone";
    read.ok_or_else(|| wrong(format!("{} is no local time", quoted(text)), instead))
}

/// A schedule that may go out as mail: at most once an hour.
pub(super) fn schedule(text: &str) -> Result<CronLine, Wrong> {
    let line = CronLine::parse(text).map_err(|e| wrong(e.what, e.instead))?;
    if line.min_gap() < TimeDelta::hours(1) {
        let what = format!("{} comes more than once an hour", quoted(text));
        return Err(wrong(what, "write one minute, such as \"0 9 * * 1\""));
    }
    Ok(line)
}

pub(super) fn schedule_or_off(text: &str) -> Result<Option<CronLine>, Wrong> {
    if text == "off" {
        Ok(None)
    } else {
        schedule(text).map(Some)
    }
}

/// Days between two askings of one survey, at least: members who are asked more often
/// answer less, and results so close together differ by the few who came or went.
const SURVEY_GAP: i64 = 80;

/// Firings that are looked at: two years of the most frequent schedule that may be.
const FIRINGS: usize = 10;

/// A schedule by which a survey opens: never twice in eighty days.
pub(super) fn rarely(text: &str) -> Result<CronLine, Wrong> {
    let line = schedule(text)?;
    let start = chrono::DateTime::UNIX_EPOCH + TimeDelta::days(365 * 55);
    let next = |last: &chrono::DateTime<chrono::Utc>| line.next_after(*last, chrono_tz::UTC);
    let firings: Vec<_> = std::iter::successors(next(&start), next)
        .take(FIRINGS)
        .collect();
    let too_close = firings
        .windows(2)
        .find(|two| two[1] - two[0] < TimeDelta::days(SURVEY_GAP));
    match too_close {
        None => Ok(line),
        Some(two) => {
            let day = |at: chrono::DateTime<chrono::Utc>| at.format("%Y-%m-%d").to_string();
            let what = format!(
                "{} comes twice in {SURVEY_GAP} days: after {} it may open again from {}, not on {}",
                quoted(text),
                day(two[0]),
                day(two[0] + TimeDelta::days(SURVEY_GAP)),
                day(two[1])
            );
            Err(wrong(
                what,
                "write a quarter, such as \"0 9 10 2,5,8,11 *\"",
            ))
        }
    }
}

pub(super) fn rarely_or_off(text: &str) -> Result<Option<CronLine>, Wrong> {
    if text == "off" {
        Ok(None)
    } else {
        rarely(text).map(Some)
    }
}

/// An absolute address (RFC 3986) of any scheme that opens something.
pub(super) fn link(text: &str) -> Result<String, Wrong> {
    let text = line(text)?;
    let scheme = text
        .split_once(':')
        .map_or("", |(scheme, _)| scheme)
        .to_ascii_lowercase();
    let harmful = ["javascript", "data", "vbscript", "file"].contains(&scheme.as_str());
    let letters = scheme
        .bytes()
        .all(|b| b.is_ascii_alphanumeric() || b"+-.".contains(&b));
    let whole = text.len() > scheme.len() + 1 && !text.contains(char::is_whitespace);
    if scheme.is_empty() || harmful || !letters || !whole {
        let instead = "write it whole, such as \"https://meet.example/room\"";
        return Err(wrong(format!("{} is no link", quoted(&text)), instead));
    }
    Ok(text)
}

pub(super) fn quiet(text: &str) -> Result<Option<Quiet>, Wrong> {
    if text == "off" {
        return Ok(None);
    }
    let time = |text: &str| NaiveTime::parse_from_str(text.trim(), "%H:%M").ok();
    let (from, to) = text.split_once('-').unwrap_or((text, ""));
    match (time(from), time(to)) {
        (Some(from), Some(to)) if from != to => Ok(Some(Quiet { from, to })),
        _ => {
            let instead = "write \"18:00-08:00\", or \"off\"";
            Err(wrong(format!("{} are no hours", quoted(text)), instead))
        }
    }
}

/// Most in an hour, or "off".
pub(super) fn rate_or_off(text: &str) -> Result<Option<u32>, Wrong> {
    if text == "off" {
        return Ok(None);
    }
    let number = text.parse().ok().filter(|n| (1..=MOST_AN_HOUR).contains(n));
    number.map(Some).ok_or_else(|| {
        let instead = "write a number from 1 to 100000, or \"off\"";
        wrong(format!("{} is no rate", quoted(text)), instead)
    })
}

pub(super) fn zone<S: Serializer>(zone: &Tz, to: S) -> Result<S::Ok, S::Error> {
    to.serialize_str(zone.name())
}

pub(super) fn address<S: Serializer>(address: &Address, to: S) -> Result<S::Ok, S::Error> {
    to.collect_str(address)
}

pub(super) fn cron_or_off<S: Serializer>(
    line: &Option<CronLine>,
    to: S,
) -> Result<S::Ok, S::Error> {
    to.serialize_str(line.as_ref().map_or("off", CronLine::as_str))
}

pub(super) fn number_or_off<S: Serializer>(number: &Option<u32>, to: S) -> Result<S::Ok, S::Error> {
    match number {
        Some(number) => to.serialize_u32(*number),
        None => to.serialize_str("off"),
    }
}

pub(super) fn local_time<S: Serializer>(time: &NaiveDateTime, to: S) -> Result<S::Ok, S::Error> {
    let form = if time.second() == 0 {
        "%Y-%m-%dT%H:%M"
    } else {
        "%Y-%m-%dT%H:%M:%S"
    };
    to.collect_str(&time.format(form))
}

pub(super) fn quiet_or_off<S: Serializer>(quiet: &Option<Quiet>, to: S) -> Result<S::Ok, S::Error> {
    match quiet {
        Some(Quiet { from, to: end }) => to.collect_str(&format_args!(
            "{}-{}",
            from.format("%H:%M"),
            end.format("%H:%M")
        )),
        None => to.serialize_str("off"),
    }
}

impl Serialize for Holiday {
    fn serialize<S: Serializer>(&self, to: S) -> Result<S::Ok, S::Error> {
        match self.first == self.last {
            true => to.collect_str(&self.first),
            false => to.collect_str(&format_args!("{}/{}", self.first, self.last)),
        }
    }
}
