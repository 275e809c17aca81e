//! What was decided to be done because of a survey, and what is still to be done.

use sqlx::FromRow;

use super::{Millis, Result, Tx, on};

/// One row of `survey_action`.
#[derive(Clone, Debug, PartialEq, Eq, FromRow)]
pub struct Action {
    /// Key.
    pub id: i64,
    /// What is to be done.
    pub text: String,
    /// open, done or dropped.
    pub state: String,
}

const INSERT: &str =
    "INSERT INTO survey_action (community_id, wave_id, text, created_at) VALUES ($1, $2, $3, $4)";
const SINCE: &str = "SELECT id, text, state FROM survey_action WHERE community_id = $1 \
    AND (state = 'open' OR state = 'done' AND ended_at >= $2) ORDER BY state, id";
const END: &str = "UPDATE survey_action SET state = $3, ended_at = $4 WHERE community_id = $1 AND id = $2 AND state = 'open'";
const COUNT_OPEN: &str =
    "SELECT count(*) FROM survey_action WHERE community_id = $1 AND state = 'open'";

/// Keeps what was decided in answer to a wave's results.
pub async fn insert(tx: &mut Tx, community: i64, wave: i64, text: &str, at: Millis) -> Result<()> {
    on!(tx, c => sqlx::query(INSERT).bind(community).bind(wave).bind(text).bind(at)
        .execute(c).await.map(drop))
}

/// What is still open, and what was done since that moment; what is done stands first.
pub async fn since(tx: &mut Tx, community: i64, moment: Millis) -> Result<Vec<Action>> {
    on!(tx, c => sqlx::query_as(SINCE).bind(community).bind(moment).fetch_all(c).await)
}

/// How many are open.
pub async fn count_open(tx: &mut Tx, community: i64) -> Result<i64> {
    on!(tx, c => sqlx::query_scalar(COUNT_OPEN).bind(community).fetch_one(c).await)
}

/// Ends one: done or dropped; false where it is not open.
pub async fn end(tx: &mut Tx, community: i64, id: i64, state: &str, at: Millis) -> Result<bool> {
    on!(tx, c => sqlx::query(END).bind(community).bind(id).bind(state).bind(at)
        .execute(c).await.map(|done| done.rows_affected() == 1))
}
