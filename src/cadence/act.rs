//! What an act is: when it falls due, what an outage and a holiday do to it, whom
//! it writes to, and the function that does it.

use std::future::Future;
use std::pin::Pin;

use chrono::TimeDelta;

use super::moments::{Offset, Series};
use super::{Outcome, Running};
use crate::config::Charter;
use crate::config::charter::Session;
use crate::context::Context;
use crate::lists::post::{self, Arrival};
use crate::lists::speaker::Speaker;
use crate::outbox::compose;
use crate::store::mails::Mail;
use crate::store::members::Member;
use crate::store::outbox::Delivery;
use crate::store::{self, Millis, Tx};

/// What to do about moments that passed while no node ran, or that came late.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum CatchUp {
    /// Each is done, late.
    Late,
    /// One stands for all; the others are recorded as merged.
    Merge,
    /// Each that is later than the act's expiry is recorded as dropped; the others
    /// are done.
    Drop,
}

/// What a holiday of the charter does to an act that falls on it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Holidays {
    /// Nothing: it is no event of the community's (the end of a term, say).
    Ignore,
    /// It falls due on the first day after them, at the same time; before a session,
    /// on the last day before them.
    Move,
    /// It is recorded as merged: the next one stands for it.
    Merge,
    /// It is recorded as dropped.
    Drop,
}

/// What plans an act.
#[derive(Clone, Copy)]
pub enum Plan {
    /// Other acts, or something that happens.
    Elsewhere,
    /// Schedules of the charter, in the community's zone or a person's.
    Schedules(for<'a> fn(&'a Charter) -> Vec<Series<'a>>),
    /// Each session of each series, so long before it or after its end.
    Sessions(fn(&Session) -> Option<Offset>),
    /// Each post that asks for it, so long after it was published; the act is about the
    /// post's key.
    Posts(for<'a> fn(&'a Posted<'a>) -> Option<TimeDelta>),
    /// Itself, where it wants to, whenever somebody has posted.
    Watching(Watches),
}

/// Looks at a post that has just been published, at this moment, and plans what follows.
pub type Watches = for<'a> fn(&'a mut Tx, &'a Posted<'a>, Millis) -> Watching<'a>;

/// A boxed look at a post.
pub type Watching<'a> = Pin<Box<dyn Future<Output = store::Result<()>> + Send + 'a>>;

/// A post that has just been published, by a person.
pub struct Posted<'a> {
    /// Its key.
    pub post: i64,
    /// The charter of its community.
    pub charter: &'a Charter,
    /// Whether it begins a thread.
    pub is_root: bool,
    /// Whether its author has not posted here before.
    pub is_first: bool,
    /// Who wrote it, where they are a member.
    pub author: Option<&'a Member>,
    /// Its subject.
    pub subject: &'a str,
    /// Its text without quotes and signature.
    pub text: &'a str,
}

/// A reply to a mail of ours, by whom it went to.
pub struct Reply<'a> {
    /// What every room needs.
    pub ctx: &'a Context,
    /// The reply.
    pub arrival: &'a Arrival<'a>,
    /// What it answers.
    pub mail: &'a Mail,
    /// Its delivery to who answers.
    pub delivery: &'a Delivery,
    /// Who answers.
    pub speaker: &'a Speaker,
}

/// A boxed reply that is being understood.
pub type Hearing<'a> =
    Pin<Box<dyn Future<Output = Result<post::Outcome, compose::Error>> + Send + 'a>>;

/// Understands a reply.
pub type Hears = for<'a> fn(&'a mut Tx, &'a Reply<'a>) -> Hearing<'a>;

impl Plan {
    /// Whether the charter alone says when it falls due.
    pub fn is_of_charter(&self) -> bool {
        matches!(self, Plan::Schedules(_) | Plan::Sessions(_))
    }
}

/// A boxed act at work.
pub type Work<'a> = Pin<Box<dyn Future<Output = store::Result<Outcome>> + Send + 'a>>;

/// A boxed look at who would get its mail.
pub type Look<'a> = Pin<Box<dyn Future<Output = store::Result<Vec<Recipient>>> + Send + 'a>>;

/// Somebody to whom an act's mail goes, or would go.
#[derive(Clone, Debug, PartialEq, Eq, serde::Serialize)]
pub struct Recipient {
    /// Where to.
    pub address: String,
    /// planned, sent, merged or dropped.
    pub outcome: &'static str,
    /// Why; may be empty.
    pub reason: String,
}

/// A moment of an act that is looked at before it comes.
pub struct Ahead<'a> {
    /// For whom.
    pub community: i64,
    /// Their charter.
    pub charter: &'a Charter,
    /// What it is about.
    pub about: &'a str,
    /// The moment.
    pub due_at: Millis,
}

/// The mail that an act sends.
#[derive(Clone, Copy)]
pub struct Mailing {
    /// Its name in the catalogue.
    pub mail: &'static str,
    /// Who would get it, as far as can be told ahead.
    pub audience: for<'a> fn(&'a mut Tx, &'a Ahead<'a>) -> Look<'a>,
}

/// One kind of act.
#[derive(Clone, Copy)]
pub struct Act {
    /// Its name; a mail that it sends usually has the same.
    pub name: &'static str,
    /// When it falls due.
    pub plan: Plan,
    /// What an outage does to it.
    pub catch_up: CatchUp,
    /// How late it may be; later, it is dropped.
    pub expiry: Option<TimeDelta>,
    /// What a holiday does to it.
    pub holidays: Holidays,
    /// What it sends, where the calendar shows it and a facilitator may mute it.
    pub mailing: Option<Mailing>,
    /// The mail to which replies are understood here, and what understands them; any
    /// other reply is taken for a command.
    pub hears: Option<(&'static str, Hears)>,
    /// Does it, inside the transaction that records it as done.
    pub run: for<'a> fn(&'a mut Tx, &'a Running<'a>) -> Work<'a>,
}

impl Act {
    /// An act that is done however late, holiday or not, and that the calendar does
    /// not show.
    pub const fn new(
        name: &'static str,
        run: for<'a> fn(&'a mut Tx, &'a Running<'a>) -> Work<'a>,
    ) -> Act {
        Act {
            name,
            plan: Plan::Elsewhere,
            catch_up: CatchUp::Late,
            expiry: None,
            holidays: Holidays::Ignore,
            mailing: None,
            hears: None,
            run,
        }
    }

    /// The same, planned so.
    pub const fn planned(self, plan: Plan) -> Act {
        Act { plan, ..self }
    }

    /// The same, of which one stands for all that an outage swallowed.
    pub const fn merging(self) -> Act {
        Act {
            catch_up: CatchUp::Merge,
            ..self
        }
    }

    /// The same, dropped where it comes later than so many hours; of several, each
    /// for itself.
    pub const fn dropped_after(self, hours: i64) -> Act {
        Act {
            catch_up: CatchUp::Drop,
            expiry: Some(TimeDelta::hours(hours)),
            ..self
        }
    }

    /// The same with another rule for holidays.
    pub const fn on_holidays(self, holidays: Holidays) -> Act {
        Act { holidays, ..self }
    }

    /// The same, with the mail that it sends.
    pub const fn mailing(
        self,
        mail: &'static str,
        audience: for<'a> fn(&'a mut Tx, &'a Ahead<'a>) -> Look<'a>,
    ) -> Act {
        Act {
            mailing: Some(Mailing { mail, audience }),
            ..self
        }
    }

    /// The same, understanding replies to that mail.
    pub const fn hearing(self, mail: &'static str, hears: Hears) -> Act {
        Act {
            hears: Some((mail, hears)),
            ..self
        }
    }
}

impl Recipient {
    /// Somebody who will get it.
    pub fn planned(address: &str) -> Recipient {
        Recipient {
            address: address.to_owned(),
            outcome: "planned",
            reason: String::new(),
        }
    }

    /// Somebody with another outcome, and why.
    pub fn other(address: &str, outcome: &'static str, reason: &str) -> Recipient {
        Recipient {
            address: address.to_owned(),
            outcome,
            reason: reason.to_owned(),
        }
    }
}
