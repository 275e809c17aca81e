//! Where do you stand? Members are asked when they have joined, after ninety days, and
//! once a year: one digit, confidential as every survey.

use std::sync::LazyLock;

use crate::cadence::act::{Act, Ahead, Holidays, Plan, Recipient};
use crate::cadence::cron::CronLine;
use crate::cadence::moments::{Series, When};
use crate::cadence::{Outcome, Running};
use crate::config::Charter;
use crate::store::members::{self, Member};
use crate::store::{self, Millis, Tx, acts, surveys};
use crate::surveys::{ask, open};

/// This act's name in the registry, its mail's in the catalogue, and its survey's.
pub const NAME: &str = "stage-check";

const DAY: Millis = 86_400_000;

/// Days after joining at which they are asked first: what a new member gets first of all
/// has been read by then.
const FIRST: [i64; 2] = [3, 90];

/// And then each year.
const YEAR: i64 = 365;

/// Whom an outage of so many days has passed over is not asked any more.
const LONGEST_LOOK: i64 = 28;

/// Once a week, so that who joined in the same week is asked in one wave.
static WEEKLY: LazyLock<Option<CronLine>> = LazyLock::new(|| CronLine::parse("0 10 * * 3").ok());

/// One look stands for all that an outage swallowed.
pub const ACT: Act = Act::new(NAME, |tx, act| Box::pin(run(tx, act)))
    .planned(Plan::Schedules(schedule))
    .merging()
    .on_holidays(Holidays::Move)
    .mailing(NAME, |tx, ahead| Box::pin(audience(tx, ahead)));

fn schedule(charter: &Charter) -> Vec<Series<'_>> {
    let line = charter.health_check.as_ref().and(WEEKLY.as_ref());
    let series = line.map(|line| Series {
        key: String::new(),
        when: When::Schedule(line),
        zone: charter.timezone,
    });
    series.into_iter().collect()
}

/// Asks those who have come to a stage since the last look.
///
/// # Errors
/// Where the database refuses.
pub async fn run(tx: &mut Tx, act: &Running<'_>) -> store::Result<Outcome> {
    let (community, now) = (act.community.id, act.ctx.now());
    let last = acts::last_done(tx, community, NAME).await?;
    let since = last.map_or(now - 7 * DAY, |last| last.max(now - LONGEST_LOOK * DAY));
    let due = due(tx, community, (since, now)).await?;
    if due.is_empty() {
        return Ok(Outcome::Done("nobody has come to a stage".into()));
    }
    let home = (act.community, &*act.charter);
    let asked = match open::rolling(tx, act.ctx, home, NAME).await? {
        Ok(asked) => asked,
        Err(why) => return Ok(Outcome::Dropped(why)),
    };
    for (member, day) in &due {
        let about = format!("day {day}");
        surveys::invite(tx, asked.wave.id, member.id, &about, open::counts(member)).await?;
    }
    // In batches, and with a word for who runs the node.
    let about = asked.wave.id.to_string();
    acts::insert(tx, community, ask::NAME, &about, now).await?;
    Ok(Outcome::Done(format!("{} members are asked", due.len())))
}

/// Those who come to a stage in that time, and to which.
async fn due(
    tx: &mut Tx,
    community: i64,
    span: (Millis, Millis),
) -> store::Result<Vec<(Member, i64)>> {
    let all = members::of_community(tx, community).await?;
    let asked = all.into_iter().filter(open::is_asked);
    Ok(asked
        .filter_map(|member| Some((stage(member.joined_at, span)?, member)))
        .map(|(day, member)| (member, day))
        .collect())
}

/// The day after joining at which a member is asked in that time, if there is one.
fn stage(joined_at: Millis, (since, now): (Millis, Millis)) -> Option<i64> {
    let years = (now - joined_at) / (YEAR * DAY);
    let yearly = (years > 0).then_some(years * YEAR);
    let is_due = |day: &i64| {
        let at = joined_at + day * DAY;
        since < at && at <= now
    };
    FIRST.into_iter().chain(yearly).rev().find(is_due)
}

/// Whom it will ask, as far as they are members by now.
///
/// # Errors
/// Where the database refuses.
pub async fn audience(tx: &mut Tx, ahead: &Ahead<'_>) -> store::Result<Vec<Recipient>> {
    let span = (ahead.due_at - 7 * DAY, ahead.due_at);
    let due = due(tx, ahead.community, span).await?;
    let recipient = |(member, _): &(Member, i64)| Recipient::planned(&member.address);
    Ok(due.iter().map(recipient).collect())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn stages_are_three_days_ninety_days_and_each_year() {
        let at = |day: i64| stage(0, ((day - 7) * DAY, day * DAY));
        for (day, expected) in [
            (2, None),
            (3, Some(3)),
            (9, Some(3)),
            (10, None),
            (89, None),
            (90, Some(90)),
            (96, Some(90)),
            (97, None),
            (365, Some(365)),
            (372, None),
            (733, Some(730)),
        ] {
            assert_eq!(at(day), expected, "day {day}");
        }
        assert!(WEEKLY.is_some());
    }
}
