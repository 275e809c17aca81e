//! What a host answers to the question who came: names, numbers, `ALL`, `ALL BUT` names or
//! `NOBODY`, and below or between them notes, actions and where the recording is.
//!
//! Names are found whatever their case and accents, by a first name where only one person
//! has it. Who was not invited is a guest. What could mean two people is not guessed.

mod action;
mod fold;
mod keyed;
mod names;
mod people;

use chrono::NaiveDate;

use super::line::Line;
use super::{LONGEST_UNKNOWN, courtesy};
use crate::message::oneline::oneline;
use keyed::Key;
use names::{Said, Whole};
use people::People;

/// The most lines of a reply that are looked at.
const MOST_LINES: usize = 400;
/// The longest notes that are kept of one session, in characters.
pub const LONGEST_NOTES: usize = 20_000;
/// The most guests that are kept of one session.
pub const MOST_GUESTS: usize = 100;
/// The most actions that are kept of one session.
pub const MOST_ACTIONS: usize = 30;
/// The most things in a reply that are asked back.
pub const MOST_DOUBTS: usize = 5;
/// The longest address of a recording, in characters.
pub const LONGEST_LINK: usize = 1_000;

/// Somebody who may have come.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Invited {
    /// The number that the mail gave them, where it named them.
    pub number: Option<u32>,
    /// Their name; may be empty.
    pub name: String,
    /// Their address.
    pub address: String,
    /// Whether `ALL` means them, too.
    pub of_all: bool,
}

/// What was asked, and of whom.
#[derive(Clone, Copy, Debug)]
pub struct Asked<'a> {
    /// Who may have come.
    pub roster: &'a [Invited],
    /// Who answers: `me`. Their name alone at the end is a signature.
    pub by: Option<usize>,
    /// The day of the session.
    pub on: NaiveDate,
}

/// Something that somebody is to do.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Action {
    /// Who, as written; may be empty.
    pub who: String,
    /// Who of those who were invited, where it is one of them.
    pub whom: Option<usize>,
    /// What.
    pub what: String,
    /// By which day.
    pub due: Option<NaiveDate>,
}

/// What cannot be told.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Doubt {
    /// That could be any of these.
    Which(String, Vec<usize>),
    /// Nobody has that number.
    NoSuch(u32),
    /// The first line of a reply that says nothing that is understood.
    Unread(String),
}

/// A reply, read. People are meant by their place in the roster.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Sheet {
    /// Who came, in the roster's order; `None` where nothing was said of it.
    pub came: Option<Vec<usize>>,
    /// Who came and was not invited, as written.
    pub guests: Vec<String>,
    /// Notes, as written; may be empty.
    pub notes: String,
    /// Where the recording is; may be empty.
    pub recording: String,
    /// What is to be done.
    pub actions: Vec<Action>,
    /// The numbers of actions that are done.
    pub done: Vec<u32>,
    /// What cannot be told.
    pub doubts: Vec<Doubt>,
}

impl Sheet {
    /// Whether nobody came at all.
    pub fn is_nobody(&self) -> bool {
        self.came.as_ref().is_some_and(Vec::is_empty) && self.guests.is_empty()
    }
}

/// Reads the visible text of a reply.
pub fn read(visible: &str, asked: &Asked<'_>) -> Sheet {
    let people = People::new(asked);
    let mut reader = Reader {
        asked,
        people: &people,
        part: Part::Start,
        is_parted: false,
        said: Said::default(),
        sheet: Sheet::default(),
        notes: Vec::new(),
        stray: None,
    };
    let lines: Vec<&str> = visible.lines().take(MOST_LINES).collect();
    for (at, line) in lines.iter().enumerate() {
        let rest = lines.get(at + 1..).unwrap_or_default();
        if !reader.take(line, rest) {
            break;
        }
    }
    reader.finish()
}

/// What the lines are about that come next.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Part {
    Start,
    Names,
    Absent,
    Guests,
    Notes,
    Actions,
    Recording,
}

struct Reader<'a> {
    asked: &'a Asked<'a>,
    people: &'a People,
    part: Part,
    /// An empty line stands above.
    is_parted: bool,
    said: Said,
    sheet: Sheet,
    notes: Vec<String>,
    /// The first line that said nothing.
    stray: Option<String>,
}

impl Reader<'_> {
    /// Takes a line; false where the mail says nothing more.
    fn take(&mut self, text: &str, rest: &[&str]) -> bool {
        if text.trim().is_empty() {
            self.is_parted = true;
            if self.part == Part::Notes {
                self.notes.push(String::new());
            }
            return true;
        }
        if let Some((key, value)) = keyed::split(text) {
            self.begin(key, value);
            self.is_parted = false;
            return true;
        }
        if let Some(numbers) = keyed::done(text) {
            self.sheet.done.extend(numbers);
            return true;
        }
        if self.has_begun() && self.ends(text, rest) {
            return false;
        }
        self.go_on(text);
        self.is_parted = false;
        true
    }

    fn has_begun(&self) -> bool {
        self.part != Part::Start || !self.sheet.done.is_empty()
    }

    /// Whether only courtesies follow: "Best regards", the author's name.
    fn ends(&self, text: &str, rest: &[&str]) -> bool {
        let mut below = rest.iter().filter(|line| !line.trim().is_empty());
        let is_own = self.asked.by.is_some() && self.people.only(text) == self.asked.by;
        if is_own && self.is_parted && below.clone().next().is_none() {
            return true;
        }
        let line = Line::new(text);
        let closes = courtesy::is_closing(&line) || courtesy::is_rule(text);
        closes && below.clone().count() <= 4 && below.all(|line| Line::new(line).words.len() <= 4)
    }

    /// A line with a key in front: `notes: …`.
    fn begin(&mut self, key: Key, value: &str) {
        self.part = match key {
            Key::Came => Part::Names,
            Key::Absent => Part::Absent,
            Key::Guests => Part::Guests,
            Key::Notes => Part::Notes,
            Key::Action => Part::Actions,
            Key::Recording => Part::Recording,
        };
        if !value.is_empty() {
            self.go_on(value);
        }
        // What follows an action or a link in a line of its own is no other one.
        if !value.is_empty() && matches!(key, Key::Action | Key::Recording) {
            self.part = Part::Notes;
        }
    }

    fn go_on(&mut self, text: &str) {
        match self.part {
            Part::Start | Part::Names | Part::Absent => self.names(text),
            Part::Guests if self.is_parted => self.note(text),
            Part::Guests => {
                let guests = names::pieces(text).into_iter().map(oneline);
                self.said
                    .guests
                    .extend(guests.filter(|one| !one.is_empty()));
                self.said.is_known = true;
            }
            Part::Notes => self.notes.push(text.trim_end().to_owned()),
            Part::Actions => match action::read(text, self.people, self.asked.on) {
                Some(action) if self.sheet.actions.len() < MOST_ACTIONS => {
                    self.sheet.actions.push(action);
                }
                _ => self.note(text),
            },
            Part::Recording => match keyed::link(text) {
                Some(link) if self.sheet.recording.is_empty() => self.sheet.recording = link,
                _ => self.note(text),
            },
        }
    }

    /// Free text below what was asked for is notes.
    fn note(&mut self, text: &str) {
        self.part = Part::Notes;
        self.notes.push(text.trim_end().to_owned());
    }

    fn names(&mut self, text: &str) {
        let is_start = self.part == Part::Start;
        if is_start && courtesy::is_greeting(&Line::new(text)) && self.people.only(text).is_none() {
            return;
        }
        let said = names::read(
            &Line::new(text).text,
            self.people,
            self.part == Part::Absent,
        );
        match said.filter(|said| self.fits(said)) {
            Some(said) => {
                if is_start {
                    self.part = Part::Names;
                }
                if said.is_open {
                    self.part = Part::Absent;
                }
                self.said.add(said);
            }
            None if is_start => {
                self.stray.get_or_insert_with(|| text.to_owned());
            }
            None => self.note(text),
        }
    }

    /// Names that nobody here has are guests where they stand among names, and no line of
    /// the notes.
    fn fits(&self, said: &Said) -> bool {
        let is_full = |guest: &String| guest.contains(' ');
        match (self.part, self.is_parted) {
            (Part::Start, _) => said.is_known || said.guests.iter().all(is_full),
            (_, true) => said.is_known && said.guests.is_empty(),
            (_, false) => true,
        }
    }

    fn finish(mut self) -> Sheet {
        let Said { guests, doubts, .. } = &mut self.said;
        self.sheet.guests = std::mem::take(guests);
        self.sheet.guests.truncate(MOST_GUESTS);
        self.sheet.doubts = std::mem::take(doubts);
        let notes = self.notes.join("\n");
        self.sheet.notes = notes.trim().chars().take(LONGEST_NOTES).collect();
        self.sheet.came = self.came();
        let is_empty = Sheet {
            doubts: Vec::new(),
            ..self.sheet.clone()
        } == Sheet::default();
        if is_empty && self.sheet.doubts.is_empty() {
            let stray = oneline(self.stray.as_deref().unwrap_or_default());
            let stray = stray.chars().take(LONGEST_UNKNOWN).collect();
            self.sheet.doubts.push(Doubt::Unread(stray));
        }
        self.sheet.doubts.dedup();
        self.sheet.doubts.truncate(MOST_DOUBTS);
        self.sheet
    }

    fn came(&self) -> Option<Vec<usize>> {
        let said = &self.said;
        let is_named = !said.came.is_empty() || !self.sheet.guests.is_empty();
        let of_all = |at: &usize| self.asked.roster.get(*at).is_some_and(|one| one.of_all);
        let came = |at: &usize| match said.whole {
            Some(Whole::All) => said.came.contains(at) || of_all(at),
            Some(Whole::Nobody) => said.came.contains(at),
            None if is_named => said.came.contains(at),
            None => of_all(at),
        };
        let is_said = said.whole.is_some() || is_named || !said.absent.is_empty();
        let all = (0..self.asked.roster.len()).filter(|at| came(at) && !said.absent.contains(at));
        is_said.then(|| all.collect())
    }
}

#[cfg(test)]
mod tests;
