//! `/c/SLUG/t/ID`: the thread of a post, named by any of its posts. Without
//! `?page=N` it is the page on which that post stands. A mail that posts answer and that
//! the archive does not hold keeps a place of its own.

use std::collections::HashMap;

use axum::extract::{Path, State};
use axum::response::Response;

use super::answer::{Found, answer};
use super::archive_entry::{Archive, enter};
use super::asked::{self, Asked};
use super::message_show::{Parts, parts, view};
use super::pages::post::MAX_DEPTH;
use super::pages::thread::{Entry, ThreadPage};
use super::text::mask_addresses;
use super::visitor::Visitor;
use crate::archive::threads::{Node, tree_order};
use crate::context::Context;
use crate::store::threads::{self, Absent, Place, Whole};
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
    visitor: Visitor,
    asked: Asked,
) -> Response {
    answer(&ctx, find(&ctx, (&slug, &id), &visitor, &asked).await)
}

/// The page that a visitor sees.
pub(super) async fn find(
    ctx: &Context,
    (slug, id): (&str, &str),
    visitor: &Visitor,
    asked: &Asked,
) -> Found<ThreadPage> {
    let mut tx = ctx.read().await?;
    let archive = enter(&mut tx, ctx, slug, visitor).await?;
    let named = archive.post(&mut tx, id).await?;
    let places = threads::places(&mut tx, archive.community.id, named.thread_id).await?;
    let absent = threads::absent(&mut tx, archive.community.id, named.thread_id).await?;
    let (nodes, count) = (nodes(&places, &absent), places.len());
    let order = tree_order(&nodes, MAX_DEPTH);
    let pages = order.len().div_ceil(PER_PAGE).max(1);
    let own = order
        .iter()
        .position(|leaf| nodes[leaf.index].id == named.id)
        .unwrap_or(0)
        / PER_PAGE
        + 1;
    let page = asked::page(asked).unwrap_or(own).min(pages);
    let shown: Vec<(i64, usize)> = order
        .iter()
        .skip((page - 1) * PER_PAGE)
        .take(PER_PAGE)
        .map(|leaf| (nodes[leaf.index].id, leaf.depth))
        .collect();
    let first = order.iter().find(|leaf| leaf.index < count);
    let first = first.map_or(named.id, |leaf| nodes[leaf.index].id);
    let subject = subject(&mut tx, first).await?;
    let entries = entries(&mut tx, &archive, &shown).await?;
    let to = |page: usize| archive.path(&format!("t/{id}?page={page}"));
    Ok(ThreadPage {
        earlier: (page > 1).then(|| to(page - 1)),
        later: (page < pages).then(|| to(page + 1)),
        ..ThreadPage::new(archive.head(), &subject, count as u64, entries)
    })
}

/// The posts, and behind them what they answer and the archive does not hold: that has a
/// key below zero, and stands where those that answer it stood, with the first of them.
fn nodes(places: &[Place], absent: &[Absent]) -> Vec<Node> {
    let mut nodes: Vec<Node> = places
        .iter()
        .map(|place| Node {
            id: place.id,
            parent: place.parent_id,
            date: place.sent_at,
        })
        .collect();
    let index: HashMap<i64, usize> = (0..nodes.len()).map(|at| (nodes[at].id, at)).collect();
    let mut known: HashMap<(&str, Option<i64>), i64> = HashMap::new();
    for one in absent {
        let Some(at) = index.get(&one.post_id) else {
            continue;
        };
        let (above, date) = (nodes[*at].parent, nodes[*at].date);
        let id = *known.entry((&one.message_id, above)).or_insert_with(|| {
            let id = -1 - (nodes.len() - places.len()) as i64;
            let parent = above;
            nodes.push(Node { id, parent, date });
            id
        });
        nodes[*at].parent = Some(id);
    }
    nodes
}

async fn subject(tx: &mut Tx, first: i64) -> Found<String> {
    let found = crate::store::posts::by_id(tx, first).await?;
    Ok(found.map_or_else(String::new, |post| mask_addresses(&post.subject)))
}

async fn entries(tx: &mut Tx, archive: &Archive, shown: &[(i64, usize)]) -> Found<Vec<Entry>> {
    let ids = shown.iter().map(|(id, _)| *id).filter(|id| *id > 0);
    let ids: Vec<i64> = ids.collect();
    let found = threads::whole(tx, &ids).await?;
    let mut left = READ_FOR_ATTACHMENTS;
    let mut entries = Vec::new();
    for (id, depth) in shown {
        if *id < 0 {
            entries.push(Entry::absent(*depth));
        }
        let Some(whole) = found.iter().find(|whole| whole.post.id == *id) else {
            continue;
        };
        if whole.post.erased_at.is_some() {
            entries.push(Entry::erased(*depth, &whole.post.permalink));
            continue;
        }
        left -= whole.size;
        let parts = match left >= 0 {
            true => read(tx, whole).await?,
            false => Parts::default(),
        };
        entries.push(Entry::post(view(archive, whole, *depth, &parts)));
    }
    Ok(entries)
}

async fn read(tx: &mut Tx, whole: &Whole) -> Found<Parts> {
    Ok(parts(intake::message(tx, whole.post.raw_id).await?.raw).await)
}
