//! One way of cutting text into words, used on what is indexed and on what is
//! asked, so that FTS5 and PostgreSQL find the same.
//!
//! Words are lower case and without diacritics. Where a Chinese, Japanese, Korean, Thai,
//! Lao, Khmer or Burmese word ends nobody knows without a dictionary, so their runs become
//! overlapping pairs of characters, closed by the last character alone: 東京都 is 東京 京都 都.
//! A query leaves that last one out, and so finds any part of a run.

use unicode_normalization::UnicodeNormalization;
use unicode_normalization::char::{decompose_canonical, is_combining_mark};

/// Characters of a word that count; PostgreSQL refuses a lexeme of 2 KiB or more.
const MAX_WORD: usize = 100;
/// Bytes of folded text that are indexed; PostgreSQL refuses a document over 1 MiB.
const MAX_FOLDED: usize = 256 * 1024;

/// Folds a text for the index: words with one space between them and nothing but
/// letters, digits and marks in them. At most 256 KiB come out; what is beyond
/// is not searchable.
pub fn fold(text: &str) -> String {
    if text.is_ascii() {
        return fold_ascii(text);
    }
    let mut folded = String::new();
    let mut words = Words::default();
    for c in text.nfkc() {
        words.push(c, &mut |word| append(&mut folded, word));
        if folded.len() >= MAX_FOLDED {
            return folded;
        }
    }
    words.end(&mut |word| append(&mut folded, word));
    folded
}

/// The same for most texts, at a tenth of the work: nothing in them is to be taken apart.
fn fold_ascii(text: &str) -> String {
    let mut folded = String::with_capacity(text.len().min(MAX_FOLDED + MAX_WORD));
    let words = text.split(|c: char| !c.is_ascii_alphanumeric());
    for word in words.filter(|word| !word.is_empty()) {
        let word = word.get(..MAX_WORD).unwrap_or(word);
        append(&mut folded, word);
        if folded.len() >= MAX_FOLDED {
            break;
        }
    }
    folded.make_ascii_lowercase();
    folded
}

/// Folds what somebody asks for; see the module on how that differs from [`fold`].
pub(super) fn fold_query(text: &str) -> Folded {
    let folded = fold(text);
    let mut words: Vec<String> = folded.split(' ').map(str::to_owned).collect();
    words.retain(|word| !word.is_empty());
    let ends_in_run = words
        .last()
        .and_then(|word| word.chars().next())
        .is_some_and(is_unspaced);
    let is_tail = words.len() > 1 && is_tail_of(&words[words.len() - 2], &words[words.len() - 1]);
    if ends_in_run && is_tail {
        words.pop();
    }
    Folded {
        words,
        open_end: ends_in_run && !is_tail,
    }
}

/// The words of a term, and whether the last one is a lone character that may
/// begin a pair.
pub(super) struct Folded {
    pub words: Vec<String>,
    pub open_end: bool,
}

/// Whether `last` is the closing character that [`fold`] adds behind the pair `pair`.
fn is_tail_of(pair: &str, last: &str) -> bool {
    let mut pair = pair.chars();
    let mut last = last.chars();
    pair.next().is_some_and(is_unspaced) && pair.next() == last.next() && last.next().is_none()
}

/// The words of a text, collected one character after the other.
#[derive(Default)]
struct Words {
    word: String,
    letters: usize,
    run: Option<char>,
}

impl Words {
    fn push(&mut self, c: char, emit: &mut impl FnMut(&str)) {
        if is_unspaced(c) {
            self.end_word(emit);
            if let Some(previous) = self.run.replace(c) {
                emit(&String::from_iter([previous, c]));
            }
            return;
        }
        self.end_run(emit);
        if c.is_alphanumeric() || is_combining_mark(c) {
            self.push_letter(c);
        } else {
            self.end_word(emit);
        }
    }

    fn push_letter(&mut self, c: char) {
        let (word, letters) = (&mut self.word, &mut self.letters);
        for lower in c.to_lowercase() {
            decompose_canonical(lower, |part| {
                if !is_diacritic(part) && *letters < MAX_WORD {
                    word.push_str(base_form(part).unwrap_or(part.encode_utf8(&mut [0; 4])));
                    *letters += 1;
                }
            });
        }
    }

    fn end(&mut self, emit: &mut impl FnMut(&str)) {
        self.end_run(emit);
        self.end_word(emit);
    }

    fn end_run(&mut self, emit: &mut impl FnMut(&str)) {
        if let Some(last) = self.run.take() {
            emit(last.encode_utf8(&mut [0; 4]));
        }
    }

    fn end_word(&mut self, emit: &mut impl FnMut(&str)) {
        if !self.word.is_empty() {
            emit(&self.word);
        }
        self.word.clear();
        self.letters = 0;
    }
}

fn append(folded: &mut String, word: &str) {
    if !folded.is_empty() {
        folded.push(' ');
    }
    folded.push_str(word);
}

/// Scripts that put no space between words (Hangul, where the spaces are not between
/// words, is one of them), in the blocks where NFKC leaves them.
pub(super) fn is_unspaced(c: char) -> bool {
    matches!(c,
        '\u{3005}' | '\u{3007}' | '\u{3041}'..='\u{3096}' | '\u{309D}'..='\u{309F}'
        | '\u{30A1}'..='\u{30FA}' | '\u{30FC}'..='\u{30FF}' | '\u{31F0}'..='\u{31FF}'
        | '\u{1100}'..='\u{11FF}' | '\u{AC00}'..='\u{D7A3}'
        | '\u{3400}'..='\u{4DBF}' | '\u{4E00}'..='\u{9FFF}' | '\u{F900}'..='\u{FAFF}'
        | '\u{20000}'..='\u{323AF}'
        // Thai, Lao, Burmese and Khmer, with the vowels and tones that stand on a letter.
        | '\u{0E01}'..='\u{0E3A}' | '\u{0E40}'..='\u{0E4E}' | '\u{0E81}'..='\u{0ECE}'
        | '\u{0EDC}'..='\u{0EDF}' | '\u{1000}'..='\u{103F}' | '\u{1050}'..='\u{108F}'
        | '\u{1780}'..='\u{17B3}' | '\u{17B6}'..='\u{17D3}')
}

/// Marks that decorate a letter. Those of Indic scripts are part of the word.
fn is_diacritic(c: char) -> bool {
    matches!(c, '\u{0300}'..='\u{036F}' | '\u{1AB0}'..='\u{1AFF}' | '\u{1DC0}'..='\u{1DFF}'
        | '\u{20D0}'..='\u{20FF}' | '\u{FE20}'..='\u{FE2F}')
}

/// Letters that people type otherwise and that Unicode does not take apart.
fn base_form(c: char) -> Option<&'static str> {
    Some(match c {
        'ß' => "ss",
        'æ' => "ae",
        'œ' => "oe",
        'ø' => "o",
        'đ' => "d",
        'ł' => "l",
        'ı' => "i",
        'ς' => "σ",
        _ => return None,
    })
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn words_are_folded() {
        let cases = [
            ("Grüße, STRASSE!", "grusse strasse"),
            (
                "Don't e-mail ann@plant.example",
                "don t e mail ann plant example",
            ),
            (
                "Ångström Łódź İstanbul ΣΊΣΥΦΟΣ",
                "angstrom lodz istanbul σισυφοσ",
            ),
            ("e\u{301}te\u{301}  \u{0}\n", "ete"),
            ("東京都", "東京 京都 都"),
            ("GPS受信機 ok", "gps 受信 信機 機 ok"),
            ("ﾎﾟﾝﾌﾟ ポンプ", "ポン ンプ プ ポン ンプ プ"),
            ("펌프", "펌프 프"),
            ("水", "水"),
            ("ＡＢＣ１２", "abc12"),
            ("хранилище Ёлка", "хранилище елка"),
            ("ปั๊มน้ำ 3", "ปั ั๊ ๊ม มน น้ ้ํ ํา า 3"),
            ("पानी का पंप", "पानी का पंप"),
            ("مضخة الماء", "مضخة الماء"),
            ("!!! --- ***", ""),
        ];
        for (text, expected) in cases {
            assert_eq!(fold(text), expected, "{text}");
        }
    }

    #[test]
    fn a_query_leaves_out_the_closing_character() {
        let cases: [(&str, &[&str], bool); 5] = [
            ("東京都", &["東京", "京都"], false),
            ("水", &["水"], true),
            ("東京 大", &["東京", "京", "大"], true),
            ("Pump 水圧", &["pump", "水圧"], false),
            ("pump", &["pump"], false),
        ];
        for (text, words, open_end) in cases {
            let folded = fold_query(text);
            assert_eq!(folded.words, words, "{text}");
            assert_eq!(folded.open_end, open_end, "{text}");
        }
    }

    #[test]
    fn long_input_stays_within_what_the_databases_take() {
        let long = "Pumpe ".repeat(100_000);
        assert!(fold(&long).len() <= MAX_FOLDED + 5);
        assert_eq!(fold(&"x".repeat(5_000)).len(), MAX_WORD);
    }

    proptest! {
        #[test]
        fn ascii_is_folded_as_all_else(text in "[ -~\\n\\t\0]{0,400}", long in 0_usize..150) {
            let text = format!("{text}{}", "Xy".repeat(long));
            let folded = fold(&text);
            // Behind a letter that is none of ASCII the same text goes the long way.
            prop_assert_eq!(format!("{folded} ж").trim_start().to_owned(), fold(&format!("{text} ж")));
        }

        #[test]
        fn folding_is_stable_and_clean(text in any::<String>()) {
            let folded = fold(&text);
            prop_assert!(folded.chars().all(|c| c == ' ' || c.is_alphanumeric() || is_combining_mark(c)));
            let is_clean = !folded.starts_with(' ') && !folded.ends_with(' ') && !folded.contains("  ");
            prop_assert!(is_clean);
        }
    }
}
