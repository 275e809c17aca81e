//! What somebody answers who is asked to host. Pure, and careful: what is not clear goes
//! to people.

use chrono::NaiveDate;

use crate::calendar::read::Partstat;
use crate::message::Mail;
use crate::message::words::{chosen, day_in};
use crate::sessions::rsvp::plain;

/// The longest name of somebody to swap with, in characters.
const LONGEST_NAME: usize = 80;

/// An answer.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Turn {
    /// They host.
    Yes,
    /// Not this time.
    Skip,
    /// Another time; with whoever hosts that day, or with somebody, or whenever.
    Swap(Option<With>),
}

/// With what somebody swaps.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum With {
    /// A session's day.
    Day(NaiveDate),
    /// A member's name or address.
    Name(String),
}

/// The words for each, English and German.
const CHOICES: [(Turn, &str); 2] = [
    (
        Turn::Yes,
        "yes|yes i do|yes i will|yes gladly|i will|i do|i host|i'll host|i'll do it|i can|sure|ok|okay|gladly|happy to|\
         of course|with pleasure|ja|ja gern|ja gerne|gern|gerne|mach ich|mache ich|ich mache es|ich übernehme|\
         übernehme ich|klar|natürlich",
    ),
    (
        Turn::Skip,
        "skip|i skip|no|no sorry|sorry no|not me|not this time|not now|pass|i pass|nope|nein|leider nein|leider nicht|\
         diesmal nicht|passe|ich passe|weiter|aussetzen|überspringen|ich nicht",
    ),
];

/// How a swap is asked for.
const SWAP: &str = "swap|swop|exchange|trade|switch|tausch|tauschen|tausche|tauscht";
/// What stands between that word and a day or a name.
const WITH: &str = "with|to|for|on|the|mit|auf|gegen|am|den|dem|and|please|bitte|turns|me|dates";

/// Words behind them that mean nothing.
const POLITE: &str = "please|bitte|thanks|thank|you|danke";

/// What a reply says; `None` where a person has to read it.
pub fn read(mail: &Mail) -> Option<Turn> {
    plainly(mail).or_else(|| match plain::answer(&mail.visible_text) {
        Some(Partstat::Accepted) => Some(Turn::Yes),
        Some(Partstat::Declined) => Some(Turn::Skip),
        _ => None,
    })
}

/// The same where one of our own words is all that is said.
pub(super) fn plainly(mail: &Mail) -> Option<Turn> {
    let swap = first_words(&mail.visible_text).find_map(swap);
    swap.or_else(|| chosen(mail, &CHOICES).cloned())
}

/// The first lines, one of which may greet.
fn first_words(text: &str) -> impl Iterator<Item = &str> {
    let lines = text.lines().map(str::trim);
    lines.filter(|line| !line.is_empty()).take(2)
}

fn swap(line: &str) -> Option<Turn> {
    let mut words = line.split_whitespace();
    let first = bare(words.next()?);
    if !is_of(SWAP, first) {
        return None;
    }
    let mut rest: Vec<&str> = words.collect();
    // "with Cleo, please"
    while rest.last().is_some_and(|word| is_of(POLITE, bare(word))) {
        rest.pop();
    }
    let known = rest.iter().take_while(|word| is_of(WITH, word)).count();
    let rest = rest.get(known..).unwrap_or_default().join(" ");
    let rest = bare(&rest);
    Some(Turn::Swap(match (rest, day_in(rest)) {
        ("", _) => None,
        (_, Some(day)) => Some(With::Day(day)),
        // More than a name is a sentence.
        (name, None) if name.split_whitespace().count() <= 4 => {
            Some(With::Name(name.chars().take(LONGEST_NAME).collect()))
        }
        _ => return None,
    }))
}

fn bare(text: &str) -> &str {
    text.trim_matches(|c: char| !c.is_alphanumeric())
}

fn is_of(words: &str, word: &str) -> bool {
    let word = word.to_lowercase();
    words.split('|').any(|one| one == word)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn turn(text: &str) -> Option<Turn> {
        let mail = Mail {
            visible_text: text.to_owned(),
            ..Mail::default()
        };
        read(&mail)
    }

    #[test]
    fn the_words_of_the_mail_and_those_of_people() {
        for text in [
            "YES",
            "yes",
            "Yes, gladly.",
            "Ja",
            "JA, gerne!",
            "Hi Ann,\n\nyes\n\nBob",
            "Sure!",
            "Mache ich",
            "I'll do it",
            "No problem, I'll be there",
            "Ok, thanks",
        ] {
            assert_eq!(turn(text), Some(Turn::Yes), "{text}");
        }
        for text in [
            "SKIP",
            "skip please",
            "No, sorry",
            "Nein",
            "Leider nicht",
            "Sorry, I can't make it",
            "WEITER",
            "SKIP, I am on leave",
            "Not this time\n\nBob",
        ] {
            assert_eq!(turn(text), Some(Turn::Skip), "{text}");
        }
    }

    #[test]
    fn a_swap_names_a_day_or_somebody_or_nothing() {
        let day = |text: &str| Some(Turn::Swap(Some(With::Day(text.parse().unwrap()))));
        let name = |text: &str| Some(Turn::Swap(Some(With::Name(text.into()))));
        let table = [
            ("SWAP", Some(Turn::Swap(None))),
            ("swap please", Some(Turn::Swap(None))),
            ("Hello,\nTausch", Some(Turn::Swap(None))),
            ("SWAP 2026-04-21", day("2026-04-21")),
            ("Tausch 21.04.2026", day("2026-04-21")),
            ("swap to 21 April 2026.", day("2026-04-21")),
            ("SWAP Cleo", name("Cleo")),
            ("swap with Cleo Ost, please", name("Cleo Ost")),
            ("swap with Cleo Ost", name("Cleo Ost")),
            ("tauschen mit cleo@mill.example", name("cleo@mill.example")),
            ("Swap is not possible for me in that week at all", None),
        ];
        for (text, meant) in table {
            let found = turn(text);
            assert_eq!(found, meant, "{text}");
        }
    }

    #[test]
    fn what_is_not_clear_goes_to_people() {
        for text in [
            "",
            "What does a host do?",
            "Perhaps",
            "Only if Cleo helps",
            "Who else?",
        ] {
            assert_eq!(turn(text), None, "{text}");
        }
    }
}
