//! `why`: the recorded trail of a message or an address.

use std::path::Path;

use anyhow::bail;
use serde_json::{Value, json};

use super::open;
use super::output::Output;
use crate::clock::rfc3339;
use crate::context::Context;
use crate::lists::bounces;
use crate::message::address;
use crate::store::offers::{self, Shown};
use crate::store::outbox::{self, Delivery};
use crate::store::trail::{self, Step};
use crate::store::{intake, mails, members};

/// Deliveries to an address that are shown at most.
const MOST: i64 = 200;

/// Prints it.
///
/// # Errors
/// Where nothing is known of it.
pub async fn run(config: Option<&Path>, output: Output, subject: &str) -> anyhow::Result<()> {
    let ctx = open::context(config).await?;
    let name = subject.trim().trim_start_matches('<').trim_end_matches('>');
    if message(&ctx, output, name).await? || person(&ctx, output, name).await? {
        return Ok(());
    }
    bail!(
        "nothing is known of {name}; give a Message-ID or an address as they stand in a mail's header"
    );
}

async fn message(ctx: &Context, output: Output, message_id: &str) -> anyhow::Result<bool> {
    let mut tx = ctx.read().await?;
    let arrivals = intake::by_message_id(&mut tx, message_id).await?;
    let sent = mails::by_message_id(&mut tx, message_id).await?;
    let steps = trail::of_message(&mut tx, message_id).await?;
    if arrivals.is_empty() && sent.is_empty() && steps.is_empty() {
        return Ok(false);
    }
    let ids: Vec<i64> = sent.iter().map(|mail| mail.id).collect();
    let deliveries = outbox::of_mails(&mut tx, &ids).await?;
    let offered = offers::of_mails(&mut tx, &ids).await?;
    let deliveries = without(deliveries, &offered);
    let mut lines = Vec::new();
    let mut received = Vec::new();
    for (message, row) in &arrivals {
        let via = format!("{} from {}", message.via, message.peer);
        lines.push(format!(
            "{}  received   for {} by {via}, envelope sender <{}>",
            rfc3339(message.received_at),
            row.recipient,
            message.envelope_from
        ));
        let outcome = if row.state == "done" {
            &row.outcome
        } else {
            &row.state
        };
        let at = row
            .done_at
            .map_or_else(|| "still open          ".to_owned(), rfc3339);
        lines.push(format!(
            "{at}  outcome    {}",
            because(outcome, &row.reason)
        ));
        received.push(json!({
            "recipient": row.recipient, "via": message.via, "peer": message.peer,
            "envelope_from": message.envelope_from, "at": rfc3339(message.received_at),
            "outcome": outcome, "reasons": row.reason.lines().collect::<Vec<_>>(), "done_at": row.done_at.map(rfc3339),
        }));
    }
    lines.extend(steps.iter().map(step_line));
    lines.extend(sent.iter().map(|mail| {
        format!(
            "{}  mail       {} {}, its audience is {}",
            rfc3339(mail.created_at),
            mail.name,
            mail.id,
            mail.state
        )
    }));
    lines.extend(offered.iter().map(offer_line));
    lines.extend(deliveries.iter().map(delivery_line));
    let value = json!({
        "message_id": message_id,
        "received": received,
        "steps": steps.iter().map(step_value).collect::<Vec<_>>(),
        "recipients": recipients(&deliveries, &offered),
    });
    output.show(&value, lines)?;
    Ok(true)
}

async fn person(ctx: &Context, output: Output, name: &str) -> anyhow::Result<bool> {
    let Some(address) = address::normalise(name) else {
        return Ok(false);
    };
    let mut tx = ctx.read().await?;
    let memberships = members::of_address(&mut tx, &address).await?;
    let deliveries = outbox::of_recipient(&mut tx, &address, MOST).await?;
    let offered = offers::of_recipient(&mut tx, &address, MOST).await?;
    let deliveries = without(deliveries, &offered);
    let steps = trail::of_address(&mut tx, &address).await?;
    let is_unknown = memberships.is_empty() && deliveries.is_empty() && offered.is_empty();
    if is_unknown && steps.is_empty() {
        return Ok(false);
    }
    let mut lines = Vec::new();
    let mut shown = Vec::new();
    for member in &memberships {
        let slug = crate::store::communities::by_id(&mut tx, member.community_id)
            .await?
            .slug;
        lines.push(format!(
            "{}  member     of {slug}: {}, {}, {}",
            rfc3339(member.joined_at),
            member.roles,
            member.delivery,
            member.state
        ));
        let mut value = super::member::shown(member);
        value["community"] = Value::String(slug);
        shown.push(value);
    }
    let failures = bounces::known(&mut tx, &address, ctx.now()).await?;
    if let Some(known) = &failures {
        lines.extend(known.lines.iter().cloned());
    }
    lines.extend(steps.iter().map(step_line));
    lines.extend(
        offered
            .iter()
            .map(|row| format!("{}  <{}>", offer_line(row), row.message_id)),
    );
    lines.extend(
        deliveries
            .iter()
            .map(|row| format!("{}  <{}>", delivery_line(row), row.message_id)),
    );
    let value = json!({
        "address": address,
        "memberships": shown,
        "delivery": failures.map(|known| known.value),
        "steps": steps.iter().map(step_value).collect::<Vec<_>>(),
        "recipients": recipients(&deliveries, &offered),
    });
    output.show(&value, lines)?;
    Ok(true)
}

fn step_line(step: &Step) -> String {
    let what = because(&step.verdict, &step.reason);
    format!("{}  {:<10} {what}", rfc3339(step.at), step.step)
}

/// What happened and, where more is known, why.
fn because(what: &str, reason: &str) -> String {
    match reason.is_empty() {
        true => what.to_owned(),
        false => format!("{what}: {}", reason.replace('\n', "; ")),
    }
}

/// A step as JSON.
pub(super) fn step_value(step: &Step) -> Value {
    json!({ "at": rfc3339(step.at), "step": step.step, "verdict": step.verdict, "reasons": step.reason.lines().collect::<Vec<_>>() })
}

/// The row of a mail that went as a section of another says less than its offer.
fn without(mut deliveries: Vec<Delivery>, offered: &[Shown]) -> Vec<Delivery> {
    let is_same = |row: &Delivery, offer: &Shown| {
        row.message_id == offer.message_id && row.recipient == offer.recipient
    };
    deliveries.retain(|row| !offered.iter().any(|offer| is_same(row, offer)));
    deliveries
}

/// Everybody whom a mail went to, and whom it was meant for.
pub(super) fn recipients(deliveries: &[Delivery], offered: &[Shown]) -> Vec<Value> {
    let deliveries = deliveries.iter().map(delivery_value);
    deliveries.chain(offered.iter().map(offer_value)).collect()
}

fn offer_line(row: &Shown) -> String {
    let (at, next) = match row.done_at {
        Some(at) => (rfc3339(at), String::new()),
        None => (
            "still open          ".to_owned(),
            format!(", next {}", rfc3339(row.next_at)),
        ),
    };
    let what = format!("{} to {} {}{next}", row.name, row.recipient, row.state);
    format!("{at}  {:<10} {}", "offer", because(&what, &row.reason))
}

fn offer_value(row: &Shown) -> Value {
    json!({
        "address": row.recipient, "state": row.state, "at": rfc3339(row.done_at.unwrap_or(row.next_at)),
        "attempts": 0, "reply": row.reason, "mail": row.name, "message_id": row.message_id,
    })
}

fn delivery_line(row: &Delivery) -> String {
    let (at, next) = match row.done_at {
        Some(at) => (rfc3339(at), String::new()),
        None => (
            "still open          ".to_owned(),
            format!(", next {}", rfc3339(row.next_at)),
        ),
    };
    let what = format!(
        "{} {}, attempts {}{next}",
        row.recipient, row.state, row.attempts
    );
    format!("{at}  {:<10} {}", "delivery", because(&what, &row.reply))
}

/// A delivery as JSON.
fn delivery_value(row: &Delivery) -> Value {
    json!({
        "address": row.recipient, "state": row.state, "at": rfc3339(row.done_at.unwrap_or(row.next_at)),
        "attempts": row.attempts, "reply": row.reply, "mail": row.name, "message_id": row.message_id,
    })
}
