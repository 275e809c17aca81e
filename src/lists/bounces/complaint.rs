//! Complaints that providers pass on (RFC 5965). One that is verified and names a
//! delivery of ours by a signed token ends all mail to that address but for answers.

use super::{arrived, stop, trouble};
use crate::context::Context;
use crate::identity::{Checked, Strength, strength};
use crate::lists::membership;
use crate::lists::post::{Arrival, Outcome};
use crate::message::feedback::FeedbackReport;
use crate::outbox::brake;
use crate::outbox::compose;
use crate::store::members::{self, Member};
use crate::store::outbox::{self, Delivery};
use crate::store::{self, Tx, communities, digests, suppressed};
use crate::trail::Step;

/// Tokens that are tried, after each mark.
const MOST_TOKENS: usize = 20;

const WHY: &str = "they complained about such mail";

/// A report came to an address of the community that carries no token of a delivery. It
/// has an effect only where the reporter's domain is proven.
///
/// # Errors
/// Where the database refuses or a mail about it cannot be composed.
pub async fn complained(
    tx: &mut Tx,
    ctx: &Context,
    arrival: &Arrival<'_>,
) -> Result<Outcome, compose::Error> {
    let checked = Checked::from_text(&arrival.message.checked);
    let trusted = &ctx.settings.authentication.trusted_authserv;
    if strength::of(arrival.mail, trusted, &checked) < Strength::Aligned {
        let reason = "a complaint whose sender is not proven".to_owned();
        return Ok(("discarded", reason));
    }
    match reported(tx, ctx, arrival).await? {
        Some((delivery, community)) => suppress(tx, ctx, arrival, (&delivery, community)).await,
        None => Ok((
            "discarded",
            "a complaint that names no delivery of ours".to_owned(),
        )),
    }
}

/// A report came to the signed address of a delivery, which is proof enough.
pub(super) async fn of_delivery(
    tx: &mut Tx,
    ctx: &Context,
    arrival: &Arrival<'_>,
    delivery: (&Delivery, i64),
) -> Result<Outcome, compose::Error> {
    suppress(tx, ctx, arrival, delivery).await
}

/// The delivery that the reported mail shows to be: by the signed address that it came
/// from, or by the signed link to leave.
async fn reported(
    tx: &mut Tx,
    ctx: &Context,
    arrival: &Arrival<'_>,
) -> store::Result<Option<(Delivery, i64)>> {
    let Some(report) = &arrival.mail.feedback else {
        return Ok(None);
    };
    let fields = [
        &report.original_mail_from,
        &report.return_path,
        &report.list_unsubscribe,
    ];
    let fields: Vec<&str> = fields.iter().filter_map(|field| field.as_deref()).collect();
    let text = fields.join("\n");
    for token in tokens_after(&text, "-bounces+") {
        if let Some(found) = arrived::delivery(tx, ctx, token).await? {
            return Ok(Some(found));
        }
    }
    for token in tokens_after(&text, "/u/") {
        if let Some((_, id)) = ctx.secret.unsubscribed_delivery(token)
            && let Some(found) = outbox::by_id(tx, id).await?
        {
            return Ok(Some(found));
        }
    }
    Ok(None)
}

fn tokens_after<'a>(text: &'a str, mark: &str) -> Vec<&'a str> {
    let rest = text.split(mark).skip(1).take(MOST_TOKENS);
    let token = |rest: &'a str| rest.split(|c: char| !c.is_ascii_alphanumeric()).next();
    rest.filter_map(token).collect()
}

async fn suppress(
    tx: &mut Tx,
    ctx: &Context,
    arrival: &Arrival<'_>,
    (delivery, community): (&Delivery, i64),
) -> Result<Outcome, compose::Error> {
    let report = arrival.mail.feedback.as_ref();
    let kind = report.map_or("", |report| report.feedback_type.as_str());
    if !report.is_some_and(FeedbackReport::is_complaint) {
        let reason = format!("a report of kind {kind} is no complaint");
        return Ok(("discarded", reason));
    }
    let address = &delivery.recipient;
    if suppressed::of(tx, address).await?.is_some() {
        return Ok(("bounce", format!("{address} has complained before")));
    }
    let mut ended = Vec::new();
    for id in suppressed::members_at(tx, address).await? {
        if let Some(choice) = end_delivery(tx, ctx, id, address).await? {
            ended.push(choice);
        }
        trouble::note(tx, ctx, id, "complaint").await?;
    }
    brake::complained(tx, ctx, community).await?;
    let reason = format!("complaint {kind}").trim_end().to_owned();
    suppressed::insert(tx, address, &reason, &ended.join(","), ctx.now()).await?;
    stop::drop_waiting(tx, ctx, address, WHY).await?;
    let step = Step {
        address: address.clone(),
        ..Step::of_message(Some(community), &delivery.message_id, ctx.now())
    };
    let said = "their provider passed on a complaint about this mail; they can come back by \
        resume or by joining";
    step.record(tx, "delivery", "suppressed", said).await?;
    Ok(("bounce", format!("{address} complained, and gets no more")))
}

/// No posts for the member of that key; gives what they had chosen, as `12=each`.
async fn end_delivery(
    tx: &mut Tx,
    ctx: &Context,
    id: i64,
    address: &str,
) -> store::Result<Option<String>> {
    let Some(mut member) = locked(tx, id).await? else {
        return Ok(None);
    };
    let chosen = std::mem::replace(&mut member.delivery, "none".to_owned());
    membership::save(tx, &member).await?;
    digests::forget(tx, id).await?;
    let step = Step::of_person(Some(member.community_id), address, ctx.now());
    let reason = format!("delivery={chosen} became none: {WHY}");
    step.record(tx, "membership", "changed", &reason).await?;
    Ok((chosen != "none").then(|| format!("{id}={chosen}")))
}

/// The member of that key, read so that nobody else changes them.
async fn locked(tx: &mut Tx, id: i64) -> store::Result<Option<Member>> {
    let Some(known) = members::by_id(tx, id).await? else {
        return Ok(None);
    };
    communities::lock(tx, known.community_id).await?;
    members::by_id(tx, id).await
}

/// Mail goes to an address again, because its owner asked for it, as they had chosen
/// before; `why` is for the trail. False where they had not complained.
///
/// # Errors
/// Where the database refuses.
pub async fn lift(tx: &mut Tx, ctx: &Context, address: &str, why: &str) -> store::Result<bool> {
    let Some(found) = suppressed::of(tx, address).await? else {
        return Ok(false);
    };
    suppressed::lift(tx, address).await?;
    let choices = found
        .deliveries
        .split(',')
        .filter_map(|one| one.split_once('='));
    for (id, chosen) in choices {
        let Some(mut member) = locked(tx, id.parse().unwrap_or_default()).await? else {
            continue;
        };
        if member.delivery == "none" && member.state != "left" {
            chosen.clone_into(&mut member.delivery);
            membership::save(tx, &member).await?;
        }
    }
    let step = Step::of_person(None, address, ctx.now());
    step.record(tx, "delivery", "resumed", why).await?;
    Ok(true)
}
