//! What falls due: one row an act and moment.

use sqlx::FromRow;

use super::{Millis, Result, Tx, on, skip_locked};

/// One row of `act`.
#[derive(Clone, Debug, FromRow)]
pub struct Act {
    /// Key.
    pub id: i64,
    /// For which community.
    pub community_id: i64,
    /// Its name in the registry of acts.
    pub name: String,
    /// What it is about: a series, a session, or nothing.
    pub about: String,
    /// The nominal moment.
    pub due_at: Millis,
    /// waiting, done, merged or dropped.
    pub state: String,
    /// How often it has failed.
    pub attempts: i64,
    /// Why it ended as it did.
    pub reason: String,
}

const COLUMNS: &str = "id, community_id, name, about, due_at, state, attempts, reason";
const INSERT: &str = "INSERT INTO act (community_id, name, about, due_at, next_at, state) \
    VALUES ($1, $2, $3, $4, $4, 'waiting') ON CONFLICT (community_id, name, about, due_at) \
    DO UPDATE SET state = 'waiting', attempts = 0, next_at = excluded.next_at, done_at = NULL, reason = '' \
    WHERE act.state = 'dropped'";
const ENDED: &str = "INSERT INTO act (community_id, name, about, due_at, next_at, state, done_at, reason) \
    VALUES ($1, $2, $3, $4, $4, $5, $6, $7) ON CONFLICT (community_id, name, about, due_at) \
    DO UPDATE SET state = excluded.state, done_at = excluded.done_at, reason = excluded.reason \
    WHERE act.state = 'dropped'";
const WAS_DONE: &str = "SELECT EXISTS (SELECT 1 FROM act WHERE community_id = $1 AND name = $2 AND about = $3 \
    AND due_at = $4 AND state IN ('done', 'merged'))";
const WAS_DONE_ABOUT: &str = "SELECT EXISTS (SELECT 1 FROM act WHERE community_id = $1 AND name = $2 AND about = $3 \
    AND state IN ('done', 'merged'))";
const ANY_DUE: &str = "SELECT EXISTS (SELECT 1 FROM act WHERE community_id = $1 AND name = $2 AND state = 'waiting' \
    AND due_at <= $3)";
const LAST_MAIL: &str = "SELECT COALESCE(max(id), 0) FROM mail";
// Of the mails that others have committed meanwhile, none is this transaction's.
const SENT_SQLITE: &str = "INSERT INTO act_mail (act_id, mail_id) SELECT $1, id FROM mail \
    WHERE id > $2 AND community_id = $3";
const SENT_POSTGRES: &str = "INSERT INTO act_mail (act_id, mail_id) SELECT $1, id FROM mail \
    WHERE id > $2 AND community_id = $3 AND xmin = pg_current_xact_id()::xid";
const MAILS_OF: &str = "SELECT mail_id FROM act_mail WHERE act_id = $1 ORDER BY mail_id";
const LAST_DONE: &str =
    "SELECT max(due_at) FROM act WHERE community_id = $1 AND name = $2 AND state = 'done'";
const LAST: &str = "SELECT COALESCE(max(id), 0) FROM act";
const FINISH: &str = "UPDATE act SET state = $2, reason = $3, done_at = $4 \
    WHERE id = $1 AND state = 'waiting' AND lease_owner = $5";
const DROP: &str = "UPDATE act SET state = 'dropped', reason = $2, done_at = $3 WHERE id = $1 AND state = 'waiting'";
const DROP_ABOUT: &str = "UPDATE act SET state = 'dropped', reason = $4, done_at = $5 \
    WHERE community_id = $1 AND name = $2 AND about = $3 AND state = 'waiting'";
const DROP_LATER: &str = "UPDATE act SET state = 'dropped', reason = $4, done_at = $3 \
    WHERE name = $1 AND about = $2 AND due_at > $3 AND state = 'waiting'";
const IS_WAITING: &str = "SELECT EXISTS (SELECT 1 FROM act \
    WHERE community_id = $1 AND name = $2 AND about = $3 AND state = 'waiting')";
const POSTPONE: &str = "UPDATE act SET attempts = attempts + 1, next_at = $2, reason = $3, lease_until = 0 \
    WHERE id = $1 AND state = 'waiting' AND lease_owner = $4";
const NEXT: &str = "SELECT min(next_at) FROM act WHERE state = 'waiting'";
const RELEASE: &str = "UPDATE act SET lease_until = 0 WHERE state = 'waiting' AND lease_owner = $1";

/// Notes that an act falls due at `due_at`. One that was dropped before its time,
/// because the schedule changed, comes back when the schedule does.
pub async fn insert(
    tx: &mut Tx,
    community: i64,
    name: &str,
    about: &str,
    due_at: Millis,
) -> Result<()> {
    on!(tx, c => sqlx::query(INSERT).bind(community).bind(name).bind(about).bind(due_at).execute(c).await.map(drop))
}

/// Records a moment that has passed without its act: `ended` is its state (merged or
/// dropped) and why.
pub async fn insert_ended(
    tx: &mut Tx,
    (community, name): (i64, &str),
    (about, due_at): (&str, Millis),
    ended: (&str, &str),
    at: Millis,
) -> Result<()> {
    on!(tx, c => sqlx::query(ENDED)
        .bind(community).bind(name).bind(about).bind(due_at).bind(ended.0).bind(at).bind(ended.1)
        .execute(c).await.map(drop))
}

/// Whether the act of that moment was done, or another stood for it.
pub async fn was_done(
    tx: &mut Tx,
    (community, name): (i64, &str),
    (about, due_at): (&str, Millis),
) -> Result<bool> {
    on!(tx, c => sqlx::query_scalar(WAS_DONE)
        .bind(community).bind(name).bind(about).bind(due_at).fetch_one(c).await)
}

/// Whether an act about that was done, or another stood for it, whenever it was due.
pub async fn was_done_about(
    tx: &mut Tx,
    (community, name): (i64, &str),
    about: &str,
) -> Result<bool> {
    on!(tx, c => sqlx::query_scalar(WAS_DONE_ABOUT)
        .bind(community).bind(name).bind(about).fetch_one(c).await)
}

/// Whether an act of that name is due, whatever it is about.
pub async fn any_due(tx: &mut Tx, community: i64, name: &str, now: Millis) -> Result<bool> {
    on!(tx, c => sqlx::query_scalar(ANY_DUE).bind(community).bind(name).bind(now).fetch_one(c).await)
}

/// The last moment of that name at which the act was done, whatever it was about.
pub async fn last_done(tx: &mut Tx, community: i64, name: &str) -> Result<Option<Millis>> {
    on!(tx, c => sqlx::query_scalar(LAST_DONE).bind(community).bind(name).fetch_one(c).await)
}

/// The key of the last mail, whoever composed it.
pub async fn last_mail(tx: &mut Tx) -> Result<i64> {
    on!(tx, c => sqlx::query_scalar(LAST_MAIL).fetch_one(c).await)
}

/// The key of the last act, of whichever community.
pub async fn last(tx: &mut Tx) -> Result<i64> {
    on!(tx, c => sqlx::query_scalar(LAST).fetch_one(c).await)
}

/// Notes that this transaction's mails of the act's community, after the mail
/// `since`, are the act's.
pub async fn note_mails(tx: &mut Tx, act: &Act, since: i64) -> Result<()> {
    let sql = match tx {
        Tx::Sqlite(_) => SENT_SQLITE,
        Tx::Postgres(_) => SENT_POSTGRES,
    };
    on!(tx, c => sqlx::query(sql).bind(act.id).bind(since).bind(act.community_id).execute(c).await.map(drop))
}

/// The mails that an act sent.
pub async fn mails_of(tx: &mut Tx, act: i64) -> Result<Vec<i64>> {
    on!(tx, c => sqlx::query_scalar(MAILS_OF).bind(act).fetch_all(c).await)
}

/// Takes the act that is due first.
pub async fn claim(
    tx: &mut Tx,
    now: Millis,
    owner: &str,
    lease: (Millis, Millis),
) -> Result<Option<Act>> {
    let lock = skip_locked(tx);
    let sql = format!(
        "WITH due AS MATERIALIZED (SELECT id FROM act \
         WHERE state = 'waiting' AND next_at <= $3 AND lease_until <= $4 ORDER BY due_at, id LIMIT 1 {lock}) \
         UPDATE act SET lease_owner = $1, lease_until = $2 WHERE id IN (SELECT id FROM due) \
         RETURNING {COLUMNS}"
    );
    on!(tx, c => sqlx::query_as(sqlx::AssertSqlSafe(sql))
        .bind(owner).bind(lease.1).bind(now).bind(lease.0).fetch_optional(c).await)
}

/// Ends an act, if this owner still holds it; false if not.
pub async fn finish(
    tx: &mut Tx,
    id: i64,
    owner: &str,
    state: &str,
    reason: &str,
    at: Millis,
) -> Result<bool> {
    let changed = on!(tx, c => sqlx::query(FINISH)
        .bind(id).bind(state).bind(reason).bind(at).bind(owner).execute(c).await.map(|d| d.rows_affected()))?;
    Ok(changed == 1)
}

/// Ends a waiting act that shall not happen.
pub async fn drop_waiting(tx: &mut Tx, id: i64, reason: &str, at: Millis) -> Result<()> {
    on!(tx, c => sqlx::query(DROP).bind(id).bind(reason).bind(at).execute(c).await.map(drop))
}

/// Ends the waiting acts of that name about one thing.
pub async fn drop_about(
    tx: &mut Tx,
    community: i64,
    (name, about): (&str, &str),
    reason: &str,
    at: Millis,
) -> Result<()> {
    on!(tx, c => sqlx::query(DROP_ABOUT)
        .bind(community).bind(name).bind(about).bind(reason).bind(at).execute(c).await.map(drop))
}

/// Ends the waiting acts of that name about one thing, of whichever community, that
/// are not due yet. One that is due may be the one that asks for it.
pub async fn drop_later(
    tx: &mut Tx,
    (name, about): (&str, &str),
    reason: &str,
    now: Millis,
) -> Result<()> {
    on!(tx, c => sqlx::query(DROP_LATER).bind(name).bind(about).bind(now).bind(reason).execute(c).await.map(drop))
}

/// Whether an act of that name about that thing waits.
pub async fn is_waiting(tx: &mut Tx, community: i64, name: &str, about: &str) -> Result<bool> {
    on!(tx, c => sqlx::query_scalar(IS_WAITING).bind(community).bind(name).bind(about).fetch_one(c).await)
}

/// Puts an act off, if this owner still holds it.
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

/// All acts of a community that still wait.
pub async fn waiting(tx: &mut Tx, community: i64) -> Result<Vec<Act>> {
    let sql = format!(
        "SELECT {COLUMNS} FROM act WHERE community_id = $1 AND state = 'waiting' ORDER BY due_at, id"
    );
    on!(tx, c => sqlx::query_as(sqlx::AssertSqlSafe(sql)).bind(community).fetch_all(c).await)
}

/// All acts of a community, whatever became of them.
pub async fn all(tx: &mut Tx, community: i64) -> Result<Vec<Act>> {
    let sql = format!("SELECT {COLUMNS} FROM act WHERE community_id = $1 ORDER BY due_at, id");
    on!(tx, c => sqlx::query_as(sqlx::AssertSqlSafe(sql)).bind(community).fetch_all(c).await)
}

/// The acts of a community that were due in a while, and those that are overdue,
/// by moment; `limit` at most.
pub async fn between(
    tx: &mut Tx,
    community: i64,
    (from, to): (Millis, Millis),
    limit: i64,
) -> Result<Vec<Act>> {
    let sql = format!(
        "SELECT {COLUMNS} FROM act WHERE community_id = $1 AND due_at <= $3 \
         AND (due_at >= $2 OR state = 'waiting') ORDER BY due_at, id LIMIT $4"
    );
    on!(tx, c => sqlx::query_as(sqlx::AssertSqlSafe(sql))
        .bind(community).bind(from).bind(to).bind(limit).fetch_all(c).await)
}

/// The acts after that key that are due.
pub async fn due_since(tx: &mut Tx, last: i64, now: Millis) -> Result<Vec<Act>> {
    let sql = format!(
        "SELECT {COLUMNS} FROM act WHERE id > $1 AND state = 'waiting' AND due_at <= $2 \
         ORDER BY due_at, id LIMIT 1000"
    );
    on!(tx, c => sqlx::query_as(sqlx::AssertSqlSafe(sql)).bind(last).bind(now).fetch_all(c).await)
}

/// When the next act is due.
pub async fn next_due(tx: &mut Tx) -> Result<Option<Millis>> {
    on!(tx, c => sqlx::query_scalar(NEXT).fetch_one(c).await)
}

/// Gives back what this owner had taken when it died.
pub async fn release(tx: &mut Tx, owner: &str) -> Result<()> {
    on!(tx, c => sqlx::query(RELEASE).bind(owner).execute(c).await.map(drop))
}
