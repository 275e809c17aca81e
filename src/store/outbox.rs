//! One row a recipient of a mail, from waiting to its final state.

use std::collections::BTreeMap;

use sqlx::FromRow;

use super::{Millis, Result, Tx, acts, on, placeholders, rows, skip_locked, values};

/// A row taken for sending.
#[derive(Clone, Debug, FromRow)]
pub struct Claimed {
    /// Key.
    pub id: i64,
    /// Which community sends.
    pub community_id: i64,
    /// The mail.
    pub mail_id: i64,
    /// The member it goes to, if it goes to one.
    pub member_id: Option<i64>,
    /// Where it goes.
    pub recipient: String,
    /// How often it was tried, this time included.
    pub attempts: i64,
    /// When the row was made.
    pub created_at: Millis,
    /// When it was first taken: the Date of a mail of our own.
    pub first_at: Millis,
}

/// What became of one attempt.
#[derive(Clone, Debug)]
pub struct Attempt {
    /// The row.
    pub id: i64,
    /// sent, deferred, failed, dropped or waiting (given back untried).
    pub state: &'static str,
    /// The relay's answer, or our reason.
    pub reply: String,
    /// When it is due again (deferred, waiting), or when it ended.
    pub at: Millis,
}

/// A delivery as `why` and `queue` show it.
#[derive(Clone, Debug, FromRow)]
pub struct Delivery {
    /// Key.
    pub id: i64,
    /// The mail.
    pub mail_id: i64,
    /// Its Message-ID.
    pub message_id: String,
    /// `post`, or its name in the catalogue.
    pub name: String,
    /// Where it goes.
    pub recipient: String,
    /// waiting, sending, sent, deferred, failed or dropped.
    pub state: String,
    /// How often it was tried.
    pub attempts: i64,
    /// When the row was made.
    pub created_at: Millis,
    /// When it is due (again).
    pub next_at: Millis,
    /// When it ended.
    pub done_at: Option<Millis>,
    /// The relay's last answer, or our reason.
    pub reply: String,
}

/// The act that counts deliveries that were refused; it is about their keys.
pub const REFUSED: &str = "delivery-refused";

const INTO: &str =
    "outbox (community_id, mail_id, member_id, recipient, state, created_at, next_at)";
const INSERTED: usize = 7;
const INSERT_DROPPED: &str = "INSERT INTO outbox (community_id, mail_id, recipient, state, created_at, next_at, done_at, \
    reply) VALUES ($1, $2, $3, 'dropped', $5, $5, $5, $4) ON CONFLICT DO NOTHING";
const DELIVERY: &str = "o.id, o.mail_id, m.message_id, m.name, o.recipient, o.state, o.attempts, o.created_at, \
    o.next_at, o.done_at, o.reply FROM outbox o JOIN mail m ON m.id = o.mail_id";
const RELEASE: &str = "UPDATE outbox SET state = 'waiting', attempts = attempts - 1 WHERE state = 'sending' AND lease_owner = $1";
const DROP_OF_MEMBER: &str = "UPDATE outbox SET state = 'dropped', reply = $2, done_at = $3 \
    WHERE member_id = $1 AND state IN ('waiting', 'deferred') \
    AND EXISTS (SELECT 1 FROM mail WHERE mail.id = outbox.mail_id AND mail.name IN ('post', 'digest'))";
const DROP_ONE: &str = "UPDATE outbox SET state = 'dropped', reply = $3, done_at = $4 \
    WHERE mail_id = $1 AND recipient = $2 AND state = 'waiting'";
const EXPIRE: &str = "UPDATE outbox SET state = 'failed', reply = $2, done_at = $3 \
    WHERE state IN ('waiting', 'deferred') AND created_at <= $1";
const NEXT: &str = "SELECT min(next_at) FROM outbox WHERE state IN ('waiting', 'deferred')";
const ANY_OPEN: &str = "SELECT EXISTS (SELECT 1 FROM outbox WHERE state = 'sending') \
    OR COALESCE((SELECT min(next_at) FROM outbox WHERE state IN ('waiting', 'deferred')) <= $1, FALSE)";
const RETRY: &str =
    "UPDATE outbox SET next_at = $1 WHERE state IN ('waiting', 'deferred') AND next_at > $1";
const HELD: &str = "SELECT count(*) FROM outbox WHERE state = 'sending' AND lease_owner = $1";
const COUNTS: &str =
    "SELECT state, count(*) FROM outbox WHERE state NOT IN ('sent', 'dropped') GROUP BY state";

const OPEN_COUNTS: &str = "SELECT state, count(*) FROM outbox WHERE state IN ('waiting', 'deferred') GROUP BY state \
    UNION ALL SELECT 'sending', count(*) FROM outbox WHERE state = 'sending'";

/// A row to be written.
#[derive(Clone, Copy, Debug)]
pub struct NewRow<'a> {
    /// Which community sends.
    pub community_id: i64,
    /// The mail.
    pub mail_id: i64,
    /// The member it goes to, if it goes to one.
    pub member_id: Option<i64>,
    /// Where it goes.
    pub recipient: &'a str,
}

/// Makes a row for a named recipient.
pub async fn insert(
    tx: &mut Tx,
    community_id: i64,
    mail_id: i64,
    member_id: Option<i64>,
    recipient: &str,
    now: Millis,
) -> Result<()> {
    let row = NewRow {
        community_id,
        mail_id,
        member_id,
        recipient,
    };
    insert_all(tx, &[row], now).await
}

/// Makes rows for named recipients, in one statement.
pub async fn insert_all(tx: &mut Tx, all: &[NewRow<'_>], now: Millis) -> Result<()> {
    if all.is_empty() {
        return Ok(());
    }
    let values = rows(tx, all.len(), INSERTED);
    let sql = format!("INSERT INTO {INTO} VALUES {values} ON CONFLICT DO NOTHING");
    on!(tx, c => {
        let mut query = sqlx::query(sqlx::AssertSqlSafe(sql)).persistent(all.len() == 1);
        for row in all {
            query = query
                .bind(row.community_id).bind(row.mail_id).bind(row.member_id).bind(row.recipient)
                .bind("waiting").bind(now).bind(now);
        }
        query.execute(c).await.map(drop)
    })
}

/// Makes a row for somebody who does not get the mail, and says why.
pub async fn insert_dropped(
    tx: &mut Tx,
    community: i64,
    mail: i64,
    recipient: &str,
    reason: &str,
    now: Millis,
) -> Result<()> {
    on!(tx, c => sqlx::query(INSERT_DROPPED)
        .bind(community).bind(mail).bind(recipient).bind(reason).bind(now).execute(c).await.map(drop))
}

/// Ends the row of one recipient before it is sent.
pub async fn drop_one(
    tx: &mut Tx,
    mail: i64,
    recipient: &str,
    reason: &str,
    at: Millis,
) -> Result<()> {
    on!(tx, c => sqlx::query(DROP_ONE)
        .bind(mail).bind(recipient).bind(reason).bind(at).execute(c).await.map(drop))
}

/// Takes up to `limit` due rows for this owner, oldest first.
pub async fn claim(
    tx: &mut Tx,
    now: Millis,
    owner: &str,
    lease_until: Millis,
    limit: i64,
) -> Result<Vec<Claimed>> {
    let lock = skip_locked(tx);
    let sql = format!(
        "WITH due AS MATERIALIZED (SELECT id FROM outbox \
         WHERE state IN ('waiting', 'deferred') AND next_at <= $3 ORDER BY next_at, id LIMIT $4 {lock}) \
         UPDATE outbox SET state = 'sending', attempts = attempts + 1, lease_owner = $1, lease_until = $2, \
         first_at = COALESCE(first_at, $3) WHERE id IN (SELECT id FROM due) \
         RETURNING id, community_id, mail_id, member_id, recipient, attempts, created_at, first_at"
    );
    let mut rows: Vec<Claimed> = on!(tx, c => sqlx::query_as(sqlx::AssertSqlSafe(sql))
        .bind(owner).bind(lease_until).bind(now).bind(limit).fetch_all(c).await)?;
    rows.sort_by_key(|row| row.id);
    Ok(rows)
}

/// Records how attempts ended, where this owner still holds the rows.
pub async fn record(tx: &mut Tx, owner: &str, attempts: &[Attempt]) -> Result<()> {
    let types = ["BIGINT", "TEXT", "TEXT", "BIGINT"];
    let sql = format!(
        "UPDATE outbox SET state = v.column2, reply = v.column3, \
         next_at = CASE WHEN v.column2 IN ('deferred', 'waiting') THEN v.column4 ELSE next_at END, \
         attempts = CASE WHEN v.column2 = 'waiting' THEN attempts - 1 ELSE attempts END, \
         done_at = CASE WHEN v.column2 IN ('sent', 'failed', 'dropped') THEN v.column4 ELSE NULL END \
         FROM (VALUES {}) AS v \
         WHERE outbox.id = v.column1 AND outbox.state = 'sending' AND outbox.lease_owner = ${}",
        values(attempts.len(), &types),
        attempts.len() * types.len() + 1
    );
    on!(tx, c => {
        let mut query = sqlx::query(sqlx::AssertSqlSafe(sql));
        for attempt in attempts {
            query = query.bind(attempt.id).bind(attempt.state).bind(&attempt.reply).bind(attempt.at);
        }
        query.bind(owner).execute(c).await.map(drop)
    })
}

/// Plans that these deliveries, just refused, are counted: at once, and by whoever
/// counts bounces.
pub async fn plan_count(tx: &mut Tx, refused: &[i64], now: Millis) -> Result<()> {
    let sql = format!(
        "SELECT community_id, id FROM outbox WHERE state = 'failed' AND id IN ({}) ORDER BY id",
        placeholders(1, refused.len())
    );
    let rows: Vec<(i64, i64)> = on!(&mut *tx, c => {
        let mut query = sqlx::query_as(sqlx::AssertSqlSafe(sql));
        for id in refused {
            query = query.bind(*id);
        }
        query.fetch_all(c).await
    })?;
    let mut by_community: BTreeMap<i64, Vec<String>> = BTreeMap::new();
    for (community, id) in rows {
        by_community
            .entry(community)
            .or_default()
            .push(id.to_string());
    }
    for (community, ids) in by_community {
        acts::insert(tx, community, REFUSED, &ids.join(","), now).await?;
    }
    Ok(())
}

/// Gives back what this owner had taken when it died.
pub async fn release(tx: &mut Tx, owner: &str) -> Result<()> {
    on!(tx, c => sqlx::query(RELEASE).bind(owner).execute(c).await.map(drop))
}

/// Prolongs what this owner holds. Rows that are being recorded this moment need
/// no lease any more, and waiting for them could end in a deadlock.
pub async fn renew(tx: &mut Tx, owner: &str, until: Millis) -> Result<()> {
    let lock = skip_locked(tx);
    let sql = format!(
        "WITH held AS MATERIALIZED (SELECT id FROM outbox WHERE state = 'sending' AND lease_owner = $1 {lock}) \
         UPDATE outbox SET lease_until = $2 WHERE id IN (SELECT id FROM held)"
    );
    on!(tx, c => sqlx::query(sqlx::AssertSqlSafe(sql)).bind(owner).bind(until).execute(c).await.map(drop))
}

/// Takes back rows of owners that have died (system clock). A row that is locked
/// is left for the next time: its owner may be frozen in the middle of a
/// transaction, and whoever waited for it would lose its own leases.
pub async fn reclaim(tx: &mut Tx, system_now: Millis) -> Result<u64> {
    let lock = skip_locked(tx);
    let sql = format!(
        "WITH lapsed AS MATERIALIZED (SELECT id FROM outbox WHERE state = 'sending' AND lease_until < $1 {lock}) \
         UPDATE outbox SET state = 'waiting', attempts = attempts - 1 WHERE id IN (SELECT id FROM lapsed)"
    );
    on!(tx, c => sqlx::query(sqlx::AssertSqlSafe(sql))
        .bind(system_now).execute(c).await.map(|done| done.rows_affected()))
}

/// Ends what still waits for a member who has left: nobody wants mail after leaving.
pub async fn drop_posts_of(tx: &mut Tx, member: i64, reason: &str, at: Millis) -> Result<()> {
    on!(tx, c => sqlx::query(DROP_OF_MEMBER).bind(member).bind(reason).bind(at).execute(c).await.map(drop))
}

/// Gives up what has waited since before `made_before`.
pub async fn expire(tx: &mut Tx, made_before: Millis, reason: &str, at: Millis) -> Result<u64> {
    on!(tx, c => sqlx::query(EXPIRE).bind(made_before).bind(reason).bind(at)
        .execute(c).await.map(|done| done.rows_affected()))
}

/// When the next row is due.
pub async fn next_due(tx: &mut Tx) -> Result<Option<Millis>> {
    on!(tx, c => sqlx::query_scalar(NEXT).fetch_one(c).await)
}

/// Whether a row is due or being sent, in one statement: asked apart, a row that
/// moves from one to the other in between is seen in neither.
pub async fn any_open(tx: &mut Tx, now: Millis) -> Result<bool> {
    on!(tx, c => sqlx::query_scalar(ANY_OPEN).bind(now).fetch_one(c).await)
}

/// Gives back what this owner holds in the database but not in its hands: after
/// a claim of which it is not known whether it was committed.
pub async fn release_unknown(tx: &mut Tx, owner: &str, in_hand: &[i64]) -> Result<()> {
    let known = if in_hand.is_empty() {
        "0".to_owned()
    } else {
        placeholders(2, in_hand.len())
    };
    let sql = format!(
        "UPDATE outbox SET state = 'waiting', attempts = attempts - 1 \
         WHERE state = 'sending' AND lease_owner = $1 AND id NOT IN ({known})"
    );
    on!(tx, c => {
        let mut query = sqlx::query(sqlx::AssertSqlSafe(sql)).bind(owner);
        for id in in_hand {
            query = query.bind(*id);
        }
        query.execute(c).await.map(drop)
    })
}

/// How many rows this owner holds.
pub async fn held(tx: &mut Tx, owner: &str) -> Result<i64> {
    on!(tx, c => sqlx::query_scalar(HELD).bind(owner).fetch_one(c).await)
}

/// Makes everything that waits due now; gives how many rows.
pub async fn retry_now(tx: &mut Tx, now: Millis) -> Result<u64> {
    on!(tx, c => sqlx::query(RETRY).bind(now).execute(c).await.map(|done| done.rows_affected()))
}

/// How many rows are in each unfinished or failed state.
pub async fn counts(tx: &mut Tx) -> Result<Vec<(String, i64)>> {
    on!(tx, c => sqlx::query_as(COUNTS).fetch_all(c).await)
}

/// How many rows are in each unfinished state; a state without rows may be left
/// out. What has ended costs nothing here, however much it is.
pub async fn open_counts(tx: &mut Tx) -> Result<Vec<(String, i64)>> {
    on!(tx, c => sqlx::query_as(OPEN_COUNTS).fetch_all(c).await)
}

/// The deliveries of these mails.
pub async fn of_mails(tx: &mut Tx, mails: &[i64]) -> Result<Vec<Delivery>> {
    if mails.is_empty() {
        return Ok(Vec::new());
    }
    let sql = format!(
        "SELECT {DELIVERY} WHERE o.mail_id IN ({}) ORDER BY o.id",
        placeholders(1, mails.len())
    );
    on!(tx, c => {
        let mut query = sqlx::query_as(sqlx::AssertSqlSafe(sql));
        for mail in mails {
            query = query.bind(*mail);
        }
        query.fetch_all(c).await
    })
}

/// The last deliveries to an address, latest first.
pub async fn of_recipient(tx: &mut Tx, recipient: &str, limit: i64) -> Result<Vec<Delivery>> {
    let sql = format!("SELECT {DELIVERY} WHERE o.recipient = $1 ORDER BY o.id DESC LIMIT $2");
    on!(tx, c => sqlx::query_as(sqlx::AssertSqlSafe(sql)).bind(recipient).bind(limit).fetch_all(c).await)
}

/// The delivery of that key, with its community.
pub async fn by_id(tx: &mut Tx, id: i64) -> Result<Option<(Delivery, i64)>> {
    let sql = format!("SELECT {DELIVERY} WHERE o.id = $1");
    let community = "SELECT community_id FROM outbox WHERE id = $1";
    on!(tx, c => {
        let found: Option<Delivery> = sqlx::query_as(sqlx::AssertSqlSafe(sql)).bind(id).fetch_optional(&mut *c).await?;
        let Some(delivery) = found else { return Ok(None) };
        let community: i64 = sqlx::query_scalar(community).bind(id).fetch_one(&mut *c).await?;
        Ok(Some((delivery, community)))
    })
}

/// Unfinished deliveries, oldest first.
pub async fn unfinished(tx: &mut Tx, limit: i64) -> Result<Vec<Delivery>> {
    let sql = format!(
        "SELECT {DELIVERY} WHERE o.state IN ('waiting', 'deferred', 'sending') ORDER BY o.id LIMIT $1"
    );
    on!(tx, c => sqlx::query_as(sqlx::AssertSqlSafe(sql)).bind(limit).fetch_all(c).await)
}
