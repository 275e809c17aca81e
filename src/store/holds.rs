//! Held posts: what moderators are told of each, and how it ended. Its state as a
//! message is the intake row (see [`super::held`]).

use sqlx::FromRow;

use super::{Millis, Result, Tx, on};

/// One row of `hold`, with what its message says.
#[derive(Clone, Debug, FromRow)]
pub struct Hold {
    /// The intake row: the id moderators name.
    pub intake_id: i64,
    /// The community.
    pub community_id: i64,
    /// The message as it came.
    pub raw_id: i64,
    /// Its Message-ID without angle brackets.
    pub message_id: String,
    /// The address in its From line; may be empty.
    pub author: String,
    /// The name in its From line; may be empty.
    pub author_name: String,
    /// Its subject, on one line.
    pub subject: String,
    /// Why it waits: a JSON list of sentences in the community's language.
    pub findings: String,
    /// bare, aligned or token: how sure it is that the author wrote it.
    pub strength: String,
    /// The address that hears of it; empty where nobody does.
    pub notify: String,
    /// How moderators heard: mail (one of its own), list (with others), or empty.
    pub told: String,
    /// The Message-ID of the mail that the outcome follows; empty before there is one.
    pub notice_id: String,
    /// How many reminders named it.
    pub reminders: i64,
    /// Since when it waits.
    pub held_at: Millis,
    /// When it ends undecided.
    pub expires_at: Millis,
    /// When it was decided.
    pub decided_at: Option<Millis>,
    /// Who decided.
    pub decided_by: String,
    /// accepted, trusted, duplicate, rejected, discarded, banned or expired; empty before.
    pub outcome: String,
    /// The reason that was given.
    pub reason: String,
}

/// A post that begins to wait.
#[derive(Clone, Debug)]
pub struct NewHold<'a> {
    /// The intake row.
    pub intake_id: i64,
    /// The community.
    pub community_id: i64,
    /// Address and name in its From line.
    pub author: (&'a str, &'a str),
    /// Its subject.
    pub subject: &'a str,
    /// A JSON list of sentences.
    pub findings: &'a str,
    /// bare, aligned or token.
    pub strength: &'a str,
    /// The address that hears of it, or empty.
    pub notify: &'a str,
    /// Now.
    pub held_at: Millis,
    /// When it ends undecided.
    pub expires_at: Millis,
}

const INSERT: &str = "INSERT INTO hold (intake_id, community_id, author, author_name, subject, findings, strength, \
    notify, held_at, expires_at) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)";
const COLUMNS: &str = "h.intake_id, h.community_id, i.message_id AS raw_id, m.message_id, h.author, h.author_name, \
    h.subject, h.findings, h.strength, h.notify, h.told, h.notice_id, h.reminders, h.held_at, h.expires_at, \
    h.decided_at, h.decided_by, h.outcome, h.reason \
    FROM hold h JOIN intake i ON i.id = h.intake_id JOIN message m ON m.id = i.message_id";
const TELL: &str = "UPDATE hold SET told = CASE WHEN told = '' THEN $2 ELSE told END, \
    notice_id = CASE WHEN notice_id = '' THEN $3 ELSE notice_id END WHERE intake_id = $1";
const REMIND: &str = "UPDATE hold SET reminders = reminders + 1 WHERE intake_id = $1";
const CLOSE: &str = "UPDATE hold SET decided_at = $2, decided_by = $3, outcome = $4, reason = $5 \
    WHERE intake_id = $1 AND decided_at IS NULL";
const SETTLE: &str = "UPDATE hold SET outcome = $2 WHERE intake_id = $1";
const MAILS_SINCE: &str =
    "SELECT count(*) FROM hold WHERE community_id = $1 AND held_at > $2 AND told = 'mail'";
const COUNT_OPEN: &str = "SELECT count(*) FROM hold WHERE community_id = $1 AND decided_at IS NULL";

/// Notes that a post waits.
pub async fn insert(tx: &mut Tx, h: &NewHold<'_>) -> Result<()> {
    on!(tx, c => sqlx::query(INSERT)
        .bind(h.intake_id).bind(h.community_id).bind(h.author.0).bind(h.author.1).bind(h.subject)
        .bind(h.findings).bind(h.strength).bind(h.notify).bind(h.held_at).bind(h.expires_at)
        .execute(c).await.map(drop))
}

/// The held post of that id, decided or not.
pub async fn by_id(tx: &mut Tx, id: i64) -> Result<Option<Hold>> {
    let sql = format!("SELECT {COLUMNS} WHERE h.intake_id = $1");
    on!(tx, c => sqlx::query_as(sqlx::AssertSqlSafe(sql)).bind(id).fetch_optional(c).await)
}

/// What waits in a community, oldest first.
pub async fn open(tx: &mut Tx, community: i64, limit: i64) -> Result<Vec<Hold>> {
    let sql = format!(
        "SELECT {COLUMNS} WHERE h.community_id = $1 AND h.decided_at IS NULL ORDER BY h.intake_id LIMIT $2"
    );
    on!(tx, c => sqlx::query_as(sqlx::AssertSqlSafe(sql)).bind(community).bind(limit).fetch_all(c).await)
}

/// How many posts wait in a community.
pub async fn count_open(tx: &mut Tx, community: i64) -> Result<i64> {
    on!(tx, c => sqlx::query_scalar(COUNT_OPEN).bind(community).fetch_one(c).await)
}

/// How many posts that were held since then had a mail of their own.
pub async fn mails_since(tx: &mut Tx, community: i64, since: Millis) -> Result<i64> {
    on!(tx, c => sqlx::query_scalar(MAILS_SINCE).bind(community).bind(since).fetch_one(c).await)
}

/// Notes by which mail moderators first heard of a post, and in what form.
pub async fn tell(tx: &mut Tx, id: i64, told: &str, notice_id: &str) -> Result<()> {
    on!(tx, c => sqlx::query(TELL).bind(id).bind(told).bind(notice_id).execute(c).await.map(drop))
}

/// Counts a reminder.
pub async fn remind(tx: &mut Tx, id: i64) -> Result<()> {
    on!(tx, c => sqlx::query(REMIND).bind(id).execute(c).await.map(drop))
}

/// Ends the waiting; false if somebody else was first.
pub async fn close(
    tx: &mut Tx,
    id: i64,
    by: &str,
    (outcome, reason): (&str, &str),
    at: Millis,
) -> Result<bool> {
    let changed = on!(tx, c => sqlx::query(CLOSE)
        .bind(id).bind(at).bind(by).bind(outcome).bind(reason)
        .execute(c).await.map(|done| done.rows_affected()))?;
    Ok(changed == 1)
}

/// Corrects the outcome of a post that was accepted and proved to be here already.
pub async fn settle(tx: &mut Tx, id: i64, outcome: &str) -> Result<()> {
    on!(tx, c => sqlx::query(SETTLE).bind(id).bind(outcome).execute(c).await.map(drop))
}
