//! One line as a machine compares it: words without marks, in one case and one form.

use unicode_normalization::UnicodeNormalization;

/// The longest line looked at, in characters.
const LONGEST: usize = 4_000;
/// The most words of a line looked at.
const MOST_WORDS: usize = 300;

/// One word of a line.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Token {
    /// Lower-cased, without any marks around it.
    pub plain: String,
    /// As written, without quotes, brackets and stops around it.
    pub raw: String,
}

/// A line, word by word.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(super) struct Line {
    /// Its words; what is only marks is none.
    pub words: Vec<Token>,
    /// The whole line in one form of Unicode, case as written.
    pub text: String,
}

impl Line {
    pub(super) fn new(line: &str) -> Line {
        let text: String = line
            .chars()
            .take(LONGEST)
            .filter(|c| !hides(*c))
            .nfkc()
            .collect();
        let pieces: Vec<&str> = text.split_whitespace().take(MOST_WORDS).collect();
        let numbered = pieces.len() > 1 && pieces.first().is_some_and(|piece| is_number(piece));
        let words = pieces
            .iter()
            .skip(usize::from(numbered))
            .filter_map(|piece| Token::new(piece))
            .collect();
        Line { words, text }
    }

    /// The first word without marks; empty where there is none.
    pub(super) fn first(&self) -> &str {
        self.words.first().map_or("", |word| word.plain.as_str())
    }
}

impl Token {
    fn new(piece: &str) -> Option<Token> {
        let plain = piece.trim_matches(|c: char| !c.is_alphanumeric());
        let raw = piece.trim_matches(|c: char| !c.is_alphanumeric() && !"#+_-=@/&".contains(c));
        (!plain.is_empty()).then(|| Token {
            plain: lower(plain),
            raw: raw.to_string(),
        })
    }

    /// The address that this word is, in whatever brackets, with or without `mailto:`.
    pub(super) fn address(&self) -> Option<String> {
        // "ann@x.example<mailto:ann@x.example>" is how some programs show a link as text.
        let one = self.raw.split('<').next().unwrap_or_default();
        let bare = match one.get(..7) {
            Some(scheme) if scheme.eq_ignore_ascii_case("mailto:") => one.get(7..)?,
            _ => one,
        };
        let bare = bare.trim_matches(['>', '<', '"', '\'', ',', ';', '.', '*']);
        crate::message::address::normalise(bare)
    }
}

/// The text behind its first word, which may stand behind marks alone.
pub(super) fn after_first(text: &str) -> &str {
    let mut rest = text;
    loop {
        rest = rest.trim_start();
        let end = rest.find(char::is_whitespace).unwrap_or(rest.len());
        let (piece, behind) = rest.split_at_checked(end).unwrap_or((rest, ""));
        rest = behind;
        if piece.is_empty() || piece.chars().any(char::is_alphanumeric) {
            return rest.trim();
        }
    }
}

/// Turkish `İ` becomes `i` and a dot above, which nobody means.
pub(super) fn lower(word: &str) -> String {
    word.to_lowercase().replace('\u{307}', "")
}

/// `1.` or `2)` before an entry of a list.
fn is_number(piece: &str) -> bool {
    let digits = piece.strip_suffix(['.', ')']);
    digits.is_some_and(|digits| {
        (1..=2).contains(&digits.len()) && digits.bytes().all(|b| b.is_ascii_digit())
    })
}

/// Invisible characters that programs leave in what is copied.
fn hides(c: char) -> bool {
    matches!(c, '\u{ad}' | '\u{200b}'..='\u{200f}' | '\u{202a}'..='\u{202e}'
        | '\u{2060}'..='\u{2069}' | '\u{feff}' | '\u{fffc}' | '\u{fffd}' | '\0')
}
