//! The trail's rows.

use sqlx::FromRow;

use super::{Millis, Result, Tx, on, rows};

/// One step, as `why` prints it.
#[derive(Clone, Debug, Default, FromRow)]
pub struct Step {
    /// The community, where one is known.
    pub community_id: Option<i64>,
    /// The message it is about, or empty.
    pub message_id: String,
    /// The person it is about, or empty.
    pub address: String,
    /// When.
    pub at: Millis,
    /// Which step.
    pub step: String,
    /// What was decided.
    pub verdict: String,
    /// Why.
    pub reason: String,
}

const INTO: &str = "trail (community_id, message_id, address, at, step, verdict, reason)";
const INSERTED: usize = 7;
const OF_MESSAGE: &str = "SELECT community_id, message_id, address, at, step, verdict, reason FROM trail \
    WHERE message_id = $1 AND message_id <> '' ORDER BY id LIMIT 1000";
const OF_ADDRESS: &str = "SELECT community_id, message_id, address, at, step, verdict, reason FROM trail \
    WHERE address = $1 AND address <> '' ORDER BY id DESC LIMIT 200";

/// Adds a step.
pub async fn insert(tx: &mut Tx, s: &Step) -> Result<()> {
    insert_all(tx, std::slice::from_ref(s)).await
}

/// Adds steps in one statement.
pub async fn insert_all(tx: &mut Tx, all: &[Step]) -> Result<()> {
    if all.is_empty() {
        return Ok(());
    }
    let sql = format!(
        "INSERT INTO {INTO} VALUES {}",
        rows(tx, all.len(), INSERTED)
    );
    on!(tx, c => {
        let mut query = sqlx::query(sqlx::AssertSqlSafe(sql)).persistent(all.len() == 1);
        for s in all {
            query = query
                .bind(s.community_id).bind(&s.message_id).bind(&s.address).bind(s.at)
                .bind(&s.step).bind(&s.verdict).bind(&s.reason);
        }
        query.execute(c).await.map(drop)
    })
}

/// The steps of a message, in order.
pub async fn of_message(tx: &mut Tx, message_id: &str) -> Result<Vec<Step>> {
    on!(tx, c => sqlx::query_as(OF_MESSAGE).bind(message_id).fetch_all(c).await)
}

/// The last steps of a person, latest first.
pub async fn of_address(tx: &mut Tx, address: &str) -> Result<Vec<Step>> {
    on!(tx, c => sqlx::query_as(OF_ADDRESS).bind(address).fetch_all(c).await)
}
