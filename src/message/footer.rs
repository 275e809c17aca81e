//! The list's footer, the same for everybody, put into the author's own text part
//! in that part's charset and transfer encoding.

use super::charset;
use super::part_head::Transfer;
use super::structure::Part;
use super::transfer;

/// The footer in both forms. Neither may hold anything personal: every member gets
/// the same body.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Footer {
    /// Lines of text, the separator line included; empty for none.
    pub text: String,
    /// A piece of HTML; empty for none.
    pub html: String,
}

/// A body with the footer in it, and how it is carried now.
pub(super) struct Appended {
    pub body: Vec<u8>,
    pub transfer: Transfer,
}

/// Whether a text part holds PGP's inline armour (RFC 9580, section 6.2).
pub(super) fn has_armour(bytes: &[u8], part: &Part) -> bool {
    let raw = bytes.get(part.body.clone()).unwrap_or_default();
    let decoded = transfer::decode(raw, part.head.transfer).unwrap_or_default();
    let armour = b"-----BEGIN PGP ";
    let starts = |line: &[u8]| line.starts_with(armour);
    decoded.split(|b| matches!(b, b'\n' | b'\r')).any(starts)
}

/// The body of a text/plain part with the footer as its last lines.
pub(super) fn into_text(body: &[u8], part: &Part, footer: &Footer) -> Option<Appended> {
    let words = charset::encode(&crlf(&footer.text), part.head.charset.as_deref())?;
    append(body, part, &words, |content| content.len())
}

/// The body of a text/html part with the footer before `</body>`, or at its end.
pub(super) fn into_html(body: &[u8], part: &Part, footer: &Footer) -> Option<Appended> {
    let words = charset::encode(
        &charset::html_to_ascii(&crlf(&footer.html)),
        part.head.charset.as_deref(),
    )?;
    append(body, part, &words, last_body_end)
}

fn append(body: &[u8], part: &Part, words: &[u8], place: fn(&[u8]) -> usize) -> Option<Appended> {
    let transfer = part.head.transfer;
    match transfer {
        Transfer::Plain if words.is_ascii() || !body.is_ascii() => Some(Appended {
            body: insert(body, words, place(body)),
            transfer,
        }),
        // A part that was ASCII so far may go on to relays without 8BITMIME.
        Transfer::Plain => {
            let body = transfer::quoted_printable_lines(&insert(body, words, place(body)));
            Some(Appended {
                body,
                transfer: Transfer::QuotedPrintable,
            })
        }
        Transfer::QuotedPrintable => {
            let encoded = transfer::quoted_printable_lines(words);
            Some(Appended {
                body: insert_encoded(body, &encoded, place(body)),
                transfer,
            })
        }
        Transfer::Base64 => {
            let mut content = Vec::new();
            super::wire::crlf(&transfer::decode(body, transfer)?, &mut content);
            let place = place(&content);
            Some(Appended {
                body: transfer::base64_lines(&insert(&content, words, place)),
                transfer,
            })
        }
    }
}

/// Puts words on lines of their own. A body that had no last line end gets none.
fn insert(body: &[u8], words: &[u8], at: usize) -> Vec<u8> {
    let (before, after) = body.split_at_checked(at).unwrap_or((body, &[]));
    let separator: &[u8] = if before.is_empty() || before.ends_with(b"\r\n") {
        b""
    } else {
        b"\r\n"
    };
    [before, separator, words, after].concat()
}

/// As [`insert`]; a soft line break at the place is closed first, or it would join the lines.
fn insert_encoded(body: &[u8], words: &[u8], at: usize) -> Vec<u8> {
    let (before, after) = body.split_at_checked(at).unwrap_or((body, &[]));
    let open = before.trim_ascii_end().ends_with(b"=");
    let closed = if open {
        [before, b"\r\n\r\n"].concat()
    } else {
        before.to_vec()
    };
    let length = closed.len();
    insert(&[&closed, after].concat(), words, length)
}

fn last_body_end(html: &[u8]) -> usize {
    let tag = b"</body";
    html.windows(tag.len())
        .rposition(|window| window.eq_ignore_ascii_case(tag))
        .unwrap_or(html.len())
}

fn crlf(text: &str) -> String {
    let text = text.replace("\r\n", "\n").replace(['\r', '\0'], "");
    let ended = if text.ends_with('\n') {
        text
    } else {
        format!("{text}\n")
    };
    ended.replace('\n', "\r\n")
}
