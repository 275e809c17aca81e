//! All that is held of one person, over all communities: for its export and its
//! erasure.

use sqlx::FromRow;

use super::{Millis, Result, Tx, on};

/// One post of a person, as an export names it.
#[derive(Clone, Debug, FromRow)]
pub struct OwnPost {
    /// Key.
    pub id: i64,
    /// Which community.
    pub community_id: i64,
    /// The message as it came.
    pub raw_id: i64,
    /// Message-ID without angle brackets.
    pub message_id: String,
    /// Its name in paths.
    pub permalink: String,
    /// Decoded subject.
    pub subject: String,
    /// When it was written.
    pub sent_at: Millis,
}

/// One mail that was sent to a person.
#[derive(Clone, Debug, FromRow)]
pub struct MailTo {
    /// `post`, or its name in the catalogue.
    pub name: String,
    /// Its Message-ID.
    pub message_id: String,
    /// waiting, sending, sent, deferred, failed or dropped.
    pub state: String,
    /// When the row was made.
    pub created_at: Millis,
    /// When it ended.
    pub done_at: Option<Millis>,
}

const POSTS: &str = "SELECT id, community_id, raw_id, message_id, permalink, subject, sent_at FROM post \
    WHERE community_id = $1 AND author_address = $2 ORDER BY id LIMIT 100000";
const MAILS: &str = "SELECT m.name, m.message_id, o.state, o.created_at, o.done_at FROM outbox o \
    JOIN mail m ON m.id = o.mail_id WHERE o.recipient = $1 ORDER BY o.id DESC LIMIT 10000";
const RAW_OF: &str = "SELECT id FROM message WHERE envelope_from = $1 ORDER BY id LIMIT 100000";
const CHOICES: &str = "SELECT name FROM stopped_mail WHERE person_id = $1 ORDER BY name";

/// Their posts in a community from one address.
pub async fn posts(tx: &mut Tx, community: i64, address: &str) -> Result<Vec<OwnPost>> {
    on!(tx, c => sqlx::query_as(POSTS).bind(community).bind(address).fetch_all(c).await)
}

/// The mails to one address, latest first, ten thousand at most.
pub async fn mails(tx: &mut Tx, address: &str) -> Result<Vec<MailTo>> {
    on!(tx, c => sqlx::query_as(MAILS).bind(address).fetch_all(c).await)
}

/// The kinds of mail that a person has stopped.
pub async fn stopped(tx: &mut Tx, person: i64) -> Result<Vec<String>> {
    on!(tx, c => sqlx::query_scalar(CHOICES).bind(person).fetch_all(c).await)
}

/// The messages that came from an address, by envelope.
pub async fn messages_from(tx: &mut Tx, address: &str) -> Result<Vec<i64>> {
    on!(tx, c => sqlx::query_scalar(RAW_OF).bind(address).fetch_all(c).await)
}

const EMPTY_RAW: &str =
    "UPDATE message SET raw = $2, size = $3, envelope_from = $4, peer = '' WHERE id = $1";
const EMPTY_POST: &str =
    "UPDATE post SET subject = $2, author_name = '', author_address = '', text = '' WHERE id = $1";
const EMPTY_COPIES: &str = "UPDATE mail SET content = $2 WHERE post_id = $1";
const DROP_COPIES: &str = "UPDATE outbox SET state = 'dropped', reply = $2, done_at = $3 \
    WHERE state IN ('waiting', 'deferred') AND mail_id IN (SELECT id FROM mail WHERE post_id = $1)";
const EMPTY_DIGESTS: &str =
    "UPDATE mail SET content = $2 WHERE id IN (SELECT mail_id FROM digest_item WHERE post_id = $1)";

/// Empties a post: its words, its author, the message as it came and every copy
/// that went out. `remains` is what stands in their place, a whole mail.
pub async fn empty_post(
    tx: &mut Tx,
    post: &OwnPost,
    subject: &str,
    remains: &[u8],
    at: Millis,
) -> Result<()> {
    on!(tx, c => {
        sqlx::query(EMPTY_POST).bind(post.id).bind(subject).execute(&mut *c).await?;
        sqlx::query(DROP_COPIES).bind(post.id).bind("the post was erased").bind(at).execute(&mut *c).await?;
        sqlx::query(EMPTY_COPIES).bind(post.id).bind(remains).execute(&mut *c).await?;
        sqlx::query(EMPTY_DIGESTS).bind(post.id).bind(remains).execute(&mut *c).await.map(drop)
    })?;
    empty_message(tx, post.raw_id, remains, "").await
}

/// Empties a message as it came.
pub async fn empty_message(tx: &mut Tx, id: i64, remains: &[u8], from: &str) -> Result<()> {
    on!(tx, c => sqlx::query(EMPTY_RAW)
        .bind(id).bind(remains).bind(remains.len() as i64).bind(from).execute(c).await.map(drop))
}

const FORGET_OWN_MAILS: &str = "UPDATE mail SET content = $2 WHERE post_id IS NULL AND id IN \
    (SELECT mail_id FROM outbox WHERE recipient = $1)";
const FORGET_OUTBOX: &str = "UPDATE outbox SET recipient = $2, reply = '', \
    state = CASE WHEN state IN ('waiting', 'deferred') THEN 'dropped' ELSE state END WHERE recipient = $1";
const FORGET_TOKENS: &str = "DELETE FROM token WHERE address = $1";
const FORGET_ANSWERS: &str = "DELETE FROM answer WHERE address = $1";
const FORGET_COUNTS: &str = "DELETE FROM counted_answer WHERE address = $1";
const FORGET_TRAIL: &str = "UPDATE trail SET address = $2, reason = '' WHERE address = $1";
const FORGET_REASONS: &str = "UPDATE intake SET reason = '' WHERE reason LIKE '%' || $1 || '%'";
const FORGET_STEPS: &str = "UPDATE trail SET reason = '' WHERE reason LIKE '%' || $1 || '%'";
const FORGET_JOINING: &str =
    "UPDATE joining SET address = $2, name = '', words = '' WHERE address = $1";
const FORGET_HOLDS: &str = "UPDATE hold SET author = $2 WHERE author = $1";
const FORGET_GUESTS: &str = "UPDATE guest SET address = $2 WHERE address = $1";
const FORGET_ROSTER: &str = "UPDATE roster SET address = $2 WHERE address = $1";
const FORGET_ADDRESS: &str = "DELETE FROM address WHERE address = $1";
const FORGET_MEMBER: &str =
    "UPDATE member SET address = $2, name = '', org = '', tz = '' WHERE person_id = $1";
const FORGET_PERSON: &str = "UPDATE person SET name = '' WHERE id = $1";
const FORGET_STOPPED: &str = "DELETE FROM stopped_mail WHERE person_id = $1";
const FORGET_CHOICES: &str =
    "DELETE FROM thread_choice WHERE member_id IN (SELECT id FROM member WHERE person_id = $1)";

/// Forgets an address wherever it stands; `instead` takes its place where a row
/// must stay. Bans stay: they are kept against the person's will.
pub async fn forget_address(tx: &mut Tx, address: &str, instead: &str) -> Result<()> {
    const NAMED: [&str; 6] = [
        FORGET_OUTBOX,
        FORGET_TRAIL,
        FORGET_JOINING,
        FORGET_HOLDS,
        FORGET_GUESTS,
        FORGET_ROSTER,
    ];
    const GONE: [&str; 6] = [
        FORGET_COUNTS,
        FORGET_TOKENS,
        FORGET_ANSWERS,
        FORGET_REASONS,
        FORGET_STEPS,
        FORGET_ADDRESS,
    ];
    on!(tx, c => {
        sqlx::query(FORGET_OWN_MAILS).bind(address).bind(&[] as &[u8]).execute(&mut *c).await?;
        for statement in NAMED {
            sqlx::query(statement).bind(address).bind(instead).execute(&mut *c).await?;
        }
        for statement in GONE {
            sqlx::query(statement).bind(address).execute(&mut *c).await?;
        }
        Ok(())
    })
}

/// Forgets what is kept of a person beside their addresses. Their memberships must
/// have ended.
pub async fn forget_person(tx: &mut Tx, person: i64, instead: &str) -> Result<()> {
    on!(tx, c => {
        sqlx::query(FORGET_MEMBER).bind(person).bind(instead).execute(&mut *c).await?;
        for statement in [FORGET_PERSON, FORGET_STOPPED, FORGET_CHOICES] {
            sqlx::query(statement).bind(person).execute(&mut *c).await?;
        }
        Ok(())
    })
}
