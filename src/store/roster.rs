//! Who gets posts, as periods counted in roster versions, so that freezing an
//! audience costs a post one number however long the list is.

use super::{Result, Tx, on};

const OPEN: &str = "SELECT address FROM roster WHERE member_id = $1 AND until IS NULL";
const BEGIN: &str =
    "INSERT INTO roster (community_id, member_id, address, since) VALUES ($1, $2, $3, $4)";
const END: &str = "UPDATE roster SET until = $2 WHERE member_id = $1 AND until IS NULL";

/// The address at which this member gets posts now, if they do.
pub async fn open(tx: &mut Tx, member: i64) -> Result<Option<String>> {
    on!(tx, c => sqlx::query_scalar(OPEN).bind(member).fetch_optional(c).await)
}

/// From this version on the member gets posts at that address.
pub async fn begin(
    tx: &mut Tx,
    community: i64,
    member: i64,
    address: &str,
    version: i64,
) -> Result<()> {
    on!(tx, c => sqlx::query(BEGIN)
        .bind(community).bind(member).bind(address).bind(version).execute(c).await.map(drop))
}

/// From this version on the member gets no posts.
pub async fn end(tx: &mut Tx, member: i64, version: i64) -> Result<()> {
    on!(tx, c => sqlx::query(END).bind(member).bind(version).execute(c).await.map(drop))
}
