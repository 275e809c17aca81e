//! Somebody is heard from an address to which mail failed.

use super::{complaint, stop};
use crate::context::Context;
use crate::identity::tokens::Purpose;
use crate::identity::{Checked, Strength, strength};
use crate::lists::post::Arrival;
use crate::lists::{replies, speaker};
use crate::message::words::Word;
use crate::store::members::{self, Member};
use crate::store::{self, Tx, failing, outbox};

/// A person wrote: where it is proven that they wrote from an address to which nothing
/// goes, or that they have read a mail that went there (`reply_token` is that of the
/// address they wrote to), mail goes there again.
///
/// # Errors
/// Where the database refuses.
pub async fn heard(
    tx: &mut Tx,
    ctx: &Context,
    arrival: &Arrival<'_>,
    reply_token: Option<&str>,
) -> store::Result<()> {
    let Some(from) = arrival.mail.from.first() else {
        return Ok(());
    };
    if speaker::is_machine(arrival) {
        return Ok(());
    }
    if let Some(token) = reply_token {
        return replied(tx, ctx, arrival, token).await;
    }
    let is_stopped = failing::is_stopped(tx, &from.address).await?;
    if is_stopped && is_aligned(ctx, arrival) {
        let why = "a mail of theirs came from there, and is proven";
        stop::reset(tx, ctx, &from.address, why).await?;
    }
    Ok(())
}

fn is_aligned(ctx: &Context, arrival: &Arrival<'_>) -> bool {
    let checked = Checked::from_text(&arrival.message.checked);
    let trusted = &ctx.settings.authentication.trusted_authserv;
    strength::of(arrival.mail, trusted, &checked) >= Strength::Aligned
}

/// A reply shows that its mail was read: by its token, in the hand of its owner.
async fn replied(
    tx: &mut Tx,
    ctx: &Context,
    arrival: &Arrival<'_>,
    token: &str,
) -> store::Result<()> {
    let delivery = match ctx.secret.verify(Purpose::Reply, token) {
        Some(id) => outbox::by_id(tx, id).await?,
        None => None,
    };
    let Some((delivery, _)) = delivery else {
        return Ok(());
    };
    let Some(failing) = failing::of(tx, &delivery.recipient).await? else {
        return Ok(());
    };
    let has_read = delivery.created_at >= failing.since;
    if has_read && replies::is_own(tx, arrival, &delivery.recipient).await? {
        let why = "they replied to a mail that went there";
        stop::reset(tx, ctx, &delivery.recipient, why).await?;
    }
    Ok(())
}

/// A member has chosen to get mail (again): by `resume`, or a way of delivery. What
/// stood in the way of that is taken away, and `member` is as it is then.
///
/// # Errors
/// Where the database refuses.
pub async fn wanted(
    tx: &mut Tx,
    ctx: &Context,
    member: &mut Member,
    word: &Word,
) -> store::Result<()> {
    let resumes = *word == Word::Resume;
    let chooses = matches!(word, Word::SetDelivery(_) | Word::SetMimeDigest);
    let takes_mail = chooses && member.delivery != "none";
    if !resumes && !takes_mail {
        return Ok(());
    }
    let address = member.address.clone();
    let lifted = complaint::lift(tx, ctx, &address, "they asked for mail again").await?;
    let again = resumes && stop::reset(tx, ctx, &address, "they wrote: resume").await?;
    if let (true, Some(now)) = (lifted || again, members::by_id(tx, member.id).await?) {
        *member = now;
    }
    Ok(())
}
