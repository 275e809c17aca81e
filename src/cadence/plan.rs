//! Planning: for each series of an act, one row with its next moment.

use super::act::{Act, CatchUp, Plan, Posted};
use super::moments::{self, Moment, Series, key_of};
use super::registry::ACTS;
use crate::config::Charter;
use crate::config::charter::Exception;
use crate::context::Context;
use crate::lists::roles;
use crate::sessions::{self, standing};
use crate::store::acts::{self, Act as Row};
use crate::store::{self, Millis, Tx, communities};

/// Moments that one outage records at most, a row each; further ones are counted.
const MOST_RECORDED: usize = 400;

/// Moments that are looked at to find one that was not done: as many as a clock that
/// was set back far can have left behind.
const MOST_LOOKED_AT: usize = 5_000;

/// Why a community that is closed does nothing by itself.
pub(super) const CLOSED: &str = "the community is closed";

/// Comes after whatever an act can be about.
pub(super) const LAST: &str = "\u{10ffff}";

/// Brings the waiting rows into line with the charter: what is new is planned,
/// what was rescheduled is dropped with that reason and planned anew.
///
/// # Errors
/// Where the database refuses.
pub async fn plan(
    tx: &mut Tx,
    community: i64,
    charter: &Charter,
    now: Millis,
) -> store::Result<()> {
    if communities::by_id(tx, community).await?.closed_at.is_some() {
        return drop_all(tx, community, now).await;
    }
    roles::plan_terms(tx, community, charter, now).await?;
    let charter = standing::charter(tx, community, charter).await?;
    plan_of(tx, ACTS, community, &charter, now).await
}

/// A community that is closed does nothing more by itself. What something else has
/// planned goes on: calendars are told, surveys are closed.
async fn drop_all(tx: &mut Tx, community: i64, now: Millis) -> store::Result<()> {
    let is_ours = |row: &Row| {
        let act = ACTS.iter().find(|act| act.name == row.name);
        act.is_some_and(|act| !matches!(act.plan, Plan::Elsewhere))
    };
    for row in acts::waiting(tx, community).await? {
        if is_ours(&row) {
            acts::drop_waiting(tx, row.id, CLOSED, now).await?;
        }
    }
    Ok(())
}

/// A charter with its sessions as they stand: for rooms that sessions themselves need.
///
/// # Errors
/// Where the database refuses.
pub async fn as_it_stands(
    tx: &mut Tx,
    community: i64,
    charter: &Charter,
) -> store::Result<Charter> {
    standing::charter(tx, community, charter).await
}

/// The same for these acts.
///
/// # Errors
/// Where the database refuses.
pub async fn plan_of(
    tx: &mut Tx,
    acts: &[Act],
    community: i64,
    charter: &Charter,
    now: Millis,
) -> store::Result<()> {
    let waiting = acts::waiting(tx, community).await?;
    for act in acts.iter().filter(|act| is_charters(act)) {
        let all = moments::series(act, charter);
        for series in &all {
            let is_its = |row: &&Row| row.name == act.name && key_of(&row.about) == series.key;
            let rows: Vec<&Row> = waiting.iter().filter(is_its).collect();
            align(tx, (act, community), charter, series, &rows, now).await?;
        }
        let is_stray = |row: &&Row| {
            let key = key_of(&row.about);
            row.name == act.name && row.due_at > now && all.iter().all(|one| one.key != key)
        };
        for row in waiting.iter().filter(is_stray) {
            if follows_session(tx, act, row, now).await? {
                continue;
            }
            let why = "the charter plans it no more";
            acts::drop_waiting(tx, row.id, why, now).await?;
        }
    }
    Ok(())
}

fn is_charters(act: &Act) -> bool {
    act.plan.is_of_charter()
}

/// Plans what a post that has just been published asks for.
///
/// # Errors
/// Where the database refuses.
pub async fn after_post(
    tx: &mut Tx,
    community: i64,
    posted: &Posted<'_>,
    now: Millis,
) -> store::Result<()> {
    for act in ACTS {
        match act.plan {
            Plan::Posts(delay) => {
                if let Some(delay) = delay(posted) {
                    let due = now + delay.num_milliseconds();
                    let about = posted.post.to_string();
                    acts::insert(tx, community, act.name, &about, due).await?;
                }
            }
            Plan::Watching(watches) => watches(tx, posted, now).await?,
            Plan::Elsewhere | Plan::Schedules(_) | Plan::Sessions(_) => {}
        }
    }
    Ok(())
}

/// Brings one series' rows into line.
async fn align(
    tx: &mut Tx,
    (act, community): (&Act, i64),
    charter: &Charter,
    series: &Series<'_>,
    rows: &[&Row],
    now: Millis,
) -> store::Result<()> {
    // A row that is due already keeps its moment: rescheduling must not lose it.
    if rows.iter().any(|row| row.due_at <= now) {
        return Ok(());
    }
    let next = first(tx, (act, community), charter, series, (now, LAST)).await?;
    let is_next = |row: &Row| {
        let moment = next.as_ref();
        moment.is_some_and(|next| (next.due, &next.about) == (row.due_at, &row.about))
    };
    let mut planned = false;
    for row in rows {
        match is_next(row) {
            true => planned = true,
            false if follows_session(tx, act, row, now).await? => {}
            false => {
                let why = why_dropped(charter, row);
                acts::drop_waiting(tx, row.id, &why, now).await?;
            }
        }
    }
    match next {
        Some(next) if !planned => {
            acts::insert(tx, community, act.name, &next.about, next.due).await
        }
        _ => Ok(()),
    }
}

/// Whether a row is about a session that has begun: what follows it does, whatever rule
/// the series has since, or none.
async fn follows_session(tx: &mut Tx, act: &Act, row: &Row, now: Millis) -> store::Result<bool> {
    match (act.plan, row.about.split_once(' ')) {
        (Plan::Sessions(_), Some((series, day))) => {
            store::sessions::has_begun(tx, row.community_id, (series, day), now).await
        }
        _ => Ok(false),
    }
}

/// Why a row is planned no more.
fn why_dropped(charter: &Charter, row: &Row) -> String {
    match moments::exception(charter, &row.about) {
        Some(Exception::Cancelled(why)) => moments::said_cancelled(why),
        Some(Exception::Moved(_)) => moments::MOVED.to_owned(),
        None => "the charter's schedule has changed".to_owned(),
    }
}

/// Records what of all that is planned around a session does not happen, because it was
/// cancelled or moved so near that the moment has passed. `charter` has it as it stands.
///
/// # Errors
/// Where the database refuses.
pub async fn drop_session(
    tx: &mut Tx,
    community: i64,
    charter: &Charter,
    about: &str,
    now: Millis,
) -> store::Result<()> {
    let why = match moments::exception(charter, about) {
        Some(Exception::Cancelled(why)) => moments::said_cancelled(why),
        Some(Exception::Moved(_)) => format!("{}, and it is too late for this", moments::MOVED),
        None => return Ok(()),
    };
    let is_cancelled = matches!(
        moments::exception(charter, about),
        Some(Exception::Cancelled(_))
    );
    for act in ACTS.iter().filter(|act| act.mailing.is_some()) {
        let Some(moment) = moments::of_session(act, charter, about) else {
            continue;
        };
        let is_over = is_cancelled || moment.due <= now;
        if !is_over || was_done(tx, (act, community), &moment).await? {
            continue;
        }
        let which = (moment.about.as_str(), moment.due);
        acts::drop_about(tx, community, (act.name, about), &why, now).await?;
        acts::insert_ended(tx, (community, act.name), which, ("dropped", &why), now).await?;
    }
    Ok(())
}

/// The first moment after that one that was not done yet: a clock that was set back
/// passes moments again, and nothing happens twice.
async fn first(
    tx: &mut Tx,
    (act, community): (&Act, i64),
    charter: &Charter,
    series: &Series<'_>,
    after: (Millis, &str),
) -> store::Result<Option<Moment>> {
    for next in moments::after(act, charter, series, after).take(MOST_LOOKED_AT) {
        if !was_done(tx, (act, community), &next).await? {
            return Ok(Some(next));
        }
    }
    Ok(None)
}

/// What is done around a session is done once, however often the session is moved.
async fn was_done(
    tx: &mut Tx,
    (act, community): (&Act, i64),
    next: &Moment,
) -> store::Result<bool> {
    let whose = (community, act.name);
    match act.plan {
        Plan::Sessions(_) => acts::was_done_about(tx, whose, &next.about).await,
        _ => acts::was_done(tx, whose, (&next.about, next.due)).await,
    }
}

/// Brings every community's waiting rows into line: at a node's start, because
/// its clock may be another than that by which they were planned.
///
/// # Errors
/// Where the database refuses.
pub async fn plan_all(ctx: &Context) -> store::Result<()> {
    let mut tx = ctx.write_durably().await?;
    for community in communities::all(&mut tx).await? {
        if let Some(charter) = ctx.charter(&community) {
            sessions::align(&mut tx, ctx, &community, &charter).await?;
            plan(&mut tx, community.id, &charter, ctx.now()).await?;
        }
    }
    tx.commit().await
}

/// After a row has ended: plans the next one of its series, and records what an
/// outage swallowed, as the act's rule says. A row that was not done stands for no
/// other (`stands`).
///
/// # Errors
/// Where the database refuses.
pub async fn plan_next(
    tx: &mut Tx,
    act: &Act,
    row: &Row,
    stands: bool,
    (charter, now): (&Charter, Millis),
) -> store::Result<()> {
    let all = moments::series(act, charter);
    let Some(series) = all.iter().find(|one| one.key == key_of(&row.about)) else {
        return Ok(());
    };
    let mut after = (row.due_at, row.about.clone());
    let (mut swallowed, mut recorded) = (Vec::new(), 0);
    for next in moments::after(act, charter, series, (row.due_at, &row.about)) {
        if next.due > now || !is_swallowed(act, stands, next.due, now) {
            break;
        }
        after = (next.due, next.about.clone());
        recorded += 1;
        // The last one of too many stands for those that get no row.
        swallowed.truncate(MOST_RECORDED - 1);
        swallowed.push(next);
    }
    record(tx, act, row, &swallowed, recorded, now).await?;
    let whose = (act, row.community_id);
    if let Some(next) = first(tx, whose, charter, series, (after.0, &after.1)).await? {
        acts::insert(tx, row.community_id, act.name, &next.about, next.due).await?;
    }
    Ok(())
}

/// Whether a moment that has passed is not made up for.
fn is_swallowed(act: &Act, stands: bool, due: Millis, now: Millis) -> bool {
    match act.catch_up {
        CatchUp::Late => false,
        CatchUp::Merge => stands,
        CatchUp::Drop => is_expired(act, due, now),
    }
}

/// Whether an act comes too late to be done.
pub(super) fn is_expired(act: &Act, due: Millis, now: Millis) -> bool {
    let expiry = act.expiry.map(|most| most.num_milliseconds());
    expiry.is_some_and(|most| now - due > most)
}

/// A row for each moment; where there were too many, the last one says how many.
async fn record(
    tx: &mut Tx,
    act: &Act,
    row: &Row,
    swallowed: &[Moment],
    count: usize,
    now: Millis,
) -> store::Result<()> {
    let (state, why) = match act.catch_up {
        CatchUp::Drop => ("dropped", "fell due while no node ran, and came too late"),
        _ => (
            "merged",
            "fell due while no node ran; the earlier one stands for it",
        ),
    };
    let uncounted = count.saturating_sub(swallowed.len());
    for (number, moment) in swallowed.iter().enumerate() {
        let why = match number + 1 == swallowed.len() && uncounted > 0 {
            true => format!("{why}; so did {uncounted} between this one and the one before"),
            false => why.to_owned(),
        };
        let whose = (row.community_id, act.name);
        let which = (moment.about.as_str(), moment.due);
        acts::insert_ended(tx, whose, which, (state, &why), now).await?;
    }
    Ok(())
}

#[cfg(test)]
mod tests;
