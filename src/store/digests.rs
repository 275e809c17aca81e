//! Digests: who is owed which posts, what each digest brought, and its rows.

use sqlx::FromRow;

use super::members::Member;
use super::{Millis, Result, Tx, on, placeholders, values};

/// Posts that one digest looks at, at most; what is more comes with the next.
const MOST_POSTS: i64 = 5_000;

/// Rows that one statement writes.
const ROWS: usize = 500;

/// Some members of a community, by key: those behind `after`, up to `to`.
#[derive(Clone, Copy, Debug)]
pub struct Range {
    /// Which community.
    pub community_id: i64,
    /// The last key that is not meant any more.
    pub after: i64,
    /// The last key that is.
    pub to: i64,
}

/// A post that went out to the list, as a digest needs it.
#[derive(Clone, Debug, Default, FromRow)]
pub struct Fresh {
    /// Key of the post.
    pub id: i64,
    /// The mail that is its copy for the list.
    pub mail_id: i64,
    /// Its thread.
    pub thread_id: i64,
    /// The subject of the thread's first post.
    pub thread_subject: String,
    /// Message-ID without angle brackets.
    pub message_id: String,
    /// Its author's display name.
    pub author_name: String,
    /// Its author's address.
    pub author_address: String,
    /// When it was archived.
    pub archived_at: Millis,
    /// Its topic; or empty.
    pub topic: String,
    /// Whether it stays among members (1).
    pub members_only: i64,
}

/// Posts that a digest brought under one number, as a reply needs them.
#[derive(Clone, Debug, FromRow)]
pub struct Brought {
    /// The number of its thread in the digest.
    pub number: i64,
    /// Key of the post.
    pub post_id: i64,
    /// Message-ID without angle brackets.
    pub message_id: String,
    /// Its author's display name.
    pub author_name: String,
    /// Its author's address.
    pub author_address: String,
    /// Its thread.
    pub thread_id: i64,
    /// The subject of the thread's first post.
    pub thread_subject: String,
    /// The Message-ID of the thread's first post.
    pub thread_message_id: String,
    /// The beginning of its text.
    pub text: String,
}

const LAST_POST: &str = "SELECT COALESCE(max(id), 0) FROM post";
const FIRST_EXPANDING: &str =
    "SELECT min(post_id) FROM mail WHERE state = 'expanding' AND community_id = $1";
const SET_MARK: &str = "UPDATE member SET digested_to = $2 WHERE id = $1";
const OWE: &str = "INSERT INTO digest_due (community_id, member_id, after_post, to_post) \
    VALUES ($1, $2, $3, $4) ON CONFLICT DO NOTHING";
const FORGET: &str = "DELETE FROM digest_due WHERE member_id = $1";
const DUE: &str = "SELECT * FROM member WHERE community_id = $1 AND id > $2 AND state = 'active' \
    AND ((delivery IN ('digest', 'headlines') AND digested_to < $3) \
    OR EXISTS (SELECT 1 FROM digest_due d WHERE d.member_id = member.id)) ORDER BY id LIMIT $4";
const OWED: &str = "SELECT member_id, after_post, to_post FROM digest_due \
    WHERE community_id = $1 AND member_id > $2 AND member_id <= $3 ORDER BY member_id, after_post";
// Of an erased post neither author nor words are left, and there is nothing to bring.
const FRESH: &str = "SELECT p.id, m.id AS mail_id, p.thread_id, t.subject AS thread_subject, p.message_id, \
    p.author_name, p.author_address, p.archived_at, p.topic, p.members_only \
    FROM post p JOIN mail m ON m.post_id = p.id AND m.name = 'post' JOIN post t ON t.id = p.thread_id \
    WHERE p.community_id = $1 AND p.id > $2 AND p.id <= $3 AND p.erased_at IS NULL \
    ORDER BY p.id, m.id LIMIT $4";
const MUTED: &str = "SELECT member_id, thread_id FROM thread_choice \
    WHERE community_id = $1 AND member_id > $2 AND member_id <= $3 AND choice = 'mute'";
const GOT: &str = "SELECT o.member_id, m.post_id FROM outbox o JOIN mail m ON m.id = o.mail_id \
    WHERE o.member_id IN (SELECT b.id FROM member b WHERE b.community_id = $1 AND b.id > $2 AND b.id <= $3 \
    AND b.state = 'active' AND (b.delivery IN ('digest', 'headlines') \
    OR EXISTS (SELECT 1 FROM digest_due d WHERE d.member_id = b.id))) \
    AND o.mail_id >= $4 AND m.name = 'post' AND m.post_id IS NOT NULL";
const OWN_ADDRESSES: &str = "SELECT m.id, a.address FROM member m JOIN address a ON a.person_id = m.person_id \
    WHERE m.community_id = $1 AND m.id > $2 AND m.id <= $3 AND m.own = 0";
const MARK: &str = "UPDATE member SET digested_to = $4 WHERE community_id = $1 AND id > $2 AND id <= $3 \
    AND state = 'active' AND delivery IN ('digest', 'headlines') AND digested_to < $4";
const PAID: &str = "DELETE FROM digest_due WHERE community_id = $1 AND member_id > $2 AND member_id <= $3 \
    AND to_post <= $4 AND EXISTS (SELECT 1 FROM member m WHERE m.id = member_id AND m.state = 'active')";
const BROUGHT: &str = "SELECT i.number, i.post_id, p.message_id, p.author_name, p.author_address, p.thread_id, \
    t.subject AS thread_subject, t.message_id AS thread_message_id, substr(p.text, 1, 20000) AS text \
    FROM digest_item i JOIN post p ON p.id = i.post_id JOIN post t ON t.id = p.thread_id \
    WHERE i.mail_id = $1 ORDER BY i.number, i.post_id LIMIT 2000";

/// The last post there is, of whichever community.
pub async fn last_post(tx: &mut Tx) -> Result<i64> {
    on!(tx, c => sqlx::query_scalar(LAST_POST).fetch_one(c).await)
}

/// The last post that a digest may bring: those whose audience is not expanded
/// yet are left for the next, because it cannot be said yet who gets them alone.
pub async fn last_expanded(tx: &mut Tx, community: i64) -> Result<i64> {
    let first: Option<i64> =
        on!(&mut *tx, c => sqlx::query_scalar(FIRST_EXPANDING).bind(community).fetch_one(c).await)?;
    match first {
        Some(first) => Ok(first - 1),
        None => last_post(tx).await,
    }
}

/// Notes that the member's digests bring what comes behind that post.
pub async fn set_mark(tx: &mut Tx, member: i64, post: i64) -> Result<()> {
    on!(tx, c => sqlx::query(SET_MARK).bind(member).bind(post).execute(c).await.map(drop))
}

/// Notes that the member's next digest also brings the posts behind `after`, up to `to`.
pub async fn owe(tx: &mut Tx, member: &Member, after: i64, to: i64) -> Result<()> {
    on!(tx, c => sqlx::query(OWE)
        .bind(member.community_id).bind(member.id).bind(after).bind(to).execute(c).await.map(drop))
}

/// Nothing is owed to the member any more.
pub async fn forget(tx: &mut Tx, member: i64) -> Result<()> {
    on!(tx, c => sqlx::query(FORGET).bind(member).execute(c).await.map(drop))
}

/// The first members behind `after` to whom posts up to `to` may be due.
pub async fn due(
    tx: &mut Tx,
    community: i64,
    after: i64,
    to: i64,
    limit: i64,
) -> Result<Vec<Member>> {
    on!(tx, c => sqlx::query_as(DUE)
        .bind(community).bind(after).bind(to).bind(limit).fetch_all(c).await)
}

/// What is owed to these members besides what came since their last digest, as
/// (member, after, to).
pub async fn owed(tx: &mut Tx, range: Range) -> Result<Vec<(i64, i64, i64)>> {
    on!(tx, c => sqlx::query_as(OWED)
        .bind(range.community_id).bind(range.after).bind(range.to).fetch_all(c).await)
}

/// The posts behind `after`, up to `to`, that went out to the list, in order. What
/// was imported did not.
pub async fn fresh(tx: &mut Tx, community: i64, after: i64, to: i64) -> Result<Vec<Fresh>> {
    let mut posts: Vec<Fresh> = on!(tx, c => sqlx::query_as(FRESH)
        .bind(community).bind(after).bind(to).bind(MOST_POSTS).fetch_all(c).await)?;
    posts.dedup_by_key(|post| post.id);
    Ok(posts)
}

/// Whether `posts` are all that [`fresh`] would ever give.
pub fn is_complete(posts: &[Fresh]) -> bool {
    (posts.len() as i64) < MOST_POSTS
}

/// (member, thread) of the threads that these members muted.
pub async fn muted(tx: &mut Tx, range: Range) -> Result<Vec<(i64, i64)>> {
    on!(tx, c => sqlx::query_as(MUTED)
        .bind(range.community_id).bind(range.after).bind(range.to).fetch_all(c).await)
}

/// (member, post) of the posts that came to these members one by one, in mails
/// from `first_mail` on.
pub async fn got(tx: &mut Tx, range: Range, first_mail: i64) -> Result<Vec<(i64, i64)>> {
    on!(tx, c => sqlx::query_as(GOT)
        .bind(range.community_id).bind(range.after).bind(range.to).bind(first_mail).fetch_all(c).await)
}

/// (member, address) of those who do not want their own posts back.
pub async fn own_addresses(tx: &mut Tx, range: Range) -> Result<Vec<(i64, String)>> {
    on!(tx, c => sqlx::query_as(OWN_ADDRESSES)
        .bind(range.community_id).bind(range.after).bind(range.to).fetch_all(c).await)
}

/// Notes that these members need no post up to `to` any more.
pub async fn mark(tx: &mut Tx, range: Range, to: i64) -> Result<()> {
    on!(tx, c => {
        for sql in [MARK, PAID] {
            sqlx::query(sql).bind(range.community_id).bind(range.after).bind(range.to).bind(to)
                .execute(&mut *c).await?;
        }
        Ok(())
    })
}

/// The beginnings of these posts' texts, by key.
pub async fn texts(tx: &mut Tx, posts: &[i64]) -> Result<Vec<(i64, String)>> {
    let mut found = Vec::new();
    for some in posts.chunks(ROWS) {
        let sql = format!(
            "SELECT id, substr(text, 1, 20000) FROM post WHERE id IN ({})",
            placeholders(1, some.len())
        );
        let rows: Vec<(i64, String)> = on!(&mut *tx, c => {
            let mut query = sqlx::query_as(sqlx::AssertSqlSafe(sql));
            for post in some {
                query = query.bind(*post);
            }
            query.fetch_all(c).await
        })?;
        found.extend(rows);
    }
    Ok(found)
}

/// The sizes of these mails' contents, in octets, by key.
pub async fn sizes(tx: &mut Tx, mails: &[i64]) -> Result<Vec<(i64, i64)>> {
    let mut found = Vec::new();
    for some in mails.chunks(ROWS) {
        let sql = format!(
            "SELECT id, CAST(length(content) AS BIGINT) FROM mail WHERE id IN ({})",
            placeholders(1, some.len())
        );
        let rows: Vec<(i64, i64)> = on!(&mut *tx, c => {
            let mut query = sqlx::query_as(sqlx::AssertSqlSafe(sql));
            for mail in some {
                query = query.bind(*mail);
            }
            query.fetch_all(c).await
        })?;
        found.extend(rows);
    }
    Ok(found)
}

/// Keeps what a digest brought, as (number, post).
pub async fn insert_items(tx: &mut Tx, mail: i64, items: &[(i64, i64)]) -> Result<()> {
    for some in items.chunks(ROWS) {
        let sql = format!(
            "INSERT INTO digest_item (mail_id, number, post_id) VALUES {} ON CONFLICT DO NOTHING",
            values(some.len(), &["BIGINT", "BIGINT", "BIGINT"])
        );
        on!(&mut *tx, c => {
            let mut query = sqlx::query(sqlx::AssertSqlSafe(sql));
            for (number, post) in some {
                query = query.bind(mail).bind(*number).bind(*post);
            }
            query.execute(c).await.map(drop)
        })?;
    }
    Ok(())
}

/// Makes the rows of a digest's recipients, as (member, address).
pub async fn insert_recipients(
    tx: &mut Tx,
    (community, mail): (i64, i64),
    to: &[(i64, &str)],
    now: Millis,
) -> Result<()> {
    let types = [
        "BIGINT", "BIGINT", "BIGINT", "TEXT", "TEXT", "BIGINT", "BIGINT",
    ];
    for some in to.chunks(ROWS) {
        let sql = format!(
            "INSERT INTO outbox (community_id, mail_id, member_id, recipient, state, created_at, next_at) \
             VALUES {} ON CONFLICT DO NOTHING",
            values(some.len(), &types)
        );
        on!(&mut *tx, c => {
            let mut query = sqlx::query(sqlx::AssertSqlSafe(sql));
            for (member, address) in some {
                query = query.bind(community).bind(mail).bind(*member).bind(*address)
                    .bind("waiting").bind(now).bind(now);
            }
            query.execute(c).await.map(drop)
        })?;
    }
    Ok(())
}

/// What a digest brought, by number, two thousand posts at most.
pub async fn brought(tx: &mut Tx, mail: i64) -> Result<Vec<Brought>> {
    on!(tx, c => sqlx::query_as(BROUGHT).bind(mail).fetch_all(c).await)
}
