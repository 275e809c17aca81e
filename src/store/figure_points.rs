//! What figures were, week by week.

use sqlx::FromRow;

use super::{Millis, Result, Tx, on};

/// A figure of seven days.
#[derive(Clone, Debug, PartialEq, FromRow)]
pub struct Point {
    /// Its name, as in the CSV.
    pub metric: String,
    /// The end of the seven days.
    pub at: Millis,
    /// In percent where it is a share, else a count.
    pub value: f64,
    /// The share's k.
    pub k: Option<i64>,
    /// The share's n.
    pub n: Option<i64>,
    /// What was not normal of it then (`above`, `run-below`), or nothing.
    pub signal: String,
}

const RECORD: &str = "INSERT INTO figure_point (community_id, metric, at, value, k, n, signal) \
    VALUES ($1, $2, $3, $4, $5, $6, $7) ON CONFLICT (community_id, metric, at) DO NOTHING";
const LAST: &str = "SELECT metric, at, value, k, n, signal FROM figure_point \
    WHERE community_id = $1 AND metric = $2 AND at <= $3 ORDER BY at DESC LIMIT $4";
const UNTOLD: &str = "SELECT metric, at, value, k, n, signal FROM figure_point \
    WHERE community_id = $1 AND signal <> '' AND told_at IS NULL AND at > $2 ORDER BY at DESC, metric LIMIT $3";
const TELL: &str = "UPDATE figure_point SET told_at = $2 WHERE community_id = $1 AND signal <> '' AND told_at IS NULL";

/// Records a point; one that is there stays as it is.
pub async fn record(tx: &mut Tx, community: i64, point: &Point) -> Result<()> {
    on!(tx, c => sqlx::query(RECORD)
        .bind(community).bind(&point.metric).bind(point.at).bind(point.value)
        .bind(point.k).bind(point.n).bind(&point.signal)
        .execute(c).await.map(drop))
}

/// The last points of a metric up to that moment, `most` at most, the newest first.
pub async fn last(
    tx: &mut Tx,
    community: i64,
    metric: &str,
    (to, most): (Millis, i64),
) -> Result<Vec<Point>> {
    on!(tx, c => sqlx::query_as(LAST)
        .bind(community).bind(metric).bind(to).bind(most).fetch_all(c).await)
}

/// What was not normal after that moment and nobody was told of, the newest first.
pub async fn untold(tx: &mut Tx, community: i64, since: Millis, most: i64) -> Result<Vec<Point>> {
    on!(tx, c => sqlx::query_as(UNTOLD)
        .bind(community).bind(since).bind(most).fetch_all(c).await)
}

/// Notes that all of it has been told.
pub async fn tell(tx: &mut Tx, community: i64, now: Millis) -> Result<()> {
    on!(tx, c => sqlx::query(TELL).bind(community).bind(now).execute(c).await.map(drop))
}
