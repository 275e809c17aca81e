//! Facts of the whole installation, by name.

use super::{Result, Tx, on};

const GET: &str = "SELECT value FROM setting WHERE name = $1";
const SET: &str = "INSERT INTO setting (name, value) VALUES ($1, $2) \
    ON CONFLICT (name) DO UPDATE SET value = excluded.value";
const SET_FIRST: &str = "INSERT INTO setting (name, value) VALUES ($1, $2) ON CONFLICT DO NOTHING";
const REMOVE: &str = "DELETE FROM setting WHERE name = $1";

/// The value of that name.
pub async fn get(tx: &mut Tx, name: &str) -> Result<Option<String>> {
    on!(tx, c => sqlx::query_scalar(GET).bind(name).fetch_optional(c).await)
}

/// Sets a value.
pub async fn set(tx: &mut Tx, name: &str, value: &str) -> Result<()> {
    on!(tx, c => sqlx::query(SET).bind(name).bind(value).execute(c).await.map(drop))
}

/// Sets a value where there is none, and gives the one that stands.
pub async fn set_first(tx: &mut Tx, name: &str, value: &str) -> Result<String> {
    on!(tx, c => {
        sqlx::query(SET_FIRST).bind(name).bind(value).execute(&mut *c).await?;
        sqlx::query_scalar(GET).bind(name).fetch_one(&mut *c).await
    })
}

/// Removes a value.
pub async fn remove(tx: &mut Tx, name: &str) -> Result<()> {
    on!(tx, c => sqlx::query(REMOVE).bind(name).execute(c).await.map(drop))
}
