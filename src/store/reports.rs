//! What was told of a session after it: who came, what was said, what is to be done.

use sqlx::FromRow;

use super::members::Member;
use super::{Millis, Result, Tx, on};

/// One row of `session_report`.
#[derive(Clone, Debug, Default, PartialEq, Eq, FromRow)]
pub struct Report {
    /// The session.
    pub session_id: i64,
    /// Whose.
    pub community_id: i64,
    /// Whether somebody has said who came.
    pub counted: bool,
    /// Who came and was not invited, one a line.
    pub guests: String,
    /// What was said; may be empty.
    pub notes: String,
    /// Where the recording is; may be empty.
    pub recording: String,
    /// Who told it last; `None`: the operator.
    pub member_id: Option<i64>,
    /// When.
    pub at: Millis,
}

/// Something that somebody is to do.
#[derive(Clone, Debug, Default, PartialEq, Eq, FromRow)]
pub struct Action {
    /// Whose.
    pub community_id: i64,
    /// The series' slug.
    pub series: String,
    /// By which a reply names it; never given twice in a series.
    pub number: i64,
    /// The session that it comes from.
    pub session_id: i64,
    /// Who, as written; may be empty.
    pub who: String,
    /// Who, where it is a member.
    pub member_id: Option<i64>,
    /// What.
    pub what: String,
    /// By which day, as `2026-03-20`; or empty.
    pub due: String,
    /// When it was done.
    pub done_at: Option<Millis>,
}

/// A session that somebody came to.
#[derive(Clone, Debug, FromRow)]
pub struct Attended {
    /// The series' slug.
    pub slug: String,
    /// The session's original day.
    pub on_date: String,
}

/// A session of which nothing was told.
#[derive(Clone, Debug, FromRow)]
pub struct Untold {
    /// The session.
    pub id: i64,
    /// The series' slug.
    pub slug: String,
    /// The series' name for people.
    pub title: String,
    /// The session's original day.
    pub on_date: String,
    /// When it began.
    pub starts_at: Millis,
    /// When it ended.
    pub ends_at: Millis,
}

impl Report {
    /// Who came and was not invited.
    pub fn guests(&self) -> impl Iterator<Item = &str> {
        self.guests.lines().filter(|guest| !guest.is_empty())
    }
}

const OF: &str = "SELECT * FROM session_report WHERE session_id = $1";
const IN_WORDS: &str =
    "SELECT * FROM session_report WHERE guests <> '' OR notes <> '' ORDER BY session_id";
const PUT: &str = "INSERT INTO session_report (session_id, community_id, counted, guests, notes, recording, member_id, at) \
    VALUES ($1, $2, $3, $4, $5, $6, $7, $8) ON CONFLICT (session_id) DO UPDATE SET counted = excluded.counted, \
    guests = excluded.guests, notes = excluded.notes, recording = excluded.recording, \
    member_id = excluded.member_id, at = excluded.at";
const CAME: &str = "SELECT member_id FROM session_came WHERE session_id = $1 ORDER BY member_id";
const FORGET_CAME: &str = "DELETE FROM session_came WHERE session_id = $1";
const ADD_CAME: &str =
    "INSERT INTO session_came (session_id, member_id) VALUES ($1, $2) ON CONFLICT DO NOTHING";
const OF_MEMBER: &str = "SELECT s.slug, x.on_date FROM session_came c JOIN session x ON x.id = c.session_id \
    JOIN series s ON s.id = x.series_id WHERE c.member_id = $1 ORDER BY x.starts_at, x.id";
const ASKED: &str =
    "SELECT number, member_id FROM session_asked WHERE session_id = $1 ORDER BY number";
const ASK: &str = "INSERT INTO session_asked (session_id, number, member_id) VALUES ($1, $2, $3) \
    ON CONFLICT DO NOTHING";
const ACTIONS: &str =
    "SELECT * FROM session_action WHERE community_id = $1 AND series = $2 ORDER BY number";
const PUT_ACTION: &str = "INSERT INTO session_action (community_id, series, number, session_id, who, member_id, what, \
    due, done_at) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9) ON CONFLICT (community_id, series, number) \
    DO UPDATE SET who = excluded.who, member_id = excluded.member_id, what = excluded.what, due = excluded.due, \
    done_at = excluded.done_at";
const DROP_ACTION: &str =
    "DELETE FROM session_action WHERE community_id = $1 AND series = $2 AND number = $3";
const UNTOLD: &str = "SELECT x.id, s.slug, s.title, x.on_date, x.starts_at, x.ends_at FROM session x \
    JOIN series s ON s.id = x.series_id WHERE x.community_id = $1 AND x.state = 'held' \
    AND x.ends_at >= $2 AND x.ends_at <= $3 \
    AND NOT EXISTS (SELECT 1 FROM session_report r WHERE r.session_id = x.id) ORDER BY x.ends_at, x.id LIMIT $4";
const INVITED: &str = "SELECT m.* FROM member m JOIN session_came c ON c.member_id = m.id WHERE c.session_id = $1 \
    ORDER BY m.name, m.address, m.id";

/// Everything that was told of sessions in words: who looks for a name compares letters
/// better than a database does.
pub async fn in_words(tx: &mut Tx) -> Result<Vec<Report>> {
    on!(tx, c => sqlx::query_as(IN_WORDS).fetch_all(c).await)
}

/// What was told of a session.
pub async fn of(tx: &mut Tx, session: i64) -> Result<Option<Report>> {
    on!(tx, c => sqlx::query_as(OF).bind(session).fetch_optional(c).await)
}

/// Writes what was told of a session, in the place of what was told before.
pub async fn put(tx: &mut Tx, r: &Report) -> Result<()> {
    on!(tx, c => sqlx::query(PUT)
        .bind(r.session_id).bind(r.community_id).bind(r.counted).bind(&r.guests).bind(&r.notes)
        .bind(&r.recording).bind(r.member_id).bind(r.at).execute(c).await.map(drop))
}

/// The members who came to a session.
pub async fn came(tx: &mut Tx, session: i64) -> Result<Vec<i64>> {
    on!(tx, c => sqlx::query_scalar(CAME).bind(session).fetch_all(c).await)
}

/// The same as members, by name.
pub async fn comers(tx: &mut Tx, session: i64) -> Result<Vec<Member>> {
    on!(tx, c => sqlx::query_as(INVITED).bind(session).fetch_all(c).await)
}

/// Writes who came, in the place of who was thought to have come.
pub async fn set_came(tx: &mut Tx, session: i64, members: &[i64]) -> Result<()> {
    on!(tx, c => {
        sqlx::query(FORGET_CAME).bind(session).execute(&mut *c).await?;
        for member in members {
            sqlx::query(ADD_CAME).bind(session).bind(member).execute(&mut *c).await?;
        }
        Ok(())
    })
}

/// The sessions that a member came to, in order.
pub async fn of_member(tx: &mut Tx, member: i64) -> Result<Vec<Attended>> {
    on!(tx, c => sqlx::query_as(OF_MEMBER).bind(member).fetch_all(c).await)
}

/// (number, member) of those whom the mail that asked has named.
pub async fn asked(tx: &mut Tx, session: i64) -> Result<Vec<(i64, i64)>> {
    on!(tx, c => sqlx::query_as(ASKED).bind(session).fetch_all(c).await)
}

/// Notes under which number somebody is named; one that was given stays.
pub async fn ask(tx: &mut Tx, session: i64, (number, member): (i64, i64)) -> Result<()> {
    on!(tx, c => sqlx::query(ASK).bind(session).bind(number).bind(member).execute(c).await.map(drop))
}

/// Everything that was to be done in a series, by number.
pub async fn actions(tx: &mut Tx, community: i64, series: &str) -> Result<Vec<Action>> {
    on!(tx, c => sqlx::query_as(ACTIONS).bind(community).bind(series).fetch_all(c).await)
}

/// Writes an action, new or changed.
pub async fn put_action(tx: &mut Tx, a: &Action) -> Result<()> {
    on!(tx, c => sqlx::query(PUT_ACTION)
        .bind(a.community_id).bind(&a.series).bind(a.number).bind(a.session_id).bind(&a.who)
        .bind(a.member_id).bind(&a.what).bind(&a.due).bind(a.done_at).execute(c).await.map(drop))
}

/// Takes away an action that nobody wants any more.
pub async fn drop_action(tx: &mut Tx, a: &Action) -> Result<()> {
    on!(tx, c => sqlx::query(DROP_ACTION)
        .bind(a.community_id).bind(&a.series).bind(a.number).execute(c).await.map(drop))
}

/// The sessions that were held and ended in a while, of which nothing was told; `limit`
/// at most, oldest first.
pub async fn untold(
    tx: &mut Tx,
    community: i64,
    (from, to): (Millis, Millis),
    limit: i64,
) -> Result<Vec<Untold>> {
    on!(tx, c => sqlx::query_as(UNTOLD)
        .bind(community).bind(from).bind(to).bind(limit).fetch_all(c).await)
}
