//! Series as the charter wants them. One UID holds as long as the rule does: a changed
//! rule, start or zone ends the series and begins another under the same slug.

use chrono::NaiveDate;

use super::invitations::{self, Errand};
use super::rows;
use super::times::Times;
use crate::cadence::moments;
use crate::calendar::recur;
use crate::config::Charter;
use crate::config::charter::Session;
use crate::context::Context;
use crate::random;
use crate::store::communities::Community;
use crate::store::series::{self, CHARTER, Series};
use crate::store::{self, Tx};
use crate::trail::Step;

/// Holidays of one series that are looked for at most.
const MOST_EXCLUDED: usize = 1_000;

/// After so long nothing happens around a single session any more, in milliseconds.
const LONG_OVER: store::Millis = 60 * 86_400_000;

/// Brings series, sessions and what is to be mailed into line with the charter.
///
/// # Errors
/// Where the database refuses.
pub async fn align(
    tx: &mut Tx,
    ctx: &Context,
    community: &Community,
    charter: &Charter,
) -> store::Result<()> {
    if community.closed_at.is_some() {
        return close(tx, ctx, community, "the community is closed").await;
    }
    let known = series::latest(tx, community.id).await?;
    for session in &charter.sessions {
        let Some(wanted) = wanted(session, charter) else {
            continue;
        };
        let last = known.iter().find(|one| one.slug == session.slug);
        one(tx, ctx, community, (last, wanted)).await?;
    }
    let stray = |one: &&Series| {
        let named = || charter.sessions.iter().any(|s| s.slug == one.slug);
        one.is_running() && one.is_of_charter() && !named()
    };
    for gone in known.iter().filter(stray) {
        end(tx, ctx, gone, "the charter plans it no more", None).await?;
    }
    for added in known.iter().filter(|one| !one.is_of_charter()) {
        match is_long_over(added, ctx.now()) {
            true => end(tx, ctx, added, "it was held", None).await?,
            false => resume(tx, ctx, added).await?,
        }
    }
    Ok(())
}

/// Cancels all that is still to come of a community's sessions.
///
/// # Errors
/// Where the database refuses.
pub async fn close(
    tx: &mut Tx,
    ctx: &Context,
    community: &Community,
    why: &str,
) -> store::Result<()> {
    for one in series::latest(tx, community.id).await? {
        if one.is_running() {
            cancel(tx, ctx, &one, why).await?;
        }
    }
    Ok(())
}

/// Begins anew what closing the community has cancelled and the charter still plans,
/// each series under another UID. `community` is its row from before it was opened again.
///
/// # Errors
/// Where the database refuses.
pub async fn reopen(
    tx: &mut Tx,
    ctx: &Context,
    community: &Community,
    charter: &Charter,
) -> store::Result<()> {
    let known = series::latest(tx, community.id).await?;
    let is_closed = |one: &&Series| one.state == "cancelled" && one.ended_at == community.closed_at;
    for last in known.iter().filter(is_closed) {
        let planned = charter.sessions.iter().find(|s| s.slug == last.slug);
        let Some(wanted) = planned.and_then(|session| wanted(session, charter)) else {
            continue;
        };
        let generation = last.generation;
        let wanted = Series {
            generation,
            ..wanted
        };
        let begun = begin(tx, ctx, community, wanted).await?;
        rows::carry(tx, last, &begun, ctx.now()).await?;
    }
    Ok(())
}

/// Cancels all that is still to come of a series.
///
/// # Errors
/// Where the database refuses.
pub async fn cancel(tx: &mut Tx, ctx: &Context, one: &Series, why: &str) -> store::Result<()> {
    end(tx, ctx, one, why, Some(why)).await
}

/// What the charter wants of one series; the fields that it does not say are left empty.
/// `None` where its rule has no day, which `check` refuses.
fn wanted(session: &Session, charter: &Charter) -> Option<Series> {
    let (rule, until) = match session.rule.as_deref() {
        Some(rule) => recur::without_count(rule, session.starts, session.until).ok()?,
        None => (String::new(), None),
    };
    let text = |said: &Option<String>| said.clone().unwrap_or_default();
    let series = Series {
        slug: session.slug.clone(),
        origin: CHARTER.to_owned(),
        title: session.title.clone(),
        rule,
        starts: session.starts.format("%Y-%m-%dT%H:%M:%S").to_string(),
        until: until.map(|day| day.to_string()).unwrap_or_default(),
        zone: charter.timezone.name().to_owned(),
        duration: session.duration.num_milliseconds(),
        location: text(&session.location),
        link: text(&session.link),
        ..Series::default()
    };
    let excluded = holidays(&Times::of(&series)?, charter);
    Some(Series { excluded, ..series })
}

/// The days of a series that are holidays, comma-separated.
fn holidays(times: &Times, charter: &Charter) -> String {
    let last: Option<NaiveDate> = charter.holidays.iter().map(|holiday| holiday.last).max();
    let all = times.sittings().map(|(wall, _)| wall.date());
    let within = all.take_while(|day| last.is_some_and(|last| *day <= last));
    let off = within.filter(|day| moments::is_holiday(charter, *day));
    let days: Vec<String> = off.take(MOST_EXCLUDED).map(|day| day.to_string()).collect();
    days.join(",")
}

async fn one(
    tx: &mut Tx,
    ctx: &Context,
    community: &Community,
    (last, wanted): (Option<&Series>, Series),
) -> store::Result<()> {
    let Some(last) = last else {
        return begin(tx, ctx, community, wanted).await.map(drop);
    };
    let same = is_same(last, &wanted);
    if same && last.is_running() {
        return change(tx, ctx, last, wanted).await;
    }
    // What a person has cancelled stays so until the charter plans something else.
    if same && last.state == "cancelled" {
        return Ok(());
    }
    if last.is_running() {
        end(tx, ctx, last, "its rule has changed", None).await?;
    }
    let generation = last.generation;
    let wanted = Series {
        generation,
        ..wanted
    };
    begin(tx, ctx, community, wanted).await.map(drop)
}

/// Whether both are the same event to a calendar.
fn is_same(last: &Series, wanted: &Series) -> bool {
    let event = |one: &Series| {
        (
            one.rule.clone(),
            one.starts.clone(),
            one.zone.clone(),
            one.is_of_charter(),
        )
    };
    event(last) == event(wanted)
}

/// Begins a series: under a UID of its own, as the generation after the one given.
///
/// # Errors
/// Where the database refuses.
pub(super) async fn begin(
    tx: &mut Tx,
    ctx: &Context,
    community: &Community,
    wanted: Series,
) -> store::Result<Series> {
    let now = ctx.now();
    let uid = random::message_id(&ctx.settings.domain);
    let mut begun = Series {
        community_id: community.id,
        generation: wanted.generation + 1,
        uid: format!("{}-{uid}", community.slug),
        version: 1,
        state: "running".to_owned(),
        began_at: now,
        modified_at: now,
        ..wanted
    };
    begun.id = series::insert(tx, &begun).await?;
    rows::plan(tx, &begun, now).await?;
    record(tx, ctx, &begun, "begun", "").await?;
    invitations::plan(tx, &begun, Errand::first(&begun), now).await?;
    Ok(begun)
}

/// What the charter says differently of a series that goes on.
async fn change(tx: &mut Tx, ctx: &Context, last: &Series, wanted: Series) -> store::Result<()> {
    let changed = Series {
        title: wanted.title,
        until: wanted.until,
        duration: wanted.duration,
        location: wanted.location,
        link: wanted.link,
        excluded: wanted.excluded,
        ..last.clone()
    };
    if changed == *last {
        return resume(tx, ctx, last).await;
    }
    let changed = told_anew(tx, ctx, changed, Errand::all).await?;
    rows::plan(tx, &changed, ctx.now()).await?;
    record(tx, ctx, &changed, "changed", "the charter has changed").await
}

/// Writes a series of which all its members are to be told.
///
/// # Errors
/// Where the database refuses.
pub(super) async fn told_anew(
    tx: &mut Tx,
    ctx: &Context,
    mut one: Series,
    errand: impl Fn(&Series) -> Errand,
) -> store::Result<Series> {
    one.version += 1;
    one.modified_at = ctx.now();
    series::update(tx, &one).await?;
    invitations::plan(tx, &one, errand(&one), ctx.now()).await?;
    Ok(one)
}

/// Nothing has changed: rows are made for what has come nearer, and whoever was
/// forgotten (by a version without invitations, by a clock that was set) is told.
async fn resume(tx: &mut Tx, ctx: &Context, one: &Series) -> store::Result<()> {
    if !one.is_running() {
        return Ok(());
    }
    rows::plan(tx, one, ctx.now()).await?;
    invitations::plan_owed(tx, one, ctx.now()).await
}

/// Ends a series now. Whoever has it is told, unless it was over anyway.
async fn end(
    tx: &mut Tx,
    ctx: &Context,
    one: &Series,
    why: &str,
    cancelled: Option<&str>,
) -> store::Result<()> {
    let now = ctx.now();
    let past = rows_of(one, now);
    let state = match cancelled {
        None => "ended",
        Some(_) => "cancelled",
    };
    let mut ended = Series {
        state: state.to_owned(),
        reason: why.to_owned(),
        ended_at: Some(now),
        ..one.clone()
    };
    if cancelled.is_none() {
        ended.until = past.last.to_string();
    }
    rows::finish(tx, one, cancelled, now).await?;
    record(tx, ctx, &ended, "ended", why).await?;
    match past.goes_on || has_moved(tx, one, now).await? {
        true => told_anew(tx, ctx, ended, Errand::all).await.map(drop),
        false => series::update(tx, &ended).await,
    }
}

/// Whether nothing is planned around a single session any more: a recap comes days later.
fn is_long_over(one: &Series, now: store::Millis) -> bool {
    let past = rows_of(one, now.saturating_sub(LONG_OVER));
    one.is_running() && one.rule.is_empty() && !past.goes_on
}

/// Where a series stands.
struct Past {
    /// The day of the last session that has begun; a day before the first where none has.
    last: NaiveDate,
    /// Whether more would follow.
    goes_on: bool,
}

fn rows_of(one: &Series, now: store::Millis) -> Past {
    let Some(times) = Times::of(one) else {
        return Past {
            last: NaiveDate::default(),
            goes_on: true,
        };
    };
    let first = times.starts.date();
    let mut last = first.pred_opt().unwrap_or(first);
    for (wall, at) in times.sittings() {
        if at.timestamp_millis() > now {
            return Past {
                last,
                goes_on: true,
            };
        }
        last = wall.date();
    }
    Past {
        last,
        goes_on: false,
    }
}

/// Whether a session was put off to a day that is still to come.
async fn has_moved(tx: &mut Tx, one: &Series, now: store::Millis) -> store::Result<bool> {
    let rows = store::sessions::of_series(tx, one.id).await?;
    Ok(rows.iter().any(|row| row.moved && row.starts_at > now))
}

pub(super) async fn record(
    tx: &mut Tx,
    ctx: &Context,
    one: &Series,
    verdict: &str,
    why: &str,
) -> store::Result<()> {
    let step = Step {
        community_id: Some(one.community_id),
        at: ctx.now(),
        ..Step::default()
    };
    let what = format!("{} {}", one.slug, one.generation);
    let reason = match why {
        "" => what,
        why => format!("{what}: {why}"),
    };
    step.record(tx, "series", verdict, &reason).await
}
