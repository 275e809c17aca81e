//! What somebody types into the search box, understood once and written for both
//! databases.
//!
//! Words are all wanted; `"a phrase"` stays together; `pump*` is a beginning;
//! `-word` is not wanted; `from:` and `subject:` look in one field; `after:` and
//! `before:` take a date. Whatever cannot be read as one of these is an ordinary
//! word: there is no wrong query. What the databases get consists of folded words
//! (see [`super::fold`]) and our own operators, never of the input itself.

mod parse;
mod write;

use chrono::NaiveDate;

/// A query has no effect beyond this many characters.
pub const MAX_CHARS: usize = 500;
/// A query has no effect beyond this many terms.
pub const MAX_TERMS: usize = 20;

/// How `post_search.document` is built in PostgreSQL, so that [`Query::to_tsquery`]
/// finds fields by weight: `$1` is the folded subject, `$2` the author, `$3` the text.
pub const TSVECTOR: &str = "setweight(to_tsvector('simple', $1), 'A') \
    || setweight(to_tsvector('simple', $2), 'B') || setweight(to_tsvector('simple', $3), 'C')";

/// A search, as it was understood.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Query {
    /// The terms in the order they were typed, at most [`MAX_TERMS`].
    pub terms: Vec<Term>,
    /// Only posts sent on this day or later (UTC).
    pub after: Option<NaiveDate>,
    /// Only posts sent before this day (UTC).
    pub before: Option<NaiveDate>,
}

/// Words that stand together.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Term {
    /// Folded words, never empty.
    pub words: Vec<String>,
    /// Where they must stand; `None` is anywhere.
    pub field: Option<Field>,
    /// Whether the last word is only the beginning of one.
    pub prefix: bool,
    /// Whether the term must not occur.
    pub negated: bool,
}

/// A part of a post that can be searched by itself.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Field {
    /// `subject:`
    Subject,
    /// `from:`, the author as the index has it.
    Author,
}

impl Query {
    /// Understands any input.
    pub fn parse(input: &str) -> Query {
        parse::parse(input)
    }

    /// Whether nothing is asked for: no term that must occur, and no date.
    pub fn is_empty(&self) -> bool {
        self.after.is_none() && self.before.is_none() && self.terms.iter().all(|t| t.negated)
    }

    /// The operand of `post_search MATCH`. `None` where no term must occur: then
    /// the dates alone decide, and terms that must not occur have no effect.
    pub fn to_fts5(&self) -> Option<String> {
        write::fts5(&self.terms)
    }

    /// The text for `to_tsquery('simple', $1)`, on a document built by
    /// [`TSVECTOR`]. `None` as with [`Query::to_fts5`].
    pub fn to_tsquery(&self) -> Option<String> {
        write::tsquery(&self.terms)
    }
}

#[cfg(test)]
mod tests;
