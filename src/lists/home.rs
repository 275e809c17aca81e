//! A community with what is needed to write for it: its addresses, its language,
//! its wall clock.

use chrono::NaiveDate;

use super::post::Arrival;
use crate::clock::moment;
use crate::config::Charter;
use crate::context::Context;
use crate::store::Millis;
use crate::store::communities::Community;
use crate::templates::Phrase;

/// A community at work.
#[derive(Clone, Copy)]
pub struct Home<'a> {
    /// What every room needs.
    pub ctx: &'a Context,
    /// The community.
    pub community: &'a Community,
    /// Its charter.
    pub charter: &'a Charter,
}

impl<'a> Home<'a> {
    /// The community that a message came to.
    pub fn of(ctx: &'a Context, arrival: &Arrival<'a>) -> Home<'a> {
        Home {
            ctx,
            community: arrival.community,
            charter: arrival.charter,
        }
    }

    /// Now (civil), in milliseconds since 1970.
    pub fn now(&self) -> Millis {
        self.ctx.now()
    }

    /// One of its addresses, such as `pumps-owner@…`; of "" the list's own.
    pub fn address(&self, what: &str) -> String {
        let dash = if what.is_empty() { "" } else { "-" };
        format!(
            "{}{dash}{what}@{}",
            self.community.slug, self.ctx.settings.domain
        )
    }

    /// A phrase in its language.
    pub fn say(&self, phrase: &Phrase) -> String {
        let language = &self.charter.language;
        self.ctx
            .templates
            .say(language, &self.community.slug, phrase)
    }

    /// A day on its wall clock, as people write it.
    pub fn day(&self, at: Millis) -> String {
        let local = moment(at).with_timezone(&self.charter.timezone);
        let (language, slug) = (&self.charter.language, &self.community.slug);
        self.ctx
            .templates
            .say_date(language, slug, local.date_naive())
    }

    /// A day on its wall clock where there is little room: "14 Jan".
    pub fn short_day(&self, at: Millis) -> String {
        let local = moment(at).with_timezone(&self.charter.timezone);
        let (language, slug) = (&self.charter.language, &self.community.slug);
        self.ctx
            .templates
            .say_short_date(language, slug, local.date_naive())
    }

    /// A day that is kept as `2026-01-14`, as people write it; what is no day, as it is.
    pub fn date(&self, written: &str) -> String {
        let (language, slug) = (&self.charter.language, &self.community.slug);
        match written.parse::<NaiveDate>() {
            Ok(day) => self.ctx.templates.say_date(language, slug, day),
            Err(_) => written.to_owned(),
        }
    }

    /// A time from its first to its last day: "5 January to 11 January 2026".
    pub fn period(&self, (from, to): (Millis, Millis)) -> String {
        let day = |at| {
            let local = moment(at).with_timezone(&self.charter.timezone);
            local.date_naive()
        };
        let (language, slug) = (&self.charter.language, &self.community.slug);
        self.ctx
            .templates
            .say_period(language, slug, day(from), day(to))
    }

    /// A moment on its wall clock, as people write it: "14 January 2026, 10:30".
    pub fn moment(&self, at: Millis) -> String {
        let local = moment(at).with_timezone(&self.charter.timezone);
        let (language, slug) = (&self.charter.language, &self.community.slug);
        self.ctx
            .templates
            .say_moment(language, slug, local.naive_local())
    }
}
