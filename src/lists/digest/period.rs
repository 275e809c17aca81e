//! The time that a digest is about, as people write it.

use chrono::{Datelike, NaiveDate};

use crate::cadence::Running;
use crate::clock::moment;
use crate::outbox::compose;
use crate::store::Millis;
use crate::templates::Phrase;

/// What is needed to say a date to a community.
pub(super) struct Calendar<'a> {
    act: &'a Running<'a>,
    language: String,
}

impl<'a> Calendar<'a> {
    pub(super) fn new(act: &'a Running<'a>) -> Calendar<'a> {
        let language = compose::language(act.ctx, act.community);
        Calendar { act, language }
    }

    /// A phrase in the community's language.
    pub(super) fn say(&self, phrase: &Phrase) -> String {
        let templates = &self.act.ctx.templates;
        templates.say(&self.language, &self.act.community.slug, phrase)
    }

    /// The community's day of that moment.
    pub(super) fn day(&self, at: Millis) -> NaiveDate {
        moment(at)
            .with_timezone(&self.act.charter.timezone)
            .date_naive()
    }

    /// A day: "9 March 2026".
    pub(super) fn date(&self, day: NaiveDate) -> String {
        let templates = &self.act.ctx.templates;
        templates.say_date(&self.language, &self.act.community.slug, day)
    }

    /// The days from one to another: "2 to 9 March 2026".
    pub(super) fn period(&self, first: NaiveDate, last: NaiveDate) -> String {
        let same_month = (first.year(), first.month()) == (last.year(), last.month());
        let phrase = match same_month {
            _ if first == last => return self.date(last),
            true => Phrase::new("period_days").with("first", first.day().to_string()),
            false => Phrase::new("period_dates").with("first", self.date(first)),
        };
        self.say(&phrase.with("last", self.date(last)))
    }
}
