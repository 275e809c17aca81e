//! `/c/SLUG/feed.atom`: the latest posts, for feed readers (RFC 4287).

use std::fmt::Write;

use axum::extract::{Path, State};
use axum::http::header;
use axum::response::{IntoResponse, Response};

use super::answer::{Found, refuse};
use super::archive_entry::{Archive, enter};
use super::message_show::author;
use super::text::mask_addresses;
use crate::clock::rfc3339;
use crate::context::Context;
use crate::links;
use crate::store::posts;
use crate::store::search::Bounds;
use crate::store::threads::{self, Whole};

/// Posts in a feed.
const MOST: i64 = 30;
/// Characters of each post's text.
const EXCERPT: usize = 2_000;

/// Gives the feed.
pub(super) async fn show(State(ctx): State<Context>, Path(slug): Path<String>) -> Response {
    match find(&ctx, &slug).await {
        Ok(feed) => (
            [(header::CONTENT_TYPE, "application/atom+xml; charset=utf-8")],
            feed,
        )
            .into_response(),
        Err(refusal) => refuse(&ctx, refusal),
    }
}

async fn find(ctx: &Context, slug: &str) -> Found<String> {
    let mut tx = ctx.read().await?;
    let archive = enter(&mut tx, ctx, slug).await?;
    let bounds = Bounds {
        community_id: archive.community.id,
        from: 0,
        to: i64::MAX,
        limit: MOST,
        of_members: false,
        thread: None,
        learning: false,
    };
    let ids: Vec<i64> = posts::between(&mut tx, bounds)
        .await?
        .iter()
        .map(|post| post.id)
        .collect();
    let mut latest = threads::whole(&mut tx, &ids).await?;
    latest.sort_by_key(|whole| std::cmp::Reverse((whole.post.sent_at, whole.post.id)));
    Ok(feed(ctx, &archive, &latest))
}

fn feed(ctx: &Context, archive: &Archive, latest: &[Whole]) -> String {
    let front = links::front(&ctx.settings.base_url, &archive.community.slug);
    let updated = latest
        .first()
        .map_or(archive.community.created_at, |whole| whole.post.sent_at);
    let mut xml = String::from(
        "<?xml version=\"1.0\" encoding=\"utf-8\"?>\n<feed xmlns=\"http://www.w3.org/2005/Atom\">\n",
    );
    for (name, text) in [
        ("id", &front),
        ("title", &archive.community.name),
        ("updated", &rfc3339(updated)),
    ] {
        element(&mut xml, name, text);
    }
    link(&mut xml, "alternate", &front);
    link(&mut xml, "self", &format!("{front}feed.atom"));
    for whole in latest {
        entry(&mut xml, ctx, archive, whole);
    }
    xml + "</feed>\n"
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

fn element(xml: &mut String, name: &str, text: &str) {
    // Writing into a String cannot fail.
    let _ = writeln!(xml, "<{name}>{}</{name}>", escape(text));
}

fn link(xml: &mut String, relation: &str, href: &str) {
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
