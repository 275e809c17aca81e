//! People on the way to membership.

use sqlx::FromRow;

use super::{Millis, Result, Tx, on};

/// One row of `joining`.
#[derive(Clone, Debug, Default, FromRow)]
pub struct Joining {
    /// Key.
    pub id: i64,
    /// Which community.
    pub community_id: i64,
    /// Who, by normalised address.
    pub address: String,
    /// Their name; may be empty.
    pub name: String,
    /// What they wrote, for moderators; or whoever invites, for them.
    pub words: String,
    /// confirm, approve, invited; joined, declined, rejected, refused, expired.
    pub stage: String,
    /// Who invited them; empty where they asked.
    pub invited_by: String,
    /// The Message-ID of the mail that asked, or empty.
    pub request_id: String,
    /// The Message-ID of the mail that moderators got, or empty.
    pub notice_id: String,
    /// Whether something shows that the owner of the address asked.
    pub proven: bool,
    /// Since when.
    pub created_at: Millis,
    /// When it ends by itself.
    pub expires_at: Millis,
    /// When it ended.
    pub decided_at: Option<Millis>,
    /// By whom.
    pub decided_by: String,
}

impl Joining {
    /// Whether it still waits for somebody.
    pub fn is_open(&self) -> bool {
        self.decided_at.is_none()
    }
}

const INSERT: &str = "INSERT INTO joining (community_id, address, name, words, stage, invited_by, request_id, \
    created_at, expires_at, decided_at, decided_by, proven) \
    VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12) \
    RETURNING id";
const BY_ID: &str = "SELECT * FROM joining WHERE id = $1";
const OPEN: &str = "SELECT * FROM joining WHERE community_id = $1 AND address = $2 AND decided_at IS NULL \
    ORDER BY id DESC LIMIT 1";
const RECENT: &str =
    "SELECT * FROM joining WHERE address = $1 AND created_at > $2 ORDER BY id LIMIT 1000";
const MOVE_ON: &str = "UPDATE joining SET stage = $2, expires_at = $3, notice_id = $4 \
    WHERE id = $1 AND decided_at IS NULL";
const DECIDE: &str = "UPDATE joining SET stage = $2, decided_by = $3, decided_at = $4 \
    WHERE id = $1 AND decided_at IS NULL";
const PROVE: &str = "UPDATE joining SET proven = $1 WHERE id = $2";
const WAITING: &str = "SELECT * FROM joining WHERE community_id = $1 AND stage = 'approve' AND decided_at IS NULL \
    ORDER BY id LIMIT $2";
const PURGE: &str = "DELETE FROM joining WHERE decided_at < $1";
const LOCK_POSTGRES: &str = "SELECT pg_advisory_xact_lock(hashtextextended($1, 0))";

/// Writes a new row; `id` and `notice_id` of the one given are ignored, the key
/// returned.
pub async fn insert(tx: &mut Tx, j: &Joining) -> Result<i64> {
    on!(tx, c => sqlx::query_scalar(INSERT)
        .bind(j.community_id).bind(&j.address).bind(&j.name).bind(&j.words).bind(&j.stage)
        .bind(&j.invited_by).bind(&j.request_id).bind(j.created_at).bind(j.expires_at)
        .bind(j.decided_at).bind(&j.decided_by).bind(j.proven).fetch_one(c).await)
}

/// The row of that key.
pub async fn by_id(tx: &mut Tx, id: i64) -> Result<Option<Joining>> {
    on!(tx, c => sqlx::query_as(BY_ID).bind(id).fetch_optional(c).await)
}

/// What still waits for that address in that community.
pub async fn open(tx: &mut Tx, community: i64, address: &str) -> Result<Option<Joining>> {
    on!(tx, c => sqlx::query_as(OPEN).bind(community).bind(address).fetch_optional(c).await)
}

/// What was begun for that address in all communities after `since`.
pub async fn recent(tx: &mut Tx, address: &str, since: Millis) -> Result<Vec<Joining>> {
    on!(tx, c => sqlx::query_as(RECENT).bind(address).bind(since).fetch_all(c).await)
}

/// The requests of a community that wait for moderators, oldest first.
pub async fn waiting(tx: &mut Tx, community: i64, limit: i64) -> Result<Vec<Joining>> {
    on!(tx, c => sqlx::query_as(WAITING).bind(community).bind(limit).fetch_all(c).await)
}

/// Notes that the owner of the address has shown that it is they.
pub async fn prove(tx: &mut Tx, id: i64) -> Result<()> {
    on!(tx, c => sqlx::query(PROVE).bind(true).bind(id).execute(c).await.map(drop))
}

/// Lets it wait for somebody else, unless it has ended.
pub async fn move_on(
    tx: &mut Tx,
    id: i64,
    stage: &str,
    expires_at: Millis,
    notice_id: &str,
) -> Result<()> {
    on!(tx, c => sqlx::query(MOVE_ON)
        .bind(id).bind(stage).bind(expires_at).bind(notice_id).execute(c).await.map(drop))
}

/// Ends it; false if it had ended already.
pub async fn decide(tx: &mut Tx, id: i64, stage: &str, by: &str, at: Millis) -> Result<bool> {
    let changed = on!(tx, c => sqlx::query(DECIDE)
        .bind(id).bind(stage).bind(by).bind(at).execute(c).await.map(|done| done.rows_affected()))?;
    Ok(changed == 1)
}

/// Forgets what ended before then; gives how many.
pub async fn purge(tx: &mut Tx, before: Millis) -> Result<u64> {
    on!(tx, c => sqlx::query(PURGE).bind(before).execute(c).await.map(|done| done.rows_affected()))
}

/// Keeps other transactions waiting that count the mails to this address: two
/// nodes must not both find that there is room for one more.
pub async fn lock(tx: &mut Tx, address: &str) -> Result<()> {
    match tx {
        Tx::Sqlite(_) => Ok(()),
        Tx::Postgres(tx) => sqlx::query(LOCK_POSTGRES)
            .bind(address)
            .execute(tx.connection())
            .await
            .map(drop),
    }
}
