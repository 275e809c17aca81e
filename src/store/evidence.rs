//! What stands behind a figure: the sessions, agenda items and learnings of a stretch of
//! time (behind `from`, up to `to`), the newest first.

use sqlx::FromRow;

use super::{Millis, Result, Tx, on};

/// A session whose time has come.
#[derive(Clone, Debug, FromRow)]
pub struct Session {
    /// The title of its series.
    pub title: String,
    /// When it begins.
    pub starts_at: Millis,
    /// planned, held or cancelled.
    pub state: String,
    /// Whether somebody has said who came (1).
    pub counted: i64,
    /// How many of those invited came.
    pub members: i64,
    /// Who else came, one a line.
    pub guests: String,
}

/// Something somebody wanted to talk about.
#[derive(Clone, Debug, FromRow)]
pub struct Item {
    /// What it is about; empty after an erasure.
    pub text: String,
    /// The title of the series.
    pub title: String,
    /// The session's original day.
    pub on_date: String,
    /// When it came.
    pub at: Millis,
    /// Who wants it.
    pub person_id: i64,
}

/// Something worth keeping.
#[derive(Clone, Debug, FromRow)]
pub struct Learning {
    /// One line.
    pub title: String,
    /// When it was accepted.
    pub at: Millis,
    /// The Message-ID of its first source, or nothing.
    pub message_id: String,
}

const SESSIONS: &str = "SELECT s.title, x.starts_at, x.state, \
    CASE WHEN r.counted THEN CAST(1 AS BIGINT) ELSE CAST(0 AS BIGINT) END AS counted, \
    (SELECT count(*) FROM session_came c WHERE c.session_id = x.id) AS members, COALESCE(r.guests, '') AS guests \
    FROM session x JOIN series s ON s.id = x.series_id LEFT JOIN session_report r ON r.session_id = x.id \
    WHERE x.community_id = $1 AND x.starts_at > $2 AND x.starts_at <= $3 ORDER BY x.starts_at DESC, x.id LIMIT $4";
const ITEMS: &str = "SELECT i.text, COALESCE((SELECT max(s.title) FROM series s WHERE s.community_id = i.community_id \
    AND s.slug = i.series), i.series) AS title, i.on_date, i.at, m.person_id FROM agenda_item i \
    JOIN member m ON m.id = i.member_id WHERE i.community_id = $1 AND i.at > $2 AND i.at <= $3 \
    AND i.state <> 'withdrawn' ORDER BY i.at DESC, i.number LIMIT $4";
const LEARNINGS: &str = "SELECT l.title, l.reviewed_at AS at, COALESCE((SELECT q.message_id FROM learning_source q \
    WHERE q.learning_id = l.id ORDER BY q.position LIMIT 1), '') AS message_id FROM learning l \
    WHERE l.community_id = $1 AND l.state = 'reviewed' AND l.reviewed_at > $2 AND l.reviewed_at <= $3 \
    ORDER BY l.reviewed_at DESC, l.id LIMIT $4";

/// Whose, behind when, up to when, and how many at most.
pub type Stretch = (i64, Millis, Millis, i64);

/// Sessions that were to begin.
pub async fn sessions(tx: &mut Tx, (community, from, to, most): Stretch) -> Result<Vec<Session>> {
    on!(tx, c => sqlx::query_as(SESSIONS)
        .bind(community).bind(from).bind(to).bind(most).fetch_all(c).await)
}

/// Agenda items that nobody took back.
pub async fn items(tx: &mut Tx, (community, from, to, most): Stretch) -> Result<Vec<Item>> {
    on!(tx, c => sqlx::query_as(ITEMS)
        .bind(community).bind(from).bind(to).bind(most).fetch_all(c).await)
}

/// Learnings that were accepted.
pub async fn learnings(tx: &mut Tx, (community, from, to, most): Stretch) -> Result<Vec<Learning>> {
    on!(tx, c => sqlx::query_as(LEARNINGS)
        .bind(community).bind(from).bind(to).bind(most).fetch_all(c).await)
}
