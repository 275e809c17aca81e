//! What readers ask of the archive: search by one query for both databases.

use chrono::{NaiveDate, NaiveTime};

use super::query::Query;
use super::rank::rank;
use crate::store::search::{self, Bounds, Match, scope, sent_at};
use crate::store::threads::{self, Whole};
use crate::store::{self, Millis, Tx, posts};

/// Of the posts that match so many of the newest are ranked: who finds more asks more
/// narrowly.
pub const MOST: usize = 400;

/// The same where words must stand together, which is looked up post by post.
const MOST_WITH_PHRASE: usize = 200;

/// And so many more that have all words in the subject, however old.
const MOST_BY_SUBJECT: usize = 200;

/// Where PostgreSQL looks first: among so many of the newest posts. Of common words its index
/// gives half an archive; but what consists of common words stands often enough among these.
/// What does not stands in few enough of all posts.
const NEAR: i64 = 4_000;

/// Who asks, and for which part of the answer.
#[derive(Clone, Copy, Debug)]
pub struct Asked {
    /// Which community.
    pub community: i64,
    /// Now, ms: what is new counts more.
    pub now: Millis,
    /// Whether posts that stay among members are found too.
    pub of_members: bool,
    /// Without so many of the best.
    pub offset: usize,
    /// At most so many.
    pub limit: usize,
}

/// What was found.
#[derive(Clone, Debug, Default)]
pub struct Found {
    /// The posts that were asked for, best first.
    pub posts: Vec<Whole>,
    /// How many there are in all.
    pub total: usize,
    /// Whether there are no more than that.
    pub is_all: bool,
}

/// The posts that a query finds, best first (see [`super::rank`]); the newest first where it
/// names no word. Those that stay among members are found only where `of_members` says so.
///
/// # Errors
/// Where the database refuses; a query that is nonsense finds nothing.
pub async fn search(tx: &mut Tx, query: &Query, asked: Asked) -> store::Result<Found> {
    let Some(bounds) = bounds(tx, query, asked).await? else {
        return Ok(Found {
            is_all: true,
            ..Found::default()
        });
    };
    let mut found = newest(tx, query, bounds).await?;
    let is_all = found.len() <= most(query);
    found.truncate(most(query));
    if !is_all {
        found.extend(by_subject(tx, query, bounds, &found).await?);
    }
    let ranked = rank(&found, query, asked.now);
    let page = ranked.iter().skip(asked.offset).take(asked.limit);
    let page: Vec<i64> = page.copied().collect();
    Ok(Found {
        posts: in_order(tx, &page).await?,
        total: ranked.len(),
        is_all,
    })
}

fn most(query: &Query) -> usize {
    match query.has_phrase() {
        true => MOST_WITH_PHRASE,
        false => MOST,
    }
}

/// `None` where nothing can be found.
async fn bounds(tx: &mut Tx, query: &Query, asked: Asked) -> store::Result<Option<Bounds>> {
    if query.is_empty() {
        return Ok(None);
    }
    let mut bounds = Bounds {
        community_id: asked.community,
        from: query.after.map_or(Millis::MIN, midnight),
        to: query.before.map_or(Millis::MAX, midnight),
        of_members: asked.of_members,
        thread: None,
        learning: query.learning,
        limit: most(query) as i64 + 1,
    };
    if let Some(name) = &query.thread {
        let Some(post) = posts::named(tx, asked.community, name).await? else {
            return Ok(None);
        };
        let (first, last) = search::span(tx, asked.community, post.thread_id).await?;
        bounds.thread = Some(post.thread_id);
        bounds.from = bounds.from.max(first);
        bounds.to = bounds.to.min(last.saturating_add(1_000));
    }
    Ok(Some(bounds))
}

fn midnight(day: NaiveDate) -> Millis {
    day.and_time(NaiveTime::MIN).and_utc().timestamp_millis()
}

/// The newest posts that match, newest first.
async fn newest(tx: &mut Tx, query: &Query, bounds: Bounds) -> store::Result<Vec<Match>> {
    let all = scope(bounds.community_id);
    if let Some(stretches) = search::stretches(tx, bounds, NEAR).await? {
        if stretches.scopes.is_empty() {
            return Ok(Vec::new());
        }
        let asked = query.to_asked(&all, &stretches.scopes);
        let found = search::newest(tx, &asked, bounds).await?;
        if stretches.is_all || found.len() as i64 >= bounds.limit {
            return Ok(found);
        }
    }
    search::newest(
        tx,
        &query.to_asked(&all, std::slice::from_ref(&all)),
        bounds,
    )
    .await
}

/// Older posts with all words in the subject.
async fn by_subject(
    tx: &mut Tx,
    query: &Query,
    bounds: Bounds,
    known: &[Match],
) -> store::Result<Vec<Match>> {
    let Some(narrowed) = query.in_subject() else {
        return Ok(Vec::new());
    };
    // Where the others end, with the second that they end in.
    let oldest = known.last().map_or(Millis::MAX, |last| sent_at(last.key));
    let bounds = Bounds {
        to: bounds.to.min(oldest.saturating_add(1_000)),
        limit: MOST_BY_SUBJECT as i64,
        ..bounds
    };
    let mut found = newest(tx, &narrowed, bounds).await?;
    found.retain(|one| known.iter().all(|known| known.key != one.key));
    Ok(found)
}

async fn in_order(tx: &mut Tx, page: &[i64]) -> store::Result<Vec<Whole>> {
    let mut posts = threads::whole(tx, page).await?;
    posts.sort_by_key(|whole| page.iter().position(|id| *id == whole.post.id));
    Ok(posts)
}
