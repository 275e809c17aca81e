//! Messages as they came, and the one outcome of each envelope recipient.

use sqlx::FromRow;

use super::packing::{self, Packed};
use super::raws::{self, Kept};
use super::{Millis, Result, Tx, on, skip_locked};

/// How a message came in that an act of the community's own wrote.
pub const BY_ACT: &str = "act";

/// What is kept of a message before anything is decided.
#[derive(Clone, Debug)]
pub struct NewMessage<'a> {
    /// Its Message-ID without angle brackets, or one that we gave it.
    pub message_id: &'a str,
    /// MAIL FROM; empty for the null sender.
    pub envelope_from: &'a str,
    /// lmtp, smtp, command, import, or digest: part of a reply to one.
    pub via: &'a str,
    /// Who handed it in.
    pub peer: &'a str,
    /// What that one called itself (EHLO); or empty.
    pub helo: &'a str,
    /// When.
    pub received_at: Millis,
    /// The bytes.
    pub raw: &'a [u8],
}

/// A message as it came.
#[derive(Clone, Debug, FromRow)]
pub struct Message {
    /// Key.
    pub id: i64,
    /// Its Message-ID without angle brackets.
    pub message_id: String,
    /// MAIL FROM.
    pub envelope_from: String,
    /// lmtp, smtp, command, import, or digest: part of a reply to one.
    pub via: String,
    /// Who handed it in.
    pub peer: String,
    /// What that one called itself (EHLO); or empty.
    pub helo: String,
    /// What our own checks found (`identity::Checked::to_text`).
    pub checked: String,
    /// When it was acknowledged.
    pub received_at: Millis,
    /// The bytes.
    pub raw: Vec<u8>,
}

/// One envelope recipient of one message.
#[derive(Clone, Debug, FromRow)]
pub struct Intake {
    /// Key.
    pub id: i64,
    /// The message.
    pub message_id: i64,
    /// The community it is addressed to.
    pub community_id: Option<i64>,
    /// RCPT TO.
    pub recipient: String,
    /// waiting, done or parked.
    pub state: String,
    /// What became of it.
    pub outcome: String,
    /// And why.
    pub reason: String,
    /// How often handling it has failed, or was cut short by the node's death.
    pub attempts: i64,
    /// When it was done.
    pub done_at: Option<Millis>,
}

const INSERT_MESSAGE: &str = "INSERT INTO message (message_id, envelope_from, via, peer, received_at, size, raw, helo, codec) \
    VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9) RETURNING id";
const INSERT_INTAKE: &str = "INSERT INTO intake (message_id, recipient, state, next_at) \
    VALUES ($1, $2, 'waiting', $3) ON CONFLICT DO NOTHING";
const COLUMNS: &str =
    "id, message_id, community_id, recipient, state, outcome, reason, attempts, done_at";
const FINISH: &str = "UPDATE intake SET state = 'done', outcome = $2, reason = $3, community_id = $4, done_at = $5 \
    WHERE id = $1 AND state = 'waiting' AND lease_owner = $6";
const POSTPONE: &str = "UPDATE intake SET attempts = attempts + 1, next_at = $2, reason = $3, lease_until = 0 \
    WHERE id = $1 AND state = 'waiting' AND lease_owner = $4";
const DEFER: &str = "UPDATE intake SET next_at = $2, reason = $3, lease_until = 0 \
    WHERE id = $1 AND state = 'waiting' AND lease_owner = $4";
const PARK: &str = "UPDATE intake SET state = 'parked', reason = $2, done_at = $3 \
    WHERE id = $1 AND state = 'waiting' AND lease_owner = $4";
const UNPARK: &str = "UPDATE intake SET state = 'waiting', attempts = 0, next_at = $1, done_at = NULL \
    WHERE state = 'parked'";
const PARKED: &str = "SELECT i.id, m.message_id, i.recipient, i.attempts, m.received_at, i.reason \
    FROM intake i JOIN message m ON m.id = i.message_id WHERE i.state = 'parked' ORDER BY i.id LIMIT $1";
const OPEN_COUNTS: &str =
    "SELECT state, count(*) FROM intake WHERE state IN ('waiting', 'parked') GROUP BY state";
const MESSAGE: &str = "SELECT id, message_id, envelope_from, via, peer, helo, checked, received_at, raw, codec, place \
    FROM message WHERE id = $1";
const SET_CHECKED: &str = "UPDATE message SET checked = $2 WHERE id = $1 AND checked = $3";
const SET_AUTHOR: &str = "UPDATE message SET author = $2 WHERE id = $1 AND author <> $2";
const NEXT: &str = "SELECT min(next_at) FROM intake WHERE state = 'waiting'";
const SUSPECT: &str = "UPDATE intake SET attempts = attempts + 1 WHERE id = (SELECT min(id) FROM intake \
    WHERE state = 'waiting' AND lease_owner = $1 AND lease_until > 0)";
const RELEASE: &str =
    "UPDATE intake SET lease_until = 0 WHERE state = 'waiting' AND lease_owner = $1";

/// Keeps a message with a waiting row for each of its recipients.
pub async fn insert(
    tx: &mut Tx,
    m: &NewMessage<'_>,
    recipients: &[String],
    due: Millis,
) -> Result<i64> {
    // Of the time in which all others wait for this commit no more is taken than that.
    let Packed { codec, bytes, .. } = packing::pack_at_once(m.raw);
    on!(tx, c => {
        let id: i64 = sqlx::query_scalar(INSERT_MESSAGE)
            .bind(m.message_id).bind(m.envelope_from).bind(m.via).bind(m.peer)
            .bind(m.received_at).bind(m.raw.len() as i64).bind(bytes).bind(m.helo).bind(codec)
            .fetch_one(&mut *c).await?;
        for recipient in recipients {
            sqlx::query(INSERT_INTAKE).bind(id).bind(recipient).bind(due).execute(&mut *c).await?;
        }
        Ok(id)
    })
}

/// Notes what our own checks found of a message (`identity::Checked::to_text`); false
/// where something else than `before` is known of it by now.
pub async fn set_checked(tx: &mut Tx, message: i64, before: &str, checked: &str) -> Result<bool> {
    on!(tx, c => sqlx::query(SET_CHECKED).bind(message).bind(checked).bind(before)
        .execute(c).await.map(|done| done.rows_affected() == 1))
}

/// Notes the address that a message names as its author's.
pub async fn set_author(tx: &mut Tx, message: i64, author: &str) -> Result<()> {
    on!(tx, c => sqlx::query(SET_AUTHOR).bind(message).bind(author).execute(c).await.map(drop))
}

/// Takes up to `limit` waiting rows, oldest first, for this owner.
pub async fn claim(
    tx: &mut Tx,
    now: Millis,
    owner: &str,
    lease: (Millis, Millis),
    limit: i64,
) -> Result<Vec<Intake>> {
    let lock = skip_locked(tx);
    let sql = format!(
        "WITH due AS MATERIALIZED (SELECT id FROM intake \
         WHERE state = 'waiting' AND next_at <= $3 AND lease_until <= $4 ORDER BY id LIMIT $5 {lock}) \
         UPDATE intake SET lease_owner = $1, lease_until = $2 WHERE id IN (SELECT id FROM due) \
         RETURNING {COLUMNS}"
    );
    let mut rows: Vec<Intake> = on!(tx, c => sqlx::query_as(sqlx::AssertSqlSafe(sql))
        .bind(owner).bind(lease.1).bind(now).bind(lease.0).bind(limit).fetch_all(c).await)?;
    rows.sort_by_key(|row| row.id);
    Ok(rows)
}

/// Records the outcome, if this owner still holds the row; false if not.
pub async fn finish(
    tx: &mut Tx,
    id: i64,
    owner: &str,
    end: (&str, &str),
    community: Option<i64>,
    at: Millis,
) -> Result<bool> {
    let changed = on!(tx, c => sqlx::query(FINISH)
        .bind(id).bind(end.0).bind(end.1).bind(community).bind(at).bind(owner)
        .execute(c).await.map(|done| done.rows_affected()))?;
    Ok(changed == 1)
}

/// Puts a row off until `next_at`, saying why, if this owner still holds it.
pub async fn postpone(
    tx: &mut Tx,
    id: i64,
    owner: &str,
    next_at: Millis,
    reason: &str,
) -> Result<()> {
    on!(tx, c => sqlx::query(POSTPONE)
        .bind(id).bind(next_at).bind(reason).bind(owner).execute(c).await.map(drop))
}

/// Puts a row off until `next_at`, saying why, without counting that against it: it waits
/// for something else. If this owner still holds it.
pub async fn defer(tx: &mut Tx, id: i64, owner: &str, next_at: Millis, reason: &str) -> Result<()> {
    on!(tx, c => sqlx::query(DEFER)
        .bind(id).bind(next_at).bind(reason).bind(owner).execute(c).await.map(drop))
}

/// Sets a row aside that failed too often, for the operator; if this owner still
/// holds it: what another node has handled meanwhile, or what a commit of unknown
/// outcome has ended after all, must not be taken up again.
pub async fn park(tx: &mut Tx, id: i64, owner: &str, reason: &str, at: Millis) -> Result<()> {
    on!(tx, c => sqlx::query(PARK)
        .bind(id).bind(reason).bind(at).bind(owner).execute(c).await.map(drop))
}

/// Takes up all parked rows again; gives how many.
pub async fn unpark(tx: &mut Tx, now: Millis) -> Result<u64> {
    on!(tx, c => sqlx::query(UNPARK).bind(now).execute(c).await.map(|done| done.rows_affected()))
}

/// A message that was set aside, for one of its recipients.
#[derive(Clone, Debug, FromRow)]
pub struct Parked {
    /// Key of the recipient's row.
    pub id: i64,
    /// Message-ID without angle brackets.
    pub message_id: String,
    /// RCPT TO.
    pub recipient: String,
    /// How often handling it has failed.
    pub attempts: i64,
    /// When it came.
    pub received_at: Millis,
    /// Why it was set aside.
    pub reason: String,
}

/// What was set aside, oldest first.
pub async fn parked(tx: &mut Tx, limit: i64) -> Result<Vec<Parked>> {
    on!(tx, c => sqlx::query_as(PARKED).bind(limit).fetch_all(c).await)
}

/// How many rows are in each unfinished state; one without rows is left out.
pub async fn open_counts(tx: &mut Tx) -> Result<Vec<(String, i64)>> {
    on!(tx, c => sqlx::query_as(OPEN_COUNTS).fetch_all(c).await)
}

#[derive(FromRow)]
struct Row {
    #[sqlx(flatten)]
    message: Message,
    codec: i64,
    place: String,
}

/// The message of that key, its bytes as they came wherever they are kept.
pub async fn message(tx: &mut Tx, id: i64) -> Result<Message> {
    let row: Row = on!(tx, c => sqlx::query_as(MESSAGE).bind(id).fetch_one(c).await)?;
    let mut message = row.message;
    let kept = Kept {
        id,
        codec: row.codec,
        place: row.place,
        raw: std::mem::take(&mut message.raw),
    };
    message.raw = raws::whole(tx, kept).await?;
    Ok(message)
}

/// Puts other bytes in the place of a message as it came: without what nobody may
/// read there.
pub async fn replace_raw(tx: &mut Tx, id: i64, raw: &[u8]) -> Result<()> {
    raws::replace(tx, id, raw, raw.len()).await
}

/// The rows of a message, one a recipient.
pub async fn of_message(tx: &mut Tx, message: i64) -> Result<Vec<Intake>> {
    let sql = format!("SELECT {COLUMNS} FROM intake WHERE message_id = $1 ORDER BY id");
    on!(tx, c => sqlx::query_as(sqlx::AssertSqlSafe(sql)).bind(message).fetch_all(c).await)
}

/// When the next waiting row is due.
pub async fn next_due(tx: &mut Tx) -> Result<Option<Millis>> {
    on!(tx, c => sqlx::query_scalar(NEXT).fetch_one(c).await)
}

/// Every recipient row of the messages with that Message-ID, without the bytes.
pub async fn by_message_id(tx: &mut Tx, message_id: &str) -> Result<Vec<(Message, Intake)>> {
    let sql = format!("SELECT {COLUMNS} FROM intake WHERE message_id = $1 ORDER BY id");
    let find = "SELECT id, message_id, envelope_from, via, peer, helo, checked, received_at, substr(raw, 1, 0) AS raw \
        FROM message WHERE message_id = $1 ORDER BY id LIMIT 100";
    on!(tx, c => {
        let messages: Vec<Message> = sqlx::query_as(find).bind(message_id).fetch_all(&mut *c).await?;
        let mut found = Vec::new();
        for message in messages {
            let rows: Vec<Intake> = sqlx::query_as(sqlx::AssertSqlSafe(sql.clone()))
                .bind(message.id).fetch_all(&mut *c).await?;
            found.extend(rows.into_iter().map(|row| (message.clone(), row)));
        }
        Ok(found)
    })
}

/// After a death: counts it against the row that was being handled. Rows are
/// handled in order, so that is the first one that this owner held.
pub async fn suspect(tx: &mut Tx, owner: &str) -> Result<()> {
    on!(tx, c => sqlx::query(SUSPECT).bind(owner).execute(c).await.map(drop))
}

/// Gives back what this owner has taken and not handled.
pub async fn release(tx: &mut Tx, owner: &str) -> Result<()> {
    on!(tx, c => sqlx::query(RELEASE).bind(owner).execute(c).await.map(drop))
}
