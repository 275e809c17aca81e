//! What people answer: sealed while a survey is open, and without them afterwards.

use super::{Millis, Result, Tx, on, raws};

const SEAL: &str = "INSERT INTO survey_sealed (wave_id, sealed) VALUES ($1, $2)";
const SEALED: &str = "SELECT sealed FROM survey_sealed WHERE wave_id = $1 ORDER BY id";
const FORGET_SEALED: &str = "DELETE FROM survey_sealed WHERE wave_id = $1";
const ANSWER: &str = "INSERT INTO survey_answer (id, wave_id, item, value) VALUES ($1, $2, $3, $4)";
const COMMENT: &str = "INSERT INTO survey_comment (id, wave_id, text) VALUES ($1, $2, $3)";
const QUOTE: &str =
    "INSERT INTO survey_quote (id, community_id, wave_id, text) VALUES ($1, $2, $3, $4)";
const QUOTES: &str = "SELECT w.survey, q.text FROM survey_quote q JOIN survey_wave w ON w.id = q.wave_id \
    WHERE q.community_id = $1 AND w.closed_at >= $2 ORDER BY q.id";

/// Keeps a sealed answer.
pub async fn seal(tx: &mut Tx, wave: i64, sealed: &[u8]) -> Result<()> {
    on!(tx, c => sqlx::query(SEAL).bind(wave).bind(sealed).execute(c).await.map(drop))
}

/// All sealed answers of a wave, in the order in which they came.
pub async fn sealed(tx: &mut Tx, wave: i64) -> Result<Vec<Vec<u8>>> {
    on!(tx, c => sqlx::query_scalar(SEALED).bind(wave).fetch_all(c).await)
}

/// Forgets the sealed answers of a wave.
pub async fn forget_sealed(tx: &mut Tx, wave: i64) -> Result<()> {
    on!(tx, c => sqlx::query(FORGET_SEALED).bind(wave).execute(c).await.map(drop))
}

/// Keeps one digit of a closed wave under a random id.
pub async fn insert(tx: &mut Tx, id: &str, wave: i64, (item, value): (i64, i64)) -> Result<()> {
    on!(tx, c => sqlx::query(ANSWER).bind(id).bind(wave).bind(item).bind(value).execute(c).await.map(drop))
}

/// Keeps a comment of a closed wave under a random id.
pub async fn comment(tx: &mut Tx, id: &str, wave: i64, text: &str) -> Result<()> {
    on!(tx, c => sqlx::query(COMMENT).bind(id).bind(wave).bind(text).execute(c).await.map(drop))
}

/// Keeps a comment under a random id that its author lets a sponsor read.
pub async fn quote(tx: &mut Tx, id: &str, (community, wave): (i64, i64), text: &str) -> Result<()> {
    on!(tx, c => sqlx::query(QUOTE).bind(id).bind(community).bind(wave).bind(text)
        .execute(c).await.map(drop))
}

/// (survey, text) of what a sponsor may read, of waves that have closed since then.
pub async fn quotes(tx: &mut Tx, community: i64, closed: Millis) -> Result<Vec<(String, String)>> {
    on!(tx, c => sqlx::query_as(QUOTES).bind(community).bind(closed).fetch_all(c).await)
}

/// Empties a message that was handled but for a mark, which says what it was.
pub async fn empty(tx: &mut Tx, message: i64, mark: &str) -> Result<()> {
    // Not even its own row keeps what was sealed, nor where it came from; but that it was one.
    raws::replace(tx, message, mark.as_bytes(), 0).await
}
