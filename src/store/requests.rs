//! What the command line asks of a running node, and the answer.

use super::{Result, Tx, on};

const ASK: &str =
    "INSERT INTO request (kind, argument, state) VALUES ($1, $2, 'waiting') RETURNING id";
const OPEN: &str =
    "SELECT id, kind, argument FROM request WHERE state = 'waiting' ORDER BY id LIMIT 1";
const ANSWER: &str = "UPDATE request SET state = $2, answer = $3 WHERE id = $1";
const READ: &str = "SELECT state, answer FROM request WHERE id = $1";
const REMOVE: &str = "DELETE FROM request WHERE id = $1";

/// Asks; gives the key under which the answer will be.
pub async fn ask(tx: &mut Tx, kind: &str, argument: &str) -> Result<i64> {
    on!(tx, c => sqlx::query_scalar(ASK).bind(kind).bind(argument).fetch_one(c).await)
}

/// The oldest open request: (id, kind, argument).
pub async fn open(tx: &mut Tx) -> Result<Option<(i64, String, String)>> {
    on!(tx, c => sqlx::query_as(OPEN).fetch_optional(c).await)
}

/// Answers; `state` is done or refused.
pub async fn answer(tx: &mut Tx, id: i64, state: &str, text: &str) -> Result<()> {
    on!(tx, c => sqlx::query(ANSWER).bind(id).bind(state).bind(text).execute(c).await.map(drop))
}

/// (state, answer) of a request.
pub async fn read(tx: &mut Tx, id: i64) -> Result<Option<(String, String)>> {
    on!(tx, c => sqlx::query_as(READ).bind(id).fetch_optional(c).await)
}

/// Forgets a request.
pub async fn remove(tx: &mut Tx, id: i64) -> Result<()> {
    on!(tx, c => sqlx::query(REMOVE).bind(id).execute(c).await.map(drop))
}
