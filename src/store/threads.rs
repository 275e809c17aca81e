//! The archive as everybody may leaf through it: threads, months, and the posts of
//! a thread with their texts. Posts that stay among members are in lists for members only.

use sqlx::FromRow;

use super::posts::Post;
use super::{Millis, Result, Tx, on, placeholders, values};

/// A thread in a list of threads.
#[derive(Clone, Debug, FromRow)]
pub struct Thread {
    /// How many posts it has.
    pub posts: i64,
    /// When the last was written.
    pub last_at: Millis,
    /// The name in paths of the post that it is named after.
    pub permalink: String,
    /// That post's subject.
    pub subject: String,
    /// Its author's display name.
    pub author_name: String,
    /// Its author's address.
    pub author_address: String,
}

/// Where a post stands in its thread.
#[derive(Clone, Debug, FromRow)]
pub struct Place {
    /// Its key.
    pub id: i64,
    /// The nearest ancestor that the archive holds.
    pub parent_id: Option<i64>,
    /// When it was written.
    pub sent_at: Millis,
    /// Its name in paths.
    pub permalink: String,
}

/// What a post answers, where the archive holds no such mail.
#[derive(Clone, Debug, FromRow)]
pub struct Absent {
    /// The post's key.
    pub post_id: i64,
    /// The Message-ID of what it answers.
    pub message_id: String,
}

/// A post with the beginning of its text.
#[derive(Clone, Debug, FromRow)]
pub struct Whole {
    /// The post.
    #[sqlx(flatten)]
    pub post: Post,
    /// The first 300,000 characters of its text: more than a page shows.
    pub text: String,
    /// The message as it came, in octets.
    pub size: i64,
}

/// Which threads of a list are wanted.
#[derive(Clone, Copy, Debug)]
pub struct Shelf {
    /// Which community.
    pub community_id: i64,
    /// Only threads with a post of this stretch of time (ms): first, and first no more.
    pub during: (Millis, Millis),
    /// At most so many.
    pub limit: i64,
    /// Without so many of the latest.
    pub offset: i64,
    /// Whether threads that stay among members are listed too.
    pub of_members: bool,
}

/// The most posts that are looked at for one list; whoever wants to see further
/// back asks for a month.
const FURTHEST: i64 = 1_000_000;
// `+ 0` keeps SQLite from looking for a thread's last post along all dates.
const LIST: &str = "WITH recent AS (SELECT thread_id, sent_at FROM post \
    WHERE community_id = $1 AND sent_at >= $2 AND sent_at < $3 AND members_only <= $7 ORDER BY sent_at DESC LIMIT $4), \
    t AS (SELECT thread_id, max(sent_at) AS at FROM recent GROUP BY thread_id \
    ORDER BY at DESC, thread_id DESC LIMIT $5 OFFSET $6) \
    SELECT (SELECT count(*) FROM post c WHERE c.community_id = $1 AND c.thread_id = t.thread_id) AS posts, \
    (SELECT max(c.sent_at + 0) FROM post c WHERE c.community_id = $1 AND c.thread_id = t.thread_id) AS last_at, \
    p.permalink, p.subject, p.author_name, p.author_address \
    FROM t JOIN post p ON p.id = t.thread_id ORDER BY t.at DESC, t.thread_id DESC";
const FIRST: &str = "SELECT min(sent_at) FROM post WHERE community_id = $1 AND members_only <= $2";
const PLACES: &str = "SELECT id, parent_id, sent_at, permalink FROM post \
    WHERE community_id = $1 AND thread_id = $2 ORDER BY sent_at, id LIMIT 20000";
const WHOLE: &str = "SELECT p.id, p.community_id, p.raw_id, p.message_id, p.permalink, p.thread_id, p.parent_id, \
    p.subject, p.author_name, p.author_address, p.sent_at, p.archived_at, p.topic, p.members_only, substr(p.text, 1, 300000) AS text, m.size \
    FROM post p JOIN message m ON m.id = p.raw_id";

/// Threads by their last post of that time, latest first. Only as many of the
/// latest posts are looked at as it takes: an archive may be long.
pub async fn list(tx: &mut Tx, shelf: Shelf) -> Result<Vec<Thread>> {
    let mut window = (shelf.offset + shelf.limit) * 10;
    loop {
        let found = among(tx, shelf, window).await?;
        if found.len() as i64 >= shelf.limit || window >= FURTHEST {
            return Ok(found);
        }
        window = (window * 10).min(FURTHEST);
    }
}

async fn among(tx: &mut Tx, shelf: Shelf, latest: i64) -> Result<Vec<Thread>> {
    on!(tx, c => sqlx::query_as(LIST)
        .bind(shelf.community_id).bind(shelf.during.0).bind(shelf.during.1).bind(latest)
        .bind(shelf.limit).bind(shelf.offset).bind(i64::from(shelf.of_members)).fetch_all(c).await)
}

/// When the first post was written.
pub async fn first(tx: &mut Tx, community: i64, of_members: bool) -> Result<Option<Millis>> {
    on!(tx, c => sqlx::query_scalar(FIRST).bind(community).bind(i64::from(of_members)).fetch_one(c).await)
}

/// How many posts were written in each of these stretches of time (first moment,
/// first no more), by the first moment.
pub async fn counts(
    tx: &mut Tx,
    community: i64,
    stretches: &[(Millis, Millis)],
    of_members: bool,
) -> Result<Vec<(Millis, i64)>> {
    if stretches.is_empty() {
        return Ok(Vec::new());
    }
    let sql = format!(
        "SELECT v.column1, (SELECT count(*) FROM post WHERE community_id = ${} \
         AND members_only <= ${} AND sent_at >= v.column1 AND sent_at < v.column2) FROM (VALUES {}) AS v",
        stretches.len() * 2 + 1,
        stretches.len() * 2 + 2,
        values(stretches.len(), &["BIGINT", "BIGINT"])
    );
    on!(tx, c => {
        let mut query = sqlx::query_as(sqlx::AssertSqlSafe(sql));
        for (from, to) in stretches {
            query = query.bind(*from).bind(*to);
        }
        query.bind(community).bind(i64::from(of_members)).fetch_all(c).await
    })
}

/// The places of a thread's posts by date, twenty thousand at most. A thread stays
/// among members as a whole: whoever may see one of its posts may see all.
pub async fn places(tx: &mut Tx, community: i64, thread: i64) -> Result<Vec<Place>> {
    on!(tx, c => sqlx::query_as(PLACES).bind(community).bind(thread).fetch_all(c).await)
}

// Of a post that a facilitator moved nobody looks for what it answered.
const ABSENT: &str = "SELECT r.post_id, r.message_id FROM post p JOIN post_reference r ON r.post_id = p.id \
    WHERE p.community_id = $1 AND p.thread_id = $2 \
    AND r.position = (SELECT max(n.position) FROM post_reference n WHERE n.post_id = p.id) \
    AND NOT EXISTS (SELECT 1 FROM post q WHERE q.community_id = $1 AND q.message_id = r.message_id) \
    AND NOT EXISTS (SELECT 1 FROM thread_decision d WHERE d.community_id = $1 AND d.message_id = p.message_id) \
    ORDER BY p.sent_at, p.id LIMIT 20000";

/// The posts of a thread of which the mail that they answer is not in the archive, by date.
pub async fn absent(tx: &mut Tx, community: i64, thread: i64) -> Result<Vec<Absent>> {
    on!(tx, c => sqlx::query_as(ABSENT).bind(community).bind(thread).fetch_all(c).await)
}

/// Those posts, in no order.
pub async fn whole(tx: &mut Tx, posts: &[i64]) -> Result<Vec<Whole>> {
    if posts.is_empty() {
        return Ok(Vec::new());
    }
    let sql = format!("{WHOLE} WHERE p.id IN ({})", placeholders(1, posts.len()));
    on!(tx, c => {
        let mut query = sqlx::query_as(sqlx::AssertSqlSafe(sql));
        for post in posts {
            query = query.bind(*post);
        }
        query.fetch_all(c).await
    })
}
