//! The header section of the list's copy.

use super::fold::{fit, own_field};
use super::guard::guarded;
use super::headers::{Field, Section, section};
use super::mailbox::Mailbox;
use super::oneline::oneline;
use super::part_head::Transfer;
use super::rewrite::ListCopy;
use super::signatures::Signature;
use super::{removed, subject_tag};
use mail_parser::MessageParser;
use std::sync::LazyLock;

static SUBJECT: LazyLock<MessageParser> =
    LazyLock::new(|| MessageParser::new().header_text("Subject"));

/// The header section with what the list removes, sets and adds, and with those of the
/// `signatures` that hold; all of them, where nobody has looked yet.
pub(super) fn list_header(
    bytes: &[u8],
    copy: &ListCopy,
    root: Option<Transfer>,
    signatures: Option<&[Signature]>,
    notes: &mut Vec<String>,
) -> Vec<u8> {
    let head = section(bytes, 0, bytes.len());
    let subject = head.find(bytes, "Subject");
    let tagged = tagged_subject(bytes, &head, subject, copy);
    let cc = head.find(bytes, "Cc");
    let mut out = own_fields(copy, &head.fields, bytes);
    if cc.is_none() {
        out.extend(with_cc(&copy.cc, &[]).unwrap_or_default());
    }
    let mut place = 0;
    for field in &head.fields {
        let own = bytes.get(field.whole.clone()).unwrap_or_default();
        if field.is(bytes, "DKIM-Signature") {
            place += 1;
            if let Some(note) = signatures.and_then(|all| broken(all, place - 1)) {
                notes.push(note);
                continue;
            }
        }
        if removed::stays_behind(bytes, field, copy)
            || root.is_some() && field.is(bytes, "Content-Transfer-Encoding")
        {
            continue;
        }
        let changed = match (&tagged, cc == Some(field)) {
            (Some(tagged), _) if subject == Some(field) => Some(tagged.clone()),
            (_, true) => with_cc(&copy.cc, field.value_in(bytes)),
            _ => None,
        };
        let field_now = changed.as_deref().unwrap_or(own);
        emit_field(field_now, field, bytes, &mut out, notes);
    }
    if subject.is_none() {
        out.extend(tagged.unwrap_or_default());
    }
    out.extend(root.map(encoding_field).unwrap_or_default());
    out
}

fn tagged_subject(
    bytes: &[u8],
    head: &Section,
    subject: Option<&Field>,
    copy: &ListCopy,
) -> Option<Vec<u8>> {
    let given = subject.and_then(|field| bytes.get(field.whole.clone()));
    let tag = copy.subject_tag.as_deref().unwrap_or_default();
    subject_tag::tagged(given, &decoded_subject(bytes, head.end), tag)
}

/// What is noted where the signature at that place does not hold.
fn broken(signatures: &[Signature], place: usize) -> Option<String> {
    let found = signatures.get(place);
    if found.is_some_and(|signature| signature.is_intact) {
        return None;
    }
    let domain = found.map_or("", |signature| signature.domain.as_str());
    let domain: String = oneline(domain).chars().take(100).collect();
    let of = match domain.as_str() {
        "" => String::new(),
        domain => format!(" of {domain}"),
    };
    Some(format!(
        "DKIM-Signature{of} removed: the list changes what it covers"
    ))
}

/// The Cc field with those mailboxes first: whatever is odd about what the author wrote
/// there stands behind them. `None` where there are none.
fn with_cc(first: &[Mailbox], value: &[u8]) -> Option<Vec<u8>> {
    if first.is_empty() {
        return None;
    }
    let first: Vec<String> = first.iter().map(Mailbox::to_header).collect();
    let mut field = own_field("Cc", &first.join(", "))?;
    if !value.trim_ascii().is_empty() {
        field.truncate(field.len() - 2);
        field.extend_from_slice(b",\r\n ");
        field.extend_from_slice(value.trim_ascii());
        field.extend_from_slice(b"\r\n");
    }
    Some(field)
}

fn decoded_subject(bytes: &[u8], end: usize) -> String {
    let head = [bytes.get(..end).unwrap_or_default(), b"\r\n"].concat();
    let decoded = guarded(|| SUBJECT.parse_headers(&head)?.subject().map(str::to_string));
    decoded.flatten().unwrap_or_default()
}

fn own_fields(copy: &ListCopy, fields: &[Field], bytes: &[u8]) -> Vec<u8> {
    let missing = |name: &str| {
        !fields
            .iter()
            .any(|field| field.is(bytes, name) && !field.text_in(bytes).is_empty())
    };
    let mut out: Vec<u8> = Vec::new();
    for (name, value) in copy.add.iter().chain(&copy.set) {
        out.extend(own_field(name, value).unwrap_or_default());
    }
    for (name, value) in [("Message-ID", &copy.message_id), ("Date", &copy.date)] {
        if missing(name)
            && !value.is_empty()
            && !copy
                .set
                .iter()
                .any(|(set, _)| set.eq_ignore_ascii_case(name))
        {
            out.extend(own_field(name, value).unwrap_or_default());
        }
    }
    out
}

pub(super) fn emit_field(
    field: &[u8],
    of: &Field,
    bytes: &[u8],
    out: &mut Vec<u8>,
    notes: &mut Vec<String>,
) {
    let name = String::from_utf8_lossy(of.name_in(bytes))
        .chars()
        .take(60)
        .collect::<String>();
    match fit(field, removed::is_essential(&name)) {
        Some(fitting) => {
            if fitting != field {
                notes.push(format!("{name} had a line over 998 octets and was folded"));
            }
            out.extend(fitting);
        }
        None => notes.push(format!(
            "{name} had a line over 998 octets that cannot be folded and was left out"
        )),
    }
}

pub(super) fn encoding_field(transfer: Transfer) -> Vec<u8> {
    let value = match transfer {
        Transfer::Base64 => "base64",
        Transfer::QuotedPrintable => "quoted-printable",
        Transfer::Plain => "8bit",
    };
    format!("Content-Transfer-Encoding: {value}\r\n").into_bytes()
}
