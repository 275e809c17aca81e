//! Tokens that somebody has quoted in a post: nobody else may see them.

use std::borrow::Cow;

use crate::context::Context;
use crate::identity::tokens::{Purpose, hash};
use crate::links;
use crate::message::headers;
use crate::message::scrub::{FoundToken, TokenKind, scrub, scrub_all};
use crate::sessions::feed;
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
    let removed = scrubbed.found.len() - sealed.clone().count();
    let mut revoked = 0;
    for token in sealed {
        // What only looks like a token must not fill the table.
        if is_one(tx, ctx, token).await? {
            revoke(tx, ctx, token).await?;
            revoked += 1;
        }
    }
    if removed + revoked == 0 {
        return Ok(None);
    }
    let told = told(removed, revoked);
    let step = Step::of_message(Some(community), &message.message_id, ctx.now());
    step.record(tx, "secrets", "done", &told).await?;
    let raw = unsigned(scrubbed.bytes);
    if raw == message.raw {
        return Ok(None);
    }
    intake::replace_raw(tx, message.id, &raw).await?;
    Ok(Some(Message {
        raw,
        ..message.clone()
    }))
}

/// Whatever was signed is not what it was: the signatures go. What we found of them was
/// found of the message before.
fn unsigned(bytes: Cow<'_, [u8]>) -> Vec<u8> {
    let Cow::Owned(bytes) = bytes else {
        return bytes.into_owned();
    };
    let mut out = Vec::with_capacity(bytes.len());
    let mut at = 0;
    for field in headers::section(&bytes, 0, bytes.len()).all(&bytes, "DKIM-Signature") {
        out.extend_from_slice(bytes.get(at..field.whole.start).unwrap_or_default());
        at = field.whole.end;
    }
    out.extend_from_slice(bytes.get(at..).unwrap_or_default());
    out
}

/// A message as it may be passed on to people: without the tokens of whoever wrote it,
/// so that nobody acts in their name, not even by replying to all. `None` where there
/// are none.
pub fn without(ctx: &Context, raw: &[u8]) -> Option<Vec<u8>> {
    let host = links::host(&ctx.settings.base_url);
    match scrub_all(raw, &ctx.settings.domain, host).bytes {
        Cow::Borrowed(_) => None,
        Cow::Owned(bytes) => Some(bytes),
    }
}

/// Whether it is a token that we have made.
async fn is_one(tx: &mut Tx, ctx: &Context, found: &FoundToken) -> store::Result<bool> {
    let token = found.token.as_str();
    let signed = |purpose| ctx.secret.verify(purpose, token).is_some();
    Ok(match found.kind {
        TokenKind::Bounces => signed(Purpose::Bounce),
        TokenKind::Unsubscribe => {
            let is_leaving = ctx.secret.verify_unsubscribe(token).is_some();
            is_leaving || signed(Purpose::GuestEnd) || signed(Purpose::KindEnd)
        }
        TokenKind::Reply if signed(Purpose::Reply) => true,
        TokenKind::Feed => ctx.secret.verify_feed(token).is_some(),
        TokenKind::Survey | TokenKind::Form if signed(Purpose::Survey) => true,
        TokenKind::Form if ctx.secret.verify_answer(token).is_some() => true,
        _ => tokens::find(tx, &hash(token)).await?.is_some(),
    })
}

/// Ends a token that everybody can see now. The owner of a feed finds another one on
/// their page.
async fn revoke(tx: &mut Tx, ctx: &Context, found: &FoundToken) -> store::Result<()> {
    if found.kind == TokenKind::Feed {
        return feed::end(tx, ctx, &found.token, "a post showed its address").await;
    }
    tokens::revoke(tx, &hash(&found.token), ctx.now()).await
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
