//! Surveys: asked by mail, answered by digits, confidential while they are open
//! (docs/decisions/0008).

pub mod actions;
pub mod answers;
pub mod answering;
pub mod ask;
pub mod bars;
pub mod close;
pub mod health_check;
pub mod keys;
pub mod open;
pub mod options;
pub mod poll;
pub mod quotes;
pub mod receipt;
pub mod remind;
pub mod reply;
pub mod results;
pub mod results_mail;
pub mod session_rating;
pub mod since;
pub mod statistics;
pub mod yearly_reflection;

use crate::config::survey::{Item, Kind, Survey};
use crate::store::surveys::Wave;

/// The mails by which surveys ask, by their names in the catalogue: who stops surveys
/// stops all of them.
pub const MAILS: &[&str] = &[
    "health-check",
    "health-check-reminder",
    "yearly-reflection",
    "solution-check",
    "session-rating",
    "stage-check",
    "domain-survey",
];

/// A wave and what it asks.
#[derive(Clone, Debug)]
pub struct Asked {
    /// The wave.
    pub wave: Wave,
    /// Its survey, as it was when the wave opened.
    pub survey: Survey,
}

impl Asked {
    /// The wave with its survey; `None` where the text that is kept cannot be read, which
    /// only an older version can bring about.
    pub fn of(wave: Wave) -> Option<Asked> {
        let survey = Survey::parse(&wave.definition, &wave.survey, &wave.survey).ok()?;
        Some(Asked { wave, survey })
    }

    /// Its questions, in order.
    pub fn items(&self) -> Vec<&Item> {
        self.survey.asked(self.wave.number)
    }

    /// What an answer may be.
    pub fn scale(&self) -> answers::Scale {
        answers::Scale {
            items: match self.survey.kind {
                Kind::Ranking => self.survey.options.len(),
                Kind::Scale | Kind::Choice => self.items().len(),
            },
            is_order: self.survey.kind == Kind::Ranking,
            lowest: self.survey.lowest,
            highest: self.survey.highest,
            skip: self.survey.skip,
        }
    }

    /// The mail that asks it, by its name in the catalogue: its own, or that of the health
    /// check for an operator's surveys.
    pub fn mail(&self) -> &'static str {
        let own = MAILS.iter().copied().find(|name| *name == self.wave.survey);
        own.unwrap_or("health-check")
    }

    /// An answer as an example: digits of the scale, no two neighbours alike.
    pub fn example(&self) -> String {
        if self.survey.kind == Kind::Ranking {
            // The second first, so that nobody takes it for the order of the list.
            let mut order: Vec<_> = (1..=self.survey.options.len()).collect();
            order.rotate_left(1);
            let order: Vec<_> = order.iter().map(usize::to_string).collect();
            return order.join(" ");
        }
        let span = usize::from(self.survey.highest - self.survey.lowest) + 1;
        let digit = |at: usize| {
            let step = [span - 2, span - 1, span.saturating_sub(3), span - 2][at % 4] % span;
            (usize::from(self.survey.lowest) + step).to_string()
        };
        let count = self.items().len();
        let mut digits: Vec<_> = (0..count).map(digit).collect();
        if let (true, true, Some(last)) = (self.survey.skip, count > 1, digits.last_mut()) {
            *last = "0".to_owned();
        }
        digits.join(" ")
    }
}
