//! The words by which somebody marks a post, and reviews what was marked.

use crate::message::Mail;
use crate::message::oneline::oneline;
use crate::message::words;

/// What is kept of a title, in characters.
const LONGEST_TITLE: usize = 150;

/// The same of the tags.
const LONGEST_TAGS: usize = 100;

/// And of a summary.
const LONGEST_SUMMARY: usize = 2_000;

/// A summary that nobody wrote is the beginning of the post, in characters.
const BEGINNING: usize = 600;

/// An answer whose first line has more words is prose, whatever it begins with.
const MOST_WORDS: usize = 4;

/// What a first line begins with that marks a post.
const MARKS: [&str; 4] = ["add learning", "learning", "aufheben", "add aufheben"];

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
    let (mark, title) = lines.next()?.split_once([':', '：'])?;
    let mark = mark.split_whitespace().collect::<Vec<_>>().join(" ");
    let title = cut(&oneline(title), LONGEST_TITLE);
    if !MARKS.contains(&mark.to_lowercase().as_str()) || title.is_empty() {
        return None;
    }
    let rest: Vec<&str> = lines.collect();
    let (edited, rest) = keyed(&rest);
    let rest = cut(rest.trim(), LONGEST_SUMMARY);
    Some(Draft {
        title,
        summary: edited.summary.unwrap_or(rest),
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

/// What a reviewer says: a form of yes or of no; or at once lines that begin with `title:`,
/// `tags:` or `summary:`.
pub fn answer(mail: &Mail) -> Option<Answer> {
    let said = words::answer(mail);
    let lines: Vec<&str> = mail.visible_text.trim().lines().collect();
    let (edited, _) = keyed(&lines);
    let changes = edited != Edited::default();
    let is_short = lines.first()?.split_whitespace().count() <= MOST_WORDS;
    let decides = is_short && !said.is_question;
    match (said.is_no && decides, said.is_yes && decides) {
        (true, _) if !changes => Some(Answer::No),
        (_, true) => Some(Answer::Yes(edited)),
        _ => changes.then_some(Answer::Yes(edited)),
    }
}

/// The lines with a name in front, and the others. What follows `summary:` is all of it.
fn keyed(lines: &[&str]) -> (Edited, String) {
    let (mut edited, mut rest) = (Edited::default(), Vec::new());
    for (at, line) in lines.iter().enumerate() {
        let (key, value) = line.split_once([':', '：']).unwrap_or(("", ""));
        let value = || Some(oneline(value)).filter(|value| !value.is_empty());
        match key.trim().to_lowercase().as_str() {
            "title" | "titel" => edited.title = value().map(|value| cut(&value, LONGEST_TITLE)),
            "tags" | "stichworte" => {
                edited.tags = value().map(|value| cut(&value.to_lowercase(), LONGEST_TAGS));
            }
            "summary" | "zusammenfassung" => {
                edited.summary = summary(&lines[at..]);
                break;
            }
            _ => rest.push(*line),
        }
    }
    (edited, rest.join("\n"))
}

/// All behind the mark; nothing is no summary.
fn summary(lines: &[&str]) -> Option<String> {
    let whole = lines.join("\n");
    let (_, whole) = whole.split_once([':', '：'])?;
    let whole = cut(whole.trim(), LONGEST_SUMMARY);
    (!whole.is_empty()).then_some(whole)
}

fn cut(text: &str, most: usize) -> String {
    let kept: String = text.chars().take(most).collect();
    kept.trim().to_owned()
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
        let german = read(
            "AUFHEBEN: Erst trocken\nStichworte: Dichtung\nZusammenfassung: Kurz.\n\nSehr kurz.",
        );
        let german = german.unwrap();
        assert_eq!(
            (german.title.as_str(), german.tags.as_str()),
            ("Erst trocken", "dichtung")
        );
        assert_eq!(german.summary, "Kurz.\n\nSehr kurz.");
        for other in [
            "",
            "ADD learning:",
            "ADD learning",
            "We should ADD learning: x",
            "add: learning",
        ] {
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
            ("JA\n\nGruß, Ann", edited(None, None, None)),
            ("EDIT\ntitle: Better", edited(Some("Better"), None, None)),
            (
                "summary: Two\n\nparts: both",
                edited(None, Some("Two\n\nparts: both"), None),
            ),
            ("Titel: Besser", edited(Some("Besser"), None, None)),
            ("no", Some(Answer::No)),
            ("NEIN, danke", Some(Answer::No)),
            ("EDIT", None),
            ("title:", None),
            ("Yes, but the title is all wrong", None),
            ("Yes? What is this?", None),
            ("What is this?", None),
            ("", None),
        ] {
            let mail = Mail {
                visible_text: text.to_owned(),
                text: text.to_owned(),
                ..Mail::default()
            };
            assert_eq!(answer(&mail), wanted, "{text}");
        }
    }

    #[test]
    fn a_summary_that_nobody_wrote_is_how_the_post_begins() {
        assert_eq!(beginning(" Short. \n"), "Short.");
        let long = beginning(&"seal ".repeat(500));
        assert!(long.ends_with("seal …") && long.chars().count() <= BEGINNING + 2);
    }
}
