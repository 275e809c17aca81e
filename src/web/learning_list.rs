//! `/c/SLUG/learnings`: everybody may read them, also where only members read the
//! discussions: each was reviewed for that. Where a community keeps no archive, there is
//! none.

use axum::extract::{Path, State};
use axum::response::Response;

use super::answer::{Found, Refusal, answer};
use super::archive_entry::is_slug;
use super::pages::learnings::{Learning, LearningsPage};
use super::pages::parts::{Community, Link};
use super::text::mask_addresses;
use crate::clock::moment;
use crate::config::charter::ArchivePolicy;
use crate::context::Context;
use crate::store::learnings::{self, Learning as Row};
use crate::store::{Tx, communities, posts};

/// The most on one page.
const MOST: i64 = 500;

/// Shows them.
pub(super) async fn show(State(ctx): State<Context>, Path(slug): Path<String>) -> Response {
    answer(&ctx, find(&ctx, &slug).await)
}

async fn find(ctx: &Context, slug: &str) -> Found<LearningsPage> {
    if !is_slug(slug) {
        return Err(Refusal::NotFound);
    }
    let mut tx = ctx.read().await?;
    let community = communities::by_slug(&mut tx, slug).await?;
    let community = community.ok_or(Refusal::NotFound)?;
    let charter = ctx.charter(&community).ok_or(Refusal::NotFound)?;
    if charter.list.archive == ArchivePolicy::None {
        return Err(Refusal::NotFound);
    }
    let rows = learnings::reviewed(&mut tx, community.id, MOST).await?;
    let is_private = charter.list.archive != ArchivePolicy::Public;
    // Of an archive for members not even the name is told until something is for all.
    if is_private && rows.is_empty() {
        return Err(Refusal::NotFound);
    }
    let mut all = Vec::new();
    for row in &rows {
        all.push(one(&mut tx, row, &community.slug, is_private).await?);
    }
    Ok(LearningsPage {
        community: Community {
            slug: community.slug.clone(),
            name: community.name.clone(),
            language: charter.language.clone(),
            is_private,
        },
        learnings: all,
    })
}

async fn one(tx: &mut Tx, row: &Row, slug: &str, is_private: bool) -> Found<Learning> {
    let mut sources = Vec::new();
    for name in learnings::sources(tx, row.id).await? {
        let post = posts::by_message_id(tx, row.community_id, &name).await?;
        let open = post.filter(|post| !is_private && post.members_only == 0);
        sources.extend(open.map(|post| {
            Link::new(format!("/c/{slug}/m/{}", post.permalink), "the discussion")
        }));
    }
    let paragraphs = row.summary.split("\n\n").filter(|text| !text.trim().is_empty());
    Ok(Learning {
        id: row.id,
        title: mask_addresses(&row.title),
        summary: paragraphs.map(mask_addresses).collect(),
        tags: mask_addresses(&row.tags),
        author: mask_addresses(&row.author_name),
        at: moment(row.reviewed_at.unwrap_or(row.created_at)).into(),
        sources,
    })
}
