//! The end of every line is CRLF before lettre sees it.
//!
//! lettre stuffs a dot only after CRLF, so a dot after a bare CR or LF would reach a lenient relay
//! as the end of the message, and what follows as commands (RUSTSEC-2026-0561).

use std::borrow::Cow;

/// The pieces of one message as they may go to lettre: CRLF only, and without the last line's end,
/// which lettre adds together with the final dot. They are handed through as they are where nothing
/// is wrong with them; otherwise they are joined and rewritten, and the log says so.
pub(super) fn prepared<'a>(pieces: &[&'a [u8]]) -> Vec<Cow<'a, [u8]>> {
    let mut pieces: Vec<Cow<[u8]>> = if only_crlf(pieces) {
        pieces
            .iter()
            .filter(|piece| !piece.is_empty())
            .map(|piece| Cow::Borrowed(*piece))
            .collect()
    } else {
        tracing::warn!(
            "a mail had bare CR or LF on its way to the relay; its line ends were made CRLF"
        );
        vec![Cow::Owned(rewritten(pieces))]
    };
    cut_last_end(&mut pieces);
    pieces
}

/// Whether every CR is followed by an LF and every LF follows a CR, also over the seams.
pub(super) fn only_crlf(pieces: &[&[u8]]) -> bool {
    let mut after_cr = false;
    for &byte in pieces.iter().copied().flatten() {
        if (byte == b'\n') != after_cr {
            return false;
        }
        after_cr = byte == b'\r';
    }
    !after_cr
}

/// All pieces as one text in which a CR or LF that stood alone is a CRLF.
fn rewritten(pieces: &[&[u8]]) -> Vec<u8> {
    let mut out = Vec::with_capacity(pieces.iter().map(|piece| piece.len() + 64).sum());
    let mut after_cr = false;
    for &byte in pieces.iter().copied().flatten() {
        match byte {
            b'\r' => out.extend_from_slice(b"\r\n"),
            b'\n' if after_cr => {}
            b'\n' => out.extend_from_slice(b"\r\n"),
            byte => out.push(byte),
        }
        after_cr = byte == b'\r';
    }
    out
}

fn cut_last_end(pieces: &mut Vec<Cow<[u8]>>) {
    let Some(last) = pieces.pop() else { return };
    if *last == *b"\n" {
        // The seam went between CR and LF; the CR is the end of the piece before.
        if let Some(before) = pieces.last_mut() {
            *before = shortened(before, 1);
        }
        return;
    }
    let end = if last.ends_with(b"\r\n") { 2 } else { 0 };
    pieces.push(shortened(&last, end));
}

fn shortened<'a>(piece: &Cow<'a, [u8]>, by: usize) -> Cow<'a, [u8]> {
    match piece {
        Cow::Borrowed(bytes) => Cow::Borrowed(&bytes[..bytes.len().saturating_sub(by)]),
        Cow::Owned(bytes) => Cow::Owned(bytes[..bytes.len().saturating_sub(by)].to_vec()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn all_line_ends_become_crlf_and_the_last_is_left_to_lettre() {
        for (pieces, expected) in [
            (&["a\r\n", "b\r\n"][..], "a\r\nb"),
            (&["a\r\n", "b"], "a\r\nb"),
            (&["a\r", "\nb\r", "\n"], "a\r\nb"),
            (&["a\r\n", ""], "a"),
            (&["a\r\n\r\n"], "a\r\n"),
            (&["\r\n"], ""),
            (&[], ""),
            (&["a\nb\rc\n"], "a\r\nb\r\nc"),
            (&["a\r", "b\n", ".\n"], "a\r\nb\r\n."),
            (&["a\n\r\n\rb"], "a\r\n\r\n\r\nb"),
            (&["a\r\r\nb"], "a\r\n\r\nb"),
        ] {
            let bytes: Vec<&[u8]> = pieces.iter().map(|piece| piece.as_bytes()).collect();
            let out = prepared(&bytes).concat();
            assert_eq!(String::from_utf8_lossy(&out), expected, "{pieces:?}");
        }
    }
}
