//! Tokens of ours that somebody has quoted, taken out of a post before anybody
//! else sees it. Only the token goes; all else stays byte for byte.

mod find;
mod glyph;

use super::headers::Section;
use super::part_head::Transfer;
use super::structure::{Part, Structure, structure};
use super::{footer, transfer, wire};
use find::{Found, Ours};
use std::borrow::Cow;
use std::collections::HashSet;
use std::ops::Range;

/// What stands where a token stood. It cannot be taken for a token.
const MARK: &str = "TOKEN-REMOVED";

/// The same where a line has no room for more.
const SHORT_MARK: &str = "REMOVED";

/// Nobody quotes more tokens than this in one post; the rest stays.
const MOST: usize = 10_000;

/// The fields of a post that lose tokens: where programs put addresses to answer to.
const FIELDS: [&str; 3] = ["To", "Cc", "Reply-To"];

/// What a token opens.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum TokenKind {
    /// `-confirm+TOKEN@`
    Confirm,
    /// `-reply+TOKEN@`
    Reply,
    /// `-bounces+TOKEN@`
    Bounces,
    /// `-survey+TOKEN@`
    Survey,
    /// `-rsvp+TOKEN@`, which only [`scrub_all`] takes out.
    Rsvp,
    /// `/u/TOKEN`
    Unsubscribe,
    /// `/r/TOKEN`
    Form,
    /// `/f/TOKEN/…`
    Feed,
    /// `/me/TOKEN`
    Me,
    /// `/desk/TOKEN`
    Desk,
    /// `/hold/TOKEN`
    Hold,
    /// `/join/TOKEN`
    Join,
}

/// A token that was found.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct FoundToken {
    /// What it opens.
    pub kind: TokenKind,
    /// The token, in lower case.
    pub token: String,
    /// It stands in a part that is signed or encrypted, and so stays there: it must
    /// be revoked.
    pub sealed: bool,
}

/// A message without our tokens.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Scrubbed<'a> {
    /// The message; owned where something was taken out of it, and then in the form
    /// of [`wire::canonical`].
    pub bytes: Cow<'a, [u8]>,
    /// What was found, each token once.
    pub found: Vec<FoundToken>,
}

/// Takes our tokens out of a message. `domain` is that of our addresses,
/// `base_url_host` that of our pages, both in lower case. Never fails.
pub fn scrub<'a>(raw: &'a [u8], domain: &str, base_url_host: &str) -> Scrubbed<'a> {
    scrubbed(raw, &Ours::new(domain, base_url_host, false), &FIELDS)
}

/// The same for a mail that is passed on to somebody else as it is: a member's own
/// address is theirs alone, and servers on the way copy the address that a mail went to
/// into fields of their own.
pub fn scrub_all<'a>(raw: &'a [u8], domain: &str, base_url_host: &str) -> Scrubbed<'a> {
    scrubbed(raw, &Ours::new(domain, base_url_host, true), &[])
}

/// `fields` are those of the message's own header that are looked at; all, where none
/// is named.
fn scrubbed<'a>(raw: &'a [u8], ours: &Ours, fields: &'static [&'static str]) -> Scrubbed<'a> {
    let wire = wire::canonical(raw);
    let tree = structure(&wire.bytes);
    let mut work = Work {
        bytes: &wire.bytes,
        ours,
        fields,
        edits: Vec::new(),
        found: Vec::new(),
        known: HashSet::new(),
    };
    for (index, part) in tree.parts.iter().enumerate() {
        work.section(&part.section, index == 0, is_sealed(&tree, part, false));
        if !part.has_children {
            work.body(part, is_sealed(&tree, part, true), &tree);
        }
    }
    let Work { edits, found, .. } = work;
    let bytes = match edits.is_empty() {
        true => Cow::Borrowed(raw),
        false => Cow::Owned(apply(&wire.bytes, edits)),
    };
    Scrubbed { bytes, found }
}

/// Whether a change would break a signature: the part or one around it is signed or
/// encrypted. A header is covered by what stands around it only.
fn is_sealed(tree: &Structure, part: &Part, with_own: bool) -> bool {
    let covers = |other: &&Part| {
        let around = other.start < part.start && part.start < other.body.end;
        around || (with_own && other.start == part.start)
    };
    let mut sealed = tree.parts.iter().filter(|other| other.head.is_sealed());
    sealed.any(|other| covers(&other))
}

type Edit = (Range<usize>, Vec<u8>);

struct Work<'a> {
    bytes: &'a [u8],
    ours: &'a Ours,
    fields: &'static [&'static str],
    edits: Vec<Edit>,
    found: Vec<FoundToken>,
    known: HashSet<FoundToken>,
}

impl Work<'_> {
    /// The message's own address fields, or all of an embedded message.
    fn section(&mut self, section: &Section, first: bool, sealed: bool) {
        for field in &section.fields {
            let named = self.fields.iter().any(|name| field.is(self.bytes, name));
            if named || !first || self.fields.is_empty() {
                let place = field.name.end..field.whole.end;
                let found = self.search(place, false);
                self.settle(found, sealed);
            }
        }
    }

    fn body(&mut self, part: &Part, sealed: bool, tree: &Structure) {
        let main = part.head.main.as_str();
        // A multipart without its parts is shown as text.
        let is_text = matches!(main, "text" | "message" | "multipart");
        if !is_text && !sealed && tree.broken_limit.is_none() {
            return;
        }
        match part.head.transfer {
            Transfer::Base64 => self.encoded(part, sealed),
            transfer => {
                let quoted = transfer == Transfer::QuotedPrintable;
                let found = self.search(part.body.clone(), quoted);
                let sealed = sealed || self.is_armoured(part, &found);
                self.settle(found, sealed);
            }
        }
    }

    fn search(&self, place: Range<usize>, quoted_printable: bool) -> Vec<Found> {
        self.ours.find(self.bytes, place, quoted_printable, MOST)
    }

    /// Looked for only where it matters: it reads the whole part.
    fn is_armoured(&self, part: &Part, found: &[Found]) -> bool {
        !found.is_empty() && part.head.main == "text" && footer::has_armour(self.bytes, part)
    }

    fn settle(&mut self, found: Vec<Found>, sealed: bool) {
        self.note(&found, sealed);
        if !sealed {
            self.edits.extend(found.iter().flat_map(edits));
        }
    }

    /// Base64 is decoded, scrubbed, and encoded again as a whole.
    fn encoded(&mut self, part: &Part, sealed: bool) {
        let body = self.bytes.get(part.body.clone()).unwrap_or_default();
        let Some(content) = transfer::decode(body, Transfer::Base64) else {
            return;
        };
        let found = self.ours.find(&content, 0..content.len(), false, MOST);
        let sealed = sealed || self.is_armoured(part, &found);
        self.note(&found, sealed);
        if found.is_empty() || sealed {
            return;
        }
        let changes = found.iter().flat_map(edits).collect();
        let mut lines = transfer::base64_lines(&apply(&content, changes));
        if !body.ends_with(b"\r\n") {
            lines.truncate(lines.len().saturating_sub(2));
        }
        self.edits.push((part.body.clone(), lines));
    }

    fn note(&mut self, found: &[Found], sealed: bool) {
        for one in found {
            let token = FoundToken {
                kind: one.kind,
                token: one.token.clone(),
                sealed,
            };
            if self.found.len() < MOST && self.known.insert(token.clone()) {
                self.found.push(token);
            }
        }
    }
}

/// The mark goes where most of the token stood; where a line break divides it, the
/// break stays.
fn edits(found: &Found) -> Vec<Edit> {
    let longest = found.pieces.iter().max_by_key(|piece| piece.len()).cloned();
    let pieces = found.pieces.iter().cloned();
    pieces
        .map(|piece| {
            let mark = match Some(&piece) == longest.as_ref() {
                true if piece.len() >= MARK.len() => MARK,
                true => SHORT_MARK,
                false => "",
            };
            (piece, mark.as_bytes().to_vec())
        })
        .collect()
}

/// Edits that overlap an earlier one are left out.
fn apply(bytes: &[u8], mut edits: Vec<Edit>) -> Vec<u8> {
    edits.sort_by_key(|(place, _)| place.start);
    let mut out = Vec::with_capacity(bytes.len());
    let mut at = 0;
    for (place, words) in edits {
        if place.start < at {
            continue;
        }
        out.extend_from_slice(bytes.get(at..place.start).unwrap_or_default());
        out.extend_from_slice(&words);
        at = place.end;
    }
    out.extend_from_slice(bytes.get(at..).unwrap_or_default());
    out
}

#[cfg(test)]
mod tests;
