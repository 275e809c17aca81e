//! Names as they are compared: without case, accents and marks.

use unicode_normalization::UnicodeNormalization;
use unicode_normalization::char::is_combining_mark;

/// A word as people write it: plain, and with German umlauts as two letters. The same
/// person is `Müller`, `Muller` and `Mueller`.
pub(super) fn forms(word: &str) -> [String; 2] {
    [fold(word, false), fold(word, true)]
}

/// The plain form of a word.
pub(super) fn plain(word: &str) -> String {
    fold(word, false)
}

fn fold(word: &str, german: bool) -> String {
    let mut folded = String::with_capacity(word.len());
    for c in word.trim_matches(|c: char| !c.is_alphanumeric()).nfkc() {
        for c in c.to_lowercase() {
            match letters(c, german) {
                Some(letters) => folded.push_str(letters),
                None => folded.extend(c.nfkd().filter(|c| !is_combining_mark(*c))),
            }
        }
    }
    folded.replace('’', "'")
}

/// Letters that have no accent to lose.
fn letters(c: char, german: bool) -> Option<&'static str> {
    Some(match c {
        'ä' if german => "ae",
        'ö' if german => "oe",
        'ü' if german => "ue",
        'å' if german => "aa",
        'ß' => "ss",
        'ø' if german => "oe",
        'ø' => "o",
        'æ' => "ae",
        'œ' => "oe",
        'ł' => "l",
        'đ' => "d",
        _ => return None,
    })
}
