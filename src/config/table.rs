//! A TOML table from which a reader takes the keys that it knows.
//!
//! Each question notes what is wrong with the answer; [`Table::finish`] notes
//! the keys that nobody asked for. So the reader's code is the list of keys.

mod wording;

use super::problem::{Wrong, wrong};
use super::source::Source;
use std::cell::RefCell;
use std::ops::{Range, RangeInclusive};
use toml::Spanned;
use toml::de::{DeString, DeTable, DeValue};
use wording::{dotted, named, unknown_key, wrong_type};

/// No list of a charter is longer; each of its items costs time to judge.
const MOST_ITEMS: usize = 1000;

/// A table, and the keys that were asked for.
pub(super) struct Table<'s, 't> {
    source: &'s Source<'t>,
    /// Nothing where the section is absent.
    map: Option<&'s DeTable<'t>>,
    place: Range<usize>,
    path: &'static str,
    asked: RefCell<Vec<&'static str>>,
}

impl<'s, 't> Table<'s, 't> {
    /// The whole file.
    pub(super) fn root(source: &'s Source<'t>, map: &'s DeTable<'t>) -> Self {
        Self::new(source, Some(map), 0..0, "")
    }

    fn new(
        source: &'s Source<'t>,
        map: Option<&'s DeTable<'t>>,
        place: Range<usize>,
        path: &'static str,
    ) -> Self {
        Self {
            source,
            map,
            place,
            path,
            asked: RefCell::default(),
        }
    }

    /// A text as `parse` reads it; `None` where it is absent or wrong.
    pub(super) fn text<T>(
        &self,
        key: &'static str,
        parse: impl FnOnce(&str) -> Result<T, Wrong>,
    ) -> Option<T> {
        let value = self.get(key)?;
        let text = self.as_text(key, value)?;
        parse(&text)
            .map_err(|w| self.note(value.span(), named(self.path, key, w)))
            .ok()
    }

    /// Like [`Table::text`], with a default.
    pub(super) fn text_or<T>(
        &self,
        key: &'static str,
        default: T,
        parse: impl FnOnce(&str) -> Result<T, Wrong>,
    ) -> T {
        self.text(key, parse).unwrap_or(default)
    }

    /// Like [`Table::text`], where the key must be there; `example` is a value
    /// as it would stand in the file.
    pub(super) fn needed<T>(
        &self,
        key: &'static str,
        example: &str,
        parse: impl FnOnce(&str) -> Result<T, Wrong>,
    ) -> Option<T> {
        self.require(key, example);
        self.text(key, parse)
    }

    /// A list of texts, each as `parse` reads it.
    pub(super) fn texts<T>(
        &self,
        key: &'static str,
        parse: impl Fn(&str) -> Result<T, Wrong>,
    ) -> Vec<T> {
        let Some(value) = self.get(key) else {
            return Vec::new();
        };
        let Some(items) = value.get_ref().as_array() else {
            self.mistyped(key, value, "a list", "[\"…\", \"…\"]");
            return Vec::new();
        };
        let mut read = Vec::new();
        self.judge_length(key, items.len());
        for item in items.iter().take(MOST_ITEMS) {
            let text = text_of(item).ok_or_else(|| {
                wrong(
                    "the list holds something that is no text",
                    "put it in double quotes",
                )
            });
            match text.and_then(|text| parse(&text)) {
                Ok(value) => read.push(value),
                Err(w) => self.note(item.span(), named(self.path, key, w)),
            }
        }
        read
    }

    /// `true` or `false`.
    pub(super) fn flag_or(&self, key: &'static str, default: bool) -> bool {
        let Some(value) = self.get(key) else {
            return default;
        };
        value.get_ref().as_bool().unwrap_or_else(|| {
            self.mistyped(key, value, "true or false", "true");
            default
        })
    }

    /// A whole number within `range`.
    pub(super) fn number_or(
        &self,
        key: &'static str,
        default: u32,
        range: RangeInclusive<u32>,
    ) -> u32 {
        let Some(value) = self.get(key) else {
            return default;
        };
        let Some(number) = value.get_ref().as_integer() else {
            self.mistyped(key, value, "a whole number", &default.to_string());
            return default;
        };
        let number = i64::from_str_radix(number.as_str(), number.radix()).ok();
        let number = number
            .and_then(|n| u32::try_from(n).ok())
            .filter(|n| range.contains(n));
        number.unwrap_or_else(|| {
            let what = format!("`{}` is out of range", dotted(self.path, key));
            let instead = format!("write a number from {} to {}", range.start(), range.end());
            self.note(value.span(), wrong(what, instead));
            default
        })
    }

    /// A text, or a whole number as text, as `parse` reads it.
    pub(super) fn text_or_number<T>(
        &self,
        key: &'static str,
        default: T,
        parse: impl FnOnce(&str) -> Result<T, Wrong>,
    ) -> T {
        match self.find(key).map(|(_, value)| value.get_ref()) {
            Some(DeValue::Integer(number)) if number.radix() == 10 => {
                self.asked.borrow_mut().push(key);
                let place = self.place_of(key);
                let noted = |w| self.note(place, named(self.path, key, w));
                parse(number.as_str()).map_err(noted).unwrap_or(default)
            }
            _ => self.text_or(key, default, parse),
        }
    }

    /// `[key]`; absent or not a section, it reads as an empty one.
    pub(super) fn table(&self, key: &'static str) -> Table<'s, 't> {
        let value = self.get(key);
        let map = value.and_then(|value| value.get_ref().as_table());
        if let (Some(value), None) = (value, map) {
            self.mistyped(key, value, "a section", &format!("[{key}]"));
        }
        Table::new(self.source, map, self.place_of(key), key)
    }

    /// Every `[[key]]`.
    pub(super) fn tables(&self, key: &'static str) -> Vec<Table<'s, 't>> {
        let Some(value) = self.get(key) else {
            return Vec::new();
        };
        let Some(items) = value.get_ref().as_array() else {
            self.mistyped(key, value, "a repeated section", &format!("[[{key}]]"));
            return Vec::new();
        };
        let mut tables = Vec::new();
        self.judge_length(key, items.len());
        for item in items.iter().take(MOST_ITEMS) {
            match item.get_ref().as_table() {
                Some(map) => tables.push(Table::new(self.source, Some(map), item.span(), key)),
                None => self.mistyped(key, item, "a repeated section", &format!("[[{key}]]")),
            }
        }
        tables
    }

    /// Notes a missing key.
    pub(super) fn require(&self, key: &'static str, example: &str) {
        if !self.has(key) {
            self.missing(
                &format!("`{}`", dotted(self.path, key)),
                &format!("write {key} = {example}"),
            );
        }
    }

    /// Notes that something is missing from the table.
    pub(super) fn missing(&self, what: &str, instead: &str) {
        self.note(
            self.place.clone(),
            wrong(format!("{what} is missing"), instead),
        );
    }

    /// Whether the key is there.
    pub(super) fn has(&self, key: &str) -> bool {
        self.find(key).is_some()
    }

    /// Whether the section is there at all.
    pub(super) fn is_there(&self) -> bool {
        self.map.is_some()
    }

    /// The text of a key as it stands, whatever it is worth.
    pub(super) fn raw(&self, key: &str) -> Option<&'s str> {
        self.find(key)?.1.get_ref().as_str()
    }

    /// Notes what is wrong with the value of a key, apart from its own form.
    pub(super) fn complain(&self, key: &'static str, what: Wrong) {
        self.note(self.place_of(key), named(self.path, key, what));
    }

    /// Takes a section that this version cannot do yet.
    pub(super) fn unsupported(&self, key: &'static str, shown: &str, instead: &str) {
        if self.get(key).is_some() {
            let what = format!("{shown} is not supported by this version yet");
            self.note(self.place_of(key), wrong(what, instead));
        }
    }

    /// Notes every key that nobody asked for.
    pub(super) fn finish(self) {
        let asked = self.asked.borrow();
        for key in self.map.into_iter().flat_map(|map| map.keys()) {
            if !asked.contains(&key.get_ref().as_ref()) {
                self.note(key.span(), unknown_key(self.path, key.get_ref(), &asked));
            }
        }
    }

    fn judge_length(&self, key: &'static str, length: usize) {
        if length > MOST_ITEMS {
            let what = format!("there are {length} of these");
            self.complain(key, wrong(what, format!("keep at most {MOST_ITEMS}")));
        }
    }

    fn get(&self, key: &'static str) -> Option<&'s Spanned<DeValue<'t>>> {
        self.asked.borrow_mut().push(key);
        self.find(key).map(|(_, value)| value)
    }

    fn find(&self, key: &str) -> Option<(&'s Spanned<DeString<'t>>, &'s Spanned<DeValue<'t>>)> {
        self.map?.get_key_value(key)
    }

    fn as_text(&self, key: &str, value: &Spanned<DeValue<'t>>) -> Option<String> {
        let text = text_of(value);
        if text.is_none() {
            self.mistyped(key, value, "a text", "\"…\"");
        }
        text
    }

    fn mistyped(&self, key: &str, value: &Spanned<DeValue<'t>>, wanted: &str, example: &str) {
        let found = value.get_ref().type_str();
        self.note(
            value.span(),
            wrong_type(self.path, key, found, wanted, example),
        );
    }

    /// Where the value of a key stands; for a section, its name.
    fn place_of(&self, key: &str) -> Range<usize> {
        match self.find(key) {
            Some((name, value)) => match value.get_ref() {
                DeValue::Table(_) | DeValue::Array(_) => name.span(),
                _ => value.span(),
            },
            None => self.place.clone(),
        }
    }

    fn note(&self, place: Range<usize>, wrong: Wrong) {
        self.source.note(place, wrong);
    }
}

/// A text; dates may stand without quotes, as TOML has them.
fn text_of(value: &Spanned<DeValue<'_>>) -> Option<String> {
    match value.get_ref() {
        DeValue::String(text) => Some(text.to_string()),
        DeValue::Datetime(date) => Some(date.to_string()),
        _ => None,
    }
}
