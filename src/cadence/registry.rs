//! The registry of acts: one entry for each thing that can fall due.

use std::future::Future;
use std::pin::Pin;

use super::cron::CronLine;
use super::{Outcome, Running};
use crate::config::Charter;
use crate::lists::{self, moderation};
use crate::practice;
use crate::store::{self, Tx};

/// What to do about moments that passed while no node ran.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum CatchUp {
    /// The last one stands for all; the others are recorded as merged.
    Merge,
    /// Each is done, late.
    Late,
}

/// A boxed act at work.
pub type Work<'a> = Pin<Box<dyn Future<Output = store::Result<Outcome>> + Send + 'a>>;

/// One kind of act.
pub struct Act {
    /// Its name; a mail that it sends usually has the same.
    pub name: &'static str,
    /// The charter's schedule for it; `None` where other acts plan it.
    pub schedule: fn(&Charter) -> Option<&CronLine>,
    /// What an outage does to it.
    pub catch_up: CatchUp,
    /// Does it, inside the transaction that records it as done.
    pub run: for<'a> fn(&'a mut Tx, &'a Running<'a>) -> Work<'a>,
}

/// Every act there is.
pub const ACTS: &[Act] = &[
    Act {
        name: practice::charter_review::NAME,
        schedule: |charter| charter.charter.review.as_ref(),
        catch_up: CatchUp::Merge,
        run: |tx, act| Box::pin(practice::charter_review::run(tx, act)),
    },
    Act {
        name: lists::resume::NAME,
        schedule: |_| None,
        catch_up: CatchUp::Late,
        run: |tx, act| Box::pin(lists::resume::run(tx, act)),
    },
    Act {
        name: lists::digest::NAME,
        schedule: |charter| Some(&charter.digest.schedule),
        catch_up: CatchUp::Merge,
        run: |tx, act| Box::pin(lists::digest::run(tx, act)),
    },
    Act {
        name: lists::digest::REST,
        schedule: |_| None,
        catch_up: CatchUp::Late,
        run: |tx, act| Box::pin(lists::digest::rest(tx, act)),
    },
    Act {
        name: lists::guests::NAME,
        schedule: |_| None,
        catch_up: CatchUp::Late,
        run: |tx, act| Box::pin(lists::guests::end(tx, act)),
    },
    Act {
        name: lists::joining::REMINDER,
        schedule: |_| None,
        catch_up: CatchUp::Late,
        run: |tx, act| Box::pin(lists::joining::remind(tx, act)),
    },
    Act {
        name: lists::joining::END,
        schedule: |_| None,
        catch_up: CatchUp::Late,
        run: |tx, act| Box::pin(lists::joining::end(tx, act)),
    },
    Act {
        name: lists::addresses::END,
        schedule: |_| None,
        catch_up: CatchUp::Late,
        run: |tx, act| Box::pin(lists::addresses::end(tx, act)),
    },
    Act {
        name: lists::agreement::ASK,
        schedule: |_| None,
        catch_up: CatchUp::Merge,
        run: |tx, act| Box::pin(lists::agreement::ask_all(tx, act)),
    },
    Act {
        name: lists::roles::TERM_END,
        schedule: |_| None,
        catch_up: CatchUp::Late,
        run: |tx, act| Box::pin(lists::roles::end_term(tx, act)),
    },
    Act {
        name: moderation::due::REMIND,
        schedule: |_| None,
        catch_up: CatchUp::Late,
        run: |tx, act| Box::pin(moderation::due::remind(tx, act)),
    },
    Act {
        name: moderation::due::END,
        schedule: |_| None,
        catch_up: CatchUp::Late,
        run: |tx, act| Box::pin(moderation::due::end(tx, act)),
    },
    Act {
        name: moderation::bundle::NAME,
        schedule: |_| None,
        catch_up: CatchUp::Late,
        run: |tx, act| Box::pin(moderation::bundle::run(tx, act)),
    },
    Act {
        name: lists::bounces::WATCH,
        schedule: |_| None,
        catch_up: CatchUp::Late,
        run: |tx, act| Box::pin(lists::bounces::watch(tx, act)),
    },
    Act {
        name: lists::bounces::REFUSED,
        schedule: |_| None,
        catch_up: CatchUp::Late,
        run: |tx, act| Box::pin(lists::bounces::refused(tx, act)),
    },
    Act {
        name: lists::bounces::TROUBLE,
        schedule: |_| None,
        catch_up: CatchUp::Late,
        run: |tx, act| Box::pin(lists::bounces::tell(tx, act)),
    },
];

/// The act of that name.
pub fn by_name(name: &str) -> Option<&'static Act> {
    ACTS.iter().find(|act| act.name == name)
}
