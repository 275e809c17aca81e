//! What members answered to their invitations: one row for the series and one for each
//! session that they answered for itself.

use sqlx::FromRow;

use super::{Millis, Result, Tx, on};

/// One row of `rsvp`.
#[derive(Clone, Debug, Default, PartialEq, Eq, FromRow)]
pub struct Rsvp {
    /// Whose series.
    pub community_id: i64,
    /// Which series.
    pub series_id: i64,
    /// Who answers.
    pub member_id: i64,
    /// The original day of the session, or empty: the whole series.
    pub on_date: String,
    /// ACCEPTED, DECLINED, TENTATIVE or DELEGATED.
    pub partstat: String,
    /// The SEQUENCE that was answered.
    pub sequence: i64,
    /// When it was answered, as the calendar says (DTSTAMP).
    pub dtstamp: Millis,
    /// Their remark, or empty.
    pub comment: String,
    /// When it was recorded.
    pub at: Millis,
    /// mail, text or page.
    pub via: String,
}

/// Somebody of a series' roster.
#[derive(Clone, Debug, FromRow)]
pub struct Invited {
    /// Their membership.
    pub member_id: i64,
    /// Their address.
    pub address: String,
    /// pending, active, paused, bouncing or left.
    pub state: String,
    /// The first day of the series that they were invited to; empty where they were not.
    pub invited_from: String,
}

/// An answer with the name of what it is about.
#[derive(Clone, Debug, FromRow)]
pub struct Named {
    /// The series' slug.
    pub slug: String,
    /// The original day of the session, or empty: the whole series.
    pub on_date: String,
    /// ACCEPTED, DECLINED, TENTATIVE or DELEGATED.
    pub partstat: String,
    /// Their remark, or empty.
    pub comment: String,
    /// When it was recorded.
    pub at: Millis,
}

// An answer that was given before the one that is known changes nothing, however late it
// comes (RFC 5546, section 2.1.5). Of two at the same time the one that comes later counts.
const PUT: &str = "INSERT INTO rsvp (community_id, series_id, member_id, on_date, partstat, sequence, dtstamp, \
    comment, at, via) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10) \
    ON CONFLICT (series_id, member_id, on_date) DO UPDATE SET partstat = excluded.partstat, \
    sequence = excluded.sequence, dtstamp = excluded.dtstamp, comment = excluded.comment, at = excluded.at, \
    via = excluded.via WHERE excluded.sequence > rsvp.sequence \
    OR (excluded.sequence = rsvp.sequence AND excluded.dtstamp >= rsvp.dtstamp)";
const OF_MEMBER: &str =
    "SELECT * FROM rsvp WHERE series_id = $1 AND member_id = $2 ORDER BY on_date";
const OF_SESSION: &str =
    "SELECT * FROM rsvp WHERE series_id = $1 AND on_date IN ('', $2) ORDER BY member_id, on_date";
const NAMED: &str = "SELECT s.slug, r.on_date, r.partstat, r.comment, r.at FROM rsvp r \
    JOIN series s ON s.id = r.series_id WHERE r.member_id = $1 ORDER BY s.slug, r.on_date, r.at";
const INVITED: &str = "SELECT m.id AS member_id, m.address, m.state, COALESCE(i.invited_from, '') AS invited_from \
    FROM member m LEFT JOIN invitation i ON i.series_id = $1 AND i.member_id = m.id \
    WHERE m.community_id = $2 AND (i.member_id IS NOT NULL \
    OR EXISTS (SELECT 1 FROM rsvp r WHERE r.series_id = $1 AND r.member_id = m.id)) ORDER BY m.address, m.id";

// An answer to the session goes before one to the whole series.
const GOING: &str = "SELECT count(*) FROM rsvp r JOIN member m ON m.id = r.member_id WHERE r.series_id = $1 \
    AND r.partstat = 'ACCEPTED' AND m.state NOT IN ('left', 'pending') AND (r.on_date = $2 OR (r.on_date = '' \
    AND NOT EXISTS (SELECT 1 FROM rsvp o WHERE o.series_id = r.series_id AND o.member_id = r.member_id \
    AND o.on_date = $2)))";

/// How many members have said that they come to a session, by its original day.
pub async fn going(tx: &mut Tx, series: i64, on: &str) -> Result<i64> {
    on!(tx, c => sqlx::query_scalar(GOING).bind(series).bind(on).fetch_one(c).await)
}

/// Records an answer; false where a later one is known.
pub async fn put(tx: &mut Tx, r: &Rsvp) -> Result<bool> {
    let changed = on!(tx, c => sqlx::query(PUT)
        .bind(r.community_id).bind(r.series_id).bind(r.member_id).bind(&r.on_date).bind(&r.partstat)
        .bind(r.sequence).bind(r.dtstamp).bind(&r.comment).bind(r.at).bind(&r.via)
        .execute(c).await.map(|done| done.rows_affected()))?;
    Ok(changed == 1)
}

/// All that a member answered to a series, the answer to the whole of it first.
pub async fn of_member(tx: &mut Tx, series: i64, member: i64) -> Result<Vec<Rsvp>> {
    on!(tx, c => sqlx::query_as(OF_MEMBER).bind(series).bind(member).fetch_all(c).await)
}

/// What was answered to a series, and to one session of it ("": to none), by member.
pub async fn of_session(tx: &mut Tx, series: i64, on: &str) -> Result<Vec<Rsvp>> {
    on!(tx, c => sqlx::query_as(OF_SESSION).bind(series).bind(on).fetch_all(c).await)
}

/// Everybody who was invited to a series or has answered, by address.
pub async fn invited(tx: &mut Tx, community: i64, series: i64) -> Result<Vec<Invited>> {
    on!(tx, c => sqlx::query_as(INVITED).bind(series).bind(community).fetch_all(c).await)
}

/// All that a member answered to any series, for themselves.
pub async fn named(tx: &mut Tx, member: i64) -> Result<Vec<Named>> {
    on!(tx, c => sqlx::query_as(NAMED).bind(member).fetch_all(c).await)
}
