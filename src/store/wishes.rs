//! Wishes about addresses: to link two, or to put one in the other's place.

use sqlx::FromRow;

use super::{Millis, Result, Tx, on};

/// One row of `address_wish`.
#[derive(Clone, Debug, Default, FromRow)]
pub struct Wish {
    /// Key.
    pub id: i64,
    /// In which community it was said; it counts in all.
    pub community_id: i64,
    /// link or change.
    pub kind: String,
    /// The member's own address.
    pub near: String,
    /// The other one.
    pub far: String,
    /// When the one at the member's address said yes.
    pub near_yes_at: Option<Millis>,
    /// When the one at the other address did.
    pub far_yes_at: Option<Millis>,
    /// Since when.
    pub created_at: Millis,
    /// When it ends by itself.
    pub expires_at: Millis,
    /// When it ended.
    pub ended_at: Option<Millis>,
    /// done, declined or expired.
    pub outcome: String,
}

const INSERT: &str = "INSERT INTO address_wish (community_id, kind, near, far, near_yes_at, far_yes_at, \
    created_at, expires_at) VALUES ($1, $2, $3, $4, $5, $6, $7, $8) RETURNING id";
const BY_ID: &str = "SELECT * FROM address_wish WHERE id = $1";
const YES_NEAR: &str =
    "UPDATE address_wish SET near_yes_at = $2 WHERE id = $1 AND ended_at IS NULL";
const YES_FAR: &str = "UPDATE address_wish SET far_yes_at = $2 WHERE id = $1 AND ended_at IS NULL";
const END: &str =
    "UPDATE address_wish SET outcome = $2, ended_at = $3 WHERE id = $1 AND ended_at IS NULL";
const RECENT: &str = "SELECT * FROM address_wish WHERE (near = $1 OR far = $1) AND created_at > $2 \
    ORDER BY id LIMIT 1000";
const PURGE: &str = "DELETE FROM address_wish WHERE ended_at < $1";

/// Writes a new row; `id` of the one given is ignored, the key returned.
pub async fn insert(tx: &mut Tx, w: &Wish) -> Result<i64> {
    on!(tx, c => sqlx::query_scalar(INSERT)
        .bind(w.community_id).bind(&w.kind).bind(&w.near).bind(&w.far).bind(w.near_yes_at)
        .bind(w.far_yes_at).bind(w.created_at).bind(w.expires_at).fetch_one(c).await)
}

/// The row of that key.
pub async fn by_id(tx: &mut Tx, id: i64) -> Result<Option<Wish>> {
    on!(tx, c => sqlx::query_as(BY_ID).bind(id).fetch_optional(c).await)
}

/// The one at the member's own address (`near`) or at the other one said yes.
pub async fn yes(tx: &mut Tx, id: i64, near: bool, at: Millis) -> Result<()> {
    let sql = if near { YES_NEAR } else { YES_FAR };
    on!(tx, c => sqlx::query(sql).bind(id).bind(at).execute(c).await.map(drop))
}

/// Ends it; false if it had ended already.
pub async fn end(tx: &mut Tx, id: i64, outcome: &str, at: Millis) -> Result<bool> {
    let changed = on!(tx, c => sqlx::query(END)
        .bind(id).bind(outcome).bind(at).execute(c).await.map(|done| done.rows_affected()))?;
    Ok(changed == 1)
}

/// What was wished about that address, at either end, after `since`.
pub async fn recent(tx: &mut Tx, address: &str, since: Millis) -> Result<Vec<Wish>> {
    on!(tx, c => sqlx::query_as(RECENT).bind(address).bind(since).fetch_all(c).await)
}

/// Forgets what ended before then; gives how many.
pub async fn purge(tx: &mut Tx, before: Millis) -> Result<u64> {
    on!(tx, c => sqlx::query(PURGE).bind(before).execute(c).await.map(|done| done.rows_affected()))
}
