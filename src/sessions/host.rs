//! Who hosts a session: who is asked for it in turn, what they answer, and what the host
//! is told before it begins.

mod ask;
mod brief;
mod reply;
mod rota;
mod swap;
mod turn;
mod wait;

pub use ask::{ACT, NAME};
pub use brief::{ACT as BRIEF_ACT, NAME as BRIEF};
pub use turn::{Turn, read};
pub use wait::ACT as WAIT_ACT;

use super::before::Sitting;
use crate::lists::home::Home;
use crate::outbox::compose;
use crate::store::hosts::{self, Asked, Key};
use crate::store::members::Member;
use crate::store::series::Series;
use crate::store::{self, Tx};
use crate::trail::Step;

/// By what a session's host and agenda are kept: they outlive a move and a changed rule.
pub fn key(series: &Series, day: &str) -> Key {
    Key {
        community: series.community_id,
        series: series.slug.clone(),
        on: day.to_owned(),
    }
}

/// The member who hosts the session of that original day (`2026-03-24`), where one has
/// agreed to and belongs to the list still.
///
/// # Errors
/// Where the database refuses.
pub async fn of(tx: &mut Tx, series: &Series, day: &str) -> store::Result<Option<Member>> {
    hosts::agreed(tx, &key(series, day)).await
}

/// A session was moved: what about its host waits for room in budgets is told anew, with
/// the new time.
///
/// # Errors
/// Where the database refuses or a mail cannot be composed.
pub async fn moved(tx: &mut Tx, sitting: &Sitting<'_>) -> Result<(), compose::Error> {
    ask::again(tx, sitting).await?;
    brief::again(tx, sitting).await
}

/// From now on that member hosts a session, whoever did before; whoever was asked keeps
/// their turn. `via` says who made it so: rota, swap or operator.
///
/// # Errors
/// Where the database refuses.
pub async fn set(
    tx: &mut Tx,
    sitting: &Sitting<'_>,
    member: &Member,
    via: &str,
) -> store::Result<()> {
    let (home, key) = (&sitting.home, sitting.key());
    hosts::release(tx, &key, home.now()).await?;
    for one in hosts::of_session(tx, &key).await? {
        if one.state == "asked" && one.member_id != member.id {
            end(tx, home, one, "swapped").await?;
        }
    }
    note(tx, sitting, member, ("agreed", via)).await
}

/// Writes what a member has come to be for a session, and records it.
async fn note(
    tx: &mut Tx,
    sitting: &Sitting<'_>,
    member: &Member,
    (state, via): (&str, &str),
) -> store::Result<()> {
    let home = &sitting.home;
    let row = Asked {
        series: sitting.series.slug.clone(),
        on_date: sitting.row.on_date.clone(),
        member_id: member.id,
        state: state.to_owned(),
        via: via.to_owned(),
        asked_at: home.now(),
        answered_at: (state != "asked").then(|| home.now()),
    };
    hosts::put(tx, home.community.id, &row).await?;
    let step = Step::of_person(Some(home.community.id), &member.address, home.now());
    let reason = format!("{}: {via}", sitting.about());
    step.record(tx, "host", state, &reason).await
}

/// An ask ends so.
async fn end(tx: &mut Tx, home: &Home<'_>, asked: Asked, state: &str) -> store::Result<()> {
    let row = Asked {
        state: state.to_owned(),
        answered_at: Some(home.now()),
        ..asked
    };
    hosts::put(tx, home.community.id, &row).await
}
