//! Text that may stand in a calendar, and the lines of one.

use crate::message::oneline::oneline;

/// The longest line, in octets without its CRLF (RFC 5545, section 3.1).
const LONGEST_LINE: usize = 75;
/// The longest name of somebody or something, in characters.
const LONGEST_NAME: usize = 250;
/// The longest description, in characters.
const LONGEST_DESCRIPTION: usize = 8_000;
/// The longest UID, in octets.
const LONGEST_UID: usize = 255;
/// The longest address, in octets (RFC 5321, section 4.5.3.1.3).
const LONGEST_ADDRESS: usize = 254;

/// One line of text.
pub(super) fn line(text: &str) -> String {
    oneline(text).chars().take(LONGEST_NAME).collect()
}

/// Text of several lines. What only some readers take for the end of a line is one here.
pub(super) fn lines(text: &str) -> String {
    let ends = |c| {
        matches!(
            c,
            '\n' | '\u{b}' | '\u{c}' | '\u{85}' | '\u{2028}' | '\u{2029}'
        )
    };
    let cut: String = text.chars().take(LONGEST_DESCRIPTION).collect();
    let all: Vec<String> = cut
        .replace("\r\n", "\n")
        .replace('\r', "\n")
        .split(ends)
        .map(oneline)
        .collect();
    all.join("\n").trim().to_owned()
}

/// A name in a parameter, where a quote cannot stand (RFC 5545, section 3.2); a
/// backslash may, but some readers take it and what follows for one character.
pub(super) fn name(text: &str) -> String {
    line(&text.replace('"', "'").replace('\\', "/"))
}

/// A TEXT value (RFC 5545, section 3.3.11), for the lines that we write ourselves.
pub(super) fn escaped(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for c in text.chars() {
        match c {
            '\\' | ';' | ',' => out.extend(['\\', c]),
            '\n' => out.push_str("\\n"),
            c => out.push(c),
        }
    }
    out
}

/// Whether every client keeps it as it is.
pub(super) fn is_uid(text: &str) -> bool {
    let plain = |b: u8| b.is_ascii_alphanumeric() || b"-_.@+".contains(&b);
    (1..=LONGEST_UID).contains(&text.len()) && text.bytes().all(plain)
}

/// Whether it can stand behind `mailto:` as it is and come back as it was.
pub(super) fn is_address(text: &str) -> bool {
    let plain = |c: char| !(c.is_control() || c.is_whitespace() || "\"<>()[],;:\\".contains(c));
    let parts = text.rsplit_once('@');
    text.len() <= LONGEST_ADDRESS
        && text.chars().all(plain)
        && parts.is_some_and(|(local, domain)| !local.is_empty() && !domain.is_empty())
}

/// Whether it can be an address of the web as it stands.
pub(super) fn is_link(text: &str) -> bool {
    let plain = |b: u8| b.is_ascii_graphic() && !b"\"<>\\^`{|}".contains(&b);
    let scheme = ["https://", "http://"];
    scheme.iter().any(|scheme| text.starts_with(scheme)) && text.bytes().all(plain)
}

/// Lines as they go out: folded between characters, each with its CRLF.
pub(super) fn fold(lines: &[String]) -> Vec<u8> {
    let mut out = String::new();
    for line in lines {
        let mut room = LONGEST_LINE;
        for c in line.chars() {
            if c.len_utf8() > room {
                out.push_str("\r\n ");
                room = LONGEST_LINE - 1;
            }
            out.push(c);
            room -= c.len_utf8();
        }
        out.push_str("\r\n");
    }
    out.into_bytes()
}

/// The lines of folded text as they were before.
pub(super) fn unfold(folded: &str) -> Vec<String> {
    let whole = folded.replace("\r\n ", "");
    whole.lines().map(str::to_owned).collect()
}
