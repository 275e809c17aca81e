//! Base 32 in lower case without padding (RFC 4648, section 6): mail systems
//! may change the case of a local part, and this survives it.

const ALPHABET: &[u8; 32] = b"abcdefghijklmnopqrstuvwxyz234567";

/// Encodes bytes, five bits a character.
pub(super) fn encode(bytes: &[u8]) -> String {
    let mut out = String::with_capacity(bytes.len().div_ceil(5) * 8);
    let (mut buffer, mut bits) = (0u32, 0);
    for byte in bytes {
        buffer = (buffer << 8) | u32::from(*byte);
        bits += 8;
        while bits >= 5 {
            bits -= 5;
            out.push(ALPHABET[(buffer >> bits) as usize & 31] as char);
        }
    }
    if bits > 0 {
        out.push(ALPHABET[(buffer << (5 - bits)) as usize & 31] as char);
    }
    out
}

/// Decodes; `None` on any other character, and where bits are left over that
/// [`encode`] never writes: a text has one spelling, so that a token that was revoked
/// does not work with another last letter. Case does not matter.
pub(super) fn decode(text: &str) -> Option<Vec<u8>> {
    let mut out = Vec::with_capacity(text.len() * 5 / 8);
    let (mut buffer, mut bits) = (0u32, 0);
    for byte in text.bytes() {
        let value = ALPHABET
            .iter()
            .position(|c| *c == byte.to_ascii_lowercase())?;
        buffer = (buffer << 5) | value as u32;
        bits += 5;
        if bits >= 8 {
            bits -= 8;
            out.push((buffer >> bits) as u8);
        }
    }
    let left_over = buffer & ((1 << bits) - 1);
    (bits < 5 && left_over == 0).then_some(out)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn what_is_encoded_decodes_in_any_case(bytes in prop::collection::vec(any::<u8>(), 0..40)) {
            prop_assert_eq!(decode(&encode(&bytes).to_uppercase()), Some(bytes));
        }
    }

    #[test]
    fn bytes_have_one_spelling() {
        for length in 1..25 {
            let text = encode(&vec![0x5a; length]);
            let known = decode(&text);
            for last in ALPHABET {
                let mut other = text.clone();
                other.pop();
                other.push(*last as char);
                assert!(other == text || decode(&other) != known, "{other} is {text}");
            }
        }
    }

    #[test]
    fn the_standard_examples() {
        assert_eq!(encode(b"foobar"), "mzxw6ytboi");
        assert_eq!(decode("mzxw6===="), None);
    }
}
