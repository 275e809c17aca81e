//! One of the words that a mail of ours offers for an answer.

use super::line::Line;
use super::{courtesy, verbs};
use crate::message::Mail;

/// The choice that a reply makes, where a word of it is all that is said, courtesies
/// aside, or where the reply begins with it in capitals, as the mail has it, and a mark or
/// a new line behind it: `PASS, I know no seals`. `choices` have their words lower-cased
/// and parted by bars. "Pass the ring over the shaft" is somebody's answer.
pub fn chosen<'a, T>(mail: &Mail, choices: &'a [(T, &str)]) -> Option<&'a T> {
    let alone = courtesy::only_line(&mail.visible_text).and_then(whole);
    let said = alone.or_else(|| begins(courtesy::without_greeting(&mail.visible_text)))?;
    let found = choices
        .iter()
        .find(|(_, words)| words.split('|').any(|word| word == said));
    found.map(|(choice, _)| choice)
}

/// The words of a line without "please" and "thanks".
fn whole(line: &str) -> Option<String> {
    let line = Line::new(line);
    let words = line
        .words
        .iter()
        .filter(|word| !verbs::is_polite(&word.plain));
    let words: Vec<&str> = words.map(|word| word.plain.as_str()).collect();
    (1..=3).contains(&words.len()).then(|| words.join(" "))
}

/// The capitals that a text begins with.
fn begins(text: &str) -> Option<String> {
    let first = text.lines().next()?.trim();
    let end = first.find(|c: char| !c.is_alphanumeric());
    let (word, rest) = first.split_at_checked(end.unwrap_or(first.len()))?;
    let is_shouted = word.chars().count() > 3 && !word.contains(char::is_lowercase);
    let rest = rest.trim_start().chars().next();
    let is_parted = rest.is_none_or(|next| !next.is_alphanumeric());
    (is_shouted && is_parted).then(|| word.to_lowercase())
}

#[cfg(test)]
mod tests {
    use super::chosen;
    use crate::message::Mail;

    const CHOICES: [(u8, &str); 2] = [(1, "pass|weiter|ich passe"), (2, "listen|zuhören")];

    fn choice(text: &str) -> Option<u8> {
        let mail = Mail {
            visible_text: text.to_owned(),
            ..Mail::default()
        };
        chosen(&mail, &CHOICES).copied()
    }

    #[test]
    fn a_word_alone_or_in_capitals_in_front() {
        for text in [
            "PASS",
            "pass",
            "Pass.",
            "Pass, please\n\nBob",
            "Hello,\n\nWEITER\n\nViele Grüße\nBob",
            "PASS, I know no seals",
            "PASS - not my field, ask Cleo",
            "PASS\nI am on leave until May, and know nothing of it.\nAsk Cleo.\nShe knows.",
            "ich passe",
        ] {
            assert_eq!(choice(text), Some(1), "{text}");
        }
        assert_eq!(choice("Zuhören, bitte"), Some(2));
    }

    #[test]
    fn an_answer_is_no_choice() {
        for text in [
            "",
            "Pass the ring over the shaft.",
            "PASS the ring over the shaft.",
            "Pass\nis what they call it there, and then it drips for a week or so.",
            "We listen to the bearing first.",
            "Weiter so!",
        ] {
            assert_eq!(choice(text), None, "{text}");
        }
    }
}
