//! What is asked of sponsors, and what became of it.

use sqlx::FromRow;

use super::{Millis, Result, Tx, on};

/// One row of `sponsor_ask`.
#[derive(Clone, Debug, FromRow)]
pub struct Ask {
    /// Key.
    pub id: i64,
    /// For which community.
    pub community_id: i64,
    /// Whose ask it is, an address; empty for the operator and who was erased.
    pub asked_by: String,
    /// What, one line.
    pub text: String,
    /// What it costs, as they say; or empty.
    pub cost: String,
    /// The day by which it is wanted, as `2026-12-01`; or empty.
    pub wanted_by: String,
    /// open, supported, declined or done.
    pub state: String,
    /// The address of the sponsor who promised it; or empty.
    pub owner: String,
    /// The day by which they promised it; or empty.
    pub due_on: String,
    /// Why it was declined; or empty.
    pub reason: String,
    /// When it was asked.
    pub created_at: Millis,
    /// When the sponsor decided.
    pub decided_at: Option<Millis>,
    /// When it was done.
    pub done_at: Option<Millis>,
}

/// A new ask.
pub struct NewAsk<'a> {
    /// For which community.
    pub community_id: i64,
    /// Whose it is; empty for the operator.
    pub asked_by: &'a str,
    /// What, one line.
    pub text: &'a str,
    /// What it costs; or empty.
    pub cost: &'a str,
    /// The day by which it is wanted; or empty.
    pub wanted_by: &'a str,
    /// Now.
    pub at: Millis,
}

const INSERT: &str = "INSERT INTO sponsor_ask (community_id, asked_by, text, cost, wanted_by, created_at) \
    VALUES ($1, $2, $3, $4, $5, $6) RETURNING id";

/// Keeps an ask; gives its key.
pub async fn insert(tx: &mut Tx, new: &NewAsk<'_>) -> Result<i64> {
    on!(tx, c => sqlx::query_scalar(INSERT).bind(new.community_id).bind(new.asked_by).bind(new.text)
        .bind(new.cost).bind(new.wanted_by).bind(new.at).fetch_one(c).await)
}

const BY_ID: &str = "SELECT id, community_id, asked_by, text, cost, wanted_by, state, owner, due_on, reason, \
    created_at, decided_at, done_at FROM sponsor_ask WHERE id = $1";

/// The ask of that key.
pub async fn by_id(tx: &mut Tx, id: i64) -> Result<Option<Ask>> {
    on!(tx, c => sqlx::query_as(BY_ID).bind(id).fetch_optional(c).await)
}

const OPEN: &str = "SELECT id, community_id, asked_by, text, cost, wanted_by, state, owner, due_on, reason, \
    created_at, decided_at, done_at FROM sponsor_ask WHERE community_id = $1 AND state = 'open' \
    ORDER BY created_at, id LIMIT $2";

/// Those that nobody has decided, oldest first.
pub async fn open_ones(tx: &mut Tx, community: i64, limit: i64) -> Result<Vec<Ask>> {
    on!(tx, c => sqlx::query_as(OPEN).bind(community).bind(limit).fetch_all(c).await)
}

const SINCE: &str = "SELECT id, community_id, asked_by, text, cost, wanted_by, state, owner, due_on, reason, \
    created_at, decided_at, done_at FROM sponsor_ask WHERE community_id = $1 AND (state = 'supported' \
    OR (decided_at > $2 AND decided_at <= $3) OR (done_at > $2 AND done_at <= $3)) AND decided_at <= $3 \
    ORDER BY decided_at, id LIMIT $4";

/// What was promised and is not done, and what was decided or done in a while: after the
/// first moment, and not after the second.
pub async fn decided(
    tx: &mut Tx,
    community: i64,
    (after, to): (Millis, Millis),
    limit: i64,
) -> Result<Vec<Ask>> {
    on!(tx, c => sqlx::query_as(SINCE).bind(community).bind(after).bind(to).bind(limit)
        .fetch_all(c).await)
}

const SUPPORT: &str = "UPDATE sponsor_ask SET state = 'supported', owner = $2, due_on = $3, decided_at = $4 \
    WHERE id = $1 AND state = 'open'";

/// A sponsor has promised it by that day; false where it was decided before.
pub async fn support(tx: &mut Tx, id: i64, owner: &str, due_on: &str, at: Millis) -> Result<bool> {
    on!(tx, c => sqlx::query(SUPPORT).bind(id).bind(owner).bind(due_on).bind(at)
        .execute(c).await.map(|done| done.rows_affected() == 1))
}

const DECLINE: &str = "UPDATE sponsor_ask SET state = 'declined', owner = $2, reason = $3, decided_at = $4 \
    WHERE id = $1 AND state = 'open'";

/// A sponsor has declined it; false where it was decided before.
pub async fn decline(tx: &mut Tx, id: i64, owner: &str, reason: &str, at: Millis) -> Result<bool> {
    on!(tx, c => sqlx::query(DECLINE).bind(id).bind(owner).bind(reason).bind(at)
        .execute(c).await.map(|done| done.rows_affected() == 1))
}

const DONE: &str =
    "UPDATE sponsor_ask SET state = 'done', done_at = $2 WHERE id = $1 AND state = 'supported'";

/// What was promised is done; false where it was not promised, or was done before.
pub async fn done(tx: &mut Tx, id: i64, at: Millis) -> Result<bool> {
    on!(tx, c => sqlx::query(DONE).bind(id).bind(at).execute(c).await
        .map(|done| done.rows_affected() == 1))
}

const POSTPONE: &str = "UPDATE sponsor_ask SET due_on = $2 WHERE id = $1 AND state = 'supported'";

/// What was promised comes by another day; false where nothing is promised.
pub async fn postpone(tx: &mut Tx, id: i64, due_on: &str) -> Result<bool> {
    on!(tx, c => sqlx::query(POSTPONE).bind(id).bind(due_on).execute(c).await
        .map(|done| done.rows_affected() == 1))
}

const OF_ADDRESS: &str = "SELECT id, community_id, asked_by, text, cost, wanted_by, state, owner, due_on, reason, \
    created_at, decided_at, done_at FROM sponsor_ask WHERE asked_by = $1 OR owner = $1 ORDER BY id";

/// What somebody asked, promised or declined.
pub async fn of_address(tx: &mut Tx, address: &str) -> Result<Vec<Ask>> {
    on!(tx, c => sqlx::query_as(OF_ADDRESS).bind(address).fetch_all(c).await)
}
