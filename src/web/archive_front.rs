//! `/c/SLUG/`: the latest threads, `?page=N` of them, or those of `?month=YYYY-MM`.

use axum::extract::{Path, State};
use axum::http::{StatusCode, header};
use axum::response::{IntoResponse, Response};
use chrono::{Datelike, Months, NaiveDate};

use super::answer::{Found, Refusal, answer};
use super::archive_entry::{Archive, enter, join_address};
use super::asked::{self, Asked};
use super::message_show::author;
use super::pages::community_front::{CommunityFront, Month, Thread};
use super::pages::parts::{Link, Pager};
use super::text::mask_addresses;
use super::visitor::Visitor;
use crate::clock::moment;
use crate::context::Context;
use crate::store::Tx;
use crate::store::threads::{self, Shelf};

/// Threads on one page.
const PER_PAGE: usize = 50;
/// Months that are listed at most: mail is younger.
const MONTHS: u32 = 12 * 60;

/// Leads to the front, whatever is there: who left out the slash learns nothing.
pub(super) async fn lead(Path(slug): Path<String>) -> Response {
    let to = format!("/c/{}/", asked::encode(&slug));
    (StatusCode::PERMANENT_REDIRECT, [(header::LOCATION, to)]).into_response()
}

/// Shows the front.
pub(super) async fn show(
    State(ctx): State<Context>,
    Path(slug): Path<String>,
    visitor: Visitor,
    asked: Asked,
) -> Response {
    answer(&ctx, find(&ctx, &slug, &visitor, &asked).await)
}

/// The page that a visitor sees.
pub(super) async fn find(
    ctx: &Context,
    slug: &str,
    visitor: &Visitor,
    asked: &Asked,
) -> Found<CommunityFront> {
    let mut tx = ctx.read().await?;
    let archive = enter(&mut tx, ctx, slug, visitor).await?;
    let first = match asked::value(asked, "month") {
        "" => None,
        text => Some(first_day(text).ok_or(Refusal::NotFound)?),
    };
    let page = asked::page(asked).unwrap_or(1);
    let shelf = Shelf {
        community_id: archive.community.id,
        during: first.map_or((i64::MIN, i64::MAX), stretch),
        limit: PER_PAGE as i64 + 1,
        offset: ((page - 1) * PER_PAGE) as i64,
        of_members: archive.of_members,
    };
    let mut found = threads::list(&mut tx, shelf).await?;
    let months = months(ctx, &mut tx, &archive).await?;
    let has_more = found.len() > PER_PAGE;
    found.truncate(PER_PAGE);
    Ok(CommunityFront {
        community: archive.head(),
        about: archive.charter.charter.domain.clone(),
        post_address: format!("{slug}@{}", ctx.settings.domain),
        join_address: join_address(ctx, &archive.community, &archive.charter),
        closed: archive.community.closed_at.is_some(),
        month: first.map(named),
        mbox_href: first.map(|first| archive.path(&format!("mbox/{}", first.format("%Y-%m")))),
        months,
        threads: found.iter().map(|thread| line(&archive, thread)).collect(),
        pager: pager(first, page, has_more),
    })
}

fn line(archive: &Archive, thread: &threads::Thread) -> Thread {
    let href = archive.path(&format!("t/{}", thread.permalink));
    let author = author(&thread.author_name, &thread.author_address);
    let replies = u64::try_from(thread.posts - 1).unwrap_or(0);
    let last = moment(thread.last_at).into();
    Thread::new(
        href,
        &mask_addresses(&thread.subject),
        &mask_addresses(author),
        last,
        replies,
    )
}

/// The months in which anything was written, latest first; next month's posts
/// are there before it begins somewhere, later ones are of nobody's calendar.
async fn months(ctx: &Context, tx: &mut Tx, archive: &Archive) -> Found<Vec<Month>> {
    let earliest = threads::first(tx, archive.community.id, archive.of_members)
        .await?
        .unwrap_or(i64::MAX);
    let this = ctx.today().date_naive();
    let first_days = (0..MONTHS).filter_map(|back| {
        this.with_day(1)?
            .checked_add_months(Months::new(1))?
            .checked_sub_months(Months::new(back))
    });
    let stretches: Vec<(i64, i64)> = first_days
        .map(stretch)
        .take_while(|(_, end)| *end > earliest)
        .collect();
    let mut counts =
        threads::counts(tx, archive.community.id, &stretches, archive.of_members).await?;
    counts.retain(|(_, posts)| *posts > 0);
    counts.sort_by_key(|(start, _)| std::cmp::Reverse(*start));
    Ok(counts
        .iter()
        .map(|(start, posts)| month(archive, moment(*start).date_naive(), *posts))
        .collect())
}

fn month(archive: &Archive, first: NaiveDate, posts: i64) -> Month {
    let link = Link::new(
        archive.path(&format!("?month={}", first.format("%Y-%m"))),
        named(first),
    );
    Month {
        link,
        posts: u64::try_from(posts).unwrap_or(0),
    }
}

fn pager(month: Option<NaiveDate>, page: usize, has_more: bool) -> Pager {
    let href = |page: usize| match month {
        Some(first) => format!("?month={}&page={page}", first.format("%Y-%m")),
        None => format!("?page={page}"),
    };
    Pager {
        newer: (page > 1).then(|| href(page - 1)),
        older: has_more.then(|| href(page + 1)),
    }
}

/// The first day of a month that is named as `2026-01`.
pub(super) fn first_day(month: &str) -> Option<NaiveDate> {
    let is_whole = month.len() == 7 && month.is_ascii();
    is_whole
        .then(|| NaiveDate::parse_from_str(&format!("{month}-01"), "%Y-%m-%d").ok())
        .flatten()
}

fn named(first: NaiveDate) -> String {
    first.format("%B %Y").to_string()
}

/// From the first moment of that month to the first of the next (ms, UTC).
pub(super) fn stretch(first: NaiveDate) -> (i64, i64) {
    let start = |day: NaiveDate| {
        day.and_time(chrono::NaiveTime::MIN)
            .and_utc()
            .timestamp_millis()
    };
    let next = first
        .checked_add_months(Months::new(1))
        .unwrap_or(NaiveDate::MAX);
    (start(first), start(next))
}
