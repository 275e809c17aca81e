//! Kinds of mail that a person has stopped.

use super::{Millis, Result, Tx, on};

const INSERT: &str =
    "INSERT INTO stopped_mail (person_id, name, at) VALUES ($1, $2, $3) ON CONFLICT DO NOTHING";
const DELETE: &str = "DELETE FROM stopped_mail WHERE person_id = $1 AND name = $2";
const IS_STOPPED: &str = "SELECT EXISTS (SELECT 1 FROM stopped_mail s \
    JOIN address a ON a.person_id = s.person_id WHERE a.address = $1 AND s.name = $2)";

/// From now on the person gets no mail of that name.
pub async fn stop(tx: &mut Tx, person: i64, name: &str, at: Millis) -> Result<()> {
    on!(tx, c => sqlx::query(INSERT).bind(person).bind(name).bind(at).execute(c).await.map(drop))
}

/// Whether the owner of that address has stopped the mail of that name.
pub async fn is_stopped(tx: &mut Tx, address: &str, name: &str) -> Result<bool> {
    on!(tx, c => sqlx::query_scalar(IS_STOPPED).bind(address).bind(name).fetch_one(c).await)
}

/// The person gets mail of that name again.
pub async fn start(tx: &mut Tx, person: i64, name: &str) -> Result<()> {
    on!(tx, c => sqlx::query(DELETE).bind(person).bind(name).execute(c).await.map(drop))
}
