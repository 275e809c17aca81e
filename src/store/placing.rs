//! Where posts stand in their threads, by other evidence than references, and where
//! facilitators put them.

use super::{Millis, Result, Tx, choices, guests, on};

/// The most posts of a conversation that are looked at.
pub const MOST: i64 = 1_000;

/// The most posts that are moved together.
pub const MOST_MOVED: i64 = 20_000;

/// A post by which another finds its place.
#[derive(Clone, Debug, sqlx::FromRow)]
pub struct Near {
    /// Its key.
    pub id: i64,
    /// Its thread's key.
    pub thread_id: i64,
    /// What it answers.
    pub parent_id: Option<i64>,
    /// Its Thread-Index.
    pub thread_index: String,
}

const NEAR: &str = "SELECT id, thread_id, parent_id, thread_index FROM post \
    WHERE community_id = $1 AND substr(thread_index, 1, 44) = $2 AND thread_index <> '' \
    AND id <> $3 AND thread_id <> 0 ORDER BY id LIMIT $4";
const BY_SUBJECT: &str = "SELECT id, thread_id, parent_id, thread_index FROM post \
    WHERE community_id = $1 AND base_subject = $2 AND base_subject <> '' AND sent_at >= $3 AND sent_at <= $4 \
    AND id <> $5 AND thread_id <> 0 ORDER BY sent_at DESC, id DESC LIMIT 1";
const HINTS: &str = "UPDATE post SET thread_index = $2, base_subject = $3 WHERE id = $1";
const BELOW: &str = "WITH RECURSIVE below (id) AS (SELECT id FROM post WHERE id = $1 UNION \
    SELECT p.id FROM below JOIN post p ON p.parent_id = below.id) SELECT id FROM below LIMIT $2";
const REST: &str = "SELECT id FROM post WHERE community_id = $1 AND thread_id = $2 \
    ORDER BY CASE WHEN parent_id IS NULL THEN 0 ELSE 1 END, sent_at, id LIMIT $3";
const SET_THREAD: &str = "UPDATE post SET thread_id = $2 WHERE id = $1";
const DECIDE: &str = "INSERT INTO thread_decision (community_id, message_id, parent, decided_at) \
    VALUES ($1, $2, $3, $4) ON CONFLICT (community_id, message_id) DO UPDATE SET parent = excluded.parent, \
    decided_at = excluded.decided_at";
const DECISION: &str =
    "SELECT parent FROM thread_decision WHERE community_id = $1 AND message_id = $2";
const DECIDED_BELOW: &str = "SELECT d.message_id FROM thread_decision d \
    WHERE d.community_id = $1 AND d.parent = $2 ORDER BY d.message_id LIMIT 1000";

/// Posts of the same conversation as Outlook counts them: all whose Thread-Index begins
/// with `conversation` (44 digits), other than `id`.
pub async fn near(tx: &mut Tx, community: i64, conversation: &str, id: i64) -> Result<Vec<Near>> {
    on!(tx, c => sqlx::query_as(NEAR)
        .bind(community).bind(conversation).bind(id).bind(MOST).fetch_all(c).await)
}

/// The last post under that base subject between two moments, other than `id`.
pub async fn by_subject(
    tx: &mut Tx,
    community: i64,
    subject: &str,
    (from, to): (Millis, Millis),
    id: i64,
) -> Result<Option<Near>> {
    on!(tx, c => sqlx::query_as(BY_SUBJECT)
        .bind(community).bind(subject).bind(from).bind(to).bind(id).fetch_optional(c).await)
}

/// Notes what a post says about its place.
pub async fn set_hints(tx: &mut Tx, id: i64, thread_index: &str, subject: &str) -> Result<()> {
    // PostgreSQL keeps no NUL in a text.
    let clean = |text: &str| text.replace('\0', "");
    on!(tx, c => sqlx::query(HINTS)
        .bind(id).bind(clean(thread_index)).bind(clean(subject)).execute(c).await.map(drop))
}

/// A post and all that answer it, and so on; [`MOST_MOVED`] at most, and one more where
/// there are more.
pub async fn below(tx: &mut Tx, id: i64) -> Result<Vec<i64>> {
    on!(tx, c => sqlx::query_scalar(BELOW).bind(id).bind(MOST_MOVED + 1).fetch_all(c).await)
}

/// The posts of a thread, those that answer nothing first.
pub async fn of_thread(tx: &mut Tx, community: i64, thread: i64) -> Result<Vec<i64>> {
    on!(tx, c => sqlx::query_scalar(REST)
        .bind(community).bind(thread).bind(MOST_MOVED + 1).fetch_all(c).await)
}

/// Puts these posts into another thread; what they answer stays.
pub async fn set_thread(tx: &mut Tx, posts: &[i64], thread: i64) -> Result<()> {
    for post in posts {
        on!(tx, c => sqlx::query(SET_THREAD).bind(*post).bind(thread).execute(c).await.map(drop))?;
    }
    Ok(())
}

/// A thread is part of another now: what members chose for it, and its guests, follow.
pub async fn follow(tx: &mut Tx, community: i64, from: i64, to: i64) -> Result<()> {
    choices::follow_thread(tx, community, from, to).await?;
    guests::follow_thread(tx, community, from, to).await
}

/// A facilitator decides what a post answers: the post of that Message-ID, or nothing
/// where it is empty. The last decision counts.
pub async fn decide(
    tx: &mut Tx,
    community: i64,
    message_id: &str,
    parent: &str,
    at: Millis,
) -> Result<()> {
    on!(tx, c => sqlx::query(DECIDE)
        .bind(community).bind(message_id).bind(parent).bind(at).execute(c).await.map(drop))
}

/// What was decided about a post: the Message-ID that it answers, or an empty one.
pub async fn decision(tx: &mut Tx, community: i64, message_id: &str) -> Result<Option<String>> {
    on!(tx, c => sqlx::query_scalar(DECISION).bind(community).bind(message_id).fetch_optional(c).await)
}

/// The Message-IDs of posts that were decided to answer that one; a thousand at most.
pub async fn decided_below(tx: &mut Tx, community: i64, parent: &str) -> Result<Vec<String>> {
    on!(tx, c => sqlx::query_scalar(DECIDED_BELOW).bind(community).bind(parent).fetch_all(c).await)
}
