//! Automatic answers, counted: nobody gets many of them, whoever asks in their name.

use super::{Millis, Result, Tx, on};

const INSERT: &str =
    "INSERT INTO counted_answer (community_id, address, kind, at) VALUES ($1, $2, $3, $4)";
const COUNT: &str = "SELECT count(*) FROM counted_answer WHERE address = $1 AND kind = $2 AND at > $3 AND community_id = $4";
const PURGE: &str = "DELETE FROM counted_answer WHERE address = $1 AND at <= $2";

/// Notes an answer of that kind, unless `most` of them went to this address from
/// this community since `since`; false where there were so many already. Older ones
/// of the address are forgotten.
pub async fn note(
    tx: &mut Tx,
    (community, address): (i64, &str),
    kind: &str,
    (since, now): (Millis, Millis),
    most: i64,
) -> Result<bool> {
    on!(tx, c => {
        let count: i64 = sqlx::query_scalar(COUNT)
            .bind(address).bind(kind).bind(since).bind(community).fetch_one(&mut *c).await?;
        if count >= most {
            return Ok(false);
        }
        sqlx::query(PURGE).bind(address).bind(since).execute(&mut *c).await?;
        sqlx::query(INSERT).bind(community).bind(address).bind(kind).bind(now).execute(&mut *c).await?;
        Ok(true)
    })
}
