//! From characters to terms.

use chrono::NaiveDate;

use super::super::fold::fold_query;
use super::{Field, MAX_CHARS, MAX_TERMS, Query, Term};

pub(super) fn parse(input: &str) -> Query {
    let mut query = Query::default();
    let input: String = input.chars().take(MAX_CHARS).collect();
    let mut rest = input.as_str();
    while query.terms.len() < MAX_TERMS {
        rest = rest.trim_start();
        if rest.is_empty() {
            break;
        }
        let (piece, behind) = split_piece(rest);
        rest = behind;
        understand(piece, &mut query);
    }
    query
}

/// Cuts off what reaches to the next space outside quotation marks. A mark that
/// is never closed reaches to the end.
fn split_piece(text: &str) -> (&str, &str) {
    let mut quoted = false;
    for (at, c) in text.char_indices() {
        if is_quote(c) {
            quoted = !quoted;
        } else if c.is_whitespace() && !quoted {
            return text.split_at(at);
        }
    }
    (text, "")
}

fn understand(piece: &str, query: &mut Query) {
    let (negated, piece) = match piece.strip_prefix('-') {
        Some(wanted) => (true, wanted),
        None => (false, piece),
    };
    match piece.split_once(':') {
        Some(("after", day)) if !negated && date(day).is_some() => query.after = date(day),
        Some(("before", day)) if !negated && date(day).is_some() => query.before = date(day),
        Some(("from", words)) => query
            .terms
            .extend(term(words, Some(Field::Author), negated)),
        Some(("subject", words)) => query
            .terms
            .extend(term(words, Some(Field::Subject), negated)),
        _ => query.terms.extend(term(piece, None, negated)),
    }
}

fn term(text: &str, field: Option<Field>, negated: bool) -> Option<Term> {
    let folded = fold_query(text);
    if folded.words.is_empty() {
        return None;
    }
    let prefix = folded.open_end || text.ends_with('*');
    Some(Term {
        words: folded.words,
        field,
        prefix,
        negated,
    })
}

fn date(text: &str) -> Option<NaiveDate> {
    NaiveDate::parse_from_str(text, "%Y-%m-%d")
        .ok()
        .filter(|_| text.len() == 10)
}

/// Straight and typographic ones: phones write the latter by themselves.
fn is_quote(c: char) -> bool {
    matches!(c, '"' | '“' | '”' | '„' | '«' | '»')
}
