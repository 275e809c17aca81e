//! What summaries have told already.

use sqlx::FromRow;

use super::{Millis, Result, Tx, on};

/// One row of `summary_release`: a figure as it was told.
#[derive(Clone, Debug, PartialEq, FromRow)]
pub struct Release {
    /// Whose.
    pub community_id: i64,
    /// To whom it went.
    pub audience: String,
    /// When its period ends.
    pub period_end: Millis,
    /// The metric.
    pub metric: String,
    /// The unit of a `unit` row; else empty.
    pub unit: String,
    /// share, count, little, few or differencing.
    pub kind: String,
    /// Of a share.
    pub k: Option<i64>,
    /// Of a share.
    pub n: Option<i64>,
    /// Of a count.
    pub value: Option<f64>,
    /// The version of the definitions.
    pub definitions: i64,
    /// When it was told.
    pub told_at: Millis,
}

const OF: &str = "SELECT * FROM summary_release WHERE community_id = $1 \
    ORDER BY period_end DESC, told_at, metric, unit, audience";
const PUT: &str = "INSERT INTO summary_release (community_id, audience, period_end, metric, unit, kind, k, n, value, \
    definitions, told_at) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11) ON CONFLICT DO NOTHING";

/// All that was told of a community, the newest period first.
pub async fn of_community(tx: &mut Tx, community: i64) -> Result<Vec<Release>> {
    on!(tx, c => sqlx::query_as(OF).bind(community).fetch_all(c).await)
}

/// Notes what is told; what was told of the period before stays.
pub async fn put(tx: &mut Tx, r: &Release) -> Result<()> {
    on!(tx, c => sqlx::query(PUT)
        .bind(r.community_id).bind(&r.audience).bind(r.period_end).bind(&r.metric).bind(&r.unit)
        .bind(&r.kind).bind(r.k).bind(r.n).bind(r.value).bind(r.definitions).bind(r.told_at)
        .execute(c).await.map(drop))
}
