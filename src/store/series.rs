//! Series of sessions as they stand, one row a UID.

use sqlx::FromRow;

use super::{Millis, Result, Tx, on};

/// One row of `series`.
#[derive(Clone, Debug, Default, PartialEq, Eq, FromRow)]
pub struct Series {
    /// Key.
    pub id: i64,
    /// Whose.
    pub community_id: i64,
    /// Its name in commands and in the charter.
    pub slug: String,
    /// Which UID of that slug, from 1.
    pub generation: i64,
    /// Its UID (RFC 5545, section 3.8.4.7), for as long as its rule holds.
    pub uid: String,
    /// `charter`, or the address of whoever added it (empty: the operator).
    pub origin: String,
    /// Its name for people.
    pub title: String,
    /// Recurrence rule without UNTIL and COUNT; empty happens once.
    pub rule: String,
    /// The first session, as `2026-01-13T16:00:00` on the wall clock of `zone`.
    pub starts: String,
    /// The last day on which one may start, or empty.
    pub until: String,
    /// The zone of its wall clock.
    pub zone: String,
    /// How long each takes, in milliseconds.
    pub duration: i64,
    /// Where to go, or empty.
    pub location: String,
    /// Where to join, or empty.
    pub link: String,
    /// Days of its rule on which nothing happens because they are holidays,
    /// comma-separated.
    pub excluded: String,
    /// Counts what its members were, or are to be, told.
    pub version: i64,
    /// running, ended or cancelled.
    pub state: String,
    /// Why it is not running.
    pub reason: String,
    /// When it was made.
    pub began_at: Millis,
    /// When something last changed that members are told.
    pub modified_at: Millis,
    /// When it ended.
    pub ended_at: Option<Millis>,
}

impl Series {
    /// Whether the charter makes it.
    pub fn is_of_charter(&self) -> bool {
        self.origin == CHARTER
    }

    /// Whether sessions of it are still to come, as far as nothing else says.
    pub fn is_running(&self) -> bool {
        self.state == "running"
    }
}

/// The origin of what the charter makes.
pub const CHARTER: &str = "charter";

const INSERT: &str = "INSERT INTO series (community_id, slug, generation, uid, origin, title, rule, starts, until, zone, \
    duration, location, link, excluded, began_at, modified_at) \
    VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16) RETURNING id";
const UPDATE: &str = "UPDATE series SET title = $2, until = $3, duration = $4, location = $5, link = $6, excluded = $7, \
    version = $8, state = $9, reason = $10, modified_at = $11, ended_at = $12 WHERE id = $1";
const BY_ID: &str = "SELECT * FROM series WHERE id = $1";
const BY_UID: &str = "SELECT * FROM series WHERE community_id = $1 AND uid = $2";
const LATEST: &str = "SELECT * FROM series s WHERE community_id = $1 AND generation = (SELECT max(generation) \
    FROM series o WHERE o.community_id = s.community_id AND o.slug = s.slug) ORDER BY slug";
const OF_COMMUNITY: &str = "SELECT * FROM series WHERE community_id = $1 ORDER BY slug, generation";
const ANY: &str = "SELECT EXISTS (SELECT 1 FROM series WHERE community_id = $1)";

/// Writes a new series; `id` of the row given is ignored, the real one returned.
pub async fn insert(tx: &mut Tx, s: &Series) -> Result<i64> {
    on!(tx, c => sqlx::query_scalar(INSERT)
        .bind(s.community_id).bind(&s.slug).bind(s.generation).bind(&s.uid).bind(&s.origin).bind(&s.title)
        .bind(&s.rule).bind(&s.starts).bind(&s.until).bind(&s.zone).bind(s.duration).bind(&s.location)
        .bind(&s.link).bind(&s.excluded).bind(s.began_at).bind(s.modified_at).fetch_one(c).await)
}

/// Writes all that can change of a series.
pub async fn update(tx: &mut Tx, s: &Series) -> Result<()> {
    on!(tx, c => sqlx::query(UPDATE)
        .bind(s.id).bind(&s.title).bind(&s.until).bind(s.duration).bind(&s.location).bind(&s.link)
        .bind(&s.excluded).bind(s.version).bind(&s.state).bind(&s.reason).bind(s.modified_at).bind(s.ended_at)
        .execute(c).await.map(drop))
}

/// The series of that key.
pub async fn by_id(tx: &mut Tx, id: i64) -> Result<Option<Series>> {
    on!(tx, c => sqlx::query_as(BY_ID).bind(id).fetch_optional(c).await)
}

/// The series of that UID, where it is that community's.
pub async fn by_uid(tx: &mut Tx, community: i64, uid: &str) -> Result<Option<Series>> {
    on!(tx, c => sqlx::query_as(BY_UID).bind(community).bind(uid).fetch_optional(c).await)
}

/// The last generation of each slug, whatever became of it, by slug.
pub async fn latest(tx: &mut Tx, community: i64) -> Result<Vec<Series>> {
    on!(tx, c => sqlx::query_as(LATEST).bind(community).fetch_all(c).await)
}

/// Every series of a community, by slug and generation.
pub async fn of_community(tx: &mut Tx, community: i64) -> Result<Vec<Series>> {
    on!(tx, c => sqlx::query_as(OF_COMMUNITY).bind(community).fetch_all(c).await)
}

/// Whether a community has ever had a series.
pub async fn any(tx: &mut Tx, community: i64) -> Result<bool> {
    on!(tx, c => sqlx::query_scalar(ANY).bind(community).fetch_one(c).await)
}
