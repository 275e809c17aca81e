//! Words about sessions, once it is sure who says them: facilitators add, move and cancel;
//! what a member adds is a proposal, which a facilitator confirms.

use chrono::{DateTime, NaiveDateTime, TimeDelta, Utc};

use super::actions;
use super::change;
use super::repeating::{self, Rhythm};
use super::single::{self, New};
use crate::calendar::wall;
use crate::clock::moment;
use crate::lists::home::Home;
use crate::lists::roles::{self, Act};
use crate::message::oneline::oneline;
use crate::message::words::{Every, Word};
use crate::store::members::Member;
use crate::store::{self, Tx};
use crate::templates::Phrase;
use crate::trail::Step;

/// Of each action so much is said, in characters.
const LONGEST_WHAT: usize = 160;

/// What became of a word.
#[derive(Clone, Debug)]
pub enum Said {
    /// It was done; what to say.
    Done(Phrase),
    /// It was not; why.
    Refused(Phrase),
    /// A facilitator is to confirm it.
    Proposal,
}

/// Does what a word about sessions asks for; `None` where it asks for something else.
///
/// # Errors
/// Where the database refuses.
pub async fn perform(
    tx: &mut Tx,
    home: &Home<'_>,
    by: &Member,
    word: &Word,
) -> store::Result<Option<Said>> {
    let may = roles::may(by, Act::MoveSessions);
    let said = match word {
        Word::AddSession(..) | Word::AddSeries(..) if !may => Said::Proposal,
        Word::AddSeries(every, at, minutes, title) => {
            let what = (*every, *at, *minutes, title.as_str());
            repeat(tx, home, by, what).await?
        }
        Word::MoveSession(..) | Word::CancelSession(..) if !may => {
            Said::Refused(Phrase::new("session_facilitators"))
        }
        Word::AddSession(at, minutes, title) => {
            add(tx, home, by, (*at, *minutes, title.as_str())).await?
        }
        Word::MoveSession(series, on, to) => {
            let to = on_clock(home, *to);
            match change::move_one(tx, home, (series, *on), to, &by.address).await? {
                Ok(row) => Said::Done(
                    Phrase::new("session_moved")
                        .with("series", series.clone())
                        .with("at", said_at(home, moment(row.starts_at))),
                ),
                Err(why) => Said::Refused(why.phrase()),
            }
        }
        Word::CancelSession(series, on, why) => {
            match change::cancel_one(tx, home, (series, *on), why, &by.address).await? {
                Ok(()) => Said::Done(
                    Phrase::new("session_cancelled")
                        .with("series", series.clone())
                        .with("date", on.to_string()),
                ),
                Err(why) => Said::Refused(why.phrase()),
            }
        }
        Word::Done(series, numbers) => done(tx, home, by, (series, numbers)).await?,
        _ => return Ok(None),
    };
    Ok(Some(said))
}

async fn add(
    tx: &mut Tx,
    home: &Home<'_>,
    by: &Member,
    (at, minutes, title): (NaiveDateTime, u32, &str),
) -> store::Result<Said> {
    let new = wanted(home, at, minutes, title);
    let added = single::add(tx, home, &new, &by.address).await?;
    Ok(match added {
        Ok(series) => Said::Done(
            Phrase::new("session_added")
                .with("series", series.slug)
                .with("title", series.title)
                .with("at", said_at(home, new.starts)),
        ),
        Err(why) => Said::Refused(why.phrase()),
    })
}

async fn repeat(
    tx: &mut Tx,
    home: &Home<'_>,
    by: &Member,
    (every, at, minutes, title): (Every, NaiveDateTime, u32, &str),
) -> store::Result<Said> {
    let new = wanted(home, at, minutes, title);
    let rhythm = Rhythm::of(every, at.date());
    let added = repeating::add(tx, home, (&new, &rhythm), &by.address).await?;
    Ok(match added {
        Ok(series) => Said::Done(
            Phrase::new("series_added")
                .with("series", series)
                .with("title", new.title)
                .with("at", said_at(home, new.starts)),
        ),
        Err(why) => Said::Refused(why.phrase()),
    })
}

/// What was agreed to be done is done, whoever says so.
async fn done(
    tx: &mut Tx,
    home: &Home<'_>,
    by: &Member,
    (series, numbers): (&str, &[u32]),
) -> store::Result<Said> {
    let ended = actions::done(tx, home, series, numbers).await?;
    if ended.is_empty() {
        let none = Phrase::new("action_none").with("series", series.to_owned());
        return Ok(Said::Refused(none));
    }
    let numbers: Vec<String> = ended.iter().map(|one| one.number.to_string()).collect();
    let numbers = numbers.join(", ");
    let step = Step::of_person(Some(home.community.id), &by.address, home.now());
    let reason = format!("{series}: {numbers}");
    step.record(tx, "action", "done", &reason).await?;
    let what = ended.iter().map(|one| oneline(&one.what));
    let what: Vec<String> = what
        .map(|what| what.chars().take(LONGEST_WHAT).collect())
        .collect();
    let done = Phrase::new("actions_done").with("what", what.join("; "));
    Ok(Said::Done(done))
}

/// A session as a mail asks for it: it has no place to go to.
fn wanted(home: &Home<'_>, at: NaiveDateTime, minutes: u32, title: &str) -> New {
    New {
        title: title.to_owned(),
        starts: on_clock(home, at),
        duration: TimeDelta::minutes(i64::from(minutes)),
        location: String::new(),
        link: String::new(),
    }
}

/// Times in mails are the community's.
fn on_clock(home: &Home<'_>, at: NaiveDateTime) -> DateTime<Utc> {
    wall::moment(at, home.charter.timezone)
}

fn said_at(home: &Home<'_>, at: DateTime<Utc>) -> String {
    home.moment(at.timestamp_millis())
}
