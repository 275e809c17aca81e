//! Links to a page of one's own (`/me/`, `/desk/`): opened, and their first use noted.

use axum::http::{Method, StatusCode};
use axum::response::Response;

use super::answer::{Found, Refusal, show};
use super::pages::notice::Notice;
use crate::context::Context;
use crate::lists::moderation::desk::Closed;
use crate::lists::personal_link::{self, Kind, Opened};
use crate::store::Tx;

/// Opens a link to look at its page; `None` where it has ended. Looking changes
/// nothing but that the link's hours begin to count, and HEAD not even that: it
/// shows nobody anything.
pub(super) async fn look(
    ctx: &Context,
    kind: Kind,
    token: &str,
    method: &Method,
) -> Found<Option<Opened>> {
    let opened = open(&mut ctx.read().await?, ctx, kind, token).await?;
    let begins = opened.as_ref().is_some_and(|opened| opened.is_unused);
    if begins && method != Method::HEAD {
        let mut tx = ctx.write().await?;
        personal_link::note_use(&mut tx, ctx, token).await?;
        tx.commit().await?;
    }
    Ok(opened)
}

/// Opens a link; `None` where it has ended.
pub(super) async fn open(
    tx: &mut Tx,
    ctx: &Context,
    kind: Kind,
    token: &str,
) -> Found<Option<Opened>> {
    unless_ended(personal_link::open(tx, ctx, kind, token).await)
}

/// What was opened; `None` where the link has ended.
pub(super) fn unless_ended<T>(opened: Result<T, Closed>) -> Found<Option<T>> {
    match opened {
        Ok(opened) => Ok(Some(opened)),
        Err(Closed::Ended) => Ok(None),
        Err(Closed::Unknown) => Err(Refusal::NotFound),
        Err(Closed::Store(error)) => Err(error.into()),
    }
}

/// 410, and how to get a new one.
pub(super) fn ended(ctx: &Context) -> Response {
    show(ctx, StatusCode::GONE, &Notice::link_ended())
}
