//! The charset of text that does not name it, or names another: what old programs sent as
//! eight bits, and what mailboxes have lost. Guessed as browsers guess it.

use chardetng::EncodingDetector;
use encoding_rs::Encoding;
use mail_parser::{Message, MessagePart, MimeHeaders, PartType};

use super::headers::Section;
use super::part_head::Transfer;
use super::transfer;

/// What stands for a character that could not be read.
const LOST: char = '\u{fffd}';
/// So much of a text is looked at, in octets.
const LOOKED_AT: usize = 64 * 1024;
/// How each defect of this kind ends, before the charset.
const TOLD: &str = "is not in the charset that it should be; it was read as ";

/// The charset of a header, where that is not UTF-8: RFC 6532 knows no other.
pub(super) fn of_header(bytes: &[u8], head: &Section) -> Option<&'static Encoding> {
    let fields = head.fields.iter();
    let values = fields.map(|field| bytes.get(field.whole.clone()).unwrap_or_default());
    let strange: Vec<&[u8]> = values
        .filter(|value| std::str::from_utf8(value).is_err())
        .take(100)
        .collect();
    (!strange.is_empty()).then(|| guess(&strange.concat()))
}

/// The text of a part that could not be read as what it says that it is, and the charset in
/// which it can. `raw` is the whole message. A text whose octets are what it says has
/// nothing to repair.
pub(super) fn of_part(part: &MessagePart<'_>, raw: &[u8]) -> Option<(String, &'static Encoding)> {
    let PartType::Text(text) = &part.body else {
        return None;
    };
    let is_wrong = text.contains(LOST) || !text.is_ascii() && is_said_to_be_ascii(part);
    if !is_wrong {
        return None;
    }
    let place = part.offset_body as usize..part.offset_end as usize;
    let octets = transfer::decode(raw.get(place)?, transfer_of(part))?;
    let charset = match std::str::from_utf8(&octets) {
        // Somebody wrote that character, or passed on what was lost before.
        Ok(text) if text.contains(LOST) => return None,
        Ok(_) => encoding_rs::UTF_8,
        Err(_) => guess(&octets),
    };
    let (found, _, has_errors) = charset.decode(&octets);
    (!has_errors).then(|| (found.into_owned(), charset))
}

/// What is said of the texts of a message that were repaired.
pub(super) fn of_texts(message: &Message<'_>) -> Vec<String> {
    let bodies = message.text_body.iter();
    let parts = bodies.filter_map(|id| message.parts.get(*id as usize));
    parts
        .filter_map(|part| of_part(part, &message.raw_message))
        .map(|(_, charset)| told("a text", charset))
        .collect()
}

/// How it is said.
pub(super) fn told(what: &str, charset: &'static Encoding) -> String {
    format!("{what} {TOLD}{}", charset.name())
}

/// Whether a defect of a mail says that a charset was repaired.
pub fn is_told(defect: &str) -> bool {
    defect.contains(TOLD)
}

/// US-ASCII has no octet over 127: the parser reads such a part as Latin-1.
fn is_said_to_be_ascii(part: &MessagePart<'_>) -> bool {
    let kind = part.content_type();
    let charset = kind.and_then(|kind| kind.attribute("charset"));
    charset.is_some_and(|charset| charset.eq_ignore_ascii_case("us-ascii"))
}

fn transfer_of(part: &MessagePart<'_>) -> Transfer {
    match part.encoding {
        mail_parser::Encoding::None => Transfer::Plain,
        mail_parser::Encoding::QuotedPrintable => Transfer::QuotedPrintable,
        mail_parser::Encoding::Base64 => Transfer::Base64,
    }
}

fn guess(octets: &[u8]) -> &'static Encoding {
    let mut detector = EncodingDetector::new();
    detector.feed(&octets[..octets.len().min(LOOKED_AT)], true);
    detector.guess(None, false)
}

#[cfg(test)]
mod tests {
    use crate::message::parse;

    fn mail(head: &str, body: &[u8]) -> Vec<u8> {
        [head.as_bytes(), b"\r\n\r\n", body].concat()
    }

    #[test]
    fn text_in_a_charset_that_is_not_named_is_read() {
        let latin = b"Gr\xfc\xdfe aus K\xf6ln, die M\xfchle l\xe4uft wieder.";
        let german = "Grüße aus Köln, die Mühle läuft wieder.";
        let sjis: &[u8] =
            b"\x93\xfa\x96{\x8c\xea\x82\xcc\x83\x81\x81[\x83\x8b\x82\xc5\x82\xb7\x81B";
        let koi8: &[u8] =
            b"\xf0\xd2\xc9\xd7\xc5\xd4, \xec\xc1\xd2\xc9\xd3\xc1. \xeb\xc1\xcb \xc4\xc5\xcc\xc1?";
        let table: [(&str, &[u8], &str); 6] = [
            ("Subject: a", latin, german),
            ("Content-Type: text/plain; charset=utf-8", latin, german),
            (
                "Content-Type: text/plain; charset=us-ascii",
                german.as_bytes(),
                german,
            ),
            (
                "Content-Type: text/plain; charset=utf-8\r\nContent-Transfer-Encoding: quoted-printable",
                b"Gr=FC=DFe aus K=F6ln, die M=FChle l=E4uft wieder.",
                german,
            ),
            ("Subject: a", sjis, "日本語のメールです。"),
            ("Subject: a", koi8, "Привет, Лариса. Как дела?"),
        ];
        for (head, body, expected) in table {
            let read = parse(&mail(head, body));
            assert_eq!(read.text.trim_end(), expected, "{head}");
        }
        let read = parse(&mail("Content-Type: text/plain; charset=utf-8", latin));
        assert!(
            read.defects.iter().any(|one| super::is_told(one)),
            "{:?}",
            read.defects
        );
        // What was lost before it came to us is not guessed at.
        let lost = "Gr\u{fffd}\u{fffd}e";
        let read = parse(&mail(
            "Content-Type: text/plain; charset=utf-8",
            lost.as_bytes(),
        ));
        assert_eq!(read.text.trim_end(), lost);
        assert!(!read.defects.iter().any(|one| super::is_told(one)));
    }

    #[test]
    fn a_header_in_eight_bits_is_read() {
        let head = b"From: J\xfcrgen M\xfcller <j@mill.example>\r\nSubject: Gr\xfc\xdfe aus K\xf6ln\r\n\r\nx";
        let read = parse(head);
        assert_eq!(read.subject, "Grüße aus Köln");
        assert_eq!(read.from[0].name.as_deref(), Some("Jürgen Müller"));
        assert!(
            read.defects.iter().any(|one| super::is_told(one)),
            "{:?}",
            read.defects
        );
        let utf8 = "Subject: Grüße aus Köln\r\n\r\nx";
        let read = parse(utf8.as_bytes());
        assert_eq!(read.subject, "Grüße aus Köln");
        assert!(!read.defects.iter().any(|one| super::is_told(one)));
    }
}
