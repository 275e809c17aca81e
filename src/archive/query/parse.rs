//! From characters to terms.

use chrono::NaiveDate;

use super::super::document::having;
use super::super::fold::{fold_query, is_unspaced};
use super::{Field, MAX_CHARS, MAX_TERMS, Query, Term};

pub(super) fn parse(input: &str) -> Query {
    let mut query = Query::default();
    // PostgreSQL takes no NUL, not even as a part of a name.
    let input: String = input.chars().take(MAX_CHARS).collect();
    let input = input.replace('\0', " ");
    let mut rest = input.as_str();
    let (mut count, mut is_or) = (0, false);
    while count < MAX_TERMS {
        rest = rest.trim_start();
        if rest.is_empty() {
            break;
        }
        let (piece, behind) = split_piece(rest);
        rest = behind;
        if piece == "OR" && !query.wanted.is_empty() && !rest.trim().is_empty() {
            is_or = true;
            continue;
        }
        count += usize::from(understand(piece, is_or, &mut query));
        is_or = false;
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

/// Whether it was a term.
fn understand(piece: &str, is_or: bool, query: &mut Query) -> bool {
    let (negated, piece) = match piece.strip_prefix('-') {
        Some(unwanted) => (true, unwanted),
        None => (false, piece),
    };
    if !negated && is_bound(piece, query) {
        return false;
    }
    let term = match piece.split_once(':') {
        Some(("from", words)) => term(words, Some(Field::Author)),
        Some(("subject", words)) => term(words, Some(Field::Subject)),
        Some(("has", what)) => kind(what).or_else(|| term(piece, None)),
        _ => term(piece, None),
    };
    let Some(term) = term else {
        return false;
    };
    match query.wanted.last_mut() {
        _ if negated => query.unwanted.push(term),
        Some(last) if is_or => last.push(term),
        _ => query.wanted.push(vec![term]),
    }
    true
}

/// Whether it says which posts are looked at, and not which words they have.
fn is_bound(piece: &str, query: &mut Query) -> bool {
    match piece.split_once(':') {
        Some(("after", day)) if date(day).is_some() => query.after = date(day),
        Some(("before", day)) if date(day).is_some() => query.before = date(day),
        Some(("thread", name)) if !name.is_empty() => query.thread = Some(name.to_owned()),
        Some(("is", "learning")) => query.learning = true,
        _ => return false,
    }
    true
}

fn term(text: &str, field: Option<Field>) -> Option<Term> {
    let folded = fold_query(text);
    let last = folded.words.last()?;
    // One letter begins half of all words, and is none that anybody looks for.
    let is_open = text.trim_end_matches(is_quote).ends_with('*');
    let is_letter = last.chars().count() == 1 && !last.chars().all(is_unspaced);
    Some(Term {
        prefix: folded.open_end || (is_open && !is_letter),
        words: folded.words,
        field,
    })
}

fn kind(what: &str) -> Option<Term> {
    // What people write for any of them.
    let what = match what {
        "attachments" | "file" | "files" => "attachment",
        "links" => "link",
        other => other,
    };
    Some(Term {
        words: vec![having(what)?],
        field: Some(Field::Kind),
        prefix: false,
    })
}

/// A day; or a month or a year, by its first.
fn date(text: &str) -> Option<NaiveDate> {
    let whole = match text.len() {
        4 => format!("{text}-01-01"),
        7 => format!("{text}-01"),
        10 => text.to_owned(),
        _ => return None,
    };
    NaiveDate::parse_from_str(&whole, "%Y-%m-%d").ok()
}

/// Straight and typographic ones: phones write the latter by themselves.
fn is_quote(c: char) -> bool {
    matches!(c, '"' | '“' | '”' | '„' | '«' | '»')
}
