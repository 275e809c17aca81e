//! What in a community needs a person: posts that nobody answers, people whom mail does
//! not reach, and what does not get on.

use sqlx::FromRow;

use super::{Millis, Result, Tx, on};

/// A post to which nobody but its author has written anything.
#[derive(Clone, Debug, FromRow)]
pub struct Unanswered {
    /// Key.
    pub id: i64,
    /// Message-ID without angle brackets.
    pub message_id: String,
    /// Decoded subject.
    pub subject: String,
    /// The author's display name; may be empty.
    pub author_name: String,
    /// The author's address.
    pub author_address: String,
    /// When it came.
    pub archived_at: Millis,
    /// Its text, as far as it is looked at.
    pub text: String,
}

/// A member whom mail does not reach.
#[derive(Clone, Debug, FromRow)]
pub struct Unreached {
    /// Key.
    pub id: i64,
    /// Where mail does not arrive.
    pub address: String,
    /// Their name; may be empty.
    pub name: String,
    /// When it first failed.
    pub since: Millis,
    /// What the other server said; may be empty.
    pub diagnostic: String,
}

/// The last time that facilitators were asked whether the charter holds.
#[derive(Clone, Debug, FromRow)]
pub struct Review {
    /// The mail.
    pub mail_id: i64,
    /// When the first of them got it.
    pub at: Millis,
    /// How many have answered it.
    pub answers: i64,
}

// Who wrote under another address of theirs has not answered themselves. What was
// imported is history, and what the community asked itself is nobody's question.
const QUESTIONS: &str = "SELECT p.id, p.message_id, p.subject, p.author_name, p.author_address, p.archived_at, \
    substr(p.text, 1, 20000) AS text FROM post p JOIN message m ON m.id = p.raw_id \
    WHERE p.community_id = $1 AND p.archived_at > $2 AND p.archived_at <= $3 AND p.thread_id = p.id \
    AND m.via NOT IN ('import', 'act') AND (p.subject LIKE '%?%' OR p.text LIKE '%?%') \
    AND NOT EXISTS (SELECT 1 FROM post a WHERE a.community_id = p.community_id AND a.thread_id = p.thread_id \
    AND a.author_address <> p.author_address AND NOT EXISTS (SELECT 1 FROM address x JOIN address y \
    ON y.person_id = x.person_id WHERE x.address = p.author_address AND y.address = a.author_address)) \
    ORDER BY p.archived_at, p.id LIMIT 200";
// Who begins by answering somebody waits for no answer.
const NEWCOMERS: &str = "SELECT p.id, p.message_id, p.subject, p.author_name, p.author_address, p.archived_at, \
    '' AS text FROM post p JOIN message m ON m.id = p.raw_id JOIN address w ON w.address = p.author_address \
    JOIN member n ON n.person_id = w.person_id AND n.community_id = p.community_id \
    WHERE p.community_id = $1 AND p.archived_at > $2 AND p.archived_at <= $3 AND p.thread_id = p.id AND n.joined_at > $2 \
    AND n.state NOT IN ('left', 'pending') AND ',' || n.roles || ',' NOT LIKE '%,facilitator,%' \
    AND m.via NOT IN ('import', 'act') AND NOT EXISTS (SELECT 1 FROM post e JOIN address z ON z.address = e.author_address \
    WHERE e.community_id = p.community_id AND z.person_id = n.person_id AND e.id < p.id) \
    AND NOT EXISTS (SELECT 1 FROM post a WHERE a.community_id = p.community_id AND a.thread_id = p.thread_id \
    AND a.id > p.id AND NOT EXISTS (SELECT 1 FROM address y WHERE y.person_id = n.person_id \
    AND y.address = a.author_address)) ORDER BY p.archived_at, p.id LIMIT 200";
const UNREACHED: &str = "SELECT m.id, m.address, m.name, f.since, f.diagnostic FROM member m \
    JOIN failing f ON f.address = m.address WHERE m.community_id = $1 AND m.state = 'bouncing' \
    ORDER BY f.since, m.id LIMIT 200";
const COMPLAINTS: &str = "SELECT count(*), COALESCE(max(id), 0), COALESCE(max(at), 0) FROM complaint WHERE community_id = $1 AND at > $2";
const REVIEW: &str = "SELECT m.id AS mail_id, min(o.done_at) AS at, count(o.answered_at) AS answers \
    FROM mail m JOIN offer o ON o.mail_id = m.id \
    WHERE m.community_id = $1 AND m.name = 'charter-review' AND o.state IN ('sent', 'merged') AND o.done_at IS NOT NULL \
    GROUP BY m.id ORDER BY m.id DESC LIMIT 1";
// An act that ended before its moment was taken back, not missed.
const MISSED: &str = "SELECT l.due_at FROM act l WHERE l.community_id = $1 AND l.name = $2 AND l.state = 'dropped' \
    AND l.done_at >= l.due_at AND l.due_at <= $3 AND l.reason NOT LIKE 'muted%' AND NOT EXISTS (SELECT 1 FROM act n \
    WHERE n.community_id = $1 AND n.name = $2 AND n.state = 'done' AND n.due_at > l.due_at) \
    ORDER BY l.due_at DESC LIMIT 1";
const STUCK: &str = "SELECT count(*), COALESCE(min(id), 0), COALESCE(min(created_at), 0) FROM outbox \
    WHERE community_id = $1 AND state = 'deferred' AND created_at <= $2";

/// Posts that began a thread between these moments, may ask something, and got no answer.
pub async fn questions(
    tx: &mut Tx,
    community: i64,
    (after, until): (Millis, Millis),
) -> Result<Vec<Unanswered>> {
    on!(tx, c => sqlx::query_as(QUESTIONS).bind(community).bind(after).bind(until).fetch_all(c).await)
}

/// First posts between these moments, of members who have joined in that time, that began
/// a thread to which nobody else has written.
pub async fn newcomers(
    tx: &mut Tx,
    community: i64,
    (after, until): (Millis, Millis),
) -> Result<Vec<Unanswered>> {
    on!(tx, c => sqlx::query_as(NEWCOMERS).bind(community).bind(after).bind(until).fetch_all(c).await)
}

/// Members whom mail does not reach, the oldest trouble first.
pub async fn unreached(tx: &mut Tx, community: i64) -> Result<Vec<Unreached>> {
    on!(tx, c => sqlx::query_as(UNREACHED).bind(community).fetch_all(c).await)
}

/// How many complaints there were since then, the key of the last one, and its moment.
pub async fn complaints(tx: &mut Tx, community: i64, since: Millis) -> Result<(i64, i64, Millis)> {
    on!(tx, c => sqlx::query_as(COMPLAINTS).bind(community).bind(since).fetch_one(c).await)
}

/// The last review of the charter that facilitators were asked for.
pub async fn last_review(tx: &mut Tx, community: i64) -> Result<Option<Review>> {
    on!(tx, c => sqlx::query_as(REVIEW).bind(community).fetch_optional(c).await)
}

/// When an act of that name last fell due and was dropped, where it was not done since;
/// what a facilitator has muted is not missed.
pub async fn missed(tx: &mut Tx, community: i64, act: &str, now: Millis) -> Result<Option<Millis>> {
    on!(tx, c => sqlx::query_scalar(MISSED).bind(community).bind(act).bind(now).fetch_optional(c).await)
}

/// How many mails that were made until then still wait for another server, the key of
/// the first, and when it was made.
pub async fn stuck(tx: &mut Tx, community: i64, until: Millis) -> Result<(i64, i64, Millis)> {
    on!(tx, c => sqlx::query_as(STUCK).bind(community).bind(until).fetch_one(c).await)
}
