//! What is attached, with names that are safe to store and to show.

use super::guard::guarded;
use super::headers::section;
use super::oneline::oneline;
use super::parser_input::parser_input;
use super::structure::structure;
use super::wire::{self, Canonical};
use mail_parser::{Message, MessageParser, MessagePart, MimeHeaders};

/// The longest file name kept, in octets.
const LONGEST_NAME: usize = 120;
/// The most attachments listed.
const MOST: usize = 1_000;

/// One attachment.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Attachment {
    /// A file name without folders, control characters and leading dots.
    pub name: String,
    /// The media type as the sender gave it, `application/octet-stream` where it is none.
    pub media_type: String,
    /// The size of the decoded content, in octets.
    pub size: usize,
    /// Which part of the message it is, counted as mail-parser counts them.
    pub part: usize,
}

/// The attachments of a message as they stand in it, each with its own header: to be
/// put into another message. None where the message cannot be read or breaks a limit,
/// or what stands in it is a whole other message, whose parts have no place of their own.
pub fn entities(raw: &[u8]) -> Vec<Vec<u8>> {
    let canonical = wire::canonical(raw);
    if breaks_a_limit(&canonical) {
        return Vec::new();
    }
    let wire = canonical.bytes;
    let read = guarded(|| {
        MessageParser::default()
            .parse(&wire)
            .map(|message| places(&message))
    });
    let places = read.flatten().unwrap_or_default();
    let found = places
        .into_iter()
        .filter_map(|(from, to)| wire.get(from..to));
    found.map(<[u8]>::to_vec).collect()
}

/// What the part of that number is, and its content, where it is one of the attachments
/// that [`parse`](super::parse()) lists. Text comes in UTF-8, whatever it was sent in.
pub fn content(raw: &[u8], part: usize) -> Option<(Attachment, Vec<u8>)> {
    let canonical = wire::canonical(raw);
    let wire = &canonical.bytes;
    let (tree, head) = (structure(wire), section(wire, 0, canonical.body));
    let body = wire.get(canonical.body..).unwrap_or_default();
    let given = parser_input(wire, &head, &tree, body, &mut Vec::new());
    let read = guarded(|| {
        let message = MessageParser::default().parse(&given)?;
        let mut listed = message.attachments.iter().take(MOST);
        let found = listed.find(|id| **id as usize == part)?;
        let found = message.parts.get(*found as usize)?;
        let about = of_part(found, part);
        let content = found.contents();
        Some((
            about.clone(),
            content.get(..about.size).unwrap_or(content).to_vec(),
        ))
    });
    read.flatten()
}

/// Whether [`parse`](super::parse()) would keep something of it from the parser.
fn breaks_a_limit(wire: &Canonical) -> bool {
    let (tree, head) = (structure(&wire.bytes), section(&wire.bytes, 0, wire.body));
    let body = wire.bytes.get(wire.body..).unwrap_or_default();
    let mut broken = Vec::new();
    parser_input(&wire.bytes, &head, &tree, body, &mut broken);
    !broken.is_empty()
}

fn places(message: &Message<'_>) -> Vec<(usize, usize)> {
    let parts = message.attachments.iter().take(MOST);
    let parts = parts.filter_map(|id| message.parts.get(*id as usize));
    let place = |part: &MessagePart<'_>| (part.offset_header as usize, part.offset_end as usize);
    // The first part is the message itself.
    parts.map(place).filter(|(from, _)| *from > 0).collect()
}

pub(super) fn of_message(message: &Message<'_>) -> Vec<Attachment> {
    let parts = message.attachments.iter().take(MOST);
    parts
        .filter_map(|id| Some(of_part(message.parts.get(*id as usize)?, *id as usize)))
        .collect()
}

fn of_part(part: &MessagePart<'_>, index: usize) -> Attachment {
    let media_type = media_type(part);
    let given = part
        .attachment_name()
        .map(safe_name)
        .filter(|name| !name.is_empty());
    let name = given.unwrap_or_else(|| format!("part-{index}.{}", extension(&media_type)));
    let size = part.message().map_or(part.len(), |inner| {
        inner.raw_message.len().min(raw_length(part))
    });
    Attachment {
        name,
        media_type,
        size,
        part: index,
    }
}

fn raw_length(part: &MessagePart<'_>) -> usize {
    part.offset_end.saturating_sub(part.offset_body) as usize
}

fn media_type(part: &MessagePart<'_>) -> String {
    let token = |text: &str| {
        !text.is_empty()
            && text.len() < 64
            && text
                .bytes()
                .all(|b| b.is_ascii_alphanumeric() || b"-+._".contains(&b))
    };
    match part
        .content_type()
        .map(|kind| (kind.ctype(), kind.subtype().unwrap_or_default()))
    {
        Some((main, sub)) if token(main) && token(sub) => {
            format!("{main}/{sub}").to_ascii_lowercase()
        }
        _ => "application/octet-stream".into(),
    }
}

fn extension(media_type: &str) -> &'static str {
    match media_type {
        "message/rfc822" => "eml",
        "text/plain" => "txt",
        "text/html" => "html",
        "text/calendar" => "ics",
        "image/png" => "png",
        "image/jpeg" => "jpg",
        "application/pdf" => "pdf",
        _ => "bin",
    }
}

/// A name that can be neither a path nor hide what it is.
pub fn safe_name(given: &str) -> String {
    let last = given.rsplit(['/', '\\']).next().unwrap_or_default();
    let line = oneline(last);
    let safe: String = line
        .chars()
        .map(|c| if "<>:\"|?*".contains(c) { '_' } else { c })
        .collect();
    let name = shorten(safe.trim_end_matches(['.', ' ']));
    // After the cut, which may leave a dot or space in front.
    name.trim_start_matches(['.', ' ']).to_string()
}

/// Keeps the end, which says what kind of file it is.
fn shorten(name: &str) -> &str {
    let from = name.len().saturating_sub(LONGEST_NAME);
    let start = (from..=name.len())
        .find(|at| name.is_char_boundary(*at))
        .unwrap_or(name.len());
    name.get(start..).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::safe_name;

    #[test]
    fn names_cannot_be_paths() {
        for (given, want) in [
            ("../../etc/passwd", "passwd"),
            ("C:\\Windows\\x.exe", "x.exe"),
            ("..", ""),
            (".htaccess", "htaccess"),
            ("a\r\nb\0.txt", "a b .txt"),
            ("invoice\u{202e}fdp.exe", "invoicefdp.exe"),
            ("a<b>.pdf", "a_b_.pdf"),
        ] {
            assert_eq!(safe_name(given), want, "{given:?}");
        }
        assert_eq!(safe_name(&format!("{}.pdf", "ü".repeat(300))).len(), 120);
        // The cut leaves a dot in front.
        let cut = format!("b.{}.pdf", "x".repeat(115));
        assert_eq!(safe_name(&cut), cut[2..]);
    }
}
