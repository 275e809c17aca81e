//! `/c/SLUG/learnings` and `/c/SLUG/learnings.atom`: everybody may read them, also where only
//! members read the discussions: each was reviewed for that. Where a community keeps no
//! archive, there is none.

use std::sync::Arc;

use axum::extract::{Path, State};
use axum::response::{IntoResponse, Response};

use super::answer::{Found, Refusal, answer, refuse};
use super::archive_entry::{enter, is_slug};
use super::archive_feed::{ATOM, element, head, link};
use super::asked::{self, Asked};
use super::message_show::author;
use super::pages::learnings::{Learning, LearningsPage};
use super::pages::parts::{Community, Link, Moment, Pager};
use super::text::mask_addresses;
use super::visitor::Visitor;
use crate::clock::{moment, rfc3339};
use crate::config::Charter;
use crate::config::charter::ArchivePolicy;
use crate::context::Context;
use crate::links;
use crate::store::Tx;
use crate::store::communities::{self, Community as Home};
use crate::store::learnings::{self, Learning as Row};
use crate::store::posts::{self, Post};

/// Learnings on one page.
const PER_PAGE: usize = 20;

/// Learnings in the feed.
const IN_FEED: i64 = 30;

/// The most sources that are named of one.
const MOST_SOURCES: i64 = 10;

/// Shows them.
pub(super) async fn show(
    State(ctx): State<Context>,
    Path(slug): Path<String>,
    visitor: Visitor,
    asked: Asked,
) -> Response {
    answer(&ctx, find(&ctx, &slug, &visitor, &asked).await)
}

/// Gives them as a feed.
pub(super) async fn feed(
    State(ctx): State<Context>,
    Path(slug): Path<String>,
    visitor: Visitor,
) -> Response {
    match find_feed(&ctx, &slug, &visitor).await {
        Ok(feed) => (ATOM, feed).into_response(),
        Err(refusal) => refuse(&ctx, refusal),
    }
}

/// Whose learnings they are, and whether the visitor may read what they are made of.
struct Shelf {
    home: Home,
    charter: Arc<Charter>,
    /// Whether they may read the archive.
    reads: bool,
    /// Whether they read it as a member.
    of_members: bool,
}

impl Shelf {
    fn is_private(&self) -> bool {
        self.charter.list.archive != ArchivePolicy::Public
    }

    /// Where the visitor may read that post.
    fn may_read(&self, post: &Post) -> bool {
        self.reads && (post.members_only == 0 || self.of_members)
    }
}

async fn open(tx: &mut Tx, ctx: &Context, slug: &str, visitor: &Visitor) -> Found<Shelf> {
    if !is_slug(slug) {
        return Err(Refusal::NotFound);
    }
    let home = communities::by_slug(tx, slug).await?;
    let home = home.ok_or(Refusal::NotFound)?;
    let charter = ctx.charter(&home).ok_or(Refusal::NotFound)?;
    if charter.list.archive == ArchivePolicy::None {
        return Err(Refusal::NotFound);
    }
    let of_members = visitor.is_member(tx, ctx, home.id).await?;
    let reads = of_members || charter.list.archive == ArchivePolicy::Public;
    // Of an archive for members not even the name is told until something is for all.
    if !reads && learnings::reviewed(tx, home.id, 1, 0).await?.is_empty() {
        enter(tx, ctx, slug, visitor).await?;
    }
    Ok(Shelf {
        home,
        charter,
        reads,
        of_members,
    })
}

async fn find(ctx: &Context, slug: &str, visitor: &Visitor, asked: &Asked) -> Found<LearningsPage> {
    let mut tx = ctx.read().await?;
    let shelf = open(&mut tx, ctx, slug, visitor).await?;
    let page = asked::page(asked).unwrap_or(1);
    let from = ((page - 1) * PER_PAGE) as i64;
    let mut rows = learnings::reviewed(&mut tx, shelf.home.id, PER_PAGE as i64 + 1, from).await?;
    let has_more = rows.len() > PER_PAGE;
    rows.truncate(PER_PAGE);
    let mut all = Vec::new();
    for row in &rows {
        all.push(one(&mut tx, row, &shelf).await?);
    }
    Ok(LearningsPage {
        community: Community {
            slug: shelf.home.slug.clone(),
            name: shelf.home.name.clone(),
            language: shelf.charter.language.clone(),
            is_private: shelf.is_private(),
        },
        reads: shelf.reads,
        learnings: all,
        pager: pager(slug, page, has_more),
    })
}

fn pager(slug: &str, page: usize, has_more: bool) -> Pager {
    let href = |page: usize| format!("/c/{slug}/learnings?page={page}");
    Pager {
        newer: (page > 1).then(|| href(page - 1)),
        older: has_more.then(|| href(page + 1)),
    }
}

async fn one(tx: &mut Tx, row: &Row, shelf: &Shelf) -> Found<Learning> {
    let mut sources = Vec::new();
    let named = learnings::sources(tx, row.id, MOST_SOURCES).await?;
    let count = learnings::count_sources(tx, row.id).await?;
    for name in &named {
        let post = posts::by_message_id(tx, row.community_id, name).await?;
        let open = post.filter(|post| post.erased_at.is_none() && shelf.may_read(post));
        sources.extend(open.map(|post| source(&post, &shelf.home.slug)));
    }
    let paragraphs = row.summary.split("\n\n").map(str::trim);
    let paragraphs = paragraphs.filter(|text| !text.is_empty());
    let tags = row.tags.split(',').map(str::trim);
    Ok(Learning {
        id: row.id,
        title: mask_addresses(&row.title),
        summary: paragraphs.map(mask_addresses).collect(),
        tags: tags
            .filter(|tag| !tag.is_empty())
            .map(mask_addresses)
            .collect(),
        author: mask_addresses(&row.author_name),
        at: moment(row.reviewed_at.unwrap_or(row.created_at)).into(),
        more: (count - named.len() as i64).max(0),
        is_closed: sources.is_empty() && !shelf.reads,
        sources,
    })
}

/// `Ann, 5 Jan 2026`
fn source(post: &Post, slug: &str) -> Link {
    let by = mask_addresses(author(&post.author_name, &post.author_address));
    let at = Moment::from(moment(post.sent_at)).day;
    Link::new(
        format!("/c/{slug}/m/{}", post.permalink),
        format!("{by}, {at}"),
    )
}

async fn find_feed(ctx: &Context, slug: &str, visitor: &Visitor) -> Found<String> {
    let mut tx = ctx.read().await?;
    let shelf = open(&mut tx, ctx, slug, visitor).await?;
    let rows = learnings::reviewed(&mut tx, shelf.home.id, IN_FEED, 0).await?;
    let page = format!("{}learnings", links::front(&ctx.settings.base_url, slug));
    let at = |row: &Row| row.reviewed_at.unwrap_or(row.created_at);
    let updated = rows.first().map_or(shelf.home.created_at, at);
    let title = format!("Learnings · {}", shelf.home.name);
    let mut xml = head((&page, &title), &rfc3339(updated), &format!("{page}.atom"));
    for row in &rows {
        let href = format!("{page}#l{}", row.id);
        xml.push_str("<entry>\n");
        element(&mut xml, "id", &href);
        element(&mut xml, "title", &mask_addresses(&row.title));
        element(&mut xml, "updated", &rfc3339(at(row)));
        if !row.author_name.is_empty() {
            xml.push_str("<author>");
            element(&mut xml, "name", &mask_addresses(&row.author_name));
            xml.push_str("</author>\n");
        }
        link(&mut xml, "alternate", &href);
        element(&mut xml, "summary", &mask_addresses(&row.summary));
        xml.push_str("</entry>\n");
    }
    Ok(xml + "</feed>\n")
}
