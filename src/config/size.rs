//! Sizes of data as people write them: `10MiB`, `500KiB`, plain octets.

use super::problem::{Wrong, quoted, wrong};
use serde::Serializer;

/// Octets in each unit, the largest first, for writing.
const UNITS: [(&str, u64); 4] = [
    ("GiB", 1 << 30),
    ("MiB", 1 << 20),
    ("KiB", 1 << 10),
    ("", 1),
];

/// Writes a size in octets in the largest unit that fits it exactly.
pub fn show(octets: u64) -> String {
    let fits = |unit: &&(&str, u64)| octets != 0 && octets.is_multiple_of(unit.1);
    match UNITS.iter().find(fits) {
        Some((unit, size)) => format!("{}{unit}", octets / size),
        None => "0".to_owned(),
    }
}

/// Reads a size; the result is in octets.
pub(crate) fn read(text: &str) -> Result<u64, Wrong> {
    let bad = || wrong(format!("{} is not a size", quoted(text)), SHAPE);
    let digits = text.bytes().take_while(u8::is_ascii_digit).count();
    let (number, unit) = text.split_at_checked(digits).ok_or_else(bad)?;
    let (_, size) = UNITS
        .iter()
        .find(|(name, _)| *name == unit.trim())
        .ok_or_else(bad)?;
    number
        .parse::<u64>()
        .ok()
        .and_then(|n| n.checked_mul(*size))
        .ok_or_else(bad)
}

pub(crate) fn serialize<S: Serializer>(octets: &u64, to: S) -> Result<S::Ok, S::Error> {
    to.serialize_str(&show(*octets))
}

const SHAPE: &str = "write a whole number with KiB, MiB or GiB, such as \"10MiB\", or plain octets";

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reads_and_writes() {
        let table = [
            ("10MiB", 10 << 20, "10MiB"),
            ("500KiB", 500 << 10, "500KiB"),
            ("1024KiB", 1 << 20, "1MiB"),
            ("1000", 1000, "1000"),
            ("1 GiB", 1 << 30, "1GiB"),
            ("0", 0, "0"),
        ];
        for (text, octets, shown) in table {
            assert_eq!(read(text), Ok(octets), "{text}");
            assert_eq!(show(octets), shown, "{text}");
        }
    }

    #[test]
    fn refuses_the_rest_with_an_example() {
        for text in [
            "",
            "MiB",
            "10MB",
            "10m",
            "-1",
            "1.5MiB",
            "99999999999GiB",
            "10ä",
        ] {
            assert!(
                read(text).unwrap_err().instead.contains("\"10MiB\""),
                "{text}"
            );
        }
    }
}
