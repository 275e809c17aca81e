//! Mails offered to people: what waits for room in a budget, and what became of it.

use sqlx::FromRow;

use super::digests::Range;
use super::{Millis, Result, Tx, on, placeholders, rows};

/// One mail offered to one person.
#[derive(Clone, Debug, Default, FromRow)]
pub struct Offer {
    /// Key.
    pub id: i64,
    /// Whose mail.
    pub community_id: i64,
    /// The mail.
    pub mail_id: i64,
    /// The member it is for, if it is for one.
    pub member_id: Option<i64>,
    /// Where it goes.
    pub recipient: String,
    /// Its name in the catalogue.
    pub name: String,
    /// programme, series or role.
    pub kind: String,
    /// The series that it invites to; or empty.
    pub series: String,
    /// The smaller goes first.
    pub priority: i64,
    /// When it fell due.
    pub due_at: Millis,
    /// The last moment at which it makes sense.
    pub expires_at: Millis,
    /// When it is looked at again.
    pub next_at: Millis,
    /// waiting, sent, merged or dropped.
    pub state: String,
    /// Why it waits, or ended as it did.
    pub reason: String,
    /// When its recipient first answered it.
    pub answered_at: Option<Millis>,
    /// When it ended.
    pub done_at: Option<Millis>,
    /// The digest that it waits for, or waited for.
    pub digest_at: Option<Millis>,
}

/// An offer to be written.
pub struct NewOffer<'a> {
    /// Whose mail.
    pub community_id: i64,
    /// The mail.
    pub mail_id: i64,
    /// The member it is for, if it is for one.
    pub member_id: Option<i64>,
    /// Where it goes.
    pub recipient: &'a str,
    /// Its name in the catalogue.
    pub name: &'a str,
    /// programme, series or role.
    pub kind: &'a str,
    /// The series that it invites to; or empty.
    pub series: &'a str,
    /// The smaller goes first.
    pub priority: i64,
    /// When it fell due.
    pub due_at: Millis,
    /// The last moment at which it makes sense.
    pub expires_at: Millis,
}

/// A mail that a person got.
#[derive(Clone, Debug, FromRow)]
pub struct Got {
    /// programme, series or role.
    pub kind: String,
    /// When it went; the present moment where it is still on its way.
    pub at: Millis,
}

/// What a member of a community got or is offered, of whichever community.
#[derive(Clone, Debug, FromRow)]
pub struct Known {
    /// The member's address.
    pub member: String,
    /// Its name in the catalogue.
    pub name: String,
    /// programme, series or role.
    pub kind: String,
    /// sent or waiting.
    pub state: String,
    /// When it went, or when it is looked at again.
    pub at: Millis,
}

/// A mail that became a section of another.
#[derive(Clone, Debug, FromRow)]
pub struct Section {
    /// By which a reply names it.
    pub number: i64,
    /// Its name in the catalogue.
    pub name: String,
    /// Whose mail it was.
    pub community_id: i64,
    /// The mail that it was.
    pub mail_id: i64,
    /// Its row in the outbox, which never went.
    pub outbox_id: i64,
    /// Its Message-ID.
    pub message_id: String,
}

/// An offer as `why` shows it.
#[derive(Clone, Debug, FromRow)]
pub struct Shown {
    /// Key.
    pub id: i64,
    /// The mail's Message-ID.
    pub message_id: String,
    /// Its name in the catalogue.
    pub name: String,
    /// Where it goes.
    pub recipient: String,
    /// waiting, merged or dropped.
    pub state: String,
    /// Why.
    pub reason: String,
    /// When it fell due.
    pub due_at: Millis,
    /// When it is looked at again.
    pub next_at: Millis,
    /// When it ended.
    pub done_at: Option<Millis>,
}

const WAITING_ABOUT: &str = "SELECT o.* FROM mail m JOIN offer o ON o.mail_id = m.id WHERE m.community_id = $1 \
    AND m.concerns = $2 AND m.concerns <> '' AND o.state = 'waiting' ORDER BY o.id";
const COLUMNS: &str = "id, community_id, mail_id, member_id, recipient, name, kind, series, priority, due_at, \
    expires_at, next_at, state, reason, answered_at, done_at, digest_at";
const INTO: &str = "offer (community_id, mail_id, member_id, recipient, name, kind, series, priority, \
    due_at, expires_at, next_at, state)";
const INSERTED: usize = 12;
const ONCE: &str = "ON CONFLICT (mail_id, recipient) DO NOTHING";
const INSERT_SENT: &str = "INSERT INTO offer (community_id, mail_id, member_id, recipient, name, kind, series, priority, \
    due_at, expires_at, next_at, state, done_at) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $9, 'sent', $9) \
    ON CONFLICT (mail_id, recipient) DO NOTHING";
const SECTIONS: &str = "SELECT o.number, o.name, o.community_id, o.mail_id, x.id AS outbox_id, m.message_id FROM offer o \
    JOIN mail m ON m.id = o.mail_id JOIN outbox x ON x.mail_id = o.mail_id AND x.recipient = o.recipient \
    WHERE o.merged_into = $1 AND (o.recipient = $2 OR o.recipient IN (SELECT b.address FROM address a \
    JOIN address b ON b.person_id = a.person_id WHERE a.address = $2)) ORDER BY o.number";
const HOLDERS: &str = "SELECT DISTINCT member_id FROM offer WHERE state = 'waiting' AND kind IN ('programme', 'role') \
    AND community_id = $1 AND member_id > $2 AND member_id <= $3 AND due_at <= $4 ORDER BY member_id LIMIT $5";
const SENT_SINCE: &str =
    "SELECT count(*) FROM offer WHERE state = 'sent' AND kind <> 'role' AND done_at >= $1";
const BEFORE: &str = "SELECT count(*) FROM (SELECT 1 FROM offer WHERE state = 'waiting' AND kind <> 'role' \
    AND next_at < $1 AND reason IN ('', $2, $3) AND (priority < $4 OR (priority = $4 AND due_at < $5) \
    OR (priority = $4 AND due_at = $5 AND id < $6)) LIMIT $7) AS others";
const LOCK_POSTGRES: &str = "SELECT pg_advisory_xact_lock(hashtextextended($1, 0))";
const NEXT: &str = "SELECT min(next_at) FROM offer WHERE state = 'waiting'";
const FIRST_DUE: &str = "SELECT recipient FROM offer WHERE state = 'waiting' AND next_at <= $1 \
    ORDER BY next_at, id LIMIT $2";
// Every address of the person whose address is $1; it alone where nobody is known by it.
const THEIRS: &str = "recipient IN (SELECT b.address FROM address a JOIN address b ON b.person_id = a.person_id \
    WHERE a.address = $1 UNION ALL SELECT CAST($1 AS TEXT))";
const END: &str =
    "UPDATE offer SET state = $2, reason = $3, done_at = $4 WHERE id = $1 AND state = 'waiting'";
const MERGE: &str = "UPDATE offer SET state = 'merged', reason = $2, merged_into = $3, number = $4, done_at = $5 \
    WHERE id = $1 AND state = 'waiting'";
const WAIT: &str = "UPDATE offer SET next_at = $2, reason = $3 WHERE id = $1 AND state = 'waiting'";
const WAIT_FOR_DIGEST: &str = "UPDATE offer SET next_at = $2, digest_at = $3, reason = $4 \
    WHERE id = $1 AND state = 'waiting'";
const MOVE: &str = "UPDATE offer SET recipient = $2 WHERE id = $1 \
    AND NOT EXISTS (SELECT 1 FROM offer o WHERE o.mail_id = offer.mail_id AND o.recipient = $2)";
// An answer to a mail that is nothing but sections is one to all of them; whoever answers
// a post of a digest has not answered what came with it.
const ANSWERED: &str = "UPDATE offer SET answered_at = $3 WHERE answered_at IS NULL AND recipient = $2 \
    AND (mail_id = $1 OR (merged_into = $1 AND EXISTS (SELECT 1 FROM offer b WHERE b.mail_id = $1)))";
const HALVED: &str =
    "SELECT p.halved FROM person p JOIN address a ON a.person_id = p.id WHERE a.address = $1";
const SET_HALVED: &str = "UPDATE person SET halved = $2 WHERE id = $1";
const OF_COMMUNITY: &str = "SELECT member, name, kind, state, at FROM (SELECT m.address AS member, o.name, o.kind, o.state, \
    CASE WHEN o.state = 'waiting' THEN o.next_at WHEN x.state = 'sent' THEN x.done_at \
    WHEN x.state IN ('waiting', 'sending', 'deferred') THEN CAST($3 AS BIGINT) \
    WHEN x.state IS NULL THEN o.done_at END AS at FROM member m JOIN address b ON b.person_id = m.person_id \
    JOIN offer o ON o.recipient = b.address LEFT JOIN outbox x ON x.mail_id = o.mail_id AND x.recipient = o.recipient \
    WHERE m.community_id = $1 AND m.state <> 'left' AND (o.state = 'waiting' OR o.state = 'sent' AND o.done_at > $2 \
    AND NOT EXISTS (SELECT 1 FROM offer p WHERE o.kind = 'series' AND p.kind = 'series' AND p.state = 'sent' \
    AND p.recipient = o.recipient AND p.community_id = o.community_id AND p.series = o.series AND p.id < o.id))) \
    AS known WHERE at IS NOT NULL ORDER BY at";
const HALVED_IN: &str = "SELECT m.address, p.halved FROM member m JOIN person p ON p.id = m.person_id \
    WHERE m.community_id = $1 AND p.halved > 0";
const CARRY_HALVED: &str = "UPDATE person SET halved = (SELECT max(p.halved) FROM person p WHERE p.id IN ($1, $2)) \
    WHERE id = $2";
const CARRY_STOPPED: &str = "INSERT INTO stopped_mail (person_id, name, at) SELECT $2, name, at FROM stopped_mail \
    WHERE person_id = $1 ON CONFLICT DO NOTHING";
const SHOWN: &str = "o.id, m.message_id, o.name, o.recipient, o.state, o.reason, o.due_at, o.next_at, o.done_at FROM offer o \
    JOIN mail m ON m.id = o.mail_id WHERE o.state <> 'sent'";

/// Offers mails to people, in one statement. It is done once, whoever repeats it.
pub async fn insert_all(tx: &mut Tx, all: &[NewOffer<'_>]) -> Result<()> {
    if all.is_empty() {
        return Ok(());
    }
    let sql = format!(
        "INSERT INTO {INTO} VALUES {} {ONCE}",
        rows(tx, all.len(), INSERTED)
    );
    on!(tx, c => {
        let mut query = sqlx::query(sqlx::AssertSqlSafe(sql)).persistent(all.len() == 1);
        for o in all {
            query = query
                .bind(o.community_id).bind(o.mail_id).bind(o.member_id).bind(o.recipient).bind(o.name)
                .bind(o.kind).bind(o.series).bind(o.priority).bind(o.due_at).bind(o.expires_at)
                .bind(o.due_at).bind("waiting");
        }
        query.execute(c).await.map(drop)
    })
}

/// Notes a mail that went at its `due_at` and counts.
pub async fn insert_sent(tx: &mut Tx, o: &NewOffer<'_>) -> Result<()> {
    on!(tx, c => sqlx::query(INSERT_SENT)
        .bind(o.community_id).bind(o.mail_id).bind(o.member_id).bind(o.recipient).bind(o.name).bind(o.kind)
        .bind(o.series).bind(o.priority).bind(o.due_at).bind(o.expires_at).execute(c).await.map(drop))
}

/// What became sections of a mail that went to this recipient, in order.
pub async fn sections(tx: &mut Tx, mail: i64, recipient: &str) -> Result<Vec<Section>> {
    on!(tx, c => sqlx::query_as(SECTIONS).bind(mail).bind(recipient).fetch_all(c).await)
}

/// The first members of a range for whom something waits that falls due until then
/// and may be a section of their digest.
pub async fn holders(tx: &mut Tx, range: Range, until: Millis, limit: i64) -> Result<Vec<i64>> {
    on!(tx, c => sqlx::query_scalar(HOLDERS)
        .bind(range.community_id).bind(range.after).bind(range.to).bind(until).bind(limit).fetch_all(c).await)
}

/// Ends what still waits of mails, before its time.
pub async fn retract(tx: &mut Tx, mails: &[i64], reason: &str, at: Millis) -> Result<()> {
    if mails.is_empty() {
        return Ok(());
    }
    let sql = format!(
        "UPDATE offer SET state = 'dropped', reason = $1, done_at = $2 \
         WHERE state = 'waiting' AND mail_id IN ({})",
        placeholders(3, mails.len())
    );
    on!(tx, c => {
        let mut query = sqlx::query(sqlx::AssertSqlSafe(sql)).persistent(mails.len() == 1);
        query = query.bind(reason).bind(at);
        for mail in mails {
            query = query.bind(*mail);
        }
        query.execute(c).await.map(drop)
    })
}

/// What still waits of mails of a community that concern this.
pub async fn waiting_about(tx: &mut Tx, community: i64, concerns: &str) -> Result<Vec<Offer>> {
    on!(tx, c => sqlx::query_as(WAITING_ABOUT).bind(community).bind(concerns).fetch_all(c).await)
}

/// When the next offer is to be looked at.
pub async fn next_due(tx: &mut Tx) -> Result<Option<Millis>> {
    on!(tx, c => sqlx::query_scalar(NEXT).fetch_one(c).await)
}

/// The addresses of the first offers to be looked at now; one may come more than once.
pub async fn first_due(tx: &mut Tx, now: Millis, limit: i64) -> Result<Vec<String>> {
    on!(tx, c => sqlx::query_scalar(FIRST_DUE).bind(now).bind(limit).fetch_all(c).await)
}

/// All that waits for the owner of an address, at whatever address of theirs. Until
/// the end of the transaction no other node can take any of it.
pub async fn take_waiting(tx: &mut Tx, address: &str) -> Result<Vec<Offer>> {
    let lock = if tx.is_postgres() {
        "FOR NO KEY UPDATE"
    } else {
        ""
    };
    let sql = format!(
        "SELECT {COLUMNS} FROM offer WHERE state = 'waiting' AND {THEIRS} ORDER BY id {lock}"
    );
    on!(tx, c => sqlx::query_as(sqlx::AssertSqlSafe(sql)).bind(address).fetch_all(c).await)
}

/// What the owner of an address got since `since`, from all communities. What is on
/// its way counts as sent now: it may arrive at any moment. What was refused does not,
/// nor does a series to which they were invited before. What went with a digest that
/// they chose counts once, as a mail of its kind: that digest is none itself. Of that,
/// what is kept (priorities 1 and 3) counts nothing.
pub async fn history(tx: &mut Tx, address: &str, since: Millis, now: Millis) -> Result<Vec<Got>> {
    let sql = format!(
        "SELECT kind, at FROM (SELECT o.kind, \
         CASE WHEN x.state = 'sent' THEN x.done_at WHEN x.state IN ('waiting', 'sending', 'deferred') \
         THEN CAST($3 AS BIGINT) WHEN x.state IS NULL THEN o.done_at END AS at FROM (SELECT * FROM offer \
         WHERE state = 'sent' AND done_at > $2 AND {THEIRS} AND NOT EXISTS (SELECT 1 FROM offer p \
         WHERE offer.kind = 'series' AND p.kind = 'series' AND p.state = 'sent' AND p.recipient = offer.recipient \
         AND p.community_id = offer.community_id AND p.series = offer.series AND p.id < offer.id)) o \
         LEFT JOIN outbox x ON x.mail_id = o.mail_id AND x.recipient = o.recipient \
         UNION ALL SELECT s.kind, \
         CASE WHEN x.state = 'sent' THEN x.done_at WHEN x.state IN ('waiting', 'sending', 'deferred') \
         THEN CAST($3 AS BIGINT) WHEN x.state IS NULL THEN s.done_at END AS at \
         FROM (SELECT kind, merged_into, max(recipient) AS recipient, max(done_at) AS done_at FROM offer \
         WHERE state = 'merged' AND priority NOT IN (1, 3) AND done_at > $2 AND {THEIRS} AND NOT EXISTS (SELECT 1 FROM offer b \
         WHERE b.mail_id = offer.merged_into) GROUP BY kind, merged_into) s \
         LEFT JOIN outbox x ON x.mail_id = s.merged_into AND x.recipient = s.recipient) AS got \
         WHERE at IS NOT NULL ORDER BY at"
    );
    on!(tx, c => sqlx::query_as(sqlx::AssertSqlSafe(sql)).bind(address).bind(since).bind(now).fetch_all(c).await)
}

/// What the members of a community got since `since`, from all communities, as
/// [`history`] counts it, and what is offered to them and waits.
pub async fn of_community(
    tx: &mut Tx,
    community: i64,
    since: Millis,
    now: Millis,
) -> Result<Vec<Known>> {
    on!(tx, c => sqlx::query_as(OF_COMMUNITY).bind(community).bind(since).bind(now).fetch_all(c).await)
}

/// The members of a community who have asked for half of the programme's mail, and how often.
pub async fn halved_in(tx: &mut Tx, community: i64) -> Result<Vec<(String, i64)>> {
    on!(tx, c => sqlx::query_as(HALVED_IN).bind(community).fetch_all(c).await)
}

/// When the owner of an address was first invited to a series of a community.
pub async fn invited(
    tx: &mut Tx,
    address: &str,
    community: i64,
    series: &str,
) -> Result<Option<Millis>> {
    let sql = format!(
        // The sign keeps SQLite from looking through all offers of the community.
        "SELECT min(done_at) FROM offer WHERE state = 'sent' AND kind = 'series' AND +community_id = $2 \
         AND series = $3 AND {THEIRS}"
    );
    on!(tx, c => sqlx::query_scalar(sqlx::AssertSqlSafe(sql)).bind(address).bind(community).bind(series)
        .fetch_one(c).await)
}

/// From now on to the end of the transaction no other node counts what the whole
/// installation sends.
pub async fn lock_installation(tx: &mut Tx) -> Result<()> {
    match tx {
        Tx::Sqlite(_) => Ok(()),
        Tx::Postgres(tx) => sqlx::query(LOCK_POSTGRES)
            .bind("offers")
            .execute(tx.connection())
            .await
            .map(drop),
    }
}

/// How many mails of the programme have gone since then, to anybody.
pub async fn sent_since(tx: &mut Tx, since: Millis) -> Result<i64> {
    on!(tx, c => sqlx::query_scalar(SENT_SINCE).bind(since).fetch_one(c).await)
}

/// How many mails of the programme go before this one until that moment, `most` at most:
/// what matters more, or fell due earlier. Of what waits, only what waits for these
/// reasons, or for nothing.
pub async fn before(
    tx: &mut Tx,
    offer: &Offer,
    until: Millis,
    reasons: [&str; 2],
    most: i64,
) -> Result<i64> {
    on!(tx, c => sqlx::query_scalar(BEFORE)
        .bind(until).bind(reasons[0]).bind(reasons[1]).bind(offer.priority).bind(offer.due_at).bind(offer.id)
        .bind(most).fetch_one(c).await)
}

/// The last offers of one kind to the owner of an address that have ended, latest first.
pub async fn ended(tx: &mut Tx, address: &str, name: &str, limit: i64) -> Result<Vec<Offer>> {
    let sql = format!(
        "SELECT {COLUMNS} FROM offer WHERE state <> 'waiting' AND name = $2 AND {THEIRS} \
         ORDER BY done_at DESC, id DESC LIMIT $3"
    );
    on!(tx, c => sqlx::query_as(sqlx::AssertSqlSafe(sql)).bind(address).bind(name).bind(limit).fetch_all(c).await)
}

/// Ends an offer that waits: sent or dropped.
pub async fn end(tx: &mut Tx, id: i64, state: &str, reason: &str, at: Millis) -> Result<()> {
    on!(tx, c => sqlx::query(END).bind(id).bind(state).bind(reason).bind(at).execute(c).await.map(drop))
}

/// Ends an offer that has become section `number` of another mail.
pub async fn merge(
    tx: &mut Tx,
    id: i64,
    reason: &str,
    (into, number): (i64, i64),
    at: Millis,
) -> Result<()> {
    on!(tx, c => sqlx::query(MERGE)
        .bind(id).bind(reason).bind(into).bind(number).bind(at).execute(c).await.map(drop))
}

/// An offer waits until a moment, and why.
pub async fn wait(tx: &mut Tx, id: i64, until: Millis, reason: &str) -> Result<()> {
    on!(tx, c => sqlx::query(WAIT).bind(id).bind(until).bind(reason).execute(c).await.map(drop))
}

/// An offer waits for the digest of that moment.
pub async fn wait_for_digest(
    tx: &mut Tx,
    id: i64,
    until: Millis,
    digest_at: Millis,
    reason: &str,
) -> Result<()> {
    on!(tx, c => sqlx::query(WAIT_FOR_DIGEST)
        .bind(id).bind(until).bind(digest_at).bind(reason).execute(c).await.map(drop))
}

/// The recipient has another address by now; false where the mail goes there already.
pub async fn readdress(tx: &mut Tx, id: i64, recipient: &str) -> Result<bool> {
    let changed = on!(tx, c => sqlx::query(MOVE)
        .bind(id).bind(recipient).execute(c).await.map(|done| done.rows_affected()))?;
    Ok(changed == 1)
}

/// Notes that a recipient has answered a mail, or a section of it.
pub async fn answered(tx: &mut Tx, mail: i64, recipient: &str, at: Millis) -> Result<()> {
    on!(tx, c => sqlx::query(ANSWERED).bind(mail).bind(recipient).bind(at).execute(c).await.map(drop))
}

/// From now on nothing of that kind counts as ignored by the owner of an address.
pub async fn forgive(tx: &mut Tx, address: &str, name: &str, at: Millis) -> Result<()> {
    let sql = format!(
        "UPDATE offer SET answered_at = $3 WHERE answered_at IS NULL AND name = $2 AND {THEIRS}"
    );
    on!(tx, c => sqlx::query(sqlx::AssertSqlSafe(sql)).bind(address).bind(name).bind(at).execute(c).await.map(drop))
}

/// How often the owner of an address has asked for half of the programme's mail.
pub async fn halved(tx: &mut Tx, address: &str) -> Result<i64> {
    let found = on!(tx, c => sqlx::query_scalar(HALVED).bind(address).fetch_optional(c).await)?;
    Ok(found.unwrap_or(0))
}

/// Keeps how often a person has asked for half.
pub async fn set_halved(tx: &mut Tx, person: i64, halved: i64) -> Result<()> {
    on!(tx, c => sqlx::query(SET_HALVED).bind(person).bind(halved).execute(c).await.map(drop))
}

/// One person turned out to be another: whatever either asked to get less of, they get
/// less of. What they got and did not answer is counted by their addresses.
pub async fn carry_over(tx: &mut Tx, from: i64, into: i64) -> Result<()> {
    on!(tx, c => {
        for sql in [CARRY_HALVED, CARRY_STOPPED] {
            sqlx::query(sql).bind(from).bind(into).execute(&mut *c).await?;
        }
        Ok(())
    })
}

/// Offers of these mails that are not in the outbox.
pub async fn of_mails(tx: &mut Tx, mails: &[i64]) -> Result<Vec<Shown>> {
    if mails.is_empty() {
        return Ok(Vec::new());
    }
    let sql = format!(
        "SELECT {SHOWN} AND o.mail_id IN ({}) ORDER BY o.id",
        placeholders(1, mails.len())
    );
    on!(tx, c => {
        let mut query = sqlx::query_as(sqlx::AssertSqlSafe(sql));
        for mail in mails {
            query = query.bind(*mail);
        }
        query.fetch_all(c).await
    })
}

/// Offers that wait, in the order in which they are looked at.
pub async fn waiting(tx: &mut Tx, limit: i64) -> Result<Vec<Shown>> {
    let sql = format!("SELECT {SHOWN} AND o.state = 'waiting' ORDER BY o.next_at, o.id LIMIT $1");
    on!(tx, c => sqlx::query_as(sqlx::AssertSqlSafe(sql)).bind(limit).fetch_all(c).await)
}

/// The last offers to an address that are not in the outbox, latest first.
pub async fn of_recipient(tx: &mut Tx, recipient: &str, limit: i64) -> Result<Vec<Shown>> {
    let sql = format!("SELECT {SHOWN} AND o.recipient = $1 ORDER BY o.id DESC LIMIT $2");
    on!(tx, c => sqlx::query_as(sqlx::AssertSqlSafe(sql)).bind(recipient).bind(limit).fetch_all(c).await)
}

const IS_WAITING: &str = "SELECT EXISTS (SELECT 1 FROM offer f JOIN mail m ON m.id = f.mail_id \
    WHERE m.community_id = $1 AND m.concerns = $2 AND f.state = 'waiting')";

/// Whether a copy of the mail that concerns this waits for somebody.
pub async fn is_waiting(tx: &mut Tx, community: i64, concerns: &str) -> Result<bool> {
    on!(tx, c => sqlx::query_scalar(IS_WAITING).bind(community).bind(concerns).fetch_one(c).await)
}
