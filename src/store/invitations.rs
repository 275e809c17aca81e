//! What each member's calendar was last told of a series: one row a member.

use sqlx::FromRow;

use super::members::Member;
use super::series::Series;
use super::{Millis, Result, Tx, on, rows};

/// One row of `invitation`.
#[derive(Clone, Debug, Default, PartialEq, Eq, FromRow)]
pub struct Invitation {
    /// Whose series.
    pub community_id: i64,
    /// Which series.
    pub series_id: i64,
    /// Who.
    pub member_id: i64,
    /// The address that was invited: their ATTENDEE.
    pub address: String,
    /// The last SEQUENCE that they were sent (RFC 5545, section 3.8.7.4); it never falls.
    pub sequence: i64,
    /// The DTSTAMP of that.
    pub dtstamp: Millis,
    /// The series' version that they know.
    pub version: i64,
    /// The first day that their copy of the series has.
    pub invited_from: String,
    /// invited, ended or cancelled.
    pub state: String,
    /// The invitation, which may still wait for room in a budget.
    pub mail_id: Option<i64>,
    /// What became of that mail: waiting, sent, merged or dropped; read only.
    pub offer_state: Option<String>,
    /// Its Message-ID; read only.
    pub message_id: Option<String>,
    /// Whether its owner wants no invitations; read only.
    pub is_refused: bool,
}

impl Invitation {
    /// Whether the series may be in their calendar.
    pub fn is_known(&self) -> bool {
        self.state == "invited" && self.offer_state.as_deref() != Some("dropped")
    }

    /// Whether the invitation has not gone yet.
    pub fn waits(&self) -> bool {
        self.offer_state.as_deref() == Some("waiting")
    }
}

const INTO: &str = "invitation (community_id, series_id, member_id, address, sequence, dtstamp, version, \
    invited_from, state, mail_id)";
const INSERTED: usize = 10;
const REPLACED: &str = "ON CONFLICT (series_id, member_id) DO UPDATE SET address = excluded.address, sequence = excluded.sequence, \
    dtstamp = excluded.dtstamp, version = excluded.version, invited_from = excluded.invited_from, \
    state = excluded.state, mail_id = excluded.mail_id";
const OF: &str = "SELECT i.*, (SELECT o.state FROM offer o WHERE o.mail_id = i.mail_id LIMIT 1) AS offer_state, \
    (SELECT m.message_id FROM mail m WHERE m.id = i.mail_id) AS message_id, \
    EXISTS (SELECT 1 FROM stopped_mail s JOIN address a ON a.person_id = s.person_id \
    WHERE a.address = i.address AND s.name = 'invitation') AS is_refused \
    FROM invitation i WHERE i.series_id = $1 AND i.member_id = $2";
const BATCH: &str = "SELECT i.*, (SELECT o.state FROM offer o WHERE o.mail_id = i.mail_id LIMIT 1) AS offer_state, \
    (SELECT m.message_id FROM mail m WHERE m.id = i.mail_id) AS message_id, \
    EXISTS (SELECT 1 FROM stopped_mail s JOIN address a ON a.person_id = s.person_id \
    WHERE a.address = i.address AND s.name = 'invitation') AS is_refused \
    FROM invitation i WHERE i.series_id = $1 AND i.member_id > $2 AND i.member_id <= $3 ORDER BY i.member_id";
// Those whose calendar is not as the series is: of a running one ($5) whoever is here and
// was not told, or whose invitation found no room and who has not stopped them; and
// whoever is gone and was invited; of another whoever was. Who has paused, or whom mail
// does not reach, comes when they are back.
const OWED: &str = "SELECT m.* FROM member m LEFT JOIN invitation i ON i.series_id = $2 AND i.member_id = m.id \
    WHERE m.community_id = $1 AND m.id > $3 AND (($5 = 1 AND m.state = 'active' AND m.roles <> 'sponsor' \
    AND (i.member_id IS NULL OR i.state <> 'invited' OR i.version < $4 OR i.address <> m.address \
    OR (EXISTS (SELECT 1 FROM offer o WHERE o.mail_id = i.mail_id AND o.state = 'dropped') \
    AND NOT EXISTS (SELECT 1 FROM stopped_mail s JOIN address a ON a.person_id = s.person_id \
    WHERE a.address = m.address AND s.name = 'invitation')))) \
    OR (i.state = 'invited' AND $5 = 1 AND (m.state IN ('left', 'pending') OR m.roles = 'sponsor')) \
    OR (i.state = 'invited' AND $5 = 0 AND i.version < $4 AND m.state NOT IN ('paused', 'bouncing'))) \
    ORDER BY m.id LIMIT $6";
const INVITED_TO: &str =
    "SELECT count(*) FROM invitation WHERE series_id = $1 AND state = 'invited'";

/// Writes what members were told, in one statement: each member and series once.
pub async fn put_all(tx: &mut Tx, all: &[Invitation]) -> Result<()> {
    if all.is_empty() {
        return Ok(());
    }
    let sql = format!(
        "INSERT INTO {INTO} VALUES {} {REPLACED}",
        rows(tx, all.len(), INSERTED)
    );
    on!(tx, c => {
        let mut query = sqlx::query(sqlx::AssertSqlSafe(sql)).persistent(all.len() == 1);
        for i in all {
            query = query
                .bind(i.community_id).bind(i.series_id).bind(i.member_id).bind(&i.address).bind(i.sequence)
                .bind(i.dtstamp).bind(i.version).bind(&i.invited_from).bind(&i.state).bind(i.mail_id);
        }
        query.execute(c).await.map(drop)
    })
}

/// What a member was told of a series.
pub async fn of(tx: &mut Tx, series: i64, member: i64) -> Result<Option<Invitation>> {
    on!(tx, c => sqlx::query_as(OF).bind(series).bind(member).fetch_optional(c).await)
}

/// What members with keys after `after` and up to `to` were told of a series.
pub async fn batch(tx: &mut Tx, series: i64, (after, to): (i64, i64)) -> Result<Vec<Invitation>> {
    on!(tx, c => sqlx::query_as(BATCH).bind(series).bind(after).bind(to).fetch_all(c).await)
}

/// The members with keys after `after` who are to be told of a series, by key.
pub async fn owed(tx: &mut Tx, series: &Series, after: i64, limit: i64) -> Result<Vec<Member>> {
    on!(tx, c => sqlx::query_as(OWED)
        .bind(series.community_id).bind(series.id).bind(after).bind(series.version)
        .bind(i64::from(series.is_running())).bind(limit).fetch_all(c).await)
}

/// How many members are invited to a series.
pub async fn count(tx: &mut Tx, series: i64) -> Result<i64> {
    on!(tx, c => sqlx::query_scalar(INVITED_TO).bind(series).fetch_one(c).await)
}
