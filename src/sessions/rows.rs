//! The rows of a series' sessions: made some months ahead, kept in step with the rule
//! until somebody touches them, and recorded as held when they have passed.

use std::collections::BTreeMap;

use chrono::TimeDelta;

use super::times::Times;
use crate::cadence::act::{Act, Plan};
use crate::cadence::moments::Offset;
use crate::cadence::{Outcome, Running};
use crate::store::series::{self, Series};
use crate::store::sessions::{self, Session};
use crate::store::{self, Millis, Tx};

/// Sessions have rows so far ahead, in milliseconds.
const HORIZON: Millis = 400 * 86_400_000;

/// Rows that one look ahead makes at most: two sessions a day for the whole of it.
const MOST_ROWS: usize = 800;

/// The name of the act that records a session as held.
const HELD: &str = "session-held";

/// When a session ends it was held, unless somebody has cancelled it.
pub const ACT: Act = Act::new(HELD, |tx, act| Box::pin(held(tx, act)))
    .planned(Plan::Sessions(|_| Some(Offset::After(TimeDelta::zero()))));

/// Brings the rows of a running series into line with its rule. What has begun, and what
/// somebody moved or cancelled, stays.
///
/// # Errors
/// Where the database refuses.
pub async fn plan(tx: &mut Tx, series: &Series, now: Millis) -> store::Result<()> {
    let Some(times) = Times::of(series) else {
        return Ok(());
    };
    let wanted = wanted(&times, now);
    for row in sessions::of_series(tx, series.id).await? {
        if row.state != "planned" || row.starts_at <= now {
            continue;
        }
        match wanted.contains_key(&row.on_date) || row.moved {
            true => fit(tx, row, series.duration).await?,
            false => sessions::delete(tx, row.id).await?,
        }
    }
    for (on, starts_at) in &wanted {
        sessions::ensure(tx, &new(series, on, *starts_at, now)).await?;
    }
    Ok(())
}

/// The days of the sessions that are to come, as the rule has them.
fn wanted(times: &Times, now: Millis) -> BTreeMap<String, Millis> {
    let coming = times
        .sittings()
        .map(|(wall, at)| (wall.date().to_string(), at.timestamp_millis()))
        .skip_while(|(_, at)| *at <= now)
        .take_while(|(_, at)| *at <= now.saturating_add(HORIZON));
    coming.take(MOST_ROWS).collect()
}

async fn fit(tx: &mut Tx, row: Session, duration: i64) -> store::Result<()> {
    let ends_at = row.starts_at + duration;
    match row.ends_at == ends_at {
        true => Ok(()),
        false => sessions::update(tx, &Session { ends_at, ..row }).await,
    }
}

fn new(series: &Series, on: &str, starts_at: Millis, now: Millis) -> Session {
    Session {
        community_id: series.community_id,
        series_id: series.id,
        on_date: on.to_owned(),
        starts_at,
        ends_at: starts_at + series.duration,
        modified_at: now,
        ..Session::default()
    }
}

/// The row of the session that is planned for that day, made where it has none yet;
/// `None` where the series has no such session, as where it began later: what its rule
/// says of the time before has not taken place.
///
/// # Errors
/// Where the database refuses.
pub async fn on(
    tx: &mut Tx,
    series: &Series,
    day: chrono::NaiveDate,
    now: Millis,
) -> store::Result<Option<Session>> {
    let on = day.to_string();
    if let Some(row) = sessions::on(tx, series.id, &on).await? {
        return Ok(Some(row));
    }
    let Some(times) = Times::of(series) else {
        return Ok(None);
    };
    let found = times.sittings().find(|(wall, _)| wall.date() >= day);
    let Some((_, at)) = found.filter(|(wall, _)| wall.date() == day) else {
        return Ok(None);
    };
    if at.timestamp_millis() < series.began_at {
        return Ok(None);
    }
    let row = new(series, &on, at.timestamp_millis(), now);
    sessions::ensure(tx, &row).await?;
    sessions::on(tx, series.id, &on).await
}

/// The row of the session that an act is about, `SERIES DATE`.
///
/// # Errors
/// Where the database refuses.
pub async fn of_act(tx: &mut Tx, act: &Running<'_>) -> store::Result<Option<(Series, Session)>> {
    let Some((slug, day)) = act.about.split_once(' ') else {
        return Ok(None);
    };
    let all = series::of_community(tx, act.community.id).await?;
    let mut its: Vec<Series> = all.into_iter().filter(|one| one.slug == slug).collect();
    // What follows a session belongs to it, also where its series has another rule since.
    for series in its.iter().rev() {
        if let Some(row) = sessions::on(tx, series.id, day).await? {
            return Ok(Some((series.clone(), row)));
        }
    }
    let (Some(series), Ok(day)) = (its.pop(), day.parse()) else {
        return Ok(None);
    };
    let row = on(tx, &series, day, act.ctx.now()).await?;
    Ok(row.map(|row| (series, row)))
}

/// A session has ended: it was held. More are planned behind those that have rows.
async fn held(tx: &mut Tx, act: &Running<'_>) -> store::Result<Outcome> {
    let Some((series, row)) = of_act(tx, act).await? else {
        return Ok(Outcome::Dropped("there is no such session any more".into()));
    };
    if series.is_running() {
        plan(tx, &series, act.ctx.now()).await?;
    }
    match row.state.as_str() {
        "planned" => {
            end(tx, row).await?;
            Ok(Outcome::Done("the session was held".into()))
        }
        other => Ok(Outcome::Dropped(format!("the session was {other}"))),
    }
}

/// Records a session as held.
async fn end(tx: &mut Tx, row: Session) -> store::Result<()> {
    let state = "held".to_owned();
    sessions::update(tx, &Session { state, ..row }).await
}

/// Ends the rows of a series that goes on no more: what has begun was held; what was to
/// come is cancelled where `why` says so, else it goes with the rule that planned it.
///
/// # Errors
/// Where the database refuses.
pub async fn finish(
    tx: &mut Tx,
    series: &Series,
    why: Option<&str>,
    now: Millis,
) -> store::Result<()> {
    for row in sessions::of_series(tx, series.id).await? {
        match (row.state.as_str(), row.starts_at <= now, why) {
            ("planned", true, _) => end(tx, row).await?,
            ("planned", false, Some(why)) => cancel(tx, row, why, now).await?,
            // Whom it was announced to at another time must be told that it is off.
            ("planned", false, None) if row.moved => {
                cancel(tx, row, "the series has another rule", now).await?;
            }
            ("planned", false, None) => sessions::delete(tx, row.id).await?,
            _ => {}
        }
    }
    Ok(())
}

/// Records a session as cancelled.
///
/// # Errors
/// Where the database refuses.
pub async fn cancel(tx: &mut Tx, row: Session, why: &str, now: Millis) -> store::Result<()> {
    let cancelled = Session {
        state: "cancelled".to_owned(),
        reason: why.to_owned(),
        modified_at: now,
        ..row
    };
    sessions::update(tx, &cancelled).await
}

/// Cancels and moves in a series what had been in the one that it goes on for, before
/// that ended.
///
/// # Errors
/// Where the database refuses.
pub async fn carry(tx: &mut Tx, from: &Series, to: &Series, now: Millis) -> store::Result<()> {
    for old in sessions::of_series(tx, from.id).await? {
        let Some(row) = sessions::on(tx, to.id, &old.on_date).await? else {
            continue;
        };
        let was_cancelled = old.state == "cancelled" && Some(old.modified_at) != from.ended_at;
        if was_cancelled {
            cancel(tx, row, &old.reason, now).await?;
        } else if old.moved && old.starts_at > now {
            let moved = Session {
                starts_at: old.starts_at,
                ends_at: old.ends_at,
                moved: true,
                modified_at: now,
                ..row
            };
            sessions::update(tx, &moved).await?;
        }
    }
    Ok(())
}
