//! What a transaction that will be rolled back has written: for a command that
//! shows what would happen.

use sqlx::Executor;

use super::mails::Mail;
use super::trail::Step;
use super::{Result, Tx, mails, on};

const LAST: &str =
    "SELECT COALESCE((SELECT max(id) FROM trail), 0), COALESCE((SELECT max(id) FROM mail), 0)";
const STEPS: &str = "SELECT community_id, message_id, address, at, step, verdict, reason FROM trail \
    WHERE id > $1 ORDER BY id LIMIT 1000";
const MAILS: &str = "SELECT id FROM mail WHERE id > $1 ORDER BY id LIMIT 100";
// What is offered goes as far as its recipient's budget has room.
const COUNTS: &str = "SELECT m.name, count(r.mail_id) FROM mail m LEFT JOIN (SELECT mail_id FROM outbox \
    WHERE state <> 'dropped' UNION ALL SELECT mail_id FROM offer WHERE state = 'waiting') AS r ON r.mail_id = m.id \
    WHERE m.id > $1 GROUP BY m.name ORDER BY m.name";
// Others may write at the same time: with one snapshot for all, what is new is ours.
const ONE_SNAPSHOT_POSTGRES: &str = "SET TRANSACTION ISOLATION LEVEL REPEATABLE READ";

/// What was there before.
#[derive(Clone, Copy, Debug)]
pub struct Mark {
    trail: i64,
    mail: i64,
}

/// Remembers what is there. The first thing that a transaction does.
pub async fn begin(tx: &mut Tx) -> Result<Mark> {
    if let Tx::Postgres(postgres) = tx {
        postgres.connection().execute(ONE_SNAPSHOT_POSTGRES).await?;
    }
    let (trail, mail) = on!(tx, c => sqlx::query_as(LAST).fetch_one(c).await)?;
    Ok(Mark { trail, mail })
}

/// The steps recorded since.
pub async fn steps(tx: &mut Tx, since: Mark) -> Result<Vec<Step>> {
    on!(tx, c => sqlx::query_as(STEPS).bind(since.trail).fetch_all(c).await)
}

/// The mails composed since, by name, with how many people would get one.
pub async fn counts(tx: &mut Tx, since: Mark) -> Result<Vec<(String, i64)>> {
    on!(tx, c => sqlx::query_as(COUNTS).bind(since.mail).fetch_all(c).await)
}

/// The mails composed since, a hundred at most.
pub async fn mails(tx: &mut Tx, since: Mark) -> Result<Vec<Mail>> {
    let ids: Vec<i64> =
        on!(tx, c => sqlx::query_scalar(MAILS).bind(since.mail).fetch_all(c).await)?;
    let mut found = Vec::new();
    for id in ids {
        found.push(mails::by_id(tx, id).await?);
    }
    Ok(found)
}
