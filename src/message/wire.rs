//! One reading of the bytes for all of folkmoot: what the parser shows, what a
//! moderator judges and what leaves are cut from the same canonical form.

use super::headers;
use std::borrow::Cow;

/// The longest line that may leave, in octets, without its CRLF (RFC 5321, section 4.5.3.1.6).
pub const LONGEST_LINE: usize = 998;

/// A message with CRLF line ends only, a header section of fields only, and an
/// empty line between header and body.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Canonical {
    /// The message.
    pub bytes: Vec<u8>,
    /// Where the body begins.
    pub body: usize,
    /// Whether it came with more than one From field, of which the first is left.
    pub many_from: bool,
    /// What was odd about the message as it came.
    pub oddities: Vec<&'static str>,
}

/// Brings a message into canonical form. In the header section a bare CR becomes a
/// space and NUL goes, so that neither can begin a field; in the body each bare CR
/// and bare LF becomes a line end. NUL stays in the body: only who knows the MIME
/// part can encode it.
pub fn canonical(raw: &[u8]) -> Canonical {
    let mut out = Canonical {
        bytes: Vec::with_capacity(raw.len() + raw.len() / 32 + 2),
        ..Canonical::default()
    };
    let body = header(raw, &mut out);
    out.bytes.extend_from_slice(b"\r\n");
    out.body = out.bytes.len();
    let bare = crlf(raw.get(body..).unwrap_or_default(), &mut out.bytes);
    if bare {
        odd(&mut out, "bare CR in the body");
    }
    out
}

fn odd(out: &mut Canonical, what: &'static str) {
    if !out.oddities.contains(&what) {
        out.oddities.push(what);
    }
}

/// Fields that a message has once at most (RFC 5322, section 3.6; RFC 2045), in lower
/// case. Programs differ in which of two they believe, so the first one counts for all.
const ONCE: [&str; 10] = [
    "from",
    "sender",
    "reply-to",
    "subject",
    "date",
    "message-id",
    "in-reply-to",
    "mime-version",
    "content-type",
    "content-transfer-encoding",
];

/// What the header section has held so far.
#[derive(Default)]
struct Seen {
    once: [bool; ONCE.len()],
    /// The lines belong to a field that is left out.
    skipping: bool,
}

/// Copies the header section and returns where the body begins in `raw`.
fn header(raw: &[u8], out: &mut Canonical) -> usize {
    let mut at = 0;
    let mut seen = Seen::default();
    while at < raw.len() {
        let end = headers::line_end(raw, at);
        let line = without_end(raw.get(at..end).unwrap_or_default());
        if line.is_empty() {
            return end;
        }
        let clean = clean_header_line(line);
        if !header_line(&clean, &mut seen, out) {
            odd(out, "no empty line between header and body");
            return at;
        }
        if clean.as_ref() != line {
            odd(out, "bare CR or NUL in the header");
        }
        at = end;
    }
    odd(out, "no empty line between header and body");
    at
}

/// False where the line can only belong to a body.
fn header_line(line: &[u8], seen: &mut Seen, out: &mut Canonical) -> bool {
    let folded = matches!(line.first(), Some(b' ' | b'\t'));
    let first = out.bytes.is_empty();
    if line.trim_ascii().is_empty() || (first && (folded || is_mbox_line(line))) {
        odd(out, "stray line in the header");
        return true;
    }
    if !folded {
        let Some(length) = headers::name_length(line) else {
            return false;
        };
        let name = line.get(..length).unwrap_or_default();
        seen.skipping = is_second(name, seen);
        out.many_from |= seen.skipping && name.eq_ignore_ascii_case(b"From");
    }
    if seen.skipping {
        odd(
            out,
            "a field that may stand once stands twice: the first one counts",
        );
        return true;
    }
    out.bytes.extend_from_slice(line);
    out.bytes.extend_from_slice(b"\r\n");
    true
}

fn is_second(name: &[u8], seen: &mut Seen) -> bool {
    let index = ONCE
        .iter()
        .position(|once| name.eq_ignore_ascii_case(once.as_bytes()));
    let slot = index.and_then(|index| seen.once.get_mut(index));
    slot.is_some_and(|slot| std::mem::replace(slot, true))
}

fn is_mbox_line(line: &[u8]) -> bool {
    line.starts_with(b"From ") || line.starts_with(b">From ")
}

fn clean_header_line(line: &[u8]) -> Cow<'_, [u8]> {
    if !line.iter().any(|b| matches!(b, b'\r' | 0)) {
        return Cow::Borrowed(line);
    }
    let space = |b: u8| if b == b'\r' { b' ' } else { b };
    Cow::Owned(
        line.iter()
            .copied()
            .filter(|b| *b != 0)
            .map(space)
            .collect(),
    )
}

fn without_end(line: &[u8]) -> &[u8] {
    let line = line.strip_suffix(b"\n").unwrap_or(line);
    line.strip_suffix(b"\r").unwrap_or(line)
}

/// Appends `text` with every kind of line end as CRLF; says whether one was a bare CR.
pub(super) fn crlf(text: &[u8], out: &mut Vec<u8>) -> bool {
    let (mut at, mut bare) = (0, false);
    while let Some(rest) = text.get(at..).filter(|rest| !rest.is_empty()) {
        let Some(end) = memchr::memchr2(b'\r', b'\n', rest) else {
            out.extend_from_slice(rest);
            break;
        };
        out.extend_from_slice(rest.get(..end).unwrap_or_default());
        out.extend_from_slice(b"\r\n");
        let pair = rest.get(end..end + 2) == Some(b"\r\n");
        bare |= !pair && rest.get(end) == Some(&b'\r');
        at += end + if pair { 2 } else { 1 };
    }
    bare
}

/// Whether bytes may be handed to a relay: CRLF line ends only, no NUL, no line over
/// 998 octets, and an empty line that ends the header section.
pub fn is_fit(bytes: &[u8]) -> bool {
    let separated = bytes.starts_with(b"\r\n") || bytes.windows(4).any(|four| four == b"\r\n\r\n");
    let lines_sound = bytes.split_inclusive(|b| *b == b'\n').all(|line| {
        let Some(text) = line.strip_suffix(b"\r\n") else {
            return false;
        };
        text.len() <= LONGEST_LINE && !text.iter().any(|b| matches!(b, b'\r' | 0))
    });
    separated && lines_sound
}

#[cfg(test)]
mod tests {
    use super::canonical;

    fn check(raw: &str, want: &str) {
        assert_eq!(
            String::from_utf8(canonical(raw.as_bytes()).bytes).unwrap(),
            want,
            "{raw:?}"
        );
    }

    #[test]
    fn one_reading_of_odd_bytes() {
        check("A: 1\r\n\r\nx\r\n", "A: 1\r\n\r\nx\r\n");
        check(
            "A: 1\nB: 2\n\nx\ny\rz\n",
            "A: 1\r\nB: 2\r\n\r\nx\r\ny\r\nz\r\n",
        );
        check("A: 1\rBcc: x\n\n", "A: 1 Bcc: x\r\n\r\n");
        check("A: 1\0\n\n\0", "A: 1\r\n\r\n\0");
        check(
            "From: a\nFrom: b\n c\nTo: d\n\n",
            "From: a\r\nTo: d\r\n\r\n",
        );
        check("From a@b Mon\nA: 1\n\n", "A: 1\r\n\r\n");
        check("A: 1\n \t\nB: 2\n\n", "A: 1\r\nB: 2\r\n\r\n");
        check(
            "A: 1\nno header\nB: 2\n",
            "A: 1\r\n\r\nno header\r\nB: 2\r\n",
        );
        check("just text", "\r\njust text");
        check("", "\r\n");
        check("\r\r\n\n\n", "\r\n\r\n");
    }
}
