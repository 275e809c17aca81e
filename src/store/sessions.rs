//! Sessions, one row each from some months before they take place.

use sqlx::FromRow;

use super::{Millis, Result, Tx, on};

/// One row of `session`.
#[derive(Clone, Debug, Default, PartialEq, Eq, FromRow)]
pub struct Session {
    /// Key.
    pub id: i64,
    /// Whose.
    pub community_id: i64,
    /// Of which series.
    pub series_id: i64,
    /// Its original day, as `2026-01-13`, also after a move.
    pub on_date: String,
    /// When it begins.
    pub starts_at: Millis,
    /// When it ends.
    pub ends_at: Millis,
    /// planned, held or cancelled.
    pub state: String,
    /// Whether somebody moved it.
    pub moved: bool,
    /// Why it was cancelled; may be empty.
    pub reason: String,
    /// When somebody last changed it.
    pub modified_at: Millis,
}

/// A session with its series' name.
#[derive(Clone, Debug, FromRow)]
pub struct Listed {
    /// The series' slug.
    pub slug: String,
    /// The series' name for people.
    pub title: String,
    /// Its original day.
    pub on_date: String,
    /// When it begins.
    pub starts_at: Millis,
    /// planned, held or cancelled.
    pub state: String,
    /// Whether somebody moved it.
    pub moved: bool,
    /// Why it was cancelled.
    pub reason: String,
}

const ENSURE: &str = "INSERT INTO session (community_id, series_id, on_date, starts_at, ends_at, modified_at) \
    VALUES ($1, $2, $3, $4, $5, $6) ON CONFLICT (series_id, on_date) DO NOTHING";
const UPDATE: &str = "UPDATE session SET starts_at = $2, ends_at = $3, state = $4, moved = $5, reason = $6, \
    modified_at = $7 WHERE id = $1";
const DELETE: &str = "DELETE FROM session WHERE id = $1";
const ON: &str = "SELECT * FROM session WHERE series_id = $1 AND on_date = $2";
const MOVED_TO: &str =
    "SELECT * FROM session WHERE series_id = $1 AND starts_at = $2 AND moved ORDER BY id LIMIT 1";
const BY_ID: &str = "SELECT * FROM session WHERE id = $1";
const NAMED: &str = "SELECT x.* FROM session x JOIN series s ON s.id = x.series_id WHERE s.community_id = $1 \
    AND s.slug = $2 AND x.on_date = $3 ORDER BY s.generation DESC LIMIT 1";
const OF_SERIES: &str = "SELECT * FROM session WHERE series_id = $1 ORDER BY starts_at, id";
const CHANGED: &str = "SELECT x.* FROM session x JOIN series s ON s.id = x.series_id WHERE x.community_id = $1 \
    AND s.state = 'running' AND (x.moved OR x.state = 'cancelled') ORDER BY x.starts_at, x.id";
const HAS_BEGUN: &str = "SELECT EXISTS (SELECT 1 FROM session x JOIN series s ON s.id = x.series_id \
    WHERE x.community_id = $1 AND s.slug = $2 AND x.on_date = $3 AND x.state <> 'cancelled' AND x.starts_at <= $4)";
const LISTED: &str = "SELECT s.slug, s.title, x.on_date, x.starts_at, x.state, x.moved, x.reason FROM session x \
    JOIN series s ON s.id = x.series_id WHERE x.community_id = $1 AND x.starts_at >= $2 AND x.starts_at <= $3 \
    ORDER BY x.starts_at, s.slug, x.id LIMIT $4";

/// Writes a session that is planned, where it has no row yet.
pub async fn ensure(tx: &mut Tx, s: &Session) -> Result<()> {
    on!(tx, c => sqlx::query(ENSURE)
        .bind(s.community_id).bind(s.series_id).bind(&s.on_date).bind(s.starts_at).bind(s.ends_at)
        .bind(s.modified_at).execute(c).await.map(drop))
}

/// Writes all that can change of a session.
pub async fn update(tx: &mut Tx, s: &Session) -> Result<()> {
    on!(tx, c => sqlx::query(UPDATE)
        .bind(s.id).bind(s.starts_at).bind(s.ends_at).bind(&s.state).bind(s.moved).bind(&s.reason)
        .bind(s.modified_at).execute(c).await.map(drop))
}

/// Takes away a session that the charter plans no more.
pub async fn delete(tx: &mut Tx, id: i64) -> Result<()> {
    on!(tx, c => sqlx::query(DELETE).bind(id).execute(c).await.map(drop))
}

/// The session of a series that was planned for that day.
pub async fn on(tx: &mut Tx, series: i64, day: &str) -> Result<Option<Session>> {
    on!(tx, c => sqlx::query_as(ON).bind(series).bind(day).fetch_optional(c).await)
}

/// The session of a series that was moved to that moment.
pub async fn moved_to(tx: &mut Tx, series: i64, at: Millis) -> Result<Option<Session>> {
    on!(tx, c => sqlx::query_as(MOVED_TO).bind(series).bind(at).fetch_optional(c).await)
}

/// The session of that key.
pub async fn by_id(tx: &mut Tx, id: i64) -> Result<Option<Session>> {
    on!(tx, c => sqlx::query_as(BY_ID).bind(id).fetch_optional(c).await)
}

/// The session that was planned for that day, of the series of that name.
pub async fn named(tx: &mut Tx, community: i64, slug: &str, day: &str) -> Result<Option<Session>> {
    on!(tx, c => sqlx::query_as(NAMED).bind(community).bind(slug).bind(day).fetch_optional(c).await)
}

/// The sessions of a series that have rows, in order.
pub async fn of_series(tx: &mut Tx, series: i64) -> Result<Vec<Session>> {
    on!(tx, c => sqlx::query_as(OF_SERIES).bind(series).fetch_all(c).await)
}

/// The sessions of a community's running series that were moved or cancelled.
pub async fn changed(tx: &mut Tx, community: i64) -> Result<Vec<Session>> {
    on!(tx, c => sqlx::query_as(CHANGED).bind(community).fetch_all(c).await)
}

/// Whether the session of a series' slug that was planned for that day has begun.
pub async fn has_begun(
    tx: &mut Tx,
    community: i64,
    (slug, day): (&str, &str),
    now: Millis,
) -> Result<bool> {
    on!(tx, c => sqlx::query_scalar(HAS_BEGUN)
        .bind(community).bind(slug).bind(day).bind(now).fetch_one(c).await)
}

/// The sessions of a community that begin in a while, in order; `limit` at most.
pub async fn between(
    tx: &mut Tx,
    community: i64,
    (from, to): (Millis, Millis),
    limit: i64,
) -> Result<Vec<Listed>> {
    on!(tx, c => sqlx::query_as(LISTED)
        .bind(community).bind(from).bind(to).bind(limit).fetch_all(c).await)
}
