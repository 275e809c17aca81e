//! Mails that go out: what is the same for every recipient.

use sqlx::FromRow;

use super::{Millis, Result, Tx, on, skip_locked};

/// A mail to be written.
pub struct NewMail<'a> {
    /// Which community sends it.
    pub community_id: i64,
    /// `post`, or its name in the catalogue.
    pub name: &'a str,
    /// The post it is a copy of.
    pub post_id: Option<i64>,
    /// Message-ID without angle brackets.
    pub message_id: &'a str,
    /// The frozen audience: everyone on the roster at this version. `None`:
    /// its recipients are named, and their rows made at once.
    pub roster_version: Option<i64>,
    /// What a reply to it is about, as `hold:12`; or empty.
    pub concerns: &'a str,
    /// Now.
    pub created_at: Millis,
    /// The bytes, but for what is personal.
    pub content: &'a [u8],
}

/// A mail without its content.
#[derive(Clone, Debug, FromRow)]
pub struct Mail {
    /// Key.
    pub id: i64,
    /// Which community sends it.
    pub community_id: i64,
    /// `post`, or its name in the catalogue.
    pub name: String,
    /// The post it is a copy of.
    pub post_id: Option<i64>,
    /// Message-ID without angle brackets.
    pub message_id: String,
    /// The frozen audience's version.
    pub roster_version: i64,
    /// The roster row up to which outbox rows were made.
    pub expanded_to: i64,
    /// expanding or expanded.
    pub state: String,
    /// When it was composed.
    pub created_at: Millis,
    /// What a reply to it is about, as `hold:12`; or empty.
    pub concerns: String,
}

const COLUMNS: &str = "id, community_id, name, post_id, message_id, roster_version, expanded_to, state, created_at, concerns";
const INSERT: &str = "INSERT INTO mail (community_id, name, post_id, message_id, audience, roster_version, \
    state, created_at, content, concerns) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10) RETURNING id";
const CONTENT: &str = "SELECT content FROM mail WHERE id = $1";
const EXPANDED: &str =
    "UPDATE mail SET expanded_to = $2, state = $3 WHERE id = $1 AND lease_owner = $4";
const RELEASE: &str =
    "UPDATE mail SET lease_until = 0 WHERE state = 'expanding' AND lease_owner = $1";
const ANY_EXPANDING: &str = "SELECT EXISTS (SELECT 1 FROM mail WHERE state = 'expanding')";
const LAST_OF_BATCH: &str = "SELECT max(id), count(*) FROM (SELECT id FROM roster WHERE community_id = $1 AND id > $2 \
    ORDER BY id LIMIT $3) AS batch";
const EXPAND: &str = "INSERT INTO outbox (community_id, mail_id, member_id, recipient, state, created_at, next_at, \
    done_at, reply) SELECT r.community_id, $1, r.member_id, r.address, \
    CASE WHEN m.state = 'left' THEN 'dropped' ELSE 'waiting' END, $6, $6, \
    CASE WHEN m.state = 'left' THEN CAST($6 AS BIGINT) END, \
    CASE WHEN m.state = 'left' THEN 'has left the community' ELSE '' END \
    FROM roster r JOIN member m ON m.id = r.member_id \
    WHERE r.community_id = $2 AND r.id > $3 AND r.id <= $4 AND r.since <= $5 AND (r.until IS NULL OR r.until > $5) \
    ORDER BY r.id ON CONFLICT DO NOTHING";

/// Writes a mail and gives its key.
pub async fn insert(tx: &mut Tx, m: &NewMail<'_>) -> Result<i64> {
    let (audience, state) = match m.roster_version {
        Some(_) => ("roster", "expanding"),
        None => ("named", "expanded"),
    };
    on!(tx, c => sqlx::query_scalar(INSERT)
        .bind(m.community_id).bind(m.name).bind(m.post_id).bind(m.message_id).bind(audience)
        .bind(m.roster_version.unwrap_or(0)).bind(state).bind(m.created_at).bind(m.content).bind(m.concerns)
        .fetch_one(c).await)
}

/// The bytes that all recipients get.
pub async fn content(tx: &mut Tx, id: i64) -> Result<Vec<u8>> {
    on!(tx, c => sqlx::query_scalar(CONTENT).bind(id).fetch_one(c).await)
}

/// The mail of that key.
pub async fn by_id(tx: &mut Tx, id: i64) -> Result<Mail> {
    let sql = format!("SELECT {COLUMNS} FROM mail WHERE id = $1");
    on!(tx, c => sqlx::query_as(sqlx::AssertSqlSafe(sql)).bind(id).fetch_one(c).await)
}

/// Every mail with that Message-ID, oldest first.
pub async fn by_message_id(tx: &mut Tx, message_id: &str) -> Result<Vec<Mail>> {
    let sql = format!("SELECT {COLUMNS} FROM mail WHERE message_id = $1 ORDER BY id LIMIT 100");
    on!(tx, c => sqlx::query_as(sqlx::AssertSqlSafe(sql)).bind(message_id).fetch_all(c).await)
}

/// Takes the oldest mail whose audience is not expanded yet.
pub async fn claim_expanding(
    tx: &mut Tx,
    owner: &str,
    lease: (Millis, Millis),
) -> Result<Option<Mail>> {
    let lock = skip_locked(tx);
    let sql = format!(
        "WITH due AS MATERIALIZED (SELECT id FROM mail \
         WHERE state = 'expanding' AND (lease_until <= $3 OR lease_owner = $1) ORDER BY id LIMIT 1 {lock}) \
         UPDATE mail SET lease_owner = $1, lease_until = $2 WHERE id IN (SELECT id FROM due) \
         RETURNING {COLUMNS}"
    );
    on!(tx, c => sqlx::query_as(sqlx::AssertSqlSafe(sql))
        .bind(owner).bind(lease.1).bind(lease.0).fetch_optional(c).await)
}

/// Makes outbox rows for the next `limit` rows of the roster, and remembers how
/// far it came; true when the whole audience has its rows. Whoever has left since
/// the audience was frozen gets a row that is dropped already.
pub async fn expand(
    tx: &mut Tx,
    mail: &Mail,
    owner: &str,
    limit: i64,
    now: Millis,
) -> Result<bool> {
    on!(tx, c => {
        let (last, count): (Option<i64>, i64) = sqlx::query_as(LAST_OF_BATCH)
            .bind(mail.community_id).bind(mail.expanded_to).bind(limit).fetch_one(&mut *c).await?;
        let last = last.unwrap_or(mail.expanded_to);
        sqlx::query(EXPAND)
            .bind(mail.id).bind(mail.community_id).bind(mail.expanded_to).bind(last)
            .bind(mail.roster_version).bind(now).execute(&mut *c).await?;
        let state = if count < limit { "expanded" } else { "expanding" };
        sqlx::query(EXPANDED).bind(mail.id).bind(last).bind(state).bind(owner).execute(&mut *c).await?;
        Ok(count < limit)
    })
}

/// Whether any audience is still to be expanded.
pub async fn any_expanding(tx: &mut Tx) -> Result<bool> {
    on!(tx, c => sqlx::query_scalar(ANY_EXPANDING).fetch_one(c).await)
}

/// Gives back what this owner had taken when it died.
pub async fn release(tx: &mut Tx, owner: &str) -> Result<()> {
    on!(tx, c => sqlx::query(RELEASE).bind(owner).execute(c).await.map(drop))
}
