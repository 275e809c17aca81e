//! Whom a community's moderators trust or have banned.

use sqlx::FromRow;

use super::{Millis, Result, Tx, on, placeholders};

/// One row of `standing`.
#[derive(Clone, Debug, FromRow)]
pub struct Standing {
    /// A normalised address, or `*@domain`.
    pub pattern: String,
    /// trust or ban.
    pub verdict: String,
    /// Why; may be empty.
    pub reason: String,
    /// Who decided.
    pub decided_by: String,
    /// When.
    pub at: Millis,
}

const SET: &str = "INSERT INTO standing (community_id, pattern, verdict, reason, decided_by, at) \
    VALUES ($1, $2, $3, $4, $5, $6) ON CONFLICT (community_id, pattern) DO UPDATE SET \
    verdict = excluded.verdict, reason = excluded.reason, decided_by = excluded.decided_by, at = excluded.at";
const REMOVE: &str =
    "DELETE FROM standing WHERE community_id = $1 AND pattern = $2 AND verdict = $3";
const LIST: &str = "SELECT pattern, verdict, reason, decided_by, at FROM standing \
    WHERE community_id = $1 AND verdict = $2 ORDER BY pattern";

/// Writes what was decided about an address or domain, over what was decided before.
pub async fn set(tx: &mut Tx, community: i64, s: &Standing) -> Result<()> {
    on!(tx, c => sqlx::query(SET)
        .bind(community).bind(&s.pattern).bind(&s.verdict).bind(&s.reason).bind(&s.decided_by).bind(s.at)
        .execute(c).await.map(drop))
}

/// Takes it back; false if there was nothing.
pub async fn remove(tx: &mut Tx, community: i64, pattern: &str, verdict: &str) -> Result<bool> {
    let changed = on!(tx, c => sqlx::query(REMOVE)
        .bind(community).bind(pattern).bind(verdict).execute(c).await.map(|done| done.rows_affected()))?;
    Ok(changed == 1)
}

/// All of one verdict, by pattern.
pub async fn list(tx: &mut Tx, community: i64, verdict: &str) -> Result<Vec<Standing>> {
    on!(tx, c => sqlx::query_as(LIST).bind(community).bind(verdict).fetch_all(c).await)
}

/// What stands about these addresses and their domains.
pub async fn about(tx: &mut Tx, community: i64, addresses: &[&str]) -> Result<Vec<Standing>> {
    let domain = |address: &&str| Some(format!("*@{}", address.rsplit_once('@')?.1));
    let mut wanted: Vec<String> = addresses.iter().filter_map(domain).collect();
    wanted.extend(addresses.iter().map(|address| (*address).to_owned()));
    if wanted.is_empty() {
        return Ok(Vec::new());
    }
    let sql = format!(
        "SELECT pattern, verdict, reason, decided_by, at FROM standing \
         WHERE community_id = $1 AND pattern IN ({}) ORDER BY pattern",
        placeholders(2, wanted.len())
    );
    on!(tx, c => {
        let mut query = sqlx::query_as(sqlx::AssertSqlSafe(sql)).bind(community);
        for pattern in wanted {
            query = query.bind(pattern);
        }
        query.fetch_all(c).await
    })
}
