//! Whether an act that has fallen due happens: what a holiday, a facilitator who has
//! muted it, or the time that has passed since say against it.

use super::act::{Act, CatchUp, Holidays, Plan};
use super::{Outcome, moments, plan};
use crate::clock::moment;
use crate::config::Charter;
use crate::config::charter::Exception;
use crate::store::mutes::Mute;
use crate::store::{Millis, Tx, mutes, sessions};
use crate::{clock, store};

/// An act is late where it comes so much after its moment, in milliseconds.
const LATE: Millis = 5 * 60_000;
const HOUR: Millis = 3_600_000;

/// A moment of an act in a community.
pub(super) struct Case<'a> {
    pub(super) act: &'a Act,
    pub(super) charter: &'a Charter,
    pub(super) about: &'a str,
    pub(super) due_at: Millis,
}

/// Why the act shall not happen; `None` where it shall.
pub(super) async fn objection(
    tx: &mut Tx,
    community: i64,
    case: &Case<'_>,
    now: Millis,
) -> store::Result<Option<Outcome>> {
    if is_planned_no_more(case) && !has_begun(tx, community, case, now).await? {
        let why = "the charter plans it no more".to_owned();
        return Ok(Some(Outcome::Dropped(why)));
    }
    if let Some(why) = moved_away(case) {
        return Ok(Some(Outcome::Dropped(why)));
    }
    let muted = mutes::of_community(tx, community).await?;
    // Muted is what happens now, whenever it was due.
    let ahead = silenced(case, &muted, now.max(case.due_at));
    Ok(ahead.or_else(|| expired(case, now)))
}

/// What says against a moment although nothing has happened yet: the engine asks when
/// it has come, the calendar before.
pub(super) fn silenced(case: &Case<'_>, muted: &[Mute], at: Millis) -> Option<Outcome> {
    let name = case.act.mailing.map(|mailing| mailing.mail);
    let mute = muted.iter().find(|mute| Some(mute.mail.as_str()) == name);
    if let Some(mute) = mute.filter(|mute| at < mute.until_at) {
        return Some(Outcome::Dropped(said_of(mute, case.charter)));
    }
    let day = moment(case.due_at).with_timezone(&case.charter.timezone);
    if !moments::is_holiday(case.charter, day.date_naive()) {
        return None;
    }
    match case.act.holidays {
        Holidays::Merge => Some(Outcome::Merged(
            "falls on a holiday; the next one stands for it".into(),
        )),
        Holidays::Drop => Some(Outcome::Dropped("falls on a holiday".into())),
        Holidays::Ignore | Holidays::Move => None,
    }
}

fn said_of(mute: &Mute, charter: &Charter) -> String {
    let until = moment(mute.until_at).with_timezone(&charter.timezone);
    let day = until.format("%Y-%m-%d");
    format!("muted by a facilitator until {day}")
}

/// A series may have gone since its moment came.
fn is_planned_no_more(case: &Case<'_>) -> bool {
    let key = moments::key_of(case.about);
    let all = || moments::series(case.act, case.charter);
    case.act.plan.is_of_charter() && all().iter().all(|one| one.key != key)
}

/// What follows a session that took place does, also where its series has gone since.
async fn has_begun(
    tx: &mut Tx,
    community: i64,
    case: &Case<'_>,
    now: Millis,
) -> store::Result<bool> {
    match (case.act.plan, case.about.split_once(' ')) {
        (Plan::Sessions(_), Some(about)) => sessions::has_begun(tx, community, about, now).await,
        _ => Ok(false),
    }
}

/// A session may have been moved or cancelled since the moment came that is about it.
fn moved_away(case: &Case<'_>) -> Option<String> {
    let Plan::Sessions(_) = case.act.plan else {
        return None;
    };
    moments::exception(case.charter, case.about).and_then(|what| match what {
        Exception::Cancelled(why) => Some(moments::said_cancelled(why)),
        Exception::Moved(_) => {
            let due = moments::of_session(case.act, case.charter, case.about);
            let stands = due.is_some_and(|moment| moment.due == case.due_at);
            (!stands).then(|| moments::MOVED.to_owned())
        }
    })
}

/// Of a merging act the last moment counts that has passed: it stands for all.
fn expired(case: &Case<'_>, now: Millis) -> Option<Outcome> {
    let due = match case.act.catch_up {
        CatchUp::Merge if case.act.expiry.is_some() => last_before(case, now),
        _ => case.due_at,
    };
    let is_expired = plan::is_expired(case.act, due, now);
    let hours = (now - due) / HOUR;
    is_expired.then(|| Outcome::Dropped(format!("came {hours} hours late, which is too late")))
}

fn last_before(case: &Case<'_>, now: Millis) -> Millis {
    let all = moments::series(case.act, case.charter);
    let key = moments::key_of(case.about);
    let series = all.iter().find(|one| one.key == key);
    let later = series.and_then(|series| {
        moments::after(case.act, case.charter, series, (case.due_at, case.about))
            .take_while(|next| next.due <= now)
            .last()
    });
    later.map_or(case.due_at, |moment| moment.due)
}

/// The reason of an act that was done, and by how much it was late.
pub(super) fn with_lateness(outcome: Outcome, due_at: Millis, now: Millis) -> Outcome {
    match outcome {
        Outcome::Done(what) if now - due_at >= LATE => {
            let due = clock::rfc3339(due_at);
            Outcome::Done(format!("{what}; late, it was due at {due}"))
        }
        other => other,
    }
}
