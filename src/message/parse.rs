//! Bytes to [`Mail`]: everything that folkmoot asks of one message.

use super::attached_text;
use super::attachments::{self, Attachment};
use super::authentication::{self, Authentication};
use super::bounce::{self, Recipient, Report};
use super::feedback::FeedbackReport;
use super::headers::section;
use super::kind::{self, Kind};
use super::mailbox::{self, Mailbox};
use super::oneline::oneline;
use super::structure::{Structure, is_sealed, structure};
use super::{
    body_text, digest, guard::guarded, ids, parser_input, sanitise, unsaid_charset, visible, wire,
};
use crate::calendar::read::{self, CalendarReply};
use chrono::{DateTime, Utc};
use mail_parser::{Message, MessageParser, MessagePart, MimeHeaders};
use std::sync::LazyLock;

static PARSER: LazyLock<MessageParser> = LazyLock::new(MessageParser::default);

/// One mail, owned, in the terms of this product.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Mail {
    /// Message-ID without angle brackets.
    pub message_id: Option<String>,
    /// The authors.
    pub from: Vec<Mailbox>,
    /// There is one From field with one mailbox, and nothing in it that is none: nobody
    /// can read another author in it.
    pub has_one_author: bool,
    /// What hosts on the way found about the sender, from the top (RFC 8601). Anybody can
    /// write this: see `identity::strength`.
    pub authentication: Vec<Authentication>,
    /// Who sent it for the authors.
    pub sender: Option<Mailbox>,
    /// Recipients named in To.
    pub to: Vec<Mailbox>,
    /// How many To fields there are. A signature covers one, and another can be put above
    /// it without breaking it.
    pub to_fields: usize,
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
    /// Outlook's Thread-Index, in hexadecimal; empty where there is none that can be one.
    pub thread_index: String,
    /// The identifiers of all List-Id fields, lower-cased (RFC 2919).
    pub list_ids: Vec<String>,
    /// Addresses of lists that the mail has been to, from X-BeenThere and X-Loop.
    pub been_to: Vec<String>,
    /// It has passed through a list: there is a List-Id or X-BeenThere, whatever it says.
    pub is_list_copy: bool,
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
    /// What a bounce says besides; `None` where the mail is none.
    pub report: Option<Report>,
    /// The complaint, where the mail is one.
    pub feedback: Option<FeedbackReport>,
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
    /// The text of those attachments that have some, at most 128 KiB.
    pub attached_text: String,
    /// Name and media type of every part that is no multipart, those inside forwarded
    /// messages too; the name is empty where there is none.
    pub contents: Vec<(String, String)>,
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
    mail.contents = contents(&tree);
    mail.has_plain_text = tree.parts.iter().any(|part| part.is_inline_text("plain"));
    let given = parser_input::parser_input(&wire.bytes, &head, &tree, body, &mut mail.defects);
    let read = guarded(|| {
        PARSER
            .parse(&given)
            .map(|message| fill(&mut mail, &message))
    })
    .flatten();
    if read.is_none() {
        as_plain_text(&mut mail, body);
    }
    let status = read.unwrap_or_default();
    mail.visible_text = visible::visible_text(&mail.text);
    mail.has_one_author &= !wire.many_from && head.all(&wire.bytes, "From").count() == 1;
    mail.to_fields = head.all(&wire.bytes, "To").count();
    mail.authentication = authentication::read(&wire.bytes, &head);
    mail.received_count = head.all(&wire.bytes, "Received").count();
    mail.thread_index = ids::thread_index(&wire.bytes, &head);
    mail.list_ids = ids::list_ids(&wire.bytes, &head);
    mail.been_to = ids::been_to(&wire.bytes, &head);
    let has = |name: &str| head.find(&wire.bytes, name).is_some();
    mail.is_list_copy = has("List-Id") || has("X-BeenThere");
    kind::decide(&mut mail, &wire.bytes, &head, &tree, status);
    mail
}

/// The text of a mail's calendar as it stands, and the METHOD that its part names
/// (RFC 6047, section 2.4); `None` where there is none.
pub fn calendar_part(raw: &[u8]) -> Option<(String, Option<String>)> {
    guarded(|| PARSER.parse(raw).as_ref().and_then(calendar_text)).flatten()
}

/// A mail's own HTML as its author's program made it, with all that is dangerous in it:
/// only for a frame in which nothing runs and nothing is loaded. `None` where there is none.
pub fn html_as_sent(raw: &[u8]) -> Option<String> {
    guarded(|| PARSER.parse(raw).as_ref().and_then(body_text::own_html)).flatten()
}

fn contents(tree: &Structure) -> Vec<(String, String)> {
    let leaves = tree.parts.iter().filter(|part| !part.has_children);
    leaves
        .map(|part| {
            let name = part.head.name.as_deref().map(oneline).unwrap_or_default();
            (name, format!("{}/{}", part.head.main, part.head.sub))
        })
        .collect()
}

/// Fills what the main parser knows, and returns what a report's part for programs says.
fn fill(mail: &mut Mail, message: &Message<'_>) -> bounce::Status {
    fill_people(mail, message);
    mail.message_id = message.message_id().and_then(ids::clean);
    mail.subject = message.subject().map(oneline).unwrap_or_default();
    mail.date = message
        .date()
        .filter(|date| date.is_valid())
        .and_then(|date| DateTime::from_timestamp(date.to_timestamp(), 0));
    mail.in_reply_to = ids::of_header(message.in_reply_to());
    mail.references = ids::of_header(message.references());
    mail.text = body_text::whole_text(message);
    mail.defects.extend(unsaid_charset::of_texts(message));
    mail.html =
        body_text::own_html(message).and_then(|html| sanitise::sanitise(&html, &mut mail.defects));
    mail.attachments = attachments::of_message(message);
    mail.attached_text = attached_text::attached_text(message);
    mail.calendar =
        calendar_text(message).and_then(|(text, method)| read::read(&text, method.as_deref()));
    bounce::Status::of(message)
}

fn fill_people(mail: &mut Mail, message: &Message<'_>) {
    let (from, mut odd) = mailbox::of_header(message.header("From"));
    mail.has_one_author = from.len() == 1 && odd == 0;
    mail.from = from;
    let mut people = |name: &'static str| {
        let (boxes, strange) = mailbox::of_header(message.header(name));
        odd += strange;
        boxes
    };
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
    let shown = body.get(..body_text::LONGEST_TEXT).unwrap_or(body);
    mail.text = body_text::unix_lines(&String::from_utf8_lossy(shown));
}
