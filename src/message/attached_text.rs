//! The text of what is attached, for the search: of parts that are text already, and of
//! office files. What PDF files hold is not read: the crates for them have no bound on the
//! work that a hostile file makes them do.

use super::body_text::unix_lines;
use super::html_text::html_to_text;
use super::office_text::{MOST_UNPACKED, office_text};
use mail_parser::{Message, MessagePart, MimeHeaders, PartType};

/// The most text taken of all attachments of a mail, in octets.
const MOST: usize = 128 * 1024;

/// The most attachments that are looked at.
const MOST_PARTS: usize = 100;

/// The text of all attachments that have some, a line between them.
pub(super) fn attached_text(message: &Message<'_>) -> String {
    let (mut text, mut room) = (String::new(), MOST_UNPACKED);
    for id in message.attachments.iter().take(MOST_PARTS) {
        let part = message.parts.get(*id as usize);
        let Some(own) = part.and_then(|part| of_part(part, &mut room)) else {
            continue;
        };
        text.push_str(cut(&own, MOST - text.len()));
        if text.len() + 1 >= MOST {
            break;
        }
        text.push('\n');
    }
    text
}

/// `room` is how much may still be unpacked, in octets.
fn of_part(part: &MessagePart<'_>, room: &mut u64) -> Option<String> {
    match &part.body {
        PartType::Html(html) => Some(html_to_text(cut(html, MOST))),
        PartType::Text(text) if part.is_content_type("text", "html") => {
            Some(html_to_text(cut(text, MOST)))
        }
        PartType::Text(text) if part.is_content_type("text", "calendar") => {
            Some(unfold(cut(text, MOST)))
        }
        PartType::Text(text) => Some(unix_lines(cut(text, MOST))),
        PartType::Binary(content) | PartType::InlineBinary(content) => {
            Some(office_text(content, MOST, room))
        }
        PartType::Message(inner) => inner.body_text(0).map(|text| cut(&text, MOST).to_owned()),
        _ => None,
    }
}

/// A calendar's lines made whole (RFC 5545, section 3.1), and only those that people write.
fn unfold(text: &str) -> String {
    let whole = unix_lines(text).replace("\n ", "").replace("\n\t", "");
    let said = ["SUMMARY", "DESCRIPTION", "LOCATION", "COMMENT"];
    let is_said = |line: &&str| said.iter().any(|name| line.starts_with(name));
    let value = |line: &str| line.split_once(':').map(|(_, value)| value.to_owned());
    let lines: Vec<String> = whole.lines().filter(is_said).filter_map(value).collect();
    lines.join("\n").replace("\\n", "\n").replace("\\,", ",")
}

/// The beginning of a text, at most so many octets.
fn cut(text: &str, most: usize) -> &str {
    &text[..text.floor_char_boundary(most)]
}

#[cfg(test)]
mod tests {
    use crate::message::parse;

    fn attached(kind: &str, content: &str) -> String {
        let raw = format!(
            "From: a@b.example\r\nMIME-Version: 1.0\r\nContent-Type: multipart/mixed; boundary=x\r\n\r\n\
             --x\r\nContent-Type: text/plain\r\n\r\nBody.\r\n--x\r\nContent-Type: {kind}\r\n\
             Content-Disposition: attachment; filename=f\r\n\r\n{content}\r\n--x--\r\n"
        );
        parse(raw.as_bytes()).attached_text
    }

    #[test]
    fn text_is_taken_from_what_is_text() {
        let ics = "BEGIN:VEVENT\r\nUID:7\r\nSUMMARY:Pump cli\r\n nic\\, east\r\nEND:VEVENT";
        let inner = "From: c@d.example\r\n\r\nForwarded words.";
        for (kind, content, wanted) in [
            ("text/plain", "Bearing list", "Bearing list\n"),
            ("text/csv", "pump,pressure\r\nP3,7", "pump,pressure\nP3,7\n"),
            (
                "text/html",
                "<p>Impeller <b>wear</b></p>",
                "Impeller wear\n",
            ),
            ("text/calendar", ics, "Pump clinic, east\n"),
            ("message/rfc822", inner, "Forwarded words.\n"),
            ("application/pdf", "%PDF-1.4", ""),
        ] {
            assert_eq!(attached(kind, content).trim_start(), wanted, "{kind}");
        }
    }

    #[test]
    fn much_text_is_cut() {
        let text = attached("text/plain", &"pümp \r\n".repeat(100_000));
        assert!(text.len() <= super::MOST, "{}", text.len());
    }
}
