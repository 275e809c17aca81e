//! Transfer encodings (RFC 2045, section 6) of the parts that we have to touch.

use super::part_head::Transfer;
use base64::Engine;
use base64::alphabet;
use base64::engine::{
    DecodePaddingMode, GeneralPurpose, GeneralPurposeConfig, general_purpose::STANDARD,
};

/// The most white space that is skipped between `=` and the line end.
const LONGEST_BLANKS: usize = 80;

const LENIENT: GeneralPurpose = GeneralPurpose::new(
    &alphabet::STANDARD,
    GeneralPurposeConfig::new()
        .with_decode_padding_mode(DecodePaddingMode::Indifferent)
        .with_decode_allow_trailing_bits(true),
);

/// The content of a body; `None` where it does not decode.
pub fn decode(body: &[u8], transfer: Transfer) -> Option<Vec<u8>> {
    match transfer {
        Transfer::Plain => Some(body.to_vec()),
        Transfer::QuotedPrintable => Some(decode_quoted_printable(body)),
        Transfer::Base64 => decode_base64(body),
    }
}

/// Everything outside the alphabet is skipped (section 6.8), and so is what follows the padding.
fn decode_base64(body: &[u8]) -> Option<Vec<u8>> {
    let alphabet = |b: &u8| b.is_ascii_alphanumeric() || matches!(b, b'+' | b'/');
    let until_padding = body.iter().copied().take_while(|b| *b != b'=');
    let mut clean: Vec<u8> = until_padding.filter(|b| alphabet(b)).collect();
    if clean.len() % 4 == 1 {
        clean.pop();
    }
    LENIENT.decode(clean).ok()
}

/// What is no valid escape stays as it is (section 6.7), and so do octets over 127.
fn decode_quoted_printable(body: &[u8]) -> Vec<u8> {
    let mut out = Vec::with_capacity(body.len());
    let mut rest = body;
    while let Some((first, after)) = rest.split_first() {
        rest = after;
        match (*first, escaped(after)) {
            (b'=', Some((octet, length))) => {
                out.extend(octet);
                rest = after.get(length..).unwrap_or_default();
            }
            (other, _) => out.push(other),
        }
    }
    out
}

/// What stands behind `=`: an octet or a soft line break, and its length.
fn escaped(after: &[u8]) -> Option<(Option<u8>, usize)> {
    let blanks = after
        .iter()
        .take(LONGEST_BLANKS)
        .take_while(|b| matches!(b, b' ' | b'\t'))
        .count();
    if after.get(blanks..blanks + 2) == Some(b"\r\n") {
        return Some((None, blanks + 2));
    }
    let digits = std::str::from_utf8(after.get(..2)?).ok()?;
    let hex = digits.bytes().all(|b| b.is_ascii_hexdigit());
    hex.then(|| {
        u8::from_str_radix(digits, 16)
            .ok()
            .map(|octet| (Some(octet), 2))
    })
    .flatten()
}

/// Base64 in lines of 76, each ended.
pub fn base64_lines(content: &[u8]) -> Vec<u8> {
    let text = STANDARD.encode(content);
    let mut out = Vec::with_capacity(text.len() + text.len() / 38 + 2);
    for line in text.as_bytes().chunks(76) {
        out.extend_from_slice(line);
        out.extend_from_slice(b"\r\n");
    }
    out
}

/// Quoted-printable for text with CRLF line ends. A line that begins with `-` or is
/// one that other software changes (`From `, a lone dot) is escaped, so that a new
/// line break can never make a boundary.
pub fn quoted_printable_lines(content: &[u8]) -> Vec<u8> {
    let mut out = Vec::with_capacity(content.len() + content.len() / 8);
    let mut rest = content;
    while let Some(at) = rest.windows(2).position(|two| two == b"\r\n") {
        let (line, after) = rest.split_at(at);
        quoted_line(line, &mut out);
        out.extend_from_slice(b"\r\n");
        rest = after.get(2..).unwrap_or_default();
    }
    quoted_line(rest, &mut out);
    out
}

fn quoted_line(line: &[u8], out: &mut Vec<u8>) {
    let mut column = 0;
    for (index, byte) in line.iter().enumerate() {
        let last = index + 1 == line.len();
        let token = quoted_octet(*byte, column == 0, last);
        if column + token.len() > 75 {
            out.extend_from_slice(b"=\r\n");
            column = 0;
        }
        let token = quoted_octet(*byte, column == 0, last);
        out.extend_from_slice(&token);
        column += token.len();
    }
}

fn quoted_octet(byte: u8, first: bool, last: bool) -> Vec<u8> {
    let plain = match byte {
        b'=' => false,
        b'-' | b'.' | b'F' => !first,
        b' ' | b'\t' => !last,
        other => other.is_ascii_graphic(),
    };
    if plain {
        vec![byte]
    } else {
        format!("={byte:02X}").into_bytes()
    }
}

#[cfg(test)]
mod tests {
    use super::{Transfer, decode, quoted_printable_lines};

    #[test]
    fn quoted_printable_reads_back() {
        for text in [
            "",
            "ä=\r\n.\r\n--a\r\nFrom x\r\n",
            "end \r\n\r\nx\t",
            "\0\u{1}",
        ] {
            let text = text.as_bytes();
            let encoded = quoted_printable_lines(text);
            assert!(encoded.split(|b| *b == b'\n').all(|line| line.len() <= 77));
            assert_eq!(decode(&encoded, Transfer::QuotedPrintable).unwrap(), text);
        }
        let long = "漢字-".repeat(500);
        let encoded = quoted_printable_lines(long.as_bytes());
        assert!(!encoded.windows(2).any(|two| two == b"\n-"));
        assert_eq!(
            decode(&encoded, Transfer::QuotedPrintable).unwrap(),
            long.as_bytes()
        );
    }

    #[test]
    fn base64_is_read_leniently() {
        assert_eq!(
            decode(b"aGVs\r\nbG8\r\n", Transfer::Base64).unwrap(),
            b"hello"
        );
        assert_eq!(
            decode(b"aGVs!bG8=\r\ntrailer", Transfer::Base64).unwrap(),
            b"hello"
        );
    }
}
