//! What facilitators are to be told of members' mail, in one mail a day.

use sqlx::FromRow;

use super::{Millis, Result, Tx, on};

/// One thing to tell.
#[derive(Clone, Debug, FromRow)]
pub struct Trouble {
    /// Whose mail.
    pub address: String,
    /// stopped, unreachable or complaint.
    pub kind: String,
    /// When.
    pub at: Millis,
}

const INSERT: &str = "INSERT INTO trouble (community_id, address, kind, at) VALUES ($1, $2, $3, $4) \
    ON CONFLICT DO NOTHING";
const UNTOLD: &str = "SELECT address, kind, at FROM trouble WHERE community_id = $1 AND told_at IS NULL \
    ORDER BY at, address LIMIT 1000";
const TOLD: &str =
    "UPDATE trouble SET told_at = $2 WHERE community_id = $1 AND told_at IS NULL AND at <= $2";

/// Notes something to tell the facilitators of that community.
pub async fn insert(
    tx: &mut Tx,
    community: i64,
    address: &str,
    kind: &str,
    at: Millis,
) -> Result<()> {
    on!(tx, c => sqlx::query(INSERT)
        .bind(community).bind(address).bind(kind).bind(at).execute(c).await.map(drop))
}

/// What has not been told yet, a thousand at most.
pub async fn untold(tx: &mut Tx, community: i64) -> Result<Vec<Trouble>> {
    on!(tx, c => sqlx::query_as(UNTOLD).bind(community).fetch_all(c).await)
}

/// All of it has been told.
pub async fn told(tx: &mut Tx, community: i64, now: Millis) -> Result<()> {
    on!(tx, c => sqlx::query(TOLD).bind(community).bind(now).execute(c).await.map(drop))
}
