//! Which token of a member's feed works: the one of their present turn.

use super::{Result, Tx, on};

const TURN: &str = "SELECT feed_turn FROM member WHERE id = $1";
const ROTATE: &str = "UPDATE member SET feed_turn = feed_turn + 1 WHERE id = $1";

/// A member's present turn; `None` where there is no such member.
pub async fn turn(tx: &mut Tx, member: i64) -> Result<Option<i64>> {
    on!(tx, c => sqlx::query_scalar(TURN).bind(member).fetch_optional(c).await)
}

/// Ends the token of a member's present turn; the next one works.
pub async fn rotate(tx: &mut Tx, member: i64) -> Result<()> {
    on!(tx, c => sqlx::query(ROTATE).bind(member).execute(c).await.map(drop))
}
