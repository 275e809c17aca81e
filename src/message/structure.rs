//! The MIME tree of a canonical message as byte ranges (RFC 2046), found in one
//! pass with a bounded stack. Rewriting cuts along it, and it is the guard that
//! keeps trees too deep or too wide from every other parser.

use super::footer;
use super::headers::{self, Section, line_end, section};
use super::part_head::{PartHead, part_head};
use std::ops::Range;

/// How deep parts may be nested before the message is read as plain text.
pub const DEEPEST: usize = 50;
/// How many parts a message may have before it is read as plain text.
pub const MOST_PARTS: usize = 1_000;
/// The longest header section of a part below the first, in octets.
const LONGEST_PART_HEADER: usize = 64 * 1024;

/// One part: the message itself, a part of a multipart, or an embedded message.
#[derive(Debug, Clone)]
pub struct Part {
    /// The header fields of the part.
    pub section: Section,
    /// Where the header section begins.
    pub start: usize,
    /// The body, without the line end that belongs to the next boundary (RFC 2046, section 5.1.1).
    pub body: Range<usize>,
    /// What the header says of the content.
    pub head: PartHead,
    /// The part inherits its place inside a `message/rfc822`.
    pub embedded: bool,
    /// Other parts stand inside this one.
    pub has_children: bool,
    depth: usize,
}

impl Part {
    /// Text that a reader sees as the message: no attachment, nothing inside a forwarded message.
    pub fn is_inline_text(&self, subtype: &str) -> bool {
        let text = self.head.main == "text" && self.head.sub == subtype;
        text && !self.has_children
            && !self.embedded
            && !self.head.attachment
            && self.head.name.is_none()
    }
}

/// The parts of a message in the order of their first octets.
#[derive(Debug, Clone, Default)]
pub struct Structure {
    /// The parts; the first is the message itself.
    pub parts: Vec<Part>,
    /// The limit that the message broke; then only the first part is listed.
    pub broken_limit: Option<&'static str>,
}

/// Reads the tree of a canonical message.
pub fn structure(bytes: &[u8]) -> Structure {
    let mut scan = Scan {
        bytes,
        parts: Vec::new(),
        open: Vec::new(),
        broken: None,
    };
    scan.begin_part(0, 0, false, false);
    scan.run();
    scan.finish()
}

/// Whether some part is signed or encrypted, by S/MIME or PGP, in MIME or inline.
pub fn is_sealed(tree: &Structure, bytes: &[u8]) -> bool {
    let armour = |part: &Part| {
        !part.has_children && part.head.main == "text" && footer::has_armour(bytes, part)
    };
    tree.parts
        .iter()
        .any(|part| part.head.is_sealed() || armour(part))
}

struct Boundary {
    text: Vec<u8>,
    part: usize,
    closed: bool,
}

struct Scan<'a> {
    bytes: &'a [u8],
    parts: Vec<Part>,
    open: Vec<Boundary>,
    broken: Option<&'static str>,
}

impl Scan<'_> {
    /// Reads a part's header section and opens what stands directly inside it.
    /// Embedded messages follow at once, hence the loop.
    fn begin_part(&mut self, at: usize, depth: usize, embedded: bool, in_digest: bool) {
        let (mut at, mut depth, mut embedded, mut digest) = (at, depth, embedded, in_digest);
        loop {
            let until = self.header_limit(at);
            let section = section(self.bytes, at, until);
            self.check(depth, at, section.end);
            let head = part_head(self.bytes.get(at..section.end).unwrap_or_default(), digest);
            let body = section.body..self.bytes.len();
            let next = section.body;
            let (is_message, boundary) = (head.is_plain_message(), head.boundary.clone());
            self.parts.push(Part {
                section,
                start: at,
                body,
                head,
                embedded,
                has_children: is_message,
                depth,
            });
            if self.broken.is_some() {
                return;
            }
            if let Some(text) = boundary {
                self.open.push(Boundary {
                    text,
                    part: self.parts.len() - 1,
                    closed: false,
                });
            }
            if !is_message {
                return;
            }
            (at, depth, embedded, digest) = (next, depth + 1, true, false);
        }
    }

    /// A header section ends at the latest where an enclosing boundary comes.
    fn header_limit(&self, from: usize) -> usize {
        let mut at = from;
        while at < self.bytes.len() {
            let end = line_end(self.bytes, at);
            let line = self.bytes.get(at..end).unwrap_or_default();
            let stop = line == b"\r\n" || self.boundary_of(line).is_some();
            if stop {
                return if line == b"\r\n" { end } else { at };
            }
            at = end;
        }
        at
    }

    fn check(&mut self, depth: usize, start: usize, end: usize) {
        if depth > DEEPEST {
            self.broken = Some("parts nested more than 50 deep: shown as plain text");
        } else if self.parts.len() >= MOST_PARTS {
            self.broken = Some("more than 1,000 parts: shown as plain text");
        } else if !self.parts.is_empty() && end - start > LONGEST_PART_HEADER {
            self.broken = Some("a part with a header over 64 KiB: shown as plain text");
        }
    }

    fn run(&mut self) {
        let mut at = self.parts.last().map_or(0, |part| part.body.start);
        while at < self.bytes.len() && self.broken.is_none() {
            let end = line_end(self.bytes, at);
            let line = self.bytes.get(at..end).unwrap_or_default();
            at = match self.boundary_of(line) {
                Some((index, last)) => self.cross(index, last, at, end),
                None => end,
            };
        }
    }

    /// The innermost open boundary that the line is, and whether it is the closing one.
    fn boundary_of(&self, line: &[u8]) -> Option<(usize, bool)> {
        let text = line.strip_prefix(b"--")?.trim_ascii_end();
        let open = self
            .open
            .iter()
            .enumerate()
            .rev()
            .filter(|(_, boundary)| !boundary.closed);
        open.filter_map(|(index, boundary)| {
            // Most lines are told apart by their length alone.
            let more = text.len().checked_sub(boundary.text.len())?;
            if more != 0 && more != 2 {
                return None;
            }
            let rest = text.strip_prefix(boundary.text.as_slice())?;
            matches!(rest, b"" | b"--").then_some((index, rest == b"--"))
        })
        .next()
    }

    /// Ends what was open inside the boundary, and begins the next part.
    fn cross(&mut self, index: usize, last: bool, at: usize, end: usize) -> usize {
        self.open.truncate(index + 1);
        let Some(boundary) = self.open.last_mut() else {
            return end;
        };
        boundary.closed = last;
        let owner = boundary.part;
        self.close_parts_behind(owner, at);
        if last {
            return end;
        }
        let Some(parent) = self.parts.get_mut(owner) else {
            return end;
        };
        parent.has_children = true;
        let (depth, embedded, digest) = (
            parent.depth + 1,
            parent.embedded,
            parent.head.sub == "digest",
        );
        self.begin_part(end, depth, embedded, digest);
        self.parts.last().map_or(end, |part| part.body.start)
    }

    fn close_parts_behind(&mut self, owner: usize, at: usize) {
        let all = self.bytes.len();
        for part in self
            .parts
            .iter_mut()
            .skip(owner + 1)
            .rev()
            .take_while(|part| part.body.end == all)
        {
            let crlf = self
                .bytes
                .get(..at)
                .is_some_and(|before| before.ends_with(b"\r\n"));
            let end = if crlf { at - 2 } else { at };
            part.body.end = end.max(part.body.start);
        }
    }

    fn finish(mut self) -> Structure {
        if self.broken.is_some() {
            self.parts.truncate(1);
            if let Some(first) = self.parts.first_mut() {
                first.has_children = false;
                first.body.end = self.bytes.len();
            }
        }
        Structure {
            parts: self.parts,
            broken_limit: self.broken,
        }
    }
}

/// Whether a field is more than a parser should be given. A long Subject is only text.
pub fn is_heavy_field(bytes: &[u8], field: &headers::Field) -> bool {
    const MOST_ADDRESSES: usize = 10_000;
    let value = field.value_in(bytes);
    if field.is(bytes, "Subject") {
        return value.len() > 4 * LONGEST_PART_HEADER;
    }
    let commas = || value.iter().filter(|b| matches!(b, b',' | b';')).count();
    let open = || value.iter().filter(|b| **b == b'(').count();
    value.len() > LONGEST_PART_HEADER || commas() > MOST_ADDRESSES || open() > MOST_ADDRESSES / 10
}

#[cfg(test)]
mod tests {
    use super::structure;

    fn types(raw: &str) -> Vec<String> {
        let found = structure(raw.as_bytes());
        found
            .parts
            .iter()
            .map(|p| format!("{}/{}={:?}", p.head.main, p.head.sub, &raw[p.body.clone()]))
            .collect()
    }

    #[test]
    fn ranges_of_nested_parts() {
        let raw = "Content-Type: multipart/mixed; boundary=a\r\n\r\npre\r\n--a\r\n\r\none\r\n--a\r\n\
            Content-Type: multipart/alternative; boundary=\"a b\"\r\n\r\n--a b\r\nContent-Type: text/html\r\n\r\ntwo\r\n\
            --a b--\r\n--a\r\nContent-Type: message/rfc822\r\n\r\nSubject: x\r\n\r\nthree\r\n--a--\r\npost\r\n";
        let found = types(raw);
        assert_eq!(found.len(), 6);
        assert_eq!(found[1], "text/plain=\"one\"");
        assert_eq!(found[3], "text/html=\"two\"");
        assert_eq!(found[5], "text/plain=\"three\"");
    }

    #[test]
    fn a_multipart_without_its_boundary_has_no_children() {
        let raw = b"Content-Type: multipart/mixed; boundary=a\r\n\r\nno parts\r\n";
        assert!(!structure(raw).parts[0].has_children);
    }

    #[test]
    fn ten_thousand_levels_are_one_text() {
        let level =
            |n: usize| format!("Content-Type: multipart/mixed; boundary=b{n}\r\n\r\n--b{n}\r\n");
        let raw: String = (0..10_000).map(level).collect();
        let found = structure(raw.as_bytes());
        assert_eq!(found.parts.len(), 1);
        assert!(found.broken_limit.is_some());
    }
}
