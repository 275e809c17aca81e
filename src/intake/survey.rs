//! Replies to surveys: sealed before anything of them is kept. What is stored says
//! neither who wrote nor what; whom the token belongs to stands inside.

use super::Incoming;
use crate::context::Context;
use crate::identity::seal::{self, LATE};
use crate::identity::tokens::{Purpose, hash};
use crate::message;
use crate::routing::{self, Intent};
use crate::store::{self, Tx, surveys, tokens};

/// So much of a reply is kept, in octets: digits and a comment need less, and pictures
/// below them nobody.
pub const MOST_OF_REPLY: usize = 1 << 20;

/// What is sealed is filled up to a multiple of this, in octets: the length of a reply
/// would tell whose comment it was.
pub const UNIT: usize = 64 << 10;

/// The message as it may be kept, where it is a reply to a survey.
///
/// # Errors
/// Where the database cannot be asked, or the survey's key is none: the sender is told to
/// try again.
pub(super) async fn sealed(
    ctx: &Context,
    tx: &mut Tx,
    message: &Incoming,
) -> store::Result<Option<Incoming>> {
    let found = message
        .recipients
        .iter()
        .find_map(|recipient| addressed(ctx, recipient));
    let Some(Owner { slug, token, id }) = found else {
        return Ok(None);
    };
    // Somebody has shown it to a whole list.
    let is_revoked = tokens::is_revoked(tx, &hash(&token)).await?;
    let wave = match surveys::invitee(tx, id).await?.filter(|_| !is_revoked) {
        Some(invitee) => {
            // A wave that is closing this moment has closed when this is over.
            surveys::share(tx, invitee.wave_id).await?;
            surveys::by_id(tx, invitee.wave_id).await?
        }
        None => None,
    };
    let raw = match wave.filter(|wave| wave.state == "open") {
        Some(wave) => {
            let end = message.raw.len().min(MOST_OF_REPLY);
            let kept = message.raw.get(..end).unwrap_or_default();
            let plain = [
                format!("{id}\n{}\n", message.envelope_from.replace('\n', "")).as_bytes(),
                kept,
            ]
            .concat();
            let sealed = seal::marked(wave.id, &wave.public_key, &plain, UNIT);
            sealed.ok_or_else(|| sqlx::Error::Protocol("a survey's key is none".into()))?
        }
        None => late(message),
    };
    Ok(Some(kept(ctx, message, &slug, raw)))
}

/// Whose an address of a survey is.
struct Owner {
    slug: String,
    token: String,
    /// The key of their row.
    id: i64,
}

/// Whose address it is, where it is a survey's.
fn addressed(ctx: &Context, recipient: &str) -> Option<Owner> {
    let (local, domain) = routing::split(recipient)?;
    if domain != ctx.settings.domain {
        return None;
    }
    let owner = |reading: routing::Reading| match reading.intent {
        Intent::Survey(token) => {
            let id = ctx.secret.verify(Purpose::Survey, &token)?;
            Some(Owner {
                slug: reading.slug,
                token,
                id,
            })
        }
        _ => None,
    };
    routing::readings(local).into_iter().find_map(owner)
}

/// Nothing of a reply that came too late is kept but whom to tell so.
fn late(message: &Incoming) -> Vec<u8> {
    let mail = message::parse(&message.raw);
    let is_person = mail.kind != message::Kind::AutoReply && !message.envelope_from.is_empty();
    let from = mail.from.first().filter(|_| is_person);
    let address = from.map_or("", |from| from.address.as_str());
    format!("{LATE}{address}\n").into_bytes()
}

/// The same message without what says who wrote it: neither token, envelope nor host.
fn kept(ctx: &Context, message: &Incoming, slug: &str, raw: Vec<u8>) -> Incoming {
    let without_token = |recipient: &String| match addressed(ctx, recipient) {
        Some(_) => format!("{slug}-survey@{}", ctx.settings.domain),
        None => recipient.clone(),
    };
    let mut recipients: Vec<_> = message.recipients.iter().map(without_token).collect();
    recipients.dedup();
    Incoming {
        envelope_from: String::new(),
        peer: String::new(),
        helo: String::new(),
        recipients,
        raw,
        ..message.clone()
    }
}
