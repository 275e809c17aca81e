//! The author's mail turned into the list's copy by surgery on bytes: what is not
//! listed here stays as the author sent it.

use super::footer::{self, Appended, Footer};
use super::mailbox::Mailbox;
use super::part_head::Transfer;
use super::signatures::{self, Leaving, Signature};
use super::structure::{Part, Structure, is_sealed, structure};
use super::{leaf, list_header, wire};

/// What the list's copy has that the author's mail has not.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct ListCopy {
    /// Names of fields to remove besides those of every list and transport.
    pub remove: Vec<String>,
    /// Fields that take the place of every field with their name: List-Id, Reply-To, a rewritten From.
    pub set: Vec<(String, String)>,
    /// Fields put on top beside those that are there: Received.
    pub add: Vec<(String, String)>,
    /// Mailboxes put in front of those in Cc.
    pub cc: Vec<Mailbox>,
    /// Names of fields that are put on top after this: they break a signature that says
    /// there is none (RFC 6376, section 5.4.2).
    pub later: Vec<String>,
    /// The tag with its brackets; `None` or empty for none.
    pub subject_tag: Option<String>,
    /// The footer.
    pub footer: Option<Footer>,
    /// Our name in Authentication-Results: what others wrote under it is removed (RFC 8601, section 5).
    pub authserv_id: Option<String>,
    /// The Message-ID, with angle brackets, of a mail that came without one.
    pub message_id: String,
    /// The Date (RFC 5322, section 3.3) of a mail that came without one.
    pub date: String,
    /// Nothing but Bcc is removed: the message goes inside another one.
    pub as_it_came: bool,
}

/// A message fit for the wire, and what was done to it.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Rewritten {
    /// The message: CRLF line ends, no NUL, no line over 998 octets. Dots are not stuffed.
    pub bytes: Vec<u8>,
    /// What was changed or left out besides what [`ListCopy`] asks, in sentences.
    pub notes: Vec<String>,
    /// The DKIM signatures that the message came with, and which of them hold for `bytes`.
    /// The others are not in it.
    pub signatures: Vec<Signature>,
}

/// Makes the list's copy of a message. Never fails: what cannot be done is left out with a note.
pub fn rewrite(raw: &[u8], copy: &ListCopy) -> Rewritten {
    let wire = wire::canonical(raw);
    let bytes = &wire.bytes;
    let tree = structure(bytes);
    let mut notes: Vec<String> = wire.oddities.iter().map(|odd| odd.to_string()).collect();
    notes.extend(tree.broken_limit.map(str::to_string));
    let bodies = bodies(bytes, &tree, copy.footer.as_ref(), &mut notes);
    let root = tree
        .parts
        .first()
        .zip(bodies.first())
        .and_then(|(part, body)| new_transfer(part, body.as_ref()));
    let mut rest = Vec::new();
    emit_body(bytes, wire.body, &tree, &bodies, &mut rest, &mut notes);
    if !rest.ends_with(b"\r\n") {
        rest.extend_from_slice(b"\r\n");
    }
    // Once with all signatures, to see which of them hold, and then with those.
    let whole = list_header::list_header(bytes, copy, root, None, &mut Vec::new());
    let leaving = Leaving {
        head: &whole,
        body: rest.get(2..).unwrap_or_default(),
        later: &copy.later,
    };
    let came = bytes.get(wire.body..).unwrap_or_default();
    let signatures = signatures::signatures(raw, came, &leaving);
    let mut out = list_header::list_header(bytes, copy, root, Some(&signatures), &mut notes);
    out.extend_from_slice(&rest);
    notes.dedup();
    Rewritten {
        bytes: out,
        notes,
        signatures,
    }
}

/// For each part the body that takes the place of its own, where one does.
fn bodies(
    bytes: &[u8],
    tree: &Structure,
    footer: Option<&Footer>,
    notes: &mut Vec<String>,
) -> Vec<Option<Appended>> {
    let mut bodies: Vec<Option<Appended>> = tree.parts.iter().map(|_| None).collect();
    if let Some(footer) = footer.filter(|_| tree.broken_limit.is_none()) {
        if is_sealed(tree, bytes) {
            notes.push("no footer: a part is signed or encrypted".into());
        } else {
            put_footer(bytes, tree, footer, &mut bodies, notes);
        }
    }
    for (part, slot) in tree
        .parts
        .iter()
        .zip(bodies.iter_mut())
        .filter(|(part, _)| !part.has_children)
    {
        leaf::make_fit(bytes, part, slot, tree.broken_limit.is_some(), notes);
    }
    bodies
}

/// The transfer encoding that a part's header has to name now, where that changes.
fn new_transfer(part: &Part, body: Option<&Appended>) -> Option<Transfer> {
    body.map(|body| body.transfer)
        .filter(|transfer| *transfer != part.head.transfer)
}

type Append = fn(&[u8], &Part, &Footer) -> Option<Appended>;

fn put_footer(
    bytes: &[u8],
    tree: &Structure,
    footer: &Footer,
    bodies: &mut [Option<Appended>],
    notes: &mut Vec<String>,
) {
    let forms: [(&str, &str, Append); 2] = [
        ("plain", &footer.text, footer::into_text),
        ("html", &footer.html, footer::into_html),
    ];
    for (subtype, words, append) in forms
        .into_iter()
        .filter(|(_, words, _)| !words.trim().is_empty())
    {
        let first = tree
            .parts
            .iter()
            .zip(bodies.iter_mut())
            .find(|(part, _)| part.is_inline_text(subtype));
        let Some((part, slot)) = first else { continue };
        *slot = append(
            bytes.get(part.body.clone()).unwrap_or_default(),
            part,
            footer,
        );
        if slot.is_none() {
            notes.push(format!("no footer in the text/{subtype} part: its charset or encoding cannot take it ({} octets)", words.len()));
        }
    }
}

/// Everything behind the header: parts that are replaced, and all between them as it was.
fn emit_body(
    bytes: &[u8],
    from: usize,
    tree: &Structure,
    bodies: &[Option<Appended>],
    out: &mut Vec<u8>,
    notes: &mut Vec<String>,
) {
    let mut at = from - 2;
    for (index, (part, body)) in tree.parts.iter().zip(bodies).enumerate() {
        if index > 0 {
            leaf::between(bytes.get(at..part.start).unwrap_or_default(), out, notes);
            part_header(bytes, part, new_transfer(part, body.as_ref()), out, notes);
            at = part.section.end;
        }
        if part.has_children {
            continue;
        }
        leaf::between(
            bytes.get(at..part.body.start).unwrap_or_default(),
            out,
            notes,
        );
        let own = bytes.get(part.body.clone()).unwrap_or_default();
        out.extend_from_slice(body.as_ref().map_or(own, |body| &body.body));
        at = part.body.end;
    }
    leaf::between(bytes.get(at..).unwrap_or_default(), out, notes);
}

fn part_header(
    bytes: &[u8],
    part: &Part,
    transfer: Option<Transfer>,
    out: &mut Vec<u8>,
    notes: &mut Vec<String>,
) {
    for field in &part.section.fields {
        if transfer.is_none() || !field.is(bytes, "Content-Transfer-Encoding") {
            let whole: Vec<u8> = bytes
                .get(field.whole.clone())
                .unwrap_or_default()
                .iter()
                .copied()
                .filter(|b| *b != 0)
                .collect();
            list_header::emit_field(&whole, field, bytes, out, notes);
        }
    }
    if let Some(transfer) = transfer {
        out.extend(list_header::encoding_field(transfer));
        // A body that begins without an empty line would be read as part of that field.
        if part.section.body == part.section.end {
            out.extend_from_slice(b"\r\n");
        }
    }
}
