//! `/`: the communities that a visitor may know of, which are those with a public
//! archive.

use axum::extract::State;
use axum::response::Response;

use super::answer::{Found, answer};
use super::pages::community_index::{Card, CommunityIndex};
use super::pages::parts::Link;
use crate::config::charter::ArchivePolicy;
use crate::context::Context;
use crate::store::communities::{self, Community};

/// Shows them.
pub(super) async fn show(State(ctx): State<Context>) -> Response {
    answer(&ctx, find(&ctx).await)
}

async fn find(ctx: &Context) -> Found<CommunityIndex> {
    let all = communities::all(&mut ctx.read().await?).await?;
    let open = all.iter().filter(|community| community.closed_at.is_none());
    let communities = open.filter_map(|community| card(ctx, community)).collect();
    Ok(CommunityIndex {
        site: ctx.settings.domain.clone(),
        communities,
    })
}

fn card(ctx: &Context, community: &Community) -> Option<Card> {
    let charter = ctx.charter(community)?;
    (charter.list.archive == ArchivePolicy::Public).then(|| Card {
        link: Link::new(format!("/c/{}/", community.slug), &community.name),
        about: charter.charter.domain.clone(),
        is_private: false,
    })
}
