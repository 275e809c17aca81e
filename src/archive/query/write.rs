//! From terms to the languages of the two databases. Words are quoted in both,
//! although folding leaves nothing in them that would need it.

use super::{Field, Query, Term};

pub(super) fn fts5(query: &Query, scope: &str) -> String {
    let mut wanted = vec![format!("scope : \"{scope}\"")];
    wanted.extend(clauses(query, " OR ", fts5_term));
    let wanted = wanted.join(" AND ");
    match joined(&query.unwanted, " OR ", fts5_term) {
        Some(unwanted) => format!("({wanted}) NOT ({unwanted})"),
        None => wanted,
    }
}

pub(super) fn tsquery(query: &Query, scopes: &[String]) -> String {
    let quoted: Vec<String> = scopes.iter().map(|scope| format!("'{scope}'")).collect();
    let mut wanted = vec![format!("({})", quoted.join(" | "))];
    wanted.extend(clauses(query, " | ", tsquery_term));
    let unwanted = joined(&query.unwanted, " | ", tsquery_term);
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

fn tsquery_term(term: &Term) -> String {
    let weight = match term.field {
        Some(Field::Subject) => "A",
        Some(Field::Author) => "B",
        Some(Field::Kind) | None => "",
    };
    let last = term.words.len() - 1;
    let words = term.words.iter().enumerate().map(|(at, word)| {
        let star = if term.prefix && at == last { "*" } else { "" };
        let word = word.replace('\\', "\\\\").replace('\'', "''");
        let marks = if star.is_empty() && weight.is_empty() {
            ""
        } else {
            ":"
        };
        format!("'{word}'{marks}{star}{weight}")
    });
    format!("({})", words.collect::<Vec<_>>().join(" <-> "))
}
