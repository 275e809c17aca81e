//! Who thanked whom, for what, and whether others may read it.

use sqlx::FromRow;

use super::{Millis, Result, Tx, on};

/// One word of thanks.
#[derive(Clone, Debug, PartialEq, Eq, FromRow)]
pub struct Thanks {
    /// Key.
    pub id: i64,
    /// Which community.
    pub community_id: i64,
    /// The member who thanks.
    pub by_id: i64,
    /// The member who is thanked.
    pub to_id: i64,
    /// For what; may be empty.
    pub text: String,
    /// asked, agreed or declined.
    pub state: String,
    /// When it was said.
    pub at: Millis,
}

/// Thanks that may be told, with the names of both; of who has none, the address.
#[derive(Clone, Debug, PartialEq, Eq, FromRow)]
pub struct Told {
    /// Who thanks.
    pub by_name: String,
    /// Who is thanked.
    pub to_name: String,
    /// For what; may be empty.
    pub text: String,
}

const INSERT: &str = "INSERT INTO thanks (community_id, by_id, to_id, text, state, at) \
    VALUES ($1, $2, $3, $4, 'asked', $5) RETURNING id";
const BY_ID: &str =
    "SELECT id, community_id, by_id, to_id, text, state, at FROM thanks WHERE id = $1";
const DECIDE: &str = "UPDATE thanks SET state = $2, decided_at = $3 WHERE id = $1 AND state <> $2";
const SAID_SINCE: &str = "SELECT count(*) FROM thanks WHERE by_id = $1 AND at > $2";
const AGREED: &str = "SELECT CASE WHEN b.name = '' THEN b.address ELSE b.name END AS by_name, \
    CASE WHEN w.name = '' THEN w.address ELSE w.name END AS to_name, t.text FROM thanks t \
    JOIN member b ON b.id = t.by_id JOIN member w ON w.id = t.to_id \
    WHERE t.community_id = $1 AND t.state = 'agreed' AND t.decided_at > $2 AND t.decided_at <= $3 \
    AND w.state <> 'left' ORDER BY t.decided_at, t.id LIMIT $4";
const OF_MEMBER: &str = "SELECT id, community_id, by_id, to_id, text, state, at FROM thanks \
    WHERE by_id = $1 OR to_id = $1 ORDER BY id";

/// Keeps that a member thanks another; gives its key.
pub async fn insert(tx: &mut Tx, t: &Thanks) -> Result<i64> {
    on!(tx, c => sqlx::query_scalar(INSERT)
        .bind(t.community_id).bind(t.by_id).bind(t.to_id).bind(&t.text).bind(t.at).fetch_one(c).await)
}

/// The thanks of that key.
pub async fn by_id(tx: &mut Tx, id: i64) -> Result<Option<Thanks>> {
    on!(tx, c => sqlx::query_as(BY_ID).bind(id).fetch_optional(c).await)
}

/// Whoever was thanked has decided: agreed or declined. False where it was so already.
pub async fn decide(tx: &mut Tx, id: i64, state: &str, at: Millis) -> Result<bool> {
    let changed = on!(tx, c => sqlx::query(DECIDE)
        .bind(id).bind(state).bind(at).execute(c).await.map(|done| done.rows_affected()))?;
    Ok(changed == 1)
}

/// How often a member has thanked others since then.
pub async fn said_since(tx: &mut Tx, by: i64, since: Millis) -> Result<i64> {
    on!(tx, c => sqlx::query_scalar(SAID_SINCE).bind(by).bind(since).fetch_one(c).await)
}

/// What members of a community agreed to have told in a while, in order; `limit` at most.
pub async fn agreed(
    tx: &mut Tx,
    community: i64,
    (after, to): (Millis, Millis),
    limit: i64,
) -> Result<Vec<Told>> {
    on!(tx, c => sqlx::query_as(AGREED)
        .bind(community).bind(after).bind(to).bind(limit).fetch_all(c).await)
}

/// What a member has said, and what was said to them.
pub async fn of_member(tx: &mut Tx, member: i64) -> Result<Vec<Thanks>> {
    on!(tx, c => sqlx::query_as(OF_MEMBER).bind(member).fetch_all(c).await)
}
