//! Moving and cancelling: one session, or all that is still to come of a series.

use std::fmt;

use chrono::{DateTime, NaiveDate, Utc};

use super::before::{self, Sitting};
use super::invitations::Errand;
use super::{agenda, host, rows, series as affairs, standing};
use crate::cadence::plan;
use crate::lists::home::Home;
use crate::outbox::compose;
use crate::store::series::{self, Series};
use crate::store::sessions::{self, Session};
use crate::store::{self, Tx, communities};
use crate::templates::Phrase;

/// So many days are named to whoever named a wrong one.
const NAMED: usize = 3;

/// Why what waits about a session is taken back.
const CANCELLED: &str = "the session was cancelled";

/// Why nothing was changed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Refused {
    /// There is no such series; those that there are.
    NoSeries(String, Vec<String>),
    /// The series has no session that was planned for that day; its next ones.
    NoSession(NaiveDate, Vec<String>),
    /// It has begun already.
    Over(NaiveDate),
    /// It was cancelled already.
    Cancelled(NaiveDate),
    /// It is at that time already.
    Same,
    /// The time has passed.
    Past,
    /// A single session of that name is at that time already.
    Twice(String),
    /// The community is closed.
    Closed,
    /// It lasts no time, or days.
    Duration,
    /// It has no title, or one that is no line of a calendar.
    Title,
    /// The charter cannot have such a series; what is wrong with it.
    Rule(String),
}

impl Refused {
    /// The same for a mail.
    pub fn phrase(&self) -> Phrase {
        match self {
            Refused::NoSeries(series, known) => Phrase::new("session_no_series")
                .with("series", series.clone())
                .with("known", known.join(", ")),
            Refused::NoSession(on, next) => Phrase::new("session_no_day")
                .with("date", on.to_string())
                .with("next", next.join(", ")),
            Refused::Over(on) => Phrase::new("session_over").with("date", on.to_string()),
            Refused::Cancelled(on) => Phrase::new("session_off").with("date", on.to_string()),
            Refused::Same => Phrase::new("session_same"),
            Refused::Past => Phrase::new("session_past"),
            Refused::Twice(series) => Phrase::new("session_twice").with("series", series.clone()),
            Refused::Closed => Phrase::new("session_closed"),
            Refused::Duration => Phrase::new("session_duration"),
            Refused::Title => Phrase::new("session_title"),
            Refused::Rule(what) => Phrase::new("session_rule").with("what", what.clone()),
        }
    }
}

impl fmt::Display for Refused {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Refused::NoSeries(series, known) if known.is_empty() => write!(
                f,
                "there is no series {series}, nor any other; write one into the charter, or \
                 use `session add`"
            ),
            Refused::NoSeries(series, known) => {
                let known = known.join(", ");
                write!(f, "there is no series {series}; there are {known}")
            }
            Refused::NoSession(on, next) if next.is_empty() => {
                write!(f, "no session was planned for {on}, and none is to come")
            }
            Refused::NoSession(on, next) => {
                let next = next.join(", ");
                write!(f, "no session was planned for {on}; the next are on {next}")
            }
            Refused::Over(on) => write!(f, "the session of {on} has begun; name one to come"),
            Refused::Cancelled(on) => {
                write!(
                    f,
                    "the session of {on} is cancelled; add another one instead"
                )
            }
            Refused::Same => write!(f, "the session is at that time; name another"),
            Refused::Past => write!(f, "that time has passed; name one to come"),
            Refused::Twice(series) => {
                write!(
                    f,
                    "{series} is the same session; give another title or time"
                )
            }
            Refused::Closed => write!(
                f,
                "the community is closed; `community reopen` opens it again"
            ),
            Refused::Duration => write!(f, "a session takes from a minute to a week; say how long"),
            Refused::Title => write!(f, "the title is empty or too long; give one of a line"),
            Refused::Rule(what) => write!(f, "the charter cannot have such a series: {what}"),
        }
    }
}

/// What a change gives, or why there was none.
pub type Changed<T> = Result<T, Refused>;

/// Moves one session, named by its original day. `by` says who, for the trail.
///
/// # Errors
/// Where the database refuses.
pub async fn move_one(
    tx: &mut Tx,
    home: &Home<'_>,
    (slug, on): (&str, NaiveDate),
    to: DateTime<Utc>,
    by: &str,
) -> store::Result<Changed<Session>> {
    let found = find(tx, home, slug, on).await?;
    let (series, row) = match found {
        Ok(found) => found,
        Err(why) => return Ok(Err(why)),
    };
    let starts_at = to.timestamp_millis();
    if starts_at <= home.now() {
        return Ok(Err(Refused::Past));
    }
    if starts_at == row.starts_at {
        return Ok(Err(Refused::Same));
    }
    let moved = Session {
        starts_at,
        ends_at: starts_at + (row.ends_at - row.starts_at),
        moved: true,
        modified_at: home.now(),
        ..row
    };
    sessions::update(tx, &moved).await?;
    let what = format!("{on} to {} by {by}", to.to_rfc3339());
    tell(tx, home, &series, on, ("moved", &what)).await?;
    Ok(Ok(moved))
}

/// Cancels one session, named by its original day.
///
/// # Errors
/// Where the database refuses.
pub async fn cancel_one(
    tx: &mut Tx,
    home: &Home<'_>,
    (slug, on): (&str, NaiveDate),
    why: &str,
    by: &str,
) -> store::Result<Changed<()>> {
    let found = find(tx, home, slug, on).await?;
    let (series, row) = match found {
        Ok(found) => found,
        Err(refused) => return Ok(Err(refused)),
    };
    // Of one session that is all there is.
    if series.rule.is_empty() {
        return end(tx, home, &series, why, by).await.map(Ok);
    }
    rows::cancel(tx, row, why, home.now()).await?;
    let what = format!("{on} by {by}: {why}");
    tell(tx, home, &series, on, ("cancelled", &what)).await?;
    Ok(Ok(()))
}

/// Cancels all that is still to come of a series.
///
/// # Errors
/// Where the database refuses.
pub async fn cancel_all(
    tx: &mut Tx,
    home: &Home<'_>,
    slug: &str,
    why: &str,
    by: &str,
) -> store::Result<Changed<()>> {
    match running(tx, home, slug).await? {
        Ok(series) => end(tx, home, &series, why, by).await.map(Ok),
        Err(refused) => Ok(Err(refused)),
    }
}

async fn end(
    tx: &mut Tx,
    home: &Home<'_>,
    series: &Series,
    why: &str,
    by: &str,
) -> store::Result<()> {
    affairs::cancel(tx, home.ctx, series, why).await?;
    affairs::record(tx, home.ctx, series, "cancelled", by).await?;
    plan::plan(tx, home.community.id, home.charter, home.now()).await
}

/// The running series of that slug.
async fn running(tx: &mut Tx, home: &Home<'_>, slug: &str) -> store::Result<Changed<Series>> {
    communities::lock(tx, home.community.id).await?;
    let all = series::latest(tx, home.community.id).await?;
    let known = all.iter().filter(|one| one.is_running());
    let known: Vec<String> = known.map(|one| one.slug.clone()).collect();
    let found = all
        .into_iter()
        .find(|one| one.is_running() && one.slug == slug);
    Ok(found.ok_or_else(|| Refused::NoSeries(slug.to_owned(), known)))
}

/// A session that can still be changed.
async fn find(
    tx: &mut Tx,
    home: &Home<'_>,
    slug: &str,
    on: NaiveDate,
) -> store::Result<Changed<(Series, Session)>> {
    let series = match running(tx, home, slug).await? {
        Ok(series) => series,
        Err(why) => return Ok(Err(why)),
    };
    let Some(row) = rows::on(tx, &series, on, home.now()).await? else {
        let next = next(tx, home, &series).await?;
        return Ok(Err(Refused::NoSession(on, next)));
    };
    Ok(match row.state.as_str() {
        "cancelled" => Err(Refused::Cancelled(on)),
        "held" => Err(Refused::Over(on)),
        _ if row.starts_at <= home.now() => Err(Refused::Over(on)),
        _ => Ok((series, row)),
    })
}

async fn next(tx: &mut Tx, home: &Home<'_>, series: &Series) -> store::Result<Vec<String>> {
    let rows = sessions::of_series(tx, series.id).await?;
    let ahead = rows
        .into_iter()
        .filter(|row| row.state == "planned" && row.starts_at > home.now());
    Ok(ahead.take(NAMED).map(|row| row.on_date).collect())
}

/// One session has changed: whoever was invited is told, and what is planned around it
/// follows.
async fn tell(
    tx: &mut Tx,
    home: &Home<'_>,
    series: &Series,
    on: NaiveDate,
    (verdict, what): (&str, &str),
) -> store::Result<()> {
    let errand = |told: &Series| match told.rule.is_empty() {
        true => Errand::all(told),
        false => Errand::one(told, on),
    };
    affairs::told_anew(tx, home.ctx, series.clone(), errand).await?;
    affairs::record(tx, home.ctx, series, verdict, what).await?;
    let (community, now) = (home.community.id, home.now());
    let about = format!("{} {on}", series.slug);
    let stands = standing::charter(tx, community, home.charter).await?;
    plan::drop_session(tx, community, &stands, &about, now).await?;
    plan::plan(tx, community, home.charter, now).await?;
    match before::named(tx, *home, &about).await? {
        Some(sitting) => waiting(tx, &sitting).await,
        None => Ok(()),
    }
}

/// What waits for room in budgets has the old time: it is made anew, or taken back where
/// the session does not take place.
async fn waiting(tx: &mut Tx, sitting: &Sitting<'_>) -> store::Result<()> {
    if !sitting.is_ahead() {
        for name in [host::NAME, host::BRIEF, agenda::NAME] {
            sitting.take_back(tx, name, CANCELLED).await?;
        }
        return Ok(());
    }
    let told = match agenda::again(tx, sitting).await {
        Ok(()) => host::moved(tx, sitting).await,
        failed => failed,
    };
    match told {
        Err(compose::Error::Store(error)) => Err(error),
        Err(error) => {
            tracing::error!(%error, "what is told before a session cannot be told anew");
            Ok(())
        }
        Ok(()) => Ok(()),
    }
}
