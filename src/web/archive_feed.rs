//! `/c/SLUG/feed.atom`: the latest posts, for feed readers (RFC 4287), and
//! `/f/TOKEN/feed.atom`, the same for a member, of an archive of any kind.

use std::fmt::Write;

use axum::extract::{Path, State};
use axum::http::header;
use axum::response::{IntoResponse, Response};

use super::answer::{Found, Refusal, refuse, unkept};
use super::archive_entry::{Archive, enter, enter_as_member};
use super::message_show::author;
use super::text::mask_addresses;
use super::visitor::Visitor;
use crate::clock::rfc3339;
use crate::context::Context;
use crate::links;
use crate::lists::roles::{self, Act};
use crate::store::Tx;
use crate::store::members::Member;
use crate::store::posts;
use crate::store::search::Bounds;
use crate::store::threads::{self, Whole};

/// What a feed is.
pub(super) const ATOM: [(header::HeaderName, &str); 1] =
    [(header::CONTENT_TYPE, "application/atom+xml; charset=utf-8")];

/// Posts in a feed.
const MOST: i64 = 30;
/// Characters of each post's text.
const EXCERPT: usize = 2_000;

/// Gives the feed.
pub(super) async fn show(
    State(ctx): State<Context>,
    Path(slug): Path<String>,
    visitor: Visitor,
) -> Response {
    match find(&ctx, &slug, &visitor).await {
        Ok(feed) => (ATOM, feed).into_response(),
        Err(refusal) => refuse(&ctx, refusal),
    }
}

/// Gives a member's own feed: feed readers keep no cookies.
pub(super) async fn show_own(State(ctx): State<Context>, Path(token): Path<String>) -> Response {
    let found = find_own(&ctx, &token).await;
    unkept(&ctx, found.map(|feed| (ATOM, feed).into_response()))
}

async fn find_own(ctx: &Context, token: &str) -> Found<String> {
    let mut tx = ctx.read().await?;
    let found = crate::sessions::feed::open(&mut tx, ctx, token).await?;
    let may_read = |(member, _): &(Member, _)| roles::may(member, Act::ReadArchive);
    let (_, community) = found.filter(may_read).ok_or(Refusal::NotFound)?;
    let archive = enter_as_member(ctx, community)?;
    let path = format!("{}/f/{token}/feed.atom", ctx.settings.base_url);
    of(&mut tx, ctx, &archive, &path).await
}

async fn find(ctx: &Context, slug: &str, visitor: &Visitor) -> Found<String> {
    let mut tx = ctx.read().await?;
    let archive = enter(&mut tx, ctx, slug, visitor).await?;
    let front = links::front(&ctx.settings.base_url, slug);
    of(&mut tx, ctx, &archive, &format!("{front}feed.atom")).await
}

async fn of(tx: &mut Tx, ctx: &Context, archive: &Archive, path: &str) -> Found<String> {
    let bounds = Bounds {
        community_id: archive.community.id,
        from: 0,
        to: i64::MAX,
        limit: MOST,
        of_members: archive.of_members,
        thread: None,
        learning: false,
    };
    let ids: Vec<i64> = posts::between(tx, bounds)
        .await?
        .iter()
        .map(|post| post.id)
        .collect();
    let mut latest = threads::whole(tx, &ids).await?;
    latest.sort_by_key(|whole| std::cmp::Reverse((whole.post.sent_at, whole.post.id)));
    Ok(feed(ctx, archive, &latest, path))
}

fn feed(ctx: &Context, archive: &Archive, latest: &[Whole], own: &str) -> String {
    let front = links::front(&ctx.settings.base_url, &archive.community.slug);
    let updated = latest
        .first()
        .map_or(archive.community.created_at, |whole| whole.post.sent_at);
    let named = (front.as_str(), archive.community.name.as_str());
    let mut xml = head(named, &rfc3339(updated), own);
    for whole in latest {
        entry(&mut xml, ctx, archive, whole);
    }
    xml + "</feed>\n"
}

/// How a feed begins: the page that it is of, with its title; when that changed; and where the
/// feed itself stands.
pub(super) fn head((page, title): (&str, &str), updated: &str, own: &str) -> String {
    let mut xml = String::from(
        "<?xml version=\"1.0\" encoding=\"utf-8\"?>\n<feed xmlns=\"http://www.w3.org/2005/Atom\">\n",
    );
    for (name, text) in [("id", page), ("title", title), ("updated", updated)] {
        element(&mut xml, name, text);
    }
    link(&mut xml, "alternate", page);
    link(&mut xml, "self", own);
    xml
}

fn entry(xml: &mut String, ctx: &Context, archive: &Archive, whole: &Whole) {
    let post = &whole.post;
    let href = links::message(
        &ctx.settings.base_url,
        &archive.community.slug,
        &post.message_id,
    );
    let text: String = mask_addresses(&whole.text).chars().take(EXCERPT).collect();
    xml.push_str("<entry>\n");
    element(xml, "id", &href);
    element(xml, "title", &mask_addresses(&post.subject));
    element(xml, "updated", &rfc3339(post.sent_at));
    xml.push_str("<author>");
    element(
        xml,
        "name",
        &mask_addresses(author(&post.author_name, &post.author_address)),
    );
    xml.push_str("</author>\n");
    link(xml, "alternate", &href);
    element(xml, "summary", &text);
    xml.push_str("</entry>\n");
}

/// A line of its own.
pub(super) fn element(xml: &mut String, name: &str, text: &str) {
    // Writing into a String cannot fail.
    let _ = writeln!(xml, "<{name}>{}</{name}>", escape(text));
}

/// A link of the feed or of an entry.
pub(super) fn link(xml: &mut String, relation: &str, href: &str) {
    let _ = writeln!(xml, "<link rel=\"{relation}\" href=\"{}\"/>", escape(href));
}

/// Text as it may stand in XML 1.0 (section 2.2): some characters may not at all.
fn escape(text: &str) -> String {
    let mut escaped = String::with_capacity(text.len());
    for c in text.chars() {
        match c {
            '&' => escaped.push_str("&amp;"),
            '<' => escaped.push_str("&lt;"),
            '>' => escaped.push_str("&gt;"),
            '"' => escaped.push_str("&quot;"),
            '\n' | '\t' => escaped.push(c),
            '\0'..='\u{1f}' | '\u{fffe}' | '\u{ffff}' => {}
            c => escaped.push(c),
        }
    }
    escaped
}
