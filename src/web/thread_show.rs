//! `/c/SLUG/t/ID`: the thread of a post, named by any of its posts. Without
//! `?page=N` it is the page on which that post stands.

use axum::extract::{Path, State};
use axum::response::Response;

use super::answer::{Found, answer};
use super::archive_entry::{Archive, enter};
use super::asked::{self, Asked};
use super::message_show::{Attached, attached, view};
use super::pages::post::MAX_DEPTH;
use super::pages::thread::ThreadPage;
use super::text::mask_addresses;
use crate::archive::threads::{Leaf, Node, tree_order};
use crate::context::Context;
use crate::store::threads::{self, Place, Whole};
use crate::store::{Tx, intake};

/// Posts on one page.
const PER_PAGE: usize = 100;
/// Octets of messages that are read for what is attached to them, for one page.
/// Beyond that, only a message's own page lists its attachments.
const READ_FOR_ATTACHMENTS: i64 = 8 * 1024 * 1024;

/// Shows the thread.
pub(super) async fn show(
    State(ctx): State<Context>,
    Path((slug, id)): Path<(String, String)>,
    asked: Asked,
) -> Response {
    answer(&ctx, find(&ctx, &slug, &id, &asked).await)
}

async fn find(ctx: &Context, slug: &str, id: &str, asked: &Asked) -> Found<ThreadPage> {
    let mut tx = ctx.read().await?;
    let archive = enter(&mut tx, ctx, slug).await?;
    let named = archive.post(&mut tx, id).await?;
    let places = threads::places(&mut tx, archive.community.id, named.thread_id).await?;
    let order = order(&places);
    let pages = order.len().div_ceil(PER_PAGE).max(1);
    let own = order
        .iter()
        .position(|leaf| places[leaf.index].id == named.id)
        .unwrap_or(0)
        / PER_PAGE
        + 1;
    let page = asked::page(asked).unwrap_or(own).min(pages);
    let shown: Vec<(i64, usize)> = order
        .iter()
        .skip((page - 1) * PER_PAGE)
        .take(PER_PAGE)
        .map(|leaf| (places[leaf.index].id, leaf.depth))
        .collect();
    let first = order.first().map_or(named.id, |leaf| places[leaf.index].id);
    let subject = subject(&mut tx, first).await?;
    let posts = posts(&mut tx, &archive, &shown).await?;
    let to = |page: usize| archive.path(&format!("t/{id}?page={page}"));
    Ok(ThreadPage {
        earlier: (page > 1).then(|| to(page - 1)),
        later: (page < pages).then(|| to(page + 1)),
        ..ThreadPage::new(archive.head(), &subject, places.len() as u64, posts)
    })
}

fn order(places: &[Place]) -> Vec<Leaf> {
    let node = |place: &Place| Node {
        id: place.id,
        parent: place.parent_id,
        date: place.sent_at,
    };
    tree_order(&places.iter().map(node).collect::<Vec<_>>(), MAX_DEPTH)
}

async fn subject(tx: &mut Tx, first: i64) -> Found<String> {
    let found = crate::store::posts::by_id(tx, first).await?;
    Ok(found.map_or_else(String::new, |post| mask_addresses(&post.subject)))
}

async fn posts(
    tx: &mut Tx,
    archive: &Archive,
    shown: &[(i64, usize)],
) -> Found<Vec<super::pages::post::PostView>> {
    let ids: Vec<i64> = shown.iter().map(|(id, _)| *id).collect();
    let found = threads::whole(tx, &ids).await?;
    let mut left = READ_FOR_ATTACHMENTS;
    let mut views = Vec::new();
    for (id, depth) in shown {
        let Some(whole) = found.iter().find(|whole| whole.post.id == *id) else {
            continue;
        };
        left -= whole.size;
        let attachments = if left >= 0 {
            read(tx, whole).await?
        } else {
            Vec::new()
        };
        views.push(view(archive, whole, *depth, &attachments));
    }
    Ok(views)
}

async fn read(tx: &mut Tx, whole: &Whole) -> Found<Attached> {
    Ok(attached(intake::message(tx, whole.post.raw_id).await?.raw).await)
}
