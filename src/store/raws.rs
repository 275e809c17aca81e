//! The bytes of messages: the one place between them and whoever reads or writes them. A
//! message of some size is packed when there is time ([`super::packing`]), and may be moved to
//! an object store ([`super::objects`]); nobody else needs to know.

use std::collections::HashMap;

use sqlx::FromRow;

use super::objects::Trouble;
use super::packing::{self, Body, Broken, Hash, Packed};
use super::{Result, Tx, on};

/// How a message is kept.
#[derive(Clone, Debug, FromRow)]
pub struct Kept {
    /// Key.
    pub id: i64,
    /// See [`packing`].
    pub codec: i64,
    /// The name of the object that has the bytes; empty where they are here.
    pub place: String,
    /// The bytes.
    pub raw: Vec<u8>,
}

/// Why a message cannot be read. The text says what to do.
#[derive(Debug, thiserror::Error)]
pub enum Unreadable {
    /// What is kept of it is damaged.
    #[error(
        "message {0} cannot be read: {1}; bring the database, and the object store where there \
         is one, back from a backup"
    )]
    Broken(i64, Broken),
    /// The object store did not give it.
    #[error("message {0} cannot be read: {1}")]
    Objects(i64, Trouble),
}

impl Unreadable {
    /// Whether it may well be read later.
    pub fn is_passing(&self) -> bool {
        matches!(self, Unreadable::Objects(_, trouble) if trouble.is_passing())
    }
}

impl From<Unreadable> for sqlx::Error {
    fn from(why: Unreadable) -> sqlx::Error {
        sqlx::Error::Decode(Box::new(why))
    }
}

const BODIES: &str = "SELECT b.hash, b.codec, b.place, b.bytes FROM message_body m \
    JOIN body b ON b.id = m.body_id WHERE m.message_id = $1";

#[derive(FromRow)]
struct BodyRow {
    hash: Vec<u8>,
    codec: i64,
    place: String,
    bytes: Vec<u8>,
}

/// The bytes of a message as they came.
pub(super) async fn whole(tx: &mut Tx, kept: Kept) -> Result<Vec<u8>> {
    let id = kept.id;
    let broken = |why| sqlx::Error::from(Unreadable::Broken(id, why));
    let bytes = fetched(tx, id, kept.place, kept.raw).await?;
    match kept.codec {
        packing::NEW | packing::PLAIN => Ok(bytes),
        packing::CUT => {
            let mut contents = contents(tx, id).await?;
            packing::unpack(packing::CUT, &bytes, |hash| contents.get_mut(hash).cloned())
                .map_err(broken)
        }
        codec => packing::unpack(codec, &bytes, |_| None).map_err(broken),
    }
}

async fn contents(tx: &mut Tx, message: i64) -> Result<HashMap<Hash, Vec<u8>>> {
    let rows: Vec<BodyRow> = on!(tx, c => sqlx::query_as(BODIES).bind(message).fetch_all(c).await)?;
    let mut contents = HashMap::new();
    for row in rows {
        let broken = |why| Unreadable::Broken(message, why);
        let hash = Hash::try_from(row.hash).map_err(|_| broken(Broken::Damaged))?;
        let bytes = fetched(tx, message, row.place, row.bytes).await?;
        let body = Body {
            hash,
            codec: row.codec,
            bytes,
        };
        contents.insert(hash, packing::content(&body).map_err(broken)?);
    }
    Ok(contents)
}

/// Bytes that are here, or the object that has them.
async fn fetched(tx: &Tx, message: i64, place: String, bytes: Vec<u8>) -> Result<Vec<u8>> {
    if place.is_empty() {
        return Ok(bytes);
    }
    let found = tx.objects().get(&place).await;
    Ok(found.map_err(|why| Unreadable::Objects(message, why))?)
}

const SET: &str = "UPDATE message SET raw = $2, size = $3, codec = $4, place = '' WHERE id = $1";

/// Puts other bytes in the place of a message; `size` is told of it. What was kept of it
/// elsewhere is forgotten.
pub(super) async fn replace(tx: &mut Tx, id: i64, raw: &[u8], size: usize) -> Result<()> {
    forget(tx, id).await?;
    let packed = packing::pack_at_once(raw);
    on!(tx, c => sqlx::query(SET)
        .bind(id).bind(packed.bytes).bind(size as i64).bind(packed.codec).execute(c).await.map(drop))
}

const OBJECT_GOES: &str = "INSERT INTO object_gone (name, due_at) SELECT place, 0 FROM message \
    WHERE id = $1 AND place <> '' ON CONFLICT (name) DO UPDATE SET due_at = 0";
const BODIES_OF: &str = "SELECT body_id FROM message_body WHERE message_id = $1 ORDER BY body_id";
// Whoever is about to need it too has locked it, and is seen by the next statement.
const LOCK_BODY_POSTGRES: &str = "SELECT id FROM body WHERE id = $1 FOR UPDATE";
const LET_GO: &str = "DELETE FROM message_body WHERE message_id = $1";
const BODY_OBJECT_GOES: &str = "INSERT INTO object_gone (name, due_at) SELECT place, 0 FROM body \
    WHERE id = $1 AND place <> '' AND NOT EXISTS (SELECT 1 FROM message_body WHERE body_id = $1) \
    ON CONFLICT (name) DO UPDATE SET due_at = 0";
const BODY_GOES: &str = "DELETE FROM body WHERE id = $1 \
    AND NOT EXISTS (SELECT 1 FROM message_body WHERE body_id = $1)";

/// Forgets what is kept of a message beside its row; bodies that others need stay.
async fn forget(tx: &mut Tx, id: i64) -> Result<()> {
    on!(tx, c => sqlx::query(OBJECT_GOES).bind(id).execute(c).await.map(drop))?;
    let bodies: Vec<i64> = on!(tx, c => sqlx::query_scalar(BODIES_OF).bind(id).fetch_all(c).await)?;
    if bodies.is_empty() {
        return Ok(());
    }
    if let Tx::Postgres(tx) = &mut *tx {
        for body in &bodies {
            let query = sqlx::query(LOCK_BODY_POSTGRES).bind(body);
            query.execute(tx.connection()).await?;
        }
    }
    on!(tx, c => {
        sqlx::query(LET_GO).bind(id).execute(&mut *c).await?;
        for body in bodies {
            sqlx::query(BODY_OBJECT_GOES).bind(body).execute(&mut *c).await?;
            sqlx::query(BODY_GOES).bind(body).execute(&mut *c).await?;
        }
        Ok(())
    })
}

const FIND_BODY: &str = "SELECT id FROM body WHERE hash = $1";
const FIND_BODY_POSTGRES: &str = "SELECT id FROM body WHERE hash = $1 FOR KEY SHARE";
// Where somebody else keeps the same at this moment, theirs is taken, and locked.
const KEEP_BODY: &str = "INSERT INTO body (hash, codec, bytes) VALUES ($1, $2, $3) \
    ON CONFLICT (hash) DO UPDATE SET hash = excluded.hash RETURNING id";
const NEED: &str = "INSERT INTO message_body (message_id, body_id) VALUES ($1, $2) \
    ON CONFLICT (message_id, body_id) DO NOTHING";

/// Keeps what a message needs beside its row, each once.
pub async fn keep_bodies(tx: &mut Tx, message: i64, bodies: &[Body]) -> Result<()> {
    let mut bodies: Vec<&Body> = bodies.iter().collect();
    // All lock them in one order.
    bodies.sort_by_key(|body| body.hash);
    for body in bodies {
        let find = if tx.is_postgres() {
            FIND_BODY_POSTGRES
        } else {
            FIND_BODY
        };
        let hash = body.hash.as_slice();
        on!(tx, c => {
            let found: Option<i64> =
                sqlx::query_scalar(find).bind(hash).fetch_optional(&mut *c).await?;
            let id = match found {
                Some(id) => id,
                None => sqlx::query_scalar(KEEP_BODY).bind(hash).bind(body.codec).bind(&body.bytes)
                    .fetch_one(&mut *c).await?,
            };
            sqlx::query(NEED).bind(message).bind(id).execute(&mut *c).await.map(drop)
        })?;
    }
    Ok(())
}

// What waits may yet be changed, and is read again soon.
const UNPACKED: &str = "SELECT m.id, m.codec, m.place, m.raw FROM message m \
    WHERE m.codec = 0 AND m.id > $1 AND NOT EXISTS (SELECT 1 FROM intake i \
    WHERE i.message_id = m.id AND i.state = 'waiting') ORDER BY m.id LIMIT $2";
const PACK: &str = "UPDATE message SET raw = $2, codec = $3 \
    WHERE id = $1 AND codec = 0 AND place = '' AND raw = $4";

/// Messages with a key above `after` that were handled and not packed yet.
pub async fn unpacked(tx: &mut Tx, after: i64, limit: i64) -> Result<Vec<Kept>> {
    on!(tx, c => sqlx::query_as(UNPACKED).bind(after).bind(limit).fetch_all(c).await)
}

/// Keeps a message packed, if it is still `before`.
pub async fn pack(tx: &mut Tx, before: &Kept, packed: &Packed) -> Result<()> {
    let changed = on!(tx, c => sqlx::query(PACK)
        .bind(before.id).bind(&packed.bytes).bind(packed.codec).bind(&before.raw)
        .execute(c).await.map(|done| done.rows_affected()))?;
    match changed {
        1 => keep_bodies(tx, before.id, &packed.bodies).await,
        _ => Ok(()),
    }
}

// A message for which people still have to decide something is read in transactions.
const MOVABLE: &str = "SELECT m.id, m.codec, m.place, m.raw FROM message m WHERE m.id > $1 \
    AND m.codec <> 0 AND m.place = '' AND length(m.raw) >= $2 \
    AND NOT EXISTS (SELECT 1 FROM intake i WHERE i.message_id = m.id AND i.state <> 'done') \
    AND NOT EXISTS (SELECT 1 FROM intake i JOIN hold h ON h.intake_id = i.id \
    WHERE i.message_id = m.id AND h.decided_at IS NULL) ORDER BY m.id LIMIT $3";
const MOVABLE_BODIES: &str = "SELECT id, codec, place, bytes AS raw FROM body \
    WHERE id > $1 AND place = '' AND length(bytes) >= $2 ORDER BY id LIMIT $3";
const MOVE: &str = "UPDATE message SET raw = substr(raw, 1, 0), place = $2 \
    WHERE id = $1 AND place = '' AND codec = $3 AND raw = $4";
const MOVE_BODY: &str = "UPDATE body SET bytes = substr(bytes, 1, 0), place = $2 \
    WHERE id = $1 AND place = '' AND codec = $3 AND bytes = $4";

/// What of messages can be in an object: in their own rows, or in those of bodies.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Part {
    /// The rows of messages.
    Messages,
    /// What is kept once for several.
    Bodies,
}

/// Rows with a key above `after` that have at least so many octets here.
pub async fn movable(tx: &mut Tx, part: Part, after: i64, least: i64) -> Result<Vec<Kept>> {
    let (sql, limit) = match part {
        Part::Messages => (MOVABLE, 20_i64),
        Part::Bodies => (MOVABLE_BODIES, 4),
    };
    on!(tx, c => sqlx::query_as(sql).bind(after).bind(least).bind(limit).fetch_all(c).await)
}

/// Says that an object has the bytes of a row now, if they are still `before`.
pub async fn moved(tx: &mut Tx, part: Part, before: &Kept, name: &str) -> Result<bool> {
    let sql = match part {
        Part::Messages => MOVE,
        Part::Bodies => MOVE_BODY,
    };
    on!(tx, c => sqlx::query(sql).bind(before.id).bind(name).bind(before.codec).bind(&before.raw)
        .execute(c).await.map(|done| done.rows_affected() == 1))
}

const SIZES: &str = "SELECT coalesce(CAST(sum(size) AS BIGINT), 0), \
    coalesce(CAST(sum(length(raw)) AS BIGINT), 0), \
    (SELECT coalesce(CAST(sum(length(bytes)) AS BIGINT), 0) FROM body) FROM message";

/// How much room messages take, in octets.
#[derive(Clone, Copy, Debug, PartialEq, Eq, FromRow, serde::Serialize)]
pub struct Sizes {
    /// As they came.
    pub came: i64,
    /// As they are kept in their rows.
    pub rows: i64,
    /// What is kept once for all of them.
    pub bodies: i64,
}

/// How much room all messages take.
pub async fn sizes(tx: &mut Tx) -> Result<Sizes> {
    let (came, rows, bodies) = on!(tx, c => sqlx::query_as(SIZES).fetch_one(c).await)?;
    Ok(Sizes { came, rows, bodies })
}
