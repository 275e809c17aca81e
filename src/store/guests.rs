//! People from outside who get one thread until it rests.

use super::{Millis, Result, Tx, on};

const LET_IN: &str = "INSERT INTO guest (community_id, thread_id, address, let_in_by, at) \
    VALUES ($1, $2, $3, $4, $5) ON CONFLICT (community_id, thread_id, address) \
    DO UPDATE SET let_in_by = excluded.let_in_by, at = excluded.at, ended_at = NULL WHERE guest.ended_at IS NOT NULL";
// Whoever has become a member is no guest any more.
const OF_THREAD: &str = "SELECT g.address FROM guest g WHERE g.community_id = $1 AND g.thread_id = $2 \
    AND g.ended_at IS NULL AND NOT EXISTS (SELECT 1 FROM address a JOIN member m ON m.person_id = a.person_id \
    WHERE a.address = g.address AND m.community_id = $1 AND m.state NOT IN ('left', 'pending') \
    AND m.roles <> 'sponsor') ORDER BY g.address LIMIT 50";
const IS_ONE: &str = "SELECT EXISTS (SELECT 1 FROM guest WHERE community_id = $1 AND thread_id = $2 \
    AND address = $3 AND ended_at IS NULL)";
const IS_ANYWHERE: &str = "SELECT EXISTS (SELECT 1 FROM guest WHERE address = $2 AND community_id = $1 AND ended_at IS NULL)";
const END: &str = "UPDATE guest SET ended_at = $4 WHERE community_id = $1 AND thread_id = $2 AND address = $3 \
    AND ended_at IS NULL";
const END_ALL: &str = "UPDATE guest SET ended_at = $3 WHERE community_id = $1 AND thread_id = $2 \
    AND ended_at IS NULL";
const MOVE: &str = "INSERT INTO guest (community_id, thread_id, address, let_in_by, at, ended_at) \
    SELECT community_id, CAST($3 AS BIGINT), address, let_in_by, at, ended_at FROM guest \
    WHERE community_id = $1 AND thread_id = $2 ON CONFLICT DO NOTHING";
const FORGET: &str = "DELETE FROM guest WHERE community_id = $1 AND thread_id = $2";
const DROP_WAITING: &str = "UPDATE outbox SET state = 'dropped', reply = $4, done_at = $5 \
    WHERE recipient = $3 AND member_id IS NULL AND community_id = $1 AND state IN ('waiting', 'deferred') \
    AND mail_id IN (SELECT mail.id FROM mail JOIN post ON post.id = mail.post_id WHERE post.thread_id = $2)";

/// One thread of one community.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Thread {
    /// The community.
    pub community: i64,
    /// The thread's key.
    pub thread: i64,
}

/// Lets somebody in, again if they had left; false if they are in already.
pub async fn let_in(tx: &mut Tx, to: Thread, address: &str, by: &str, at: Millis) -> Result<bool> {
    let new = on!(tx, c => sqlx::query(LET_IN)
        .bind(to.community).bind(to.thread).bind(address).bind(by).bind(at)
        .execute(c).await.map(|done| done.rows_affected()))?;
    Ok(new > 0)
}

/// The guests of a thread, by address; fifty at most.
pub async fn of_thread(tx: &mut Tx, of: Thread) -> Result<Vec<String>> {
    on!(tx, c => sqlx::query_scalar(OF_THREAD).bind(of.community).bind(of.thread).fetch_all(c).await)
}

/// Whether that address is a guest of the thread now.
pub async fn is_one(tx: &mut Tx, of: Thread, address: &str) -> Result<bool> {
    on!(tx, c => sqlx::query_scalar(IS_ONE)
        .bind(of.community).bind(of.thread).bind(address).fetch_one(c).await)
}

/// Whether that address is a guest of any thread of a community now.
pub async fn is_anywhere(tx: &mut Tx, community: i64, address: &str) -> Result<bool> {
    on!(tx, c => sqlx::query_scalar(IS_ANYWHERE).bind(community).bind(address).fetch_one(c).await)
}

/// Ends it for one guest, and what still waits to be sent to them; false if they
/// were none.
pub async fn end(tx: &mut Tx, of: Thread, address: &str, reason: &str, at: Millis) -> Result<bool> {
    let ended = on!(tx, c => {
        let done = sqlx::query(END).bind(of.community).bind(of.thread).bind(address).bind(at)
            .execute(&mut *c).await?;
        sqlx::query(DROP_WAITING).bind(of.community).bind(of.thread).bind(address).bind(reason).bind(at)
            .execute(&mut *c).await?;
        Ok::<_, sqlx::Error>(done.rows_affected())
    })?;
    Ok(ended > 0)
}

/// Ends it for all guests of a thread; how many they were.
pub async fn end_all(tx: &mut Tx, of: Thread, at: Millis) -> Result<u64> {
    on!(tx, c => sqlx::query(END_ALL)
        .bind(of.community).bind(of.thread).bind(at).execute(c).await.map(|done| done.rows_affected()))
}

/// The guests of a thread that has become part of another.
pub async fn follow_thread(tx: &mut Tx, community: i64, from: i64, to: i64) -> Result<()> {
    on!(tx, c => {
        sqlx::query(MOVE).bind(community).bind(from).bind(to).execute(&mut *c).await?;
        sqlx::query(FORGET).bind(community).bind(from).execute(&mut *c).await.map(drop)
    })
}
