//! The search index: the one part where the databases speak differently.

use super::posts::Post;
use super::tx::{PostgresTx, SqliteTx};
use super::{Result, Tx};

const COLUMNS: &str = "p.id, p.community_id, p.raw_id, p.message_id, p.permalink, p.thread_id, p.parent_id, p.subject, \
    p.author_name, p.author_address, p.sent_at, p.archived_at, p.topic, p.members_only, p.erased_at";
const INSERT_SQLITE: &str =
    "INSERT INTO post_search (rowid, subject, author, text) VALUES ($1, $2, $3, $4)";
const INSERT_POSTGRES: &str = "INSERT INTO post_search (post_id, document) VALUES ($1, \
    setweight(to_tsvector('simple', left($2, 1000)), 'A') || setweight(to_tsvector('simple', left($3, 1000)), 'B') \
    || setweight(to_tsvector('simple', left($4, 200000)), 'C'))";

/// Puts a post into the index. The texts are folded already. PostgreSQL refuses a
/// document of more than a mebibyte, and with it the post; 200,000 characters stay
/// below that whatever they are.
pub async fn insert(tx: &mut Tx, post: i64, subject: &str, author: &str, text: &str) -> Result<()> {
    match tx {
        Tx::Sqlite(tx) => insert_sqlite(tx, post, subject, author, text).await,
        Tx::Postgres(tx) => insert_postgres(tx, post, subject, author, text).await,
    }
}

async fn insert_sqlite(
    tx: &mut SqliteTx,
    post: i64,
    subject: &str,
    author: &str,
    text: &str,
) -> Result<()> {
    let query = sqlx::query(INSERT_SQLITE)
        .bind(post)
        .bind(subject)
        .bind(author)
        .bind(text);
    query.execute(tx.connection()).await.map(drop)
}

async fn insert_postgres(
    tx: &mut PostgresTx,
    post: i64,
    subject: &str,
    author: &str,
    text: &str,
) -> Result<()> {
    // PostgreSQL text holds no NUL.
    let clean = |text: &str| text.replace('\0', " ");
    let query = sqlx::query(INSERT_POSTGRES)
        .bind(post)
        .bind(clean(subject))
        .bind(clean(author))
        .bind(clean(text));
    query.execute(tx.connection()).await.map(drop)
}

const REMOVE_SQLITE: &str = "DELETE FROM post_search WHERE rowid = $1";
const REMOVE_POSTGRES: &str = "DELETE FROM post_search WHERE post_id = $1";

/// Takes a post out of the index.
pub async fn remove(tx: &mut Tx, post: i64) -> Result<()> {
    match tx {
        Tx::Sqlite(tx) => sqlx::query(REMOVE_SQLITE)
            .bind(post)
            .execute(tx.connection())
            .await
            .map(drop),
        Tx::Postgres(tx) => sqlx::query(REMOVE_POSTGRES)
            .bind(post)
            .execute(tx.connection())
            .await
            .map(drop),
    }
}

/// What the rows of a search must also satisfy.
#[derive(Clone, Copy, Debug)]
pub struct Bounds {
    /// Which community.
    pub community_id: i64,
    /// Written at or after (ms).
    pub from: i64,
    /// Written before (ms).
    pub to: i64,
    /// At most so many.
    pub limit: i64,
    /// Whether posts that stay among members are found too.
    pub of_members: bool,
}

/// Posts that match, best first. `fts5` and `tsquery` are the same query in the
/// two databases' words, made by [`crate::archive`] and never by hand.
pub async fn search(tx: &mut Tx, fts5: &str, tsquery: &str, bounds: Bounds) -> Result<Vec<Post>> {
    match tx {
        Tx::Sqlite(tx) => search_sqlite(tx, fts5, bounds).await,
        Tx::Postgres(tx) => search_postgres(tx, tsquery, bounds).await,
    }
}

async fn search_sqlite(tx: &mut SqliteTx, fts5: &str, bounds: Bounds) -> Result<Vec<Post>> {
    let sql = format!(
        "SELECT {COLUMNS} FROM post_search s JOIN post p ON p.id = s.rowid \
         WHERE post_search MATCH $1 AND p.community_id = $2 AND p.sent_at >= $3 AND p.sent_at < $4 \
         AND ($6 = 1 OR p.id NOT IN (SELECT id FROM post WHERE community_id = $2 AND members_only = 1)) \
         ORDER BY bm25(post_search, 4.0, 2.0, 1.0), p.sent_at DESC LIMIT $5"
    );
    let query = sqlx::query_as(sqlx::AssertSqlSafe(sql)).bind(fts5);
    let query = query
        .bind(bounds.community_id)
        .bind(bounds.from)
        .bind(bounds.to)
        .bind(bounds.limit)
        .bind(i64::from(bounds.of_members));
    query.fetch_all(tx.connection()).await
}

async fn search_postgres(tx: &mut PostgresTx, tsquery: &str, bounds: Bounds) -> Result<Vec<Post>> {
    let sql = format!(
        "SELECT {COLUMNS} FROM post_search s JOIN post p ON p.id = s.post_id, to_tsquery('simple', $1) q \
         WHERE s.document @@ q AND p.community_id = $2 AND p.sent_at >= $3 AND p.sent_at < $4 \
         AND ($6 = 1 OR p.id NOT IN (SELECT id FROM post WHERE community_id = $2 AND members_only = 1)) \
         ORDER BY ts_rank(s.document, q) DESC, p.sent_at DESC LIMIT $5"
    );
    let query = sqlx::query_as(sqlx::AssertSqlSafe(sql)).bind(tsquery.to_owned());
    let query = query
        .bind(bounds.community_id)
        .bind(bounds.from)
        .bind(bounds.to)
        .bind(bounds.limit)
        .bind(i64::from(bounds.of_members));
    query.fetch_all(tx.connection()).await
}
