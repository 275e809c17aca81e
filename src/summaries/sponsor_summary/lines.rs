//! The plain text of a summary, never longer than a person reads. Where all would be too
//! much, words go before figures. What room is left goes to the figures, which then stand
//! one to a line, field after field, and to empty lines. Pure.

use super::content::Content;
use super::fields::Say;
use crate::templates::Phrase;
use crate::templates::mails::{SummaryField, SummaryItem, SummaryRow};

/// The longest line, in characters.
pub const WIDTH: usize = 78;

/// The most lines of the body: what the template adds makes forty-five of them at most.
const MOST: usize = 40;

/// The same for members, to whom the template says when it goes, too.
const MOST_FOR_MEMBERS: usize = 38;

/// How much shorter a text may get.
const SHORTEST: u8 = 4;

/// Empty lines: before the figures, before the asks, before what is told in words.
const GAPS: usize = 3;

/// Between what stands beside one another.
const COLUMN: &str = "  ";

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

/// The lines of a body, as many as there may be: first as much as there is to say, then each
/// field in its order with a figure to a line, then empty lines; each as far as it fits.
pub fn fitted(body: &Body<'_>, say: Say<'_>) -> Vec<String> {
    let most = match body.is_sponsor {
        true => MOST,
        false => MOST_FOR_MEMBERS,
    };
    let wide: Vec<Lines> = body.fields.iter().map(spread).collect();
    let mut parts = Parts::default();
    for level in 0..=SHORTEST {
        parts = at_level(body, level, (&wide, say));
        if parts.count() <= most {
            break;
        }
    }
    let mut lines = parts.widened(&wide, most).together();
    lines.truncate(most);
    lines
}

/// What belongs together.
type Lines = Vec<String>;

/// A text in the making.
#[derive(Debug, Default)]
struct Parts {
    /// What it is about, and how things stand.
    head: Lines,
    /// What is asked for, and stories.
    asks: Lines,
    /// Each field.
    fields: Vec<Lines>,
    /// The first of those at the end that are told in words.
    first_words: usize,
    /// How many empty lines there are.
    gaps: usize,
}

impl Parts {
    fn count(&self) -> usize {
        let fields: usize = self.fields.iter().map(Vec::len).sum();
        self.head.len() + self.asks.len() + fields
    }

    /// As wide as there is room for.
    fn widened(mut self, wide: &[Lines], most: usize) -> Parts {
        let mut room = most.saturating_sub(self.count());
        for (field, wide) in self.fields.iter_mut().zip(wide) {
            let more = wide.len().saturating_sub(field.len());
            if more <= room {
                field.clone_from(wide);
                room -= more;
            }
        }
        self.gaps = room.min(GAPS);
        self
    }

    fn together(self) -> Lines {
        let gap = |number: usize| (self.gaps >= number).then(String::new);
        let mut lines = self.head;
        lines.extend(gap(2));
        lines.extend(self.asks);
        lines.extend(gap(1));
        for (number, field) in self.fields.into_iter().enumerate() {
            lines.extend(gap(GAPS).filter(|_| number == self.first_words));
            lines.extend(field);
        }
        lines
    }
}

/// The text with no line more than it needs, shorter the higher the level: words are cut
/// first, then the titles of learnings go, then earlier periods but of the first figure of a
/// field.
fn at_level(body: &Body<'_>, level: u8, (wide, say): (&[Lines], Say<'_>)) -> Parts {
    let mut head = wrapped(&body.head, 1);
    head.extend(wrapped(&body.state, 3));
    let mut asks = asks(body, level, say);
    for quote in &body.content.quotes {
        let text = Phrase::new("sum_quote")
            .with("what", quote.what.clone())
            .with("number", quote.number.to_string())
            .with("text", quote.text.trim());
        let most = match level {
            0 => 5,
            SHORTEST => 1,
            _ => 2,
        };
        asks.extend(wrapped(&say(&text), most));
    }
    let shorter = |(field, wide): (&SummaryField, &Lines)| {
        let dense = of_field(field, level);
        match wide.len() <= dense.len() {
            true => wide.clone(),
            false => dense,
        }
    };
    let last_figures = body.fields.iter().rposition(|field| !is_words(field));
    Parts {
        head,
        asks,
        fields: body.fields.iter().zip(wide).map(shorter).collect(),
        first_words: last_figures.map_or(0, |last| last + 1),
        gaps: 0,
    }
}

/// A field of nothing but words.
fn is_words(field: &SummaryField) -> bool {
    field.rows.is_empty()
}

/// A field with a figure to a line.
fn spread(field: &SummaryField) -> Vec<String> {
    let label = &field.label;
    let mut lines = match field.rows.as_slice() {
        [] => return wrapped(&format!("{label}: {}", field.notes.join("; ")), MOST),
        [one] => wrapped(&format!("{label}: {}", figure(one, true)), MOST),
        all => std::iter::once(headed(field))
            .chain(table(all).iter().flat_map(|line| folded(line)))
            .collect(),
    };
    for note in &field.notes {
        lines.extend(wrapped(&format!("{INDENT}{note}"), MOST));
    }
    lines
}

/// The label alone, and what it means in another language.
fn headed(field: &SummaryField) -> String {
    match field.meaning.as_str() {
        "" => format!("{}:", field.label),
        meaning => format!("{}: {meaning}", field.label),
    }
}

/// Figures below one another, with the same beside each: bars go first where a line would be
/// too long, then earlier periods, then both.
fn table(rows: &[SummaryRow]) -> Vec<String> {
    let forms = [(true, true), (false, true), (true, false)];
    let mut forms = forms.into_iter().map(|form| columns(rows, form));
    let fits = |lines: &Vec<String>| lines.iter().all(|line| length(line) <= WIDTH);
    forms
        .find(fits)
        .unwrap_or_else(|| columns(rows, (false, false)))
}

fn columns(rows: &[SummaryRow], (with_bar, with_before): (bool, bool)) -> Vec<String> {
    let or_none = |text: &str, is_shown: bool| match is_shown {
        true => text.to_owned(),
        false => String::new(),
    };
    let cells = |row: &SummaryRow| {
        [
            row.name.clone(),
            row.value.clone(),
            or_none(&row.bar, with_bar),
            or_none(&row.before, with_before),
        ]
    };
    let all: Vec<[String; 4]> = rows.iter().map(cells).collect();
    let width = |column: usize| {
        // Only what something stands beside needs to be as wide as the widest.
        let is_followed = |cells: &&[String; 4]| {
            let mut behind = cells.iter().skip(column + 1);
            behind.any(|cell| !cell.is_empty())
        };
        let widths = all.iter().filter(is_followed);
        let widths = widths.filter_map(|cells| cells.get(column));
        widths.map(|cell| length(cell)).max().unwrap_or(0)
    };
    let widths: Vec<usize> = (0..4).map(width).collect();
    let line = |cells: &[String; 4]| {
        let padded = cells.iter().zip(&widths).filter(|(_, width)| **width > 0);
        let padded: Vec<String> = padded
            .map(|(cell, width)| format!("{cell:width$}"))
            .collect();
        let last = widths.iter().rposition(|width| *width > 0);
        let rest = cells.iter().skip(last.map_or(0, |last| last + 1));
        let rest: String = rest.map(String::as_str).collect();
        let line = format!("{INDENT}{}{COLUMN}{rest}", padded.join(COLUMN));
        line.trim_end().to_owned()
    };
    all.iter().map(line).collect()
}

fn length(text: &str) -> usize {
    text.chars().count()
}

/// A line as it is; one that is too long, as wrapped text.
fn folded(line: &str) -> Vec<String> {
    match length(line) <= WIDTH {
        true => vec![line.to_owned()],
        false => wrapped(line, MOST),
    }
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
    let is_words = is_words(field);
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
    // "solved: too little data", and "solved 3/4".
    let colon = match row.value.starts_with(|c: char| c.is_ascii_digit()) {
        true => "",
        false => ":",
    };
    let parts = [
        &format!("{}{colon}", row.name),
        &row.value,
        &row.bar,
        before,
    ];
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
