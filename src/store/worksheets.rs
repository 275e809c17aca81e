//! What worksheets have named, and what facilitators have decided about it.

use sqlx::FromRow;

use super::{Millis, Result, Tx, on};

/// What a worksheet named under a number.
#[derive(Clone, Debug, PartialEq, Eq, FromRow)]
pub struct Item {
    /// The number that a reply means.
    pub number: i64,
    /// Its kind and its key, as `hold:12`.
    pub item: String,
    /// What the mail said of it; empty after an erasure.
    pub title: String,
}

/// What somebody has decided about an item.
#[derive(Clone, Debug, PartialEq, Eq, FromRow)]
pub struct Decision {
    /// Its kind and its key.
    pub item: String,
    /// done, released, dropped or snoozed.
    pub decision: String,
    /// Until when it is put off.
    pub until_at: Option<Millis>,
    /// Who decided.
    pub address: String,
    /// When.
    pub at: Millis,
}

impl Decision {
    /// Whether the item is not to be named at that moment.
    pub fn hides_at(&self, now: Millis) -> bool {
        self.until_at.is_none_or(|until| until > now)
    }
}

const NOTE: &str = "INSERT INTO worksheet_item (mail_id, number, item, title) \
    SELECT id, CAST($2 AS BIGINT), CAST($3 AS TEXT), CAST($4 AS TEXT) FROM mail WHERE message_id = $1 \
    AND name = 'worksheet' ON CONFLICT DO NOTHING";
const OF_MAIL: &str =
    "SELECT number, item, title FROM worksheet_item WHERE mail_id = $1 ORDER BY number";
const DECIDE: &str = "INSERT INTO worksheet_decision (community_id, item, decision, until_at, address, at) \
    VALUES ($1, $2, $3, $4, $5, $6) ON CONFLICT (community_id, item) DO UPDATE SET decision = excluded.decision, \
    until_at = excluded.until_at, address = excluded.address, at = excluded.at";
const DECISION: &str = "SELECT item, decision, until_at, address, at FROM worksheet_decision \
    WHERE community_id = $1 AND item = $2";
const HIDING: &str = "SELECT item FROM worksheet_decision WHERE community_id = $1 \
    AND (until_at IS NULL OR until_at > $2)";

/// Notes what the worksheet with that Message-ID names.
pub async fn note(tx: &mut Tx, message_id: &str, items: &[Item]) -> Result<()> {
    for item in items {
        on!(tx, c => sqlx::query(NOTE)
            .bind(message_id).bind(item.number).bind(&item.item).bind(&item.title)
            .execute(c).await.map(drop))?;
    }
    Ok(())
}

/// What a worksheet named, by number.
pub async fn of_mail(tx: &mut Tx, mail: i64) -> Result<Vec<Item>> {
    on!(tx, c => sqlx::query_as(OF_MAIL).bind(mail).fetch_all(c).await)
}

/// Keeps what was decided about an item, in the place of what was decided before.
pub async fn decide(tx: &mut Tx, community: i64, d: &Decision) -> Result<()> {
    on!(tx, c => sqlx::query(DECIDE)
        .bind(community).bind(&d.item).bind(&d.decision).bind(d.until_at).bind(&d.address).bind(d.at)
        .execute(c).await.map(drop))
}

/// What was decided about an item last.
pub async fn decision(tx: &mut Tx, community: i64, item: &str) -> Result<Option<Decision>> {
    on!(tx, c => sqlx::query_as(DECISION).bind(community).bind(item).fetch_optional(c).await)
}

/// The items that are not to be named at that moment.
pub async fn hidden(tx: &mut Tx, community: i64, now: Millis) -> Result<Vec<String>> {
    on!(tx, c => sqlx::query_scalar(HIDING).bind(community).bind(now).fetch_all(c).await)
}
