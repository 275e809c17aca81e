//! Objects that are to be deleted: what was erased, and what was begun and never said to be
//! somebody's. Their rows go when they are gone.

use super::{Millis, Result, Tx, on};

/// An object that is to be deleted.
#[derive(Clone, Debug, sqlx::FromRow)]
pub struct Gone {
    /// Its name.
    pub name: String,
    /// How often that was tried.
    pub attempts: i64,
}

const BEGIN: &str = "INSERT INTO object_gone (name, due_at) VALUES ($1, $2)";
const DUE: &str =
    "SELECT name, attempts FROM object_gone WHERE due_at <= $1 ORDER BY due_at, name LIMIT $2";
const END: &str = "DELETE FROM object_gone WHERE name = $1";
const LATER: &str =
    "UPDATE object_gone SET due_at = $2, attempts = attempts + 1, error = $3 WHERE name = $1";
const WAITING: &str = "SELECT count(*), coalesce(max(error), '') FROM object_gone \
    WHERE due_at = 0 OR attempts > 0";

/// Says that an object is about to be written; unless it is somebody's by `due` (ms of this
/// machine's clock), it is deleted again.
pub async fn begin(tx: &mut Tx, name: &str, due: Millis) -> Result<()> {
    on!(tx, c => sqlx::query(BEGIN).bind(name).bind(due).execute(c).await.map(drop))
}

/// Objects that are to be deleted now.
pub async fn due(tx: &mut Tx, now: Millis, limit: i64) -> Result<Vec<Gone>> {
    on!(tx, c => sqlx::query_as(DUE).bind(now).bind(limit).fetch_all(c).await)
}

/// It is gone, or it is somebody's.
pub async fn end(tx: &mut Tx, name: &str) -> Result<()> {
    on!(tx, c => sqlx::query(END).bind(name).execute(c).await.map(drop))
}

/// It could not be deleted, and is tried again then.
pub async fn later(tx: &mut Tx, name: &str, at: Millis, error: &str) -> Result<()> {
    on!(tx, c => sqlx::query(LATER).bind(name).bind(at).bind(error).execute(c).await.map(drop))
}

/// How many objects that were erased are still there, and why.
pub async fn waiting(tx: &mut Tx) -> Result<(i64, String)> {
    on!(tx, c => sqlx::query_as(WAITING).fetch_one(c).await)
}
