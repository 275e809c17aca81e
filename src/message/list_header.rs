//! The header section of the list's copy.

use super::fold::{fit, own_field};
use super::guard::guarded;
use super::headers::{Field, section};
use super::part_head::Transfer;
use super::rewrite::ListCopy;
use super::{removed, subject_tag};
use mail_parser::MessageParser;
use std::sync::LazyLock;

static SUBJECT: LazyLock<MessageParser> =
    LazyLock::new(|| MessageParser::new().header_text("Subject"));

/// The header section with what the list removes, sets and adds.
pub(super) fn list_header(
    bytes: &[u8],
    copy: &ListCopy,
    root: Option<Transfer>,
    body_changed: bool,
    notes: &mut Vec<String>,
) -> Vec<u8> {
    let head = section(bytes, 0, bytes.len());
    let decoded = decoded_subject(bytes, head.end);
    let subject = head.find(bytes, "Subject");
    let given = subject.and_then(|field| bytes.get(field.whole.clone()));
    let tagged = subject_tag::tagged(
        given,
        &decoded,
        copy.subject_tag.as_deref().unwrap_or_default(),
    );
    let broken_signature = body_changed || tagged.is_some();
    let mut out = own_fields(copy, &head.fields, bytes);
    for field in &head.fields {
        let is_subject = Some(field) == subject;
        match removed::reason(bytes, field, copy, broken_signature) {
            Some(removed::Reason::BrokenSignature) => {
                notes.push("DKIM-Signature removed: the list changes what it covers".into());
            }
            Some(removed::Reason::Listed) => {}
            None if is_subject && tagged.is_some() => emit_field(
                tagged.as_deref().unwrap_or_default(),
                field,
                bytes,
                &mut out,
                notes,
            ),
            None if root.is_some() && field.is(bytes, "Content-Transfer-Encoding") => {}
            None => emit_field(
                bytes.get(field.whole.clone()).unwrap_or_default(),
                field,
                bytes,
                &mut out,
                notes,
            ),
        }
    }
    if subject.is_none() {
        out.extend(tagged.unwrap_or_default());
    }
    out.extend(root.map(encoding_field).unwrap_or_default());
    out
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
