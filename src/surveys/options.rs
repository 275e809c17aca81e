//! Surveys whose answer is one of several options, or their order: polls, and the survey
//! before a domain is chosen. Their results are an index for each option: how many chose
//! it, or put it first.

use super::answering::line;
use super::answers::{Answer, LONGEST_COMMENT};
use super::{Asked, ask, poll};
use crate::config::survey::Kind;
use crate::store::surveys::Tally;

/// What the result of an option is called, from 1.
pub fn index(number: usize) -> String {
    format!("option-{number}")
}

impl Asked {
    /// What may be chosen, in a language; nothing where digits are a scale.
    pub fn options(&self, language: &str) -> Vec<String> {
        let options = self.survey.options.iter();
        options.map(|one| one.say(language).to_owned()).collect()
    }

    /// An answer as it is said back: its digits, and the option that was chosen.
    pub fn restated(&self, digits: &[u8], language: &str) -> String {
        let option = match digits {
            [one] => self.option_of(&index(usize::from(*one)), language),
            _ => String::new(),
        };
        format!("{} {option}", line(digits)).trim_end().to_owned()
    }

    /// What is asked, for a subject: a poll's own question, else the survey's title.
    pub fn subject(&self, language: &str) -> String {
        match self.wave.survey == poll::NAME {
            true => ask::question(self, language),
            false => self.survey.title.say(language).to_owned(),
        }
    }

    /// The text of the option that an index is about; empty where it is about none.
    pub fn option_of(&self, index: &str, language: &str) -> String {
        let number = index.strip_prefix("option-").and_then(|at| at.parse().ok());
        let at = number.and_then(|number: usize| number.checked_sub(1));
        let found = at.and_then(|at| self.survey.options.get(at));
        found.map_or_else(String::new, |one| one.say(language).to_owned())
    }
}

/// For each option, how many answered and how many chose it, or put it first.
pub fn tallies<'a>(asked: &Asked, firsts: impl Iterator<Item = &'a u8>) -> Vec<Tally> {
    let count = asked.survey.options.len();
    let mut chosen = vec![0_i64; count];
    for first in firsts {
        if let Some(one) = usize::from(*first)
            .checked_sub(1)
            .and_then(|at| chosen.get_mut(at))
        {
            *one += 1;
        }
    }
    let n = chosen.iter().sum();
    let tally = |(at, k): (usize, &i64)| Tally {
        wave_id: asked.wave.id,
        name: index(at + 1),
        n,
        k: *k,
    };
    chosen.iter().enumerate().map(tally).collect()
}

/// The answer of somebody who wrote an option's text instead of its number; `None` where
/// the first line is none, or that of several.
pub fn by_text(asked: &Asked, visible: &str) -> Option<Answer> {
    if asked.survey.kind != Kind::Choice {
        return None;
    }
    let (first, below) = visible
        .trim_start()
        .split_once('\n')
        .unwrap_or((visible.trim(), ""));
    let plain = |text: &str| {
        let text = text
            .trim()
            .trim_matches(['"', '.', '!', '»', '«', '“', '”', ' ']);
        text.to_lowercase()
    };
    let said = plain(first);
    let is_it =
        |option: &crate::config::survey::Texts| option.all().any(|text| plain(text) == said);
    let mut found = (1_u8..)
        .zip(&asked.survey.options)
        .filter(|(_, one)| is_it(one));
    let (number, _) = found.next().filter(|_| !said.is_empty())?;
    found.next().is_none().then(|| Answer {
        digits: vec![number],
        comment: below.trim().chars().take(LONGEST_COMMENT).collect(),
        ..Answer::default()
    })
}
