//! Where a message has large parts that other messages may have too: what is written in
//! base64 in even lines, and what stands whole between the boundaries of a multipart. Pure;
//! nothing depends on its being right but room, for reassembly is checked.

use std::ops::Range;

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use memchr::{memchr_iter, memmem};

/// A part is worth a row of its own from so many octets on, as it is written.
pub const LEAST: usize = 8 << 10;

/// Parts that are cut out of one message at most.
const MOST: usize = 1_000;
/// Boundaries of one message that are looked for, and how long each may be (RFC 2046).
const MOST_BOUNDARIES: usize = 50;
const LONGEST_BOUNDARY: usize = 70;
/// A line of base64 in a body has so many octets; 76 nearly always (RFC 2045, section 6.8).
const LINE: Range<usize> = 40..999;

/// A part that can be kept by itself.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Cut {
    /// Where it stands.
    pub place: Range<usize>,
    /// How its content is written there.
    pub written: Written,
    /// Its content.
    pub content: Vec<u8>,
}

/// How a content is written in a message.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Written {
    /// As it is.
    Exact,
    /// In base64, in lines of so many octets with these ends between them.
    Base64 {
        /// Octets of a line.
        line: u16,
        /// CRLF, else LF.
        crlf: bool,
    },
}

impl Written {
    /// Writes a content.
    pub fn write(self, content: &[u8], out: &mut Vec<u8>) {
        let Written::Base64 { line, crlf } = self else {
            return out.extend_from_slice(content);
        };
        let end: &[u8] = if crlf { b"\r\n" } else { b"\n" };
        let text = STANDARD.encode(content);
        out.reserve(text.len() + text.len() / usize::from(line.max(1)) * end.len());
        for (number, piece) in text.as_bytes().chunks(usize::from(line.max(1))).enumerate() {
            if number > 0 {
                out.extend_from_slice(end);
            }
            out.extend_from_slice(piece);
        }
    }
}

/// The large parts of a message, in order, none over another.
pub fn cuts(raw: &[u8]) -> Vec<Cut> {
    if raw.len() < LEAST {
        return Vec::new();
    }
    let lines = lines(raw);
    let mut found = encoded(raw, &lines);
    for place in between(raw, &lines) {
        let is_free = |cut: &Cut| cut.place.end <= place.start || place.end <= cut.place.start;
        if found.iter().all(is_free) {
            found.push(Cut {
                written: Written::Exact,
                content: raw.get(place.clone()).unwrap_or_default().to_vec(),
                place,
            });
        }
        if found.len() >= MOST {
            break;
        }
    }
    found.sort_by_key(|cut| cut.place.start);
    found
}

/// A line without its end, and whether that is CRLF.
struct Line {
    place: Range<usize>,
    crlf: bool,
}

fn lines(raw: &[u8]) -> Vec<Line> {
    let ends = memchr_iter(b'\n', raw).chain((!raw.ends_with(b"\n")).then_some(raw.len()));
    let mut from = 0;
    ends.map(|end| {
        let crlf = end > from && raw.get(end - 1) == Some(&b'\r');
        let place = from..end - usize::from(crlf);
        from = end + 1;
        Line { place, crlf }
    })
    .collect()
}

/// What stands in base64, such that it can be written again to the octet.
fn encoded(raw: &[u8], lines: &[Line]) -> Vec<Cut> {
    let mut found = Vec::new();
    let mut at = 0;
    while at < lines.len() && found.len() < MOST {
        let end = run(raw, lines, at);
        let (first, last) = (&lines[at], &lines[end.max(at + 1) - 1]);
        let place = first.place.start..last.place.end;
        if place.len() >= LEAST {
            let written = Written::Base64 {
                line: first.place.len() as u16,
                crlf: first.crlf,
            };
            found.extend(cut(raw, place, written));
        }
        at = end.max(at + 1);
    }
    found
}

/// Where the lines end that look as one content in base64: all as long as the first, but the
/// last.
fn run(raw: &[u8], lines: &[Line], from: usize) -> usize {
    let first = &lines[from];
    if !LINE.contains(&first.place.len()) || !first.place.len().is_multiple_of(4) {
        return from;
    }
    let mut at = from;
    while let Some(line) = lines.get(at) {
        let is_last = line.place.len() < first.place.len();
        let is_other = at > from && line.crlf != first.crlf && !is_last;
        if line.place.len() > first.place.len()
            || line.place.is_empty()
            || is_other
            || !is_base64(raw.get(line.place.clone()).unwrap_or_default())
        {
            break;
        }
        at += 1;
        if is_last || raw.get(line.place.end - 1) == Some(&b'=') {
            break;
        }
    }
    at
}

fn is_base64(line: &[u8]) -> bool {
    let padding = line.iter().rev().take_while(|b| **b == b'=').count();
    let is_letter = |b: &u8| b.is_ascii_alphanumeric() || matches!(b, b'+' | b'/');
    padding <= 2 && line.iter().take(line.len() - padding).all(is_letter)
}

fn cut(raw: &[u8], place: Range<usize>, written: Written) -> Option<Cut> {
    let text = raw.get(place.clone())?;
    let letters: Vec<u8> = text
        .iter()
        .filter(|b| !b"\r\n".contains(b))
        .copied()
        .collect();
    let content = STANDARD.decode(letters).ok()?;
    let mut again = Vec::with_capacity(text.len());
    written.write(&content, &mut again);
    (again == text).then_some(Cut {
        place,
        written,
        content,
    })
}

/// The bodies that stand between boundaries of multiparts.
fn between(raw: &[u8], lines: &[Line]) -> Vec<Range<usize>> {
    let names = boundaries(raw);
    let is_boundary = |line: &&Line| {
        let text = raw
            .get(line.place.clone())
            .unwrap_or_default()
            .trim_ascii_end();
        text.strip_prefix(b"--").is_some_and(|text| {
            let name = text.strip_suffix(b"--").unwrap_or(text);
            names.iter().any(|known| *known == name || *known == text)
        })
    };
    let marks: Vec<Range<usize>> = match names.is_empty() {
        true => Vec::new(),
        false => lines
            .iter()
            .filter(is_boundary)
            .map(|line| line.place.clone())
            .collect(),
    };
    let pairs = marks
        .windows(2)
        .filter_map(|pair| body(raw, pair[0].end..pair[1].start));
    pairs
        .filter(|place| place.len() >= LEAST)
        .take(MOST)
        .collect()
}

/// What follows the header of a part.
fn body(raw: &[u8], part: Range<usize>) -> Option<Range<usize>> {
    let text = raw.get(part.clone())?;
    let behind = |end: &[u8]| memmem::find(text, end).map(|at| at + end.len());
    let from = [behind(b"\r\n\r\n"), behind(b"\n\n")]
        .into_iter()
        .flatten()
        .min()?;
    Some(part.start + from..part.end)
}

/// What is named as a boundary somewhere.
fn boundaries(raw: &[u8]) -> Vec<&[u8]> {
    let named = memmem::find_iter(raw, b"oundary=").take(MOST_BOUNDARIES);
    let name = |at: usize| {
        let rest = raw.get(at + 8..)?;
        let (rest, is_end): (&[u8], fn(&u8) -> bool) = match rest.strip_prefix(b"\"") {
            Some(rest) => (rest, |b| matches!(b, b'"' | b'\r' | b'\n')),
            None => (rest, |b| b.is_ascii_whitespace() || *b == b';'),
        };
        let end = rest.iter().take(LONGEST_BOUNDARY + 1).position(is_end)?;
        rest.get(..end).filter(|name| !name.is_empty())
    };
    named.filter_map(name).collect()
}
