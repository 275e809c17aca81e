//! Archives in and out: mboxes, read and written as streams.

use std::io::{self, BufRead, Write};

use super::file::file;
use super::mbox::{Entry, MboxReader, MboxWriter};
use super::threads::{Hints, ancestry};
use crate::clock::moment;
use crate::links;
use crate::message;
use crate::store::intake::{self, NewMessage};
use crate::store::posts::{self, NewPost, Post};
use crate::store::{self, Db, Durability, Tx, communities};

/// Messages that one transaction imports.
const BATCH: usize = 200;

/// A batch with so many octets is full: others want to write in between.
const FULL: usize = 16 << 20;

/// What an import did.
#[derive(Clone, Debug, Default, PartialEq, Eq, serde::Serialize)]
pub struct Imported {
    /// Messages that are new in the archive.
    pub added: u64,
    /// Messages that were there already.
    pub duplicates: u64,
    /// What was odd, with the place in the file; the message is in all the same
    /// unless the sentence says otherwise.
    pub notes: Vec<String>,
}

/// Why an import or export stopped. What was imported until then stays, and the
/// same command goes on from there.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// The file.
    #[error("the mailbox cannot be read or written: {0}")]
    File(#[from] io::Error),
    /// The database.
    #[error("the database refused: {0}; run the command again to go on")]
    Store(#[from] sqlx::Error),
}

/// Where an import goes.
pub struct Target<'a> {
    /// The database.
    pub db: &'a Db,
    /// The community.
    pub community: i64,
    /// Our domain, for messages without a Message-ID.
    pub domain: &'a str,
    /// Now, ms.
    pub now: i64,
}

/// Imports an mbox; `progress` is told the position in bytes now and then.
///
/// # Errors
/// See [`Error`].
pub async fn import(
    target: &Target<'_>,
    input: impl BufRead,
    mut progress: impl FnMut(u64),
) -> Result<Imported, Error> {
    let mut reader = MboxReader::new(input);
    let mut done = Imported::default();
    loop {
        // Read first: nobody else can write while a pipe makes us wait for its end.
        let batch = batch(&mut reader)?;
        if batch.is_empty() {
            return Ok(done);
        }
        let mut tx = target.db.write(Durability::Full).await?;
        communities::lock(&mut tx, target.community).await?;
        for entry in batch {
            match entry {
                Entry::Message(found) => {
                    one(
                        &mut tx,
                        target,
                        &found.bytes,
                        &found.from,
                        found.offset,
                        &mut done,
                    )
                    .await?
                }
                Entry::TooLarge { offset, size, .. } => {
                    done.notes.push(format!(
                        "byte {offset}: a message of {size} bytes was left out; 50 MiB is the limit"
                    ));
                }
            }
        }
        tx.commit().await?;
        progress(reader.position());
    }
}

fn batch(reader: &mut MboxReader<impl BufRead>) -> io::Result<Vec<Entry>> {
    let (mut entries, mut size) = (Vec::new(), 0);
    while entries.len() < BATCH && size < FULL {
        let Some(entry) = reader.next().transpose()? else {
            break;
        };
        if let Entry::Message(found) = &entry {
            size += found.bytes.len();
        }
        entries.push(entry);
    }
    Ok(entries)
}

async fn one(
    tx: &mut Tx,
    target: &Target<'_>,
    raw: &[u8],
    line: &super::mbox::FromLine,
    offset: u64,
    done: &mut Imported,
) -> Result<(), Error> {
    let mail = message::parse(raw);
    let fallback = || {
        format!(
            "{}@{}",
            &links::permalink(&String::from_utf8_lossy(raw)),
            target.domain
        )
    };
    let message_id = message::message_id(raw).unwrap_or_else(fallback);
    let author = mail.from.first().cloned().unwrap_or_default();
    let digest = mail.body_digest.as_bytes();
    if posts::twin(tx, target.community, &message_id, &author.address, digest)
        .await?
        .is_some()
    {
        done.duplicates += 1;
        return Ok(());
    }
    if mail.date.is_none() {
        done.notes.push(format!(
            "byte {offset}: <{message_id}> has no date that can be read; the separator's was taken"
        ));
    }
    let row = NewMessage {
        message_id: &message_id,
        envelope_from: &line.sender,
        via: "import",
        peer: "",
        helo: "",
        received_at: target.now,
        raw,
    };
    let raw_id = intake::insert(tx, &row, &[], target.now).await?;
    let date = mail.date.or(line.date).map(|date| date.timestamp_millis());
    let references = ancestry(&message_id, &mail.references, &mail.in_reply_to);
    let post = NewPost {
        community_id: target.community,
        raw_id,
        message_id: &message_id,
        permalink: &links::permalink(&message_id),
        body_digest: digest,
        subject: &mail.subject,
        author_name: author.name.as_deref().unwrap_or(""),
        author_address: &author.address,
        sent_at: date.filter(|at| *at > 0).unwrap_or(target.now),
        archived_at: target.now,
        text: &mail.text,
        references: references.into_iter().map(str::to_owned).collect(),
    };
    file(tx, &post, &Hints::of(&mail)).await?;
    done.added += 1;
    Ok(())
}

/// Exports a whole archive as an mbox (mboxrd); gives how many messages.
///
/// # Errors
/// See [`Error`].
pub async fn export(
    db: &Db,
    community: i64,
    output: impl Write,
    mut progress: impl FnMut(u64),
) -> Result<u64, Error> {
    let mut writer = MboxWriter::new(output);
    let (mut after, mut count) = (0, 0);
    loop {
        let mut tx = db.read().await?;
        let page = posts::page(&mut tx, community, after, BATCH as i64).await?;
        let Some(last) = page.last() else { break };
        after = last.id;
        for post in &page {
            let message = intake::message(&mut tx, post.raw_id).await?;
            put(&mut writer, post, &message)?;
            count += 1;
        }
        progress(count);
    }
    writer.finish()?.flush()?;
    Ok(count)
}

/// Writes one post as it came into a mailbox (mboxrd).
///
/// # Errors
/// Where the database refuses.
pub async fn write_post(tx: &mut Tx, post: &Post, output: &mut Vec<u8>) -> store::Result<()> {
    let message = intake::message(tx, post.raw_id).await?;
    // Writing into memory cannot fail.
    let _ = put(&mut MboxWriter::new(output), post, &message);
    Ok(())
}

fn put(
    writer: &mut MboxWriter<impl Write>,
    post: &Post,
    message: &intake::Message,
) -> io::Result<()> {
    let sender = sender(&message.envelope_from, &post.author_address);
    writer.write(&sender, moment(post.sent_at), &message.raw)
}

fn sender(envelope: &str, author: &str) -> String {
    let known = [envelope, author]
        .into_iter()
        .find(|address| !address.is_empty());
    known.unwrap_or("MAILER-DAEMON").to_owned()
}
