//! The visible lines of a mail, one command a line.

use super::line::Line;
use super::verbs::{self, Place};
use super::{LONGEST_TEXT, MOST_COMMANDS, Word, ask, courtesy, cut, poll, unknown};

/// The most lines looked at.
const MOST_LINES: usize = 100;

/// What the visible lines say.
#[derive(Debug, Default)]
pub(super) struct Body {
    /// The commands, in order, with at most one unknown line among them.
    pub words: Vec<Word>,
    /// There is nothing to be read.
    pub is_blank: bool,
    /// The line to be named where there is no command.
    first: String,
}

impl Body {
    pub(super) fn words_or_unknown(self) -> Vec<Word> {
        match (self.words.as_slice(), self.first.as_str()) {
            ([], "") => Vec::new(),
            ([], first) => vec![unknown(first)],
            _ => self.words,
        }
    }
}

pub(super) fn read(visible: &str) -> Body {
    let shown = visible.lines().find(|line| !line.trim().is_empty());
    let mut body = Body {
        is_blank: shown.is_none(),
        first: shown.unwrap_or_default().to_string(),
        words: Vec::new(),
    };
    let lines: Vec<&str> = visible.lines().take(MOST_LINES).collect();
    let mut parted = false;
    for (at, text) in lines.iter().enumerate() {
        if text.trim().is_empty() {
            parted = true;
        } else if !body.take(text, lines.get(at + 1..).unwrap_or_default(), parted) {
            break;
        } else {
            parted = false;
        }
    }
    body
}

impl Body {
    /// Reads one line; false where nothing below it is meant for us.
    fn take(&mut self, text: &str, below: &[&str], parted: bool) -> bool {
        let line = Line::new(text);
        match verbs::read(&line, Place::Request) {
            Some(Word::End) => self.end(),
            Some(Word::Stop(None)) if !self.words.is_empty() => false,
            Some(Word::Reject(reason)) => self.last(Word::Reject(reason_of(&reason, below))),
            Some(Word::Decline(reason)) => self.last(Word::Decline(reason_of(&reason, below))),
            Some(Word::Poll(question, _)) => self.last(poll::with_options(&question, below)),
            Some(Word::AskSponsor(text, ..)) => self.last(ask::with_terms(&text, below)),
            Some(word) => self.push(word),
            None if courtesy::is_rule(text) => self.words.is_empty(),
            None if self.words.is_empty() && courtesy::is_greeting(&line) => true,
            None => self.take_unknown(&line, text, parted),
        }
    }

    /// Prose ends the commands. Right below a command, what begins like one or is as short
    /// was meant to be one.
    fn take_unknown(&mut self, line: &Line, text: &str, parted: bool) -> bool {
        if self.says_yes_only() && is_prose(line) {
            self.words.clear();
            return false;
        }
        let known = self
            .words
            .iter()
            .any(|word| matches!(word, Word::Unknown(_)));
        let capital = line.text.trim_start().starts_with(char::is_uppercase);
        let meant = verbs::begins_with_verb(line) && line.words.len() <= 6
            || line.words.len() <= 2 && !capital && !parted;
        if self.words.is_empty() && !courtesy::is_closing(line) {
            self.first = text.to_string();
        }
        if self.words.is_empty() || known || !meant || courtesy::is_closing(line) {
            return false;
        }
        self.push(unknown(text))
    }

    /// "Ok." above prose is talk; `confirm` is not.
    fn says_yes_only(&self) -> bool {
        let named = Line::new(&self.first).first().starts_with("confirm");
        self.words == [Word::Confirm] && !named
    }

    /// Whoever says the same twice in a row means it once.
    fn push(&mut self, word: Word) -> bool {
        if self.words.last() != Some(&word) {
            self.words.push(word);
        }
        self.words.len() < MOST_COMMANDS
    }

    /// `end` alone is no slip that needs an answer.
    fn end(&mut self) -> bool {
        self.first.clear();
        false
    }

    fn last(&mut self, word: Word) -> bool {
        self.push(word);
        false
    }
}

fn is_prose(line: &Line) -> bool {
    line.words.len() > 3 && !courtesy::is_closing(line)
}

/// The rest of the line and all lines below it, down to a rule.
pub(super) fn reason_of(line: &str, below: &[&str]) -> String {
    let mut reason = line.trim().to_string();
    for line in below {
        if reason.len() > LONGEST_TEXT * 4 || courtesy::is_rule(line) {
            break;
        }
        reason.push('\n');
        reason.push_str(line.trim_end());
    }
    cut(&reason)
}
