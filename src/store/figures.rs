//! What happened in a community, for its figures: each query gives all of one kind that
//! lies in a stretch of time (behind `from`, up to `to`).

use sqlx::FromRow;

use super::{Millis, Result, Tx, on};

/// Whose events, and of when: behind `from`, up to `to`.
#[derive(Clone, Copy, Debug)]
pub struct Span {
    /// Whose.
    pub community: i64,
    /// The moment before the first.
    pub from: Millis,
    /// The last moment.
    pub to: Millis,
}

/// A post that somebody wrote.
#[derive(Clone, Debug, FromRow)]
pub struct Posted {
    /// Key.
    pub id: i64,
    /// The thread's key; that of the post which began it.
    pub thread_id: i64,
    /// When it came; of what was imported, when it was written.
    pub at: Millis,
    /// The author's address; empty where they were erased.
    pub author_address: String,
    /// The author's person, where there is one.
    pub person_id: Option<i64>,
    /// The address of the author whom it answers; empty where nobody's is known.
    pub answers_address: String,
    /// That author's person, where there is one.
    pub answers_person: Option<i64>,
}

/// A post that begins a thread and may ask something.
#[derive(Clone, Debug, FromRow)]
pub struct Asking {
    /// Key.
    pub id: i64,
    /// Decoded subject.
    pub subject: String,
    /// Its text, as far as it is looked at.
    pub text: String,
}

/// A session whose time has come.
#[derive(Clone, Debug, FromRow)]
pub struct Due {
    /// Key.
    pub id: i64,
    /// When it begins.
    pub starts_at: Millis,
    /// planned, held or cancelled.
    pub state: String,
    /// The person who has agreed to host it.
    pub host: Option<i64>,
    /// Whether somebody has said who came (1).
    pub counted: i64,
    /// Who came and was not invited, one a line.
    pub guests: String,
}

// What was imported was written before it came. What an act wrote no human did.
const POSTS: &str = "SELECT p.id, p.thread_id, CASE WHEN w.via = 'import' THEN p.sent_at ELSE p.archived_at END AS at, \
    p.author_address, a.person_id, COALESCE(q.author_address, '') AS answers_address, b.person_id AS answers_person \
    FROM post p JOIN message w ON w.id = p.raw_id LEFT JOIN address a ON a.address = p.author_address \
    LEFT JOIN post q ON q.id = p.parent_id AND NOT EXISTS (SELECT 1 FROM message o WHERE o.id = q.raw_id AND o.via = 'act') \
    LEFT JOIN address b ON b.address = q.author_address \
    WHERE p.community_id = $1 AND w.via <> 'act' AND ((w.via <> 'import' AND p.archived_at > $2 AND p.archived_at <= $3) \
    OR (w.via = 'import' AND p.sent_at > $2 AND p.sent_at <= $3)) ORDER BY p.id";
// Nearly all texts without a mark are left where they are; which mark counts is looked at
// elsewhere.
const ASKING: &str = "SELECT p.id, p.subject, substr(p.text, 1, 20000) AS text FROM post p \
    JOIN message w ON w.id = p.raw_id WHERE p.community_id = $1 AND p.id > $4 AND p.thread_id = p.id \
    AND w.via <> 'act' AND ((w.via <> 'import' AND p.archived_at > $2 AND p.archived_at <= $3) \
    OR (w.via = 'import' AND p.sent_at > $2 AND p.sent_at <= $3)) \
    AND (p.subject LIKE '%?%' OR p.text LIKE '%?%' OR p.subject LIKE '%？%' OR p.text LIKE '%？%' \
    OR p.subject LIKE '%؟%' OR p.text LIKE '%؟%' OR p.text LIKE '%⁇%' OR p.text LIKE '%⁈%' OR p.text LIKE '%⁉%') \
    ORDER BY p.id LIMIT 200";
const SESSIONS: &str = "SELECT x.id, x.starts_at, x.state, m.person_id AS host, \
    CASE WHEN r.counted THEN CAST(1 AS BIGINT) ELSE CAST(0 AS BIGINT) END AS counted, COALESCE(r.guests, '') AS guests \
    FROM session x JOIN series s ON s.id = x.series_id \
    LEFT JOIN session_host h ON h.community_id = x.community_id AND h.series = s.slug AND h.on_date = x.on_date \
    AND h.state = 'agreed' LEFT JOIN member m ON m.id = h.member_id \
    LEFT JOIN session_report r ON r.session_id = x.id \
    WHERE x.community_id = $1 AND x.starts_at > $2 AND x.starts_at <= $3 ORDER BY x.starts_at, x.id";
const CAME: &str = "SELECT c.session_id, m.person_id FROM session_came c JOIN session x ON x.id = c.session_id \
    JOIN member m ON m.id = c.member_id WHERE x.community_id = $1 AND x.starts_at > $2 AND x.starts_at <= $3";
// An answer to the session goes before one to the whole series; whoever joined later had
// not said anything of it.
const ACCEPTED: &str = "SELECT x.id, m.person_id FROM session x JOIN rsvp r ON r.series_id = x.series_id \
    JOIN member m ON m.id = r.member_id WHERE x.community_id = $1 AND x.starts_at > $2 AND x.starts_at <= $3 \
    AND x.state = 'held' AND r.partstat = 'ACCEPTED' AND m.joined_at <= x.starts_at AND (r.on_date = x.on_date \
    OR (r.on_date = '' AND NOT EXISTS (SELECT 1 FROM rsvp o WHERE o.series_id = r.series_id \
    AND o.member_id = r.member_id AND o.on_date = x.on_date)))";
const ITEMS: &str = "SELECT m.person_id, i.at FROM agenda_item i JOIN member m ON m.id = i.member_id \
    WHERE i.community_id = $1 AND i.at > $2 AND i.at <= $3 AND i.state <> 'withdrawn' ORDER BY i.at";
const LEARNINGS: &str = "SELECT a.person_id, l.reviewed_at FROM learning l LEFT JOIN address a \
    ON a.address = l.author_address WHERE l.community_id = $1 AND l.state = 'reviewed' AND l.reviewed_at > $2 \
    AND l.reviewed_at <= $3 ORDER BY l.reviewed_at";

/// What people wrote; what the community wrote itself is left out.
pub async fn posts(tx: &mut Tx, span: Span) -> Result<Vec<Posted>> {
    on!(tx, c => sqlx::query_as(POSTS)
        .bind(span.community).bind(span.from).bind(span.to).fetch_all(c).await)
}

/// The first posts of threads that have a question mark, by key from behind `after`; two
/// hundred at most.
pub async fn asking(tx: &mut Tx, span: Span, after: i64) -> Result<Vec<Asking>> {
    on!(tx, c => sqlx::query_as(ASKING)
        .bind(span.community).bind(span.from).bind(span.to).bind(after).fetch_all(c).await)
}

/// Sessions, by when they begin.
pub async fn sessions(tx: &mut Tx, span: Span) -> Result<Vec<Due>> {
    on!(tx, c => sqlx::query_as(SESSIONS)
        .bind(span.community).bind(span.from).bind(span.to).fetch_all(c).await)
}

/// (session, person) of those who came.
pub async fn came(tx: &mut Tx, span: Span) -> Result<Vec<(i64, i64)>> {
    on!(tx, c => sqlx::query_as(CAME)
        .bind(span.community).bind(span.from).bind(span.to).fetch_all(c).await)
}

/// (session, person) of those who had said that they come to a session that was held.
pub async fn accepted(tx: &mut Tx, span: Span) -> Result<Vec<(i64, i64)>> {
    on!(tx, c => sqlx::query_as(ACCEPTED)
        .bind(span.community).bind(span.from).bind(span.to).fetch_all(c).await)
}

/// (person, when) of what was wanted for an agenda and not taken back.
pub async fn items(tx: &mut Tx, span: Span) -> Result<Vec<(i64, Millis)>> {
    on!(tx, c => sqlx::query_as(ITEMS)
        .bind(span.community).bind(span.from).bind(span.to).fetch_all(c).await)
}

/// (person of the author, when) of what was accepted as a learning.
pub async fn learnings(tx: &mut Tx, span: Span) -> Result<Vec<(Option<i64>, Millis)>> {
    on!(tx, c => sqlx::query_as(LEARNINGS)
        .bind(span.community).bind(span.from).bind(span.to).fetch_all(c).await)
}
