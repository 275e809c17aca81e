//! The numbers at the beginning of a line, and what stands between them.

use unicode_normalization::UnicodeNormalization;

/// No line of an answer is longer, in characters; it is text then.
const LONGEST_LINE: usize = 300;

/// A number as it was typed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Number {
    /// Its digits.
    pub(super) text: String,
    /// What stands before it, without spaces around, since the number before it.
    pub(super) marks: String,
    /// Whether there is no space or line end in front of it.
    pub(super) is_tight: bool,
    /// Whether it is the first of its line.
    pub(super) is_first: bool,
    /// How many dashes stand alone in front of it.
    pub(super) dashes: usize,
    /// How many dashes stand alone behind it, as the last of its line.
    pub(super) dashes_behind: usize,
    /// "Q1", "item 2": it says which question.
    pub(super) is_named: bool,
    /// "of 5", "von 5": it says how much there could be.
    pub(super) is_whole: bool,
}

/// What a line begins with.
#[derive(Clone, Debug, Default)]
pub(super) struct Run {
    pub(super) numbers: Vec<Number>,
    /// The text behind.
    pub(super) rest: String,
    /// The marks between the last number and the text.
    behind: String,
}

impl Run {
    /// Whether the text behind is apart from the number: "4 - it works", "4, thanks".
    pub(super) fn rest_is_apart(&self) -> bool {
        let first = self.rest.split_whitespace().next().unwrap_or_default();
        let first = first.trim_end_matches(|c: char| !c.is_alphanumeric());
        let first = first.to_lowercase();
        !self.behind.trim().is_empty() || POLITE.contains(&first.as_str())
    }

    /// Whether the first of two numbers says which question the second answers.
    pub(super) fn is_labelled(&self) -> bool {
        let named = self.numbers.first().is_some_and(|first| first.is_named);
        let marked = self
            .numbers
            .get(1)
            .is_some_and(|second| second.marks.starts_with([')', '.', ':', '=', ']', '>']));
        named || marked
    }

    /// Whether it says "4 or 5", "3 to 4".
    pub(super) fn says_span(&self) -> bool {
        let mut words = self.rest.split_whitespace();
        let first = words.next().unwrap_or_default().to_lowercase();
        let next = words.next().unwrap_or_default();
        let is_number = next.starts_with(|c: char| c.is_ascii_digit()) || value_of(next).is_some();
        self.rest.starts_with(['+', '%', '±', '½', '¼', '¾', '~'])
            || (SPANS.contains(&first.as_str()) && is_number)
    }

    /// Whether it is a telephone number: people sign with them.
    pub(super) fn is_phone(&self) -> bool {
        self.numbers.iter().any(|number| number.text.len() > 2)
    }
}

const POLITE: [&str; 14] = [
    "thanks", "thank", "thx", "cheers", "please", "danke", "bitte", "merci", "gracias", "stars",
    "star", "points", "sterne", "punkte",
];
const SPANS: [&str; 9] = ["or", "to", "till", "oder", "bis", "ou", "à", "o", "a"];
const NAMES: [&str; 8] = [
    "q", "question", "item", "nr", "no", "number", "frage", "punkt",
];
const WHOLES: [&str; 5] = ["of", "out", "von", "sur", "de"];
const BETWEEN: [&str; 4] = ["and", "und", "et", "y"];
const SKIPS: [&str; 6] = ["skip", "na", "n/a", "x", "k.a", "none"];

/// Numbers from nothing to nine in the languages that the mails come in, and two more.
const WORDS: [[&str; 5]; 10] = [
    ["zero", "null", "zéro", "cero", "nil"],
    ["one", "eins", "un", "uno", "ein"],
    ["two", "zwei", "deux", "dos", "zwo"],
    ["three", "drei", "trois", "tres", "three"],
    ["four", "vier", "quatre", "cuatro", "four"],
    ["five", "fünf", "cinq", "cinco", "fuenf"],
    ["six", "sechs", "six", "seis", "six"],
    ["seven", "sieben", "sept", "siete", "seven"],
    ["eight", "acht", "huit", "ocho", "eight"],
    ["nine", "neun", "neuf", "nueve", "nine"],
];

fn value_of(word: &str) -> Option<usize> {
    let word = word.to_lowercase();
    WORDS.iter().position(|all| all.contains(&word.as_str()))
}

/// What stands between two numbers, while it is gathered.
#[derive(Default)]
struct Between {
    marks: String,
    raw: String,
    is_named: bool,
    is_whole: bool,
}

impl Between {
    /// Dashes with space, comma or nothing on both sides.
    fn dashes(&self, before: &str, behind: &str) -> usize {
        let raw = [before, &self.raw, behind].concat();
        let pieces = raw.split([' ', ',', ';', '|', '\t']);
        pieces
            .filter(|piece| matches!(*piece, "-" | "–" | "—"))
            .count()
    }

    fn number(&mut self, text: String, is_first: bool) -> Number {
        let all = std::mem::take(self);
        Number {
            text,
            dashes: all.dashes(if is_first { "" } else { "0" }, "0"),
            dashes_behind: 0,
            is_tight: !is_first && !all.raw.contains(' ') && !all.raw.is_empty(),
            is_first,
            marks: all.marks,
            is_named: all.is_named,
            is_whole: all.is_whole,
        }
    }
}

/// Reads the numbers at the beginning of a line.
pub(super) fn scan(line: &str) -> Run {
    let line: String = line.trim().nfkc().collect();
    if line.chars().count() > LONGEST_LINE {
        return Run::default();
    }
    let (mut run, mut between) = (Run::default(), Between::default());
    let mut rest = line.as_str();
    while let Some(first) = rest.chars().next() {
        let is_first = run.numbers.is_empty();
        let length = match first {
            '0'..='9' => {
                let text = head(rest, |c| c.is_ascii_digit());
                run.numbers.push(between.number(text.to_owned(), is_first));
                text.len()
            }
            '\u{fe0f}' | '\u{20e3}' | '\u{200b}' | '\u{feff}' => first.len_utf8(),
            _ if first.is_whitespace() => {
                between.raw.push(' ');
                first.len_utf8()
            }
            _ if first.is_alphabetic() => match word(rest, &mut run, &mut between) {
                Some(length) => length,
                None => break,
            },
            '?' if stands_alone(rest, &between) => {
                run.numbers.push(between.number("0".to_owned(), is_first));
                1
            }
            ',' | ';' | '/' | '.' | ':' | ')' | '(' | '=' | '-' | '–' | '—' | '|' | '#' | '*'
            | '•' | '·' | '_' | '[' | ']' | '>' | '→' | '!' | '\'' | '"' => {
                between.marks.push(first);
                between.raw.push(first);
                first.len_utf8()
            }
            _ => break,
        };
        rest = rest.get(length..).unwrap_or_default();
    }
    if let Some(last) = run.numbers.last_mut() {
        last.dashes_behind = between.dashes("0", "");
    }
    run.behind = between.marks;
    run.rest = rest.to_owned();
    run
}

/// A word that is a number or belongs to one; gives its length, or `None` for text.
fn word(rest: &str, run: &mut Run, between: &mut Between) -> Option<usize> {
    let text = head(rest, |c| c.is_alphabetic());
    let slashed = rest
        .get(..3)
        .filter(|three| three.eq_ignore_ascii_case("n/a"));
    let text = slashed.unwrap_or(text);
    let lower = text.to_lowercase();
    let next = rest.get(text.len()..).unwrap_or_default();
    let is_first = run.numbers.is_empty();
    if let Some(value) = value_of(&lower) {
        run.numbers
            .push(between.number(value.to_string(), is_first));
    } else if SKIPS.contains(&lower.as_str()) && is_apart(next) {
        run.numbers.push(between.number("0".to_owned(), is_first));
    } else if NAMES.contains(&lower.as_str()) && leads_to_digit(next) {
        between.is_named = true;
    } else if WHOLES.contains(&lower.as_str()) && !is_first {
        between.is_whole = true;
    } else if !(BETWEEN.contains(&lower.as_str()) && !is_first && leads_to_digit(next)) {
        return None;
    }
    // "five-four" is as "5-4" is.
    let is_tight = value_of(&lower).is_some() && next.starts_with(['-', '–']);
    between
        .raw
        .push_str(if is_first || is_tight { "" } else { " " });
    Some(text.len())
}

fn stands_alone(rest: &str, between: &Between) -> bool {
    (between.raw.is_empty() || between.raw.ends_with([' ', ',']))
        && rest.get(1..).is_some_and(is_apart)
}

fn is_apart(next: &str) -> bool {
    next.is_empty() || next.starts_with([' ', ',', ';', '|', '\t'])
}

fn leads_to_digit(next: &str) -> bool {
    let next = next.trim_start_matches([' ', '.', ':', '#']);
    next.starts_with(|c: char| c.is_ascii_digit())
}

fn head(text: &str, belongs: fn(char) -> bool) -> &str {
    let end = text.find(|c| !belongs(c)).unwrap_or(text.len());
    text.get(..end).unwrap_or_default()
}
