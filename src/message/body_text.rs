//! Which parts of a message are shown as its body.

use super::{html_text, unsaid_charset};
use mail_parser::{Message, MessagePart, MimeHeaders, PartType};

/// The text kept of one mail, in octets.
pub(super) const LONGEST_TEXT: usize = 8 * 1024 * 1024;

/// All text that is shown as the body, in order. A mail that only forwards another, or
/// whose text is damaged, shows what text there is.
pub(super) fn whole_text(message: &Message<'_>) -> String {
    let own = message
        .text_body
        .iter()
        .filter_map(|id| message.parts.get(*id as usize));
    let text = joined(&message.raw_message, own);
    if !text.trim().is_empty() {
        return text;
    }
    let stray = message.parts.iter().filter(|part| !is_attached(part));
    let stray = joined(&message.raw_message, stray);
    if !stray.trim().is_empty() {
        return stray;
    }
    let inner = message
        .parts
        .iter()
        .filter_map(|part| part.message())
        .flat_map(|inner| {
            inner
                .text_body
                .iter()
                .filter_map(|id| inner.parts.get(*id as usize))
        });
    // Where its octets are is not known.
    joined(&[], inner)
}

fn is_attached(part: &MessagePart<'_>) -> bool {
    part.attachment_name().is_some()
        || part
            .content_disposition()
            .is_some_and(|value| value.is_attachment())
}

fn joined<'a>(raw: &[u8], parts: impl Iterator<Item = &'a MessagePart<'a>>) -> String {
    let mut text = String::new();
    for part in parts {
        let piece = match &part.body {
            PartType::Text(text) => unsaid_charset::of_part(part, raw)
                .map_or_else(|| text.to_string(), |(text, _)| text),
            PartType::Html(html) => html_text::html_to_text(html),
            _ => continue,
        };
        if !text.is_empty() && !text.ends_with('\n') {
            text.push('\n');
        }
        text.push_str(&unix_lines(&piece));
        if text.len() > LONGEST_TEXT {
            break;
        }
    }
    text
}

pub(super) fn unix_lines(text: &str) -> String {
    text.replace("\r\n", "\n").replace(['\r', '\0'], "")
}

/// The HTML that the author wrote; the parser lists plain text there too.
pub(super) fn own_html(message: &Message<'_>) -> Option<String> {
    message.html_body.iter().find_map(|id| {
        match message.parts.get(*id as usize).map(|part| &part.body) {
            Some(PartType::Html(html)) => Some(html.to_string()),
            _ => None,
        }
    })
}
