//! The bodies of single parts made fit for the wire: no NUL, no line over 998 octets.

use super::footer::Appended;
use super::part_head::Transfer;
use super::structure::Part;
use super::transfer;
use super::wire::LONGEST_LINE;

/// Encodes the body of a part again where it cannot leave as it is. `slot` holds what
/// takes its place so far. A message whose tree is `broken` cannot be encoded part by
/// part: its lines are cut instead.
pub(super) fn make_fit(
    bytes: &[u8],
    part: &Part,
    slot: &mut Option<Appended>,
    broken: bool,
    notes: &mut Vec<String>,
) {
    let own = bytes.get(part.body.clone()).unwrap_or_default();
    let (body, carried) = slot.as_ref().map_or((own, part.head.transfer), |new| {
        (&new.body[..], new.transfer)
    });
    if is_fit(body) {
        return;
    }
    let kind = format!("{}/{}", part.head.main, part.head.sub);
    if broken {
        *slot = Some(Appended {
            body: cut(body),
            transfer: carried,
        });
        notes.push("lines over 998 octets were broken".into());
        return;
    }
    let content = transfer::decode(body, carried).unwrap_or_else(|| body.to_vec());
    *slot = Some(encode(&content, is_text(part), carried));
    notes.push(format!(
        "a {kind} part with NUL or a line over 998 octets was encoded again"
    ));
}

fn is_text(part: &Part) -> bool {
    matches!(part.head.main.as_str(), "text" | "message" | "multipart")
}

/// Text stays readable in quoted-printable; what was Base64 stays so.
fn encode(content: &[u8], text: bool, carried: Transfer) -> Appended {
    if text && carried != Transfer::Base64 {
        return Appended {
            body: transfer::quoted_printable_lines(content),
            transfer: Transfer::QuotedPrintable,
        };
    }
    Appended {
        body: transfer::base64_lines(content),
        transfer: Transfer::Base64,
    }
}

fn is_fit(body: &[u8]) -> bool {
    !body.contains(&0)
        && body
            .split(|b| *b == b'\n')
            .all(|line| line.strip_suffix(b"\r").unwrap_or(line).len() <= LONGEST_LINE)
}

/// Copies what stands between parts: boundaries, preamble, epilogue. Nobody is shown
/// it, so a NUL there becomes a space and a long line loses its end.
pub(super) fn between(gap: &[u8], out: &mut Vec<u8>, notes: &mut Vec<String>) {
    if is_fit(gap) {
        out.extend_from_slice(gap);
        return;
    }
    notes.push("NUL or a line over 998 octets outside of all parts was cut".into());
    for line in gap.split_inclusive(|b| *b == b'\n') {
        let text = line.strip_suffix(b"\r\n").unwrap_or(line);
        let kept = text.get(..LONGEST_LINE).unwrap_or(text);
        out.extend(kept.iter().map(|b| if *b == 0 { b' ' } else { *b }));
        out.extend_from_slice(if line.ends_with(b"\r\n") {
            b"\r\n"
        } else {
            b""
        });
    }
}

fn cut(body: &[u8]) -> Vec<u8> {
    let mut out = Vec::with_capacity(body.len() + body.len() / 500);
    for line in body.split_inclusive(|b| *b == b'\n') {
        let text = line.strip_suffix(b"\r\n").unwrap_or(line);
        let mut pieces = text.chunks(LONGEST_LINE).peekable();
        while let Some(piece) = pieces.next() {
            out.extend(piece.iter().map(|b| if *b == 0 { b' ' } else { *b }));
            out.extend_from_slice(if pieces.peek().is_some() {
                b"\r\n"
            } else {
                b""
            });
        }
        out.extend_from_slice(if line.ends_with(b"\r\n") {
            b"\r\n"
        } else {
            b""
        });
    }
    out
}
