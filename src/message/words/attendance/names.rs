//! One line of names, as people write them: `Bob, Cleo and me`, `all but 3`, `1-4, 7`,
//! `nobody came`, `Bob was ill`.

use std::collections::BTreeSet;

use super::Doubt;
use super::fold::plain;
use super::people::{Found, People};

/// The most pieces of a line that are looked at.
const MOST_PIECES: usize = 300;
/// The longest name of a guest, in words.
const LONGEST_GUEST: usize = 4;
/// The highest number that a name may have in a mail.
const HIGHEST: u32 = 9_999;

const ALL: &str = "all|everybody|everyone|alle|jeder|jede|everybody's|everyone's";
const NOBODY: &str = "nobody|noone|none|niemand|keiner|keine|nobody's|0";
const BUT: &str = "but|except|excepting|excluding|without|besides|minus|bar|ausser|ausgenommen|ohne|bis|not|nicht|for|auf";
const PLUS: &str = "and|plus|und|sowie|with|mit|incl|including|inklusive|also";
/// What is said around names and means nothing more.
const AROUND: &str = "came|come|were|was|there|present|attended|joined|here|showed|up|too|also|only|just|the|of|\
    them|us|you|we|at|in|had|have|has|been|who|did|people|invited|today|both|each|yes|following|waren|war|da|dabei|\
    kamen|kam|anwesend|gekommen|teilgenommen|haben|hat|hatten|sind|ist|auch|nur|heute|beide|es|wir|ja|die|der|das|\
    folgende|ok|x|attendees|teilnehmer|von|uns|ihnen|eingeladenen|erschienen|this|time|diesmal|mal|session|online";
const ABSENT: &str = "absent|missing|missed|sick|ill|excused|no|not|didn't|didnt|couldn't|couldnt|wasn't|wasnt|weren't|\
    werent|nicht|nein|fehlt|fehlte|fehlten|krank|entschuldigt|abwesend|verhindert|without|ohne|except|ausser|make|it|can't|cant";
const GUEST: &str = "guest|guests|gast|gaste|gaeste|visitor|besucher|besucherin|extern|externe|external|as|als|a|ein|eine|new|neu";
const JOINING: &str = "and|und|sowie|et|y|plus|&";
/// Words in the middle of names that have no capital.
const PARTICLES: &str = "von|van|de|der|den|di|del|la|le|bin|al|zu|el|dos|du|ter";
const TO: &str = "to|bis|-|–|—";

/// Whether all came, or nobody.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Whole {
    All,
    Nobody,
}

/// What a line, or a whole reply, says of who came.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Said {
    pub whole: Option<Whole>,
    pub came: BTreeSet<usize>,
    pub absent: BTreeSet<usize>,
    pub guests: Vec<String>,
    pub doubts: Vec<Doubt>,
    /// It has a name, number or word that is known, and is no mere text.
    pub is_known: bool,
    /// It ends in "all but": the names stand below.
    pub is_open: bool,
}

impl Said {
    pub(super) fn add(&mut self, other: Said) {
        self.whole = self.whole.or(other.whole);
        self.came.extend(other.came);
        self.absent.extend(other.absent);
        self.guests.extend(other.guests);
        self.doubts.extend(other.doubts);
        self.is_known |= other.is_known;
    }

    fn of(whole: Whole) -> Said {
        Said {
            whole: Some(whole),
            is_known: true,
            ..Said::default()
        }
    }

    fn put(&mut self, at: usize, is_absent: bool) {
        self.is_known = true;
        match is_absent {
            true => self.absent.insert(at),
            false => self.came.insert(at),
        };
    }

    fn doubt(&mut self, doubt: Doubt) {
        self.is_known = true;
        if !self.doubts.contains(&doubt) {
            self.doubts.push(doubt);
        }
    }
}

fn is(list: &str, word: &str) -> bool {
    list.split('|').any(|one| one == word)
}

/// Reads a line; `None` where it says something else. `is_absent`: it names who was not
/// there.
pub(super) fn read(line: &str, people: &People, is_absent: bool) -> Option<Said> {
    let line = bare(line);
    let said = match of_all(line, people) {
        Some(said) => Some(said),
        None => named(line, people, is_absent),
    };
    said.filter(|said| said.is_known || !said.guests.is_empty())
}

/// Without what makes it an entry of a list: `- `, `* `, `[x] `, and quotes.
fn bare(line: &str) -> &str {
    let line = line
        .trim()
        .trim_start_matches(['-', '*', '•', '–', '·', '>'])
        .trim_start();
    let line = ["[x]", "[X]", "(x)", "✓", "✔", "☑"]
        .iter()
        .find_map(|mark| line.strip_prefix(mark))
        .unwrap_or(line);
    line.trim()
        .trim_matches(['"', '“', '”', '„', '*', '_', '.', '!'])
        .trim()
}

/// Words with where they end in the line.
fn tokens(line: &str) -> impl Iterator<Item = (String, usize)> + '_ {
    let start = line.as_ptr() as usize;
    let words = line.split(|c: char| c.is_whitespace() || matches!(c, ',' | ';' | ':'));
    words.filter_map(move |word| {
        let folded = plain(word);
        let end = word.as_ptr() as usize - start + word.len();
        (!folded.is_empty()).then_some((folded, end))
    })
}

/// `ALL`, `everybody came`, `all but Bob`, `nobody`, `nobody but Cleo`.
fn of_all(line: &str, people: &People) -> Option<Said> {
    let mut tokens = tokens(line).take(MOST_PIECES).peekable();
    let (mut first, mut end) = tokens.next()?;
    if first == "no" && tokens.peek().is_some_and(|(word, _)| word == "one") {
        (first, end) = ("nobody".to_owned(), tokens.next()?.1);
    }
    let whole = match first.as_str() {
        word if is(ALL, word) => Whole::All,
        word if is(NOBODY, word) => Whole::Nobody,
        _ => return None,
    };
    while let Some((_, at)) = tokens.next_if(|(word, _)| is(AROUND, word)) {
        end = at;
    }
    let Some((next, at)) = tokens.next() else {
        return Some(Said::of(whole));
    };
    let is_but = is(BUT, &next);
    if !is_but && (!is(PLUS, &next) || whole == Whole::Nobody) {
        // "Alle, Max": all, and a guest.
        let rest = line.get(end..)?.trim_start().strip_prefix([',', ';'])?;
        let mut said = named(rest, people, false).filter(|_| whole == Whole::All)?;
        said.whole = Some(whole);
        said.is_known = true;
        return Some(said);
    }
    end = at;
    while let Some((_, at)) = tokens.next_if(|(word, _)| is_but && is(BUT, word)) {
        end = at;
    }
    let rest = line.get(end..)?.trim_start_matches([':', ',', ' ']);
    let mut said = named(rest, people, is_but && whole == Whole::All)?;
    if whole == Whole::All {
        said.whole = Some(whole);
    }
    said.is_known = true;
    said.is_open = is_but && rest.trim().is_empty();
    Some(said)
}

/// A list of names.
fn named(line: &str, people: &People, is_absent: bool) -> Option<Said> {
    let mut said = Said::default();
    let (mut strangers, mut count) = (Vec::new(), 0);
    for piece in pieces(line) {
        count += 1;
        if !known(piece, people, is_absent, &mut said) {
            strangers.push(piece);
        }
    }
    for piece in &strangers {
        let guest = guest(piece);
        let is_name = guest.is_marked
            || is_name(&guest.words)
            || said.is_known && count > 1 && guest.words.len() <= 2;
        if guest.words.is_empty() || !is_name || guest.words.len() > LONGEST_GUEST {
            return None;
        }
        said.is_known |= guest.is_marked;
        // Whoever was not invited and did not come is nobody to us.
        if !guest.is_absent && !is_absent {
            said.guests.push(guest.name);
        }
    }
    Some(said)
}

/// What stands between commas and "and".
pub(super) fn pieces(line: &str) -> Vec<&str> {
    let mut pieces = Vec::new();
    for part in line.split([',', ';', '&', '|', '\t', '/']) {
        let (mut from, mut at) = (0, 0);
        for word in part.split_inclusive(char::is_whitespace) {
            let end = at + word.len();
            if is(JOINING, &plain(word)) {
                pieces.extend(part.get(from..at));
                from = end;
            }
            at = end;
        }
        pieces.extend(part.get(from..));
    }
    pieces.retain(|piece| piece.chars().any(char::is_alphanumeric));
    pieces.truncate(MOST_PIECES);
    pieces
}

/// Takes a piece that means somebody of the roster; false where it does not.
fn known(piece: &str, people: &People, is_absent: bool, said: &mut Said) -> bool {
    let shown = without_brackets(piece);
    if let Some(at) = address(piece, people) {
        said.put(at, is_absent);
        return true;
    }
    let words: Vec<&str> = shown.split_whitespace().collect();
    let words: &[&str] = match words.split_first() {
        // "1. Bob Meier" is Bob, who has that number.
        Some((number, rest)) if !rest.is_empty() && is_entry(number) => rest,
        _ => &words,
    };
    if put(people.find(words), words, is_absent, said) {
        return true;
    }
    let plain_of = |word: &&str| plain(word);
    let is_absent = is_absent || words.iter().map(plain_of).any(|word| is(ABSENT, &word));
    let is_said = |word: &&str| {
        let folded = plain(word);
        is(AROUND, &folded) || is(ABSENT, &folded)
    };
    let meant: Vec<&str> = words
        .iter()
        .copied()
        .filter(|word| !is_said(word) && !plain(word).is_empty())
        .collect();
    if meant.is_empty() {
        return true;
    }
    if put(people.find(&meant), &meant, is_absent, said) {
        return true;
    }
    numbers(&meant, people, is_absent, said) || each(&meant, people, is_absent, said)
}

fn put(found: Found, words: &[&str], is_absent: bool, said: &mut Said) -> bool {
    match found {
        Found::One(at) => said.put(at, is_absent),
        Found::Several(all) => said.doubt(Doubt::Which(words.join(" "), all)),
        Found::Nobody => return false,
    }
    true
}

/// Several first names with nothing but blanks between them.
fn each(words: &[&str], people: &People, is_absent: bool, said: &mut Said) -> bool {
    let found: Option<Vec<usize>> = words
        .iter()
        .map(|word| match people.find(&[word]) {
            Found::One(at) => Some(at),
            _ => None,
        })
        .collect();
    let Some(found) = found else { return false };
    found.into_iter().for_each(|at| said.put(at, is_absent));
    true
}

fn is_entry(word: &str) -> bool {
    word.strip_suffix(['.', ')'])
        .is_some_and(|number| number.parse::<u32>().is_ok())
}

/// `3`, `#3`, `1-4`, `2 5 7`, `1 to 4`.
fn numbers(words: &[&str], people: &People, is_absent: bool, said: &mut Said) -> bool {
    let text = words.join(" ");
    let mut spans: Vec<(u32, u32)> = Vec::new();
    let mut is_to = false;
    for word in text.replace(['-', '–', '—'], " - ").split_whitespace() {
        if is(TO, word) {
            is_to = true;
            continue;
        }
        let digits = word.trim_matches(['#', '.', ')', '(']);
        let Some(number) = digits.parse().ok().filter(|number| *number <= HIGHEST) else {
            return false;
        };
        match (is_to, spans.last_mut()) {
            (true, Some(last)) => last.1 = number,
            _ => spans.push((number, number)),
        }
        is_to = false;
    }
    for (from, to) in &spans {
        for number in *from..=*to {
            match people.numbered(number) {
                Some(at) => said.put(at, is_absent),
                None => {
                    said.doubt(Doubt::NoSuch(number));
                    break;
                }
            }
        }
    }
    !spans.is_empty()
}

/// `Bob <bob@plant.example>`, or the address alone.
fn address(piece: &str, people: &People) -> Option<usize> {
    let parts = piece.split(|c: char| c.is_whitespace() || matches!(c, '<' | '>' | '(' | ')'));
    let mut written = parts.filter(|part| part.contains('@'));
    written.find_map(|part| people.at(part.trim_start_matches("mailto:").trim_matches(['.', '"'])))
}

fn without_brackets(piece: &str) -> String {
    let mut depth = 0usize;
    let kept = piece.chars().filter(|c| {
        match c {
            '(' | '[' | '<' => depth += 1,
            ')' | ']' | '>' => {
                depth = depth.saturating_sub(1);
                return false;
            }
            _ => {}
        }
        depth == 0
    });
    kept.collect()
}

/// Somebody whom nobody invited.
struct Guest {
    /// As written.
    name: String,
    words: Vec<String>,
    is_marked: bool,
    is_absent: bool,
}

fn guest(piece: &str) -> Guest {
    let has = |list: &str| {
        let parts = piece.split(|c: char| c.is_whitespace() || matches!(c, '(' | ')' | ':'));
        parts.map(plain).any(|word| is(list, &word))
    };
    let is_said = |word: &&str| {
        let folded = plain(word);
        folded.is_empty()
            || is(GUEST, &folded)
            || is(AROUND, &folded)
                && !is(PARTICLES, &folded)
                && !word.starts_with(char::is_uppercase)
    };
    let shown = without_brackets(piece);
    let words: Vec<String> = shown
        .split_whitespace()
        .filter(|word| !is_said(word))
        .map(|word| word.trim_matches([':', '.', '*', '"', '!']).to_owned())
        .collect();
    Guest {
        name: words.join(" "),
        is_marked: has(
            "guest|guests|gast|visitor|besucher|besucherin|gaste|gaeste|extern|external",
        ) || piece.contains('@') && words.len() == 1,
        is_absent: has(ABSENT),
        words,
    }
}

/// Whether words look like somebody's name: each begins with a capital.
fn is_name(words: &[String]) -> bool {
    let fits = |word: &String| {
        let is_letters = word
            .chars()
            .all(|c| c.is_alphabetic() || matches!(c, '\'' | '’' | '-' | '.'));
        is_letters && (word.starts_with(char::is_uppercase) || is(PARTICLES, &plain(word)))
    };
    !words.is_empty() && words.iter().all(fits)
}
