//! `poll QUESTION` with a line an option below it.

use super::Word;
use super::courtesy;

/// Lines below the question that are looked at; who writes more options gets an answer
/// that says how many there may be.
const MOST_OPTIONS: usize = 20;

/// The longest line kept, in characters.
const LONGEST: usize = 200;

/// The poll with the options below its question, down to an empty line or a rule; an empty
/// line above the first is none.
pub(super) fn with_options(question: &str, below: &[&str]) -> Word {
    let mut options = Vec::new();
    for line in below.iter().map(|line| line.trim()) {
        let is_end = line.is_empty() && !options.is_empty();
        if is_end || courtesy::is_rule(line) || options.len() >= MOST_OPTIONS {
            break;
        }
        let option = without_mark(line);
        if !option.is_empty() {
            options.push(option.chars().take(LONGEST).collect());
        }
    }
    let question: String = question.trim().chars().take(LONGEST).collect();
    Word::Poll(question, options)
}

/// Without the mark or number of a list in front: `- Tuesday`, `2) Friday`.
fn without_mark(line: &str) -> &str {
    let bare = line
        .trim_start_matches(['-', '*', '•', '–', '+'])
        .trim_start();
    let digits = bare.chars().take_while(char::is_ascii_digit).count();
    let behind = bare.get(digits..).unwrap_or_default();
    match behind.strip_prefix(['.', ')', ':']) {
        Some(rest) if (1..=2).contains(&digits) && rest.starts_with(' ') => rest.trim_start(),
        _ => bare,
    }
}

#[cfg(test)]
mod tests {
    use super::super::{Word, commands};
    use crate::message::Mail;

    #[test]
    fn a_poll_has_its_options_below() {
        let read = |text: &str| {
            commands(&Mail {
                text: text.to_owned(),
                visible_text: text.to_owned(),
                ..Mail::default()
            })
        };
        let poll = |question: &str, options: &[&str]| {
            let options = options.iter().map(|one| (*one).to_owned()).collect();
            vec![Word::Poll(question.to_owned(), options)]
        };
        let days = poll("Which day?", &["Tuesday", "Friday at 9:00"]);
        for text in [
            "poll Which day?\nTuesday\nFriday at 9:00",
            "POLL: Which day?\n\n- Tuesday\n- Friday at 9:00\n\nThanks, Fay",
            "Umfrage Which day?\n1. Tuesday\n2) Friday at 9:00\n-- \nFay",
        ] {
            assert_eq!(read(text), days, "{text}");
        }
        assert_eq!(read("poll Which day?"), poll("Which day?", &[]));
        assert_eq!(read("poll 24 or 7?\n24\n7"), poll("24 or 7?", &["24", "7"]));
    }
}
