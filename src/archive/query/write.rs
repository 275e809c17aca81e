//! From terms to the languages of the two databases. Words are quoted in both,
//! although folding leaves nothing in them that would need it.

use super::{Field, Query, Term};
use crate::archive::document::{IN_AUTHOR, IN_SUBJECT};
use crate::store::search::Pair;

/// Pairs that are asked for at most: each is three more looks at a post.
const MOST_PAIRS: usize = 8;

pub(super) fn fts5(query: &Query, scope: &str) -> String {
    let mut wanted = vec![format!("scope : \"{scope}\"")];
    wanted.extend(clauses(query, " OR ", fts5_term));
    let wanted = wanted.join(" AND ");
    match joined(&query.unwanted, " OR ", fts5_term) {
        Some(unwanted) => format!("({wanted}) NOT ({unwanted})"),
        None => wanted,
    }
}

/// What [`tsquery`] finds and more: words may stand apart.
pub(super) fn loose_tsquery(query: &Query, scopes: &[String]) -> String {
    let mut loose = query.clone();
    loose.unwanted.retain(|term| term.words.len() == 1);
    written_tsquery(&loose, scopes, loose_term)
}

/// Pairs of words that stand side by side in whatever [`tsquery`] finds.
pub(super) fn pairs(query: &Query) -> Vec<Pair> {
    let alone = query.wanted.iter().filter(|clause| clause.len() == 1);
    let mut pairs = Vec::new();
    for term in alone.flatten() {
        let whole = term.words.len() - usize::from(term.prefix);
        let words = term.words.get(..whole).unwrap_or_default();
        pairs.extend(words.windows(2).map(|two| Pair::of(&two[0], &two[1])));
    }
    pairs.truncate(MOST_PAIRS);
    pairs
}

pub(super) fn tsquery(query: &Query, scopes: &[String]) -> String {
    written_tsquery(query, scopes, tsquery_term)
}

fn written_tsquery(query: &Query, scopes: &[String], term: fn(&Term) -> String) -> String {
    let quoted: Vec<String> = scopes.iter().map(|scope| format!("'{scope}'")).collect();
    let mut wanted = vec![format!("({})", quoted.join(" | "))];
    wanted.extend(clauses(query, " | ", term));
    let unwanted = joined(&query.unwanted, " | ", term);
    wanted.extend(unwanted.map(|unwanted| format!("!({unwanted})")));
    wanted.join(" & ")
}

fn clauses(query: &Query, or: &str, write: fn(&Term) -> String) -> Vec<String> {
    let written = |clause: &Vec<Term>| match clause.as_slice() {
        [term] => Some(write(term)),
        terms => joined(terms, or, write).map(|joined| format!("({joined})")),
    };
    query.wanted.iter().filter_map(written).collect()
}

fn joined(terms: &[Term], operator: &str, write: fn(&Term) -> String) -> Option<String> {
    let written: Vec<String> = terms.iter().map(write).collect();
    (!written.is_empty()).then(|| written.join(operator))
}

fn fts5_term(term: &Term) -> String {
    let column = match term.field {
        Some(Field::Subject) => "subject : ",
        Some(Field::Author) => "author : ",
        Some(Field::Kind) => "scope : ",
        None => "",
    };
    let words = term.words.join(" ").replace('"', "\"\"");
    let star = if term.prefix { " *" } else { "" };
    format!("{column}\"{words}\"{star}")
}

/// Words of a field are words of their own, which the index knows by itself; whether they
/// stand together is looked up in the posts that have them all.
fn tsquery_term(term: &Term) -> String {
    let (mark, weight) = match term.field {
        Some(Field::Subject) => (IN_SUBJECT, "A"),
        Some(Field::Author) => (IN_AUTHOR, "B"),
        Some(Field::Kind) | None => return format!("({})", tsquery_words(term, "", "", " <-> ")),
    };
    let each = tsquery_words(term, mark, "", " & ");
    match term.words.len() {
        1 => format!("({each})"),
        _ => format!("({each} & ({}))", tsquery_words(term, "", weight, " <-> ")),
    }
}

fn loose_term(term: &Term) -> String {
    let mark = match term.field {
        Some(Field::Subject) => IN_SUBJECT,
        Some(Field::Author) => IN_AUTHOR,
        Some(Field::Kind) | None => "",
    };
    format!("({})", tsquery_words(term, mark, "", " & "))
}

fn tsquery_words(term: &Term, mark: &str, weight: &str, operator: &str) -> String {
    let last = term.words.len() - 1;
    let words = term.words.iter().enumerate().map(|(at, word)| {
        let star = if term.prefix && at == last { "*" } else { "" };
        let word = word.replace('\\', "\\\\").replace('\'', "''");
        let colon = match star.is_empty() && weight.is_empty() {
            true => "",
            false => ":",
        };
        format!("'{mark}{word}'{colon}{star}{weight}")
    });
    words.collect::<Vec<_>>().join(operator)
}
