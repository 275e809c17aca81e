//! Requests that wait for a reply to a token. Only the hash is kept.

use sqlx::FromRow;

use super::{Millis, Result, Tx, on};

/// One row of `token`.
#[derive(Clone, Debug, FromRow)]
pub struct Token {
    /// Which community.
    pub community_id: i64,
    /// What it is for: join, leave, invite, link, change, command, erase, moderate,
    /// decide-join, me, desk.
    pub kind: String,
    /// Whose it is.
    pub address: String,
    /// What more is to be known, such as the key of a row.
    pub subject: String,
    /// When it was made.
    pub created_at: Millis,
    /// When it ends.
    pub expires_at: Millis,
    /// When it was used.
    pub used_at: Option<Millis>,
}

const INSERT: &str = "INSERT INTO token (token_hash, community_id, kind, address, subject, created_at, expires_at) \
    VALUES ($1, $2, $3, $4, $5, $6, $7)";
const FIND: &str = "SELECT community_id, kind, address, subject, created_at, expires_at, used_at FROM token \
    WHERE token_hash = $1";
const USE: &str = "UPDATE token SET used_at = $2 WHERE token_hash = $1 AND used_at IS NULL";
const BEGIN: &str =
    "UPDATE token SET used_at = $2, expires_at = $3 WHERE token_hash = $1 AND used_at IS NULL";
const MADE_SINCE: &str =
    "SELECT community_id FROM token WHERE address = $1 AND created_at > $2 AND kind = $3";
const PURGE: &str = "DELETE FROM token WHERE expires_at < $1";

const REVOKE: &str =
    "INSERT INTO revoked_token (token_hash, at) VALUES ($1, $2) ON CONFLICT DO NOTHING";
const IS_REVOKED: &str = "SELECT EXISTS (SELECT 1 FROM revoked_token WHERE token_hash = $1)";

/// Ends a token of any kind, whether it has a row or not.
pub async fn revoke(tx: &mut Tx, hash: &[u8], at: Millis) -> Result<()> {
    use_up(tx, hash, at).await?;
    on!(tx, c => sqlx::query(REVOKE).bind(hash).bind(at).execute(c).await.map(drop))
}

/// Whether a token was revoked: asked for tokens that have no row.
pub async fn is_revoked(tx: &mut Tx, hash: &[u8]) -> Result<bool> {
    on!(tx, c => sqlx::query_scalar(IS_REVOKED).bind(hash).fetch_one(c).await)
}

/// Keeps a token by its hash.
pub async fn insert(tx: &mut Tx, hash: &[u8], t: &Token) -> Result<()> {
    on!(tx, c => sqlx::query(INSERT)
        .bind(hash).bind(t.community_id).bind(&t.kind).bind(&t.address).bind(&t.subject)
        .bind(t.created_at).bind(t.expires_at).execute(c).await.map(drop))
}

/// The token of that hash.
pub async fn find(tx: &mut Tx, hash: &[u8]) -> Result<Option<Token>> {
    on!(tx, c => sqlx::query_as(FIND).bind(hash).fetch_optional(c).await)
}

/// Uses a token up; false if it was used before.
pub async fn use_up(tx: &mut Tx, hash: &[u8], at: Millis) -> Result<bool> {
    let changed = on!(tx, c => sqlx::query(USE).bind(hash).bind(at).execute(c).await.map(|d| d.rows_affected()))?;
    Ok(changed == 1)
}

/// Notes the first use of a token that may be used again until `ends`; later ones
/// change nothing.
pub async fn begin(tx: &mut Tx, hash: &[u8], at: Millis, ends: Millis) -> Result<()> {
    on!(tx, c => sqlx::query(BEGIN).bind(hash).bind(at).bind(ends).execute(c).await.map(drop))
}

/// The communities for which a token of that kind was made for this address since `since`.
pub async fn made_since(tx: &mut Tx, address: &str, since: Millis, kind: &str) -> Result<Vec<i64>> {
    on!(tx, c => sqlx::query_scalar(MADE_SINCE).bind(address).bind(since).bind(kind).fetch_all(c).await)
}

/// Forgets tokens that ended before then; gives how many.
pub async fn purge(tx: &mut Tx, before: Millis) -> Result<u64> {
    on!(tx, c => sqlx::query(PURGE).bind(before).execute(c).await.map(|done| done.rows_affected()))
}
