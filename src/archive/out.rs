//! What an archive is written as: an mbox, a Maildir, or JSON. Pages for a browser without
//! a server are made in `web::still`.

mod json;
mod maildir;

use std::io;
use std::path::Path;

pub use json::{File, Record};

use super::transfer::Error;
use crate::store::intake::Message;
use crate::store::posts::{self, Post};
use crate::store::{Db, Tx, intake};

/// Posts that are read at a time.
const PAGE: i64 = 200;

/// Somewhere that posts are written to, one after another by key.
pub(super) trait Writer {
    /// Writes one.
    async fn put(&mut self, tx: &mut Tx, post: &Post, message: &Message) -> Result<(), Error>;
    /// Everything is written.
    fn finish(self) -> io::Result<()>;
}

/// Writes a whole archive as a Maildir, which must not exist yet; gives how many messages.
///
/// # Errors
/// Where it cannot be written, or the database refuses.
pub async fn maildir(
    db: &Db,
    community: i64,
    folder: &Path,
    progress: impl FnMut(u64),
) -> Result<u64, Error> {
    all(db, community, maildir::Maildir::create(folder)?, progress).await
}

/// Writes a whole archive as JSON, an object ([`Record`]) a line; gives how many messages.
///
/// # Errors
/// Where it cannot be written, or the database refuses.
pub async fn json(
    db: &Db,
    community: i64,
    output: impl io::Write,
    progress: impl FnMut(u64),
) -> Result<u64, Error> {
    all(db, community, json::Lines::new(output), progress).await
}

/// Writes all posts but those that were erased.
pub(super) async fn all(
    db: &Db,
    community: i64,
    mut writer: impl Writer,
    mut progress: impl FnMut(u64),
) -> Result<u64, Error> {
    let (mut after, mut count) = (0, 0);
    loop {
        let mut tx = db.read().await?;
        let page = posts::page(&mut tx, community, after, PAGE).await?;
        let Some(last) = page.last() else { break };
        after = last.id;
        for post in page.iter().filter(|post| post.erased_at.is_none()) {
            let message = intake::message(&mut tx, post.raw_id).await?;
            writer.put(&mut tx, post, &message).await?;
            count += 1;
        }
        progress(count);
    }
    writer.finish()?;
    Ok(count)
}
