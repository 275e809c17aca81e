//! What somebody wrote beside their digits, without what would name them: greetings,
//! the close of the mail and what stands below it.

use super::Answer;

/// Longer comments are cut, in characters.
pub const LONGEST_COMMENT: usize = 2_000;

/// How mails close, in lower case: what follows is a name.
const CLOSINGS: [&str; 30] = [
    "thanks",
    "thank you",
    "many thanks",
    "thx",
    "regards",
    "best regards",
    "kind regards",
    "warm regards",
    "best",
    "best wishes",
    "cheers",
    "sincerely",
    "yours",
    "br",
    "danke",
    "vielen dank",
    "danke schön",
    "gruß",
    "gruss",
    "grüße",
    "viele grüße",
    "liebe grüße",
    "beste grüße",
    "herzliche grüße",
    "mit freundlichen grüßen",
    "schöne grüße",
    "mfg",
    "lg",
    "vg",
    "merci",
];

/// The close of a mail stands in so many last lines.
const LAST_LINES: usize = 8;

/// An answer with what was written beside its digits, and who may read that.
pub(super) fn with(digits: Vec<u8>, above: &[String], below: &[String]) -> Answer {
    let above = above.iter().filter(|line| is_said(line));
    let mut lines: Vec<&str> = above
        .chain(without_close(below))
        .map(|line| line.trim())
        .collect();
    lines.retain(|line| !line.is_empty());
    let leave = lines.first().map_or(Leave::None, |line| leave(line));
    if leave != Leave::None {
        lines.remove(0);
    }
    let text = lines.join("\n");
    let text = text.trim_start_matches(['-', '–', ':', ',', ' ']);
    Answer {
        digits,
        comment: text.chars().take(LONGEST_COMMENT).collect(),
        shared: leave != Leave::None,
        quoted: leave == Leave::Quote,
    }
}

/// Who may read a comment, as the line above it says.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Leave {
    /// Facilitators, where there are enough of them.
    None,
    /// Facilitators, however few there are (`SHARE`).
    Share,
    /// A sponsor too, without its author (`QUOTE`).
    Quote,
}

/// What a line above a comment says.
pub fn leave(line: &str) -> Leave {
    match line
        .trim()
        .trim_end_matches(['.', ':', '!'])
        .to_lowercase()
        .as_str()
    {
        "share" => Leave::Share,
        "quote" => Leave::Quote,
        _ => Leave::None,
    }
}

/// Above the digits people greet and announce them; a longer line says something.
fn is_said(line: &str) -> bool {
    let line = line.trim();
    line.split_whitespace().count() > 5 && !line.ends_with(':')
}

fn without_close(lines: &[String]) -> &[String] {
    let from = lines.len().saturating_sub(LAST_LINES);
    let is_close = |line: &String| {
        let line = line
            .trim()
            .trim_end_matches(|c: char| !c.is_alphanumeric())
            .to_lowercase();
        CLOSINGS.contains(&line.as_str())
            || line
                .split_once(',')
                .is_some_and(|(head, _)| CLOSINGS.contains(&head.trim()))
    };
    let tail = lines.get(from..).unwrap_or_default();
    let end = tail
        .iter()
        .position(is_close)
        .map_or(lines.len(), |at| from + at);
    lines.get(..end).unwrap_or_default()
}
