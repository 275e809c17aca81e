//! The facilitators hear of members whom mail does not reach, once a working day at
//! most, all in one mail. Of who complained they hear only that somebody did: it was
//! told to a provider, not to them.

use chrono::{DateTime, Datelike, Days, NaiveTime, Utc, Weekday};
use chrono_tz::Tz;

use super::stop::BOUNCING;
use crate::cadence::cron::from_wall_clock;
use crate::cadence::{Outcome, Running};
use crate::clock::moment;
use crate::context::Context;
use crate::lists::home::Home;
use crate::outbox::brake;
use crate::outbox::compose::{self, Letter};
use crate::store::troubles::{self, Trouble};
use crate::store::{self, Tx, acts, communities, failing, members};
use crate::templates::mails::{DeliveryTrouble, Unreached};

/// This act's name in the registry, and its mail's in the catalogue.
pub const NAME: &str = "delivery-trouble";

/// What the act is about: a row about nothing would be taken for a schedule's.
const ABOUT: &str = "members";

/// Members that one mail names.
const MOST: usize = 50;

/// When it goes, on the community's wall clock.
const HOUR: u32 = 9;

/// Notes something to tell of the member of that key, and plans the telling.
pub(super) async fn note(tx: &mut Tx, ctx: &Context, member: i64, kind: &str) -> store::Result<()> {
    let Some(member) = members::by_id(tx, member).await? else {
        return Ok(());
    };
    let (community, now) = (member.community_id, ctx.now());
    troubles::insert(tx, community, &member.address, kind, now).await?;
    if acts::is_waiting(tx, community, NAME, ABOUT).await? {
        return Ok(());
    }
    let charter = ctx.charter(&communities::by_id(tx, community).await?);
    let zone = charter.map(|charter| charter.timezone).unwrap_or_default();
    let due = morning_after(moment(now), zone).timestamp_millis();
    acts::insert(tx, community, NAME, ABOUT, due).await
}

/// The next morning of a working day.
fn morning_after(now: DateTime<Utc>, zone: Tz) -> DateTime<Utc> {
    let today = now.with_timezone(&zone).date_naive();
    let is_work = |day: &chrono::NaiveDate| !matches!(day.weekday(), Weekday::Sat | Weekday::Sun);
    let next = (1..=3).filter_map(|n| today.checked_add_days(Days::new(n)));
    let day = next.into_iter().find(is_work).unwrap_or(today);
    let morning = NaiveTime::from_hms_opt(HOUR, 0, 0).unwrap_or(NaiveTime::MIN);
    from_wall_clock(day.and_time(morning), zone)
}

/// Tells the facilitators.
///
/// # Errors
/// Where the database refuses.
pub async fn run(tx: &mut Tx, act: &Running<'_>) -> store::Result<Outcome> {
    let community = act.community.id;
    let untold = troubles::untold(tx, community).await?;
    let facilitators = members::with_role(tx, community, "facilitator").await?;
    troubles::told(tx, community, act.ctx.now()).await?;
    if facilitators.is_empty() {
        return Ok(Outcome::Dropped("there is no facilitator to tell".into()));
    }
    let home = Home {
        ctx: act.ctx,
        community: act.community,
        charter: &act.charter,
    };
    let mail = compose_mail(tx, &home, &untold).await?;
    if mail.members.is_empty() && mail.complaints == 0 {
        return Ok(Outcome::Dropped("mail reaches them again".into()));
    }
    let letter = Letter {
        to: facilitators
            .iter()
            .map(|m| (Some(m.id), m.address.clone()))
            .collect(),
        ..Letter::default()
    };
    match compose::send(tx, act.ctx, act.community, &mail, &letter).await {
        Ok(_) => Ok(Outcome::Done(format!(
            "{} facilitators were told",
            letter.to.len()
        ))),
        Err(compose::Error::Store(error)) => Err(error),
        Err(error) => Ok(Outcome::Dropped(error.to_string())),
    }
}

async fn compose_mail(
    tx: &mut Tx,
    home: &Home<'_>,
    untold: &[Trouble],
) -> store::Result<DeliveryTrouble> {
    let mut mail = DeliveryTrouble {
        community: home.community.name.clone(),
        is_braked: brake::is_on(tx, home.community.id, home.now()).await?,
        ..DeliveryTrouble::default()
    };
    for trouble in untold {
        match trouble.kind.as_str() {
            "complaint" => mail.complaints += 1,
            _ => {
                let Some(one) = unreached(tx, home, trouble).await? else {
                    continue;
                };
                mail.members.retain(|known| known.address != one.address);
                mail.members.push(one);
            }
        }
    }
    mail.more = mail.members.len().saturating_sub(MOST) as i64;
    mail.members.truncate(MOST);
    Ok(mail)
}

/// What is told of a member, where it is still so.
async fn unreached(
    tx: &mut Tx,
    home: &Home<'_>,
    trouble: &Trouble,
) -> store::Result<Option<Unreached>> {
    let found = members::by_address(tx, home.community.id, &trouble.address).await?;
    let failing = failing::of(tx, &trouble.address).await?;
    let (Some(member), Some(failing)) = (found.filter(|m| m.state == BOUNCING), failing) else {
        return Ok(None);
    };
    Ok(Some(Unreached {
        address: member.address,
        name: member.name,
        since: home.day(failing.since),
        diagnostic: failing.diagnostic,
        is_given_up: trouble.kind == "unreachable",
    }))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn it_goes_on_the_morning_of_a_working_day() {
        let berlin: Tz = "Europe/Berlin".parse().unwrap();
        for (now, due) in [
            ("2026-03-02T08:00:00Z", "2026-03-03T08:00:00+00:00"),
            ("2026-03-06T22:59:00Z", "2026-03-09T08:00:00+00:00"),
            ("2026-03-28T12:00:00Z", "2026-03-30T07:00:00+00:00"),
        ] {
            assert_eq!(
                morning_after(now.parse().unwrap(), berlin).to_rfc3339(),
                due,
                "{now}"
            );
        }
    }
}
