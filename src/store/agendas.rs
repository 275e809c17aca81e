//! What members want to talk about at a session, and who votes for it.

use sqlx::FromRow;

use super::hosts::Key;
use super::{Millis, Result, Tx, on};

/// One item of an agenda.
#[derive(Clone, Debug, PartialEq, Eq, FromRow)]
pub struct Item {
    /// By which a reply names it; never given twice.
    pub number: i64,
    /// What it is about; empty after an erasure.
    pub text: String,
    /// Who wants it.
    pub member_id: i64,
    /// Their name; may be empty.
    pub name: String,
    /// Their address.
    pub address: String,
    /// open, withdrawn or dropped.
    pub state: String,
    /// When it came.
    pub at: Millis,
    /// How many members who belong to the list want it.
    pub votes: i64,
}

/// What a member wanted to talk about, or voted for, for themselves.
#[derive(Clone, Debug, FromRow)]
pub struct Own {
    /// The series' slug.
    pub series: String,
    /// The session's original day.
    pub on_date: String,
    /// The item's number.
    pub number: i64,
    /// Its text, where it is theirs; else empty.
    pub text: String,
    /// When.
    pub at: Millis,
}

const ITEMS: &str = "SELECT i.number, i.text, i.member_id, a.name, a.address, i.state, i.at, \
    (SELECT count(*) FROM agenda_vote v JOIN member m ON m.id = v.member_id WHERE v.community_id = i.community_id \
    AND v.series = i.series AND v.on_date = i.on_date AND v.number = i.number \
    AND m.state NOT IN ('left', 'pending')) AS votes \
    FROM agenda_item i JOIN member a ON a.id = i.member_id \
    WHERE i.community_id = $1 AND i.series = $2 AND i.on_date = $3 ORDER BY i.number";
const INSERT: &str = "INSERT INTO agenda_item (community_id, series, on_date, number, text, member_id, at) \
    VALUES ($1, $2, $3, $4, $5, $6, $7)";
const SET: &str = "UPDATE agenda_item SET text = $5, state = $6 \
    WHERE community_id = $1 AND series = $2 AND on_date = $3 AND number = $4";
const VOTE: &str = "INSERT INTO agenda_vote (community_id, series, on_date, number, member_id, at) \
    VALUES ($1, $2, $3, $4, $5, $6) ON CONFLICT DO NOTHING";
const UNVOTE: &str = "DELETE FROM agenda_vote WHERE community_id = $1 AND series = $2 AND on_date = $3 \
    AND number = $4 AND member_id = $5";
const OF_MEMBER: &str = "SELECT series, on_date, number, text, at FROM agenda_item WHERE member_id = $1 \
    UNION ALL SELECT series, on_date, number, '' AS text, at FROM agenda_vote WHERE member_id = $1 \
    ORDER BY 2, 1, 3, 4";

/// The items of a session, whatever became of them, by number.
pub async fn items(tx: &mut Tx, key: &Key) -> Result<Vec<Item>> {
    on!(tx, c => sqlx::query_as(ITEMS)
        .bind(key.community).bind(&key.series).bind(&key.on).fetch_all(c).await)
}

/// Writes an item under a number that no other has.
pub async fn insert(
    tx: &mut Tx,
    key: &Key,
    (number, text): (i64, &str),
    member: i64,
    at: Millis,
) -> Result<()> {
    on!(tx, c => sqlx::query(INSERT)
        .bind(key.community).bind(&key.series).bind(&key.on).bind(number).bind(text).bind(member)
        .bind(at).execute(c).await.map(drop))
}

/// Writes what an item says, and open, withdrawn or dropped.
pub async fn set(tx: &mut Tx, key: &Key, number: i64, (text, state): (&str, &str)) -> Result<()> {
    on!(tx, c => sqlx::query(SET)
        .bind(key.community).bind(&key.series).bind(&key.on).bind(number).bind(text).bind(state)
        .execute(c).await.map(drop))
}

/// Notes a vote; false where it was there before.
pub async fn vote(tx: &mut Tx, key: &Key, number: i64, member: i64, at: Millis) -> Result<bool> {
    let made = on!(tx, c => sqlx::query(VOTE)
        .bind(key.community).bind(&key.series).bind(&key.on).bind(number).bind(member).bind(at)
        .execute(c).await.map(|done| done.rows_affected()))?;
    Ok(made == 1)
}

/// Takes a vote back; false where there was none.
pub async fn unvote(tx: &mut Tx, key: &Key, number: i64, member: i64) -> Result<bool> {
    let gone = on!(tx, c => sqlx::query(UNVOTE)
        .bind(key.community).bind(&key.series).bind(&key.on).bind(number).bind(member)
        .execute(c).await.map(|done| done.rows_affected()))?;
    Ok(gone == 1)
}

/// What a member brought and voted for, by session.
pub async fn of_member(tx: &mut Tx, member: i64) -> Result<Vec<Own>> {
    on!(tx, c => sqlx::query_as(OF_MEMBER).bind(member).fetch_all(c).await)
}
