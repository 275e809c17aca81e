//! Once a month members read what it has brought: what was asked and is open, what was
//! learned, who was thanked, who hosts, what the sponsor did. Who reads digests has it as a
//! section of one. Where there is nothing to tell, there is no mail.

mod gather;

use crate::cadence::act::{Act, Ahead, Holidays, Plan, Recipient};
use crate::cadence::moments::{Series, When};
use crate::cadence::{Outcome, Running};
use crate::config::Charter;
use crate::lists::home::Home;
use crate::outbox::compose::{self, Letter};
use crate::store::members::{self, Member};
use crate::store::{self, Millis, Tx, acts};

use super::thanks;

/// This act's name in the registry, and its mail's in the catalogue.
pub const NAME: &str = "monthly-summary";

const DAY: Millis = 86_400_000;

/// What the first one looks back over, and any after an outage, in milliseconds.
const LONGEST: Millis = 31 * DAY;

/// One stands for all that an outage swallowed.
pub const ACT: Act = Act::new(NAME, |tx, act| Box::pin(run(tx, act)))
    .planned(Plan::Schedules(schedule))
    .merging()
    .on_holidays(Holidays::Move)
    .mailing(NAME, |tx, ahead| Box::pin(audience(tx, ahead)))
    .hearing(NAME, |tx, reply| Box::pin(thanks::hear(tx, reply)));

fn schedule(charter: &Charter) -> Vec<Series<'_>> {
    let schedule = charter.monthly_summary.schedule.iter();
    let series = schedule.map(|line| Series {
        key: String::new(),
        when: When::Schedule(line),
        zone: charter.timezone,
    });
    series.collect()
}

/// Whom it goes to, if there is anything to tell by then.
///
/// # Errors
/// Where the database refuses.
pub async fn audience(tx: &mut Tx, ahead: &Ahead<'_>) -> store::Result<Vec<Recipient>> {
    let all = members::of_community(tx, ahead.community).await?;
    let readers = all.iter().filter(|member| member.on_list());
    let planned = |member: &Member| Recipient {
        reason: "where there is anything to tell".to_owned(),
        ..Recipient::planned(&member.address)
    };
    Ok(readers.map(planned).collect())
}

/// Offers the summary to all members.
///
/// # Errors
/// Where the database refuses.
pub async fn run(tx: &mut Tx, act: &Running<'_>) -> store::Result<Outcome> {
    if act.community.closed_at.is_some() {
        return Ok(Outcome::Dropped("the community is closed".into()));
    }
    let home = Home {
        ctx: act.ctx,
        community: act.community,
        charter: &act.charter,
    };
    let now = home.now();
    let last = acts::last_done(tx, act.community.id, NAME).await?;
    let since = last.unwrap_or(0).max(now - LONGEST);
    let Some(mail) = gather::mail(tx, &home, (since, now)).await? else {
        return Ok(Outcome::Dropped("there is nothing to tell".into()));
    };
    let all = members::of_community(tx, act.community.id).await?;
    let readers = all.iter().filter(|member| member.on_list());
    let to: Vec<_> = readers
        .map(|one| (Some(one.id), one.address.clone()))
        .collect();
    if to.is_empty() {
        return Ok(Outcome::Dropped("the community has no members".into()));
    }
    let count = to.len();
    let letter = Letter {
        to,
        due_at: Some(act.due_at),
        ..Letter::default()
    };
    match compose::send(tx, act.ctx, act.community, &mail, &letter).await {
        Ok(_) => Ok(Outcome::Done(format!("offered to {count} members"))),
        Err(compose::Error::Store(error)) => Err(error),
        Err(error) => Ok(Outcome::Dropped(error.to_string())),
    }
}
