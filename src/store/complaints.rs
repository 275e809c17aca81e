//! How often people complained to their providers about a community's mail.

use super::{Millis, Result, Tx, on};

const INSERT: &str = "INSERT INTO complaint (community_id, at) VALUES ($1, $2)";
const SINCE: &str = "SELECT count(*) FROM complaint WHERE community_id = $1 AND at > $2";
const SENT: &str =
    "SELECT count(*) FROM outbox WHERE community_id = $1 AND state = 'sent' AND done_at > $2";

const SINCE_ANYWHERE: &str = "SELECT count(*) FROM complaint WHERE at > $1";
const SENT_ANYWHERE: &str = "SELECT count(*) FROM (SELECT 1 FROM outbox WHERE state = 'sent' AND done_at > $1 LIMIT $2) AS counted";

/// How many there were after that moment, about mail of any community.
pub async fn since_anywhere(tx: &mut Tx, since: Millis) -> Result<i64> {
    on!(tx, c => sqlx::query_scalar(SINCE_ANYWHERE).bind(since).fetch_one(c).await)
}

/// How many mails arrived somewhere after that moment, `most` at most.
pub async fn sent_anywhere(tx: &mut Tx, since: Millis, most: i64) -> Result<i64> {
    on!(tx, c => sqlx::query_scalar(SENT_ANYWHERE).bind(since).bind(most).fetch_one(c).await)
}

/// Notes a complaint.
pub async fn insert(tx: &mut Tx, community: i64, at: Millis) -> Result<()> {
    on!(tx, c => sqlx::query(INSERT).bind(community).bind(at).execute(c).await.map(drop))
}

/// How many there were after that moment.
pub async fn since(tx: &mut Tx, community: i64, since: Millis) -> Result<i64> {
    on!(tx, c => sqlx::query_scalar(SINCE).bind(community).bind(since).fetch_one(c).await)
}

/// How many mails of the community arrived somewhere after that moment.
pub async fn sent_since(tx: &mut Tx, community: i64, since: Millis) -> Result<i64> {
    on!(tx, c => sqlx::query_scalar(SENT).bind(community).bind(since).fetch_one(c).await)
}
