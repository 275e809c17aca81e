//! The gate of a running node: recipients are judged against the database, and
//! a message is acknowledged after the commit that holds it. Messages that come
//! at the same time share a commit.

use tokio::sync::{mpsc, oneshot};

use super::{Gate, Incoming, Protocol, Reply, survey};
use crate::context::Context;
use crate::identity::tokens::{self, Purpose};
use crate::message::{address, message_id};
use crate::random;
use crate::routing::{self, Intent};
use crate::store::intake::{self, NewMessage};
use crate::store::{self, communities};

/// Messages that one commit holds at most.
const BATCH: usize = 32;

struct Waiting {
    message: Incoming,
    done: oneshot::Sender<bool>,
}

/// The gate of a running node.
pub struct Acceptor {
    ctx: Context,
    queue: mpsc::Sender<Waiting>,
}

impl Acceptor {
    /// A gate and the task that commits for it, which ends with the gate.
    pub fn start(ctx: Context) -> (Acceptor, tokio::task::JoinHandle<()>) {
        let (queue, waiting) = mpsc::channel(4 * BATCH);
        let task = tokio::spawn(commit_all(ctx.clone(), waiting));
        (Acceptor { ctx, queue }, task)
    }
}

impl Gate for Acceptor {
    async fn recipient(&self, address: &str, protocol: Protocol) -> Result<(), Reply> {
        match judge(&self.ctx, address, protocol).await {
            Ok(verdict) => verdict,
            Err(error) => {
                tracing::warn!(%error, "a recipient could not be looked up");
                Err(Reply::local_error())
            }
        }
    }

    async fn accept(&self, message: Incoming) -> Vec<Reply> {
        let count = message.recipients.len();
        let (done, committed) = oneshot::channel();
        let sent = self.queue.send(Waiting { message, done }).await.is_ok();
        let kept = sent && committed.await.unwrap_or(false);
        let reply = || {
            if kept {
                Reply::ok("accepted")
            } else {
                Reply::local_error()
            }
        };
        (0..count).map(|_| reply()).collect()
    }
}

/// Whether mail to that address is taken.
async fn judge(
    ctx: &Context,
    address: &str,
    protocol: Protocol,
) -> store::Result<Result<(), Reply>> {
    let Some((id, intent)) = find(ctx, address).await? else {
        return Ok(Err(Reply::no_such_user(address)));
    };
    let is_for_all = matches!(intent, Intent::Post | Intent::Join);
    if protocol == Protocol::Lmtp || !is_for_all {
        return Ok(Ok(()));
    }
    let community = communities::by_id(&mut ctx.read().await?, id).await?;
    Ok(match community.closed_at {
        None => Ok(()),
        Some(_) => Err(Reply::refused(format!(
            "{} is closed; its archive stays, and {}-leave@{} takes members off",
            community.name, community.slug, ctx.settings.domain
        ))),
    })
}

/// The community and intent that a recipient address names, if any.
///
/// # Errors
/// Where the database cannot be asked: the sender is told to try again.
pub async fn find(ctx: &Context, recipient: &str) -> store::Result<Option<(i64, Intent)>> {
    let Some((local, domain)) = routing::split(recipient) else {
        return Ok(None);
    };
    if domain != ctx.settings.domain {
        return Ok(None);
    }
    let readings = routing::readings(local);
    let slugs: Vec<&str> = readings
        .iter()
        .map(|reading| reading.slug.as_str())
        .collect();
    let mut tx = ctx.read().await?;
    let known = communities::existing(&mut tx, &slugs).await?;
    for reading in &readings {
        if let Some((id, _)) = known.iter().find(|(_, slug)| *slug == reading.slug)
            && is_in_use(ctx, &mut tx, &reading.intent).await?
        {
            return Ok(Some((*id, reading.intent.clone())));
        }
    }
    Ok(None)
}

/// Whether a tokened address was ever given out; one that was not is unknown.
async fn is_in_use(ctx: &Context, tx: &mut store::Tx, intent: &Intent) -> store::Result<bool> {
    Ok(match intent {
        Intent::Bounces(token) => ctx.secret.verify(Purpose::Bounce, token).is_some(),
        Intent::Rsvp(token) => ctx.secret.verify(Purpose::Rsvp, token).is_some(),
        Intent::Survey(token) => ctx.secret.verify(Purpose::Survey, token).is_some(),
        Intent::Reply(token) if ctx.secret.verify(Purpose::Reply, token).is_some() => true,
        Intent::Reply(token) | Intent::Confirm(token) => {
            store::tokens::find(tx, &tokens::hash(token))
                .await?
                .is_some()
        }
        _ => true,
    })
}

/// What came in is due whatever the clock says: a message that was injected at
/// the time of day must not wait until a test clock that begins earlier gets there.
const AT_ONCE: store::Millis = 0;

/// Keeps one message as if it had come in just now; gives its key and
/// Message-ID. For the command line and for imports of single messages.
///
/// # Errors
/// Where the database refuses.
pub async fn keep(ctx: &Context, message: &Incoming, via: &str) -> store::Result<(i64, String)> {
    let mut tx = ctx.write_durably().await?;
    let kept = insert(ctx, &mut tx, message, via).await?;
    store::notify(&mut tx).await?;
    tx.commit().await?;
    ctx.bells.intake.notify_one();
    Ok(kept)
}

/// Puts one message for one recipient into a transaction, as [`keep`] does, and commits
/// nothing; gives the keys of the message and of its row.
///
/// # Errors
/// Where the database refuses.
pub async fn put(
    ctx: &Context,
    tx: &mut store::Tx,
    message: &Incoming,
    recipient: &str,
) -> store::Result<(i64, i64)> {
    let alone = Incoming {
        recipients: vec![recipient.to_owned()],
        ..message.clone()
    };
    let (id, _) = insert(ctx, tx, &alone, "command").await?;
    let rows = intake::of_message(tx, id).await?;
    Ok((id, rows.first().map_or(0, |row| row.id)))
}

async fn commit_all(ctx: Context, mut waiting: mpsc::Receiver<Waiting>) {
    let mut batch = Vec::with_capacity(BATCH);
    while waiting.recv_many(&mut batch, BATCH).await > 0 {
        let kept = commit(&ctx, &batch).await;
        if let Err(error) = &kept {
            tracing::error!(%error, messages = batch.len(), "messages could not be kept; their senders will try again");
        }
        metrics::counter!("folkmoot_messages_accepted_total").increment(if kept.is_ok() {
            batch.len() as u64
        } else {
            0
        });
        for one in batch.drain(..) {
            let _ = one.done.send(kept.is_ok());
        }
        ctx.bells.intake.notify_one();
    }
}

async fn commit(ctx: &Context, batch: &[Waiting]) -> store::Result<()> {
    let mut tx = ctx.write_durably().await?;
    for one in batch {
        let via = match one.message.protocol {
            Protocol::Lmtp => "lmtp",
            Protocol::Smtp => "smtp",
        };
        insert(ctx, &mut tx, &one.message, via).await?;
    }
    tx.commit().await
}

async fn insert(
    ctx: &Context,
    tx: &mut store::Tx,
    message: &Incoming,
    via: &str,
) -> store::Result<(i64, String)> {
    let sealed = survey::sealed(ctx, tx, message).await?;
    let message = sealed.as_ref().unwrap_or(message);
    let message_id =
        message_id(&message.raw).unwrap_or_else(|| random::message_id(&ctx.settings.domain));
    let now = ctx.now();
    let row = NewMessage {
        message_id: &message_id,
        envelope_from: &storable(&message.envelope_from),
        via,
        peer: &storable(&message.peer),
        helo: &storable(&message.helo),
        received_at: now,
        raw: &message.raw,
    };
    let recipients = recipients(&message.recipients);
    let id = intake::insert(tx, &row, &recipients, AT_ONCE).await?;
    Ok((id, message_id))
}

/// Each recipient once, in order, as far as it can be compared.
fn recipients(named: &[String]) -> Vec<String> {
    let mut found = Vec::new();
    for recipient in named {
        let plain = address::normalise(recipient).unwrap_or_else(|| storable(recipient));
        if !found.contains(&plain) {
            found.push(plain);
        }
    }
    found
}

/// PostgreSQL keeps no NUL in a text.
fn storable(text: &str) -> String {
    text.replace('\0', "")
}
