//! What watches look at: who has answered, whom a question was put to, and when
//! somebody was last heard of.

use sqlx::FromRow;

use super::members::Member;
use super::{Millis, Result, Tx, on};

/// An answer to the first post of a thread.
#[derive(Clone, Debug, FromRow)]
pub struct Answer {
    /// Its author's display name.
    pub author_name: String,
    /// Its author's address.
    pub author_address: String,
    /// When it was archived.
    pub archived_at: Millis,
}

/// Somebody who has answered others.
#[derive(Clone, Debug, FromRow)]
pub struct Answerer {
    /// They.
    #[sqlx(flatten)]
    pub member: Member,
    /// In how many threads that others began.
    pub answers: i64,
    /// When they did last.
    pub last_at: Millis,
}

/// Somebody to whom a mail about something was offered.
#[derive(Clone, Debug, FromRow)]
pub struct Asked {
    /// The member, if it was one.
    pub member_id: Option<i64>,
    /// Their address.
    pub recipient: String,
    /// The mail's name in the catalogue.
    pub name: String,
}

const FIRST_ANSWER: &str = "SELECT p.author_name, p.author_address, p.archived_at FROM post p \
    JOIN post r ON r.id = p.thread_id LEFT JOIN address a ON a.address = p.author_address \
    LEFT JOIN address ra ON ra.address = r.author_address \
    WHERE p.community_id = $1 AND p.thread_id = $2 AND p.id <> p.thread_id \
    AND p.author_address <> r.author_address \
    AND (a.person_id IS NULL OR ra.person_id IS NULL OR a.person_id <> ra.person_id) \
    ORDER BY p.archived_at, p.id LIMIT 1";
// What was imported was not written when it was archived. Only a mark anywhere is asked
// for here: it is about who is helpful, and a few threads more do no harm.
const ANSWERERS: &str = "SELECT m.*, count(DISTINCT p.thread_id) AS answers, max(p.sent_at) AS last_at \
    FROM post p JOIN message w ON w.id = p.raw_id JOIN post r ON r.id = p.thread_id \
    JOIN address a ON a.address = p.author_address \
    JOIN member m ON m.person_id = a.person_id AND m.community_id = p.community_id \
    LEFT JOIN address ra ON ra.address = r.author_address \
    WHERE p.community_id = $1 AND p.archived_at > $2 AND (w.via <> 'import' OR p.sent_at > $2) \
    AND p.id <> p.thread_id AND (ra.person_id IS NULL OR ra.person_id <> a.person_id) \
    AND (CAST($3 AS BIGINT) = 0 OR r.subject LIKE '%?%' OR r.text LIKE '%?%') \
    GROUP BY m.id ORDER BY answers DESC, m.id";
const ASKED: &str = "SELECT o.member_id, o.recipient, o.name FROM mail m JOIN offer o ON o.mail_id = m.id \
    WHERE m.community_id = $1 AND m.concerns = $2 AND m.concerns <> '' ORDER BY o.id";
const LAST_ASKED: &str = "SELECT max(o.due_at) FROM mail m JOIN offer o ON o.mail_id = m.id \
    WHERE m.community_id = $1 AND m.concerns = $2 AND m.concerns <> '' AND o.state <> 'dropped'";
const ASKED_SINCE: &str = "SELECT DISTINCT o.member_id FROM offer o JOIN mail m ON m.id = o.mail_id \
    WHERE o.community_id = $1 AND o.name = $2 AND o.due_at > $3 AND o.state <> 'dropped' \
    AND o.member_id IS NOT NULL AND m.concerns LIKE $4 || ':%'";
const PASS: &str =
    "INSERT INTO passed (post_id, member_id, at) VALUES ($1, $2, $3) ON CONFLICT DO NOTHING";
const LAST_POST: &str = "SELECT max(CASE WHEN w.via = 'import' THEN p.sent_at ELSE p.archived_at END) \
    FROM post p JOIN message w ON w.id = p.raw_id WHERE p.community_id = $1 \
    AND p.author_address IN (SELECT address FROM address WHERE person_id = $2)";
// Weeks begin on Mondays, UTC; 1 January 1970 was a Thursday.
const WEEKS: &str = "SELECT count(DISTINCT (at + 259200000) / 604800000) FROM ( \
    SELECT CASE WHEN w.via = 'import' THEN p.sent_at ELSE p.archived_at END AS at \
    FROM post p JOIN message w ON w.id = p.raw_id WHERE p.community_id = $1 AND p.archived_at > $3 \
    AND p.author_address IN (SELECT address FROM address WHERE person_id = $2)) AS theirs \
    WHERE at > $3 AND at <= $4";

/// The first answer to a thread's first post by somebody else.
pub async fn first_answer(tx: &mut Tx, community: i64, thread: i64) -> Result<Option<Answer>> {
    on!(tx, c => sqlx::query_as(FIRST_ANSWER).bind(community).bind(thread).fetch_optional(c).await)
}

/// Members of any state who have answered in threads of others after `since`; in
/// threads that ask something alone, or in any. Who did most often comes first.
pub async fn answerers(
    tx: &mut Tx,
    community: i64,
    since: Millis,
    only_questions: bool,
) -> Result<Vec<Answerer>> {
    on!(tx, c => sqlx::query_as(ANSWERERS)
        .bind(community).bind(since).bind(i64::from(only_questions)).fetch_all(c).await)
}

/// To whom mails that concern this were offered, in that order.
pub async fn asked(tx: &mut Tx, community: i64, concerns: &str) -> Result<Vec<Asked>> {
    on!(tx, c => sqlx::query_as(ASKED).bind(community).bind(concerns).fetch_all(c).await)
}

/// When a mail that concerns this last fell due, if it was not dropped.
pub async fn last_asked(tx: &mut Tx, community: i64, concerns: &str) -> Result<Option<Millis>> {
    on!(tx, c => sqlx::query_scalar(LAST_ASKED).bind(community).bind(concerns).fetch_one(c).await)
}

/// The members to whom a mail of that name about a thing of that kind was offered since.
pub async fn asked_since(
    tx: &mut Tx,
    community: i64,
    (name, kind): (&str, &str),
    since: Millis,
) -> Result<Vec<i64>> {
    on!(tx, c => sqlx::query_scalar(ASKED_SINCE)
        .bind(community).bind(name).bind(since).bind(kind).fetch_all(c).await)
}

/// Notes that a member cannot answer a question; false where they have said so before.
pub async fn pass(tx: &mut Tx, post: i64, member: i64, at: Millis) -> Result<bool> {
    let made = on!(tx, c => sqlx::query(PASS)
        .bind(post).bind(member).bind(at).execute(c).await.map(|done| done.rows_affected()))?;
    Ok(made == 1)
}

/// When a person last posted to a community, from any of their addresses.
pub async fn last_post(tx: &mut Tx, community: i64, person: i64) -> Result<Option<Millis>> {
    on!(tx, c => sqlx::query_scalar(LAST_POST).bind(community).bind(person).fetch_one(c).await)
}

/// In how many weeks of a while a person has posted to a community.
pub async fn weeks(
    tx: &mut Tx,
    community: i64,
    person: i64,
    (after, to): (Millis, Millis),
) -> Result<i64> {
    on!(tx, c => sqlx::query_scalar(WEEKS)
        .bind(community).bind(person).bind(after).bind(to).fetch_one(c).await)
}
