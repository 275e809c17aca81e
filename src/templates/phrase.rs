//! Short texts that the program says within a mail: reasons, receipts, dates.
//!
//! They stand in `phrases.toml`, a flat table: `key = "text with {{value}}"`. A
//! phrase goes to a template as a value, so it is never markup.

use std::collections::{BTreeMap, BTreeSet};

use serde::{Deserialize, Serialize};
use toml::Spanned;

use super::Source;

/// What is to be said, before it is said in a language.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Phrase {
    /// Its key in `phrases.toml`.
    pub key: &'static str,
    /// What stands in its places, by name.
    pub values: Vec<(&'static str, String)>,
}

impl Phrase {
    /// A phrase without values so far.
    pub fn new(key: &'static str) -> Phrase {
        Phrase {
            key,
            values: Vec::new(),
        }
    }

    /// The phrase with one more value.
    pub fn with(mut self, name: &'static str, value: impl Into<String>) -> Phrase {
        self.values.push((name, value.into()));
        self
    }
}

/// The texts of one file, by key.
pub(super) type Phrases = BTreeMap<String, Text>;

/// A phrase's text in a language, taken apart.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Text(Vec<Piece>);

#[derive(Debug, Clone, PartialEq, Eq)]
enum Piece {
    Words(String),
    Place(String),
}

impl Text {
    /// The text with its values. A value that is not there shows as its name, so
    /// that what was meant can still be guessed.
    pub(super) fn say(&self, phrase: &Phrase) -> String {
        let value = |name: &str| phrase.values.iter().find(|(known, _)| *known == name);
        let piece = |piece: &Piece| match piece {
            Piece::Words(words) => words.clone(),
            Piece::Place(name) => value(name).map_or(name.clone(), |(_, value)| value.clone()),
        };
        self.0.iter().map(piece).collect()
    }

    /// The names of its places.
    pub(super) fn places(&self) -> BTreeSet<&str> {
        let pieces = self.0.iter();
        let names = pieces.filter_map(|piece| match piece {
            Piece::Place(name) => Some(name.as_str()),
            Piece::Words(_) => None,
        });
        names.collect()
    }

    fn parse(text: &str) -> Result<Text, String> {
        let mut pieces = Vec::new();
        let mut rest = text;
        while let Some((before, after)) = rest.split_once("{{") {
            let (name, behind) = after.split_once("}}").ok_or("{{ has no }} behind it")?;
            let name = name.trim();
            if name.is_empty() || !name.chars().all(|c| c.is_ascii_lowercase() || c == '_') {
                return Err(format!(
                    "{{{{{name}}}}} is no place; write a name as {{{{days}}}}"
                ));
            }
            pieces.push(Piece::Words(before.to_owned()));
            pieces.push(Piece::Place(name.to_owned()));
            rest = behind;
        }
        pieces.push(Piece::Words(rest.to_owned()));
        Ok(Text(pieces))
    }
}

#[derive(Deserialize)]
#[serde(transparent)]
struct File(BTreeMap<Spanned<String>, Spanned<String>>);

/// Reads a file of phrases. Each must be one that `english` has, with no place
/// that `english` has not; without `english`, every phrase is taken.
pub(super) fn read(source: &Source, english: Option<&Phrases>) -> Result<Phrases, Vec<String>> {
    let at = |offset: usize, what: &str| {
        let (line, column) = position(&source.text, offset);
        format!("{}:{line}:{column}: {what}", source.origin)
    };
    let File(all) = toml::from_str(&source.text).map_err(|error| {
        let offset = error.span().map_or(0, |span| span.start);
        vec![at(offset, error.message())]
    })?;
    let (mut phrases, mut errors) = (Phrases::new(), Vec::new());
    for (key, text) in all {
        let parsed = Text::parse(text.get_ref());
        match parsed.and_then(|text| fitting(key.get_ref(), text, english)) {
            Ok(text) => drop(phrases.insert(key.into_inner(), text)),
            Err(what) => errors.push(at(key.span().start, &what)),
        }
    }
    if errors.is_empty() {
        Ok(phrases)
    } else {
        Err(errors)
    }
}

fn fitting(key: &str, text: Text, english: Option<&Phrases>) -> Result<Text, String> {
    let Some(english) = english else {
        return Ok(text);
    };
    let Some(original) = english.get(key) else {
        return Err(format!(
            "no phrase is called {key}; take it out, or write a key of templates/en/phrases.toml"
        ));
    };
    let places = original.places();
    let unknown = text
        .places()
        .into_iter()
        .find(|name| !places.contains(name));
    match unknown.map(str::to_owned) {
        None => Ok(text),
        Some(name) if places.is_empty() => {
            Err(format!("{key} has no place {{{{{name}}}}}; it has none"))
        }
        Some(name) => Err(format!(
            "{key} has no place {{{{{name}}}}}; its places are: {}",
            places.into_iter().collect::<Vec<_>>().join(", ")
        )),
    }
}

/// Line and column of a byte, both from 1; the column counts characters.
fn position(text: &str, offset: usize) -> (usize, usize) {
    let before = text.get(..offset).unwrap_or_default();
    let line = before.matches('\n').count() + 1;
    let column = before.chars().rev().take_while(|c| *c != '\n').count() + 1;
    (line, column)
}

#[cfg(test)]
mod tests;
