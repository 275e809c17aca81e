//! Value stories: what membership did for somebody, in their words.

use sqlx::FromRow;

use super::{Millis, Result, Tx, on};

/// One row of `value_story`.
#[derive(Clone, Debug, FromRow)]
pub struct Story {
    /// Key.
    pub id: i64,
    /// Which community's.
    pub community_id: i64,
    /// Who wrote it.
    pub member_id: i64,
    /// What they wrote.
    pub text: String,
    /// story, potential, applied or realized, as they say.
    pub cycle: String,
    /// The name under which it may be shown; empty: none.
    pub signed: String,
    /// kept, quoted or withdrawn.
    pub state: String,
    /// The Message-ID of the mail by which they allow it; or empty.
    pub consent: String,
    /// When it came.
    pub created_at: Millis,
}

/// A new story.
pub struct NewStory<'a> {
    /// Which community's.
    pub community_id: i64,
    /// Who wrote it.
    pub member_id: i64,
    /// What they wrote.
    pub text: &'a str,
    /// story, potential, applied or realized.
    pub cycle: &'a str,
    /// The name under which it may be shown; empty: none.
    pub signed: &'a str,
    /// Now.
    pub at: Millis,
}

const INSERT: &str = "INSERT INTO value_story (community_id, member_id, text, cycle, signed, created_at) \
    VALUES ($1, $2, $3, $4, $5, $6) RETURNING id";

/// Keeps a story, for its author alone; gives its key.
pub async fn insert(tx: &mut Tx, new: &NewStory<'_>) -> Result<i64> {
    on!(tx, c => sqlx::query_scalar(INSERT).bind(new.community_id).bind(new.member_id).bind(new.text)
        .bind(new.cycle).bind(new.signed).bind(new.at).fetch_one(c).await)
}

const BY_ID: &str = "SELECT id, community_id, member_id, text, cycle, signed, state, consent, created_at \
    FROM value_story WHERE id = $1";

/// The story of that key.
pub async fn by_id(tx: &mut Tx, id: i64) -> Result<Option<Story>> {
    on!(tx, c => sqlx::query_as(BY_ID).bind(id).fetch_optional(c).await)
}

const CONSENT: &str = "UPDATE value_story SET state = 'quoted', consent = $2, consented_at = $3 \
    WHERE id = $1 AND state = 'kept'";

/// Its author lets a sponsor read it, by that mail; false where they have taken it back.
pub async fn consent(tx: &mut Tx, id: i64, message_id: &str, at: Millis) -> Result<bool> {
    on!(tx, c => sqlx::query(CONSENT).bind(id).bind(message_id).bind(at).execute(c).await
        .map(|done| done.rows_affected() == 1))
}

const WITHDRAW: &str =
    "UPDATE value_story SET state = 'withdrawn' WHERE id = $1 AND state <> 'withdrawn'";

/// Nobody reads it any more; false where that was so.
pub async fn withdraw(tx: &mut Tx, id: i64) -> Result<bool> {
    on!(tx, c => sqlx::query(WITHDRAW).bind(id).execute(c).await
        .map(|done| done.rows_affected() == 1))
}

const NEXT: &str = "SELECT id, community_id, member_id, text, cycle, signed, state, consent, created_at \
    FROM value_story s WHERE community_id = $1 AND state = 'quoted' AND consent <> '' AND NOT EXISTS \
    (SELECT 1 FROM summary_item i JOIN summary m ON m.id = i.summary_id WHERE m.community_id = s.community_id \
    AND m.series = $2 AND i.kind = 'story' AND i.item = CAST(s.id AS TEXT)) ORDER BY consented_at, id LIMIT 1";

/// The oldest story that may be read and was in no summary of that series yet.
pub async fn next(tx: &mut Tx, community: i64, series: &str) -> Result<Option<Story>> {
    on!(tx, c => sqlx::query_as(NEXT).bind(community).bind(series).fetch_optional(c).await)
}

const OF_MEMBER: &str = "SELECT id, community_id, member_id, text, cycle, signed, state, consent, created_at \
    FROM value_story WHERE member_id = $1 ORDER BY id";

/// The stories of a member.
pub async fn of_member(tx: &mut Tx, member: i64) -> Result<Vec<Story>> {
    on!(tx, c => sqlx::query_as(OF_MEMBER).bind(member).fetch_all(c).await)
}
