//! What time does to a post that waits: two reminders, then it is given up.

use super::{DAY, DAYS, bundle, finish, tell};
use crate::cadence::{Outcome, Running};
use crate::store::holds::{self, Hold};
use crate::store::{self, Millis, Tx, acts, communities};

/// The act that reminds moderators of a post; it is about the post's id.
pub const REMIND: &str = "hold-remind";

/// The act that gives a post up; it is about the post's id.
pub const END: &str = "hold-end";

/// Moderators are reminded when a post has waited for so many days.
const REMINDERS: [i64; 2] = [7, 21];

/// Plans what falls due for a post that begins to wait.
pub(super) async fn plan(tx: &mut Tx, hold: &Hold) -> store::Result<()> {
    let about = hold.intake_id.to_string();
    for days in REMINDERS {
        let due = hold.held_at + days * DAY;
        acts::insert(tx, hold.community_id, REMIND, &about, due).await?;
    }
    acts::insert(tx, hold.community_id, END, &about, hold.expires_at).await
}

/// Takes back what was planned for a post that is decided.
pub(super) async fn drop_all(
    tx: &mut Tx,
    hold: &Hold,
    why: &str,
    now: Millis,
) -> store::Result<()> {
    let about = hold.intake_id.to_string();
    for name in [REMIND, END] {
        acts::drop_about(tx, hold.community_id, (name, &about), why, now).await?;
    }
    Ok(())
}

/// Reminds the moderators of a post that still waits, with all others that do.
///
/// # Errors
/// Where the database refuses.
pub async fn remind(tx: &mut Tx, act: &Running<'_>) -> store::Result<Outcome> {
    let Some(hold) = waiting(tx, act).await? else {
        return Ok(Outcome::Dropped("the post waits no more".to_owned()));
    };
    holds::remind(tx, hold.intake_id).await?;
    bundle::remind(tx, act).await
}

/// Gives up a post about which nobody has decided.
///
/// # Errors
/// Where the database refuses.
pub async fn end(tx: &mut Tx, act: &Running<'_>) -> store::Result<Outcome> {
    communities::lock(tx, act.community.id).await?;
    let Some(hold) = waiting(tx, act).await? else {
        return Ok(Outcome::Dropped("the post waits no more".to_owned()));
    };
    let (id, now) = (hold.intake_id, act.ctx.now());
    if !holds::close(tx, id, "", ("expired", ""), now).await? {
        return Ok(Outcome::Dropped("the post waits no more".to_owned()));
    }
    let about = act.about.as_str();
    let why = "the post was given up";
    acts::drop_about(tx, act.community.id, (REMIND, about), why, now).await?;
    let reason = format!("expired: nobody decided within {DAYS} days");
    let ended = match finish(tx, act.ctx, &hold, "rejected", &reason).await {
        Ok(()) => tell(tx, act.ctx, id, "").await,
        refused => refused,
    };
    match ended {
        Ok(()) => Ok(Outcome::Done(reason)),
        Err(super::Refused::Store(error))
        | Err(super::Refused::Mail(crate::outbox::compose::Error::Store(error))) => Err(error),
        // It is given up all the same; the reason says who was not told.
        Err(error) => Ok(Outcome::Done(format!("{reason}; untold: {error}"))),
    }
}

async fn waiting(tx: &mut Tx, act: &Running<'_>) -> store::Result<Option<Hold>> {
    let Ok(id) = act.about.parse() else {
        return Ok(None);
    };
    let hold = holds::by_id(tx, id).await?;
    Ok(hold.filter(|hold| hold.decided_at.is_none()))
}
