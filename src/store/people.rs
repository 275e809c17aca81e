//! All that is held of one person, over all communities, for its export.

use sqlx::FromRow;

use super::posts::Post;
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

impl From<&Post> for OwnPost {
    fn from(post: &Post) -> OwnPost {
        OwnPost {
            id: post.id,
            community_id: post.community_id,
            raw_id: post.raw_id,
            message_id: post.message_id.clone(),
            permalink: post.permalink.clone(),
            subject: post.subject.clone(),
            sent_at: post.sent_at,
        }
    }
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
const CHOICES: &str = "SELECT name FROM stopped_mail WHERE person_id = $1 ORDER BY name";

const IS_KNOWN: &str = "SELECT EXISTS (SELECT 1 FROM guest WHERE address = $1) \
    OR EXISTS (SELECT 1 FROM hold WHERE author = $1) \
    OR EXISTS (SELECT 1 FROM joining WHERE address = $1) \
    OR EXISTS (SELECT 1 FROM message WHERE author = $1 AND author <> '') \
    OR EXISTS (SELECT 1 FROM outbox WHERE recipient = $1)";

/// Whether anything is kept of somebody who is no member and has posted nothing: they
/// wrote, asked to join, were let into a thread, or were written to.
pub async fn is_known(tx: &mut Tx, address: &str) -> Result<bool> {
    on!(tx, c => sqlx::query_scalar(IS_KNOWN).bind(address).fetch_one(c).await)
}

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
