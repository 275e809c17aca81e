//! `/u/TOKEN`: leaving with one click (RFC 8058). GET shows a form and changes
//! nothing; POST acts at once, whatever its body says: a mail program sends
//! `List-Unsubscribe=One-Click`, an older one nothing.

use axum::extract::{Path, State};
use axum::http::header;
use axum::response::{IntoResponse, Response};

use super::answer::{Found, Refusal, answer};
use super::archive_entry::join_address;
use super::pages::unsubscribe::{UnsubscribeDone, UnsubscribeForm};
use super::{guest_end, kind_end};
use crate::context::Context;
use crate::identity::tokens::hash;
use crate::lists::home::Home;
use crate::lists::{leaving, membership};
use crate::outbox::compose;
use crate::store::communities::{self, Community};
use crate::store::members::{self, Member};
use crate::store::{self, Tx, tokens};

/// Shows the form, or what is done already.
pub(super) async fn show(State(ctx): State<Context>, Path(token): Path<String>) -> Response {
    if guest_end::is_guests(&ctx, &token) {
        return unkept(answer(&ctx, guest_end::form(&ctx, &token).await));
    }
    if kind_end::is_kinds(&ctx, &token) {
        return unkept(answer(&ctx, kind_end::form(&ctx, &token).await));
    }
    let shown = match find(&ctx, &token).await {
        Ok((member, community)) if member.state == "left" => {
            answer(&ctx, Ok(done(&ctx, &member, &community)))
        }
        Ok((member, community)) => answer(&ctx, Ok(form(&token, &member, &community))),
        Err(refusal) => answer::<UnsubscribeForm>(&ctx, Err(refusal)),
    };
    unkept(shown)
}

/// Ends the membership, once; who has left already is told the same.
pub(super) async fn end(State(ctx): State<Context>, Path(token): Path<String>) -> Response {
    if guest_end::is_guests(&ctx, &token) {
        return unkept(answer(&ctx, guest_end::end(&ctx, &token).await));
    }
    if kind_end::is_kinds(&ctx, &token) {
        return unkept(answer(&ctx, kind_end::end(&ctx, &token).await));
    }
    unkept(answer(&ctx, leave(&ctx, &token).await))
}

async fn find(ctx: &Context, token: &str) -> Found<(Member, Community)> {
    let mut tx = ctx.read().await?;
    let id = member_of(&mut tx, ctx, token).await?;
    owner(&mut tx, id).await
}

async fn leave(ctx: &Context, token: &str) -> Found<UnsubscribeDone> {
    let mut tx = ctx.write_durably().await?;
    let id = member_of(&mut tx, ctx, token).await?;
    let (_, community) = owner(&mut tx, id).await?;
    // Read again behind the lock: somebody else may be changing the member.
    communities::lock(&mut tx, community.id).await?;
    let (member, community) = owner(&mut tx, id).await?;
    let done = done(ctx, &member, &community);
    if member.state != "left" {
        say_goodbye(&mut tx, ctx, member, &community).await?;
        store::notify(&mut tx).await?;
        tx.commit().await?;
        ctx.bells.relay.notify_one();
    }
    Ok(done)
}

/// A charter or template that is broken keeps nobody on a list.
async fn say_goodbye(
    tx: &mut Tx,
    ctx: &Context,
    member: Member,
    community: &Community,
) -> store::Result<()> {
    const BY: &str = "one-click unsubscribe";
    let Some(charter) = ctx.charter(community) else {
        return membership::leave(tx, member, BY, ctx.now()).await;
    };
    let home = Home {
        ctx,
        community,
        charter: &charter,
    };
    match leaving::at_once(tx, &home, member, BY).await {
        Err(compose::Error::Store(error)) => Err(error),
        Err(error) => {
            tracing::error!(%error, "no goodbye is sent");
            Ok(())
        }
        Ok(()) => Ok(()),
    }
}

async fn member_of(tx: &mut Tx, ctx: &Context, token: &str) -> Found<i64> {
    let id = ctx.secret.verify_unsubscribe(token);
    let id = id.ok_or(Refusal::NotFound)?;
    // Somebody has shown it to a whole list.
    match tokens::is_revoked(tx, &hash(token)).await? {
        true => Err(Refusal::NotFound),
        false => Ok(id),
    }
}

async fn owner(tx: &mut Tx, id: i64) -> Found<(Member, Community)> {
    let member = members::by_id(tx, id).await?.ok_or(Refusal::NotFound)?;
    let community = communities::by_id(tx, member.community_id).await?;
    Ok((member, community))
}

fn form(token: &str, member: &Member, community: &Community) -> UnsubscribeForm {
    UnsubscribeForm {
        community: community.name.clone(),
        address: member.address.clone(),
        kind: None,
        action: format!("/u/{token}"),
    }
}

fn done(ctx: &Context, member: &Member, community: &Community) -> UnsubscribeDone {
    UnsubscribeDone {
        community: community.name.clone(),
        address: member.address.clone(),
        kind: None,
        join_address: ctx
            .charter(community)
            .map(|charter| join_address(ctx, community, &charter))
            .unwrap_or_default(),
    }
}

/// The address stands in it: nobody keeps it.
fn unkept(answer: Response) -> Response {
    ([(header::CACHE_CONTROL, "no-store")], answer).into_response()
}
