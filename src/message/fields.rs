//! The header fields of a message as people read them: unfolded and decoded.

use super::guard::guarded;
use super::headers::section;
use super::wire;
use mail_parser::HeaderValue;
use mail_parser::parsers::MessageStream;

/// No more fields are given; a header of 256 KiB rarely has a hundredth of that.
const MOST: usize = 10_000;

/// Every field of the header as (name, value), in order: unfolded, encoded words
/// (RFC 2047) decoded.
pub fn fields(raw: &[u8]) -> Vec<(String, String)> {
    let wire = wire::canonical(raw);
    let head = section(&wire.bytes, 0, wire.body);
    let fields = head.fields.iter().take(MOST);
    fields
        .map(|field| {
            let name = String::from_utf8_lossy(field.name_in(&wire.bytes)).into_owned();
            (name, decoded(field.text_in(&wire.bytes)))
        })
        .collect()
}

fn decoded(text: String) -> String {
    if !text.contains("=?") {
        return text;
    }
    let line = format!("{text}\r\n");
    let read = guarded(|| {
        let value = MessageStream::new(line.as_bytes()).parse_unstructured();
        match value {
            HeaderValue::Text(text) => Some(text.into_owned()),
            _ => None,
        }
    });
    read.flatten().unwrap_or(text)
}

#[cfg(test)]
mod tests {
    use super::fields;

    #[test]
    fn fields_are_unfolded_and_decoded() {
        let raw = b"Subject: =?utf-8?q?H=C3=A4?=\r\n =?utf-8?q?user?=\r\nX-A: b\r\n c\r\n\r\nX-B: body\r\n";
        let found = fields(raw);
        let expected = [("Subject", "Häuser"), ("X-A", "b c")];
        let expected = expected.map(|(name, value)| (name.to_owned(), value.to_owned()));
        assert_eq!(found, expected);
    }
}
