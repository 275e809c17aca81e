//! The archive as readers leaf through it: threads, months, and the posts of a
//! thread with their texts.

use sqlx::FromRow;

use super::posts::Post;
use super::{Millis, Result, Tx, on, placeholders};

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
    pub during: Option<(Millis, Millis)>,
    /// At most so many.
    pub limit: i64,
    /// Without so many of the latest.
    pub offset: i64,
}

const DURING: &str = "AND thread_id IN (SELECT thread_id FROM post \
    WHERE community_id = $1 AND sent_at >= $4 AND sent_at < $5)";
const PLACES: &str = "SELECT id, parent_id, sent_at, permalink FROM post \
    WHERE community_id = $1 AND thread_id = $2 ORDER BY sent_at, id LIMIT 20000";
const WHOLE: &str = "SELECT p.id, p.community_id, p.raw_id, p.message_id, p.permalink, p.thread_id, p.parent_id, \
    p.subject, p.author_name, p.author_address, p.sent_at, p.archived_at, substr(p.text, 1, 300000) AS text, m.size \
    FROM post p JOIN message m ON m.id = p.raw_id";
// Dates beyond the year 9999 have no month that people could ask for.
const MONTHS_SQLITE: &str = "SELECT strftime('%Y-%m', sent_at / 1000, 'unixepoch') AS month, count(*) FROM post \
    WHERE community_id = $1 AND sent_at < 253402300800000 GROUP BY month ORDER BY month DESC LIMIT 1200";
const MONTHS_POSTGRES: &str = "SELECT to_char(to_timestamp(sent_at / 1000) AT TIME ZONE 'UTC', 'YYYY-MM') AS month, \
    count(*) FROM post WHERE community_id = $1 AND sent_at < 253402300800000 \
    GROUP BY month ORDER BY month DESC LIMIT 1200";

/// Threads by their last post, latest first.
pub async fn list(tx: &mut Tx, shelf: Shelf) -> Result<Vec<Thread>> {
    let during = if shelf.during.is_some() { DURING } else { "" };
    let sql = format!(
        "WITH t AS (SELECT thread_id, count(*) AS posts, max(sent_at) AS last_at FROM post \
         WHERE community_id = $1 {during} GROUP BY thread_id ORDER BY last_at DESC, thread_id DESC LIMIT $2 OFFSET $3) \
         SELECT t.posts, t.last_at, p.permalink, p.subject, p.author_name, p.author_address \
         FROM t JOIN post p ON p.id = t.thread_id ORDER BY t.last_at DESC, t.thread_id DESC"
    );
    on!(tx, c => {
        let query = sqlx::query_as(sqlx::AssertSqlSafe(sql));
        let query = query.bind(shelf.community_id).bind(shelf.limit).bind(shelf.offset);
        match shelf.during {
            Some((from, to)) => query.bind(from).bind(to).fetch_all(c).await,
            None => query.fetch_all(c).await,
        }
    })
}

/// Months (UTC) as `YYYY-MM` with how many posts they have, latest first.
pub async fn months(tx: &mut Tx, community: i64) -> Result<Vec<(String, i64)>> {
    let sql = if tx.is_postgres() { MONTHS_POSTGRES } else { MONTHS_SQLITE };
    on!(tx, c => sqlx::query_as(sql).bind(community).fetch_all(c).await)
}

/// The places of a thread's posts by date, twenty thousand at most.
pub async fn places(tx: &mut Tx, community: i64, thread: i64) -> Result<Vec<Place>> {
    on!(tx, c => sqlx::query_as(PLACES).bind(community).bind(thread).fetch_all(c).await)
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
