//! Mails that go out: what is the same for every recipient.

use sqlx::FromRow;

use super::{Millis, Result, Tx, audience, on, rows, skip_locked};

/// A mail to be written.
pub struct NewMail<'a> {
    /// Which community sends it.
    pub community_id: i64,
    /// `post`, or its name in the catalogue.
    pub name: &'a str,
    /// The post it is a copy of.
    pub post_id: Option<i64>,
    /// Message-ID without angle brackets.
    pub message_id: &'a str,
    /// The frozen audience: everyone on the roster at this version. `None`:
    /// its recipients are named, and their rows made at once.
    pub roster_version: Option<i64>,
    /// What a reply to it is about, as `hold:12`; or empty.
    pub concerns: &'a str,
    /// Now.
    pub created_at: Millis,
    /// The bytes, but for what is personal.
    pub content: &'a [u8],
}

/// A mail without its content.
#[derive(Clone, Debug, FromRow)]
pub struct Mail {
    /// Key.
    pub id: i64,
    /// Which community sends it.
    pub community_id: i64,
    /// `post`, or its name in the catalogue.
    pub name: String,
    /// The post it is a copy of.
    pub post_id: Option<i64>,
    /// Message-ID without angle brackets.
    pub message_id: String,
    /// The frozen audience's version.
    pub roster_version: i64,
    /// The roster row up to which outbox rows were made.
    pub expanded_to: i64,
    /// expanding or expanded.
    pub state: String,
    /// When it was composed.
    pub created_at: Millis,
    /// What a reply to it is about, as `hold:12`; or empty.
    pub concerns: String,
    /// The same on all mails of a post that went to several lists; else empty.
    pub cross_key: String,
}

const COLUMNS: &str = "id, community_id, name, post_id, message_id, roster_version, expanded_to, state, created_at, concerns, \
    cross_key";
const INTO: &str = "mail (community_id, name, post_id, message_id, audience, roster_version, \
    state, created_at, content, concerns)";
const INSERTED: usize = 10;
const CONTENT: &str = "SELECT content FROM mail WHERE id = $1";
const EXPANDED: &str =
    "UPDATE mail SET expanded_to = $2, state = $3 WHERE id = $1 AND lease_owner = $4";
const RELEASE: &str =
    "UPDATE mail SET lease_until = 0 WHERE state = 'expanding' AND lease_owner = $1";
const ANY_EXPANDING: &str = "SELECT EXISTS (SELECT 1 FROM mail WHERE state = 'expanding')";
const LAST_OF_BATCH: &str = "SELECT max(id), count(*) FROM (SELECT id FROM roster WHERE community_id = $1 AND id > $2 \
    ORDER BY id LIMIT $3) AS batch";
// A choice for the thread goes before topics. Members of an umbrella ($9) are ruled
// by that membership alone.
const EXPAND: &str = "INSERT INTO outbox (community_id, mail_id, member_id, recipient, state, created_at, next_at, \
    done_at, reply) SELECT a.community_id, $1, a.member_id, a.address, \
    CASE WHEN a.reason = '' THEN 'waiting' ELSE 'dropped' END, $6, $6, \
    CASE WHEN a.reason <> '' THEN CAST($6 AS BIGINT) END, a.reason FROM (SELECT r.id, r.community_id, r.member_id, \
    r.address, CASE WHEN m.state = 'left' THEN 'has left the community' \
    WHEN m.state = 'bouncing' THEN 'mail to this address comes back' \
    WHEN EXISTS (SELECT 1 FROM suppressed x WHERE x.address = r.address) THEN 'they complained about such mail' \
    WHEN s.reason IS NOT NULL THEN s.reason \
    WHEN c.choice = 'mute' THEN 'has muted this thread' WHEN c.choice IS NULL AND $8 <> '' AND m.topics <> '' \
    AND ',' || m.topics || ',' NOT LIKE '%,' || $8 || ',%' THEN 'wants no posts on ' || $8 ELSE '' END AS reason \
    FROM roster r JOIN member m ON m.id = r.member_id \
    LEFT JOIN mail_skip s ON s.mail_id = $1 AND s.member_id = r.member_id \
    LEFT JOIN thread_choice c ON c.member_id = r.member_id AND c.thread_id = $7 \
    WHERE r.community_id = $2 AND r.id > $3 AND r.id <= $4 AND r.since <= $5 AND (r.until IS NULL OR r.until > $5) \
    AND ($9 = 0 OR NOT EXISTS (SELECT 1 FROM member u WHERE u.community_id = $9 AND u.person_id = m.person_id \
    AND u.state NOT IN ('left', 'pending') AND u.roles <> 'sponsor'))) AS a \
    WHERE a.id > 0 ORDER BY a.id ON CONFLICT DO NOTHING";
// Those who follow the thread although they chose no single posts: a row for each
// who has none yet, whatever address they had when the audience was frozen.
const FOLLOW: &str = "INSERT INTO outbox (community_id, mail_id, member_id, recipient, state, created_at, next_at, \
    done_at, reply) SELECT m.community_id, $1, m.id, m.address, \
    CASE WHEN s.reason IS NULL THEN 'waiting' ELSE 'dropped' END, $4, $4, \
    CASE WHEN s.reason IS NOT NULL THEN CAST($4 AS BIGINT) END, COALESCE(s.reason, '') \
    FROM thread_choice c JOIN member m ON m.id = c.member_id \
    LEFT JOIN mail_skip s ON s.mail_id = $1 AND s.member_id = m.id \
    WHERE c.community_id = $2 AND c.thread_id = $3 AND c.choice = 'follow' AND m.state = 'active' \
    AND m.roles <> 'sponsor' AND NOT EXISTS (SELECT 1 FROM suppressed x WHERE x.address = m.address) \
    AND NOT EXISTS (SELECT 1 FROM address a JOIN outbox o ON o.mail_id = $1 \
    AND o.recipient = a.address WHERE a.person_id = m.person_id) ORDER BY m.id ON CONFLICT DO NOTHING";
const CONCERN: &str = "UPDATE mail SET concerns = $2 WHERE id = $1";
const PLACE: &str = "SELECT thread_id, topic FROM post WHERE id = $1";

/// Writes a mail and gives its key.
pub async fn insert(tx: &mut Tx, m: &NewMail<'_>) -> Result<i64> {
    let made = insert_all(tx, std::slice::from_ref(m)).await?;
    made.first().copied().ok_or(sqlx::Error::RowNotFound)
}

/// Writes mails in one statement and gives their keys, in order.
pub async fn insert_all(tx: &mut Tx, all: &[NewMail<'_>]) -> Result<Vec<i64>> {
    if all.is_empty() {
        return Ok(Vec::new());
    }
    let sql = format!(
        "INSERT INTO {INTO} VALUES {} RETURNING id",
        rows(tx, all.len(), INSERTED)
    );
    let mut keys: Vec<i64> = on!(tx, c => {
        let mut query = sqlx::query_scalar(sqlx::AssertSqlSafe(sql)).persistent(all.len() == 1);
        for m in all {
            let (audience, state) = match m.roster_version {
                Some(_) => ("roster", "expanding"),
                None => ("named", "expanded"),
            };
            query = query
                .bind(m.community_id).bind(m.name).bind(m.post_id).bind(m.message_id).bind(audience)
                .bind(m.roster_version.unwrap_or(0)).bind(state).bind(m.created_at).bind(m.content).bind(m.concerns);
        }
        query.fetch_all(c).await
    })?;
    // Keys are given in the order of the rows, and come back in any.
    keys.sort_unstable();
    Ok(keys)
}

/// Notes what a mail is about, for what is personal in its copies and for replies to it.
pub async fn set_concerns(tx: &mut Tx, id: i64, concerns: &str) -> Result<()> {
    on!(tx, c => sqlx::query(CONCERN).bind(id).bind(concerns).execute(c).await.map(drop))
}

/// The bytes that all recipients get.
pub async fn content(tx: &mut Tx, id: i64) -> Result<Vec<u8>> {
    on!(tx, c => sqlx::query_scalar(CONTENT).bind(id).fetch_one(c).await)
}

/// The mail of that key.
pub async fn by_id(tx: &mut Tx, id: i64) -> Result<Mail> {
    let sql = format!("SELECT {COLUMNS} FROM mail WHERE id = $1");
    on!(tx, c => sqlx::query_as(sqlx::AssertSqlSafe(sql)).bind(id).fetch_one(c).await)
}

/// Every mail with that Message-ID, oldest first.
pub async fn by_message_id(tx: &mut Tx, message_id: &str) -> Result<Vec<Mail>> {
    let sql = format!("SELECT {COLUMNS} FROM mail WHERE message_id = $1 ORDER BY id LIMIT 100");
    on!(tx, c => sqlx::query_as(sqlx::AssertSqlSafe(sql)).bind(message_id).fetch_all(c).await)
}

/// Takes the oldest mail whose audience is not expanded yet.
pub async fn claim_expanding(
    tx: &mut Tx,
    owner: &str,
    lease: (Millis, Millis),
) -> Result<Option<Mail>> {
    let lock = skip_locked(tx);
    let sql = format!(
        "WITH due AS MATERIALIZED (SELECT id FROM mail \
         WHERE state = 'expanding' AND (lease_until <= $3 OR lease_owner = $1) ORDER BY id LIMIT 1 {lock}) \
         UPDATE mail SET lease_owner = $1, lease_until = $2 WHERE id IN (SELECT id FROM due) \
         RETURNING {COLUMNS}"
    );
    on!(tx, c => sqlx::query_as(sqlx::AssertSqlSafe(sql))
        .bind(owner).bind(lease.1).bind(lease.0).fetch_optional(c).await)
}

/// Makes outbox rows for the next `limit` rows of the roster, and remembers how
/// far it came; true when the whole audience has its rows. Whoever does not get the
/// mail gets a row that is dropped already, with the reason. After the mail's own
/// community come those that an umbrella includes, and last who follows the thread.
pub async fn expand(
    tx: &mut Tx,
    mail: &Mail,
    owner: &str,
    limit: i64,
    now: Millis,
) -> Result<bool> {
    let is_shared = !mail.cross_key.is_empty();
    let before = match is_shared {
        true => {
            if !audience::take_turn(tx, mail).await? {
                return Ok(false);
            }
            audience::last_row(tx).await?
        }
        false => 0,
    };
    let place = place(tx, mail).await?;
    let own = Part {
        community: mail.community_id,
        after: mail.expanded_to,
        version: mail.roster_version,
        topic: &place.1,
        umbrella: 0,
    };
    let (last, is_own_done) = batch(tx, mail.id, place.0, &own, limit, now).await?;
    let is_done = is_own_done && rest(tx, mail, place.0, limit, now).await?;
    if is_shared {
        audience::drop_seconds(tx, mail, before, now).await?;
    }
    let state = if is_done { "expanded" } else { "expanding" };
    on!(tx, c => sqlx::query(EXPANDED).bind(mail.id).bind(last).bind(state).bind(owner).execute(c).await.map(drop))?;
    Ok(is_done)
}

/// What comes after the mail's own community, a batch at a time; true at the end.
async fn rest(tx: &mut Tx, mail: &Mail, thread: i64, limit: i64, now: Millis) -> Result<bool> {
    let include = match mail.cross_key.is_empty() {
        true => None,
        false => audience::next_include(tx, mail.id).await?,
    };
    let Some(include) = include else {
        on!(tx, c => sqlx::query(FOLLOW)
            .bind(mail.id).bind(mail.community_id).bind(thread).bind(now).execute(c).await.map(drop))?;
        return Ok(true);
    };
    let part = Part {
        community: include.community_id,
        after: include.expanded_to,
        version: include.roster_version,
        topic: "",
        umbrella: mail.community_id,
    };
    let (last, is_done) = batch(tx, mail.id, thread, &part, limit, now).await?;
    audience::included(tx, mail.id, &include, last, is_done).await?;
    Ok(false)
}

/// One community's share of an audience.
struct Part<'a> {
    community: i64,
    after: i64,
    version: i64,
    topic: &'a str,
    /// The community whose members are left out, or 0.
    umbrella: i64,
}

/// One batch; the last roster row that was looked at, and whether it was the end.
async fn batch(
    tx: &mut Tx,
    mail: i64,
    thread: i64,
    part: &Part<'_>,
    limit: i64,
    now: Millis,
) -> Result<(i64, bool)> {
    on!(tx, c => {
        let (last, count): (Option<i64>, i64) = sqlx::query_as(LAST_OF_BATCH)
            .bind(part.community).bind(part.after).bind(limit).fetch_one(&mut *c).await?;
        let last = last.unwrap_or(part.after);
        sqlx::query(EXPAND)
            .bind(mail).bind(part.community).bind(part.after).bind(last).bind(part.version).bind(now)
            .bind(thread).bind(part.topic).bind(part.umbrella).execute(&mut *c).await?;
        Ok((last, count < limit))
    })
}

/// The thread and the topic of the post that a mail is a copy of.
async fn place(tx: &mut Tx, mail: &Mail) -> Result<(i64, String)> {
    let found = on!(tx, c => sqlx::query_as(PLACE).bind(mail.post_id).fetch_optional(c).await)?;
    Ok(found.unwrap_or_default())
}

/// Whether any audience is still to be expanded.
pub async fn any_expanding(tx: &mut Tx) -> Result<bool> {
    on!(tx, c => sqlx::query_scalar(ANY_EXPANDING).fetch_one(c).await)
}

/// Gives back what this owner had taken when it died.
pub async fn release(tx: &mut Tx, owner: &str) -> Result<()> {
    on!(tx, c => sqlx::query(RELEASE).bind(owner).execute(c).await.map(drop))
}
