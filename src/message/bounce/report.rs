//! The part of a report that is made for programs (RFC 3464; RFC 6533 for addresses
//! beyond ASCII).

use super::notice::Notice;
use super::recipients::{add, as_written, one_line};
use super::status::{Codes, of_field};
use super::{Class, MOST, Recipient, Report};
use crate::message::returned::Returned;
use mail_parser::{Message, MessagePart, MimeHeaders};

/// The longest part read, in octets.
const LONGEST: usize = 1024 * 1024;
/// The most lines of one block of fields.
const MOST_FIELDS: usize = 200;
/// How many wrapped messages are looked into: gateways wrap a report in a mail.
const MOST_WRAPPED: usize = 4;

/// What the parts for programs say.
#[derive(Debug, Default)]
pub(crate) struct Status {
    /// There is such a part.
    pub(super) is_there: bool,
    /// Who was not reached.
    pub(super) recipients: Vec<Recipient>,
    /// Somebody was reached.
    successes: bool,
    envelope_id: Option<String>,
    reporting_mta: Option<String>,
}

impl Status {
    /// Reads the status parts of a mail, and where it has none, those of a report that
    /// it wraps where its header says that it is one.
    pub(crate) fn of(message: &Message<'_>) -> Status {
        let mut status = Status::default();
        message.parts.iter().for_each(|part| status.take(part));
        let kind = message.content_type();
        let kind = kind.and_then(|kind| kind.attribute("report-type"));
        let wraps = kind.is_some_and(|kind| kind.eq_ignore_ascii_case("delivery-status"));
        let inner = message.parts.iter().filter_map(|part| part.message());
        for message in inner.take(MOST_WRAPPED).filter(|_| wraps) {
            if !status.is_there {
                message.parts.iter().for_each(|part| status.take(part));
            }
        }
        status
    }

    /// It tells of nothing but mail that arrived.
    pub(super) fn is_success(&self) -> bool {
        self.recipients.is_empty() && self.successes
    }

    pub(super) fn report(&self, returned: Option<&Returned>, notice: &Notice) -> Report {
        let returned = returned.and_then(|mail| mail.message_id.clone());
        Report {
            has_status_part: self.is_there,
            envelope_id: self.envelope_id.clone(),
            reporting_mta: self.reporting_mta.clone(),
            returned_message_id: returned.or_else(|| notice.returned_message_id.clone()),
        }
    }

    fn take(&mut self, part: &MessagePart<'_>) {
        let is_status = part.is_content_type("message", "delivery-status")
            || part.is_content_type("message", "global-delivery-status");
        if !is_status {
            return;
        }
        self.is_there = true;
        let contents = part.contents();
        let text = String::from_utf8_lossy(contents.get(..LONGEST).unwrap_or(contents));
        for block in blocks(&text) {
            self.take_block(&block);
        }
    }

    fn take_block(&mut self, block: &Block) {
        let named = |name: &str| block.field(name).and_then(one_line);
        self.envelope_id = self.envelope_id.take().or_else(|| {
            let id = named("Original-Envelope-Id")?;
            Some(decode_xtext(&id))
        });
        self.reporting_mta = self.reporting_mta.take().or_else(|| {
            let server = named("Reporting-MTA")?;
            Some(typed(&server).1.to_string())
        });
        let action = block.field("Action").unwrap_or_default().to_lowercase();
        let done = ["delivered", "relayed", "expanded"];
        if done.iter().any(|word| action.starts_with(word)) {
            self.successes = true;
        } else if let Some(recipient) = recipient(block, &action) {
            add(&mut self.recipients, recipient, MOST);
        }
    }
}

/// A block of fields about the message or one recipient, folded lines joined.
struct Block(Vec<(String, String)>);

impl Block {
    fn field(&self, name: &str) -> Option<&str> {
        let found = self
            .0
            .iter()
            .find(|(key, _)| key.eq_ignore_ascii_case(name));
        found.map(|(_, value)| value.as_str())
    }
}

/// Blocks end at a blank line, also at one with spaces in it.
fn blocks(text: &str) -> Vec<Block> {
    let mut blocks = vec![Block(Vec::new())];
    for line in text.lines() {
        let blank = line.trim().is_empty();
        if blank && blocks.len() > 2 * MOST {
            break;
        }
        match blocks.last_mut() {
            Some(block) if blank && !block.0.is_empty() => blocks.push(Block(Vec::new())),
            Some(block) if !blank => take_line(block, line),
            _ => {}
        }
    }
    blocks
}

fn take_line(block: &mut Block, line: &str) {
    if line.starts_with([' ', '\t']) {
        if let Some((_, value)) = block.0.last_mut().filter(|(_, value)| value.len() < 10_000) {
            value.push(' ');
            value.push_str(line.trim());
        }
    } else if let Some((key, value)) = line.split_once(':').filter(|_| block.0.len() < MOST_FIELDS)
    {
        block
            .0
            .push((key.trim().to_string(), value.trim().to_string()));
    }
}

/// A block about one recipient (section 2.3). The address is the one that the sender
/// used, because only that is known to him.
fn recipient(block: &Block, action: &str) -> Option<Recipient> {
    let names = [
        "Original-Recipient",
        "Final-Recipient",
        "X-Actual-Recipient",
    ];
    let given = || names.iter().filter_map(|name| block.field(name));
    let address = given()
        .find_map(address)
        .or_else(|| given().find_map(|value| kept_raw(typed(value).1)))?;
    let diagnostic = block.field("Diagnostic-Code").map(|text| typed(text).1);
    let codes = codes(block.field("Status"), diagnostic);
    Some(Recipient {
        address,
        class: class(action, &codes),
        status: codes.enhanced,
        diagnostic: diagnostic.and_then(one_line),
    })
}

/// What Status says, and what the server said where Status is vague. A Status of 4.x.x
/// is not overruled: whoever gave up may only have waited too short.
fn codes(status: Option<&str>, diagnostic: Option<&str>) -> Codes {
    let own = status.map(of_field).unwrap_or_default();
    let said = diagnostic.map(Codes::of).unwrap_or_default();
    let vague = own
        .enhanced
        .as_deref()
        .is_none_or(|code| code.ends_with(".0.0"));
    let put_off = own.class() == Some(Class::Transient);
    let better = said.enhanced.is_some() && (!put_off || said.class() == Some(Class::Transient));
    match () {
        () if vague && better => said,
        () if own.class().is_none() => said,
        () => own,
    }
}

fn class(action: &str, codes: &Codes) -> Class {
    let failed = action.starts_with("fail") || action.starts_with("error");
    match codes.class() {
        _ if action.starts_with("delayed") => Class::Transient,
        Some(class) => class,
        None if failed => Class::Permanent,
        None => Class::Unknown,
    }
}

/// The type and the rest of `rfc822; ann@x.example` (section 2.1.2).
fn typed(value: &str) -> (&str, &str) {
    let (kind, rest) = value.split_once(';').unwrap_or(("", value));
    (kind.trim(), rest.trim())
}

fn address(value: &str) -> Option<String> {
    let (kind, text) = typed(value);
    let text = text.trim_matches(['<', '>', '"', '\'', ' ']);
    let text = text.split(" (").next().unwrap_or_default().trim();
    let decoded = if kind.eq_ignore_ascii_case("utf-8") {
        decode_utf8(text)
    } else {
        decode_plus(text)
    };
    crate::message::address::normalise(&decoded)
}

fn kept_raw(text: &str) -> Option<String> {
    as_written(text.trim_matches(['<', '>', '"', ' ']))
}

/// Some servers pass ORCPT on without decoding it (RFC 3461, section 4): of its codes
/// only those are undone that nobody has in an address.
fn decode_plus(text: &str) -> String {
    text.replace("+2B", "+")
        .replace("+3D", "=")
        .replace("+40", "@")
}

fn decode_xtext(text: &str) -> String {
    let mut pieces = text.split('+');
    let mut out = pieces.next().unwrap_or_default().to_string();
    for piece in pieces {
        let code = piece
            .get(..2)
            .and_then(|hex| u8::from_str_radix(hex, 16).ok());
        match code.filter(|code| code.is_ascii_graphic()) {
            Some(code) => out.push(char::from(code)),
            None => out.push('+'),
        }
        let rest = if code.is_some_and(|code| code.is_ascii_graphic()) {
            piece.get(2..)
        } else {
            Some(piece)
        };
        out.push_str(rest.unwrap_or_default());
    }
    out
}

/// `\x{D6}` is a letter (RFC 6533, section 3).
fn decode_utf8(text: &str) -> String {
    let mut pieces = text.split("\\x{");
    let mut out = pieces.next().unwrap_or_default().to_string();
    for piece in pieces {
        let (hex, rest) = piece.split_once('}').unwrap_or(("", piece));
        let letter = u32::from_str_radix(hex, 16).ok().and_then(char::from_u32);
        out.extend(letter);
        out.push_str(rest);
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(text: &str) -> Vec<(String, Class, Option<String>)> {
        let mut status = Status::default();
        blocks(text)
            .iter()
            .for_each(|block| status.take_block(block));
        let of = |one: Recipient| (one.address, one.class, one.status);
        status.recipients.into_iter().map(of).collect()
    }

    #[test]
    fn blocks_of_a_report() {
        for (text, address, class, status) in [
            (
                "Original-Recipient: rfc822;Ann@x.example\nFinal-Recipient: rfc822; y@z.example\nAction: failed\nStatus: 5.1.1",
                "ann@x.example",
                Class::Permanent,
                Some("5.1.1"),
            ),
            (
                "Final-Recipient: rfc822;a@x.example\nAction: failed\nStatus: 5.0.0\nDiagnostic-Code: smtp; 550\n 5.7.1 no",
                "a@x.example",
                Class::Permanent,
                Some("5.7.1"),
            ),
            (
                "Final-Recipient: rfc822;a@x.example\nAction: delayed\nStatus: 5.4.7",
                "a@x.example",
                Class::Transient,
                Some("5.4.7"),
            ),
            (
                "Final-Recipient: rfc822;a@x.example\nAction: failed\nStatus: 4.0.0\nDiagnostic-Code: smtp; 550 5.1.1 gone",
                "a@x.example",
                Class::Transient,
                Some("4.0.0"),
            ),
            (
                "Final-Recipient: rfc822;a@x.example\nAction: failed\nStatus: 5.0.0\nDiagnostic-Code: smtp; 450 4.7.1 greylisted",
                "a@x.example",
                Class::Transient,
                Some("4.7.1"),
            ),
            (
                "Final-Recipient: a@x.example\nAction: failure\nStatus: 553 too large",
                "a@x.example",
                Class::Permanent,
                None,
            ),
            (
                "Final-Recipient: rfc822;a@x.example\nAction: failed",
                "a@x.example",
                Class::Permanent,
                None,
            ),
            (
                "Final-Recipient: rfc822;a@x.example",
                "a@x.example",
                Class::Unknown,
                None,
            ),
            (
                "Final-Recipient: utf-8; d\\x{F6}rte@x.example\nAction: failed\nStatus: 5.1.1",
                "dörte@x.example",
                Class::Permanent,
                Some("5.1.1"),
            ),
            (
                "Original-Recipient: rfc822;ann+2Bnews@x.example\nAction: failed\nStatus: 5.1.1",
                "ann+news@x.example",
                Class::Permanent,
                Some("5.1.1"),
            ),
        ] {
            let found = read(text);
            assert_eq!(
                found,
                [(address.into(), class, status.map(str::to_string))],
                "{text}"
            );
        }
        assert_eq!(
            read("Final-Recipient: rfc822;a@x.example\nAction: relayed"),
            []
        );
        assert_eq!(read("Reporting-MTA: dns; x.example"), []);
    }

    #[test]
    fn one_address_in_two_blocks_counts_once_and_by_the_graver() {
        let text = "Final-Recipient: rfc822;a@x.example\nAction: delayed\nStatus: 4.4.1\n \nFinal-Recipient: rfc822;a@x.example\nAction: failed\nStatus: 5.1.1";
        assert_eq!(
            read(text),
            [("a@x.example".into(), Class::Permanent, Some("5.1.1".into()))]
        );
    }

    #[test]
    fn fields_of_the_message() {
        let mut status = Status::default();
        for block in blocks("Reporting-MTA: dns; mx.x.example\nOriginal-Envelope-Id: a+3Db+x") {
            status.take_block(&block);
        }
        assert_eq!(status.reporting_mta.as_deref(), Some("mx.x.example"));
        assert_eq!(status.envelope_id.as_deref(), Some("a=b+x"));
    }
}
