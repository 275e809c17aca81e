//! The words by which somebody marks a post, and reviews what was marked.

use crate::message::oneline::oneline;

/// What is kept of a title, of tags and of a summary, in characters.
const LONGEST_TITLE: usize = 150;
const LONGEST_TAGS: usize = 100;
const LONGEST_SUMMARY: usize = 2_000;

/// A summary that nobody wrote is the beginning of the post, in characters.
const BEGINNING: usize = 600;

/// What a reply says of the post that it answers.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Draft {
    /// One line, never empty.
    pub title: String,
    /// What stands below it; may be empty.
    pub summary: String,
    /// Words, with commas between them; or empty.
    pub tags: String,
}

/// What a reviewer changes; `None` stays.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Edited {
    /// Another title.
    pub title: Option<String>,
    /// Another summary.
    pub summary: Option<String>,
    /// Other tags.
    pub tags: Option<String>,
}

/// What a reviewer says.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Answer {
    /// It may be read by everybody, with these changes.
    Yes(Edited),
    /// It is none.
    No,
}

/// The mark in the first line of a reply: `ADD learning: TITLE`, and below it a summary and a
/// line `tags: a, b`.
pub fn read(text: &str) -> Option<Draft> {
    let mut lines = text.trim_start().lines();
    let words = |text: &str| text.split_whitespace().collect::<Vec<_>>().join(" ");
    let (mark, title) = lines.next()?.split_once(':')?;
    let title = cut(&oneline(title), LONGEST_TITLE);
    if !words(mark).eq_ignore_ascii_case("add learning") || title.is_empty() {
        return None;
    }
    let rest: Vec<&str> = lines.collect();
    let (edited, rest) = keyed(&rest);
    Some(Draft {
        title,
        summary: cut(rest.trim(), LONGEST_SUMMARY),
        tags: edited.tags.unwrap_or_default(),
    })
}

/// The beginning of a text that is its own summary.
pub fn beginning(text: &str) -> String {
    let kept: String = text.trim().chars().take(BEGINNING).collect();
    match kept.len() < text.trim().len() {
        true => format!("{} …", kept.trim_end()),
        false => kept,
    }
}

/// What a reviewer says in the first line: YES or OK, NO or DROP; EDIT, or at once lines that
/// begin with `title:`, `tags:` or `summary:`.
pub fn answer(text: &str) -> Option<Answer> {
    let lines: Vec<&str> = text.trim().lines().collect();
    let first = lines.first()?.trim().trim_end_matches(['.', '!']);
    let is = |words: &[&str]| words.iter().any(|word| first.eq_ignore_ascii_case(word));
    if is(&["no", "drop", "nein"]) {
        return Some(Answer::No);
    }
    let from = usize::from(is(&["yes", "ok", "ja", "edit"]));
    let (edited, _) = keyed(&lines[from..]);
    let is_plain = is(&["yes", "ok", "ja"]);
    (is_plain || edited != Edited::default()).then_some(Answer::Yes(edited))
}

/// The lines with a name in front, and the others. What follows `summary:` is all of it.
fn keyed(lines: &[&str]) -> (Edited, String) {
    let (mut edited, mut rest) = (Edited::default(), Vec::new());
    for (at, line) in lines.iter().enumerate() {
        let (key, value) = line.split_once(':').unwrap_or(("", ""));
        let value = || Some(oneline(value)).filter(|value| !value.is_empty());
        match key.trim().to_ascii_lowercase().as_str() {
            "title" => edited.title = value().map(|value| cut(&value, LONGEST_TITLE)),
            "tags" => edited.tags = value().map(|value| cut(&value.to_lowercase(), LONGEST_TAGS)),
            "summary" => {
                let whole = lines[at..].join("\n");
                let (_, whole) = whole.split_once(':').unwrap_or_default();
                edited.summary = Some(cut(whole.trim(), LONGEST_SUMMARY));
                break;
            }
            _ => rest.push(*line),
        }
    }
    (edited, rest.join("\n"))
}

fn cut(text: &str, most: usize) -> String {
    text.chars().take(most).collect::<String>().trim().to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_reply_marks_what_it_answers() {
        let text = "Add  LEARNING: Run new seals dry first\n\nOne minute is enough.\ntags: Seals, hot water\n";
        let draft = read(text).unwrap();
        assert_eq!(draft.title, "Run new seals dry first");
        assert_eq!(draft.summary, "One minute is enough.");
        assert_eq!(draft.tags, "seals, hot water");
        for other in ["", "ADD learning:", "ADD learning", "We should ADD learning: x", "add: learning"] {
            assert_eq!(read(other), None, "{other}");
        }
    }

    #[test]
    fn a_reviewer_says_yes_no_or_something_else() {
        let edited = |title: Option<&str>, summary: Option<&str>, tags: Option<&str>| {
            let own = |text: Option<&str>| text.map(str::to_owned);
            Some(Answer::Yes(Edited {
                title: own(title),
                summary: own(summary),
                tags: own(tags),
            }))
        };
        for (text, wanted) in [
            ("Yes.", edited(None, None, None)),
            ("ok\ntags: Seals", edited(None, None, Some("seals"))),
            ("EDIT\ntitle: Better", edited(Some("Better"), None, None)),
            ("summary: Two\n\nparts: both", edited(None, Some("Two\n\nparts: both"), None)),
            ("no", Some(Answer::No)),
            ("DROP!", Some(Answer::No)),
            ("EDIT", None),
            ("What is this?", None),
            ("", None),
        ] {
            assert_eq!(answer(text), wanted, "{text}");
        }
    }
}
