//! The search index: the one part where the databases speak differently.
//!
//! Both hold the same words at the same places, cut by [`crate::archive`] and by nobody
//! else, so that both find the same. What is asked comes written for both; a post's row in
//! the index has a key by which the newest can be taken without sorting all.

use sqlx::{AssertSqlSafe, FromRow};

use super::tsvector::TsVector;
use super::{Millis, Result, Tx, on, rows};

/// The keys of posts take so much of a key of the index.
const POSTS: i64 = 1 << 30;

/// Seconds that one stretch has, some 24 days.
const STRETCH: i64 = 1 << 21;

/// The key of a post in the index: by the second in which it was written, then by post.
/// Dates that no mail can have (before 1833, after 2242) count as the nearest that one can.
pub fn key(sent_at: Millis, post: i64) -> i64 {
    seconds(sent_at) * POSTS + post.rem_euclid(POSTS)
}

/// The post behind a key.
pub fn post_of(key: i64) -> i64 {
    key.rem_euclid(POSTS)
}

/// When the post of a key was written, to the second (ms).
pub fn sent_at(key: i64) -> Millis {
    key.div_euclid(POSTS) * 1_000
}

/// The first key of what is written then or later; nothing is later than the end of time.
fn end(at: Millis) -> i64 {
    match at {
        Millis::MAX => i64::MAX,
        at => key(at, 0),
    }
}

fn seconds(at: Millis) -> i64 {
    (at / 1_000).clamp(-(1 << 32), (1 << 33) - 1)
}

/// The word by which an archive's posts are known in the index.
pub fn scope(community: i64) -> String {
    format!("_c{community}")
}

/// The same for those of the stretch of time around `at`.
pub fn scope_at(community: i64, at: Millis) -> String {
    scope_of(community, seconds(at) / STRETCH)
}

fn scope_of(community: i64, stretch: i64) -> String {
    format!("_c{community}b{stretch}")
}

/// A post as the index has it: words that are folded and placed.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Document {
    /// The post.
    pub post: i64,
    /// See [`key`].
    pub key: i64,
    /// The subject's words.
    pub subject: String,
    /// The author's.
    pub author: String,
    /// The text's.
    pub text: String,
    /// Those of what is attached.
    pub attached: String,
    /// Words too far down to have a place.
    pub rest: String,
    /// See [`scope`]; and what it has.
    pub scope: String,
    /// All of these for PostgreSQL.
    pub vector: TsVector,
    /// For PostgreSQL: which words stand side by side, see [`neighbours`].
    pub neighbours: Vec<u8>,
}

/// Two words that stand side by side, hashed (FNV-1a of 64 bits over both with a space
/// between them). Rows keep what comes of it: another function needs another column.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Pair(u64);

impl Pair {
    /// Of these two.
    pub fn of(first: &str, second: &str) -> Pair {
        let octets = first.bytes().chain([b' ']).chain(second.bytes());
        Pair(octets.fold(0xcbf2_9ce4_8422_2325, |hash: u64, octet| {
            (hash ^ u64::from(octet)).wrapping_mul(0x0000_0100_0000_01b3)
        }))
    }

    /// The numbers of its bits, of which each filter takes the remainder by its size; below
    /// 2^34. Of two hashes any number can be made (Kirsch and Mitzenmacher, Less Hashing, Same
    /// Performance, 2006).
    pub fn bits(&self) -> [u64; 3] {
        let (first, step) = (self.0 & 0xffff_ffff, self.0 >> 32 | 1);
        [first, first + step, first + 2 * step]
    }
}

/// The words of a post that stand side by side: a Bloom filter with three bits for each pair
/// and eight of room, so that of the pairs that are not there 31 in 32 are seen to be missing.
pub fn neighbours(pairs: &mut Vec<Pair>) -> Vec<u8> {
    pairs.sort_unstable();
    pairs.dedup();
    let mut octets = vec![0; pairs.len().max(1)];
    let room = octets.len() as u64 * 8;
    for bit in pairs.iter().flat_map(Pair::bits) {
        let bit = bit % room;
        octets[(bit / 8) as usize] |= 1 << (bit % 8);
    }
    octets
}

const COLUMNS_SQLITE: &str = "rowid, subject, author, text, attached, rest, scope";
const COLUMNS_POSTGRES: &str = "post_id, key, document, neighbours";

/// Puts a post into the index.
pub async fn insert(tx: &mut Tx, document: &Document) -> Result<()> {
    insert_all(tx, std::slice::from_ref(document), 1).await
}

/// Puts many posts into the index, `usual` of them with one statement that is prepared for
/// good. Fewer go in one by one on PostgreSQL, because whatever has a tsvector must be prepared
/// so (see [`TsVector`]).
pub async fn insert_all(tx: &mut Tx, documents: &[Document], usual: usize) -> Result<()> {
    for part in documents.chunks(usual) {
        let at_once = match tx.is_postgres() && part.len() < usual {
            true => 1,
            false => part.len(),
        };
        for part in part.chunks(at_once) {
            insert_some(tx, part, part.len() == usual || tx.is_postgres()).await?;
        }
    }
    Ok(())
}

async fn insert_some(tx: &mut Tx, documents: &[Document], is_prepared: bool) -> Result<()> {
    let (columns, count) = match tx {
        Tx::Sqlite(_) => (COLUMNS_SQLITE, 7),
        Tx::Postgres(_) => (COLUMNS_POSTGRES, 4),
    };
    let rows = rows(tx, documents.len(), count);
    let sql = AssertSqlSafe(format!("INSERT INTO post_search ({columns}) VALUES {rows}"));
    match tx {
        Tx::Sqlite(tx) => {
            let mut query = sqlx::query(sql).persistent(is_prepared);
            for d in documents {
                query = query.bind(d.key).bind(&d.subject).bind(&d.author);
                query = query.bind(&d.text).bind(&d.attached).bind(&d.rest);
                query = query.bind(&d.scope);
            }
            query.execute(tx.connection()).await.map(drop)
        }
        Tx::Postgres(tx) => {
            let mut query = sqlx::query(sql).persistent(is_prepared);
            for d in documents {
                query = query.bind(d.post).bind(d.key);
                query = query.bind(&d.vector).bind(&d.neighbours);
            }
            query.execute(tx.connection()).await.map(drop)
        }
    }
}

const MANY_POSTGRES: &str = "SET LOCAL gin_pending_list_limit = '64MB'";

/// Announces that this transaction puts many posts into the index, which are not sorted into
/// it before [`sort_in`]: until then each search reads what waits.
pub async fn expect_many(tx: &mut Tx) -> Result<()> {
    match tx {
        Tx::Sqlite(_) => Ok(()),
        Tx::Postgres(tx) => {
            let query = sqlx::query(MANY_POSTGRES);
            query.execute(tx.connection()).await.map(drop)
        }
    }
}

const SORT_POSTGRES: &str =
    "SELECT gin_clean_pending_list(CAST('post_search_document' AS regclass))";

/// Sorts into the index what waits for it, while others may add to that.
pub async fn sort_in(tx: &mut Tx) -> Result<()> {
    match tx {
        Tx::Sqlite(_) => Ok(()),
        Tx::Postgres(tx) => {
            let query = sqlx::query(SORT_POSTGRES);
            query.execute(tx.connection()).await.map(drop)
        }
    }
}

const ANALYZE_POSTGRES: &str = "ANALYZE post_search";

/// Has PostgreSQL count how common words are, where many posts have come at once; by itself
/// it does so within minutes.
pub async fn count_words(tx: &mut Tx) -> Result<()> {
    match tx {
        Tx::Sqlite(_) => Ok(()),
        Tx::Postgres(tx) => {
            let query = sqlx::query(ANALYZE_POSTGRES);
            query.execute(tx.connection()).await.map(drop)
        }
    }
}

const SENT_AT: &str = "SELECT sent_at FROM post WHERE id = $1";
const REMOVE_SQLITE: &str = "DELETE FROM post_search WHERE rowid = $1";
const REMOVE_POSTGRES: &str = "DELETE FROM post_search WHERE key = $1 AND post_id = $2";

/// Takes a post out of the index.
pub async fn remove(tx: &mut Tx, post: i64) -> Result<()> {
    let sent_at: Option<Millis> =
        on!(tx, c => sqlx::query_scalar(SENT_AT).bind(post).fetch_optional(c).await)?;
    let Some(key) = sent_at.map(|at| key(at, post)) else {
        return Ok(());
    };
    match tx {
        Tx::Sqlite(tx) => {
            let query = sqlx::query(REMOVE_SQLITE).bind(key);
            query.execute(tx.connection()).await.map(drop)
        }
        Tx::Postgres(tx) => {
            let query = sqlx::query(REMOVE_POSTGRES).bind(key).bind(post);
            query.execute(tx.connection()).await.map(drop)
        }
    }
}

/// What the rows of a search must also satisfy.
#[derive(Clone, Copy, Debug)]
pub struct Bounds {
    /// Which community.
    pub community_id: i64,
    /// Written at or after (ms).
    pub from: Millis,
    /// Written before (ms).
    pub to: Millis,
    /// Whether posts that stay among members are found too.
    pub of_members: bool,
    /// Only posts of that thread.
    pub thread: Option<i64>,
    /// Only posts that a reviewed learning is made of.
    pub learning: bool,
    /// At most so many, the newest.
    pub limit: i64,
}

/// A post that matches, with its words in the form that its database keeps them in.
#[derive(Clone, Debug)]
pub struct Match {
    /// See [`key`].
    pub key: i64,
    /// Its words.
    pub words: Indexed,
}

/// The words of a post, with their places.
#[derive(Clone, Debug)]
pub enum Indexed {
    /// Subject, author, text and what is attached, each in order.
    Columns([String; 4]),
    /// A tsvector, which has all four.
    Vector(TsVector),
}

/// What [`Bounds`] say of a post beside its time. The lists are made once a search.
macro_rules! within {
    ($post:literal) => {
        concat!(
            "($5 = 1 OR ",
            $post,
            " NOT IN (SELECT id FROM post WHERE community_id = $4 AND members_only = 1)) \
             AND ($6 = 0 OR ",
            $post,
            " IN (SELECT id FROM post WHERE community_id = $4 AND thread_id = $6)) \
             AND ($7 = 0 OR ",
            $post,
            " IN (SELECT p.id FROM learning l \
             JOIN learning_source o ON o.learning_id = l.id \
             JOIN post p ON p.community_id = o.community_id AND p.message_id = o.message_id \
             WHERE l.community_id = $4 AND l.state = 'reviewed'))"
        )
    };
}

const NEWEST_SQLITE: &str = concat!(
    "SELECT s.rowid AS key, s.subject, s.author, s.text, s.attached FROM post_search s \
     WHERE post_search MATCH $1 AND s.rowid >= $2 AND s.rowid < $3 AND ",
    // `post_of(key)`
    within!("(s.rowid & 1073741823)"),
    " ORDER BY s.rowid DESC LIMIT $8"
);

/// For PostgreSQL, where `bits` are asked for where words must stand together. Its index knows
/// no places: it gives the posts that have the words, of these most are seen by their
/// neighbours to be others, and the rest is read.
///
/// The limit stands outside. Whoever plans with a limit may read the posts in the order of time
/// until enough of them match, and thinks that cheap, because nothing tells how long it takes
/// to get the words of a post from where they are kept: of words that stand in one of fifty
/// posts the index knows all in a tenth of that time. Of common words it knows too many; for
/// these the caller asks about the newest posts first (`archive::fetch`).
fn newest_postgres(bits: Option<usize>) -> String {
    let bit = |number: usize| {
        let at = format!("${} % (length(s.neighbours) * 8)", number + 10);
        format!("get_bit(s.neighbours, CAST({at} AS INTEGER)) = 1")
    };
    let together = bits.map(|bits| {
        let mut bits: Vec<String> = (0..bits).map(bit).collect();
        bits.push("true".into());
        format!(
            "AND CASE WHEN s.neighbours IS NULL OR ({}) \
             THEN ts_match_vq(s.document, CAST(CAST($9 AS text) AS tsquery)) ELSE false END",
            bits.join(" AND ")
        )
    });
    format!(
        "WITH matching AS MATERIALIZED (SELECT s.post_id, s.key FROM post_search s \
         WHERE s.document @@ CAST(CAST($1 AS text) AS tsquery) AND s.key >= $2 AND s.key < $3 {} \
         AND {}), \
         newest AS MATERIALIZED (SELECT post_id, key FROM matching ORDER BY key DESC LIMIT $8) \
         SELECT n.key, tsvectorsend(s.document) AS words FROM newest n \
         JOIN post_search s ON s.post_id = n.post_id ORDER BY n.key DESC",
        together.unwrap_or_default(),
        within!("s.post_id"),
    )
}

/// A query in the words of the two databases, made by [`crate::archive`] and never by hand.
#[derive(Clone, Debug)]
pub struct Asked {
    /// For FTS5.
    pub fts5: String,
    /// For PostgreSQL.
    pub tsquery: String,
    /// Where words must stand together.
    pub phrases: Option<Phrases>,
}

/// What helps PostgreSQL where words must stand together.
#[derive(Clone, Debug)]
pub struct Phrases {
    /// The query without that: whatever it finds has the words.
    pub loose: String,
    /// Two that stand side by side in whatever is found.
    pub pairs: Vec<Pair>,
}

/// The newest posts that match, newest first.
pub async fn newest(tx: &mut Tx, asked: &Asked, bounds: Bounds) -> Result<Vec<Match>> {
    let (from, to) = (key(bounds.from, 0), end(bounds.to));
    macro_rules! bound {
        ($sql:expr, $query:expr) => {
            // Planned anew each time: how a word is best looked for depends on how common it is.
            sqlx::query_as($sql)
                .persistent(false)
                .bind($query)
                .bind(from)
                .bind(to)
                .bind(bounds.community_id)
                .bind(i64::from(bounds.of_members))
                .bind(bounds.thread.unwrap_or(0))
                .bind(i64::from(bounds.learning))
                .bind(bounds.limit)
        };
    }
    match tx {
        Tx::Sqlite(tx) => {
            let rows: Vec<ColumnsRow> = bound!(NEWEST_SQLITE, &asked.fts5)
                .fetch_all(tx.connection())
                .await?;
            Ok(rows.into_iter().map(Match::from).collect())
        }
        Tx::Postgres(tx) => {
            let bits = |phrases: &Phrases| -> Vec<u64> {
                phrases.pairs.iter().flat_map(Pair::bits).collect()
            };
            let bits = asked.phrases.as_ref().map(bits);
            let sql = AssertSqlSafe(newest_postgres(bits.as_ref().map(Vec::len)));
            let loose = asked.phrases.as_ref().map(|phrases| &phrases.loose);
            let mut query = bound!(sql, loose.unwrap_or(&asked.tsquery));
            if loose.is_some() {
                query = query.bind(&asked.tsquery);
            }
            for bit in bits.iter().flatten() {
                query = query.bind(*bit as i64);
            }
            let rows: Vec<VectorRow> = query.fetch_all(tx.connection()).await?;
            Ok(rows.into_iter().map(Match::from).collect())
        }
    }
}

#[derive(FromRow)]
struct ColumnsRow {
    key: i64,
    subject: String,
    author: String,
    text: String,
    attached: String,
}

impl From<ColumnsRow> for Match {
    fn from(row: ColumnsRow) -> Match {
        Match {
            key: row.key,
            words: Indexed::Columns([row.subject, row.author, row.text, row.attached]),
        }
    }
}

#[derive(FromRow)]
struct VectorRow {
    key: i64,
    words: Vec<u8>,
}

impl From<VectorRow> for Match {
    fn from(row: VectorRow) -> Match {
        Match {
            key: row.key,
            words: Indexed::Vector(TsVector::received(row.words)),
        }
    }
}

/// More stretches than that are not named one by one.
const MOST_STRETCHES: usize = 200;

// By an index alone. The numbers divide as `seconds` and `STRETCH` do.
const STRETCHES_POSTGRES: &str = "SELECT greatest(least(n.sent_at / 1000, 8589934591), -4294967296) / 2097152, count(*) \
    FROM (SELECT sent_at FROM post WHERE community_id = $1 AND sent_at >= $2 AND sent_at < $3 \
    ORDER BY sent_at DESC LIMIT $4) n GROUP BY 1";

/// The stretches of time that hold the newest posts, and none before.
#[derive(Clone, Debug)]
pub struct Stretches {
    /// Their words in the index, see [`scope_at`].
    pub scopes: Vec<String>,
    /// Whether they hold all posts within the bounds.
    pub is_all: bool,
}

/// Where the `newest` posts within the bounds are: whoever looks there alone misses no newer
/// one. `None` where there are too many stretches; and on SQLite, which needs no such help.
pub async fn stretches(tx: &mut Tx, bounds: Bounds, newest: i64) -> Result<Option<Stretches>> {
    let Tx::Postgres(tx) = tx else {
        return Ok(None);
    };
    let query = sqlx::query_as(STRETCHES_POSTGRES).bind(bounds.community_id);
    let query = query.bind(bounds.from).bind(bounds.to).bind(newest);
    let found: Vec<(i64, i64)> = query.fetch_all(tx.connection()).await?;
    let named = |(stretch, _): &(i64, i64)| scope_of(bounds.community_id, *stretch);
    let posts: i64 = found.iter().map(|(_, posts)| posts).sum();
    let stretches = Stretches {
        scopes: found.iter().map(named).collect(),
        is_all: posts < newest,
    };
    Ok((found.len() <= MOST_STRETCHES).then_some(stretches))
}

const SPAN: &str =
    "SELECT min(sent_at), max(sent_at) FROM post WHERE community_id = $1 AND thread_id = $2";

/// When the first and the last post of a thread were written.
pub async fn span(tx: &mut Tx, community: i64, thread: i64) -> Result<(Millis, Millis)> {
    let found: (Option<Millis>, Option<Millis>) =
        on!(tx, c => sqlx::query_as(SPAN).bind(community).bind(thread).fetch_one(c).await)?;
    Ok((found.0.unwrap_or(0), found.1.unwrap_or(0)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn keys_are_in_the_order_of_time_and_know_their_posts() {
        let times = [
            i64::MIN,
            -5_000,
            0,
            1_772_355_600_000,
            9_000_000_000_000_000,
            i64::MAX,
        ];
        for pair in times.windows(2) {
            assert!(key(pair[0], 7) <= key(pair[1], 7), "{pair:?}");
        }
        for at in times {
            assert_eq!(post_of(key(at, 7)), 7, "{at}");
            assert!(key(at, 7) < key(at, 8));
        }
    }
}
