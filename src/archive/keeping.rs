//! Messages are packed when there is time, moved to the object store where there is one, and
//! objects of what was erased are deleted from it (docs/decisions/0010).

use crate::clock::system_ms;
use crate::store::objects::{self, Objects, Trouble};
use crate::store::raws::{self, Kept, Part};
use crate::store::{self, Db, Durability, Millis, objects_gone, packing};

/// Messages that are packed at a time: their bytes are in memory.
const AT_ONCE: i64 = 10;
/// What is smaller stays in its row: a request would cost more than its room, in octets.
const LEAST: i64 = 1024;
/// An object that nobody says is theirs for so long was left behind by a node that died, ms.
const ABANDONED: Millis = 3_600_000;
/// Pauses between attempts to delete an object, ms.
const FIRST_PAUSE: Millis = 5_000;
const LAST_PAUSE: Millis = 600_000;

/// What was done.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, serde::Serialize)]
pub struct Done {
    /// Messages that were packed.
    pub packed: u64,
    /// Objects that were written.
    pub moved: u64,
    /// Objects that were deleted.
    pub deleted: u64,
}

/// Why keeping stopped; what was done stays.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// The database.
    #[error(transparent)]
    Store(#[from] sqlx::Error),
    /// The object store.
    #[error(transparent)]
    Objects(#[from] Trouble),
}

/// Does all that there is to do; `go_on` is asked between two pieces of it.
///
/// # Errors
/// [`Error`]; it is done when it is tried again.
pub async fn keep(db: &Db, mut go_on: impl FnMut() -> bool) -> Result<Done, Error> {
    let mut done = Done::default();
    pack(db, &mut done, &mut go_on).await?;
    if db.objects().is_there() {
        // What was erased goes first.
        delete(db, &mut done, &mut go_on).await?;
        for part in [Part::Bodies, Part::Messages] {
            move_out(db, part, &mut done, &mut go_on).await?;
        }
    }
    Ok(done)
}

async fn pack(db: &Db, done: &mut Done, go_on: &mut impl FnMut() -> bool) -> store::Result<()> {
    let mut after = 0;
    while go_on() {
        let found = raws::unpacked(&mut db.read().await?, after, AT_ONCE).await?;
        let Some(last) = found.last() else { break };
        after = last.id;
        let count = found.len() as u64;
        let work = move || {
            let packed = |kept: Kept| (packing::pack(&kept.raw), kept);
            found.into_iter().map(packed).collect::<Vec<_>>()
        };
        let packed = tokio::task::spawn_blocking(work).await.unwrap_or_default();
        let mut tx = db.write(Durability::Process).await?;
        for (packed, kept) in &packed {
            raws::pack(&mut tx, kept, packed).await?;
        }
        tx.commit().await?;
        done.packed += count;
    }
    Ok(())
}

/// Copies, reads what was written, and only then empties the row.
async fn move_out(
    db: &Db,
    part: Part,
    done: &mut Done,
    go_on: &mut impl FnMut() -> bool,
) -> Result<(), Error> {
    let mut after = 0;
    loop {
        let found = raws::movable(&mut db.read().await?, part, after, LEAST).await?;
        let Some(last) = found.last() else {
            return Ok(());
        };
        after = last.id;
        for kept in &found {
            if !go_on() {
                return Ok(());
            }
            move_one(db, part, kept).await?;
            done.moved += 1;
        }
    }
}

async fn move_one(db: &Db, part: Part, kept: &Kept) -> Result<(), Error> {
    let name = objects::new_name();
    let mut tx = db.write(Durability::Full).await?;
    objects_gone::begin(&mut tx, &name, system_ms() + ABANDONED).await?;
    tx.commit().await?;
    db.objects().put(&name, &kept.raw).await?;
    let mut tx = db.write(Durability::Full).await?;
    if raws::moved(&mut tx, part, kept, &name).await? {
        objects_gone::end(&mut tx, &name).await?;
    } else {
        // It was erased meanwhile, or another node was faster.
        objects_gone::later(&mut tx, &name, 0, "").await?;
    }
    Ok(tx.commit().await?)
}

async fn delete(db: &Db, done: &mut Done, go_on: &mut impl FnMut() -> bool) -> Result<(), Error> {
    while go_on() {
        let due = objects_gone::due(&mut db.read().await?, system_ms(), AT_ONCE).await?;
        if due.is_empty() {
            break;
        }
        for gone in &due {
            done.deleted += u64::from(delete_one(db, db.objects(), gone).await?);
        }
    }
    Ok(())
}

async fn delete_one(db: &Db, objects: &Objects, gone: &objects_gone::Gone) -> Result<bool, Error> {
    let deleted = objects.delete(&gone.name).await;
    let mut tx = db.write(Durability::Full).await?;
    match &deleted {
        Ok(()) => objects_gone::end(&mut tx, &gone.name).await?,
        Err(why) => {
            let steps = u32::try_from(gone.attempts).unwrap_or(u32::MAX).min(10);
            let pause = (FIRST_PAUSE << steps).min(LAST_PAUSE);
            let at = system_ms() + pause;
            objects_gone::later(&mut tx, &gone.name, at, &why.to_string()).await?;
        }
    }
    tx.commit().await?;
    Ok(deleted.is_ok())
}
