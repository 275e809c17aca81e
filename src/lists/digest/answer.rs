//! The post that a part of a reply becomes: its author's own words for one thread.

use lettre::address::Envelope;
use lettre::message::header::{ContentTransferEncoding, ContentType, Date};
use lettre::message::{Mailbox, SinglePart};
use lettre::{Address, Message};
use std::time::{Duration, SystemTime};

use super::attached::enclose;
use crate::lists::post::Arrival;
use crate::lists::thread_reply::{Place, Said};
use crate::message::headers::section;
use crate::message::wire;
use crate::store::Millis;

/// The longest subject, in characters.
const LONGEST_SUBJECT: usize = 300;

/// What a post is made of.
pub(in crate::lists) struct Answer<'a> {
    /// The reply that it was part of.
    pub arrival: &'a Arrival<'a>,
    /// The list's address.
    pub list: String,
    /// What is said.
    pub said: &'a Said,
    /// The post that it answers.
    pub place: &'a Place,
    /// The line above what it quotes.
    pub attribution: String,
    /// Now, for a reply without a date.
    pub now: Millis,
}

/// The post as a message; `None` where an address cannot be written. What others
/// found out about the reply (Authentication-Results) goes with it.
pub(in crate::lists) fn write(answer: &Answer<'_>) -> Option<Vec<u8>> {
    let mail = answer.arrival.mail;
    let from = mail.from.first()?;
    let list: Address = answer.list.parse().ok()?;
    let author = Mailbox::new(from.name.clone(), from.address.parse().ok()?);
    let date = mail.date.map_or(answer.now, |date| date.timestamp_millis());
    let date = SystemTime::UNIX_EPOCH + Duration::from_millis(u64::try_from(date).unwrap_or(0));
    let id = |id: &str| format!("<{id}>");
    let (root, parent) = (
        id(&answer.place.thread_message_id),
        id(&answer.place.message_id),
    );
    let references = if root == parent {
        root
    } else {
        format!("{root} {parent}")
    };
    let message = Message::builder()
        .envelope(Envelope::new(None, vec![list.clone()]).ok()?)
        .from(author)
        .to(Mailbox::new(None, list))
        .subject(subject(&answer.place.thread_subject))
        .header(Date::from(date))
        .message_id(Some(id(&answer.said.message_id)))
        .in_reply_to(parent)
        .references(references)
        .singlepart(body(answer))
        .ok()?;
    let written = wire::canonical(&message.formatted()).bytes;
    let whole = match answer.said.attachments.as_slice() {
        [] => written,
        attachments => enclose(&written, attachments, "answer"),
    };
    Some([proofs(&answer.arrival.message.raw), whole].concat())
}

fn body(answer: &Answer<'_>) -> SinglePart {
    let quoted = answer.said.quoted.iter().map(|line| format!("> {line}\n"));
    let quoted: String = quoted.collect();
    let text = match quoted.as_str() {
        "" => format!("{}\n", answer.said.text),
        quoted => format!("{}\n{quoted}\n{}\n", answer.attribution, answer.said.text),
    };
    SinglePart::builder()
        .header(ContentType::TEXT_PLAIN)
        .header(ContentTransferEncoding::QuotedPrintable)
        .body(text.replace('\n', "\r\n"))
}

/// The thread's subject with its tags, which say who may read it, as an answer has it.
fn subject(thread: &str) -> String {
    let thread: String = thread.chars().take(LONGEST_SUBJECT).collect();
    let is_answer = thread
        .get(..3)
        .is_some_and(|mark| mark.eq_ignore_ascii_case("re:"));
    if is_answer {
        thread
    } else {
        format!("Re: {thread}")
    }
}

/// The fields in which the servers on its way say what they found out.
fn proofs(raw: &[u8]) -> Vec<u8> {
    let wire = wire::canonical(raw);
    let head = section(&wire.bytes, 0, wire.body);
    let fields = head.all(&wire.bytes, "Authentication-Results");
    let fields = fields.filter_map(|field| wire.bytes.get(field.whole.clone()));
    fields.flatten().copied().collect()
}
