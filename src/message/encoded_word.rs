//! Encoded words (RFC 2047) for the headers that we write.

use base64::Engine;
use base64::engine::general_purpose::STANDARD;

/// A line with an encoded word has at most 76 characters (RFC 2047, section 2): 12
/// of a field's name before the first word, 12 of frame, 52 of Base64, 39 octets of text.
const OCTETS: usize = 39;

/// The text as encoded words with a space between them, in UTF-8 and Base64.
pub fn encode(text: &str) -> String {
    let words: Vec<String> = pieces(text)
        .map(|piece| format!("=?utf-8?B?{}?=", STANDARD.encode(piece)))
        .collect();
    words.join(" ")
}

/// The text with each run of words that are not ASCII as encoded words. What is ASCII
/// stays, so that a phrase may stand before an address or identifier in brackets.
pub fn words(text: &str) -> String {
    let mut out: Vec<String> = Vec::new();
    let mut run: Vec<&str> = Vec::new();
    for word in text.split(' ') {
        if !word.is_ascii() {
            run.push(word);
            continue;
        }
        out.extend(closed(&mut run));
        out.push(word.to_string());
    }
    out.extend(closed(&mut run));
    out.join(" ")
}

fn closed(run: &mut Vec<&str>) -> Option<String> {
    let text = std::mem::take(run).join(" ");
    (!text.is_empty()).then(|| encode(&text))
}

/// Cuts between characters, as section 5 of the RFC asks.
fn pieces(text: &str) -> impl Iterator<Item = &str> {
    let mut rest = text;
    std::iter::from_fn(move || {
        if rest.is_empty() {
            return None;
        }
        let mut at = OCTETS.min(rest.len());
        while !rest.is_char_boundary(at) {
            at -= 1;
        }
        let (piece, after) = rest.split_at(at);
        rest = after;
        Some(piece)
    })
}

#[cfg(test)]
mod tests {
    use super::encode;

    #[test]
    fn brackets_stay_readable() {
        let field = super::words("Grüne Öfen list <ovens.lists.example>");
        assert_eq!(
            field,
            "=?utf-8?B?R3LDvG5lIMOWZmVu?= list <ovens.lists.example>"
        );
        assert_eq!(super::words("plain text"), "plain text");
    }

    #[test]
    fn words_stay_short_and_whole() {
        let encoded = encode(&"ü–漢".repeat(50));
        assert!(encoded.split(' ').all(|word| word.len() <= 75));
        let raw = format!("Subject: {}\r\n\r\n", encoded.replace(' ', "\r\n "));
        let parsed = mail_parser::MessageParser::default()
            .parse(raw.as_bytes())
            .unwrap();
        assert_eq!(parsed.subject(), Some("ü–漢".repeat(50).as_str()));
    }
}
