//! Who hosts a session, and who was asked to. A session is named by its community, its
//! series' slug and its original day.

use sqlx::FromRow;

use super::members::Member;
use super::{Millis, Result, Tx, on};

/// A session as hosts and agendas are kept by.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Key {
    /// Whose.
    pub community: i64,
    /// The series' slug.
    pub series: String,
    /// Its original day, as `2026-03-24`.
    pub on: String,
}

/// Somebody who was asked to host a session, or does.
#[derive(Clone, Debug, PartialEq, Eq, FromRow)]
pub struct Asked {
    /// The series' slug.
    pub series: String,
    /// The session's original day.
    pub on_date: String,
    /// Who.
    pub member_id: i64,
    /// asked, agreed, skipped, swapped or silent.
    pub state: String,
    /// rota, swap or operator.
    pub via: String,
    /// When they were asked.
    pub asked_at: Millis,
    /// When that ended.
    pub answered_at: Option<Millis>,
}

/// The host of a session of a community.
#[derive(Clone, Debug, PartialEq, Eq, FromRow)]
pub struct Named {
    /// The series' slug.
    pub series: String,
    /// The session's original day.
    pub on_date: String,
    /// Their address.
    pub address: String,
}

const AGREED: &str = "SELECT m.* FROM session_host h JOIN member m ON m.id = h.member_id \
    WHERE h.community_id = $1 AND h.series = $2 AND h.on_date = $3 AND h.state = 'agreed' \
    AND m.state NOT IN ('left', 'pending')";
const OF_SESSION: &str = "SELECT series, on_date, member_id, state, via, asked_at, answered_at FROM session_host \
    WHERE community_id = $1 AND series = $2 AND on_date = $3 ORDER BY asked_at, member_id";
const OF_COMMUNITY: &str = "SELECT series, on_date, member_id, state, via, asked_at, answered_at FROM session_host \
    WHERE community_id = $1 ORDER BY on_date, series, asked_at, member_id";
const OF_MEMBER: &str = "SELECT series, on_date, member_id, state, via, asked_at, answered_at FROM session_host \
    WHERE member_id = $1 ORDER BY on_date, series";
const NAMED: &str = "SELECT h.series, h.on_date, m.address FROM session_host h JOIN member m ON m.id = h.member_id \
    WHERE h.community_id = $1 AND h.state = 'agreed' AND m.state NOT IN ('left', 'pending') \
    ORDER BY h.on_date, h.series";
const PUT: &str = "INSERT INTO session_host (community_id, series, on_date, member_id, state, via, asked_at, answered_at) \
    VALUES ($1, $2, $3, $4, $5, $6, $7, $8) ON CONFLICT (community_id, series, on_date, member_id) DO UPDATE SET \
    state = excluded.state, via = excluded.via, answered_at = excluded.answered_at";
const RELEASE: &str = "UPDATE session_host SET state = 'skipped', answered_at = $4 \
    WHERE community_id = $1 AND series = $2 AND on_date = $3 AND state = 'agreed'";
// What was cancelled nobody has hosted.
const OFF: &str = "SELECT s.slug AS series, x.on_date, '' AS address FROM session x JOIN series s ON s.id = x.series_id \
    WHERE x.community_id = $1 AND x.state = 'cancelled'";

/// Who has agreed to host a session, and belongs to the list still.
pub async fn agreed(tx: &mut Tx, key: &Key) -> Result<Option<Member>> {
    on!(tx, c => sqlx::query_as(AGREED)
        .bind(key.community).bind(&key.series).bind(&key.on).fetch_optional(c).await)
}

/// Everybody who was asked to host a session, in that order.
pub async fn of_session(tx: &mut Tx, key: &Key) -> Result<Vec<Asked>> {
    on!(tx, c => sqlx::query_as(OF_SESSION)
        .bind(key.community).bind(&key.series).bind(&key.on).fetch_all(c).await)
}

/// The same of all sessions of a community, by day.
pub async fn of_community(tx: &mut Tx, community: i64) -> Result<Vec<Asked>> {
    on!(tx, c => sqlx::query_as(OF_COMMUNITY).bind(community).fetch_all(c).await)
}

/// The sessions that a member was asked to host, by day.
pub async fn of_member(tx: &mut Tx, member: i64) -> Result<Vec<Asked>> {
    on!(tx, c => sqlx::query_as(OF_MEMBER).bind(member).fetch_all(c).await)
}

/// The hosts of a community's sessions, by day.
pub async fn named(tx: &mut Tx, community: i64) -> Result<Vec<Named>> {
    on!(tx, c => sqlx::query_as(NAMED).bind(community).fetch_all(c).await)
}

/// (series, original day) of the sessions of a community that were cancelled.
pub async fn cancelled(tx: &mut Tx, community: i64) -> Result<Vec<(String, String)>> {
    let rows: Vec<Named> = on!(tx, c => sqlx::query_as(OFF).bind(community).fetch_all(c).await)?;
    Ok(rows
        .into_iter()
        .map(|row| (row.series, row.on_date))
        .collect())
}

/// Writes what became of asking somebody; one at most may have agreed.
pub async fn put(tx: &mut Tx, community: i64, a: &Asked) -> Result<()> {
    on!(tx, c => sqlx::query(PUT)
        .bind(community).bind(&a.series).bind(&a.on_date).bind(a.member_id).bind(&a.state).bind(&a.via)
        .bind(a.asked_at).bind(a.answered_at).execute(c).await.map(drop))
}

/// Whoever has agreed to host a session does not any more.
pub async fn release(tx: &mut Tx, key: &Key, at: Millis) -> Result<()> {
    on!(tx, c => sqlx::query(RELEASE)
        .bind(key.community).bind(&key.series).bind(&key.on).bind(at).execute(c).await.map(drop))
}
