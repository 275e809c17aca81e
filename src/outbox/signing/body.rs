//! The hash of a body in the relaxed form (RFC 6376, section 3.4.4).
//!
//! Written here because mail-auth's own counts lines of white space at a body's end
//! as lines, which other implementations leave out as the RFC says.

use ring::digest::{Context, SHA256};

/// The SHA-256 of a body with CRLF line ends: white space at line ends left out, runs
/// of it made one space, empty lines at the end left out.
pub(super) fn hash(body: &[u8]) -> Vec<u8> {
    let mut hash = Context::new(&SHA256);
    let mut empty_lines = 0usize;
    let mut tidy = Vec::new();
    for line in body.split_inclusive(|octet| *octet == b'\n') {
        let line = line.strip_suffix(b"\r\n").unwrap_or(line);
        tidy.clear();
        relaxed_line(line, &mut tidy);
        if tidy.is_empty() {
            empty_lines += 1;
            continue;
        }
        for _ in 0..std::mem::take(&mut empty_lines) {
            hash.update(b"\r\n");
        }
        tidy.extend_from_slice(b"\r\n");
        hash.update(&tidy);
    }
    hash.finish().as_ref().to_vec()
}

/// Appends a line with runs of white space as one space and none at its end.
pub(super) fn relaxed_line(line: &[u8], out: &mut Vec<u8>) {
    let mut blank = false;
    for octet in line {
        if matches!(octet, b' ' | b'\t') {
            blank = true;
            continue;
        }
        if std::mem::take(&mut blank) {
            out.push(b' ');
        }
        out.push(*octet);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn bodies_that_differ_in_white_space_alone_have_one_hash() {
        let of = |body: &str| hash(body.as_bytes());
        // RFC 6376, section 3.4.5.
        assert_eq!(of(" C \r\nD \t E\r\n\r\n\r\n"), of(" C\r\nD E\r\n"));
        for (body, same) in [
            ("a\r\n \r\n\t\r\n", "a\r\n"),
            ("a", "a\r\n"),
            ("\r\n \r\n", ""),
            ("a\r\n \r\nb\r\n", "a\r\n\r\nb\r\n"),
        ] {
            assert_eq!(of(body), of(same), "{body:?}");
        }
        for (body, other) in [
            (" a\r\n", "a\r\n"),
            ("a b\r\n", "ab\r\n"),
            ("\r\na\r\n", "a\r\n"),
        ] {
            assert_ne!(of(body), of(other), "{body:?}");
        }
    }

    #[test]
    fn an_empty_body_has_the_hash_of_nothing() {
        // RFC 6376, section 3.4.4, gives it in base64.
        let known = "47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU=";
        use base64::Engine;
        let found = base64::engine::general_purpose::STANDARD.encode(hash(b""));
        assert_eq!(found, known);
    }
}
