//! Tokens that somebody has quoted in a post: nobody else may see them.

use crate::context::Context;
use crate::identity::tokens::hash;
use crate::links;
use crate::message::scrub::scrub;
use crate::store::intake::{self, Message};
use crate::store::{self, Tx, tokens};
use crate::trail::Step;

/// Takes our tokens out of a message, in the database too, because the archive shows
/// it as it came. What cannot be taken out of a signed or encrypted part is revoked.
/// Gives the message without them, where something was taken out.
///
/// # Errors
/// Where the database refuses.
pub async fn take_out(
    tx: &mut Tx,
    ctx: &Context,
    community: i64,
    message: &Message,
) -> store::Result<Option<Message>> {
    let host = links::host(&ctx.settings.base_url);
    let scrubbed = scrub(&message.raw, &ctx.settings.domain, host);
    if scrubbed.found.is_empty() {
        return Ok(None);
    }
    let sealed = scrubbed.found.iter().filter(|token| token.sealed);
    for token in sealed.clone() {
        tokens::revoke(tx, &hash(&token.token), ctx.now()).await?;
    }
    let told = told(
        scrubbed.found.len() - sealed.clone().count(),
        sealed.count(),
    );
    let step = Step::of_message(Some(community), &message.message_id, ctx.now());
    step.record(tx, "secrets", "done", &told).await?;
    let raw = scrubbed.bytes.into_owned();
    if raw == message.raw {
        return Ok(None);
    }
    intake::replace_raw(tx, message.id, &raw).await?;
    Ok(Some(Message {
        raw,
        ..message.clone()
    }))
}

fn told(removed: usize, revoked: usize) -> String {
    let parts = [
        (removed, "removed from what it quotes"),
        (revoked, "revoked, in a part that is signed or encrypted"),
    ];
    let parts = parts.iter().filter(|(count, _)| *count > 0);
    let parts: Vec<_> = parts
        .map(|(count, what)| format!("{count} tokens {what}"))
        .collect();
    parts.join("; ")
}
