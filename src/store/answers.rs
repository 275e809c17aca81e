//! Automatic answers: who got one of a kind, and when last.

use super::{Millis, Result, Tx, on};

const MARK: &str = "INSERT INTO answer (community_id, address, kind, at) VALUES ($1, $2, $3, $4) \
    ON CONFLICT (community_id, address, kind) DO UPDATE SET at = excluded.at WHERE answer.at <= $5";

/// Notes that this address gets an answer of that kind now; false, and nothing is
/// noted, where it had one within the `pause` before (milliseconds). Two transactions
/// at once do not both hear true.
pub async fn may_go(
    tx: &mut Tx,
    community: i64,
    address: &str,
    kind: &str,
    now: Millis,
    pause: Millis,
) -> Result<bool> {
    let changed = on!(tx, c => sqlx::query(MARK)
        .bind(community).bind(address).bind(kind).bind(now).bind(now - pause)
        .execute(c).await.map(|done| done.rows_affected()))?;
    Ok(changed == 1)
}
