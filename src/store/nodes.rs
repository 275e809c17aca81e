//! Nodes that are alive, by the system clock.

use super::{Millis, Result, Tx, on};

const BEAT: &str = "INSERT INTO node (id, started_at, alive_until) VALUES ($1, $2, $3) \
    ON CONFLICT (id) DO UPDATE SET alive_until = excluded.alive_until";
const GONE: &str = "DELETE FROM node WHERE id = $1";
const ANY_ALIVE: &str = "SELECT EXISTS (SELECT 1 FROM node WHERE alive_until > $1)";
const FORGET: &str = "DELETE FROM node WHERE alive_until < $1";

/// Says that this node is alive until then.
pub async fn beat(tx: &mut Tx, id: &str, started_at: Millis, alive_until: Millis) -> Result<()> {
    on!(tx, c => sqlx::query(BEAT).bind(id).bind(started_at).bind(alive_until).execute(c).await.map(drop))
}

/// Says that this node has stopped.
pub async fn gone(tx: &mut Tx, id: &str) -> Result<()> {
    on!(tx, c => sqlx::query(GONE).bind(id).execute(c).await.map(drop))
}

/// Whether any node is alive.
pub async fn any_alive(tx: &mut Tx, system_now: Millis) -> Result<bool> {
    on!(tx, c => sqlx::query_scalar(ANY_ALIVE).bind(system_now).fetch_one(c).await)
}

/// Forgets nodes that have been dead since before `before`.
pub async fn forget(tx: &mut Tx, before: Millis) -> Result<()> {
    on!(tx, c => sqlx::query(FORGET).bind(before).execute(c).await.map(drop))
}
