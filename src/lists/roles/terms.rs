//! A facilitator's term: the day after its last one, the role ends.

use chrono::{Days, NaiveDate, NaiveTime};

use super::Role;
use crate::cadence::cron::from_wall_clock;
use crate::cadence::{Outcome, Running};
use crate::clock::moment;
use crate::config::Charter;
use crate::config::charter::Facilitator;
use crate::lists::membership;
use crate::message::address;
use crate::store::members::{self, Member};
use crate::store::{self, Millis, Tx, acts};
use crate::trail::Step;

/// This act's name in the registry.
pub const NAME: &str = "term-end";

/// The facilitators whose term runs; all, where it would be none: a community is
/// never without one because a date passed.
pub fn serving(charter: &Charter, now: Millis) -> Vec<&Facilitator> {
    let today = moment(now).with_timezone(&charter.timezone).date_naive();
    let runs = |facilitator: &&Facilitator| !is_over(facilitator, today);
    let serving: Vec<_> = charter.facilitators.iter().filter(runs).collect();
    match serving.is_empty() {
        true => charter.facilitators.iter().collect(),
        false => serving,
    }
}

fn is_over(facilitator: &Facilitator, today: NaiveDate) -> bool {
    facilitator.term_until.is_some_and(|last| last < today)
}

/// Notes when each term that still runs ends. Planning again changes nothing.
///
/// # Errors
/// Where the database refuses.
pub async fn plan_terms(
    tx: &mut Tx,
    community: i64,
    charter: &Charter,
    now: Millis,
) -> store::Result<()> {
    for facilitator in &charter.facilitators {
        let end = facilitator.term_until.and_then(|last| ends(charter, last));
        if let Some(end) = end.filter(|end| *end > now) {
            acts::insert(tx, community, NAME, &plain(facilitator), end).await?;
        }
    }
    Ok(())
}

/// The first moment after a term's last day.
fn ends(charter: &Charter, last: NaiveDate) -> Option<Millis> {
    let day = last.checked_add_days(Days::new(1))?;
    let midnight = from_wall_clock(day.and_time(NaiveTime::MIN), charter.timezone);
    Some(midnight.timestamp_millis())
}

fn plain(facilitator: &Facilitator) -> String {
    let text = facilitator.address.to_string();
    address::normalise(&text).unwrap_or(text)
}

/// Ends the term of the facilitator whose address the act is about.
///
/// # Errors
/// Where the database refuses.
pub async fn end_term(tx: &mut Tx, act: &Running<'_>) -> store::Result<Outcome> {
    let now = act.ctx.now();
    let today = moment(now)
        .with_timezone(&act.charter.timezone)
        .date_naive();
    let mut named = act.charter.facilitators.iter();
    if !named.any(|one| plain(one) == act.about && is_over(one, today)) {
        return Ok(Outcome::Dropped("the charter names another term".into()));
    }
    let found = membership::for_change(tx, act.community.id, &act.about).await?;
    let role = Role::Facilitator.name();
    let Some(member) = found.filter(|member| member.on_list() && member.has_role(role)) else {
        return Ok(Outcome::Dropped("they are no facilitator any more".into()));
    };
    let all = members::with_role(tx, act.community.id, role).await?;
    match all.iter().any(|other| other.id != member.id) {
        true => lapse(tx, act, member).await,
        false => keep(tx, act, &member).await,
    }
}

async fn lapse(tx: &mut Tx, act: &Running<'_>, mut member: Member) -> store::Result<Outcome> {
    let kept = member
        .roles()
        .filter(|role| *role != Role::Facilitator.name());
    let kept = kept.collect::<Vec<_>>().join(",");
    member.roles = match kept.is_empty() {
        true => Role::Member.name().to_owned(),
        false => kept,
    };
    membership::save(tx, &member).await?;
    let reason = "the term as facilitator has ended";
    record(tx, act, &member, "changed", reason).await?;
    Ok(Outcome::Done(format!(
        "{} is no facilitator any more",
        member.address
    )))
}

async fn keep(tx: &mut Tx, act: &Running<'_>, member: &Member) -> store::Result<Outcome> {
    let reason = "the term has ended, but there is no other facilitator";
    tracing::warn!(
        community = act.community.slug,
        "{reason}; name one in the charter"
    );
    record(tx, act, member, "kept", reason).await?;
    Ok(Outcome::Done(format!(
        "{} stays facilitator: there is no other",
        member.address
    )))
}

async fn record(
    tx: &mut Tx,
    act: &Running<'_>,
    member: &Member,
    verdict: &str,
    reason: &str,
) -> store::Result<()> {
    let step = Step::of_person(Some(act.community.id), &member.address, act.ctx.now());
    step.record(tx, "membership", verdict, reason).await
}
