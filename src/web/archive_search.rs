//! `/c/SLUG/search?q=`: what a query finds, best first.

use axum::extract::{Path, State};
use axum::response::Response;

use super::answer::{Found, answer};
use super::archive_entry::{Archive, enter};
use super::asked::{self, Asked};
use super::message_show::author;
use super::pages::parts::Pager;
use super::pages::search::{self, SearchPage, total};
use super::text::mask_addresses;
use super::visitor::Visitor;
use crate::archive::fetch;
use crate::archive::query::{MAX_CHARS, Query};
use crate::archive::snippet::{marked_subject, snippet};
use crate::clock::moment;
use crate::context::Context;
use crate::store::threads::Whole;

/// Posts on one page.
const PER_PAGE: usize = 20;
/// Characters of a text that are looked through for a snippet.
const LONGEST: usize = 40_000;

/// Shows what was found.
pub(super) async fn show(
    State(ctx): State<Context>,
    Path(slug): Path<String>,
    visitor: Visitor,
    asked: Asked,
) -> Response {
    answer(&ctx, find(&ctx, &slug, &visitor, &asked).await)
}

async fn find(ctx: &Context, slug: &str, visitor: &Visitor, asked: &Asked) -> Found<SearchPage> {
    let mut tx = ctx.read().await?;
    let archive = enter(&mut tx, ctx, slug, visitor).await?;
    let typed: String = asked::value(asked, "q").chars().take(MAX_CHARS).collect();
    let query = Query::parse(&typed);
    let page = asked::page(asked).unwrap_or(1);
    let part = fetch::Asked {
        community: archive.community.id,
        now: ctx.now(),
        of_members: archive.of_members,
        offset: (page - 1) * PER_PAGE,
        limit: PER_PAGE,
    };
    let found = fetch::search(&mut tx, &query, part).await?;
    Ok(SearchPage {
        community: archive.head(),
        is_asked: !typed.trim().is_empty(),
        total: total(found.total as u64, found.is_all),
        results: found
            .posts
            .iter()
            .map(|whole| line(&archive, whole, &query))
            .collect(),
        pager: pager(&typed, page, found.total > page * PER_PAGE),
        query: typed,
    })
}

fn line(archive: &Archive, whole: &Whole, query: &Query) -> search::Found {
    let post = &whole.post;
    let subject = match post.subject.trim() {
        "" => "(no subject)",
        subject => subject,
    };
    // No more of a text than a snippet can be of.
    let text: String = whole.text.chars().take(LONGEST).collect();
    search::Found {
        href: archive.path(&format!("m/{}", post.permalink)),
        subject: marked_subject(&mask_addresses(subject), query),
        author: mask_addresses(author(&post.author_name, &post.author_address)),
        at: moment(post.sent_at).into(),
        excerpt: snippet(&mask_addresses(&text), query),
    }
}

fn pager(query: &str, page: usize, has_more: bool) -> Pager {
    let href = |page: usize| format!("?q={}&page={page}", asked::encode(query));
    Pager {
        newer: (page > 1).then(|| href(page - 1)),
        older: has_more.then(|| href(page + 1)),
    }
}
