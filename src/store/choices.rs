//! What a member chose for one thread: no more of it, or every post of it.

use sqlx::FromRow;

use super::{Millis, Result, Tx, on};

/// A thread that a member has chosen something for.
#[derive(Clone, Debug, FromRow)]
pub struct Chosen {
    /// The thread's key.
    pub thread_id: i64,
    /// `mute` or `follow`.
    pub choice: String,
    /// The subject of its first post.
    pub subject: String,
}

const ALL: &str = "SELECT c.thread_id, c.choice, p.subject FROM thread_choice c JOIN post p ON p.id = c.thread_id \
    WHERE c.member_id = $1 ORDER BY c.at DESC, c.thread_id DESC LIMIT $2";
const SET: &str = "INSERT INTO thread_choice (community_id, member_id, thread_id, choice, at) \
    VALUES ($1, $2, $3, $4, $5) ON CONFLICT (member_id, thread_id) DO UPDATE SET choice = excluded.choice, at = excluded.at";
const CLEAR: &str =
    "DELETE FROM thread_choice WHERE member_id = $1 AND thread_id = $2 AND choice = $3";
const OF_MEMBER: &str = "SELECT choice FROM thread_choice WHERE member_id = $1 AND thread_id = $2";
const MOVE: &str = "INSERT INTO thread_choice (community_id, member_id, thread_id, choice, at) \
    SELECT community_id, member_id, CAST($3 AS BIGINT), choice, at FROM thread_choice \
    WHERE community_id = $1 AND thread_id = $2 ON CONFLICT DO NOTHING";
const FORGET: &str = "DELETE FROM thread_choice WHERE community_id = $1 AND thread_id = $2";

/// Remembers a choice, `mute` or `follow`, instead of any other for that thread.
pub async fn set(
    tx: &mut Tx,
    community: i64,
    member: i64,
    thread: i64,
    choice: &str,
    at: Millis,
) -> Result<()> {
    on!(tx, c => sqlx::query(SET)
        .bind(community).bind(member).bind(thread).bind(choice).bind(at).execute(c).await.map(drop))
}

/// Takes a choice back; false if it was not theirs.
pub async fn clear(tx: &mut Tx, member: i64, thread: i64, choice: &str) -> Result<bool> {
    let gone = on!(tx, c => sqlx::query(CLEAR)
        .bind(member).bind(thread).bind(choice).execute(c).await.map(|done| done.rows_affected()))?;
    Ok(gone > 0)
}

/// What this member chose for that thread.
pub async fn of_member(tx: &mut Tx, member: i64, thread: i64) -> Result<Option<String>> {
    on!(tx, c => sqlx::query_scalar(OF_MEMBER).bind(member).bind(thread).fetch_optional(c).await)
}

/// What this member has chosen, the latest first.
pub async fn all(tx: &mut Tx, member: i64, limit: i64) -> Result<Vec<Chosen>> {
    on!(tx, c => sqlx::query_as(ALL).bind(member).bind(limit).fetch_all(c).await)
}

/// The choices for a thread that has become part of another; one that a member
/// made for that other stays.
pub async fn follow_thread(tx: &mut Tx, community: i64, from: i64, to: i64) -> Result<()> {
    on!(tx, c => {
        sqlx::query(MOVE).bind(community).bind(from).bind(to).execute(&mut *c).await?;
        sqlx::query(FORGET).bind(community).bind(from).execute(&mut *c).await.map(drop)
    })
}
