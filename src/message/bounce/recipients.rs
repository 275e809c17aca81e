//! Which recipients a bounce is about, from all that names them.

use super::notice::Notice;
use super::report::Status;
use super::sender::Evidence;
use super::status::cut;
use super::{Class, LONGEST_DIAGNOSTIC, MOST, Recipient};
use crate::message::address::{LONGEST, normalise};
use crate::message::parse::Mail;

/// The part for programs first, then the field made for them, then the words.
pub(super) fn choose(
    mail: &Mail,
    status: Status,
    notice: &Notice,
    sent: &Evidence,
) -> Vec<Recipient> {
    if !status.recipients.is_empty() {
        return status.recipients;
    }
    let failed = sent.failed_recipients.iter().cloned();
    let named: Vec<String> = failed.collect();
    let addresses = if named.is_empty() {
        notice.addresses(mail, sent)
    } else {
        named
    };
    let mut found = Vec::new();
    for recipient in notice.recipients(addresses) {
        add(&mut found, recipient, MOST);
    }
    found
}

/// Adds a recipient; one that is there already keeps the graver of both.
pub(super) fn add(found: &mut Vec<Recipient>, new: Recipient, most: usize) {
    let room = found.len() < most;
    let known = found.iter_mut().find(|one| one.address == new.address);
    match known {
        Some(known) if rank(new.class) > rank(known.class) => *known = new,
        Some(_) => {}
        None if room => found.push(new),
        None => {}
    }
}

fn rank(class: Class) -> u8 {
    match class {
        Class::Unknown => 0,
        Class::Transient => 1,
        Class::Permanent => 2,
    }
}

/// A text on one line, cut to what is kept of it; `None` where nothing is left.
pub(super) fn one_line(text: &str) -> Option<String> {
    let line = crate::message::oneline::oneline(cut(text, 2 * LONGEST_DIAGNOSTIC));
    let words: Vec<&str> = line.split_whitespace().collect();
    let line = words.join(" ");
    let line = cut(&line, LONGEST_DIAGNOSTIC);
    (!line.is_empty()).then(|| line.to_string())
}

/// An address that a report names and that is not well-formed, as it is written: it was
/// sent to as it is. Archives cut addresses short with dots; those are nobody's.
pub(super) fn as_written(text: &str) -> Option<String> {
    if let Some(address) = normalise(text) {
        return Some(address);
    }
    let sound = text.contains('@')
        && text.len() <= LONGEST
        && !text.contains("..")
        && !text.contains(|c: char| c.is_whitespace() || c.is_control());
    sound.then(|| text.to_lowercase())
}
