//! The plain text of a summary: a field a line, wrapped, and never longer than a person
//! reads. Where all would be too much, words go before figures. Pure.

use super::content::Content;
use super::fields::Say;
use crate::templates::Phrase;
use crate::templates::mails::{SummaryField, SummaryItem, SummaryRow};

/// The longest line, in characters.
pub const WIDTH: usize = 78;

/// The most lines of the body: what the template adds makes forty-five of them at most.
pub const MOST: usize = 38;

/// How much shorter a text may get.
const SHORTEST: u8 = 4;

/// What goes on from a line begins with these.
const INDENT: &str = "  ";

/// What a text is made of.
pub struct Body<'a> {
    /// Its first line.
    pub head: String,
    /// How things stand.
    pub state: String,
    /// What is asked for, and all else that is told.
    pub content: &'a Content,
    /// The fields.
    pub fields: &'a [SummaryField],
    /// Whether it is the sponsor who reads it, and may answer.
    pub is_sponsor: bool,
}

/// The lines of a body, as many as there may be.
pub fn fitted(body: &Body<'_>, say: Say<'_>) -> Vec<String> {
    let mut lines = Vec::new();
    for level in 0..=SHORTEST {
        lines = at_level(body, level, say);
        if lines.len() <= MOST {
            break;
        }
    }
    lines.truncate(MOST);
    lines
}

/// The lines, shorter the higher the level: words are cut first, then the titles of
/// learnings go, then earlier periods but of the first figure of a field.
fn at_level(body: &Body<'_>, level: u8, say: Say<'_>) -> Vec<String> {
    let mut lines = wrapped(&body.head, 1);
    lines.extend(wrapped(&body.state, 3));
    lines.extend(asks(body, level, say));
    for quote in &body.content.quotes {
        let text = format!("{} [{}]: “{}”", quote.what, quote.number, quote.text);
        let most = match level {
            0 => 5,
            SHORTEST => 1,
            _ => 2,
        };
        lines.extend(wrapped(&text, most));
    }
    for field in body.fields {
        lines.extend(of_field(field, level));
    }
    lines
}

fn asks(body: &Body<'_>, level: u8, say: Say<'_>) -> Vec<String> {
    let asks = &body.content.asks;
    if asks.is_empty() {
        return vec![say(&Phrase::new("sum_no_asks"))];
    }
    let head = match body.is_sponsor {
        true => "sum_asks_sponsor",
        false => "sum_asks_members",
    };
    let mut lines = wrapped(&say(&Phrase::new(head)), 2);
    let most = if level == 0 { 4 } else { 1 };
    for ask in asks {
        let text = format!("{}. {}", ask.number, with_terms(ask));
        lines.extend(wrapped(&text, most));
    }
    lines
}

fn with_terms(ask: &SummaryItem) -> String {
    match ask.what.as_str() {
        "" => ask.text.clone(),
        terms => format!("{} ({terms})", ask.text),
    }
}

fn of_field(field: &SummaryField, level: u8) -> Vec<String> {
    let is_words = field.rows.is_empty();
    let has_notes = level < 2 || is_words || field.label == "Reach";
    let with_before = |number: usize| level < 3 || number == 0;
    let rows = field.rows.iter().enumerate();
    let rows = rows.map(|(number, one)| figure(one, with_before(number)));
    let notes = field.notes.iter().filter(|_| has_notes).cloned();
    let most = match (level, is_words) {
        (0, _) => 6,
        (1, true) => 3,
        (SHORTEST, true) => 1,
        (_, true) => 2,
        (SHORTEST, false) => 3,
        _ => 6,
    };
    let is_health = field.label == "Health" && !is_words;
    if is_health && level < 3 {
        let mut lines = vec![format!("{}:", field.label)];
        lines.extend(rows.flat_map(|row| wrapped(&format!("{INDENT}{row}"), most)));
        return lines;
    }
    let all: Vec<String> = rows.chain(notes).collect();
    let most = if is_health { 6 } else { most };
    wrapped(&format!("{}: {}", field.label, all.join("; ")), most)
}

fn figure(row: &SummaryRow, with_before: bool) -> String {
    let before = if with_before { row.before.as_str() } else { "" };
    let parts = [row.name.as_str(), &row.value, &row.bar, before];
    let said: Vec<&str> = parts.into_iter().filter(|part| !part.is_empty()).collect();
    said.join(" ")
}

/// A text over at most so many lines; what does not fit ends in an ellipsis.
fn wrapped(text: &str, most: usize) -> Vec<String> {
    let lead: String = text.chars().take_while(|c| *c == ' ').collect();
    let mut lines: Vec<String> = Vec::new();
    let mut line = lead;
    let mut is_fresh = true;
    for word in text.split_whitespace().flat_map(pieces) {
        let space = usize::from(!is_fresh);
        if line.chars().count() + space + word.chars().count() > WIDTH {
            lines.push(std::mem::replace(&mut line, INDENT.to_owned()));
            is_fresh = true;
        }
        if !is_fresh {
            line.push(' ');
        }
        line.push_str(&word);
        is_fresh = false;
    }
    lines.push(line);
    if lines.len() > most {
        lines.truncate(most);
        if let Some(last) = lines.last_mut() {
            let kept: String = last.chars().take(WIDTH - 2).collect();
            *last = format!("{} …", kept.trim_end());
        }
    }
    lines
}

/// A word in pieces that fit a line.
fn pieces(word: &str) -> Vec<String> {
    let all: Vec<char> = word.chars().collect();
    let longest = WIDTH - INDENT.len();
    all.chunks(longest)
        .map(|piece| piece.iter().collect())
        .collect()
}

#[cfg(test)]
mod tests;
