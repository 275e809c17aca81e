//! What is worth keeping of discussions: drafts, and what was reviewed.

use sqlx::FromRow;

use super::{Millis, Result, Tx, on};

/// A learning.
#[derive(Clone, Debug, FromRow)]
pub struct Learning {
    /// Key.
    pub id: i64,
    /// Which community.
    pub community_id: i64,
    /// draft, reviewed or dropped.
    pub state: String,
    /// One line.
    pub title: String,
    /// A few sentences.
    pub summary: String,
    /// Words, with commas between them; or empty.
    pub tags: String,
    /// The name of the author of its first source; empty where they were erased.
    pub author_name: String,
    /// Their address.
    pub author_address: String,
    /// When it was marked.
    pub created_at: Millis,
    /// When it was reviewed.
    pub reviewed_at: Option<Millis>,
}

/// A new draft.
pub struct NewLearning<'a> {
    /// Which community.
    pub community_id: i64,
    /// One line.
    pub title: &'a str,
    /// A few sentences.
    pub summary: &'a str,
    /// Words, with commas between them; or empty.
    pub tags: &'a str,
    /// The author of its first source: name and address.
    pub author: (&'a str, &'a str),
    /// Whoever marked it.
    pub marked_by: &'a str,
    /// Now.
    pub at: Millis,
    /// The Message-IDs of the posts that it is made of.
    pub sources: &'a [String],
}

const INSERT: &str = "INSERT INTO learning (community_id, state, title, summary, tags, author_name, \
    author_address, marked_by, created_at) VALUES ($1, 'draft', $2, $3, $4, $5, $6, $7, $8) RETURNING id";
const SOURCE: &str = "INSERT INTO learning_source (learning_id, position, community_id, message_id) \
    VALUES ($1, $2, $3, $4)";

/// Keeps a draft; gives its key.
pub async fn insert(tx: &mut Tx, new: &NewLearning<'_>) -> Result<i64> {
    on!(tx, c => {
        let id: i64 = sqlx::query_scalar(INSERT)
            .bind(new.community_id).bind(new.title).bind(new.summary).bind(new.tags)
            .bind(new.author.0).bind(new.author.1).bind(new.marked_by).bind(new.at)
            .fetch_one(&mut *c).await?;
        for (position, source) in new.sources.iter().enumerate() {
            sqlx::query(SOURCE).bind(id).bind(position as i64).bind(new.community_id).bind(source)
                .execute(&mut *c).await?;
        }
        Ok(id)
    })
}

const BY_ID: &str = "SELECT id, community_id, state, title, summary, tags, author_name, author_address, \
    created_at, reviewed_at FROM learning WHERE id = $1";

/// The learning of that key.
pub async fn by_id(tx: &mut Tx, id: i64) -> Result<Option<Learning>> {
    on!(tx, c => sqlx::query_as(BY_ID).bind(id).fetch_optional(c).await)
}

const REVIEWED: &str = "SELECT id, community_id, state, title, summary, tags, author_name, author_address, \
    created_at, reviewed_at FROM learning WHERE community_id = $1 AND state = 'reviewed' \
    ORDER BY reviewed_at DESC, id DESC LIMIT $2 OFFSET $3";

/// Those that were reviewed, the latest first.
pub async fn reviewed(
    tx: &mut Tx,
    community: i64,
    limit: i64,
    offset: i64,
) -> Result<Vec<Learning>> {
    on!(tx, c => sqlx::query_as(REVIEWED).bind(community).bind(limit).bind(offset).fetch_all(c).await)
}

const SOURCES: &str =
    "SELECT message_id FROM learning_source WHERE learning_id = $1 ORDER BY position LIMIT $2";

/// The Message-IDs of the posts that it is made of; of many the first.
pub async fn sources(tx: &mut Tx, id: i64, limit: i64) -> Result<Vec<String>> {
    on!(tx, c => sqlx::query_scalar(SOURCES).bind(id).bind(limit).fetch_all(c).await)
}

const COUNT: &str = "SELECT count(*) FROM learning_source WHERE learning_id = $1";

/// How many posts it is made of.
pub async fn count_sources(tx: &mut Tx, id: i64) -> Result<i64> {
    on!(tx, c => sqlx::query_scalar(COUNT).bind(id).fetch_one(c).await)
}

const ANSWERS: &str = "SELECT message_id FROM post WHERE community_id = $1 AND thread_id = $2 AND id <> $2 \
    AND id <> $3 AND members_only = 0 ORDER BY sent_at, id LIMIT $4";

/// What answers in a thread that is marked as a whole, but for the post that marks it; what
/// stays among members is no source.
pub async fn answers(
    tx: &mut Tx,
    community: i64,
    thread: i64,
    marking: i64,
    limit: i64,
) -> Result<Vec<String>> {
    on!(tx, c => sqlx::query_scalar(ANSWERS).bind(community).bind(thread).bind(marking).bind(limit)
        .fetch_all(c).await)
}

const MARKED: &str = "SELECT EXISTS (SELECT 1 FROM learning_source s JOIN learning l ON l.id = s.learning_id \
    WHERE s.community_id = $1 AND s.message_id = $2 AND s.position = 0 AND l.state <> 'dropped')";

/// Whether a draft or a learning is about that post already.
pub async fn is_marked(tx: &mut Tx, community: i64, message_id: &str) -> Result<bool> {
    on!(tx, c => sqlx::query_scalar(MARKED).bind(community).bind(message_id).fetch_one(c).await)
}

const OF_AUTHOR: &str = "SELECT id, community_id, state, title, summary, tags, author_name, author_address, \
    created_at, reviewed_at FROM learning WHERE author_address = $1 ORDER BY id";

/// Those that are made of posts by that author.
pub async fn of_author(tx: &mut Tx, address: &str) -> Result<Vec<Learning>> {
    on!(tx, c => sqlx::query_as(OF_AUTHOR).bind(address).fetch_all(c).await)
}

const REVIEW: &str = "UPDATE learning SET state = 'reviewed', title = $2, summary = $3, tags = $4, \
    reviewed_by = $5, reviewed_at = CASE WHEN state = 'reviewed' THEN reviewed_at ELSE $6 END \
    WHERE id = $1 AND state <> 'dropped'";

/// It was reviewed, once more perhaps, and says this now; false where it was dropped.
pub async fn review(
    tx: &mut Tx,
    id: i64,
    (title, summary, tags): (&str, &str, &str),
    (by, at): (&str, Millis),
) -> Result<bool> {
    on!(tx, c => sqlx::query(REVIEW).bind(id).bind(title).bind(summary).bind(tags).bind(by).bind(at)
        .execute(c).await.map(|done| done.rows_affected() == 1))
}

const FORGET: &str = "UPDATE learning SET state = 'dropped', title = '', summary = '', tags = '' WHERE id IN \
    (SELECT learning_id FROM learning_source WHERE community_id = $1 AND message_id = $2 AND position = 0)";

/// Forgets what was kept of a post that was erased by itself: its words may stand there.
pub async fn forget(tx: &mut Tx, community: i64, message_id: &str) -> Result<()> {
    on!(tx, c => sqlx::query(FORGET).bind(community).bind(message_id).execute(c).await.map(drop))
}

const DROP: &str = "UPDATE learning SET state = 'dropped' WHERE id = $1 AND state <> 'dropped'";

/// It is none, or none any more; false where it was dropped before.
pub async fn drop_one(tx: &mut Tx, id: i64) -> Result<bool> {
    on!(tx, c => sqlx::query(DROP).bind(id).execute(c).await.map(|done| done.rows_affected() == 1))
}
