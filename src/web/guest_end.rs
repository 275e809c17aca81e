//! `/u/TOKEN` of a guest: leaving the one thread that they were let into.

use super::answer::{Found, Refusal};
use super::pages::unsubscribe::{UnsubscribeDone, UnsubscribeForm};
use crate::context::Context;
use crate::identity::tokens::{Purpose, hash};
use crate::lists::guests;
use crate::store::{self, Tx, communities, tokens};

/// Whether the token is a guest's.
pub(super) fn is_guests(ctx: &Context, token: &str) -> bool {
    ctx.secret.verify(Purpose::GuestEnd, token).is_some()
}

/// The form, also for who has left: pressing it again does nothing.
pub(super) async fn form(ctx: &Context, token: &str) -> Found<UnsubscribeForm> {
    let mut tx = ctx.read().await?;
    let (of, address) = find(&mut tx, ctx, token).await?;
    Ok(UnsubscribeForm {
        community: communities::by_id(&mut tx, of.community).await?.name,
        address,
        kind: None,
        action: format!("/u/{token}"),
    })
}

/// Ends it, once.
pub(super) async fn end(ctx: &Context, token: &str) -> Found<UnsubscribeDone> {
    let mut tx = ctx.write_durably().await?;
    let (of, address) = find(&mut tx, ctx, token).await?;
    let community = communities::by_id(&mut tx, of.community).await?.name;
    guests::leave(&mut tx, ctx, of, &address, "one-click unsubscribe").await?;
    store::notify(&mut tx).await?;
    tx.commit().await?;
    Ok(UnsubscribeDone {
        community,
        address,
        kind: None,
        join_address: String::new(),
    })
}

async fn find(tx: &mut Tx, ctx: &Context, token: &str) -> Found<(store::guests::Thread, String)> {
    let delivery = ctx.secret.verify(Purpose::GuestEnd, token);
    let delivery = delivery.ok_or(Refusal::NotFound)?;
    // Somebody has shown it to a whole list.
    if tokens::is_revoked(tx, &hash(token)).await? {
        return Err(Refusal::NotFound);
    }
    guests::of_delivery(tx, delivery)
        .await?
        .ok_or(Refusal::NotFound)
}
