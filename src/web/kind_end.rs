//! `/u/TOKEN` of a mail of the programme or of a role: no more of that kind, and still
//! a member.

use super::answer::{Found, Refusal};
use super::pages::unsubscribe::{UnsubscribeDone, UnsubscribeForm};
use crate::context::Context;
use crate::identity::tokens::{Purpose, hash};
use crate::lists::commands::programme::{self, Who};
use crate::outbox::catalogue::{self, Entry};
use crate::store::communities::{self, Community};
use crate::store::{self, Tx, members, outbox, tokens};

/// Whether the token is one of these.
pub(super) fn is_kinds(ctx: &Context, token: &str) -> bool {
    ctx.secret.verify(Purpose::KindEnd, token).is_some()
}

/// What the token stops.
struct Kind {
    entry: &'static Entry,
    community: Community,
    address: String,
    person: i64,
}

/// The form, also where it is stopped already: pressing it again does nothing.
pub(super) async fn form(ctx: &Context, token: &str) -> Found<UnsubscribeForm> {
    let kind = find(&mut ctx.read().await?, ctx, token).await?;
    Ok(UnsubscribeForm {
        community: kind.community.name,
        address: kind.address,
        kind: Some(kind.entry.name.to_owned()),
        action: format!("/u/{token}"),
    })
}

/// Stops it, once.
pub(super) async fn end(ctx: &Context, token: &str) -> Found<UnsubscribeDone> {
    let mut tx = ctx.write_durably().await?;
    let kind = find(&mut tx, ctx, token).await?;
    let who = Who {
        person: kind.person,
        address: &kind.address,
        community: Some(kind.community.id),
    };
    let way = "one-click unsubscribe";
    programme::stop(&mut tx, ctx, &who, kind.entry.name, way).await?;
    store::notify(&mut tx).await?;
    tx.commit().await?;
    Ok(UnsubscribeDone {
        community: kind.community.name,
        address: kind.address,
        kind: Some(kind.entry.name.to_owned()),
        join_address: String::new(),
    })
}

async fn find(tx: &mut Tx, ctx: &Context, token: &str) -> Found<Kind> {
    let id = ctx.secret.verify(Purpose::KindEnd, token);
    let id = id.ok_or(Refusal::NotFound)?;
    // Somebody has shown it to a whole list.
    if tokens::is_revoked(tx, &hash(token)).await? {
        return Err(Refusal::NotFound);
    }
    let (delivery, community) = outbox::by_id(tx, id).await?.ok_or(Refusal::NotFound)?;
    let entry = catalogue::by_name(&delivery.name).filter(|entry| entry.can_be_stopped());
    let person = members::person_with(tx, &delivery.recipient).await?;
    Ok(Kind {
        entry: entry.ok_or(Refusal::NotFound)?,
        community: communities::by_id(tx, community).await?,
        person: person.ok_or(Refusal::NotFound)?,
        address: delivery.recipient,
    })
}
