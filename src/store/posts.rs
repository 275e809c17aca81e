//! The archive's posts and what they refer to.

use sqlx::FromRow;

use super::{Millis, Result, Tx, choices, guests, on};

/// One row of `post`, without its text.
#[derive(Clone, Debug, FromRow)]
pub struct Post {
    /// Key; a root's key is its thread's.
    pub id: i64,
    /// Which community.
    pub community_id: i64,
    /// The message as it came.
    pub raw_id: i64,
    /// Message-ID without angle brackets.
    pub message_id: String,
    /// Its name in paths, made from the Message-ID.
    pub permalink: String,
    /// The thread's key.
    pub thread_id: i64,
    /// The nearest ancestor that the archive holds.
    pub parent_id: Option<i64>,
    /// Decoded subject.
    pub subject: String,
    /// The author's display name.
    pub author_name: String,
    /// The author's address.
    pub author_address: String,
    /// The message's own date, or when it came where that is nonsense.
    pub sent_at: Millis,
    /// When it was archived.
    pub archived_at: Millis,
    /// Its topic's name in the charter; or empty.
    pub topic: String,
    /// Whether it stays among members (1) or follows the archive's policy (0).
    pub members_only: i64,
}

/// What a new post is made of.
pub struct NewPost<'a> {
    /// Which community.
    pub community_id: i64,
    /// The message as it came.
    pub raw_id: i64,
    /// Message-ID without angle brackets.
    pub message_id: &'a str,
    /// Its name in paths, made from the Message-ID.
    pub permalink: &'a str,
    /// SHA-256 of the body, to recognise a message that came twice.
    pub body_digest: &'a [u8],
    /// Decoded subject.
    pub subject: &'a str,
    /// The author's display name.
    pub author_name: &'a str,
    /// The author's address.
    pub author_address: &'a str,
    /// When it was written.
    pub sent_at: Millis,
    /// Now.
    pub archived_at: Millis,
    /// The whole text.
    pub text: &'a str,
    /// What it refers to, nearest last.
    pub references: Vec<String>,
}

const LAST_OF_COMMUNITY: &str = "SELECT max(archived_at) FROM post WHERE community_id = $1";
const COLUMNS: &str = "id, community_id, raw_id, message_id, permalink, thread_id, parent_id, subject, author_name, \
    author_address, sent_at, archived_at, topic, members_only";
const INSERT: &str = "INSERT INTO post (community_id, raw_id, message_id, permalink, body_digest, thread_id, subject, \
    author_name, author_address, sent_at, archived_at, text, thread_index, base_subject) \
    VALUES ($1, $2, $3, $4, $5, 0, $6, $7, $8, $9, $10, $11, $12, $13) RETURNING id";
const REFERENCE: &str = "INSERT INTO post_reference (community_id, post_id, position, message_id) \
    VALUES ($1, $2, $3, $4)";
// By the Message-ID, which few posts share: an author may have written thousands, and
// SQLite would look at each of them (an expression keeps it from that index).
const TWIN: &str = "SELECT id FROM post WHERE community_id = $1 AND message_id = $2 AND author_address || '' = $3 \
    AND body_digest = $4 LIMIT 1";
const BODY_DIGEST: &str = "SELECT body_digest FROM post WHERE id = $1";
const REFERENCES: &str =
    "SELECT message_id FROM post_reference WHERE post_id = $1 ORDER BY position";
const FORGET_REFERENCES: &str = "DELETE FROM post_reference WHERE post_id = $1";
const SET_CONTENT: &str = "UPDATE post SET subject = $2, text = $3 WHERE id = $1";
const SET_PLACE: &str = "UPDATE post SET thread_id = $2, parent_id = $3 WHERE id = $1";
// A thread that a facilitator split off stays one.
const MOVE_THREADS: &str = "UPDATE post SET thread_id = $4 WHERE community_id = $1 AND thread_id IN ( \
    SELECT p.thread_id FROM post_reference r JOIN post p ON p.id = r.post_id \
    WHERE r.community_id = $1 AND r.message_id = $2 AND r.post_id <> $3 AND p.thread_id NOT IN (0, $4) \
    AND NOT EXISTS (SELECT 1 FROM thread_decision d JOIN post q ON q.community_id = d.community_id \
    AND q.message_id = d.message_id WHERE d.community_id = $1 AND d.parent = '' AND q.id = p.thread_id))";
const MERGED: &str = "SELECT DISTINCT p.thread_id FROM post_reference r JOIN post p ON p.id = r.post_id \
    WHERE r.community_id = $1 AND r.message_id = $2 AND r.post_id <> $3 AND p.thread_id NOT IN (0, $4) \
    AND NOT EXISTS (SELECT 1 FROM thread_decision d JOIN post q ON q.community_id = d.community_id \
    AND q.message_id = d.message_id WHERE d.community_id = $1 AND d.parent = '' AND q.id = p.thread_id)";
const SET_TOPIC: &str = "UPDATE post SET topic = $2 WHERE id = $1";
const TOPIC_ABOVE: &str = "SELECT a.topic FROM post p JOIN post a ON a.id IN (p.parent_id, p.thread_id) \
    WHERE p.id = $1 AND a.id <> p.id AND a.topic <> '' ORDER BY a.id DESC LIMIT 1";
const IS_MEMBERS_ONLY: &str = "SELECT EXISTS (SELECT 1 FROM post WHERE community_id = $1 AND thread_id = $2 \
    AND members_only = 1)";
const KEEP: &str = "UPDATE post SET members_only = 1 WHERE community_id = $1 AND thread_id = $2 \
    AND members_only = 0";
const LAST_OF_THREAD: &str =
    "SELECT max(archived_at) FROM post WHERE community_id = $1 AND thread_id = $2";
const IS_SECOND: &str = "SELECT EXISTS (SELECT 1 FROM post \
    WHERE community_id = $1 AND message_id = $2 AND id <> $3)";
const SIBLING_THREAD: &str = "SELECT p.thread_id FROM post_reference r JOIN post p ON p.id = r.post_id \
    WHERE r.community_id = $1 AND r.message_id = $2 AND r.post_id <> $3 AND p.thread_id <> 0 \
    ORDER BY r.post_id LIMIT 1";
// Those that have no parent yet, or one that they refer to from further away; what a
// facilitator decided stays.
const WAITING_FOR: &str = "SELECT r.post_id FROM post_reference r JOIN post p ON p.id = r.post_id \
    WHERE r.community_id = $1 AND r.message_id = $2 AND r.post_id <> $3 AND NOT EXISTS (SELECT 1 \
    FROM post above JOIN post_reference n ON n.post_id = r.post_id AND n.message_id = above.message_id \
    WHERE above.id = p.parent_id AND n.position >= r.position) \
    AND NOT EXISTS (SELECT 1 FROM thread_decision d WHERE d.community_id = $1 AND d.message_id = p.message_id) \
    ORDER BY r.post_id LIMIT 10000";
const ANCESTORS: &str = "WITH RECURSIVE up (id, parent_id, steps) AS ( \
    SELECT id, parent_id, CAST(0 AS BIGINT) FROM post WHERE id = $1 UNION ALL \
    SELECT p.id, p.parent_id, up.steps + 1 FROM up JOIN post p ON p.id = up.parent_id WHERE up.steps < $2) \
    SELECT id FROM up";
// Whoever is a member has all their addresses counted. What was imported was not
// posted here.
const OF_AUTHOR: &str = "SELECT count(*) FROM post p JOIN message m ON m.id = p.raw_id \
    WHERE p.community_id = $1 AND p.archived_at > $3 AND m.via <> 'import' AND p.author_address IN ( \
    SELECT $2 UNION ALL SELECT other.address FROM address own JOIN address other \
    ON other.person_id = own.person_id WHERE own.address = $2)";
const COUNTS: &str = "SELECT count(*), count(DISTINCT thread_id), min(sent_at), max(sent_at) FROM post \
    WHERE community_id = $1";

/// Writes a post outside any thread yet, with its Thread-Index and base subject; gives its
/// key.
pub async fn insert(
    tx: &mut Tx,
    p: &NewPost<'_>,
    (thread_index, base_subject): (&str, &str),
) -> Result<i64> {
    // PostgreSQL keeps no NUL in a text.
    let clean = |text: &str| text.replace('\0', "");
    on!(tx, c => {
        let id: i64 = sqlx::query_scalar(INSERT)
            .bind(p.community_id).bind(p.raw_id).bind(p.message_id).bind(p.permalink).bind(p.body_digest).bind(clean(p.subject))
            .bind(clean(p.author_name)).bind(clean(p.author_address)).bind(p.sent_at).bind(p.archived_at).bind(clean(p.text))
            .bind(thread_index).bind(clean(base_subject))
            .fetch_one(&mut *c).await?;
        for (position, reference) in p.references.iter().enumerate() {
            sqlx::query(REFERENCE).bind(p.community_id).bind(id).bind(position as i64).bind(reference)
                .execute(&mut *c).await?;
        }
        Ok(id)
    })
}

/// A post that is this one again: same community, Message-ID, author and body.
pub async fn twin(
    tx: &mut Tx,
    community: i64,
    message_id: &str,
    author: &str,
    digest: &[u8],
) -> Result<Option<i64>> {
    on!(tx, c => sqlx::query_scalar(TWIN)
        .bind(community).bind(message_id).bind(author).bind(digest).fetch_optional(c).await)
}

/// The digest of a post's body when it was filed.
pub async fn body_digest(tx: &mut Tx, id: i64) -> Result<Vec<u8>> {
    on!(tx, c => sqlx::query_scalar(BODY_DIGEST).bind(id).fetch_one(c).await)
}

/// What a post refers to, nearest last.
pub async fn references(tx: &mut Tx, id: i64) -> Result<Vec<String>> {
    on!(tx, c => sqlx::query_scalar(REFERENCES).bind(id).fetch_all(c).await)
}

/// What a post's message says, read again: subject and text, and what it refers to.
pub async fn set_content(
    tx: &mut Tx,
    post: &Post,
    (subject, text): (&str, &str),
    references: &[&str],
) -> Result<()> {
    // PostgreSQL keeps no NUL in a text.
    let clean = |text: &str| text.replace('\0', "");
    on!(tx, c => {
        sqlx::query(SET_CONTENT).bind(post.id).bind(clean(subject)).bind(clean(text)).execute(&mut *c).await?;
        sqlx::query(FORGET_REFERENCES).bind(post.id).execute(&mut *c).await?;
        for (position, reference) in references.iter().enumerate() {
            sqlx::query(REFERENCE).bind(post.community_id).bind(post.id).bind(position as i64).bind(*reference)
                .execute(&mut *c).await?;
        }
        Ok(())
    })
}

/// Puts a post into its thread, below its parent.
pub async fn set_place(tx: &mut Tx, id: i64, thread: i64, parent: Option<i64>) -> Result<()> {
    on!(tx, c => sqlx::query(SET_PLACE).bind(id).bind(thread).bind(parent).execute(c).await.map(drop))
}

/// Whether the archive holds another post with this Message-ID.
pub async fn is_second(tx: &mut Tx, community: i64, message_id: &str, id: i64) -> Result<bool> {
    on!(tx, c => sqlx::query_scalar(IS_SECOND).bind(community).bind(message_id).bind(id).fetch_one(c).await)
}

/// The thread of the first post, other than `id`, that refers to that Message-ID.
pub async fn sibling_thread(
    tx: &mut Tx,
    community: i64,
    message_id: &str,
    id: i64,
) -> Result<Option<i64>> {
    on!(tx, c => sqlx::query_scalar(SIBLING_THREAD)
        .bind(community).bind(message_id).bind(id).fetch_optional(c).await)
}

/// Moves the threads of all posts, other than `id`, that refer to that Message-ID
/// into `thread`, with what members chose for them and their guests.
pub async fn merge_threads(
    tx: &mut Tx,
    community: i64,
    message_id: &str,
    id: i64,
    thread: i64,
) -> Result<()> {
    let merged: Vec<i64> = on!(tx, c => sqlx::query_scalar(MERGED)
        .bind(community).bind(message_id).bind(id).bind(thread).fetch_all(c).await)?;
    if merged.is_empty() {
        return Ok(());
    }
    on!(tx, c => sqlx::query(MOVE_THREADS)
        .bind(community).bind(message_id).bind(id).bind(thread).execute(c).await.map(drop))?;
    for from in merged {
        choices::follow_thread(tx, community, from, thread).await?;
        guests::follow_thread(tx, community, from, thread).await?;
    }
    Ok(())
}

/// Says which topic a post is on.
pub async fn set_topic(tx: &mut Tx, id: i64, topic: &str) -> Result<()> {
    on!(tx, c => sqlx::query(SET_TOPIC).bind(id).bind(topic).execute(c).await.map(drop))
}

/// The topic of the post that this one answers, else of its thread's first.
pub async fn topic_above(tx: &mut Tx, id: i64) -> Result<Option<String>> {
    on!(tx, c => sqlx::query_scalar(TOPIC_ABOVE).bind(id).fetch_optional(c).await)
}

/// Whether any post of that thread stays among members.
pub async fn is_members_only(tx: &mut Tx, community: i64, thread: i64) -> Result<bool> {
    on!(tx, c => sqlx::query_scalar(IS_MEMBERS_ONLY).bind(community).bind(thread).fetch_one(c).await)
}

/// From now on the whole thread stays among members.
pub async fn keep_among_members(tx: &mut Tx, community: i64, thread: i64) -> Result<()> {
    on!(tx, c => sqlx::query(KEEP).bind(community).bind(thread).execute(c).await.map(drop))
}

/// When the last post of a community was archived.
pub async fn last_of_community(tx: &mut Tx, community: i64) -> Result<Option<Millis>> {
    on!(tx, c => sqlx::query_scalar(LAST_OF_COMMUNITY).bind(community).fetch_one(c).await)
}

/// When the last post of that thread was archived.
pub async fn last_of_thread(tx: &mut Tx, community: i64, thread: i64) -> Result<Option<Millis>> {
    on!(tx, c => sqlx::query_scalar(LAST_OF_THREAD).bind(community).bind(thread).fetch_one(c).await)
}

/// The posts, other than `id`, to which that Message-ID is a nearer ancestor than
/// their present parent; ten thousand at most.
pub async fn waiting_for(
    tx: &mut Tx,
    community: i64,
    message_id: &str,
    id: i64,
) -> Result<Vec<i64>> {
    on!(tx, c => sqlx::query_scalar(WAITING_FOR)
        .bind(community).bind(message_id).bind(id).fetch_all(c).await)
}

/// A post and those above it, nearest first, up to `most` of them.
pub async fn ancestors(tx: &mut Tx, id: i64, most: i64) -> Result<Vec<i64>> {
    on!(tx, c => sqlx::query_scalar(ANCESTORS).bind(id).bind(most).fetch_all(c).await)
}

/// The first post with that Message-ID.
pub async fn by_message_id(tx: &mut Tx, community: i64, message_id: &str) -> Result<Option<Post>> {
    let sql = format!(
        "SELECT {COLUMNS} FROM post WHERE community_id = $1 AND message_id = $2 ORDER BY id LIMIT 1"
    );
    on!(tx, c => sqlx::query_as(sqlx::AssertSqlSafe(sql)).bind(community).bind(message_id).fetch_optional(c).await)
}

/// The first post with that permalink.
pub async fn by_permalink(tx: &mut Tx, community: i64, permalink: &str) -> Result<Option<Post>> {
    let sql = format!(
        "SELECT {COLUMNS} FROM post WHERE community_id = $1 AND permalink = $2 ORDER BY id LIMIT 1"
    );
    on!(tx, c => sqlx::query_as(sqlx::AssertSqlSafe(sql)).bind(community).bind(permalink).fetch_optional(c).await)
}

/// The post that somebody names: by its Message-ID, with or without angle brackets, or by
/// the link to its page.
pub async fn named(tx: &mut Tx, community: i64, name: &str) -> Result<Option<Post>> {
    let name = name.trim().trim_start_matches('<').trim_end_matches('>');
    if let Some(post) = by_message_id(tx, community, name).await? {
        return Ok(Some(post));
    }
    let permalink = name.split(['?', '#']).next().unwrap_or_default();
    let permalink = permalink
        .trim_end_matches('/')
        .rsplit('/')
        .next()
        .unwrap_or_default();
    by_permalink(tx, community, permalink).await
}

/// The post of that key.
pub async fn by_id(tx: &mut Tx, id: i64) -> Result<Option<Post>> {
    let sql = format!("SELECT {COLUMNS} FROM post WHERE id = $1");
    on!(tx, c => sqlx::query_as(sqlx::AssertSqlSafe(sql)).bind(id).fetch_optional(c).await)
}

/// A page of posts by key, from behind `after`.
pub async fn page(tx: &mut Tx, community: i64, after: i64, limit: i64) -> Result<Vec<Post>> {
    let sql = format!(
        "SELECT {COLUMNS} FROM post WHERE community_id = $1 AND id > $2 ORDER BY id LIMIT $3"
    );
    on!(tx, c => sqlx::query_as(sqlx::AssertSqlSafe(sql)).bind(community).bind(after).bind(limit).fetch_all(c).await)
}

/// A month of a community's archive, by its first moment and the first no more (ms).
#[derive(Clone, Copy, Debug)]
pub struct Month {
    /// Which community.
    pub community_id: i64,
    /// Written at or after.
    pub from: Millis,
    /// Written before.
    pub to: Millis,
    /// Whether posts that stay among members belong to it.
    pub of_members: bool,
}

/// The first post of a month behind that moment and key.
pub async fn next_of_month(
    tx: &mut Tx,
    month: Month,
    (at, id): (Millis, i64),
) -> Result<Option<Post>> {
    let sql = format!(
        "SELECT {COLUMNS} FROM post WHERE community_id = $1 AND sent_at >= $2 AND sent_at < $3 \
         AND members_only <= $4 AND (sent_at > $5 OR (sent_at = $5 AND id > $6)) \
         ORDER BY sent_at, id LIMIT 1"
    );
    // What was given already is not leafed through again.
    let from = month.from.max(at);
    on!(tx, c => sqlx::query_as(sqlx::AssertSqlSafe(sql))
        .bind(month.community_id).bind(from).bind(month.to).bind(i64::from(month.of_members))
        .bind(at).bind(id).fetch_optional(c).await)
}

/// How many posts somebody wrote to a list after `since`, from any of the person's
/// addresses; imported ones left out.
pub async fn of_author(tx: &mut Tx, community: i64, address: &str, since: Millis) -> Result<i64> {
    on!(tx, c => sqlx::query_scalar(OF_AUTHOR)
        .bind(community).bind(address).bind(since).fetch_one(c).await)
}

/// (posts, threads, first date, last date).
pub async fn counts(
    tx: &mut Tx,
    community: i64,
) -> Result<(i64, i64, Option<Millis>, Option<Millis>)> {
    on!(tx, c => sqlx::query_as(COUNTS).bind(community).fetch_one(c).await)
}

/// Posts of a stretch of time, latest first.
pub async fn between(tx: &mut Tx, bounds: super::search::Bounds) -> Result<Vec<Post>> {
    let sql = format!(
        "SELECT {COLUMNS} FROM post WHERE community_id = $1 AND sent_at >= $2 AND sent_at < $3 \
         AND members_only <= $5 ORDER BY sent_at DESC, id DESC LIMIT $4"
    );
    on!(tx, c => sqlx::query_as(sqlx::AssertSqlSafe(sql))
        .bind(bounds.community_id).bind(bounds.from).bind(bounds.to).bind(bounds.limit)
        .bind(i64::from(bounds.of_members)).fetch_all(c).await)
}
