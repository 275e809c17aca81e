//! Addresses whose owners complained to their provider about our mail.

use sqlx::FromRow;

use super::{Millis, Result, Tx, on};

/// An address to which nothing goes but answers to what its owner asks.
#[derive(Clone, Debug, FromRow)]
pub struct Suppressed {
    /// Since when.
    pub at: Millis,
    /// Why.
    pub reason: String,
    /// The choices that were ended, as `12=each,15=digest` by member.
    pub deliveries: String,
}

const INSERT: &str = "INSERT INTO suppressed (address, at, reason, deliveries) VALUES ($1, $2, $3, $4) \
    ON CONFLICT DO NOTHING";
const OF: &str = "SELECT at, reason, deliveries FROM suppressed WHERE address = $1";
const LIFT: &str = "DELETE FROM suppressed WHERE address = $1";
const AT_ADDRESS: &str =
    "SELECT id FROM member WHERE address = $1 AND state <> 'left' ORDER BY community_id";

/// From now on nothing goes there; what was known before stays.
pub async fn insert(
    tx: &mut Tx,
    address: &str,
    reason: &str,
    deliveries: &str,
    at: Millis,
) -> Result<()> {
    on!(tx, c => sqlx::query(INSERT)
        .bind(address).bind(at).bind(reason).bind(deliveries).execute(c).await.map(drop))
}

/// Why nothing goes to that address, where somebody complained.
pub async fn of(tx: &mut Tx, address: &str) -> Result<Option<Suppressed>> {
    on!(tx, c => sqlx::query_as(OF).bind(address).fetch_optional(c).await)
}

/// Mail goes there again.
pub async fn lift(tx: &mut Tx, address: &str) -> Result<()> {
    on!(tx, c => sqlx::query(LIFT).bind(address).execute(c).await.map(drop))
}

/// The members whose mail goes to that address.
pub async fn members_at(tx: &mut Tx, address: &str) -> Result<Vec<i64>> {
    on!(tx, c => sqlx::query_scalar(AT_ADDRESS).bind(address).fetch_all(c).await)
}
