//! Many posts at once: what is known of all of them asked in a few statements, and their rows
//! written in a few. An import files its posts so; whatever is out of the common goes the way
//! of single posts ([`super::posts`]).

use std::borrow::Cow;
use std::collections::{HashMap, HashSet};

use sqlx::postgres::PgRow;
use sqlx::sqlite::SqliteRow;
use sqlx::{AssertSqlSafe, FromRow};

use super::placing::Near;
use super::posts::NewPost;
use super::search::Document;
use super::{Millis, Result, Tx, on, raws, rows};
use crate::store::intake::NewMessage;
use crate::store::packing::Packed;

/// Names that one statement asks for.
const ASKED: usize = 500;
/// Rows that one statement writes: most statements are the same, and prepared once.
const WRITTEN: usize = 50;

/// Rows that one statement writes to SQLite's index, see [`words`].
const INDEXED: usize = 500;

/// A post that is there already.
#[derive(Clone, Debug, FromRow)]
pub struct Known {
    /// Key.
    pub id: i64,
    /// Message-ID.
    pub message_id: String,
    /// Its thread.
    pub thread_id: i64,
    /// Who wrote it.
    pub author_address: String,
    /// Of its body.
    pub body_digest: Vec<u8>,
    /// When it was erased.
    pub erased_at: Option<Millis>,
}

/// Rows about many names. `sql` is given the list that a column is compared with and then the
/// community, in this order, each to be written once.
async fn about<T>(
    tx: &mut Tx,
    names: &[&str],
    community: Option<i64>,
    sql: impl Fn(&str, &str) -> String,
) -> Result<Vec<T>>
where
    T: for<'r> FromRow<'r, SqliteRow> + for<'r> FromRow<'r, PgRow> + Send + Unpin,
{
    let mut found = Vec::new();
    for names in names.chunks(ASKED) {
        let part: Vec<T> = match tx {
            // Without names of their own: before each of these SQLite looks through all others.
            Tx::Sqlite(tx) => {
                let list = format!("IN ({})", vec!["?"; names.len()].join(", "));
                let mut query = sqlx::query_as(AssertSqlSafe(sql(&list, "?"))).persistent(false);
                for name in names {
                    query = query.bind(*name);
                }
                if let Some(community) = community {
                    query = query.bind(community);
                }
                query.fetch_all(tx.connection()).await?
            }
            // One value, which is read and planned once; and nobody who knows little of the
            // table yet thinks that going through all of it is better.
            Tx::Postgres(tx) => {
                let mut query = sqlx::query_as(AssertSqlSafe(sql("= ANY($1)", "$2"))).bind(names);
                if let Some(community) = community {
                    query = query.bind(community);
                }
                query.fetch_all(tx.connection()).await?
            }
        };
        found.extend(part);
    }
    Ok(found)
}

/// Posts with one of these Message-IDs, by key.
pub async fn known(tx: &mut Tx, community: i64, names: &[&str]) -> Result<Vec<Known>> {
    let mut found: Vec<Known> = about(tx, names, Some(community), |list, community| {
        format!(
            "SELECT id, message_id, thread_id, author_address, body_digest, erased_at FROM post \
             WHERE message_id {list} AND community_id = {community}"
        )
    })
    .await?;
    found.sort_by_key(|known: &Known| known.id);
    Ok(found)
}

/// For each of these Message-IDs that some post refers to: the thread of the first that does.
/// Posts are looked up one by one: joined, PostgreSQL goes through all of them.
pub async fn referred(tx: &mut Tx, community: i64, names: &[&str]) -> Result<HashMap<String, i64>> {
    let found: Vec<(String, i64)> = about(tx, names, Some(community), |list, community| {
        format!(
            "SELECT f.message_id, (SELECT p.thread_id FROM post p WHERE p.id = f.post_id) FROM (\
             SELECT r.message_id, min(r.post_id) AS post_id FROM post_reference r \
             WHERE r.message_id {list} AND r.community_id = {community} \
             AND (SELECT p.thread_id FROM post p WHERE p.id = r.post_id) <> 0 \
             GROUP BY r.message_id) f"
        )
    })
    .await?;
    Ok(found.into_iter().collect())
}

#[derive(FromRow)]
struct InConversation {
    conversation: String,
    #[sqlx(flatten)]
    near: Near,
}

/// The posts of these conversations (44 digits of a Thread-Index each), by key.
pub async fn conversations(
    tx: &mut Tx,
    community: i64,
    names: &[&str],
) -> Result<HashMap<String, Vec<Near>>> {
    let rows: Vec<InConversation> = about(tx, names, Some(community), |list, community| {
        format!(
            "SELECT substr(thread_index, 1, 44) AS conversation, id, thread_id, parent_id, thread_index \
             FROM post WHERE substr(thread_index, 1, 44) {list} AND community_id = {community} \
             AND thread_index <> '' AND thread_id <> 0 ORDER BY id"
        )
    })
    .await?;
    let mut found: HashMap<String, Vec<Near>> = HashMap::new();
    for one in rows {
        found.entry(one.conversation).or_default().push(one.near);
    }
    Ok(found)
}

const IS_DECIDED: &str = "SELECT EXISTS (SELECT 1 FROM thread_decision WHERE community_id = $1)";
const PRIVATE: &str =
    "SELECT DISTINCT thread_id FROM post WHERE community_id = $1 AND members_only = 1";

/// Whether facilitators have decided about any thread of a community.
pub async fn is_decided(tx: &mut Tx, community: i64) -> Result<bool> {
    on!(tx, c => sqlx::query_scalar(IS_DECIDED).bind(community).fetch_one(c).await)
}

/// The threads that stay among members.
pub async fn private(tx: &mut Tx, community: i64) -> Result<HashSet<i64>> {
    let threads: Vec<i64> =
        on!(tx, c => sqlx::query_scalar(PRIVATE).bind(community).fetch_all(c).await)?;
    Ok(threads.into_iter().collect())
}

/// Messages of earlier imports with one of these Message-IDs: key, Message-ID, envelope sender.
pub async fn imported(tx: &mut Tx, names: &[&str]) -> Result<Vec<(i64, String, String)>> {
    about(tx, names, None, |list, _| {
        format!(
            "SELECT id, message_id, envelope_from FROM message WHERE message_id {list} \
             AND via = 'import' ORDER BY id"
        )
    })
    .await
}

const LAST_SQLITE: &str = "SELECT coalesce(max(seq), 0) FROM sqlite_sequence WHERE name = $1";
const KEYS_POSTGRES: &str = "WITH keys AS MATERIALIZED (\
    SELECT CAST(pg_get_serial_sequence($1, 'id') AS regclass) AS sequence) \
    SELECT nextval(keys.sequence) FROM keys, generate_series(CAST(1 AS BIGINT), $2)";

/// Keys of rows that are to be written to `table` in this transaction, and by nobody else.
pub async fn keys(tx: &mut Tx, table: &str, count: usize) -> Result<Vec<i64>> {
    match tx {
        Tx::Sqlite(tx) => {
            let last: i64 = sqlx::query_scalar(LAST_SQLITE)
                .bind(table)
                .fetch_one(tx.connection())
                .await?;
            Ok((last + 1..=last + count as i64).collect())
        }
        Tx::Postgres(tx) => {
            let query = sqlx::query_scalar(KEYS_POSTGRES).bind(table);
            query.bind(count as i64).fetch_all(tx.connection()).await
        }
    }
}

/// A post with all its rows.
pub struct Filed<'a> {
    /// Its key.
    pub id: i64,
    /// Its thread.
    pub thread: i64,
    /// What it answers.
    pub parent: Option<i64>,
    /// The post.
    pub post: NewPost<'a>,
    /// Its Thread-Index and base subject.
    pub said: (&'a str, &'a str),
    /// The message as it came, where it is new.
    pub message: Option<(NewMessage<'a>, &'a Packed)>,
}

/// Writes posts with their messages and references. Their words follow ([`words`]).
pub async fn insert(tx: &mut Tx, filed: &[Filed<'_>]) -> Result<()> {
    for part in filed.chunks(WRITTEN) {
        messages(tx, part).await?;
        posts(tx, part).await?;
    }
    let of = |one: &Filed<'_>| {
        let (community, post) = (one.post.community_id, one.id);
        let numbered = one.post.references.clone().into_iter().enumerate();
        numbered.map(move |(position, name)| (community, post, position as i64, name))
    };
    let references: Vec<_> = filed.iter().flat_map(of).collect();
    for part in references.chunks(WRITTEN) {
        let sql = format!(
            "INSERT INTO post_reference (community_id, post_id, position, message_id) VALUES {}",
            rows(tx, part.len(), 4)
        );
        on!(tx, c => {
            let mut query = sqlx::query(AssertSqlSafe(sql)).persistent(part.len() == WRITTEN);
            for (community, post, position, name) in part {
                query = query.bind(*community).bind(*post).bind(*position).bind(name);
            }
            query.execute(c).await.map(drop)
        })?;
    }
    Ok(())
}

async fn messages(tx: &mut Tx, filed: &[Filed<'_>]) -> Result<()> {
    let new = filed.iter().filter_map(|one| {
        let (message, packed) = one.message.as_ref()?;
        Some((one.post.raw_id, message, *packed))
    });
    let new: Vec<_> = new.collect();
    if new.is_empty() {
        return Ok(());
    }
    let sql = format!(
        "INSERT INTO message (id, message_id, envelope_from, via, peer, received_at, size, raw, helo, codec) \
         VALUES {}",
        rows(tx, new.len(), 10)
    );
    on!(tx, c => {
        let mut query = sqlx::query(AssertSqlSafe(sql)).persistent(new.len() == WRITTEN);
        for (id, m, packed) in &new {
            query = query.bind(*id).bind(m.message_id).bind(m.envelope_from).bind(m.via).bind(m.peer)
                .bind(m.received_at).bind(m.raw.len() as i64).bind(&packed.bytes).bind(m.helo)
                .bind(packed.codec);
        }
        query.execute(c).await.map(drop)
    })?;
    for (id, _, packed) in new.iter().filter(|(.., packed)| !packed.bodies.is_empty()) {
        raws::keep_bodies(tx, *id, &packed.bodies).await?;
    }
    Ok(())
}

async fn posts(tx: &mut Tx, filed: &[Filed<'_>]) -> Result<()> {
    // PostgreSQL keeps no NUL in a text.
    fn clean(text: &str) -> Cow<'_, str> {
        match text.contains('\0') {
            true => text.replace('\0', "").into(),
            false => text.into(),
        }
    }
    let sql = format!(
        "INSERT INTO post (id, community_id, raw_id, message_id, permalink, body_digest, thread_id, \
         parent_id, subject, author_name, author_address, sent_at, archived_at, text, thread_index, \
         base_subject) VALUES {}",
        rows(tx, filed.len(), 16)
    );
    on!(tx, c => {
        let mut query = sqlx::query(AssertSqlSafe(sql)).persistent(filed.len() == WRITTEN);
        for one in filed {
            let p = &one.post;
            query = query.bind(one.id).bind(p.community_id).bind(p.raw_id).bind(p.message_id)
                .bind(p.permalink).bind(p.body_digest).bind(one.thread).bind(one.parent)
                .bind(clean(p.subject)).bind(clean(p.author_name)).bind(clean(p.author_address))
                .bind(p.sent_at).bind(p.archived_at).bind(clean(p.text))
                .bind(one.said.0).bind(clean(one.said.1));
        }
        query.execute(c).await.map(drop)
    })
}

/// Puts the words of posts into the index: behind all else that a transaction writes, because
/// before each statement that writes several rows FTS5 puts on disk what it has, to be able to
/// take that statement back.
pub async fn words(tx: &mut Tx, documents: &[Document]) -> Result<()> {
    let most = match tx {
        Tx::Sqlite(_) => INDEXED,
        Tx::Postgres(_) => WRITTEN,
    };
    super::search::insert_all(tx, documents, most).await
}
