//! Communities and the charters that run them.

use sqlx::FromRow;

use super::{Millis, Result, Tx, on, placeholders};

/// One row of `community`.
#[derive(Clone, Debug, FromRow)]
pub struct Community {
    /// Key.
    pub id: i64,
    /// The name in addresses and paths.
    pub slug: String,
    /// The name for people.
    pub name: String,
    /// The charter as it stands, TOML.
    pub charter: String,
    /// The charter file as it was last applied, TOML.
    pub charter_base: String,
    /// How often the list of recipients has changed.
    pub roster_version: i64,
    /// When it was founded.
    pub created_at: Millis,
    /// When it was closed, if it was.
    pub closed_at: Option<Millis>,
    /// The version of the charter's elements and norms, which members accept; from 1.
    pub agreement: i64,
    /// When that last changed, or came to be asked for; 0 is never.
    pub agreement_at: Millis,
}

const INSERT: &str = "INSERT INTO community (slug, name, charter, charter_base, created_at) \
    VALUES ($1, $2, $3, $4, $5) RETURNING id";
const UPDATE: &str =
    "UPDATE community SET name = $2, charter = $3, charter_base = $4 WHERE id = $1";
const CLOSE: &str = "UPDATE community SET closed_at = $2 WHERE id = $1";
const BY_SLUG: &str = "SELECT * FROM community WHERE slug = $1";
const BY_ID: &str = "SELECT * FROM community WHERE id = $1";
const ALL: &str = "SELECT * FROM community ORDER BY slug";
// Weaker than FOR UPDATE: rows that only refer to the community do not wait.
const LOCK_POSTGRES: &str = "SELECT 1 FROM community WHERE id = $1 FOR NO KEY UPDATE";
const BUMP_AGREEMENT: &str =
    "UPDATE community SET agreement = agreement + $2, agreement_at = $3 WHERE id = $1";
const BUMP: &str = "UPDATE community SET roster_version = roster_version + 1 WHERE id = $1 \
    RETURNING roster_version";

/// Founds a community and gives its id.
pub async fn insert(
    tx: &mut Tx,
    slug: &str,
    name: &str,
    charter: &str,
    base: &str,
    at: Millis,
) -> Result<i64> {
    on!(tx, c => sqlx::query_scalar(INSERT)
        .bind(slug).bind(name).bind(charter).bind(base).bind(at).fetch_one(c).await)
}

/// Replaces the charter and what it was compared with.
pub async fn update(tx: &mut Tx, id: i64, name: &str, charter: &str, base: &str) -> Result<()> {
    on!(tx, c => sqlx::query(UPDATE)
        .bind(id).bind(name).bind(charter).bind(base).execute(c).await.map(drop))
}

/// Counts a change of what members accept, or notes with a `by` of 0 that they are to
/// accept it from now on.
pub async fn bump_agreement(tx: &mut Tx, id: i64, by: i64, at: Millis) -> Result<()> {
    on!(tx, c => sqlx::query(BUMP_AGREEMENT).bind(id).bind(by).bind(at).execute(c).await.map(drop))
}

/// Closes a community, or with `None` opens it again.
pub async fn close(tx: &mut Tx, id: i64, at: Option<Millis>) -> Result<()> {
    on!(tx, c => sqlx::query(CLOSE).bind(id).bind(at).execute(c).await.map(drop))
}

/// The community of that slug.
pub async fn by_slug(tx: &mut Tx, slug: &str) -> Result<Option<Community>> {
    on!(tx, c => sqlx::query_as(BY_SLUG).bind(slug).fetch_optional(c).await)
}

/// The community of that id.
pub async fn by_id(tx: &mut Tx, id: i64) -> Result<Community> {
    on!(tx, c => sqlx::query_as(BY_ID).bind(id).fetch_one(c).await)
}

/// All communities, by slug.
pub async fn all(tx: &mut Tx) -> Result<Vec<Community>> {
    on!(tx, c => sqlx::query_as(ALL).fetch_all(c).await)
}

/// Which of these slugs exist, as (id, slug).
pub async fn existing(tx: &mut Tx, slugs: &[&str]) -> Result<Vec<(i64, String)>> {
    let sql = format!(
        "SELECT id, slug FROM community WHERE slug IN ({})",
        placeholders(1, slugs.len())
    );
    on!(tx, c => {
        let mut query = sqlx::query_as(sqlx::AssertSqlSafe(sql));
        for slug in slugs {
            query = query.bind(*slug);
        }
        query.fetch_all(c).await
    })
}

/// Waits until no other transaction files posts or changes members of this
/// community, and keeps others waiting until the end of this one. Whoever judges
/// by what the archive or the roster holds (is this message here already, which
/// thread, who is a member) locks first, on PostgreSQL: there two transactions
/// would otherwise both find nothing, or each overwrite what the other wrote.
/// SQLite has one writer anyway.
pub async fn lock(tx: &mut Tx, id: i64) -> Result<()> {
    match tx {
        Tx::Sqlite(_) => Ok(()),
        Tx::Postgres(tx) => sqlx::query(LOCK_POSTGRES)
            .bind(id)
            .execute(tx.connection())
            .await
            .map(drop),
    }
}

/// Counts a change of who receives posts and gives the new version. The row is
/// locked until the end of the transaction, so versions never run backwards.
pub async fn bump_roster(tx: &mut Tx, id: i64) -> Result<i64> {
    on!(tx, c => sqlx::query_scalar(BUMP).bind(id).fetch_one(c).await)
}
