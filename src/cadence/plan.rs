//! Planning: for each schedule in a charter, one row with its next moment.

use super::registry::{ACTS, Act, CatchUp};
use crate::clock::moment;
use crate::config::Charter;
use crate::context::Context;
use crate::lists::roles;
use crate::store::acts::{self, Act as Row};
use crate::store::{self, Millis, Tx, communities};

/// Moments that one outage may merge at most: a year of days.
const MOST_MERGED: usize = 400;

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
    roles::plan_terms(tx, community, charter, now).await?;
    let waiting = acts::waiting(tx, community).await?;
    for act in ACTS {
        let rows: Vec<&Row> = waiting
            .iter()
            .filter(|row| row.name == act.name && row.about.is_empty())
            .collect();
        // A row that is due already keeps its moment: rescheduling must not lose it.
        if rows.iter().any(|row| row.due_at <= now) {
            continue;
        }
        let next = next(act, charter, now);
        let mut planned = false;
        for row in rows {
            match Some(row.due_at) == next {
                true => planned = true,
                false => {
                    acts::drop_waiting(tx, row.id, "the charter's schedule has changed", now)
                        .await?
                }
            }
        }
        if let (Some(due), false) = (next, planned) {
            acts::insert(tx, community, act.name, "", due).await?;
        }
    }
    Ok(())
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
            plan(&mut tx, community.id, &charter, ctx.now()).await?;
        }
    }
    tx.commit().await
}

/// The next moment of an act after `after`.
pub fn next(act: &Act, charter: &Charter, after: Millis) -> Option<Millis> {
    let line = (act.schedule)(charter)?;
    line.next_after(moment(after), charter.timezone)
        .map(|at| at.timestamp_millis())
}

/// After a row was done: plans the next one, and records as merged what an
/// outage swallowed, if that is the act's rule.
///
/// # Errors
/// Where the database refuses.
pub async fn plan_next(
    tx: &mut Tx,
    act: &Act,
    row: &Row,
    charter: &Charter,
    now: Millis,
) -> store::Result<()> {
    let mut after = row.due_at;
    for _ in 0..MOST_MERGED {
        let Some(due) = next(act, charter, after) else {
            return Ok(());
        };
        if due > now || act.catch_up == CatchUp::Late {
            return acts::insert(tx, row.community_id, act.name, &row.about, due).await;
        }
        acts::insert_merged(
            tx,
            row,
            due,
            now,
            "fell due while no node ran; the earlier one stands for it",
        )
        .await?;
        after = due;
    }
    match next(act, charter, now) {
        Some(due) => acts::insert(tx, row.community_id, act.name, &row.about, due).await,
        None => Ok(()),
    }
}
