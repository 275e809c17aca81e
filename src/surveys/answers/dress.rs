//! What people put around their digits: brackets, a few words before, a remark behind,
//! letters in front. Each is taken off only where the digits are an answer without it.

use super::scan::{Run, scan};

/// Marks that people put around a whole line.
const OPENING: [char; 12] = ['[', '{', '<', '(', '“', '„', '»', '«', '‹', '‘', '*', '_'];
const CLOSING: [char; 12] = [']', '}', '>', ')', '”', '“', '«', '»', '›', '’', '*', '_'];

/// Words before the digits, at most: "here they are", "my digits are".
const WORDS_BEFORE: usize = 6;

/// How people say that they cannot say, as the last of a line.
const CANNOT_SAY: [&str; 9] = [
    "(skip)",
    "can't say",
    "can’t say",
    "cannot say",
    "don't know",
    "don’t know",
    "weiß nicht",
    "weiss nicht",
    "kann ich nicht sagen",
];

/// A line without the marks around it.
pub(super) fn undressed(line: &str) -> &str {
    let line = line.trim();
    let inner = line.trim_start_matches(OPENING).trim_end_matches(CLOSING);
    let is_bare = !inner.contains(['[', ']', '{', '}', '<', '>', '(', ')']);
    let is_around = line.starts_with(OPENING) && line.ends_with(CLOSING);
    match is_around && is_bare {
        true => inner,
        false => line,
    }
}

/// A line whose last answer is put in words that say nothing of it, with "skip" instead.
pub(super) fn with_skip(line: &str) -> Option<String> {
    let line = line.trim();
    let said = |words: &&str| {
        let at = line.len().checked_sub(words.len())?;
        let (head, tail) = line.split_at_checked(at)?;
        let head = head.trim_end();
        let follows = head.ends_with(|c: char| c.is_ascii_digit() || matches!(c, ',' | ';' | '|'));
        (tail.eq_ignore_ascii_case(words) && follows).then(|| format!("{head} skip"))
    };
    CANNOT_SAY.iter().find_map(said)
}

/// The digits behind a few words without any: "my digits are 5 4 4 2 3 5 0". There must be
/// as many as there are questions, and enough of them to be no date.
pub(super) fn behind_words(line: &str, items: usize) -> Option<Run> {
    let at = line.find(|c: char| c.is_ascii_digit())?;
    let (words, digits) = line.split_at_checked(at)?;
    let is_short = words.split_whitespace().count() <= WORDS_BEFORE;
    let is_lead = words.ends_with(' ') && words.contains(char::is_alphabetic);
    (is_short && is_lead).then(|| all(digits, items)).flatten()
}

/// The digits before a remark in brackets.
pub(super) fn before_remark(line: &str, items: usize) -> Option<Run> {
    let (digits, remark) = line.split_once('(')?;
    let mut run = all(digits, items).filter(|_| remark.contains(char::is_alphabetic))?;
    run.rest = format!("({remark}");
    Some(run)
}

/// As many single digits as there are questions, and nothing else.
fn all(text: &str, items: usize) -> Option<Run> {
    let run = scan(text);
    let is_plain = run.rest.is_empty() && run.numbers.iter().all(|one| one.text.len() == 1);
    (is_plain && items > 2 && run.numbers.len() == items).then_some(run)
}

/// "c) 5" as "3) 5": letters count the questions.
pub(super) fn numbered(line: &str) -> Option<String> {
    let line = line.trim();
    let (letter, rest) = line.split_at_checked(1)?;
    let number = "abcdefghi".find(&letter.to_ascii_lowercase())? + 1;
    let behind = rest.strip_prefix([')', '.', ':'])?;
    let is_digit = behind.trim().len() == 1 && behind.trim().parse::<u8>().is_ok();
    is_digit.then(|| format!("{number}{rest}"))
}

/// A line that is one digit, perhaps behind its author's initials: `[Bo] 5`.
pub(super) fn lone_digit(line: &str) -> Option<u8> {
    let line = line.trim_start_matches(['>', ' ', '\t', '\u{a0}']).trim();
    let named = line.strip_prefix('[').and_then(|rest| rest.split_once(']'));
    let is_name = |name: &&str| name.chars().all(|c| c.is_alphabetic() || " .".contains(c));
    let line = match named {
        Some((name, rest)) if !name.is_empty() && is_name(&name) => rest,
        _ => line,
    };
    let digit = line.trim_matches(['[', ']', '(', ')', '*', '.', '=', ':', '-', ' ']);
    (digit.len() == 1).then(|| digit.parse().ok()).flatten()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_what_surrounds_an_answer_is_taken_off() {
        assert_eq!(undressed(" [5 4] "), "5 4");
        assert_eq!(undressed("»5 4«"), "5 4");
        assert_eq!(undressed("(1) 4 (2) 5)"), "(1) 4 (2) 5)");
        assert_eq!(with_skip("5 4 can't say").as_deref(), Some("5 4 skip"));
        assert_eq!(with_skip("3 - I can't say"), None);
        assert_eq!(numbered("c) 5").as_deref(), Some("3) 5"));
        assert_eq!(numbered("a) 5 minutes"), None);
        assert_eq!(lone_digit("[Bo] 5"), Some(5));
        assert_eq!(lone_digit("> 5."), Some(5));
        assert_eq!(lone_digit("[5] 5"), None);
        assert!(behind_words("We met on 5 4", 2).is_none());
        assert!(behind_words("my digits are 5 4 3", 3).is_some());
        assert!(behind_words("room 12 4 3", 3).is_none());
        assert!(before_remark("5 4 3 (late)", 3).is_some());
        assert!(before_remark("5 4 (3)", 3).is_none());
    }
}
