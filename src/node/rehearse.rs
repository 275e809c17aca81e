//! What would become of a message if it came now: everything is done as it would be,
//! in a transaction that is rolled back.

use super::{authentication, dispatch};
use crate::cadence::engine;
use crate::context::Context;
use crate::identity::Checked;
use crate::intake::{Incoming, accept};
use crate::lists::post::Arrival;
use crate::message;
use crate::outbox::compose;
use crate::store::intake::Message;
use crate::store::mails::Mail;
use crate::store::offers::{self, Shown};
use crate::store::outbox::Delivery;
use crate::store::trail::Step;
use crate::store::{self, Tx, acts, communities, intake, mails, outbox, rehearsal};

/// Recipients of one mail that are told at most.
pub const MOST_RECIPIENTS: usize = 10_000;
/// Acts that follow on acts, so often at most.
const MOST_ROUNDS: usize = 100;
/// Roster rows looked at in one statement.
const BATCH: i64 = 1_000;

/// What would become of a message for one envelope recipient.
pub struct Rehearsal {
    /// RCPT TO.
    pub recipient: String,
    /// What it would end as: accepted, held, discarded …
    pub outcome: String,
    /// Why.
    pub reason: String,
    /// What would be recorded on the way.
    pub steps: Vec<Step>,
    /// Each mail that would be sent, with its recipients ([`MOST_RECIPIENTS`] at most)
    /// and what would become of each; and those to whom it would be offered only.
    pub mails: Vec<(Mail, Vec<Delivery>, Vec<Shown>)>,
}

/// Plays through one recipient of a message.
///
/// # Errors
/// Where the database refuses, or it could not be handled: it would be set aside then.
pub async fn rehearse(
    ctx: &Context,
    incoming: &Incoming,
    recipient: &str,
) -> Result<Rehearsal, compose::Error> {
    let Some((id, intent)) = accept::find(ctx, recipient).await? else {
        return Ok(Rehearsal {
            recipient: recipient.to_owned(),
            outcome: "refused".into(),
            reason: "550 5.1.1 no such address here; see `folkmoot addresses`".into(),
            steps: Vec::new(),
            mails: Vec::new(),
        });
    };
    let checked = checked(ctx, incoming).await;
    let mut tx = ctx.write().await?;
    let mark = rehearsal::begin(&mut tx).await?;
    let (key, row) = accept::put(ctx, &mut tx, incoming, recipient).await?;
    let mut message = intake::message(&mut tx, key).await?;
    let mail = message::parse(&message.raw);
    if let Some(checked) = checked {
        authentication::keep(&mut tx, &mut message, &checked, ctx.now()).await?;
    }
    let community = communities::by_id(&mut tx, id).await?;
    let Some(charter) = ctx.charter(&community) else {
        return Err(compose::Error::Aside(
            "the community's charter cannot be read; apply its file again".into(),
        ));
    };
    let arrival = Arrival {
        intake: row,
        community: &community,
        charter: &charter,
        message: &message,
        mail: &mail,
    };
    let (outcome, reason) = dispatch::act(&mut tx, ctx, &arrival, &intent).await?;
    let rehearsal = Rehearsal {
        recipient: recipient.to_owned(),
        outcome: outcome.to_owned(),
        reason,
        steps: rehearsal::steps(&mut tx, mark).await?,
        mails: sent(ctx, &mut tx, mark).await?,
    };
    drop(tx);
    Ok(rehearsal)
}

/// What our own checks find; asked before the transaction, as for a message that comes.
async fn checked(ctx: &Context, incoming: &Incoming) -> Option<Checked> {
    let message = Message {
        id: 0,
        message_id: String::new(),
        envelope_from: incoming.envelope_from.clone(),
        via: "command".into(),
        peer: incoming.peer.clone(),
        helo: incoming.helo.clone(),
        checked: String::new(),
        received_at: ctx.now(),
        raw: incoming.raw.clone(),
    };
    authentication::check(ctx, &message, &message::parse(&incoming.raw)).await
}

/// Does what has fallen due by what a transaction wrote after the act `since`, in that
/// transaction, which the caller rolls back. What that plans for at once follows.
///
/// # Errors
/// Where the database refuses.
pub async fn due_at_once(ctx: &Context, tx: &mut Tx, since: i64) -> store::Result<()> {
    let mut since = since;
    for _ in 0..MOST_ROUNDS {
        let due = acts::due_since(tx, since, ctx.now()).await?;
        let Some(last) = due.iter().map(|row| row.id).max() else {
            return Ok(());
        };
        for row in &due {
            engine::act_out(tx, ctx, row).await?;
        }
        since = last;
    }
    Ok(())
}

/// The mails with their audiences expanded.
async fn sent(
    ctx: &Context,
    tx: &mut Tx,
    mark: rehearsal::Mark,
) -> store::Result<Vec<(Mail, Vec<Delivery>, Vec<Shown>)>> {
    let mut found = Vec::new();
    for mail in rehearsal::mails(tx, mark).await? {
        let mut now = mail.clone();
        let batches = MOST_RECIPIENTS / usize::try_from(BATCH).unwrap_or(1);
        for _ in 0..batches {
            if now.state != "expanding" || mails::expand(tx, &now, "", BATCH, ctx.now()).await? {
                break;
            }
            now = mails::by_id(tx, mail.id).await?;
        }
        let mut deliveries = outbox::of_mails(tx, &[mail.id]).await?;
        deliveries.truncate(MOST_RECIPIENTS);
        let offered = offers::of_mails(tx, &[mail.id]).await?;
        found.push((mail, deliveries, offered));
    }
    Ok(found)
}
