//! What of a message the main parser is given: nothing that costs it too much.

use super::headers::{Field, Section};
use super::structure::{self, Structure, is_heavy_field};
use super::unsaid_charset;

/// A header section that is longer is given to the parser only in part, in octets.
const LONGEST_HEADER: usize = 256 * 1024;

/// The message without what would cost the parser too much; without its MIME fields
/// where the tree is too deep or wide, so that it is one plain text.
pub(super) fn parser_input(
    bytes: &[u8],
    head: &Section,
    tree: &Structure,
    body: &[u8],
    defects: &mut Vec<String>,
) -> Vec<u8> {
    let mut out = Vec::with_capacity(bytes.len());
    let broken = tree.broken_limit.or_else(|| too_many_messages(body));
    defects.extend(broken.map(str::to_string));
    let charset = unsaid_charset::of_header(bytes, head);
    let (mut dropped, mut size) = (false, 0);
    for field in &head.fields {
        let flat = is_typeless(bytes, field)
            || broken.is_some() && starts_with_content(field.name_in(bytes));
        size += field.whole.len();
        let heavy = is_heavy_field(bytes, field)
            || (size > LONGEST_HEADER && !is_essential(field.name_in(bytes)));
        dropped |= heavy;
        if !flat && !heavy {
            let whole = bytes.get(field.whole.clone()).unwrap_or_default();
            match charset.filter(|_| std::str::from_utf8(whole).is_err()) {
                Some(charset) => out.extend_from_slice(charset.decode(whole).0.as_bytes()),
                None => out.extend_from_slice(whole),
            }
        }
    }
    if let Some(charset) = charset {
        defects.push(unsaid_charset::told("the header", charset));
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
