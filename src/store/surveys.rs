//! Waves of surveys and who is asked. What they answer stands apart
//! ([`super::survey_answers`]).

use sqlx::FromRow;

use super::{Millis, Result, Tx, on};

/// A wave to be opened.
pub struct NewWave<'a> {
    /// For whom.
    pub community_id: i64,
    /// The survey's name.
    pub survey: &'a str,
    /// Which wave of it this is in the community, from 1.
    pub number: i64,
    /// The survey as it is asked (TOML).
    pub definition: &'a str,
    /// The public half of its key.
    pub public_key: &'a [u8],
    /// Whether people come in one by one.
    pub rolling: bool,
    /// No result below this many answers.
    pub minimum: i64,
    /// Now.
    pub opened_at: Millis,
    /// When it closes.
    pub closes_at: Millis,
    /// The community's charter as it stands.
    pub charter: &'a str,
}

/// One row of `survey_wave`.
#[derive(Clone, Debug, FromRow)]
pub struct Wave {
    /// Key.
    pub id: i64,
    /// For whom.
    pub community_id: i64,
    /// The survey's name.
    pub survey: String,
    /// Which wave of it this is in the community, from 1.
    pub number: i64,
    /// The survey as it was asked (TOML).
    pub definition: String,
    /// The public half of its key.
    pub public_key: Vec<u8>,
    /// Whether people come in one by one.
    pub rolling: bool,
    /// No result below this many answers.
    pub minimum: i64,
    /// open, closed or lost.
    pub state: String,
    /// When it opened.
    pub opened_at: Millis,
    /// When it closes or was to close.
    pub closes_at: Millis,
    /// When it closed.
    pub closed_at: Option<Millis>,
    /// How many were asked whose answers count; known at closing.
    pub invited: i64,
    /// How many of them answered; known at closing.
    pub answered: i64,
}

/// One row of `survey_invitee`.
#[derive(Clone, Debug, FromRow)]
pub struct Invitee {
    /// Key; their token is signed for it.
    pub id: i64,
    /// The wave.
    pub wave_id: i64,
    /// Who.
    pub member_id: i64,
    /// The post or session that it is about; or empty.
    pub about: String,
    /// Whether their answers count: not where they run the community.
    pub counted: bool,
    /// asked, answered or skipped.
    pub state: String,
    /// How many replies came.
    pub replies: i64,
    /// Whether they were told that a reply was not understood.
    pub clarified: bool,
}

/// A figure of a closed wave.
#[derive(Clone, Debug, PartialEq, Eq, FromRow)]
pub struct Tally {
    /// The wave.
    pub wave_id: i64,
    /// The index.
    pub name: String,
    /// How many answered it.
    pub n: i64,
    /// How many of them favourably.
    pub k: i64,
}

const WAVE: &str = "id, community_id, survey, number, definition, public_key, rolling <> 0 AS rolling, minimum, state, \
    opened_at, closes_at, closed_at, invited, answered FROM survey_wave";
const INVITEE: &str = "id, wave_id, member_id, about, counted <> 0 AS counted, state, replies, clarified <> 0 AS clarified \
    FROM survey_invitee";
const OPEN: &str = "INSERT INTO survey_wave (community_id, survey, number, definition, public_key, rolling, minimum, \
    state, opened_at, closes_at, charter) VALUES ($1, $2, $3, $4, $5, $6, $7, 'open', $8, $9, $10) RETURNING id";
const LAST_NUMBER: &str =
    "SELECT COALESCE(max(number), 0) FROM survey_wave WHERE community_id = $1 AND survey = $2";
const STATE: &str = "SELECT state FROM survey_wave WHERE id = $1";
const END: &str =
    "UPDATE survey_wave SET state = $2, closed_at = $3, invited = $4, answered = $5 WHERE id = $1";
const OPEN_IDS: &str = "SELECT id FROM survey_wave WHERE state = 'open' ORDER BY id";
const INVITE: &str = "INSERT INTO survey_invitee (wave_id, member_id, about, counted) VALUES ($1, $2, $3, $4) \
    ON CONFLICT DO NOTHING";
const MAILED: &str = "UPDATE survey_invitee SET mailed = 1 WHERE id = $1";
const REMINDED: &str = "UPDATE survey_invitee SET reminded = 1 WHERE id = $1";
const REPLIED: &str = "UPDATE survey_invitee SET replies = replies + 1, state = $2 WHERE id = $1";
const CLARIFIED: &str = "UPDATE survey_invitee SET clarified = 1 WHERE id = $1";
const NEED_NO_MORE: &str = "UPDATE offer SET state = 'dropped', reason = 'it is not needed any more', done_at = $3 \
    WHERE state = 'waiting' AND member_id = $2 \
    AND mail_id IN (SELECT id FROM mail WHERE concerns = $1 AND concerns <> '')";
const COUNT_REPLY: &str = "UPDATE survey_invitee SET replies = replies + 1 WHERE id = $1";
// Whoever has answered has not ignored the mail; when they did is nobody's affair.
const HEARD: &str = "UPDATE offer SET answered_at = COALESCE(done_at, due_at) WHERE answered_at IS NULL \
    AND member_id = $2 AND mail_id IN (SELECT id FROM mail WHERE concerns = $1 AND concerns <> '')";
const FORGET_INVITEES: &str = "DELETE FROM survey_invitee WHERE wave_id = $1";
// The mails of a wave, each about one of those who are asked.
const OF_WAVE: &str = "mail_id IN (SELECT m.id FROM survey_invitee i JOIN mail m ON m.concerns = 'survey:' || i.wave_id || ':' || i.id \
    WHERE i.wave_id = $1 AND m.concerns <> '')";
// Each of them shows somebody's token; what is on its way this moment is left alone.
const EMPTY_MAILS: &str = "UPDATE mail SET content = substr(content, 1, 0) WHERE length(content) > 0 AND concerns <> '' \
    AND concerns IN (SELECT 'survey:' || wave_id || ':' || id FROM survey_invitee WHERE wave_id = $1) \
    AND NOT EXISTS (SELECT 1 FROM outbox o WHERE o.mail_id = mail.id AND o.state = 'sending')";
const ASK_KEY: &str = "INSERT INTO survey_key (wave_id, node, public_key) VALUES ($1, $2, $3) \
    ON CONFLICT (wave_id, node) DO UPDATE SET public_key = excluded.public_key, sealed = NULL";
const WANTED_KEYS: &str =
    "SELECT wave_id, node, public_key FROM survey_key WHERE sealed IS NULL ORDER BY wave_id, node";
const GIVE_KEY: &str =
    "UPDATE survey_key SET sealed = $3 WHERE wave_id = $1 AND node = $2 AND sealed IS NULL";
const GIVEN_KEY: &str = "SELECT sealed FROM survey_key WHERE wave_id = $1 AND node = $2";
const FORGET_KEYS: &str = "DELETE FROM survey_key WHERE wave_id = $1";
const LOCK_POSTGRES: &str = "SELECT 1 FROM survey_wave WHERE id = $1 FOR UPDATE";
const SHARE_POSTGRES: &str = "SELECT 1 FROM survey_wave WHERE id = $1 FOR SHARE";
const KEYLESS: &str = "UPDATE survey_wave SET keyless_since = COALESCE(keyless_since, $2) WHERE id = $1 RETURNING keyless_since";
const OVERDUE: &str = "SELECT w.id, w.community_id FROM survey_wave w WHERE w.state = 'open' AND w.closes_at <= $1 \
    AND NOT EXISTS (SELECT 1 FROM act a WHERE a.community_id = w.community_id AND a.name = $2 \
    AND a.about = CAST(w.id AS TEXT) AND (a.state = 'waiting' OR a.due_at > $3)) ORDER BY w.id";
const LAST_OPENED: &str =
    "SELECT max(opened_at) FROM survey_wave WHERE community_id = $1 AND survey = $2";
const LAST_ASKED: &str =
    "SELECT max(opened_at) FROM survey_wave WHERE community_id = $1 AND definition = $2";
const BEFORE: &str = "SELECT opened_at, charter FROM survey_wave WHERE community_id = $1 AND survey = $2 AND id < $3 \
    AND state = 'closed' ORDER BY id DESC LIMIT 1";
const RECEIVED: &str = "SELECT id, message_id FROM intake WHERE state = 'waiting' AND recipient = $1 AND id > $2 \
    ORDER BY id LIMIT 100";
const TAKEN: &str = "UPDATE intake SET state = 'done', outcome = $2, reason = $3, community_id = $4, done_at = $5 \
    WHERE id = $1 AND state = 'waiting'";
const WAKE_INTAKE: &str = "UPDATE intake SET next_at = $2 WHERE state = 'waiting' AND reason = $1";
const WAKE_OUTBOX: &str = "UPDATE outbox SET next_at = $2 WHERE state = 'waiting' AND reply = $1";
const OPEN_KEYS: &str = "SELECT w.id, w.survey, c.slug, w.closes_at, w.keyless_since FROM survey_wave w \
    JOIN community c ON c.id = w.community_id WHERE w.state = 'open' ORDER BY w.id";
const TALLY: &str =
    "INSERT INTO survey_tally (wave_id, position, name, n, k) VALUES ($1, $2, $3, $4, $5)";
const TALLIES: &str = "SELECT t.wave_id, t.name, t.n, t.k FROM survey_tally t JOIN survey_wave w ON w.id = t.wave_id \
    WHERE w.community_id = $1 ORDER BY t.wave_id, t.position";

/// Opens a wave; gives its key.
pub async fn open(tx: &mut Tx, w: &NewWave<'_>) -> Result<i64> {
    on!(tx, c => sqlx::query_scalar(OPEN)
        .bind(w.community_id).bind(w.survey).bind(w.number).bind(w.definition).bind(w.public_key)
        .bind(i64::from(w.rolling)).bind(w.minimum).bind(w.opened_at).bind(w.closes_at).bind(w.charter)
        .fetch_one(c).await)
}

/// The number of the last wave of a survey; 0 where there was none.
pub async fn last_number(tx: &mut Tx, community: i64, survey: &str) -> Result<i64> {
    on!(tx, c => sqlx::query_scalar(LAST_NUMBER).bind(community).bind(survey).fetch_one(c).await)
}

/// The wave of that key.
pub async fn by_id(tx: &mut Tx, id: i64) -> Result<Option<Wave>> {
    let sql = format!("SELECT {WAVE} WHERE id = $1");
    on!(tx, c => sqlx::query_as(sqlx::AssertSqlSafe(sql)).bind(id).fetch_optional(c).await)
}

/// open, closed or lost; `None` where there is no such wave.
pub async fn state(tx: &mut Tx, id: i64) -> Result<Option<String>> {
    on!(tx, c => sqlx::query_scalar(STATE).bind(id).fetch_optional(c).await)
}

/// The open wave of a survey.
pub async fn open_one(tx: &mut Tx, community: i64, survey: &str) -> Result<Option<Wave>> {
    let sql = format!("SELECT {WAVE} WHERE community_id = $1 AND survey = $2 AND state = 'open'");
    on!(tx, c => sqlx::query_as(sqlx::AssertSqlSafe(sql)).bind(community).bind(survey).fetch_optional(c).await)
}

/// All waves of a community, oldest first.
pub async fn of_community(tx: &mut Tx, community: i64) -> Result<Vec<Wave>> {
    let sql = format!("SELECT {WAVE} WHERE community_id = $1 ORDER BY id");
    on!(tx, c => sqlx::query_as(sqlx::AssertSqlSafe(sql)).bind(community).fetch_all(c).await)
}

/// The keys of all waves that are open, of all communities.
pub async fn open_ids(tx: &mut Tx) -> Result<Vec<i64>> {
    on!(tx, c => sqlx::query_scalar(OPEN_IDS).fetch_all(c).await)
}

/// Ends a wave: closed or lost; how many were asked, and how many of them answered.
pub async fn end(
    tx: &mut Tx,
    id: i64,
    state: &str,
    (invited, answered): (i64, i64),
    at: Millis,
) -> Result<()> {
    on!(tx, c => sqlx::query(END).bind(id).bind(state).bind(at).bind(invited).bind(answered)
        .execute(c).await.map(drop))
}

/// Asks a member, about something; nothing happens where they are asked that already.
/// Gives whether they are asked now for the first time.
pub async fn invite(
    tx: &mut Tx,
    wave: i64,
    member: i64,
    about: &str,
    counted: bool,
) -> Result<bool> {
    on!(tx, c => sqlx::query(INVITE).bind(wave).bind(member).bind(about).bind(i64::from(counted))
        .execute(c).await.map(|done| done.rows_affected() == 1))
}

/// Who of a wave has not been written to yet.
pub async fn unmailed(tx: &mut Tx, wave: i64, limit: i64) -> Result<Vec<Invitee>> {
    let sql = format!("SELECT {INVITEE} WHERE wave_id = $1 AND mailed = 0 ORDER BY id LIMIT $2");
    on!(tx, c => sqlx::query_as(sqlx::AssertSqlSafe(sql)).bind(wave).bind(limit).fetch_all(c).await)
}

/// Who of a wave has neither answered nor skipped nor been reminded.
pub async fn unanswered(tx: &mut Tx, wave: i64, limit: i64) -> Result<Vec<Invitee>> {
    let sql = format!(
        "SELECT {INVITEE} WHERE wave_id = $1 AND state = 'asked' AND reminded = 0 ORDER BY id LIMIT $2"
    );
    on!(tx, c => sqlx::query_as(sqlx::AssertSqlSafe(sql)).bind(wave).bind(limit).fetch_all(c).await)
}

/// Everybody who is asked in a wave.
pub async fn invitees(tx: &mut Tx, wave: i64) -> Result<Vec<Invitee>> {
    let sql = format!("SELECT {INVITEE} WHERE wave_id = $1 ORDER BY id");
    on!(tx, c => sqlx::query_as(sqlx::AssertSqlSafe(sql)).bind(wave).fetch_all(c).await)
}

/// Whom a token was signed for; `None` where the wave has closed.
pub async fn invitee(tx: &mut Tx, id: i64) -> Result<Option<Invitee>> {
    let sql = format!("SELECT {INVITEE} WHERE id = $1");
    on!(tx, c => sqlx::query_as(sqlx::AssertSqlSafe(sql)).bind(id).fetch_optional(c).await)
}

/// Notes that somebody was written to.
pub async fn set_mailed(tx: &mut Tx, id: i64) -> Result<()> {
    on!(tx, c => sqlx::query(MAILED).bind(id).execute(c).await.map(drop))
}

/// Notes that somebody was reminded.
pub async fn set_reminded(tx: &mut Tx, id: i64) -> Result<()> {
    on!(tx, c => sqlx::query(REMINDED).bind(id).execute(c).await.map(drop))
}

/// Notes that somebody has answered, and that there is nothing to ask them any more.
pub async fn replied(tx: &mut Tx, invitee: &Invitee, state: &str, at: Millis) -> Result<()> {
    let concerns = concerns(invitee);
    on!(tx, c => {
        sqlx::query(REPLIED).bind(invitee.id).bind(state).execute(&mut *c).await?;
        sqlx::query(HEARD).bind(&concerns).bind(invitee.member_id).execute(&mut *c).await?;
        sqlx::query(NEED_NO_MORE).bind(&concerns).bind(invitee.member_id).bind(at).execute(&mut *c).await.map(drop)
    })
}

/// Notes that somebody was told that a reply was not understood.
pub async fn set_clarified(tx: &mut Tx, id: i64) -> Result<()> {
    on!(tx, c => sqlx::query(CLARIFIED).bind(id).execute(c).await.map(drop))
}

/// Notes that somebody has asked something, and has still to answer: they have not ignored
/// the mail, and what waits for them goes on waiting.
pub async fn heard(tx: &mut Tx, invitee: &Invitee) -> Result<()> {
    let concerns = concerns(invitee);
    on!(tx, c => {
        sqlx::query(COUNT_REPLY).bind(invitee.id).execute(&mut *c).await?;
        sqlx::query(HEARD).bind(&concerns).bind(invitee.member_id).execute(&mut *c).await.map(drop)
    })
}

/// What the mails to somebody who is asked concern (`mail.concerns`): each asking of a
/// wave by itself, because whoever has rated one session is still to rate another.
pub fn concerns(invitee: &Invitee) -> String {
    format!("survey:{}:{}", invitee.wave_id, invitee.id)
}

/// Forgets who was asked in a wave, and with them their tokens: what still waits to go
/// out ends, and what has gone is emptied.
pub async fn forget_asked(tx: &mut Tx, wave: i64, at: Millis) -> Result<()> {
    let outbox = format!(
        "UPDATE outbox SET state = 'dropped', reply = 'the survey has closed', done_at = $2 \
         WHERE state IN ('waiting', 'deferred') AND {OF_WAVE}"
    );
    let offers = format!(
        "UPDATE offer SET state = 'dropped', reason = 'the survey has closed', done_at = $2 \
         WHERE state = 'waiting' AND {OF_WAVE}"
    );
    on!(tx, c => {
        for sql in [outbox, offers] {
            sqlx::query(sqlx::AssertSqlSafe(sql)).bind(wave).bind(at).execute(&mut *c).await?;
        }
        for sql in [EMPTY_MAILS, FORGET_INVITEES, FORGET_KEYS] {
            sqlx::query(sql).bind(wave).execute(&mut *c).await?;
        }
        Ok(())
    })
}

/// Locks a wave that is closing: no reply is taken in for it before this transaction has
/// ended, and what was taken in before is there to be read. SQLite has one writer anyway.
pub async fn lock(tx: &mut Tx, id: i64) -> Result<()> {
    locked(tx, LOCK_POSTGRES, id).await
}

/// Keeps a wave from closing until this transaction has ended: a reply is taken in.
pub async fn share(tx: &mut Tx, id: i64) -> Result<()> {
    locked(tx, SHARE_POSTGRES, id).await
}

async fn locked(tx: &mut Tx, sql: &'static str, id: i64) -> Result<()> {
    match tx {
        Tx::Sqlite(_) => Ok(()),
        Tx::Postgres(tx) => sqlx::query(sql)
            .bind(id)
            .execute(tx.connection())
            .await
            .map(drop),
    }
}

/// Notes that a wave could not be closed for want of its key; gives since when.
pub async fn keyless(tx: &mut Tx, id: i64, now: Millis) -> Result<Millis> {
    on!(tx, c => sqlx::query_scalar(KEYLESS).bind(id).bind(now).fetch_one(c).await)
}

/// (wave, community) of the waves that should have closed by `now` and of whose closing, an
/// act of that name, nothing waits and nothing was tried after `since`.
pub async fn overdue(
    tx: &mut Tx,
    now: Millis,
    act: &str,
    since: Millis,
) -> Result<Vec<(i64, i64)>> {
    on!(tx, c => sqlx::query_as(OVERDUE).bind(now).bind(act).bind(since).fetch_all(c).await)
}

/// When the last wave of a survey opened.
pub async fn last_opened(tx: &mut Tx, community: i64, survey: &str) -> Result<Option<Millis>> {
    on!(tx, c => sqlx::query_scalar(LAST_OPENED).bind(community).bind(survey).fetch_one(c).await)
}

/// When exactly this was asked last.
pub async fn last_asked(tx: &mut Tx, community: i64, definition: &str) -> Result<Option<Millis>> {
    on!(tx, c => sqlx::query_scalar(LAST_ASKED).bind(community).bind(definition).fetch_one(c).await)
}

/// When the last wave of a survey opened that has closed before that one opened, and the
/// charter as it stood then.
pub async fn before(
    tx: &mut Tx,
    community: i64,
    (survey, wave): (&str, i64),
) -> Result<Option<(Millis, String)>> {
    on!(tx, c => sqlx::query_as(BEFORE).bind(community).bind(survey).bind(wave).fetch_optional(c).await)
}

/// (row, message) of up to a hundred mails to an address that wait to be handled, after the
/// row `after`.
pub async fn received(tx: &mut Tx, recipient: &str, after: i64) -> Result<Vec<(i64, i64)>> {
    on!(tx, c => sqlx::query_as(RECEIVED).bind(recipient).bind(after).fetch_all(c).await)
}

/// Ends the row of a reply, whoever holds it: it was taken by the closing of its wave.
pub async fn taken(
    tx: &mut Tx,
    row: i64,
    (outcome, reason): (&str, &str),
    community: Option<i64>,
    at: Millis,
) -> Result<()> {
    on!(tx, c => sqlx::query(TAKEN).bind(row).bind(outcome).bind(reason).bind(community).bind(at)
        .execute(c).await.map(drop))
}

/// What waits for this reason, for want of a key, is due now.
pub async fn wake(tx: &mut Tx, reason: &str, now: Millis) -> Result<()> {
    on!(tx, c => {
        for sql in [WAKE_INTAKE, WAKE_OUTBOX] {
            sqlx::query(sql).bind(reason).bind(now).execute(&mut *c).await?;
        }
        Ok(())
    })
}

/// An open wave, as whoever looks after a node's keys sees it.
#[derive(Clone, Debug, FromRow)]
pub struct Open {
    /// Key.
    pub id: i64,
    /// The survey's name.
    pub survey: String,
    /// Its community's.
    pub slug: String,
    /// When it closes or was to close.
    pub closes_at: Millis,
    /// Since when it could not be closed for want of its key.
    pub keyless_since: Option<Millis>,
}

/// All waves that are open, of all communities.
pub async fn open_waves(tx: &mut Tx) -> Result<Vec<Open>> {
    on!(tx, c => sqlx::query_as(OPEN_KEYS).fetch_all(c).await)
}

/// A node says that it needs a wave's key, sealed for this public key of its own.
pub async fn ask_key(tx: &mut Tx, wave: i64, node: &str, public: &[u8]) -> Result<()> {
    on!(tx, c => sqlx::query(ASK_KEY).bind(wave).bind(node).bind(public).execute(c).await.map(drop))
}

/// (wave, node, public key) of the nodes that need a key.
pub async fn wanted_keys(tx: &mut Tx) -> Result<Vec<(i64, String, Vec<u8>)>> {
    on!(tx, c => sqlx::query_as(WANTED_KEYS).fetch_all(c).await)
}

/// Gives a node a wave's key, sealed for it.
pub async fn give_key(tx: &mut Tx, wave: i64, node: &str, sealed: &[u8]) -> Result<()> {
    on!(tx, c => sqlx::query(GIVE_KEY).bind(wave).bind(node).bind(sealed).execute(c).await.map(drop))
}

/// What a node was given: `None` where it has not asked, and within where nobody has
/// answered yet.
pub async fn given_key(tx: &mut Tx, wave: i64, node: &str) -> Result<Option<Option<Vec<u8>>>> {
    on!(tx, c => sqlx::query_scalar(GIVEN_KEY).bind(wave).bind(node).fetch_optional(c).await)
}

/// Keeps a figure of a wave that is closing.
pub async fn insert_tally(tx: &mut Tx, position: i64, tally: &Tally) -> Result<()> {
    on!(tx, c => sqlx::query(TALLY)
        .bind(tally.wave_id).bind(position).bind(&tally.name).bind(tally.n).bind(tally.k)
        .execute(c).await.map(drop))
}

/// The figures of all closed waves of a community, by wave.
pub async fn tallies(tx: &mut Tx, community: i64) -> Result<Vec<Tally>> {
    on!(tx, c => sqlx::query_as(TALLIES).bind(community).fetch_all(c).await)
}
