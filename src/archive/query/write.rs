//! From terms to the languages of the two databases. Words are quoted in both,
//! although folding leaves nothing in them that would need it.

use super::{Field, Term};

pub(super) fn fts5(terms: &[Term]) -> Option<String> {
    let (unwanted, wanted): (Vec<&Term>, Vec<&Term>) = terms.iter().partition(|t| t.negated);
    let wanted = join(&wanted, " AND ", fts5_term)?;
    Some(match join(&unwanted, " OR ", fts5_term) {
        Some(unwanted) => format!("({wanted}) NOT ({unwanted})"),
        None => wanted,
    })
}

pub(super) fn tsquery(terms: &[Term]) -> Option<String> {
    let (unwanted, wanted): (Vec<&Term>, Vec<&Term>) = terms.iter().partition(|t| t.negated);
    let wanted = join(&wanted, " & ", tsquery_term)?;
    Some(match join(&unwanted, " | ", tsquery_term) {
        Some(unwanted) => format!("{wanted} & !({unwanted})"),
        None => wanted,
    })
}

fn join(terms: &[&Term], operator: &str, write: fn(&Term) -> String) -> Option<String> {
    let written: Vec<String> = terms.iter().map(|term| write(term)).collect();
    (!written.is_empty()).then(|| written.join(operator))
}

fn fts5_term(term: &Term) -> String {
    let column = match term.field {
        Some(Field::Subject) => "subject : ",
        Some(Field::Author) => "author : ",
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
        None => "",
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
