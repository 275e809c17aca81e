//! Header fields written: values of ours checked and folded, long lines of others
//! folded so that none is over 998 octets.

use super::encoded_word;
use super::oneline::oneline;
use super::wire::LONGEST_LINE;

/// Where we fold our own fields, in octets (RFC 5322, section 2.1.1 recommends 78).
const PREFERRED: usize = 76;

/// A field of ours with its line end. No value can carry a line end or NUL into the
/// header; text that is not ASCII is encoded. `None` where the name is no field name.
pub fn own_field(name: &str, value: &str) -> Option<Vec<u8>> {
    let sound = !name.is_empty() && name.bytes().all(|b| b.is_ascii_graphic() && b != b':');
    let value = encoded_word::words(&oneline_whole(value));
    let line = format!("{name}: {value}");
    sound
        .then(|| wrap(line.as_bytes(), PREFERRED, true))
        .flatten()
}

/// Longer than [`oneline`] allows where the value is long by right, as References are.
fn oneline_whole(value: &str) -> String {
    let words: Vec<String> = value
        .split_whitespace()
        .map(oneline)
        .filter(|word| !word.is_empty())
        .collect();
    words.join(" ")
}

/// A field of others with every line within 998 octets: as it is where it fits, else
/// folded at white space. Where it cannot be folded it is cut if `essential`, else `None`.
pub fn fit(field: &[u8], essential: bool) -> Option<Vec<u8>> {
    let mut lines = field.split_inclusive(|b| *b == b'\n');
    if lines.all(|line| line.len() <= LONGEST_LINE + 2) {
        return Some(field.to_vec());
    }
    let unfolded: Vec<u8> = field
        .iter()
        .copied()
        .filter(|b| !matches!(b, b'\r' | b'\n'))
        .collect();
    wrap(&unfolded, LONGEST_LINE, essential)
}

/// Breaks one long line before words. `preferred` is where it may break; a word that is
/// longer stands alone, and one over 998 octets is cut or refused.
fn wrap(line: &[u8], preferred: usize, essential: bool) -> Option<Vec<u8>> {
    let colon = line.iter().position(|b| *b == b':')? + 1;
    let (name, value) = line.split_at_checked(colon)?;
    if name.len() > LONGEST_LINE / 2 {
        return None;
    }
    let mut out = name.to_vec();
    let mut column = name.len();
    for (index, word) in value
        .split(|b| matches!(b, b' ' | b'\t'))
        .filter(|word| !word.is_empty())
        .enumerate()
    {
        let word = shorten(word, essential, if index == 0 { column } else { 0 })?;
        if column + 1 + word.len() > preferred && index > 0 {
            out.extend_from_slice(b"\r\n");
            column = 0;
        }
        out.push(b' ');
        out.extend_from_slice(word);
        column += 1 + word.len();
    }
    out.extend_from_slice(b"\r\n");
    Some(out)
}

fn shorten(word: &[u8], essential: bool, column: usize) -> Option<&[u8]> {
    let room = LONGEST_LINE - 1 - column;
    if word.len() <= room {
        return Some(word);
    }
    essential.then(|| word.get(..room)).flatten()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn our_values_cannot_begin_a_field() {
        let field = own_field("X-Note", "a\r\nBcc: b@x.example\0\rc").unwrap();
        assert_eq!(field, b"X-Note: a Bcc: b@x.example c\r\n");
        assert_eq!(own_field("Bad Name", "x"), None);
        assert_eq!(own_field("Bad:Name", "x"), None);
    }

    #[test]
    fn long_fields_are_folded_and_say_the_same() {
        let ids: Vec<String> = (0..300).map(|n| format!("<{n}@x.example>")).collect();
        let long = format!("References: {}\r\n", ids.join(" "));
        let folded = fit(long.as_bytes(), false).unwrap();
        assert!(folded.split(|b| *b == b'\n').all(|line| line.len() <= 999));
        assert_eq!(
            String::from_utf8(folded).unwrap().replace("\r\n", ""),
            long.replace("\r\n", "")
        );
    }

    #[test]
    fn what_cannot_be_folded_is_cut_or_refused() {
        let long = format!("Subject: {}\r\n", "x".repeat(2_000));
        assert_eq!(fit(long.as_bytes(), false), None);
        assert_eq!(fit(long.as_bytes(), true).unwrap().len(), 1_000);
    }
}
