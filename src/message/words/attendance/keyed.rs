//! Lines with a key in front: `notes: …`, `action: …`, `recording: …`, `absent: …`.

use super::LONGEST_LINK;
use super::fold::plain;

/// The longest key, in octets.
const LONGEST_KEY: usize = 40;
/// The most actions that a line says are done.
const MOST_DONE: usize = 50;

/// What a line is about.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Key {
    Came,
    Absent,
    Guests,
    Notes,
    Action,
    Recording,
}

/// The keys, without case and accents, parted by bars.
const KEYS: [(Key, &str); 6] = [
    (
        Key::Came,
        "present|came|attended|attendees|attendance|participants|there|who came|who was there|in attendance|were there|\
         anwesend|anwesende|teilnehmer|teilnehmerinnen|teilnehmende|teilgenommen|dabei|waren da|gekommen|da waren|da",
    ),
    (
        Key::Absent,
        "absent|missing|not there|did not come|didn't come|apologies|excused|not present|abwesend|gefehlt|fehlten|\
         fehlt|fehlte|nicht da|entschuldigt|nicht dabei|gefehlt haben|es fehlten",
    ),
    (
        Key::Guests,
        "guest|guests|visitor|visitors|external|gast|gaste|gaeste|besucher|externe|not invited",
    ),
    (
        Key::Notes,
        "notes|note|minutes|summary|results|decisions|notizen|notiz|protokoll|mitschrift|zusammenfassung|ergebnisse|beschlusse",
    ),
    (
        Key::Action,
        "action|actions|action item|action items|todo|todos|to do|task|tasks|next step|next steps|aufgabe|aufgaben|\
         massnahme|massnahmen|nachste schritte|naechste schritte|zu tun",
    ),
    (
        Key::Recording,
        "recording|recorded|record|video|aufzeichnung|aufnahme|mitschnitt",
    ),
];

/// Words that say that actions are done.
const DONE: [&str; 4] = ["done", "erledigt", "fertig", "closed"];

/// The key of a line and what stands behind it.
pub(super) fn split(line: &str) -> Option<(Key, &str)> {
    let line = line
        .trim()
        .trim_start_matches(['#', '*', '-', '_', '•', ' ']);
    match line.split_once(':') {
        Some((said, rest)) => Some((
            key(said)?,
            rest.trim().trim_start_matches(['*', '_']).trim(),
        )),
        // A heading: only what can be nothing else.
        None => key(line)
            .filter(|key| matches!(key, Key::Notes | Key::Action))
            .map(|key| (key, "")),
    }
}

fn key(said: &str) -> Option<Key> {
    if said.len() > LONGEST_KEY {
        return None;
    }
    let words: Vec<String> = said.split_whitespace().map(plain).collect();
    let said = words.join(" ");
    let found = KEYS
        .iter()
        .find(|(_, names)| names.split('|').any(|name| name == said));
    found.map(|(key, _)| *key)
}

/// The first address of a page in a text.
pub(super) fn link(text: &str) -> Option<String> {
    let words = text.split(|c: char| c.is_whitespace() || matches!(c, '<' | '>' | '"'));
    let is_link = |word: &&str| {
        let lower = word
            .get(..8)
            .map(str::to_ascii_lowercase)
            .unwrap_or_default();
        (lower.starts_with("https://") || lower.starts_with("http://"))
            && !word.contains(char::is_control)
    };
    let link = words
        .into_iter()
        .find(is_link)?
        .trim_end_matches(['.', ',', ')', ';']);
    (link.chars().count() <= LONGEST_LINK).then(|| link.to_owned())
}

/// `DONE 3`, `2, 5 erledigt`: the numbers of actions.
pub(super) fn done(line: &str) -> Option<Vec<u32>> {
    let words = line.split(|c: char| c.is_whitespace() || matches!(c, ',' | ';' | ':' | '.' | '!'));
    let words: Vec<String> = words
        .map(plain)
        .filter(|word| !word.is_empty() && word != "and" && word != "und")
        .take(MOST_DONE + 1)
        .collect();
    let is_done = |word: &String| DONE.contains(&word.as_str());
    let (verbs, numbers): (Vec<&String>, Vec<&String>) =
        words.iter().partition(|word| is_done(word));
    if verbs.len() != 1 || numbers.is_empty() || numbers.len() > MOST_DONE {
        return None;
    }
    numbers
        .into_iter()
        .map(|number| number.parse().ok())
        .collect()
}
