//! Whom a name means.

use std::borrow::Cow;
use std::collections::HashMap;
use std::hash::Hash;

use super::Asked;
use super::fold::{forms, plain};
use crate::message::address;

/// The most words of a name that are looked at.
const MOST_WORDS: usize = 8;

/// Of those whom a name could mean so many are named.
const MOST_SHOWN: usize = 20;

/// How people speak of themselves.
const ME: [&str; 8] = ["me", "i", "myself", "ich", "mich", "mir", "selbst", "ik"];

/// What stands in front of names and is no part of them.
const TITLES: [&str; 10] = [
    "dr", "prof", "mr", "mrs", "ms", "herr", "frau", "hr", "fr", "ing",
];

/// Those who may have come, by all that they may be called.
pub(super) struct People {
    by: Option<usize>,
    numbers: HashMap<u32, usize>,
    addresses: HashMap<String, usize>,
    full: HashMap<String, Vec<usize>>,
    /// What stands before the @ of their addresses.
    locals: HashMap<String, Vec<usize>>,
    words: HashMap<String, Vec<usize>>,
    initials: HashMap<char, Vec<usize>>,
}

/// Whom a name means.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Found {
    One(usize),
    /// It could be any of these.
    Several(Vec<usize>),
    Nobody,
}

impl People {
    pub(super) fn new(asked: &Asked<'_>) -> People {
        let mut people = People {
            by: asked.by,
            numbers: HashMap::new(),
            addresses: HashMap::new(),
            full: HashMap::new(),
            locals: HashMap::new(),
            words: HashMap::new(),
            initials: HashMap::new(),
        };
        for (at, one) in asked.roster.iter().enumerate() {
            people.numbers.extend(one.number.map(|number| (number, at)));
            people.addresses.insert(one.address.clone(), at);
            let local = one.address.split('@').next().unwrap_or_default();
            match words(&one.name) {
                named if named.is_empty() => people.add(at, &parts(local)),
                named => {
                    people.add(at, &named);
                    put(&mut people.locals, plain(local), at);
                }
            }
        }
        people
    }

    fn add(&mut self, at: usize, name: &[&str]) {
        for german in [0, 1] {
            let all: Vec<String> = name
                .iter()
                .map(|word| forms(word)[german].clone())
                .collect();
            put(&mut self.full, all.join(" "), at);
        }
        for word in name {
            let parts = word.split('-').filter(|part| part.len() < word.len());
            for part in parts.chain([*word]) {
                forms(part)
                    .into_iter()
                    .for_each(|form| put(&mut self.words, form, at));
            }
            if let Some(initial) = plain(word).chars().next() {
                put(&mut self.initials, initial, at);
            }
        }
    }

    /// Whoever has that number in the mail.
    pub(super) fn numbered(&self, number: u32) -> Option<usize> {
        self.numbers.get(&number).copied()
    }

    /// Whoever has that address.
    pub(super) fn at(&self, text: &str) -> Option<usize> {
        self.addresses.get(&address::normalise(text)?).copied()
    }

    /// Whom these words mean together, as one name.
    pub(super) fn find(&self, said: &[&str]) -> Found {
        let said: Vec<&str> = said
            .iter()
            .copied()
            .filter(|word| !is_title(word))
            .collect();
        if said.is_empty() || said.len() > MOST_WORDS {
            return Found::Nobody;
        }
        if let [one] = said.as_slice()
            && ME.contains(&plain(one).as_str())
        {
            return self.by.map_or(Found::Nobody, Found::One);
        }
        let full = [0, 1].iter().flat_map(|german| {
            let all: Vec<String> = said
                .iter()
                .map(|word| forms(word)[*german].clone())
                .collect();
            self.full.get(&all.join(" ")).cloned().unwrap_or_default()
        });
        match (found(full.collect()), said.as_slice()) {
            (Found::Nobody, [one]) => match found(self.by_words(&said)) {
                Found::Nobody => found(self.locals.get(&plain(one)).cloned().unwrap_or_default()),
                found => found,
            },
            (Found::Nobody, _) => found(self.by_words(&said)),
            (found, _) => found,
        }
    }

    /// The one person whom a whole line means.
    pub(super) fn only(&self, line: &str) -> Option<usize> {
        let words: Vec<&str> = line.split_whitespace().take(MOST_WORDS + 1).collect();
        match self.find(&words) {
            Found::One(at) => Some(at),
            _ => None,
        }
    }

    /// Those who have each of the words in their name; `B.` stands for any that begins so.
    fn by_words(&self, said: &[&str]) -> Vec<usize> {
        let is_word = |word: &&str| plain(word).chars().count() > 1;
        if !said.iter().any(is_word) {
            return Vec::new();
        }
        let mut having = said.iter().map(|word| self.having(word));
        let first = having.next().map(Cow::into_owned).unwrap_or_default();
        having.fold(first, |mut all, having| {
            all.retain(|at| having.binary_search(at).is_ok());
            all
        })
    }

    /// Those who have that word in their name, in order.
    fn having(&self, word: &str) -> Cow<'_, [usize]> {
        let mut letters = plain(word).chars().collect::<Vec<_>>().into_iter();
        let of = |form: &str| self.words.get(form).map_or(&[][..], Vec::as_slice);
        match (letters.next(), letters.next(), forms(word)) {
            (Some(initial), None, _) => {
                let all = self.initials.get(&initial);
                Cow::Borrowed(all.map_or(&[][..], Vec::as_slice))
            }
            (_, _, [one, other]) if one == other => Cow::Borrowed(of(&one)),
            (_, _, [one, other]) => {
                let mut all = [of(&one), of(&other)].concat();
                all.sort_unstable();
                Cow::Owned(all)
            }
        }
    }
}

fn found(mut all: Vec<usize>) -> Found {
    all.sort_unstable();
    all.dedup();
    match *all.as_slice() {
        [] => Found::Nobody,
        [one] => Found::One(one),
        _ => {
            all.truncate(MOST_SHOWN);
            Found::Several(all)
        }
    }
}

fn is_title(word: &str) -> bool {
    TITLES.contains(&plain(word).as_str())
}

fn words(name: &str) -> Vec<&str> {
    let parted = name.split(|c: char| c.is_whitespace() || c == ',');
    let said = parted.filter(|word| word.chars().any(char::is_alphanumeric));
    said.filter(|word| !is_title(word))
        .take(MOST_WORDS)
        .collect()
}

/// The words of an address: `bob.meier2`.
fn parts(local: &str) -> Vec<&str> {
    let parted = local.split(|c: char| !c.is_alphabetic());
    parted
        .filter(|word| !word.is_empty())
        .take(MOST_WORDS)
        .collect()
}

fn put<K: Eq + Hash>(index: &mut HashMap<K, Vec<usize>>, key: K, at: usize) {
    let known = index.entry(key).or_default();
    if known.last() != Some(&at) {
        known.push(at);
    }
}
