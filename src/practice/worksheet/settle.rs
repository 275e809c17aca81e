//! What becomes of an item that a facilitator answers.

use std::collections::HashSet;
use std::future::Future;
use std::pin::Pin;

use chrono::{Days, NaiveDate, NaiveTime};

use super::DAY;
use super::gather::{self, SOURCES, Source};
use super::item::{day, local_day};
use crate::cadence::cron::from_wall_clock;
use crate::lists::home::Home;
use crate::message::words::worksheet::{Choice, LONGEST_SNOOZE, Span};
use crate::outbox::compose;
use crate::store::members::Member;
use crate::store::worksheets::{self, Decision};
use crate::store::{self, Millis, Tx, members};
use crate::templates::Phrase;
use crate::trail::Step;

/// A facilitator at work.
pub(super) struct Settler<'a> {
    /// Their community.
    pub home: Home<'a>,
    /// Who they are.
    pub member: &'a Member,
}

/// How an answer to an item ended; what is said of it is said in the community's
/// language.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Settled {
    /// It is done.
    Done(String),
    /// It was settled before.
    Before(String),
    /// It cannot be done.
    Not(String),
    /// The source has nothing of its own to do for that.
    Unknown,
}

/// An answer that takes effect.
pub(super) type Settling<'a> =
    Pin<Box<dyn Future<Output = Result<Settled, compose::Error>> + Send + 'a>>;

/// Does what RELEASE or DROP means for the item of that key.
pub(super) type Settle =
    for<'a> fn(&'a mut Tx, &'a Settler<'a>, &'a str, &'a Choice) -> Settling<'a>;

impl Settled {
    /// It was settled before, by whomever.
    pub(super) fn before(by: &Settler<'_>) -> Settled {
        Settled::Before(by.home.say(&Phrase::new("worksheet_before")))
    }
}

/// All that needs a person as things stand.
///
/// # Errors
/// Where the database refuses.
pub(super) async fn standing(tx: &mut Tx, home: &Home<'_>) -> store::Result<HashSet<String>> {
    let items = gather::all(tx, home).await?;
    Ok(items.into_iter().map(|item| item.key).collect())
}

/// Does what was said of an item. `standing` are the keys of all that still needs a
/// person.
///
/// # Errors
/// Where the database refuses or a mail that follows cannot be composed.
pub(super) async fn settle(
    tx: &mut Tx,
    by: &Settler<'_>,
    item: &str,
    said: &Choice,
    standing: &HashSet<String>,
) -> Result<Settled, compose::Error> {
    let (kind, key) = item.split_once(':').unwrap_or((item, ""));
    if let Some(settle) = own(kind).filter(|_| matches!(said, Choice::Release | Choice::Drop(_))) {
        let settled = settle(tx, by, key, said).await?;
        if let Settled::Done(_) = &settled {
            keep(tx, by, item, (decision(said), None)).await?;
        }
        if settled != Settled::Unknown {
            return Ok(settled);
        }
    }
    if let Some(told) = by_another(tx, by, item).await? {
        return Ok(Settled::Before(told));
    }
    if !standing.contains(item) {
        return Ok(Settled::before(by));
    }
    Ok(note(tx, by, item, said).await?)
}

/// What a source does itself.
fn own(kind: &str) -> Option<Settle> {
    let of_kind = |source: &&Source| source.kind == kind;
    SOURCES.iter().find(of_kind)?.settle
}

/// What another facilitator has done about it, for good.
async fn by_another(tx: &mut Tx, by: &Settler<'_>, item: &str) -> store::Result<Option<String>> {
    let known = worksheets::decision(tx, by.home.community.id, item).await?;
    let settled = known.filter(|known| known.until_at.is_none());
    let Some(known) = settled.filter(|known| known.address != by.member.address) else {
        return Ok(None);
    };
    let other = members::by_address(tx, by.home.community.id, &known.address).await?;
    let name = other
        .map(|other| other.name)
        .filter(|name| !name.is_empty());
    let phrase = Phrase::new("worksheet_before_by")
        .with("by", name.unwrap_or(known.address))
        .with("day", by.home.day(known.at));
    Ok(Some(by.home.say(&phrase)))
}

/// Keeps what was said, where it changes nothing but what is named.
async fn note(tx: &mut Tx, by: &Settler<'_>, item: &str, said: &Choice) -> store::Result<Settled> {
    let (phrase, until) = match said {
        Choice::Done => (Phrase::new("worksheet_done"), None),
        Choice::Drop(_) => (Phrase::new("worksheet_dropped"), None),
        Choice::Release => {
            let why = Phrase::new("worksheet_no_release");
            return Ok(Settled::Not(by.home.say(&why)));
        }
        Choice::Snooze(span) => match until(&by.home, *span) {
            None => return Ok(Settled::Not(by.home.say(&Phrase::new("worksheet_bad_day")))),
            Some(at) => {
                let back = day(&by.home, local_day(&by.home, at));
                (Phrase::new("worksheet_snoozed").with("day", back), Some(at))
            }
        },
    };
    keep(tx, by, item, (decision(said), until)).await?;
    Ok(Settled::Done(by.home.say(&phrase)))
}

fn decision(said: &Choice) -> &'static str {
    match said {
        Choice::Done => "done",
        Choice::Snooze(_) => "snoozed",
        Choice::Release => "released",
        Choice::Drop(_) => "dropped",
    }
}

/// Until when an item is put off; `None` for a day that has come, or is too far. A week
/// is a whole week, so that the next worksheet does not name it; all else is counted in
/// the community's days.
fn until(home: &Home<'_>, span: Span) -> Option<Millis> {
    let today = local_day(home, home.now());
    let last = today.checked_add_days(Days::new(LONGEST_SNOOZE.into()))?;
    let day = match span {
        Span::Week => return Some(home.now() + 7 * DAY),
        Span::Days(days) => today.checked_add_days(Days::new(days.into()))?,
        Span::Until(day) => day,
    };
    let midnight =
        |day: NaiveDate| from_wall_clock(day.and_time(NaiveTime::MIN), home.charter.timezone);
    (today < day && day <= last).then(|| midnight(day).timestamp_millis())
}

/// Keeps a decision, and records it.
async fn keep(
    tx: &mut Tx,
    by: &Settler<'_>,
    item: &str,
    (what, until_at): (&str, Option<Millis>),
) -> store::Result<()> {
    let (community, now) = (by.home.community.id, by.home.now());
    let decided = Decision {
        item: item.to_owned(),
        decision: what.to_owned(),
        until_at,
        address: by.member.address.clone(),
        at: now,
    };
    worksheets::decide(tx, community, &decided).await?;
    let until = until_at.map(|at| format!(" until {}", local_day(&by.home, at)));
    let reason = format!("{item}{}", until.unwrap_or_default());
    let step = Step::of_person(Some(community), &by.member.address, now);
    step.record(tx, "worksheet", what, &reason).await
}
