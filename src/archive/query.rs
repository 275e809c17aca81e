//! What somebody types into the search box, understood once and written for both
//! databases.
//!
//! Words are all wanted, those with `OR` between them each will do; `"a phrase"` stays
//! together; `pump*` is a beginning; `-word` is not wanted; `from:` and `subject:` look in
//! one field; `has:` asks for what is attached, `thread:` for one thread, `is:learning` for
//! what learnings are made of; `after:` and `before:` take a date. Whatever cannot be read as
//! one of these is an ordinary word: there is no wrong query. What the databases get
//! consists of folded words (see [`super::fold`]) and our own operators, never of the input
//! itself.

mod parse;
mod write;

use chrono::NaiveDate;

use crate::store::search::{Asked, Phrases};

/// A query has no effect beyond this many characters.
pub const MAX_CHARS: usize = 500;
/// A query has no effect beyond this many terms.
pub const MAX_TERMS: usize = 20;

/// A search, as it was understood.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Query {
    /// What must occur, in the order it was typed: of each one term at least. With
    /// `unwanted` at most [`MAX_TERMS`] terms.
    pub wanted: Vec<Vec<Term>>,
    /// What must not occur.
    pub unwanted: Vec<Term>,
    /// Only posts sent on this day or later (UTC).
    pub after: Option<NaiveDate>,
    /// Only posts sent before this day (UTC).
    pub before: Option<NaiveDate>,
    /// Only posts of the thread of this one, named by its Message-ID or a link.
    pub thread: Option<String>,
    /// Only posts that a learning is made of.
    pub learning: bool,
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
}

/// A part of a post that can be searched by itself.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Field {
    /// `subject:`
    Subject,
    /// `from:`, the author as the index has it.
    Author,
    /// `has:`, the one word that says so.
    Kind,
}

impl Query {
    /// Understands any input.
    pub fn parse(input: &str) -> Query {
        parse::parse(input)
    }

    /// Whether nothing is asked for.
    pub fn is_empty(&self) -> bool {
        *self == Query::default()
    }

    /// In the words of both databases, for posts with any of these words (see
    /// [`crate::store::search::scope`]); `scope` is the one that FTS5 knows.
    pub fn to_asked(&self, scope: &str, scopes: &[String]) -> Asked {
        Asked {
            fts5: write::fts5(self, scope),
            tsquery: write::tsquery(self, scopes),
            phrases: self.has_phrase().then(|| Phrases {
                loose: write::loose_tsquery(self, scopes),
                pairs: write::pairs(self),
            }),
        }
    }

    /// Whether words must, or must not, stand together.
    pub fn has_phrase(&self) -> bool {
        let mut terms = self.wanted.iter().flatten().chain(&self.unwanted);
        terms.any(|term| term.words.len() > 1)
    }

    /// Those of what it finds that have all its words in the subject. `None` where it asks
    /// for words of no field nowhere.
    pub fn in_subject(&self) -> Option<Query> {
        let mut narrowed = self.clone();
        let terms = narrowed.wanted.iter_mut().flatten();
        let free: Vec<&mut Term> = terms.filter(|term| term.field.is_none()).collect();
        let has_free = !free.is_empty();
        for term in free {
            term.field = Some(Field::Subject);
        }
        has_free.then_some(narrowed)
    }
}

#[cfg(test)]
mod tests;
