//! Who of a frozen audience gets a mail after all: exceptions that are written
//! with the mail, and the one copy of a post that went to several lists.

use sqlx::FromRow;

use super::mails::Mail;
use super::{Millis, Result, Tx, on, placeholders};

/// A community whose members get an umbrella's mail too.
#[derive(Clone, Debug, FromRow)]
pub struct Include {
    /// Its place among those of the mail.
    pub position: i64,
    /// The community.
    pub community_id: i64,
    /// The frozen audience's version, of that community.
    pub roster_version: i64,
    /// The roster row up to which outbox rows were made.
    pub expanded_to: i64,
}

const SKIP_OWN: &str = "INSERT INTO mail_skip (mail_id, member_id, reason) \
    SELECT CAST($1 AS BIGINT), m.id, 'wants no copy of own posts' FROM address a \
    JOIN member m ON m.person_id = a.person_id WHERE a.address = $2 AND m.own = 0 ON CONFLICT DO NOTHING";
const INCLUDE: &str = "INSERT INTO mail_include (mail_id, position, community_id, roster_version) \
    SELECT CAST($1 AS BIGINT), CAST($2 AS BIGINT), id, roster_version FROM community WHERE id = $3";
const NEXT_INCLUDE: &str = "SELECT position, community_id, roster_version, expanded_to FROM mail_include \
    WHERE mail_id = $1 AND done = 0 ORDER BY position LIMIT 1";
const INCLUDED: &str =
    "UPDATE mail_include SET expanded_to = $3, done = $4 WHERE mail_id = $1 AND position = $2";
const SET_KEY: &str = "UPDATE mail SET cross_key = $2 WHERE id = $1";
const MARK_OTHERS: &str = "UPDATE mail SET cross_key = $2 WHERE message_id = $3 AND name = 'post' AND id <> $1 \
    AND EXISTS (SELECT 1 FROM post p WHERE p.id = mail.post_id AND p.author_address = $4 AND p.body_digest = $5)";
const LOCK_POSTGRES: &str = "SELECT pg_advisory_xact_lock(hashtextextended($1, 0))";
const TRY_LOCK_POSTGRES: &str = "SELECT pg_try_advisory_xact_lock(hashtextextended($1, 0))";
const LAST_ROW: &str = "SELECT COALESCE(max(id), 0) FROM outbox";
// Rows that the post's other mails got before anybody knew that there were several.
const ADOPT: &str = "INSERT INTO cross_post (cross_key, person_id, mail_id, member_id) \
    SELECT x.cross_key, m.person_id, other.mail_id, other.member_id FROM outbox o \
    JOIN member m ON m.id = o.member_id JOIN address a ON a.person_id = m.person_id \
    JOIN mail x ON x.message_id = $3 AND x.cross_key = $4 AND x.id <> $1 \
    JOIN outbox other ON other.mail_id = x.id AND other.recipient = a.address \
    WHERE o.id > $2 AND o.mail_id = $1 AND o.state = 'waiting' AND other.state <> 'dropped' \
    AND other.member_id IS NOT NULL ORDER BY m.person_id ON CONFLICT DO NOTHING";
const CLAIM: &str = "INSERT INTO cross_post (cross_key, person_id, mail_id, member_id) \
    SELECT CAST($3 AS TEXT), m.person_id, o.mail_id, o.member_id FROM outbox o \
    JOIN member m ON m.id = o.member_id WHERE o.id > $2 AND o.mail_id = $1 AND o.state = 'waiting' \
    ORDER BY m.person_id, o.id ON CONFLICT DO NOTHING";
const DROP_SECOND: &str = "UPDATE outbox SET state = 'dropped', done_at = $4, \
    reply = 'a copy came by ' || COALESCE((SELECT c.slug FROM cross_post x JOIN member w ON w.id = x.member_id \
    JOIN community c ON c.id = w.community_id JOIN member m ON m.person_id = x.person_id \
    WHERE x.cross_key = $3 AND m.id = outbox.member_id), 'another list') \
    WHERE id > $2 AND mail_id = $1 AND state = 'waiting' AND NOT EXISTS (SELECT 1 FROM cross_post x \
    JOIN member m ON m.person_id = x.person_id WHERE m.id = outbox.member_id \
    AND x.cross_key = $3 AND x.mail_id = $1 AND x.member_id = outbox.member_id)";

/// Leaves out the author of a post, where they want no copy of their own.
pub async fn skip_author(tx: &mut Tx, mail: i64, author: &str) -> Result<()> {
    on!(tx, c => sqlx::query(SKIP_OWN).bind(mail).bind(author).execute(c).await.map(drop))
}

/// Leaves out those who are named in a post's header and get it directly, unless
/// they want a copy all the same; the author is none of them. `named` are at most
/// a few hundred addresses.
pub async fn skip_named(tx: &mut Tx, mail: i64, author: &str, named: &[&str]) -> Result<()> {
    if named.is_empty() {
        return Ok(());
    }
    let sql = format!(
        "INSERT INTO mail_skip (mail_id, member_id, reason) \
         SELECT CAST($1 AS BIGINT), m.id, 'named in To or Cc and gets it directly' FROM address a \
         JOIN member m ON m.person_id = a.person_id WHERE m.copies = 0 AND NOT EXISTS (SELECT 1 FROM address o \
         WHERE o.address = $2 AND o.person_id = a.person_id) AND a.address IN ({}) ON CONFLICT DO NOTHING",
        placeholders(3, named.len())
    );
    on!(tx, c => {
        let mut query = sqlx::query(sqlx::AssertSqlSafe(sql)).bind(mail).bind(author);
        for address in named {
            query = query.bind(*address);
        }
        query.execute(c).await.map(drop)
    })
}

/// Freezes the audience of one more community for this mail.
pub async fn include(tx: &mut Tx, mail: i64, position: i64, community: i64) -> Result<()> {
    on!(tx, c => sqlx::query(INCLUDE).bind(mail).bind(position).bind(community).execute(c).await.map(drop))
}

/// The included community whose audience is to be expanded next.
pub async fn next_include(tx: &mut Tx, mail: i64) -> Result<Option<Include>> {
    on!(tx, c => sqlx::query_as(NEXT_INCLUDE).bind(mail).fetch_optional(c).await)
}

/// Remembers how far an included audience is expanded.
pub async fn included(
    tx: &mut Tx,
    mail: i64,
    include: &Include,
    to: i64,
    done: bool,
) -> Result<()> {
    on!(tx, c => sqlx::query(INCLUDED)
        .bind(mail).bind(include.position).bind(to).bind(i64::from(done)).execute(c).await.map(drop))
}

/// From now on each person gets one copy of all mails with that key.
pub async fn set_key(tx: &mut Tx, mail: i64, key: &str) -> Result<()> {
    on!(tx, c => sqlx::query(SET_KEY).bind(mail).bind(key).execute(c).await.map(drop))
}

/// A post that was filed already.
#[derive(Clone, Copy, Debug)]
pub struct Same<'a> {
    /// Message-ID without angle brackets.
    pub message_id: &'a str,
    /// The author's address.
    pub author: &'a str,
    /// Its body's digest.
    pub digest: &'a [u8],
}

/// Marks the mails by which other lists sent the same post with that key; whether
/// there are any. Two lists that file it at the same time wait for each other, on
/// PostgreSQL: neither would see the other's mail.
pub async fn mark_others(tx: &mut Tx, mail: i64, key: &str, post: Same<'_>) -> Result<bool> {
    lock(tx, &format!("file {}", post.message_id)).await?;
    let marked = on!(tx, c => sqlx::query(MARK_OTHERS)
        .bind(mail).bind(key).bind(post.message_id).bind(post.author).bind(post.digest)
        .execute(c).await.map(|done| done.rows_affected()))?;
    Ok(marked > 0)
}

/// The key of the last outbox row: what is made after it is this batch.
pub async fn last_row(tx: &mut Tx) -> Result<i64> {
    on!(tx, c => sqlx::query_scalar(LAST_ROW).fetch_one(c).await)
}

/// Batches of one post's mails take turns, on PostgreSQL: false where another node
/// has the turn. It is not waited for, because this transaction holds its mail's row
/// already, and whoever has the turn may need that row.
pub async fn take_turn(tx: &mut Tx, mail: &Mail) -> Result<bool> {
    match tx {
        Tx::Sqlite(_) => Ok(true),
        Tx::Postgres(tx) => {
            sqlx::query_scalar(TRY_LOCK_POSTGRES)
                .bind(format!("expand {}", mail.cross_key))
                .fetch_one(tx.connection())
                .await
        }
    }
}

/// Of the rows made after `before`, drops those of people who get this post
/// already, by another list or as a member of another community.
pub async fn drop_seconds(tx: &mut Tx, mail: &Mail, before: i64, now: Millis) -> Result<()> {
    on!(tx, c => {
        sqlx::query(ADOPT).bind(mail.id).bind(before).bind(&mail.message_id).bind(&mail.cross_key)
            .execute(&mut *c).await?;
        sqlx::query(CLAIM).bind(mail.id).bind(before).bind(&mail.cross_key).execute(&mut *c).await?;
        sqlx::query(DROP_SECOND).bind(mail.id).bind(before).bind(&mail.cross_key).bind(now)
            .execute(&mut *c).await?;
        Ok(())
    })
}

async fn lock(tx: &mut Tx, key: &str) -> Result<()> {
    match tx {
        Tx::Sqlite(_) => Ok(()),
        Tx::Postgres(tx) => sqlx::query(LOCK_POSTGRES)
            .bind(key)
            .execute(tx.connection())
            .await
            .map(drop),
    }
}
