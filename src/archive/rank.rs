//! Which of the posts that match comes first. It is computed here, from the words that
//! either database keeps, so that both give the same order.
//!
//! A post's relevance is a sum over the terms of the query and the fields of the post: how
//! often the term stands there, of which the first time counts half and each further one
//! less, times the field's weight. Relevance is doubled for what was written just now; that
//! bonus halves with each year. So the newer of two posts that say the same comes first, and
//! a post that has the words in its subject stays before a newer one that only mentions them.

use std::cmp::Ordering;

use super::document::LAST_PLACE;
use super::query::{Field, Query, Term};
use crate::store::Millis;
use crate::store::search::{Indexed, Match, post_of, sent_at};
use crate::store::tsvector::{TsVector, Weight};

/// Subject, author, text, what is attached.
const WEIGHTS: [f64; 4] = [4.0, 2.0, 1.0, 0.5];

/// The bonus of what is new halves in this time, ms.
const HALF_LIFE: f64 = 365.0 * 86_400_000.0;

/// The posts by their worth, best first; of equals the newest.
pub fn rank(found: &[Match], query: &Query, now: Millis) -> Vec<i64> {
    let terms: Vec<&Term> = query.wanted.iter().flatten().collect();
    let terms: Vec<&Term> = terms
        .into_iter()
        .filter(|term| term.field != Some(Field::Kind))
        .collect();
    let worth = |one: &Match| {
        (
            relevance(&one.words, &terms) * recency(one.key, now),
            one.key,
        )
    };
    let mut worths: Vec<(f64, i64)> = found.iter().map(worth).collect();
    worths.sort_by(|a, b| order(*a, *b));
    worths.into_iter().map(|(_, key)| post_of(key)).collect()
}

fn order(a: (f64, i64), b: (f64, i64)) -> Ordering {
    b.0.total_cmp(&a.0).then(b.1.cmp(&a.1))
}

fn recency(post: i64, now: Millis) -> f64 {
    let age = (now - sent_at(post)).max(0) as f64;
    1.0 + (-age / HALF_LIFE).exp2()
}

/// 1 where no word was asked for.
fn relevance(words: &Indexed, terms: &[&Term]) -> f64 {
    if terms.is_empty() {
        return 1.0;
    }
    let places = Places::of(words, terms);
    let mut sum = 0.0;
    for (at, term) in terms.iter().enumerate() {
        for (count, weight) in places.counts(at, term).iter().zip(WEIGHTS) {
            let count = f64::from(*count);
            sum += weight * count / (count + 1.0);
        }
    }
    sum
}

/// Where the words of the terms stand in a post: for each term, for each of its words, the
/// places with their fields.
struct Places(Vec<Vec<Vec<(u32, usize)>>>);

impl Places {
    fn of(words: &Indexed, terms: &[&Term]) -> Places {
        let mut places = Places(
            terms
                .iter()
                .map(|term| vec![Vec::new(); term.words.len()])
                .collect(),
        );
        match words {
            Indexed::Columns(columns) => places.read_columns(columns, terms),
            Indexed::Vector(vector) => places.read_vector(vector, terms),
        }
        places
    }

    fn read_columns(&mut self, columns: &[String; 4], terms: &[&Term]) {
        let mut place = 0;
        for (field, column) in columns.iter().enumerate() {
            // No phrase reaches from one field into the next.
            place += 1;
            for word in column.split(' ') {
                place += 1;
                self.add(word, terms, || [(place, field)].into_iter());
            }
        }
    }

    fn read_vector(&mut self, vector: &TsVector, terms: &[&Term]) {
        for (word, places) in vector.words() {
            self.add(word, terms, || places.clone().filter_map(place));
        }
    }

    fn add<I: Iterator<Item = (u32, usize)>>(
        &mut self,
        word: &str,
        terms: &[&Term],
        places: impl Fn() -> I,
    ) {
        for (term, found) in terms.iter().zip(&mut self.0) {
            let last = term.words.len() - 1;
            for (at, wanted) in term.words.iter().enumerate() {
                let is_prefix = term.prefix && at == last && word.starts_with(wanted.as_str());
                if is_prefix || word == wanted {
                    found[at].extend(places());
                }
            }
        }
    }

    /// How often the term stands in each field.
    fn counts(&self, at: usize, term: &Term) -> [u32; 4] {
        let mut counts = [0; 4];
        let Some((first, rest)) = self.0[at].split_first() else {
            return counts;
        };
        let only = match term.field {
            Some(Field::Subject) => Some(0),
            Some(Field::Author) => Some(1),
            Some(Field::Kind) | None => None,
        };
        let stands = |place: &(u32, usize)| {
            let next = |(n, places): (usize, &Vec<(u32, usize)>)| {
                places.contains(&(place.0 + n as u32 + 1, place.1))
            };
            rest.iter().enumerate().all(next)
        };
        let here = first
            .iter()
            .filter(|place| only.is_none_or(|only| only == place.1));
        for (_, field) in here.filter(|place| stands(place)) {
            counts[*field] += 1;
        }
        counts
    }
}

/// A place with its field. Nothing behind the last place counts.
fn place((place, weight): (u16, Weight)) -> Option<(u32, usize)> {
    let field = match weight {
        Weight::A => 0,
        Weight::B => 1,
        Weight::C => 2,
        Weight::D => 3,
    };
    (place <= LAST_PLACE).then_some((place.into(), field))
}
