//! What a part's header says of its content, read as the main parser reads it.

use mail_parser::{ContentType, HeaderName, MessageParser, MimeHeaders};
use std::sync::LazyLock;

static PARSER: LazyLock<MessageParser> = LazyLock::new(|| MessageParser::new().with_mime_headers());

/// A longer boundary cannot stand in a line of its own (RFC 2046 allows 70).
const LONGEST_BOUNDARY: usize = 200;

/// How a body is carried (RFC 2045, section 6).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Transfer {
    /// 7bit, 8bit, binary, or unknown: the octets as they are.
    #[default]
    Plain,
    /// quoted-printable.
    QuotedPrintable,
    /// base64.
    Base64,
}

/// Content type, disposition and transfer encoding of one part.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct PartHead {
    /// `text`, `multipart`, … in lower case.
    pub main: String,
    /// `plain`, `mixed`, … in lower case.
    pub sub: String,
    /// The charset parameter.
    pub charset: Option<String>,
    /// The boundary, where the part is a multipart.
    pub boundary: Option<Vec<u8>>,
    /// The file name.
    pub name: Option<String>,
    /// Content-Disposition says attachment.
    pub attachment: bool,
    /// The transfer encoding.
    pub transfer: Transfer,
}

impl PartHead {
    /// Whether the body is a message that can be read in place.
    pub fn is_plain_message(&self) -> bool {
        self.main == "message"
            && matches!(self.sub.as_str(), "rfc822" | "global")
            && self.transfer == Transfer::Plain
    }

    /// Whether the type is one of signed or encrypted content (RFC 1847, RFC 8551, RFC 3156).
    pub fn is_sealed(&self) -> bool {
        matches!(
            (self.main.as_str(), self.sub.as_str()),
            ("multipart", "signed" | "encrypted")
                | (
                    "application",
                    "pkcs7-mime" | "x-pkcs7-mime" | "pkcs7-signature" | "x-pkcs7-signature"
                )
                | ("application", "pgp-encrypted" | "pgp-signature" | "pgp")
        )
    }
}

/// Reads the header section of one part; `in_digest` gives the default type (RFC 2046, section 5.1.5).
pub fn part_head(section: &[u8], in_digest: bool) -> PartHead {
    let closed = [section, b"\r\n"].concat();
    let message = super::guard::guarded(|| {
        let message = PARSER.parse_headers(&closed)?;
        Some(of_part(message.parts.first()?, in_digest))
    });
    message.flatten().unwrap_or_else(|| default_head(in_digest))
}

fn of_part(part: &mail_parser::MessagePart<'_>, in_digest: bool) -> PartHead {
    let kind = part.content_type();
    let typed = kind.filter(|kind| kind.c_subtype.is_some());
    let mut head = PartHead {
        transfer: transfer(part),
        ..default_head(in_digest)
    };
    if let Some(kind) = typed {
        head.main = kind.ctype().to_ascii_lowercase();
        head.sub = kind.subtype().unwrap_or_default().to_ascii_lowercase();
    } else if kind.is_some() {
        (head.main, head.sub) = ("text".into(), "plain".into());
    }
    head.charset = attribute(kind, "charset");
    head.boundary = (head.main == "multipart")
        .then(|| kind.and_then(boundary))
        .flatten();
    head.name = part.attachment_name().map(str::to_string);
    head.attachment = part
        .content_disposition()
        .is_some_and(ContentType::is_attachment);
    head
}

fn default_head(in_digest: bool) -> PartHead {
    let (main, sub) = if in_digest {
        ("message", "rfc822")
    } else {
        ("text", "plain")
    };
    PartHead {
        main: main.into(),
        sub: sub.into(),
        ..PartHead::default()
    }
}

fn boundary(kind: &ContentType<'_>) -> Option<Vec<u8>> {
    let text = kind.attribute("boundary")?.trim_end().as_bytes();
    (!text.is_empty() && text.len() <= LONGEST_BOUNDARY && !text.contains(&b'\n'))
        .then(|| text.to_vec())
}

fn attribute(kind: Option<&ContentType<'_>>, name: &str) -> Option<String> {
    kind?
        .attribute(name)
        .map(|value| value.trim().to_ascii_lowercase())
}

fn transfer(part: &mail_parser::MessagePart<'_>) -> Transfer {
    let named = part
        .headers
        .iter()
        .rfind(|header| header.name == HeaderName::ContentTransferEncoding);
    match named
        .and_then(|header| header.value.as_text())
        .map(|text| text.trim().to_ascii_lowercase())
        .as_deref()
    {
        Some("quoted-printable") => Transfer::QuotedPrintable,
        Some("base64") => Transfer::Base64,
        _ => Transfer::Plain,
    }
}
