//! Addresses to which mail fails, and the deliveries that came back.

use sqlx::FromRow;

use super::{Millis, Result, Tx, on, placeholders};

/// An address to which mail fails.
#[derive(Clone, Debug, Default, PartialEq, Eq, FromRow)]
pub struct Failing {
    /// The address.
    pub address: String,
    /// Thousandths of a point, as they stood at `counted_at`.
    pub points: i64,
    /// When something was counted last.
    pub counted_at: Millis,
    /// The last day on which points were added, in days since 1970 in UTC.
    pub day: i64,
    /// How many thousandths were added on that day.
    pub day_points: i64,
    /// When the first of these failures was.
    pub since: Millis,
    /// What was said of the last one.
    pub diagnostic: String,
    /// The community whose mail it was.
    pub community_id: i64,
    /// The Message-ID of the last mail that tried the address; or empty.
    pub probe_id: String,
    /// How often in a row such a mail came back.
    pub probe_failures: i64,
    /// Since when nothing goes there.
    pub stopped_at: Option<Millis>,
    /// How many mails have tried the address since then.
    pub warnings: i64,
}

const OF: &str = "SELECT * FROM failing WHERE address = $1";
// Locks the row of who is known already.
const BEGIN: &str = "INSERT INTO failing (address, points, counted_at, since, community_id) \
    VALUES ($1, 0, $2, $2, $3) ON CONFLICT (address) DO UPDATE SET address = excluded.address RETURNING *";
const UPDATE: &str = "UPDATE failing SET points = $2, counted_at = $3, day = $4, day_points = $5, since = $6, \
    diagnostic = $7, community_id = $8, probe_id = $9, probe_failures = $10, stopped_at = $11, warnings = $12 \
    WHERE address = $1";
const FORGET: &str = "DELETE FROM failing WHERE address = $1";
const IS_STOPPED: &str =
    "SELECT EXISTS (SELECT 1 FROM failing WHERE address = $1 AND stopped_at IS NOT NULL)";
const CLOSED: &str = "SELECT 'they complained about such mail' FROM suppressed WHERE address = $1 \
    UNION ALL SELECT 'mail to this address comes back' FROM failing WHERE address = $1 AND stopped_at IS NOT NULL LIMIT 1";
const IS_SERVED: &str = "SELECT EXISTS (SELECT 1 FROM member WHERE address = $1 AND state NOT IN ('left', 'pending')) \
    OR EXISTS (SELECT 1 FROM guest WHERE address = $1 AND ended_at IS NULL)";
const COUNTED: &str = "SELECT points FROM bounce WHERE outbox_id = $1";
const COUNT: &str = "INSERT INTO bounce (outbox_id, address, at, points) VALUES ($1, $2, $3, $4) \
    ON CONFLICT (outbox_id) DO UPDATE SET points = excluded.points WHERE bounce.points < excluded.points";
const PURGE: &str = "DELETE FROM bounce WHERE address = $1 AND at <= $2";
const AT_ADDRESS: &str =
    "SELECT id FROM member WHERE address = $1 AND state = $2 ORDER BY community_id";

/// What is known of an address; `None` where mail to it does not fail.
pub async fn of(tx: &mut Tx, address: &str) -> Result<Option<Failing>> {
    on!(tx, c => sqlx::query_as(OF).bind(address).fetch_optional(c).await)
}

/// The row of an address, made where there is none, which no other transaction
/// changes before this one ends.
pub async fn for_count(tx: &mut Tx, address: &str, community: i64, now: Millis) -> Result<Failing> {
    on!(tx, c => sqlx::query_as(BEGIN).bind(address).bind(now).bind(community).fetch_one(c).await)
}

/// Writes all that can change.
pub async fn update(tx: &mut Tx, f: &Failing) -> Result<()> {
    on!(tx, c => sqlx::query(UPDATE)
        .bind(&f.address).bind(f.points).bind(f.counted_at).bind(f.day).bind(f.day_points).bind(f.since)
        .bind(&f.diagnostic).bind(f.community_id).bind(&f.probe_id).bind(f.probe_failures)
        .bind(f.stopped_at).bind(f.warnings).execute(c).await.map(drop))
}

/// Mail to that address fails no more.
pub async fn forget(tx: &mut Tx, address: &str) -> Result<()> {
    on!(tx, c => sqlx::query(FORGET).bind(address).execute(c).await.map(drop))
}

/// Whether nothing goes to that address because mail to it fails.
pub async fn is_stopped(tx: &mut Tx, address: &str) -> Result<bool> {
    on!(tx, c => sqlx::query_scalar(IS_STOPPED).bind(address).fetch_one(c).await)
}

/// Why nothing but answers may go to that address, where that is so.
pub async fn closed(tx: &mut Tx, address: &str) -> Result<Option<String>> {
    on!(tx, c => sqlx::query_scalar(CLOSED).bind(address).fetch_optional(c).await)
}

/// Whether a member or guest gets mail at that address. Of others nothing is counted:
/// anybody can have a confirmation sent to addresses that do not exist.
pub async fn is_served(tx: &mut Tx, address: &str) -> Result<bool> {
    on!(tx, c => sqlx::query_scalar(IS_SERVED).bind(address).fetch_one(c).await)
}

/// What a delivery has counted for already, in thousandths.
pub async fn counted(tx: &mut Tx, delivery: i64) -> Result<Option<i64>> {
    on!(tx, c => sqlx::query_scalar(COUNTED).bind(delivery).fetch_optional(c).await)
}

/// Notes what a delivery counts for. What came back of the address before `old` is
/// forgotten.
pub async fn count(
    tx: &mut Tx,
    delivery: i64,
    address: &str,
    points: i64,
    (now, old): (Millis, Millis),
) -> Result<()> {
    on!(tx, c => {
        sqlx::query(PURGE).bind(address).bind(old).execute(&mut *c).await?;
        sqlx::query(COUNT).bind(delivery).bind(address).bind(now).bind(points).execute(&mut *c).await.map(drop)
    })
}

/// The members of that state whose mail goes to that address.
pub async fn members_at(tx: &mut Tx, address: &str, state: &str) -> Result<Vec<i64>> {
    on!(tx, c => sqlx::query_scalar(AT_ADDRESS).bind(address).bind(state).fetch_all(c).await)
}

/// Ends what waits to be sent to an address, but for mails of these names.
pub async fn drop_waiting(
    tx: &mut Tx,
    address: &str,
    but: &[&str],
    reason: &str,
    at: Millis,
) -> Result<u64> {
    let sql = format!(
        "UPDATE outbox SET state = 'dropped', reply = $2, done_at = $3 WHERE recipient = $1 \
         AND state IN ('waiting', 'deferred') AND EXISTS (SELECT 1 FROM mail WHERE mail.id = outbox.mail_id AND mail.name NOT IN ({}))",
        placeholders(4, but.len())
    );
    on!(tx, c => {
        let mut query = sqlx::query(sqlx::AssertSqlSafe(sql)).bind(address).bind(reason).bind(at);
        for name in but {
            query = query.bind(*name);
        }
        query.execute(c).await.map(|done| done.rows_affected())
    })
}
