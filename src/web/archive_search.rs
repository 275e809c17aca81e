//! `/c/SLUG/search?q=`: what a query finds, best first.

use axum::extract::{Path, State};
use axum::response::Response;

use super::answer::{Found, answer};
use super::archive_entry::{Archive, enter};
use super::asked::{self, Asked};
use super::message_show::author;
use super::pages::parts::{Link, Pager};
use super::pages::search::{self, SearchPage, total};
use super::text::mask_addresses;
use super::visitor::Visitor;
use crate::archive::fetch;
use crate::archive::query::{MAX_CHARS, Query};
use crate::clock::moment;
use crate::context::Context;
use crate::store::posts::Post;
use crate::store::threads;

/// Posts on one page.
const PER_PAGE: usize = 20;
/// Posts that are looked for: who finds more asks more narrowly.
const MOST: usize = 500;
/// Characters of an excerpt.
const EXCERPT: usize = 240;

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
    let query: String = asked::value(asked, "q").chars().take(MAX_CHARS).collect();
    let found = fetch::search(
        &mut tx,
        archive.community.id,
        &query,
        MOST as i64 + 1,
        archive.of_members,
    )
    .await?;
    let page = asked::page(asked).unwrap_or(1);
    let shown: Vec<&Post> = found
        .iter()
        .take(MOST)
        .skip((page - 1) * PER_PAGE)
        .take(PER_PAGE)
        .collect();
    let texts = threads::whole(
        &mut tx,
        &shown.iter().map(|post| post.id).collect::<Vec<_>>(),
    )
    .await?;
    let words = words(&query);
    let text = |post: &Post| {
        texts
            .iter()
            .find(|whole| whole.post.id == post.id)
            .map_or("", |whole| &whole.text)
    };
    Ok(SearchPage {
        community: archive.head(),
        is_asked: !query.trim().is_empty(),
        total: total(found.len().min(MOST) as u64, found.len() <= MOST),
        results: shown
            .iter()
            .map(|post| line(&archive, post, &excerpt(text(post), &words)))
            .collect(),
        pager: pager(&query, page, found.len().min(MOST) > page * PER_PAGE),
        query,
    })
}

fn line(archive: &Archive, post: &Post, excerpt: &str) -> search::Found {
    let subject = if post.subject.trim().is_empty() {
        "(no subject)"
    } else {
        &post.subject
    };
    search::Found {
        link: Link::new(
            archive.path(&format!("m/{}", post.permalink)),
            mask_addresses(subject),
        ),
        author: mask_addresses(author(&post.author_name, &post.author_address)),
        at: moment(post.sent_at).into(),
        excerpt: mask_addresses(excerpt),
    }
}

fn pager(query: &str, page: usize, has_more: bool) -> Pager {
    let href = |page: usize| format!("?q={}&page={page}", asked::encode(query));
    Pager {
        newer: (page > 1).then(|| href(page - 1)),
        older: has_more.then(|| href(page + 1)),
    }
}

/// The words that must occur.
fn words(query: &str) -> Vec<String> {
    let terms = Query::parse(query)
        .terms
        .into_iter()
        .filter(|term| !term.negated);
    terms.flat_map(|term| term.words).collect()
}

/// A few lines around the first word that was asked for, else from the beginning.
fn excerpt(text: &str, words: &[String]) -> String {
    let lines = || {
        text.lines()
            .take(2_000)
            .map(str::trim)
            .filter(|line| !line.is_empty())
    };
    let has_word = |line: &str| {
        let line = line.to_lowercase();
        words.iter().any(|word| line.contains(word))
    };
    let from = lines().position(has_word).unwrap_or(0);
    let mut shown = lines()
        .skip(from)
        .flat_map(|line| line.trim_start_matches(['>', ' ']).split_whitespace());
    let mut excerpt = if from > 0 {
        "…".to_owned()
    } else {
        String::new()
    };
    while let Some(word) = shown.next().filter(|_| excerpt.chars().count() < EXCERPT) {
        let separator = if excerpt.is_empty() { "" } else { " " };
        excerpt.extend([separator].into_iter().chain([word]));
    }
    match excerpt.char_indices().nth(EXCERPT) {
        Some((end, _)) => format!("{} …", excerpt[..end].trim_end()),
        None => excerpt,
    }
}
