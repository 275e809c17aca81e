//! What readers ask of the archive: search by one query for both databases.

use chrono::{NaiveDate, NaiveTime};

use super::query::Query;
use crate::store::posts::{self, Post};
use crate::store::search::{self, Bounds};
use crate::store::{self, Tx};

/// The posts that a query finds, best first; by date where it names no word. Those
/// that stay among members are found only where `of_members` says so.
///
/// # Errors
/// Where the database refuses; a query that is nonsense finds nothing.
pub async fn search(
    tx: &mut Tx,
    community: i64,
    query: &str,
    limit: i64,
    of_members: bool,
) -> store::Result<Vec<Post>> {
    let query = Query::parse(query);
    if query.is_empty() {
        return Ok(Vec::new());
    }
    let bounds = Bounds {
        community_id: community,
        from: query.after.map_or(i64::MIN, midnight),
        to: query.before.map_or(i64::MAX, midnight),
        limit,
        of_members,
    };
    match (query.to_fts5(), query.to_tsquery()) {
        (Some(fts5), Some(tsquery)) => search::search(tx, &fts5, &tsquery, bounds).await,
        _ => posts::between(tx, bounds).await,
    }
}

fn midnight(day: NaiveDate) -> i64 {
    day.and_time(NaiveTime::MIN).and_utc().timestamp_millis()
}
