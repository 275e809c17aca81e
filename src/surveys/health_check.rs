//! The quarterly health check: it opens when the charter says so.

use super::open;
use crate::cadence::act::{Act, Ahead, Holidays, Plan, Recipient};
use crate::cadence::moments::{Series, When};
use crate::cadence::{Outcome, Running};
use crate::config::Charter;
use crate::store::{self, Tx, members};

/// This act's name in the registry, its mail's in the catalogue, and its survey's.
pub const NAME: &str = "health-check";

/// One stands for all that an outage swallowed.
pub const ACT: Act = Act::new(NAME, |tx, act| Box::pin(run(tx, act)))
    .planned(Plan::Schedules(schedule))
    .merging()
    .on_holidays(Holidays::Move)
    .mailing(NAME, |tx, ahead| Box::pin(audience(tx, ahead)));

fn schedule(charter: &Charter) -> Vec<Series<'_>> {
    let series = |check| Series {
        key: String::new(),
        when: When::Schedule(check),
        zone: charter.timezone,
    };
    let check = charter.health_check.as_ref();
    check
        .map(|check| series(&check.schedule))
        .into_iter()
        .collect()
}

/// Opens it.
///
/// # Errors
/// Where the database refuses.
pub async fn run(tx: &mut Tx, act: &Running<'_>) -> store::Result<Outcome> {
    open::for_all(tx, act, NAME).await
}

/// Whom it asks.
///
/// # Errors
/// Where the database refuses.
pub async fn audience(tx: &mut Tx, ahead: &Ahead<'_>) -> store::Result<Vec<Recipient>> {
    let all = members::of_community(tx, ahead.community).await?;
    let asked = all.iter().filter(|member| open::is_asked(member));
    Ok(asked
        .map(|member| Recipient::planned(&member.address))
        .collect())
}
