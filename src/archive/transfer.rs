//! Archives in and out, as streams: what an import does with each mail, and the mbox.

mod date;
mod filing;
mod prepared;

use std::collections::HashMap;
use std::io::{self, Write};

use self::date::Dates;
use self::prepared::{About, Item, Placed, Prepared, prepare};
use super::mbox::{Entry, MboxWriter};
use super::out::{self, Writer};
use super::source::Mails;
use crate::clock::moment;
use crate::context::Context;
use crate::message::unsaid_charset;
use crate::store::intake;
use crate::store::posts::Post;
use crate::store::{self, Db, Durability, Millis, Tx, communities, erasure, search};

/// Messages that one transaction imports.
const BATCH: usize = 500;

/// Batches that are read and not written: one is prepared while another waits for its turn.
const AHEAD: usize = 2;

/// What was odd is told so often; the rest is counted.
const MOST_NOTES: usize = 1_000;

/// A batch with so many octets is full: others want to write in between.
const FULL: usize = 16 << 20;

/// What an import did. Several may be added up.
#[derive(Clone, Debug, Default, PartialEq, Eq, serde::Serialize)]
pub struct Imported {
    /// Messages that are new in the archive.
    pub added: u64,
    /// Messages that were there already.
    pub duplicates: u64,
    /// Messages that were left out, because they or their authors were erased here.
    pub erased: u64,
    /// What was odd, with the place in the file; the message is in all the same
    /// unless the sentence says otherwise.
    pub notes: Vec<String>,
    /// How many such sentences were left out, where there are very many.
    pub more_notes: u64,
}

impl Imported {
    /// Adds what another import did, whose notes are about that file.
    pub fn add(&mut self, other: Imported, file: &str) {
        self.added += other.added;
        self.duplicates += other.duplicates;
        self.erased += other.erased;
        self.more_notes += other.more_notes;
        for note in other.notes {
            self.note(format!("{file}: {note}"));
        }
    }

    fn note_what_is_odd(&mut self, mail: &Prepared) {
        let (place, message_id) = (&mail.place, &mail.message_id);
        if let Some(why) = mail.date.repaired {
            self.note(format!("{place}: <{message_id}> {why}"));
        }
        let defects = mail.mail.defects.iter();
        for defect in defects.filter(|defect| unsaid_charset::is_told(defect)) {
            self.note(format!("{place}: <{message_id}>: {defect}"));
        }
    }

    fn note(&mut self, sentence: String) {
        match self.notes.len() < MOST_NOTES {
            true => self.notes.push(sentence),
            false => self.more_notes += 1,
        }
    }
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
    /// The installation.
    pub ctx: &'a Context,
    /// The community.
    pub community: i64,
    /// Now, ms.
    pub now: i64,
}

/// Posts have come at once: they are sorted into the index, and where they are many it looks
/// anew how common their words are.
async fn settle(db: &Db, are_many: bool) -> store::Result<()> {
    let mut tx = db.write(Durability::Process).await?;
    search::sort_in(&mut tx).await?;
    tx.commit().await?;
    if are_many {
        count_words(db).await?;
    }
    Ok(())
}

/// The index looks anew how common words are.
pub(super) async fn count_words(db: &Db) -> store::Result<()> {
    let mut tx = db.write(Durability::Process).await?;
    search::count_words(&mut tx).await?;
    tx.commit().await
}

/// Prepares batches in the order in which they come, beside whoever writes them.
struct Preparer {
    given: std::sync::mpsc::Sender<(Vec<Placed>, u64)>,
    ready: tokio::sync::mpsc::UnboundedReceiver<(Vec<Item>, u64)>,
    running: tokio::task::JoinHandle<()>,
    /// Batches that were given and not taken back.
    waiting: usize,
}

impl Preparer {
    fn start(about: About, mut dates: Dates) -> Preparer {
        let (given, batches) = std::sync::mpsc::channel::<(Vec<Placed>, u64)>();
        let (prepared, ready) = tokio::sync::mpsc::unbounded_channel();
        let running = tokio::task::spawn_blocking(move || {
            for (batch, position) in batches {
                let items = prepare(batch, &about, &mut dates);
                if prepared.send((items, position)).is_err() {
                    break;
                }
            }
        });
        Preparer {
            given,
            ready,
            running,
            waiting: 0,
        }
    }

    fn give(&mut self, batch: Vec<Placed>, position: u64) {
        // Where it has died, whoever takes the next one hears of it.
        let _ = self.given.send((batch, position));
        self.waiting += 1;
    }

    /// The next batch, with the position behind it in the file; `None` where none was given.
    async fn take(&mut self) -> Option<(Vec<Item>, u64)> {
        if self.waiting == 0 {
            return None;
        }
        self.waiting -= 1;
        match self.ready.recv().await {
            Some(ready) => Some(ready),
            None => match (&mut self.running).await {
                Err(died) if died.is_panic() => std::panic::resume_unwind(died.into_panic()),
                _ => None,
            },
        }
    }
}

/// Imports mails; `progress` is told the position in bytes now and then.
///
/// While a batch is written, the next ones are prepared.
///
/// # Errors
/// See [`Error`].
pub async fn import(
    target: &Target<'_>,
    mails: &mut dyn Mails,
    mut progress: impl FnMut(u64),
) -> Result<Imported, Error> {
    let mut done = Imported::default();
    let erased = erasure::authors(&mut target.ctx.db.read().await?).await?;
    let about = About {
        domain: target.ctx.settings.domain.clone(),
        community: target.community,
        now: target.now,
        vector: target.ctx.db.is_postgres(),
    };
    let mut preparer = Preparer::start(about, Dates::new(target.now));
    let mut end = None;
    loop {
        // Read first: nobody else can write while a pipe makes us wait for its end.
        while end.is_none() && preparer.waiting < AHEAD {
            match batch(mails) {
                Ok(batch) if batch.is_empty() => end = Some(Ok(())),
                Ok(batch) => preparer.give(batch, mails.position()),
                Err(error) => end = Some(Err(error)),
            }
        }
        let Some((items, position)) = preparer.take().await else {
            break;
        };
        write(target, &erased, &items, &mut done).await?;
        progress(position);
    }
    end.unwrap_or(Ok(()))?;
    if done.added > 0 {
        settle(&target.ctx.db, done.added > BATCH as u64).await?;
    }
    Ok(done)
}

/// Writes a batch in one transaction.
async fn write(
    target: &Target<'_>,
    erased: &HashMap<Vec<u8>, Millis>,
    items: &[Item],
    done: &mut Imported,
) -> Result<(), Error> {
    if items.is_empty() {
        return Ok(());
    }
    let mut mails = Vec::new();
    for item in items {
        match item {
            Item::Mail(mail) => mails.push(&**mail),
            Item::TooLarge(place, size) => done.note(format!(
                "{place}: a message of {size} bytes was left out; 50 MiB is the limit"
            )),
        }
    }
    let mut tx = target.ctx.db.write(Durability::Full).await?;
    communities::lock(&mut tx, target.community).await?;
    search::expect_many(&mut tx).await?;
    filing::file_all(&mut tx, target, erased, &mails, done).await?;
    Ok(tx.commit().await?)
}

fn batch(mails: &mut dyn Mails) -> io::Result<Vec<Placed>> {
    let (mut entries, mut size) = (Vec::new(), 0);
    while entries.len() < BATCH && size < FULL {
        let Some(entry) = mails.next_mail().transpose()? else {
            break;
        };
        let offset = match &entry {
            Entry::Message(found) => {
                size += found.bytes.len();
                found.offset
            }
            Entry::TooLarge { offset, .. } => *offset,
        };
        let place = mails.place(offset);
        entries.push(Placed { place, entry });
    }
    Ok(entries)
}

/// Exports a whole archive as an mbox (mboxrd), without what was erased; gives how many
/// messages.
///
/// # Errors
/// See [`Error`].
pub async fn export(
    db: &Db,
    community: i64,
    output: impl Write,
    progress: impl FnMut(u64),
) -> Result<u64, Error> {
    out::all(db, community, MboxWriter::new(output), progress).await
}

impl<W: Write> Writer for MboxWriter<W> {
    async fn put(
        &mut self,
        _: &mut Tx,
        post: &Post,
        message: &intake::Message,
    ) -> Result<(), Error> {
        Ok(put(self, post, message)?)
    }

    fn finish(self) -> io::Result<()> {
        MboxWriter::finish(self)?.flush()
    }
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
