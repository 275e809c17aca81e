//! Which items of a digest a reply answers, and with which words. Pure.
//!
//! In this order: a number in front of a paragraph (`Re 2: …`), a number or a
//! title in the subject, the item whose text stands quoted above the answer. What
//! names no item is nobody's answer: a reply to a digest must never become a post
//! by accident.

mod marker;
mod quoted;
mod title;

use crate::message::visible::{Piece, pieces, visible_text};

/// A thread of a digest.
#[derive(Clone, Debug, Default)]
pub struct Item {
    /// Its number.
    pub number: u32,
    /// Its title, as the thread's first post has it.
    pub subject: String,
    /// Its posts: key, and everything of it that a reply may quote.
    pub posts: Vec<(i64, String)>,
}

/// What somebody answered to one item.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Part {
    /// The item.
    pub number: u32,
    /// The post whose text is quoted above the answer, where one is.
    pub post: Option<i64>,
    /// The lines of it that are quoted, without marks.
    pub quoted: Vec<String>,
    /// The author's own words.
    pub text: String,
}

/// What a reply is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Found {
    /// Answers, at most one an item, in the order in which they were written.
    Parts(Vec<Part>),
    /// It names a number that no item has.
    NoItem(u32),
    /// It names no item, or says nothing.
    Unclear,
}

/// The most lines of a reply that are looked at.
const MOST_LINES: usize = 5_000;

/// Finds what a reply with this subject and this whole text answers.
pub fn which(items: &[Item], subject: &str, text: &str) -> Found {
    let pieces: Vec<Piece<'_>> = pieces(text).into_iter().take(MOST_LINES).collect();
    let visible = visible_text(text);
    let marked = marker::parts(&visible);
    if !marked.is_empty() {
        return known(items, marked);
    }
    if let Some(number) = title::number(items, subject) {
        return known(items, vec![plain(number, &visible)]);
    }
    known(items, quoted::parts(items, &pieces))
}

/// The item that `mute 3` or `follow item 3` is about, where that is all that is
/// said: the verb, and the number.
pub fn thread_command(visible: &str) -> Option<(&str, u32)> {
    let line = visible.trim().trim_end_matches(['.', '!']);
    let (verb, rest) = line.split_once(char::is_whitespace)?;
    let known = ["mute", "unmute", "follow", "unfollow"];
    let is_verb = known.iter().any(|known| verb.eq_ignore_ascii_case(known));
    let number = marker::alone(rest).filter(|_| is_verb)?;
    Some((verb, number))
}

/// An answer without a quote.
fn plain(number: u32, text: &str) -> Part {
    Part {
        number,
        text: text.trim().to_owned(),
        ..Part::default()
    }
}

/// Parts that say something, one an item; all or none are taken.
fn known(items: &[Item], parts: Vec<Part>) -> Found {
    let has = |number| items.iter().any(|item| item.number == number);
    if let Some(stray) = parts.iter().find(|part| !has(part.number)) {
        return Found::NoItem(stray.number);
    }
    let mut joined: Vec<Part> = Vec::new();
    for part in parts.into_iter().filter(|part| !part.text.is_empty()) {
        match joined.iter_mut().find(|known| known.number == part.number) {
            Some(known) => known.join(part),
            None => joined.push(part),
        }
    }
    match joined.is_empty() {
        true => Found::Unclear,
        false => Found::Parts(joined),
    }
}

impl Part {
    /// Two answers to one item are one, in which the second quotes for itself.
    fn join(&mut self, other: Part) {
        let quoted = other.quoted.iter().map(|line| format!("> {line}\n"));
        let quoted: String = quoted.collect();
        self.text = format!("{}\n\n{quoted}{}", self.text, other.text);
        self.post = other.post.or(self.post);
    }
}

#[cfg(test)]
mod tests;
