//! `set`: each option and its values, with the words that Mailman and Sympa taught.

use super::line::{Line, Token};
use super::verbs::{Place, is_polite};
use super::{Delivery, Word};

/// The most topics of one line, and the longest name of one, in characters.
const MOST_TOPICS: usize = 20;
const LONGEST_TOPIC: usize = 64;
/// Words between the option and its value.
const FILLERS: [&str; 7] = ["to", "auf", "the", "my", "meine", "mode", "="];

/// What follows `set`. `None` where it is no option, or not one of its values.
pub(super) fn read(line: &Line, rest: &[Token], place: Place) -> Option<Word> {
    if let Some(first) = rest.first()
        && ["topic", "topics", "thema", "themen"].contains(&first.plain.as_str())
    {
        return topics(line, &first.raw, place);
    }
    if let [option, .., value] = rest
        && ["address", "adresse", "email"].contains(&option.plain.as_str())
    {
        return value.address().map(Word::ChangeAddress);
    }
    let words: Vec<&str> = rest
        .iter()
        .map(|word| word.plain.as_str())
        .filter(|word| !FILLERS.contains(word) && !is_polite(word))
        .collect();
    option(&words).or_else(|| match (words.as_slice(), place) {
        // Sympa names the list first: `SET pumps NOMAIL`.
        ([_, value], Place::Request) => delivery(value).map(Word::SetDelivery),
        _ => None,
    })
}

fn option(words: &[&str]) -> Option<Word> {
    match *words {
        ["delivery" | "zustellung", value] => {
            let on = switch(value).map(|on| if on { Delivery::Each } else { Delivery::None });
            on.or_else(|| delivery(value)).map(Word::SetDelivery)
        }
        ["mime"] | ["digest", "mime"] | ["digestmime"] | ["delivery", "digest", "mime"] => {
            Some(Word::SetMimeDigest)
        }
        ["digest", value] => digest(value).map(Word::SetDelivery),
        ["own" | "myposts" | "ownposts" | "eigene" | "repro", value] => {
            switch(value).map(Word::SetOwn)
        }
        ["not_me" | "notme" | "norepro"] => Some(Word::SetOwn(false)),
        [
            "copies" | "copy" | "duplicates" | "kopien" | "doppelte",
            value,
        ] => switch(value).map(Word::SetCopies),
        ["mail", value] => {
            let on = switch(value)?;
            let each = if on { Delivery::Each } else { Delivery::None };
            Some(Word::SetDelivery(each))
        }
        [value] => delivery(value).map(Word::SetDelivery),
        _ => None,
    }
}

pub(super) fn delivery(word: &str) -> Option<Delivery> {
    match word {
        "each" | "mail" | "all" | "normal" | "regular" | "posts" | "post" | "nodigest"
        | "einzeln" | "jede" | "alle" => Some(Delivery::Each),
        "digest" | "digests" | "digestplain" | "daily" | "zusammenfassung" | "sammelmail" => {
            Some(Delivery::Digest)
        }
        "headlines" | "headline" | "summary" | "notice" | "titles" | "subjects"
        | "überschriften" | "ueberschriften" | "betreffs" => Some(Delivery::Headlines),
        "none" | "nomail" | "nothing" | "keine" | "nichts" => Some(Delivery::None),
        _ => None,
    }
}

fn digest(value: &str) -> Option<Delivery> {
    match value {
        "plain" | "text" | "html" => Some(Delivery::Digest),
        value => switch(value).map(|on| if on { Delivery::Digest } else { Delivery::Each }),
    }
}

fn switch(word: &str) -> Option<bool> {
    match word {
        "on" | "yes" | "true" | "1" | "an" | "ein" | "ja" => Some(true),
        "off" | "no" | "false" | "0" | "aus" | "nein" => Some(false),
        _ => None,
    }
}

/// All behind the option's name, parted by commas; names may have spaces, but on the list
/// a name with spaces is more likely a sentence.
fn topics(line: &Line, option: &str, place: Place) -> Option<Word> {
    let (_, said) = line.text.split_once(option)?;
    let said = said.trim_matches(|c: char| !c.is_alphanumeric() && !"#[]".contains(c));
    if ["all", "alle", "any"].contains(&said.to_lowercase().as_str()) {
        return Some(Word::SetTopics(Vec::new()));
    }
    let topics: Vec<String> = said.split([',', ';']).filter_map(topic).collect();
    let alone = topics.iter().all(|topic| !topic.contains(' '));
    let sound = (1..=MOST_TOPICS).contains(&topics.len()) && (alone || place == Place::Request);
    sound.then_some(Word::SetTopics(topics))
}

fn topic(text: &str) -> Option<String> {
    let name = text.trim_matches(|c: char| !c.is_alphanumeric());
    let words: Vec<&str> = name.split_whitespace().collect();
    let name: String = words.join(" ").chars().take(LONGEST_TOPIC).collect();
    (!name.is_empty()).then_some(name)
}
