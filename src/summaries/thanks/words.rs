//! The lines of a reply that thank somebody. Pure.

use crate::message::oneline::oneline;

/// Lines of a reply that are looked at.
const MOST_LINES: usize = 100;

/// Words of thanks that one reply may hold.
const MOST_WORDS: usize = 10;

/// What is kept of a name, in characters.
const LONGEST_NAME: usize = 100;

/// What is kept of what for, in characters.
const LONGEST_TEXT: usize = 300;

/// What a line begins with that thanks somebody.
const VERBS: [&str; 4] = ["thank", "thanks to", "danke", "dank an"];

/// One line of thanks.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Word {
    /// Who is meant, as written; never empty.
    pub name: String,
    /// For what; may be empty.
    pub text: String,
}

/// The lines `THANK name: what for`, whatever their case. A line without a colon is a
/// courtesy to whoever reads it ("Thank you!"), but for one whose verb is in capitals.
pub fn read(visible: &str) -> Vec<Word> {
    let lines = visible.lines().take(MOST_LINES);
    lines.filter_map(word).take(MOST_WORDS).collect()
}

fn word(line: &str) -> Option<Word> {
    let line = line.trim().trim_start_matches(['-', '*', '•']).trim_start();
    let (verb, rest) = VERBS.iter().find_map(|verb| {
        let (head, rest) = line.split_at_checked(verb.len())?;
        let is_whole = rest.starts_with(char::is_whitespace);
        (is_whole && head.eq_ignore_ascii_case(verb)).then_some((head, rest))
    })?;
    let is_loud = verb.chars().all(|c| c.is_uppercase() || c == ' ');
    let (name, text) = match rest.split_once([':', '：']) {
        Some(both) => both,
        None if is_loud => (rest, ""),
        None => return None,
    };
    let name = cut(&oneline(name), LONGEST_NAME);
    let is_courtesy = ["you", "you all", "all", "euch", "ihnen", "dir", "allen"];
    let is_somebody = !name.is_empty() && !is_courtesy.contains(&name.to_lowercase().as_str());
    is_somebody.then(|| Word {
        name,
        text: cut(&oneline(text), LONGEST_TEXT),
    })
}

fn cut(text: &str, most: usize) -> String {
    let kept: String = text.trim().chars().take(most).collect();
    kept.trim_end().to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lines_that_thank_somebody_and_lines_that_do_not() {
        let word = |name: &str, text: &str| {
            vec![Word {
                name: name.to_owned(),
                text: text.to_owned(),
            }]
        };
        for (said, wanted) in [
            (
                "THANK Bob Meier: for the drawings",
                word("Bob Meier", "for the drawings"),
            ),
            (
                "thank bob@plant.example: drawings",
                word("bob@plant.example", "drawings"),
            ),
            ("  - Danke Bob:  für  alles ", word("Bob", "für alles")),
            ("THANK Bob", word("Bob", "")),
            ("Thanks to Cleo: she knew", word("Cleo", "she knew")),
            ("DANK AN Cleo", word("Cleo", "")),
            ("Thank you: all of you", vec![]),
            ("Thank you!", vec![]),
            ("thank Bob", vec![]),
            ("Thankful: yes", vec![]),
            ("THANK : x", vec![]),
            ("THANK YOU", vec![]),
            ("I would thank Bob: he knows", vec![]),
            ("", vec![]),
        ] {
            assert_eq!(read(said), wanted, "{said}");
        }
        let many = "THANK a: b\n".repeat(500);
        assert_eq!(read(&many).len(), MOST_WORDS);
        let long = format!("THANK Bob: {}", "x".repeat(5_000));
        assert_eq!(read(&long)[0].text.len(), LONGEST_TEXT);
    }
}
