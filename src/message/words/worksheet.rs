//! What a facilitator answers to a worksheet: lines with a verb and the numbers of the
//! items that it means, in either order. `DONE 1 3-5`, `SNOOZE 2 until 2026-05-01`,
//! `RELEASE 3`, `DROP 4 off topic`, `2, 3 erledigt`, `DONE ALL`.
//!
//! A line that says more than that is prose, and does nothing: only what follows the
//! numbers of DROP is taken, as its reason.

mod numbers;
mod piece;

use chrono::NaiveDate;

use super::line::Line;
use super::{LONGEST_UNKNOWN, Word, courtesy, cut, pause, verbs};
use crate::message::oneline::oneline;
use numbers::{Meant, meant};
use piece::{Piece, pieces};

/// The most lines of a reply that are looked at.
const MOST_LINES: usize = 100;
/// The most lines that are named because they were not understood.
pub const MOST_UNREAD: usize = 5;
/// The longest time that an item is put off, in days.
pub const LONGEST_SNOOZE: u32 = 366;

/// What is to become of an item.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Choice {
    /// Somebody has dealt with it.
    Done,
    /// It is not named before then.
    Snooze(Span),
    /// What waits is let go.
    Release,
    /// What waits is turned down, for this reason (may be empty); all else is never
    /// named again.
    Drop(String),
}

/// For how long an item is put off.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Span {
    /// A week, as nothing was said.
    Week,
    /// So many days, 1 to [`LONGEST_SNOOZE`].
    Days(u32),
    /// Until this day.
    Until(NaiveDate),
}

/// Why a line, or a number in it, did nothing.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Problem {
    /// The line as read, on one line.
    Unread(String),
    /// It has a verb and no number, and there are several items.
    Which(String),
    /// No item has that number.
    NoSuch(u32),
    /// A line above has said something else of that item.
    Twice(u32),
}

/// A reply, read.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Sheet {
    /// What becomes of which number, each number once, in order.
    pub decided: Vec<(u32, Choice)>,
    /// What did nothing.
    pub problems: Vec<Problem>,
    /// Whether some line has one of the verbs, so that no other command is looked for.
    pub is_meant: bool,
}

/// One line, read.
struct Said {
    meant: Meant,
    choice: Choice,
}

/// Reads the visible text of a reply to a worksheet of so many items.
pub fn read(visible: &str, count: u32) -> Sheet {
    let mut sheet = Sheet::default();
    let mut rest = None;
    for text in visible.lines().take(MOST_LINES) {
        let line = Line::new(text);
        let read = pieces(&line.text);
        let has_begun = sheet.is_meant;
        if line.words.is_empty() && has_begun && courtesy::is_rule(text) {
            break;
        }
        match said(&line.text, &read, count) {
            Some(Ok(said)) => sheet.take(said, count, &mut rest),
            Some(Err(())) => sheet.complain(Problem::Which(shown(text))),
            None if line.words.is_empty() => {}
            None if has_begun && courtesy::is_closing(&line) => break,
            None if has_begun && courtesy::is_name(&line) => {}
            None if !has_begun && courtesy::is_greeting(&line) => {}
            None => sheet.complain(Problem::Unread(shown(text))),
        }
    }
    sheet.fill(rest, count);
    sheet
}

fn shown(line: &str) -> String {
    oneline(line).chars().take(LONGEST_UNKNOWN).collect()
}

impl Sheet {
    /// `ALL` means all that no line names.
    fn take(&mut self, said: Said, count: u32, rest: &mut Option<Choice>) {
        self.is_meant = true;
        if said.meant.is_all {
            rest.get_or_insert(said.choice);
            return;
        }
        for (from, to) in said.meant.ranges {
            for number in from..=to.min(count) {
                self.decide(number, &said.choice, count);
            }
            if to > count {
                self.complain(Problem::NoSuch(to));
            }
        }
    }

    fn decide(&mut self, number: u32, choice: &Choice, count: u32) {
        let known = self.decided.iter().find(|(one, _)| *one == number);
        match known {
            _ if number == 0 || number > count => self.complain(Problem::NoSuch(number)),
            None => self.decided.push((number, choice.clone())),
            Some((_, same)) if same == choice => {}
            Some(_) => self.complain(Problem::Twice(number)),
        }
    }

    fn fill(&mut self, rest: Option<Choice>, count: u32) {
        if let Some(choice) = rest {
            for number in 1..=count {
                if self.decided.iter().all(|(one, _)| *one != number) {
                    self.decided.push((number, choice.clone()));
                }
            }
        }
        self.decided.sort_by_key(|(number, _)| *number);
    }

    fn complain(&mut self, problem: Problem) {
        self.is_meant |= !matches!(problem, Problem::Unread(_));
        if self.problems.len() < MOST_UNREAD && !self.problems.contains(&problem) {
            self.problems.push(problem);
        }
    }
}

/// What a line says; an error where it has a verb alone, and it is open which item that
/// means; `None` where it says nothing of the kind.
fn said(text: &str, all: &[Piece<'_>], count: u32) -> Option<Result<Said, ()>> {
    let skipped = all.iter().take_while(|piece| is_polite(piece)).count();
    let all = all.get(skipped..)?;
    let (meant, behind) = meant(all);
    // "2 is done", "3: erledigt".
    let behind = behind.get(behind.iter().take_while(|piece| is_copula(piece)).count()..)?;
    let (verb, behind) = behind.split_first()?;
    let choice = choice(&verb.plain)?;
    if !meant.is_empty() {
        return read_choice(text, choice, verb.end, behind)
            .map(|choice| Ok(Said { meant, choice }));
    }
    of_verb_first(text, choice, (verb, behind), count)
}

/// `DONE 1 3`: where the numbers end is found by what follows them.
fn of_verb_first(
    text: &str,
    choice: Choice,
    (verb, behind): (&Piece<'_>, &[Piece<'_>]),
    count: u32,
) -> Option<Result<Said, ()>> {
    let (meant, rest) = meant(behind);
    if meant.is_empty() {
        // `resume` alone is a word of its own: it ends somebody's pause.
        if verb.plain == "resume" || matches!(choice, Choice::Drop(_)) && !are_polite(rest) {
            return None;
        }
        let choice = read_choice(text, choice, verb.end, rest)?;
        return Some(match count {
            1 => Ok(Said {
                meant: Meant::one(1),
                choice,
            }),
            _ => Err(()),
        });
    }
    let end = end_of(behind, rest);
    if let Some(choice) = read_choice(text, choice.clone(), end, rest) {
        return Some(Ok(Said { meant, choice }));
    }
    // "SNOOZE 2 14 days": the last number belongs to the length.
    let (fewer, taken) = meant.without_last()?;
    let rest = behind.get(behind.len().checked_sub(rest.len() + taken)?..)?;
    let choice = read_choice(text, choice, end, rest)?;
    Some(Ok(Said {
        meant: fewer,
        choice,
    }))
}

/// Where the text behind the numbers begins.
fn end_of(behind: &[Piece<'_>], rest: &[Piece<'_>]) -> usize {
    let last = behind.len().saturating_sub(rest.len()).checked_sub(1);
    let last = last.and_then(|last| behind.get(last));
    last.map_or(0, |piece| piece.end)
}

/// The choice with what follows verb and numbers; `None` where that makes it prose.
fn read_choice(text: &str, choice: Choice, end: usize, rest: &[Piece<'_>]) -> Option<Choice> {
    match choice {
        Choice::Snooze(_) => span(rest).map(Choice::Snooze),
        Choice::Drop(_) if are_polite(rest) => Some(Choice::Drop(String::new())),
        Choice::Drop(_) => {
            let reason = text.get(end..).unwrap_or_default();
            Some(Choice::Drop(cut(reason.trim_start_matches(is_mark))))
        }
        plain => are_polite(rest).then_some(plain),
    }
}

fn span(rest: &[Piece<'_>]) -> Option<Span> {
    let said: Vec<&str> = rest.iter().map(|piece| piece.raw).collect();
    match pause::read(&Line::new(&said.join(" ")).words)? {
        Word::PauseDays(days) => (days <= LONGEST_SNOOZE).then_some(Span::Days(days)),
        Word::PauseUntil(day) => Some(Span::Until(day)),
        _ => Some(Span::Week),
    }
}

fn choice(word: &str) -> Option<Choice> {
    Some(match word {
        "done" | "resolved" | "handled" | "erledigt" | "fertig" => Choice::Done,
        "snooze" | "later" | "postpone" | "später" | "spaeter" | "vertagen" | "verschieben" => {
            Choice::Snooze(Span::Week)
        }
        "release" | "accept" | "approve" | "resume" | "freigeben" | "annehmen" | "zulassen" => {
            Choice::Release
        }
        "drop" | "reject" | "decline" | "discard" | "verwerfen" | "ablehnen" => {
            Choice::Drop(String::new())
        }
        _ => return None,
    })
}

fn is_copula(piece: &Piece<'_>) -> bool {
    matches!(piece.plain.as_str(), "is" | "are" | "ist" | "sind" | "")
}

fn is_polite(piece: &Piece<'_>) -> bool {
    piece.plain.is_empty() || verbs::is_polite(&piece.plain)
}

fn are_polite(rest: &[Piece<'_>]) -> bool {
    rest.iter().all(is_polite)
}

fn is_mark(c: char) -> bool {
    c.is_whitespace() || ":;,-–—.".contains(c)
}

#[cfg(test)]
mod tests;
