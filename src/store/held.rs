//! Posts that wait for a moderator: intake rows whose outcome is `held`.

use sqlx::FromRow;

use super::{Millis, Result, Tx, on};

/// A held post, as moderators see it listed.
#[derive(Clone, Debug, FromRow)]
pub struct Held {
    /// The intake row: the id moderators name.
    pub id: i64,
    /// The message as it came.
    pub raw_id: i64,
    /// The community.
    pub community_id: i64,
    /// Its Message-ID.
    pub message_id: String,
    /// Why it is held, one reason a line.
    pub reason: String,
    /// Since when.
    pub done_at: Millis,
}

const LIST: &str = "SELECT i.id, i.message_id AS raw_id, i.community_id, m.message_id, i.reason, i.done_at \
    FROM intake i JOIN message m ON m.id = i.message_id \
    WHERE i.community_id = $1 AND i.state = 'done' AND i.outcome = 'held' ORDER BY i.id";
const FIND: &str = "SELECT i.id, i.message_id AS raw_id, i.community_id, m.message_id, i.reason, i.done_at \
    FROM intake i JOIN message m ON m.id = i.message_id \
    WHERE i.id = $1 AND i.state = 'done' AND i.outcome = 'held'";
const COUNT: &str = "SELECT count(*) FROM intake WHERE state = 'done' AND outcome = 'held'";
const DECIDE: &str = "UPDATE intake SET outcome = $2, reason = $3, done_at = $4 \
    WHERE id = $1 AND state = 'done' AND outcome = 'held'";

/// All held posts of a community, oldest first.
pub async fn list(tx: &mut Tx, community: i64) -> Result<Vec<Held>> {
    on!(tx, c => sqlx::query_as(LIST).bind(community).fetch_all(c).await)
}

/// How many posts are held in all communities.
pub async fn count(tx: &mut Tx) -> Result<i64> {
    on!(tx, c => sqlx::query_scalar(COUNT).fetch_one(c).await)
}

/// The held post of that id, unless somebody has decided already.
pub async fn find(tx: &mut Tx, id: i64) -> Result<Option<Held>> {
    on!(tx, c => sqlx::query_as(FIND).bind(id).fetch_optional(c).await)
}

/// Records a moderator's decision; false if another was first.
pub async fn decide(tx: &mut Tx, id: i64, outcome: &str, reason: &str, at: Millis) -> Result<bool> {
    let changed = on!(tx, c => sqlx::query(DECIDE)
        .bind(id).bind(outcome).bind(reason).bind(at).execute(c).await.map(|done| done.rows_affected()))?;
    Ok(changed == 1)
}
