//! Accepted messages, one after the other, to what their recipient asks for.
//! Each is handled in one transaction that also records its outcome.

use std::time::Duration;

use tokio::sync::watch;

use crate::context::Context;
use crate::identity::seal;
use crate::intake::accept;
use crate::lists::post::{self, Arrival, Outcome};
use crate::lists::{
    bounces, commands, confirmation, dmarc, joining, leaving, owner, replies, speaker,
};
use crate::message::{self, Kind};
use crate::outbox::compose;
use crate::pulse::Pulse;
use crate::routing::Intent;
use crate::sessions::rsvp;
use crate::store::intake::{self, Intake, Message};
use crate::store::{self, Tx, communities};
use crate::surveys;
use crate::surveys::reply::Arrived;
use crate::trail::Step;

use super::authentication;

/// Rows taken at a time.
const BATCH: i64 = 32;

/// A message that failed so often is set aside, so that it stops nobody else.
const MOST_FAILURES: i64 = 3;

/// So is one during whose handling the node died so often. Many more than
/// failures, because a death mostly has another cause: a panic is a failure, and
/// what is left is a stack that overflowed or memory that ran out.
const MOST_DEATHS: i64 = 20;

/// Handles messages until told to stop.
pub(super) async fn run(ctx: Context, pulse: Pulse, mut stop: watch::Receiver<bool>) {
    while !*stop.borrow() {
        match step(&ctx, &pulse, &stop).await {
            Ok(0) => {}
            Ok(_) => continue,
            Err(error) => {
                tracing::warn!(%error, "accepted messages wait for the database");
                give_back(&ctx, &pulse).await;
            }
        }
        tokio::select! {
            () = ctx.bells.intake.notified() => {}
            () = tokio::time::sleep(Duration::from_secs(2)) => {}
            _ = stop.changed() => {}
        }
    }
    give_back(&ctx, &pulse).await;
}

/// What was taken and not handled is free again, so that it need not wait for
/// the end of its lease.
async fn give_back(ctx: &Context, pulse: &Pulse) {
    if let Ok(mut tx) = ctx.write().await
        && intake::release(&mut tx, pulse.owner()).await.is_ok()
    {
        let _ = tx.commit().await;
    }
}

pub(super) async fn step(
    ctx: &Context,
    pulse: &Pulse,
    stop: &watch::Receiver<bool>,
) -> store::Result<usize> {
    let next = intake::next_due(&mut ctx.read().await?).await?;
    // A node that is not sure of its leases takes nothing that it would not handle.
    if next.is_none_or(|due| due > ctx.now()) || !pulse.is_fresh() {
        return Ok(0);
    }
    let mut tx = ctx.write().await?;
    let rows = intake::claim(&mut tx, ctx.now(), pulse.owner(), pulse.lease(), BATCH).await?;
    tx.commit().await?;
    for row in &rows {
        // What is left is given back at the end.
        if *stop.borrow() || !pulse.is_fresh() {
            break;
        }
        match guarded(ctx, pulse, row).await {
            Ok(()) => {}
            // No fault of the message: it waits with the others.
            Err(compose::Error::Store(error)) if store::is_passing(&error) => return Err(error),
            Err(error) => failed(ctx, pulse, row, &error).await?,
        }
    }
    ctx.bells.expansion.notify_one();
    Ok(rows.len())
}

/// Handles a message in a task of its own, so that a panic is its failure and
/// not the node's death.
async fn guarded(ctx: &Context, pulse: &Pulse, row: &Intake) -> Result<(), compose::Error> {
    let (ctx, pulse, row) = (ctx.clone(), pulse.clone(), row.clone());
    let task = tokio::spawn(async move { handle(&ctx, &pulse, &row).await });
    task.await.unwrap_or_else(|death| {
        let what = format!("the program failed while handling it: {death}");
        Err(compose::Error::Aside(what))
    })
}

async fn handle(ctx: &Context, pulse: &Pulse, row: &Intake) -> Result<(), compose::Error> {
    if row.attempts >= MOST_DEATHS {
        tracing::error!(
            recipient = row.recipient,
            "a message is set aside: the node keeps dying over it"
        );
        let mut tx = ctx.write().await?;
        intake::park(
            &mut tx,
            row.id,
            pulse.owner(),
            "set aside: the node died while handling it, again and again",
            ctx.now(),
        )
        .await?;
        return Ok(tx.commit().await?);
    }
    let found = accept::find(ctx, &row.recipient).await?;
    let mut tx = ctx.read().await?;
    let mut message = intake::message(&mut tx, row.message_id).await?;
    drop(tx);
    if surveys::reply::is_one(&message) {
        return survey_reply(ctx, pulse, row, &message).await;
    }
    let mail = message::parse(&message.raw);
    // Before the transaction: nothing that others wait for is held while DNS is asked.
    let checked = authentication::check(ctx, &message, &mail).await;
    let mut tx = ctx.write().await?;
    // First of all: an erasure that this mail confirms erases this mail too.
    let author = mail.from.first().map_or("", |from| from.address.as_str());
    intake::set_author(&mut tx, message.id, author).await?;
    if let Some(checked) = checked {
        authentication::keep(&mut tx, &mut message, &checked, ctx.now()).await?;
    }
    let (community, (outcome, reason)) = match found {
        None => (
            None,
            ("rejected", "no such address here any more".to_owned()),
        ),
        Some((id, intent)) => {
            let community = communities::by_id(&mut tx, id).await?;
            let unreadable = || {
                compose::Error::Aside(
                    "the community's charter cannot be read; apply its file again".into(),
                )
            };
            let charter = ctx.charter(&community).ok_or_else(unreadable)?;
            let arrival = Arrival {
                intake: row.id,
                community: &community,
                charter: &charter,
                message: &message,
                mail: &mail,
            };
            (Some(id), act(&mut tx, ctx, &arrival, &intent).await?)
        }
    };
    if outcome == post::WAITS {
        drop(tx);
        return Ok(defer(ctx, pulse, row, &message, (community, &reason)).await?);
    }
    if !intake::finish(
        &mut tx,
        row.id,
        pulse.owner(),
        (outcome, &reason),
        community,
        ctx.now(),
    )
    .await?
    {
        // Another node took the row over: what was done here is rolled back.
        return Ok(());
    }
    tx.commit().await?;
    metrics::counter!("folkmoot_messages_total", "outcome" => outcome).increment(1);
    tracing::info!(
        message_id = message.message_id,
        recipient = row.recipient,
        outcome,
        "message"
    );
    wake(ctx);
    Ok(())
}

/// A message may have been sent on, offered something to somebody, or planned an act for
/// this moment. PostgreSQL tells a node nothing of its own writes.
fn wake(ctx: &Context) {
    ctx.bells.expansion.notify_one();
    ctx.bells.offers.notify_one();
    ctx.bells.cadence.notify_one();
    ctx.bells.relay.notify_one();
}

/// A reply to a survey, which is kept sealed: who wrote it is looked at in memory alone.
async fn survey_reply(
    ctx: &Context,
    pulse: &Pulse,
    row: &Intake,
    message: &Message,
) -> Result<(), compose::Error> {
    let mut tx = ctx.write().await?;
    let arrived = surveys::reply::arrived(&mut tx, ctx, message, &row.recipient).await?;
    let Arrived::Done(community, (outcome, reason)) = arrived else {
        drop(tx);
        tracing::warn!("a reply to a survey waits: this node has not its key; see `doctor`");
        let mut tx = ctx.write().await?;
        // Ever more seldom; whoever gets the key wakes it.
        let next = seal::next_look(message.received_at, ctx.now());
        let why = seal::NO_KEY;
        intake::defer(&mut tx, row.id, pulse.owner(), next, why).await?;
        return Ok(tx.commit().await?);
    };
    let end = (outcome, reason.as_str());
    if intake::finish(&mut tx, row.id, pulse.owner(), end, community, ctx.now()).await? {
        tx.commit().await?;
        metrics::counter!("folkmoot_messages_total", "outcome" => outcome).increment(1);
        wake(ctx);
    }
    Ok(())
}

/// Puts a message off that nothing is wrong with; what was begun is rolled back.
async fn defer(
    ctx: &Context,
    pulse: &Pulse,
    row: &Intake,
    message: &Message,
    (community, reason): (Option<i64>, &str),
) -> store::Result<()> {
    let now = ctx.now();
    let mut tx = ctx.write().await?;
    // Once, and not at every look.
    if row.reason != reason {
        let step = Step::of_message(community, &message.message_id, now);
        step.record(&mut tx, "dmarc", post::WAITS, reason).await?;
    }
    let next = dmarc::next_look(message.received_at, now);
    intake::defer(&mut tx, row.id, pulse.owner(), next, reason).await?;
    tx.commit().await
}

/// Does what the recipient asks for, in a transaction; gives the outcome to record.
pub(super) async fn act(
    tx: &mut Tx,
    ctx: &Context,
    arrival: &Arrival<'_>,
    intent: &Intent,
) -> Result<Outcome, compose::Error> {
    let reply_token = match intent {
        Intent::Reply(token) => Some(token.as_str()),
        _ => None,
    };
    bounces::heard(tx, ctx, arrival, reply_token).await?;
    // A calendar's answer is no post and no command, whatever address it came to.
    if arrival.mail.kind == Kind::Rsvp && !matches!(intent, Intent::Bounces(_)) {
        let token = match intent {
            Intent::Rsvp(token) => Some(token.as_str()),
            _ => None,
        };
        return rsvp::heard(tx, ctx, arrival, token).await;
    }
    match intent {
        Intent::Owner | Intent::Request if arrival.mail.kind == Kind::FeedbackReport => {
            bounces::complained(tx, ctx, arrival).await
        }
        Intent::Post => post::process(tx, ctx, arrival).await,
        Intent::Join | Intent::Leave => come_or_go(tx, ctx, arrival, intent).await,
        Intent::Confirm(token) => confirmation::confirm(tx, ctx, arrival, token).await,
        Intent::Owner => owner::to_facilitators(tx, ctx, arrival).await,
        Intent::Request => request(tx, ctx, arrival).await,
        Intent::Reply(token) => replies::reply(tx, ctx, arrival, token).await,
        Intent::Rsvp(token) => replies::rsvp(tx, ctx, arrival, token).await,
        // It is sealed when it is taken in; whatever comes here was not.
        Intent::Survey(_) => Ok((
            "discarded",
            "it came to a survey's address and was not sealed".to_owned(),
        )),
        Intent::Bounces(token) => bounces::arrived(tx, ctx, arrival, token).await,
    }
}

/// A mail to `-join` or `-leave`.
async fn come_or_go(
    tx: &mut Tx,
    ctx: &Context,
    arrival: &Arrival<'_>,
    intent: &Intent,
) -> Result<Outcome, compose::Error> {
    let Some(author) = speaker::asking(tx, ctx, arrival, intent).await? else {
        return Ok(speaker::no_person());
    };
    match intent {
        Intent::Join => joining::asked(tx, ctx, arrival, &author).await,
        _ => leaving::asked(tx, ctx, arrival, &author).await,
    }
}

/// A mail to the robot, `-request`.
async fn request(
    tx: &mut Tx,
    ctx: &Context,
    arrival: &Arrival<'_>,
) -> Result<Outcome, compose::Error> {
    match speaker::asking(tx, ctx, arrival, &Intent::Request).await? {
        Some(author) => commands::run(tx, ctx, arrival, &author, None).await,
        None => Ok(speaker::no_person()),
    }
}

async fn failed(
    ctx: &Context,
    pulse: &Pulse,
    row: &Intake,
    error: &compose::Error,
) -> store::Result<()> {
    tracing::error!(recipient = row.recipient, attempt = row.attempts, %error, "a message could not be handled");
    let mut tx = ctx.write().await?;
    match row.attempts + 1 >= MOST_FAILURES {
        true => {
            intake::park(
                &mut tx,
                row.id,
                pulse.owner(),
                &format!("set aside after 3 attempts: {error}"),
                ctx.now(),
            )
            .await?
        }
        false => {
            let reason = error.to_string();
            intake::postpone(&mut tx, row.id, pulse.owner(), ctx.now(), &reason).await?
        }
    }
    tx.commit().await?;
    // At once, also under a standing clock, but not in a spin.
    tokio::time::sleep(Duration::from_millis(500)).await;
    Ok(())
}
