//! One thing that needs a person, and the words around it.

use chrono::NaiveDate;

use super::DAY;
use crate::clock::moment;
use crate::lists::home::Home;
use crate::message::oneline::oneline;
use crate::store::Millis;
use crate::templates::Phrase;

/// The longest line about an item, in characters: with its number in front of it, it
/// fits a line of 80.
const LONGEST_LINE: usize = 75;

/// The longest name or subject within such a line, in characters.
const LONGEST_NAME: usize = 28;

/// What goes first; within a rank the oldest.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Rank {
    /// It is lost soon, or holds up everything.
    Soon,
    /// Somebody waits for a decision.
    Decision,
    /// Somebody waits for a word.
    Person,
    /// Mail does not arrive.
    Delivery,
    /// The community itself.
    Community,
}

/// One thing that needs a person.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Item {
    /// Its kind and its key, as `hold:12`: the same in every mail that names it.
    pub key: String,
    /// How urgent it is.
    pub rank: Rank,
    /// Since when it waits.
    pub since: Millis,
    /// What it is, in one line.
    pub title: String,
    /// What is known of it, and what may be answered; or empty.
    pub detail: String,
    /// A page about it, or empty.
    pub url: String,
}

impl Item {
    /// An item of that kind and key.
    pub(super) fn new(kind: &str, key: impl std::fmt::Display, rank: Rank, since: Millis) -> Item {
        Item {
            key: format!("{kind}:{key}"),
            rank,
            since,
            title: String::new(),
            detail: String::new(),
            url: String::new(),
        }
    }

    /// The same, saying this.
    pub(super) fn saying(mut self, home: &Home<'_>, title: &Phrase, detail: &Phrase) -> Item {
        self.title = cut(&home.say(title), LONGEST_LINE);
        self.detail = cut(&home.say(detail), LONGEST_LINE);
        self
    }

    /// The same, saying this, and that more than DONE and SNOOZE is understood.
    pub(super) fn deciding(
        self,
        home: &Home<'_>,
        title: &Phrase,
        (verbs, detail): (&'static str, &Phrase),
    ) -> Item {
        let mut item = self.saying(home, title, detail);
        let verbs = home.say(&Phrase::new(verbs));
        item.detail = cut(&format!("{verbs}: {}", home.say(detail)), LONGEST_LINE);
        item
    }
}

/// One line of at most so many characters.
fn cut(text: &str, most: usize) -> String {
    let line = oneline(text);
    match line.chars().count() > most {
        true => line.chars().take(most - 1).chain(['…']).collect(),
        false => line,
    }
}

/// A name or a subject as it fits a line.
pub(super) fn short(text: &str) -> String {
    cut(text.trim(), LONGEST_NAME)
}

/// The name of somebody, else their address.
pub(super) fn who(name: &str, address: &str) -> String {
    match name.trim() {
        "" => short(address),
        name => short(name),
    }
}

/// For how long something waits.
pub(super) fn age(home: &Home<'_>, since: Millis) -> String {
    let days = (home.now() - since) / DAY;
    let phrase = match days {
        ..1 => Phrase::new("worksheet_today"),
        1 => Phrase::new("worksheet_day"),
        many => Phrase::new("worksheet_days").with("count", many.to_string()),
    };
    home.say(&phrase)
}

/// The day of a moment on the community's clock.
pub(super) fn local_day(home: &Home<'_>, at: Millis) -> NaiveDate {
    moment(at)
        .with_timezone(&home.charter.timezone)
        .date_naive()
}

/// A day as people write it.
pub(super) fn day(home: &Home<'_>, day: NaiveDate) -> String {
    let (language, slug) = (&home.charter.language, &home.community.slug);
    home.ctx.templates.say_date(language, slug, day)
}
