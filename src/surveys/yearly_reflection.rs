//! Once a year, three questions on what this is to each member.

use super::{health_check, open};
use crate::cadence::act::{Act, Holidays, Plan};
use crate::cadence::moments::{Series, When};
use crate::cadence::{Outcome, Running};
use crate::config::Charter;
use crate::store::{self, Tx};

/// This act's name in the registry, its mail's in the catalogue, and its survey's.
pub const NAME: &str = "yearly-reflection";

/// One stands for all that an outage swallowed.
pub const ACT: Act = Act::new(NAME, |tx, act| Box::pin(run(tx, act)))
    .planned(Plan::Schedules(schedule))
    .merging()
    .on_holidays(Holidays::Move)
    .mailing(NAME, |tx, ahead| {
        Box::pin(health_check::audience(tx, ahead))
    });

fn schedule(charter: &Charter) -> Vec<Series<'_>> {
    let yearly = charter
        .health_check
        .as_ref()
        .and_then(|check| check.reflection.as_ref());
    let series = |line| Series {
        key: String::new(),
        when: When::Schedule(line),
        zone: charter.timezone,
    };
    yearly.map(series).into_iter().collect()
}

/// Opens it.
///
/// # Errors
/// Where the database refuses.
pub async fn run(tx: &mut Tx, act: &Running<'_>) -> store::Result<Outcome> {
    open::for_all(tx, act, NAME).await
}
