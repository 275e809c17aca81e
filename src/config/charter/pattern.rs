//! What a list looks for in header fields and attachments.

use super::value;
use crate::config::problem::{Wrong, quoted, wrong};
use regex::{Regex, RegexBuilder};
use serde::{Serialize, Serializer};

/// The most memory that a compiled pattern may take, in octets: a repetition of
/// repetitions must not fill the machine.
const LARGEST_PATTERN: usize = 1 << 18;

/// A header field that a list looks for, written `Header-Name: regex`. It matches
/// in any case, anywhere in the field's decoded value, and in linear time.
#[derive(Clone, Debug)]
pub struct HeaderPattern {
    text: String,
    name: String,
    regex: Regex,
}

impl HeaderPattern {
    pub(super) fn parse(text: &str) -> Result<Self, Wrong> {
        let text = value::full_line(text)?;
        let (name, pattern) = text.split_once(':').unwrap_or_default();
        let (name, pattern) = (name.trim(), pattern.trim());
        if name.is_empty() || pattern.is_empty() || !name.bytes().all(|b| b.is_ascii_graphic()) {
            let what = format!("{} names no header field and pattern", quoted(&text));
            return Err(wrong(what, "write \"Header-Name: regex\""));
        }
        let regex = compiled(pattern)?;
        let name = name.to_owned();
        Ok(Self { text, name, regex })
    }

    /// Whether a field of that name and decoded value is one of those meant.
    pub fn matches(&self, name: &str, value: &str) -> bool {
        self.name.eq_ignore_ascii_case(name) && self.regex.is_match(value)
    }

    /// The pattern as it stands in the charter.
    pub fn as_str(&self) -> &str {
        &self.text
    }
}

fn compiled(pattern: &str) -> Result<Regex, Wrong> {
    let mut builder = RegexBuilder::new(pattern);
    builder.case_insensitive(true).size_limit(LARGEST_PATTERN);
    builder.build().map_err(|error| {
        let told = error.to_string();
        let last = told.lines().last().unwrap_or_default();
        let instead = "write a regular expression without look-around and back-references, \
            in single quotes";
        wrong(
            format!("{} is no pattern: {last}", quoted(pattern)),
            instead,
        )
    })
}

impl PartialEq for HeaderPattern {
    fn eq(&self, other: &Self) -> bool {
        self.text == other.text
    }
}

impl Serialize for HeaderPattern {
    fn serialize<S: Serializer>(&self, to: S) -> Result<S::Ok, S::Error> {
        to.serialize_str(&self.text)
    }
}

/// Attachments that a list looks for: the end of a name, as `.exe`, or a media
/// type, as `application/pdf` or `video/*`. In lower case.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(transparent)]
pub struct Attachment(String);

impl Attachment {
    pub(super) fn parse(text: &str) -> Result<Self, Wrong> {
        let text = value::full_line(text)?.to_lowercase();
        let is_end = text.len() > 1 && text.starts_with('.') && !text.contains('/');
        let is_type = text
            .split_once('/')
            .is_some_and(|(main, sub)| is_word(main) && (sub == "*" || is_word(sub)));
        if is_end || is_type {
            return Ok(Self(text));
        }
        let what = format!("{} is neither a name's end nor a media type", quoted(&text));
        Err(wrong(
            what,
            "write \".exe\", \"application/pdf\" or \"video/*\"",
        ))
    }

    /// Whether an attachment of that name and media type is one of those meant.
    pub fn matches(&self, name: &str, media_type: &str) -> bool {
        let (name, media_type) = (name.to_lowercase(), media_type.to_ascii_lowercase());
        if self.0.starts_with('.') {
            // Some systems open `a.exe.` and `a.exe ` as `a.exe`.
            return name.trim_end_matches(['.', ' ']).ends_with(&self.0);
        }
        match self.0.strip_suffix('*') {
            Some(family) => media_type.starts_with(family),
            None => media_type == self.0,
        }
    }

    /// As it stands in the charter.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// What every list refuses unless its charter says otherwise: what runs when
    /// it is opened.
    pub(super) fn standard() -> Vec<Self> {
        STANDARD.map(|text| Self(text.to_owned())).to_vec()
    }
}

const STANDARD: [&str; 10] = [
    ".exe",
    ".scr",
    ".bat",
    ".cmd",
    ".com",
    ".pif",
    ".vbs",
    ".js",
    ".jar",
    "application/x-msdownload",
];

/// A token (RFC 2045, section 5.1) as media types have it.
fn is_word(text: &str) -> bool {
    let letter = |b: u8| b.is_ascii_alphanumeric() || b"!#$&-^_.+".contains(&b);
    !text.is_empty() && text.bytes().all(letter)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_header_pattern_looks_at_its_own_field_only() {
        let pattern = HeaderPattern::parse("Subject: ^win(ner)?\\b").unwrap();
        let cases = [
            ("subject", "Winner takes all", true),
            ("Subject", "a winner", false),
            ("Subject", "Windows", false),
            ("X-Subject", "winner", false),
        ];
        for (name, value, expected) in cases {
            assert_eq!(pattern.matches(name, value), expected, "{name}: {value}");
        }
        assert_eq!(pattern.as_str(), "Subject: ^win(ner)?\\b");
    }

    #[test]
    fn what_no_linear_engine_can_do_is_refused() {
        for text in [
            "Subject",
            "Sub ject: x",
            "Subject:",
            ": x",
            "X: (",
            "X: (?=a)",
            "X: (.{500}){500}",
        ] {
            assert!(HeaderPattern::parse(text).is_err(), "{text}");
        }
    }

    #[test]
    fn attachments_go_by_the_end_of_their_name_or_by_type() {
        let cases = [
            (".exe", "Setup.EXE", "application/pdf", true),
            (".exe", "setup.exe. ", "text/plain", true),
            (".exe", "setup.exe.txt", "text/plain", false),
            ("video/*", "a", "Video/MP4", true),
            ("video/*", "a.mp4", "videos/mp4", false),
            ("application/pdf", "a", "application/pdf", true),
            ("application/pdf", "a.pdf", "application/pdfx", false),
        ];
        for (wanted, name, kind, expected) in cases {
            let wanted = Attachment::parse(wanted).unwrap();
            assert_eq!(
                wanted.matches(name, kind),
                expected,
                "{wanted:?} {name} {kind}"
            );
        }
        for text in ["exe", ".", "video", "video/", "/x", "a b/c"] {
            assert!(Attachment::parse(text).is_err(), "{text}");
        }
    }
}
