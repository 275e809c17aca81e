//! `/c/SLUG/calendar.ics` and `/f/TOKEN/calendar.ics`: sessions for calendars to
//! subscribe to. Each request is answered from what is the case now, by hash
//! (RFC 9110, section 13.1.2) or by date (13.1.3).

use axum::extract::{Path, State};
use axum::http::{HeaderMap, HeaderName, StatusCode, header};
use axum::response::{IntoResponse, Response};
use chrono::{DateTime, Utc};
use sha2::{Digest, Sha256};

use super::answer::{Found, Refusal, refuse, unkept};
use super::archive_entry::enter;
use super::headers::CSP_DOWNLOAD;
use super::visitor::Visitor;
use crate::calendar::feed::Feed;
use crate::context::Context;
use crate::sessions::feed;

/// How a moment stands in a header (RFC 9110, section 5.6.7).
const HTTP_DATE: &str = "%a, %d %b %Y %H:%M:%S GMT";

/// The feed of a community, for whoever may read its archive.
pub(super) async fn show(
    State(ctx): State<Context>,
    Path(slug): Path<String>,
    visitor: Visitor,
    asked: HeaderMap,
) -> Response {
    match of_community(&ctx, &slug, &visitor).await {
        Ok(feed) => answer(&feed, &asked, "no-cache"),
        Err(refusal) => refuse(&ctx, refusal),
    }
}

/// A member's own feed.
pub(super) async fn show_own(
    State(ctx): State<Context>,
    Path(token): Path<String>,
    asked: HeaderMap,
) -> Response {
    match of_member(&ctx, &token).await {
        Ok(feed) => answer(&feed, &asked, "private, no-cache"),
        Err(refusal) => unkept(&ctx, Err(refusal)),
    }
}

async fn of_community(ctx: &Context, slug: &str, visitor: &Visitor) -> Found<Feed> {
    let mut tx = ctx.read().await?;
    let archive = enter(&mut tx, ctx, slug, visitor).await?;
    Ok(feed::of(&mut tx, ctx, &archive.community, &archive.charter).await?)
}

async fn of_member(ctx: &Context, token: &str) -> Found<Feed> {
    let mut tx = ctx.read().await?;
    let found = feed::open(&mut tx, ctx, token).await?;
    let (_, community) = found.ok_or(Refusal::NotFound)?;
    let charter = ctx.charter(&community).ok_or(Refusal::NotFound)?;
    Ok(feed::of(&mut tx, ctx, &community, &charter).await?)
}

fn answer(feed: &Feed, asked: &HeaderMap, kept: &'static str) -> Response {
    let tag = tag(&feed.bytes);
    let headers: [(HeaderName, String); 6] = [
        (header::CONTENT_TYPE, "text/calendar; charset=utf-8".into()),
        (
            header::CONTENT_DISPOSITION,
            "attachment; filename=\"calendar.ics\"".into(),
        ),
        (header::CONTENT_SECURITY_POLICY, CSP_DOWNLOAD.into()),
        (header::CACHE_CONTROL, kept.into()),
        (
            header::LAST_MODIFIED,
            feed.modified.format(HTTP_DATE).to_string(),
        ),
        (header::ETAG, tag.clone()),
    ];
    match is_known(asked, &tag, feed.modified) {
        true => (StatusCode::NOT_MODIFIED, headers).into_response(),
        false => (headers, feed.bytes.clone()).into_response(),
    }
}

/// A hash of the content: a feed that says the same has the same one, on every node.
fn tag(bytes: &[u8]) -> String {
    let hex: String = Sha256::digest(bytes)
        .iter()
        .take(16)
        .map(|byte| format!("{byte:02x}"))
        .collect();
    format!("\"{hex}\"")
}

/// Whether who asks has it already. A hash outranks a date (RFC 9110, section 13.2.2),
/// and a date that cannot be read asks for nothing.
fn is_known(asked: &HeaderMap, tag: &str, modified: DateTime<Utc>) -> bool {
    let mut tags = asked.get_all(header::IF_NONE_MATCH).iter().peekable();
    if tags.peek().is_some() {
        return tags.any(|known| known.to_str().is_ok_and(|known| names(known, tag)));
    }
    let since = asked.get(header::IF_MODIFIED_SINCE);
    let since = since.and_then(|since| DateTime::parse_from_rfc2822(since.to_str().ok()?).ok());
    since.is_some_and(|since| modified.timestamp() <= since.timestamp())
}

fn names(list: &str, tag: &str) -> bool {
    let all = list.split(',').map(str::trim);
    all.map(|one| one.strip_prefix("W/").unwrap_or(one))
        .any(|one| one == "*" || one == tag)
}
