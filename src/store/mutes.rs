//! Automatic mails of a community that a facilitator has muted.

use sqlx::FromRow;

use super::{Millis, Result, Tx, on};

/// One row of `mute`.
#[derive(Clone, Debug, FromRow)]
pub struct Mute {
    /// The mail's name in the catalogue.
    pub mail: String,
    /// The first moment at which it may go again.
    pub until_at: Millis,
    /// Who muted it.
    pub address: String,
}

const SET: &str = "INSERT INTO mute (community_id, mail, until_at, address, at) VALUES ($1, $2, $3, $4, $5) \
    ON CONFLICT (community_id, mail) DO UPDATE SET until_at = excluded.until_at, address = excluded.address, \
    at = excluded.at";
const END: &str = "DELETE FROM mute WHERE community_id = $1 AND mail = $2";
const OF_COMMUNITY: &str =
    "SELECT mail, until_at, address FROM mute WHERE community_id = $1 ORDER BY mail";

/// Mutes a mail, or prolongs or shortens that.
pub async fn set(tx: &mut Tx, community: i64, mute: &Mute, at: Millis) -> Result<()> {
    on!(tx, c => sqlx::query(SET)
        .bind(community).bind(&mute.mail).bind(mute.until_at).bind(&mute.address).bind(at)
        .execute(c).await.map(drop))
}

/// Lets a mail go again; false where it was not muted.
pub async fn end(tx: &mut Tx, community: i64, mail: &str) -> Result<bool> {
    let gone = on!(tx, c => sqlx::query(END)
        .bind(community).bind(mail).execute(c).await.map(|done| done.rows_affected()))?;
    Ok(gone > 0)
}

/// What is or was muted in a community.
pub async fn of_community(tx: &mut Tx, community: i64) -> Result<Vec<Mute>> {
    on!(tx, c => sqlx::query_as(OF_COMMUNITY).bind(community).fetch_all(c).await)
}
