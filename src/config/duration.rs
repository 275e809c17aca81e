//! Lengths of time as people write them: `10d`, `1h`, `90m`, `2w`, `30s`.

use super::problem::{Wrong, quoted, wrong};
use chrono::TimeDelta;
use serde::Serializer;

/// Seconds in each unit, the longest first, for writing.
const UNITS: [(char, i64); 5] = [
    ('w', 604_800),
    ('d', 86_400),
    ('h', 3_600),
    ('m', 60),
    ('s', 1),
];

/// Longer is a mistake: ten years, in seconds.
const LONGEST: i64 = 3_660 * 86_400;

/// Reads a length of time: a whole number and one of `s m h d w`.
///
/// # Errors
/// What is wrong with the text, and what would be right, in one sentence.
pub fn parse(text: &str) -> Result<TimeDelta, String> {
    read(text).map_err(|error| format!("{}; {}", error.what, error.instead))
}

/// Writes a length of time in the longest unit that fits it exactly, weeks as
/// days: most people write 7d.
pub fn show(length: TimeDelta) -> String {
    let seconds = length.num_seconds();
    let fits = |unit: &&(char, i64)| seconds % unit.1 == 0;
    match UNITS.iter().skip(1).find(fits) {
        Some((unit, size)) if seconds != 0 => format!("{}{unit}", seconds / size),
        _ => "0s".to_owned(),
    }
}

pub(crate) fn read(text: &str) -> Result<TimeDelta, Wrong> {
    let bad = || wrong(format!("{} is not a length of time", quoted(text)), SHAPE);
    let (last, _) = text.char_indices().last().ok_or_else(bad)?;
    let (number, unit) = text.split_at(last);
    let (_, size) = UNITS
        .iter()
        .find(|(letter, _)| unit.starts_with(*letter))
        .ok_or_else(bad)?;
    if number.is_empty() || !number.bytes().all(|b| b.is_ascii_digit()) {
        return Err(bad());
    }
    let seconds = number
        .parse::<i64>()
        .ok()
        .and_then(|n| n.checked_mul(*size));
    seconds
        .filter(|s| *s <= LONGEST)
        .and_then(TimeDelta::try_seconds)
        .ok_or_else(too_long)
}

/// Like [`read`], where `off` is an answer too.
pub(crate) fn read_or_off(text: &str) -> Result<Option<TimeDelta>, Wrong> {
    if text == "off" {
        return Ok(None);
    }
    let length = read(text).map_err(|w| wrong(w.what, format!("{}, or \"off\"", w.instead)))?;
    Ok(Some(length))
}

pub(crate) fn serialize<S: Serializer>(length: &TimeDelta, to: S) -> Result<S::Ok, S::Error> {
    to.serialize_str(&show(*length))
}

pub(crate) fn serialize_or_off<S: Serializer>(
    length: &Option<TimeDelta>,
    to: S,
) -> Result<S::Ok, S::Error> {
    to.serialize_str(&length.map_or("off".to_owned(), show))
}

const SHAPE: &str = "write a number and a unit, such as \"90m\", \"1h\", \"10d\" or \"2w\"";

fn too_long() -> Wrong {
    wrong("this is longer than ten years", SHAPE)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reads_what_people_write_and_writes_it_shortest() {
        let table = [
            ("10d", 864_000, "10d"),
            ("1h", 3_600, "1h"),
            ("90m", 5_400, "90m"),
            ("2w", 1_209_600, "14d"),
            ("7d", 604_800, "7d"),
            ("60m", 3_600, "1h"),
            ("36h", 129_600, "36h"),
            ("0d", 0, "0s"),
            ("45s", 45, "45s"),
        ];
        for (text, seconds, shortest) in table {
            let length = parse(text).unwrap();
            assert_eq!(length.num_seconds(), seconds, "{text}");
            assert_eq!(show(length), shortest, "{text}");
        }
    }

    #[test]
    fn refuses_the_rest_with_an_example() {
        for text in [
            "",
            "d",
            "10",
            "1.5h",
            "-1d",
            "1 d",
            "10x",
            "10ä",
            "99999999999999999999d",
        ] {
            assert!(parse(text).unwrap_err().contains("\"90m\""), "{text}");
        }
    }
}
