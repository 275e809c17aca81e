//! What a reply to a review or a vote says: `PROPOSE practice: new text`; yes, no,
//! abstain. Pure.

use crate::config::Charter;
use crate::message::Mail;
use crate::message::words::{self, chosen};

/// The longest text that can be proposed, in characters.
pub const LONGEST_PROPOSAL: usize = 2_000;

/// Lines of a reply that are looked at.
const MOST_LINES: usize = 200;

/// A part of the charter that members may change.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Key {
    /// What it is about.
    Domain,
    /// Who belongs to it.
    Community,
    /// What it does.
    Practice,
    /// How people deal with each other, a line each.
    Norms,
}

/// What somebody proposes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Proposed {
    /// Which part.
    pub key: Key,
    /// Its text as it shall be; norms: a line each.
    pub text: String,
}

/// A vote.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Vote {
    /// It shall be so.
    Yes,
    /// It shall not.
    No,
    /// Either way.
    Abstain,
}

impl Key {
    /// As it is called in a charter, or in German.
    fn of_word(word: &str) -> Option<Key> {
        match word.trim().to_lowercase().as_str() {
            "domain" | "about" | "worum" => Some(Key::Domain),
            "community" | "who" | "wer" => Some(Key::Community),
            "practice" | "what" | "was" => Some(Key::Practice),
            "norms" | "norm" | "umgang" | "normen" => Some(Key::Norms),
            _ => None,
        }
    }

    /// The key of that name.
    pub fn of_name(name: &str) -> Option<Key> {
        let all = [Key::Domain, Key::Community, Key::Practice, Key::Norms];
        all.into_iter().find(|key| key.name() == name)
    }

    /// As it is called in a charter.
    pub fn name(self) -> &'static str {
        match self {
            Key::Domain => "domain",
            Key::Community => "community",
            Key::Practice => "practice",
            Key::Norms => "norms",
        }
    }

    /// Its text in a charter; norms: a line each.
    pub fn of(self, charter: &Charter) -> String {
        let elements = &charter.charter;
        match self {
            Key::Domain => elements.domain.clone(),
            Key::Community => elements.community.clone(),
            Key::Practice => elements.practice.clone(),
            Key::Norms => elements.norms.join("\n"),
        }
    }
}

impl Vote {
    /// As it is kept.
    pub fn name(self) -> &'static str {
        match self {
            Vote::Yes => "yes",
            Vote::No => "no",
            Vote::Abstain => "abstain",
        }
    }

    /// What its receipt says.
    pub(super) fn phrase(self) -> &'static str {
        match self {
            Vote::Yes => "vote_yes",
            Vote::No => "vote_no",
            Vote::Abstain => "vote_abstain",
        }
    }
}

const ABSTAIN: [(Vote, &str); 1] = [(
    Vote::Abstain,
    "abstain|i abstain|abstention|enthaltung|ich enthalte mich|enthalte mich",
)];

/// The vote that a reply is: its first word, whatever reason follows.
pub fn vote(mail: &Mail) -> Option<Vote> {
    if let Some(vote) = chosen(mail, &ABSTAIN) {
        return Some(*vote);
    }
    let answer = words::answer(mail);
    match (answer.is_yes, answer.is_no) {
        (true, false) => Some(Vote::Yes),
        (false, true) => Some(Vote::No),
        _ => None,
    }
}

/// What a reply proposes: each line that begins with `PROPOSE`, a part of the charter and
/// a colon, and the lines below it down to an empty one.
pub fn read(visible: &str) -> Vec<Proposed> {
    let mut all: Vec<(Key, Vec<String>)> = Vec::new();
    let mut is_open = false;
    for line in visible.lines().take(MOST_LINES).map(str::trim) {
        match head(line) {
            Some((key, text)) => {
                all.push((key, vec![text.to_owned()]));
                is_open = true;
            }
            None if line.is_empty() => {
                // The text may begin below an empty line.
                let is_empty = |(_, lines): &(Key, Vec<String>)| lines.iter().all(String::is_empty);
                is_open = is_open && all.last().is_some_and(is_empty);
            }
            None => {
                if let (true, Some((_, lines))) = (is_open, all.last_mut()) {
                    lines.push(line.to_owned());
                }
            }
        }
    }
    all.into_iter().filter_map(proposed).collect()
}

/// `PROPOSE practice: text`
fn head(line: &str) -> Option<(Key, &str)> {
    let (verb, rest) = line.split_once(char::is_whitespace)?;
    let is_verb = matches!(
        verb.trim_end_matches(':').to_lowercase().as_str(),
        "propose" | "vorschlag" | "vorschlagen"
    );
    let (word, text) = rest.split_once(':')?;
    let key = Key::of_word(word).filter(|_| is_verb)?;
    Some((key, text.trim()))
}

fn proposed((key, lines): (Key, Vec<String>)) -> Option<Proposed> {
    let lines = lines.iter().map(|line| match key {
        Key::Norms => line.trim_start_matches(['-', '*', '•', ' ']),
        _ => line.as_str(),
    });
    let lines: Vec<_> = lines.filter(|line| !line.is_empty()).collect();
    let text = lines.join(if key == Key::Norms { "\n" } else { " " });
    let fits = !text.is_empty() && text.chars().count() <= LONGEST_PROPOSAL;
    fits.then_some(Proposed { key, text })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn mail(text: &str) -> Mail {
        Mail {
            text: text.to_owned(),
            visible_text: text.to_owned(),
            ..Mail::default()
        }
    }

    #[test]
    fn a_proposal_names_its_part() {
        let text = "I think so.\n\nPROPOSE practice: Field notes,\nand a newsletter.\n\nBest, Bo\n\
            Vorschlag norms:\n- Ask first.\n- Answer soon.\n\npropose weather: sunny\n";
        let expected = [
            Proposed {
                key: Key::Practice,
                text: "Field notes, and a newsletter.".into(),
            },
            Proposed {
                key: Key::Norms,
                text: "Ask first.\nAnswer soon.".into(),
            },
        ];
        assert_eq!(read(text), expected);
        for none in [
            "Practice: I would add a newsletter.",
            "I propose practice: more of it",
            "PROPOSE practice:",
            "",
        ] {
            assert_eq!(read(none), [], "{none}");
        }
        assert_eq!(read(&format!("PROPOSE domain: {}", "x".repeat(3_000))), []);
    }

    #[test]
    fn a_vote_is_the_first_word() {
        for (text, expected) in [
            ("yes", Some(Vote::Yes)),
            ("Yes, gladly.", Some(Vote::Yes)),
            ("Ja", Some(Vote::Yes)),
            ("NO\n\nIt is too narrow.", Some(Vote::No)),
            ("nein", Some(Vote::No)),
            ("ABSTAIN", Some(Vote::Abstain)),
            ("Enthaltung", Some(Vote::Abstain)),
            ("What does that mean?", None),
            ("", None),
        ] {
            assert_eq!(vote(&mail(text)), expected, "{text}");
        }
    }
}
