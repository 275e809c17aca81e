//! What somebody answers to a call for an agenda, or a host to a brief: each line is an
//! item, `+2` votes for item 2, `-2` takes that back, `2: text` says it anew.
//!
//! Greetings, thanks, names and lines of the mail that is answered are no items. What is
//! quoted was taken away before ([`crate::message::visible`]).

mod line;
mod votes;

use std::collections::HashSet;

use super::{courtesy, line::Line};
use crate::message::oneline::oneline;
use line::{Kind, is_continued, without_marker};
use votes::{edit, votes};

/// The most lines of a reply that are looked at.
const MOST_LINES: usize = 300;
/// The most items, votes and changes taken from one reply.
pub const MOST_SAID: usize = 25;
/// The longest item kept, in characters.
pub const LONGEST_ITEM: usize = 300;
/// The most lines that are named because they were not taken.
pub const MOST_NOT_TAKEN: usize = 5;

/// One thing that a line says.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Said {
    /// Something to talk about; one line, at most [`LONGEST_ITEM`] characters.
    Item(String),
    /// They want the item of that number as well.
    Vote(u32),
    /// They do not want it any more; of a host: it goes.
    Unvote(u32),
    /// The item of that number shall say this.
    Text(u32, String),
}

/// Why a line, or a part of it, was not taken.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Problem {
    /// It stands behind votes, and may be an item or only a remark.
    Behind(String),
    /// There were [`MOST_SAID`] things before this one.
    Many(String),
}

/// A reply, read.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Page {
    /// What its lines say, in order.
    pub said: Vec<Said>,
    /// What was not taken.
    pub problems: Vec<Problem>,
}

/// What is known of a reply beside its text.
#[derive(Clone, Debug, Default)]
pub struct Known {
    names: HashSet<String>,
    ours: HashSet<String>,
}

impl Known {
    /// `names`: what its author is called, name and address; `ours`: the text of the mail
    /// that is answered, no line of which is anybody's item.
    pub fn new(names: &[&str], ours: &str) -> Known {
        let words = |name: &&str| -> Vec<String> {
            let local = name.split('@').next().unwrap_or_default();
            let parted = local.replace(['.', '_', '-'], " ");
            let words = Line::new(&parted).words.into_iter();
            words.map(|word| word.plain).collect()
        };
        let lines = ours.lines().map(folded).filter(|line| !line.is_empty());
        Known {
            names: names.iter().flat_map(words).collect(),
            ours: lines.take(MOST_LINES).collect(),
        }
    }

    fn is_ours(&self, text: &str) -> bool {
        self.ours.contains(&folded(text))
    }

    /// Whether a line is only what its author is called.
    fn is_name(&self, line: &Line) -> bool {
        let mut words = line.words.iter();
        !line.words.is_empty() && words.all(|word| self.names.contains(&word.plain))
    }
}

/// A line as it is compared.
fn folded(line: &str) -> String {
    oneline(without_marker(line).0).to_lowercase()
}

/// Reads the visible text of a reply.
pub fn read(visible: &str, known: &Known) -> Page {
    let text = line::without_hello(visible);
    let lines: Vec<&str> = text.lines().take(MOST_LINES).collect();
    let mut reader = Reader::default();
    for (at, line) in lines.iter().enumerate() {
        let below = lines.get(at + 1..).unwrap_or_default();
        if !reader.take(line, below, known) {
            break;
        }
    }
    reader.finish()
}

/// A line that was taken as an item.
#[derive(Clone, Copy, Debug)]
struct Last {
    /// Where it stands in what was said.
    place: usize,
    /// Its width, in characters.
    width: usize,
    is_marked: bool,
    is_name: bool,
    /// Whether a blank line is above it.
    is_parted: bool,
}

#[derive(Default)]
struct Reader {
    page: Page,
    /// The item that the line above is, or ends.
    above: Option<Last>,
    /// The last item, whatever came since.
    last: Option<Last>,
    has_marked: bool,
    is_blank_above: bool,
    has_closed: bool,
}

impl Reader {
    /// Reads one line; false where nothing below it is meant for us.
    fn take(&mut self, text: &str, below: &[&str], known: &Known) -> bool {
        if text.trim().is_empty() {
            (self.above, self.is_blank_above) = (None, true);
            return true;
        }
        let has_begun = !self.page.said.is_empty();
        if courtesy::is_rule(text) {
            return !has_begun;
        }
        let goes_on = match line::kind(text, below, known.is_ours(text)) {
            Kind::Notice => false,
            Kind::Nothing => true,
            Kind::Closing => {
                self.has_closed |= has_begun;
                true
            }
            Kind::Regards => {
                self.has_closed = true;
                true
            }
            Kind::Words => {
                let line = Line::new(text);
                match known.is_name(&line) && !without_marker(text).1 {
                    true => !has_begun,
                    false => {
                        self.words(text, &line);
                        true
                    }
                }
            }
        };
        self.is_blank_above = false;
        goes_on
    }

    /// A line that says something.
    fn words(&mut self, text: &str, line: &Line) {
        // Below the regards stands who somebody is.
        let text = match self.has_closed {
            true => match line::postscript(text) {
                Some(text) => text,
                None => return,
            },
            false => text,
        };
        if let Some((votes, behind)) = votes(&line.text) {
            self.above = None;
            for (is_for, number) in votes {
                self.say(match is_for {
                    true => Said::Vote(number),
                    false => Said::Unvote(number),
                });
            }
            if !line::is_polite(behind) {
                self.complain(Problem::Behind(shown(behind)));
            }
            return;
        }
        if let Some((number, text)) = edit(&line.text) {
            self.above = None;
            return self.say(Said::Text(number, item(text)));
        }
        self.item(text, line);
    }

    fn item(&mut self, text: &str, line: &Line) {
        let (bare, is_marked) = without_marker(text);
        let width = text.trim_end().chars().count();
        if let Some(above) = self.above
            && is_continued(text, is_marked, (above.width, above.is_marked))
        {
            self.append(above.place, bare);
            self.above = Some(Last { width, ..above });
            return;
        }
        let text = item(bare);
        if !line::says_something(&text) {
            return;
        }
        let last = Last {
            place: self.page.said.len(),
            width,
            is_marked,
            is_name: courtesy::is_name(line),
            is_parted: self.is_blank_above,
        };
        self.say(Said::Item(text));
        self.has_marked |= is_marked;
        (self.above, self.last) = (Some(last), Some(last));
    }

    fn append(&mut self, place: usize, more: &str) {
        if let Some(Said::Item(text)) = self.page.said.get_mut(place) {
            *text = item(&format!("{text} {more}"));
        }
    }

    fn say(&mut self, said: Said) {
        match self.page.said.len() < MOST_SAID {
            true => self.page.said.push(said),
            false => {
                let text = match said {
                    Said::Item(text) | Said::Text(_, text) => text,
                    Said::Vote(number) => format!("+{number}"),
                    Said::Unvote(number) => format!("-{number}"),
                };
                self.complain(Problem::Many(shown(&text)));
            }
        }
    }

    fn complain(&mut self, problem: Problem) {
        if self.page.problems.len() < MOST_NOT_TAKEN {
            self.page.problems.push(problem);
        }
    }

    /// A name alone below a list whose items have marks is who has written it.
    fn finish(mut self) -> Page {
        let is_end = |last: &Last| last.place + 1 == self.page.said.len();
        let signs = |last: &Last| last.is_name && last.is_parted && !last.is_marked;
        if self.has_marked && self.last.filter(is_end).as_ref().is_some_and(signs) {
            self.page.said.pop();
        }
        self.page
    }
}

/// One line of at most [`LONGEST_ITEM`] characters.
fn item(text: &str) -> String {
    cut(text.trim_end_matches([',', ';', ' ']), LONGEST_ITEM)
}

fn shown(text: &str) -> String {
    cut(text, super::LONGEST_UNKNOWN)
}

fn cut(text: &str, most: usize) -> String {
    let line = oneline(text);
    match line.chars().count() > most {
        true => line.chars().take(most - 1).chain(['…']).collect(),
        false => line,
    }
}

#[cfg(test)]
mod tests;
