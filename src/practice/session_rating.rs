//! How was it? Every third session that took place is rated by those who were there.

use chrono::TimeDelta;

use crate::cadence::act::{Act, Ahead, Plan, Recipient};
use crate::cadence::moments::Offset;
use crate::cadence::{Outcome, Running};
use crate::sessions::{roster, rows};
use crate::store::series::Series;
use crate::store::{self, Millis, Tx, sessions};
use crate::surveys::session_rating::{self, Held, NAME};

/// Whoever said that they come is asked, where nobody noted who came.
const COMES: &str = "ACCEPTED";

/// With the recap, or a day after the session where there is none; what an outage has
/// made old is forgotten by those who were there.
pub const ACT: Act = Act::new(NAME, |tx, act| Box::pin(run(tx, act)))
    .planned(Plan::Sessions(|session| {
        Some(Offset::After(session.recap.unwrap_or(TimeDelta::days(1))))
    }))
    .dropped_after(7 * 24)
    .mailing(NAME, |tx, ahead| Box::pin(audience(tx, ahead)));

/// Asks those who were there, where it is the session's turn.
///
/// # Errors
/// Where the database refuses.
pub async fn run(tx: &mut Tx, act: &Running<'_>) -> store::Result<Outcome> {
    let Some((series, row)) = rows::of_act(tx, act).await? else {
        return Ok(Outcome::Dropped("there is no such session any more".into()));
    };
    if row.state != "held" {
        return Ok(Outcome::Dropped(format!("the session was {}", row.state)));
    }
    let count = taken_place(tx, &series, row.starts_at).await?;
    if !session_rating::is_due(count) {
        let why = format!("session {count} of its series is not rated: every third is");
        return Ok(Outcome::Dropped(why));
    }
    let attendees: Vec<i64> = comers(tx, &series, &row.on_date, act.ctx.now())
        .await?
        .iter()
        .map(|one| one.member)
        .collect();
    let held = Held {
        series: &series.slug,
        title: &series.title,
        on: &row.on_date,
        count,
        attendees: &attendees,
    };
    let home = (act.community, &*act.charter);
    session_rating::after(tx, act.ctx, home, &held)
        .await
        .map(Outcome::Done)
}

/// Who said that they come, as far as it is known; nobody, where it is not the turn of
/// that session.
///
/// # Errors
/// Where the database refuses.
pub async fn audience(tx: &mut Tx, ahead: &Ahead<'_>) -> store::Result<Vec<Recipient>> {
    let parts = ahead.about.split_once(' ');
    let Some((slug, day)) = parts.filter(|_| ahead.charter.health_check.is_some()) else {
        return Ok(Vec::new());
    };
    let Some(series) = roster::find(tx, ahead.community, slug, day.parse().ok()).await? else {
        return Ok(Vec::new());
    };
    let count = taken_place(tx, &series, ahead.due_at).await?;
    if !session_rating::is_due(count) {
        return Ok(Vec::new());
    }
    let comers = comers(tx, &series, day, ahead.due_at).await?;
    let recipient = |one: &roster::Row| Recipient::planned(&one.address);
    Ok(comers.iter().map(recipient).collect())
}

/// How many sessions of a series have begun by then and were, or will be, held.
async fn taken_place(tx: &mut Tx, series: &Series, by: Millis) -> store::Result<usize> {
    let all = sessions::of_series(tx, series.id).await?;
    let counts = |row: &&sessions::Session| row.state != "cancelled" && row.starts_at <= by;
    Ok(all.iter().filter(counts).count())
}

async fn comers(
    tx: &mut Tx,
    series: &Series,
    day: &str,
    now: Millis,
) -> store::Result<Vec<roster::Row>> {
    let mut all = roster::rows(tx, series, day.parse().ok(), now).await?;
    all.retain(|one| one.attended.unwrap_or(one.partstat == COMES));
    Ok(all)
}
