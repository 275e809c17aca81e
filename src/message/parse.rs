//! Bytes to [`Mail`]: everything that folkmoot asks of one message.

use super::attachments::{self, Attachment};
use super::bounce::{self, Recipient};
use super::headers::{Field, Section, section};
use super::kind::{self, Kind};
use super::mailbox::{self, Mailbox};
use super::oneline::oneline;
use super::structure::{self, Structure, is_heavy_field, structure};
use super::{digest, guard::guarded, html_text, ids, sanitise, visible, wire};
use crate::calendar::read::{self, CalendarReply};
use chrono::{DateTime, Utc};
use mail_parser::{Message, MessageParser, MessagePart, MimeHeaders, PartType};
use std::sync::LazyLock;

static PARSER: LazyLock<MessageParser> = LazyLock::new(MessageParser::default);

/// A header section that is longer is given to the parser only in part, in octets.
const LONGEST_HEADER: usize = 256 * 1024;
/// The text kept of one mail, in octets.
const LONGEST_TEXT: usize = 8 * 1024 * 1024;

/// One mail, owned, in the terms of this product.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Mail {
    /// Message-ID without angle brackets.
    pub message_id: Option<String>,
    /// The authors.
    pub from: Vec<Mailbox>,
    /// Who sent it for the authors.
    pub sender: Option<Mailbox>,
    /// Recipients named in To.
    pub to: Vec<Mailbox>,
    /// Recipients named in Cc.
    pub cc: Vec<Mailbox>,
    /// Where replies should go.
    pub reply_to: Vec<Mailbox>,
    /// The subject, decoded, on one line; empty where there is none.
    pub subject: String,
    /// The Date field, in UTC.
    pub date: Option<DateTime<Utc>>,
    /// Message-IDs of In-Reply-To.
    pub in_reply_to: Vec<String>,
    /// Message-IDs of References, oldest first, without repetitions, at most 200.
    pub references: Vec<String>,
    /// The identifiers of all List-Id fields, lower-cased (RFC 2919).
    pub list_ids: Vec<String>,
    /// How many Received fields there are: the hops so far.
    pub received_count: usize,
    /// Auto-Submitted, lower-cased, without parameters (RFC 3834); `None` also for `no`.
    pub auto_submitted: Option<String>,
    /// Precedence, lower-cased.
    pub precedence: Option<String>,
    /// Return-Path is there and is `<>`.
    pub return_path_empty: bool,
    /// What kind of mail this is.
    pub kind: Kind,
    /// Whom a bounce is about.
    pub bounce: Vec<Recipient>,
    /// The calendar part, where there is one that can be read.
    pub calendar: Option<CalendarReply>,
    /// The whole text; HTML is turned into text where there is no other.
    pub text: String,
    /// The text without quotes, attribution lines and signature.
    pub visible_text: String,
    /// The HTML body, safe to show; `None` where there is none.
    pub html: Option<String>,
    /// What is attached.
    pub attachments: Vec<Attachment>,
    /// SHA-256 over the canonical body, hexadecimal.
    pub body_digest: String,
    /// Some part is signed or encrypted, by S/MIME or PGP.
    pub is_signed_or_encrypted: bool,
    /// There is a text/plain part that is no attachment.
    pub has_plain_text: bool,
    /// What was odd, in sentences for a moderator.
    pub defects: Vec<String>,
}

/// Reads a mail. Never fails: what cannot be understood is shown as plain text, and
/// `defects` says so.
pub fn parse(raw: &[u8]) -> Mail {
    let wire = wire::canonical(raw);
    let mut mail = Mail {
        defects: wire.oddities.iter().map(|odd| odd.to_string()).collect(),
        ..Mail::default()
    };
    let tree = structure(&wire.bytes);
    let head = section(&wire.bytes, 0, wire.body);
    let body = wire.bytes.get(wire.body..).unwrap_or_default();
    mail.body_digest = digest::body_digest(body);
    mail.is_signed_or_encrypted = is_sealed(&tree, &wire.bytes);
    mail.has_plain_text = tree.parts.iter().any(|part| part.is_inline_text("plain"));
    let given = bytes_for_parser(&wire.bytes, &head, &tree, body, &mut mail.defects);
    let read = guarded(|| {
        PARSER
            .parse(&given)
            .map(|message| fill(&mut mail, &message))
    })
    .flatten();
    if read.is_none() {
        as_plain_text(&mut mail, body);
    }
    mail.visible_text = visible::visible_text(&mail.text);
    mail.received_count = head.all(&wire.bytes, "Received").count();
    mail.list_ids = ids::list_ids(&wire.bytes, &head);
    kind::decide(&mut mail, &wire.bytes, &head);
    mail
}

/// The message without what would cost the parser too much; without its MIME fields
/// where the tree is too deep or wide, so that it is one plain text.
fn bytes_for_parser(
    bytes: &[u8],
    head: &Section,
    tree: &Structure,
    body: &[u8],
    defects: &mut Vec<String>,
) -> Vec<u8> {
    let mut out = Vec::with_capacity(bytes.len());
    let broken = tree.broken_limit.or_else(|| too_many_messages(body));
    defects.extend(broken.map(str::to_string));
    let (mut dropped, mut size) = (false, 0);
    for field in &head.fields {
        let flat = is_typeless(bytes, field)
            || broken.is_some() && starts_with_content(field.name_in(bytes));
        size += field.whole.len();
        let heavy = is_heavy_field(bytes, field)
            || (size > LONGEST_HEADER && !is_essential(field.name_in(bytes)));
        dropped |= heavy;
        if !flat && !heavy {
            out.extend_from_slice(bytes.get(field.whole.clone()).unwrap_or_default());
        }
    }
    if dropped {
        defects.push("header fields too long or with too many addresses were not read".into());
    }
    out.extend_from_slice(b"\r\n");
    out.extend_from_slice(body);
    out
}

/// A second guard against embedded messages in a row: their tree is freed by recursion.
fn too_many_messages(body: &[u8]) -> Option<&'static str> {
    let slashes = body
        .iter()
        .enumerate()
        .filter(|(_, b)| **b == b'/')
        .map(|(at, _)| at);
    let named = |at: &usize| {
        let before = |length: usize| body.get(at.saturating_sub(length)..*at).unwrap_or_default();
        before(7).eq_ignore_ascii_case(b"message") || before(9).eq_ignore_ascii_case(b"multipart")
    };
    let many = slashes
        .filter(named)
        .take(structure::MOST_PARTS + 1)
        .count()
        > structure::MOST_PARTS;
    many.then_some("more than 1,000 embedded messages: shown as plain text")
}

/// `Content-Type: text` and the like: the default type serves the reader better (RFC 2045, section 5.2).
fn is_typeless(bytes: &[u8], field: &Field) -> bool {
    field.is(bytes, "Content-Type") && !field.value_in(bytes).contains(&b'/')
}

fn starts_with_content(name: &[u8]) -> bool {
    name.get(..8)
        .is_some_and(|start| start.eq_ignore_ascii_case(b"content-"))
}

fn is_essential(name: &[u8]) -> bool {
    let names: [&[u8]; 5] = [b"from", b"subject", b"date", b"message-id", b"content-type"];
    names
        .iter()
        .any(|essential| name.eq_ignore_ascii_case(essential))
}

fn is_sealed(tree: &Structure, bytes: &[u8]) -> bool {
    let armour = |part: &structure::Part| {
        !part.has_children && part.head.main == "text" && super::footer::has_armour(bytes, part)
    };
    tree.parts
        .iter()
        .any(|part| part.head.is_sealed() || armour(part))
}

fn fill(mail: &mut Mail, message: &Message<'_>) {
    fill_people(mail, message);
    mail.message_id = message.message_id().and_then(ids::clean);
    mail.subject = message.subject().map(oneline).unwrap_or_default();
    mail.date = message
        .date()
        .and_then(|date| DateTime::from_timestamp(date.to_timestamp(), 0));
    mail.in_reply_to = ids::of_header(message.in_reply_to());
    mail.references = ids::of_header(message.references());
    mail.text = whole_text(message);
    mail.html = own_html(message).and_then(|html| sanitise::sanitise(&html, &mut mail.defects));
    mail.attachments = attachments::of_message(message);
    mail.calendar =
        calendar_text(message).and_then(|(text, method)| read::read(&text, method.as_deref()));
    mail.bounce = bounce::delivery_status(message);
}

fn fill_people(mail: &mut Mail, message: &Message<'_>) {
    let mut odd = 0;
    let mut people = |name: &'static str| {
        let (boxes, strange) = mailbox::of_header(message.header(name));
        odd += strange;
        boxes
    };
    mail.from = people("From");
    mail.sender = people("Sender").into_iter().next();
    mail.to = people("To");
    mail.cc = people("Cc");
    mail.reply_to = people("Reply-To");
    if odd > 0 {
        mail.defects
            .push("an address field holds what is no address".into());
    }
    if mail.from.is_empty() {
        mail.defects.push("no author address in From".into());
    }
}

/// All text that is shown as the body, in order. A mail that only forwards another, or
/// whose text is damaged, shows what text there is.
fn whole_text(message: &Message<'_>) -> String {
    let own = message
        .text_body
        .iter()
        .filter_map(|id| message.parts.get(*id as usize));
    let text = joined(own);
    if !text.trim().is_empty() {
        return text;
    }
    let stray = message.parts.iter().filter(|part| !is_attached(part));
    let stray = joined(stray);
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
    joined(inner)
}

fn is_attached(part: &MessagePart<'_>) -> bool {
    part.attachment_name().is_some()
        || part
            .content_disposition()
            .is_some_and(|value| value.is_attachment())
}

fn joined<'a>(parts: impl Iterator<Item = &'a MessagePart<'a>>) -> String {
    let mut text = String::new();
    for part in parts {
        let piece = match &part.body {
            PartType::Text(text) => text.to_string(),
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

fn unix_lines(text: &str) -> String {
    text.replace("\r\n", "\n").replace(['\r', '\0'], "")
}

/// The HTML that the author wrote; the parser lists plain text there too.
fn own_html(message: &Message<'_>) -> Option<String> {
    message.html_body.iter().find_map(|id| {
        match message.parts.get(*id as usize).map(|part| &part.body) {
            Some(PartType::Html(html)) => Some(html.to_string()),
            _ => None,
        }
    })
}

fn calendar_text(message: &Message<'_>) -> Option<(String, Option<String>)> {
    let calendar = |part: &&MessagePart<'_>| {
        part.is_content_type("text", "calendar")
            || part.is_content_type("application", "ics")
            || part
                .attachment_name()
                .is_some_and(|name| name.to_ascii_lowercase().ends_with(".ics"))
    };
    let part = message.parts.iter().find(calendar)?;
    let method = part
        .content_type()
        .and_then(|kind| kind.attribute("method"))
        .map(str::to_string);
    Some((
        String::from_utf8_lossy(part.contents()).into_owned(),
        method,
    ))
}

/// What is left where no parser could read the message.
fn as_plain_text(mail: &mut Mail, body: &[u8]) {
    mail.defects
        .push("the message could not be read as mail: shown as plain text".into());
    let shown = body.get(..LONGEST_TEXT).unwrap_or(body);
    mail.text = unix_lines(&String::from_utf8_lossy(shown));
}
