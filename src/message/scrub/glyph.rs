//! Text as a search for tokens reads it: escapes are read, and lines that were
//! broken or quoted (`> `) are one again. Each glyph knows where it came from.

use std::ops::Range;

/// One character of the text as it is meant, in lower case.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Glyph {
    pub byte: u8,
    /// Where it stands in the bytes given.
    pub from: usize,
    pub to: usize,
    /// A line end stood before it.
    pub after_break: bool,
}

/// The glyphs of a stretch of a body.
pub(super) fn glyphs(bytes: &[u8], place: Range<usize>, quoted_printable: bool) -> Vec<Glyph> {
    let raw = bytes.get(place.clone()).unwrap_or_default();
    let octets = octets(raw, place.start, quoted_printable);
    let mut found = unescaped(&joined(&octets));
    for glyph in &mut found {
        glyph.byte.make_ascii_lowercase();
    }
    found
}

/// The octets behind quoted-printable (RFC 2045, section 6.7); as they are otherwise.
fn octets(raw: &[u8], start: usize, quoted_printable: bool) -> Vec<Glyph> {
    let mut out = Vec::with_capacity(raw.len());
    let mut at = 0;
    while let Some(byte) = raw.get(at).copied() {
        let rest = raw.get(at + 1..).unwrap_or_default();
        let (byte, length) = match byte == b'=' && quoted_printable {
            true => match (soft_break(rest), hex(rest)) {
                (Some(length), _) => {
                    at += 1 + length;
                    continue;
                }
                (None, Some(octet)) => (octet, 3),
                (None, None) => (byte, 1),
            },
            false => (byte, 1),
        };
        out.push(glyph(byte, start + at, start + at + length));
        at += length;
    }
    out
}

fn glyph(byte: u8, from: usize, to: usize) -> Glyph {
    Glyph {
        byte,
        from,
        to,
        after_break: false,
    }
}

fn soft_break(rest: &[u8]) -> Option<usize> {
    let blanks = rest.iter().take(80);
    let blanks = blanks.take_while(|b| matches!(b, b' ' | b'\t')).count();
    (rest.get(blanks..blanks + 2) == Some(b"\r\n")).then_some(blanks + 2)
}

fn hex(rest: &[u8]) -> Option<u8> {
    let digits = rest
        .get(..2)
        .filter(|two| two.iter().all(u8::is_ascii_hexdigit))?;
    u8::from_str_radix(std::str::from_utf8(digits).ok()?, 16).ok()
}

/// Line ends go, with the blanks around them and the marks of quoting behind them;
/// an empty line stays as one line end, so that paragraphs stay apart.
fn joined(octets: &[Glyph]) -> Vec<Glyph> {
    let mut out: Vec<Glyph> = Vec::with_capacity(octets.len());
    let mut breaks = 0;
    for octet in octets {
        match octet.byte {
            b'\n' => {
                breaks += 1;
                while matches!(out.last(), Some(last) if matches!(last.byte, b' ' | b'\t' | b'\r'))
                {
                    out.pop();
                }
                if breaks == 2 {
                    out.push(*octet);
                }
            }
            b'\r' | b' ' | b'\t' | b'>' | b'|' if breaks > 0 => {}
            _ => {
                let after_break = breaks > 0;
                out.push(Glyph {
                    after_break,
                    ..*octet
                });
                breaks = 0;
            }
        }
    }
    out
}

/// `%2B` (RFC 3986) and `&#43;` (HTML) as the characters that they stand for.
fn unescaped(glyphs: &[Glyph]) -> Vec<Glyph> {
    let mut out = Vec::with_capacity(glyphs.len());
    let mut at = 0;
    while let Some(first) = glyphs.get(at) {
        let rest = glyphs.get(at + 1..).unwrap_or_default();
        let rest: Vec<u8> = rest.iter().take(LONGEST_ENTITY).map(|g| g.byte).collect();
        let read = match first.byte {
            b'%' => hex(&rest).map(|octet| (octet, 2)),
            b'&' => entity(&rest),
            _ => None,
        };
        let (byte, more) = read.unwrap_or((first.byte, 0));
        let to = glyphs.get(at + more).map_or(first.to, |last| last.to);
        out.push(Glyph { byte, to, ..*first });
        at += more + 1;
    }
    out
}

/// `commat;` with its semicolon; numbers are shorter.
const LONGEST_ENTITY: usize = 8;

/// What stands behind `&`: the octet and the length.
fn entity(rest: &[u8]) -> Option<(u8, usize)> {
    let end = rest.iter().position(|b| *b == b';')?;
    let name = std::str::from_utf8(rest.get(..end)?)
        .ok()?
        .to_ascii_lowercase();
    let number = match name.strip_prefix("#x") {
        Some(hex) => u8::from_str_radix(hex, 16).ok(),
        None => name
            .strip_prefix('#')
            .and_then(|number| number.parse().ok()),
    };
    let named = match name.as_str() {
        "plus" => Some(b'+'),
        "commat" => Some(b'@'),
        "sol" => Some(b'/'),
        "period" => Some(b'.'),
        "colon" => Some(b':'),
        "amp" => Some(b'&'),
        _ => None,
    };
    let octet = number.or(named).filter(u8::is_ascii)?;
    Some((octet, end + 1))
}
