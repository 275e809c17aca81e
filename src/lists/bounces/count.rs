//! Counting one failure, and what it leads to.

use super::{DAY, probe, score, stop};
use crate::context::Context;
use crate::message::fault::Fault;
use crate::outbox::catalogue::DELIVERY_WARNING;
use crate::outbox::compose;
use crate::store::failing::{self, Failing};
use crate::store::outbox::Delivery;
use crate::store::{self, Tx};
use crate::trail::Step;

/// What came back of a delivery later says nothing about today.
const OLDEST: i64 = 30 * DAY;

/// One failure of one delivery.
pub(super) struct Failure<'a> {
    /// The delivery.
    pub delivery: &'a Delivery,
    /// The community whose mail it was.
    pub community: i64,
    /// Whose fault it is.
    pub fault: Fault,
    /// What was said of it: status, answer.
    pub diagnostic: String,
}

/// Counts a failure; gives, for the trail, what it counted for.
pub(super) async fn count(
    tx: &mut Tx,
    ctx: &Context,
    failure: &Failure<'_>,
) -> Result<String, compose::Error> {
    let said = match judge(tx, ctx, failure).await? {
        Err(why) => format!("counts for nothing: {why}"),
        Ok((mut failing, points)) => {
            let before = score::now(&failing, ctx.now());
            score::add(&mut failing, points, ctx.now());
            failing.diagnostic = failure.diagnostic.chars().take(300).collect();
            failing.community_id = failure.community;
            let sum = failing.points;
            let said = match sum - before {
                0 => format!("counts no more today, {} in all", shown(sum)),
                more => format!("counts {}, {} in all", shown(more), shown(sum)),
            };
            record(tx, ctx, failure, &said).await?;
            return follow(tx, ctx, failure, failing).await.map(|()| said);
        }
    };
    record(tx, ctx, failure, &said).await?;
    Ok(said)
}

/// The address and what this failure adds to what the delivery has counted for, or why
/// it is nothing.
async fn judge(
    tx: &mut Tx,
    ctx: &Context,
    failure: &Failure<'_>,
) -> store::Result<Result<(Failing, i64), &'static str>> {
    let (delivery, now) = (failure.delivery, ctx.now());
    if delivery.done_at.unwrap_or(delivery.created_at) < now - OLDEST {
        return Ok(Err("the delivery is older than 30 days"));
    }
    let points = score::of(failure.fault);
    if points == 0 {
        return Ok(Err("it is not the mailbox that refuses"));
    }
    if !failing::is_served(tx, &delivery.recipient).await? {
        return Ok(Err("no member or guest gets mail there"));
    }
    let community = failure.community;
    let failing = failing::for_count(tx, &delivery.recipient, community, now).await?;
    let counted = failing::counted(tx, delivery.id).await?;
    if counted.is_some_and(|counted| counted >= points) {
        return Ok(Err("this delivery has counted already"));
    }
    let old = now - 2 * OLDEST;
    failing::count(tx, delivery.id, &delivery.recipient, points, (now, old)).await?;
    Ok(Ok((failing, points - counted.unwrap_or(0))))
}

/// A mail that tried the address came back, or there are too many points.
async fn follow(
    tx: &mut Tx,
    ctx: &Context,
    failure: &Failure<'_>,
    mut failing: Failing,
) -> Result<(), compose::Error> {
    let delivery = failure.delivery;
    let tried = delivery.name == DELIVERY_WARNING.name && delivery.message_id == failing.probe_id;
    if tried {
        failing.probe_failures += 1;
    }
    let is_over = tried && (failure.fault == Fault::Mailbox || failing.probe_failures > 1);
    // Somebody put a member back, or let a guest in, while mail still fails.
    let again = failing.stopped_at.is_some();
    let is_too_much = failing.points >= score::THRESHOLD;
    match () {
        () if again || is_over => stop::stop(tx, ctx, failing).await,
        () if is_too_much && failing.probe_id.is_empty() => probe::first(tx, ctx, failing).await,
        () => Ok(failing::update(tx, &failing).await?),
    }
}

async fn record(
    tx: &mut Tx,
    ctx: &Context,
    failure: &Failure<'_>,
    said: &str,
) -> store::Result<()> {
    let step = Step {
        address: failure.delivery.recipient.clone(),
        ..Step::of_message(
            Some(failure.community),
            &failure.delivery.message_id,
            ctx.now(),
        )
    };
    let reason = format!("{}; {said}", failure.diagnostic);
    step.record(tx, "bounce", name(failure.fault), &reason)
        .await
}

fn name(fault: Fault) -> &'static str {
    match fault {
        Fault::Mailbox => "permanent",
        Fault::Unclear => "unclear",
        Fault::Passing => "transient",
        Fault::NotTheirs => "not counted",
    }
}

/// Thousandths as people write points: 4750 is `4.75`.
pub(super) fn shown(points: i64) -> String {
    let text = format!("{}.{:03}", points / 1_000, points % 1_000);
    let short = text.trim_end_matches('0').trim_end_matches('.');
    match short {
        "1" => "1 point".to_owned(),
        short => format!("{short} points"),
    }
}
