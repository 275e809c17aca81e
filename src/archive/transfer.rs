//! Archives in and out, as streams: what an import does with each mail, and the mbox.

mod date;
mod filing;
mod prepared;

use std::collections::HashMap;
use std::io::{self, Write};

use tokio::task::JoinHandle;

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

/// Batches that are ready and wait for their turn: while the disk is slow for once, the
/// processors are not.
const AHEAD: usize = 4;

/// So often PostgreSQL sorts words into its index while an import goes on, in batches.
const SORTED: u64 = 8;

/// What was odd is told so often; the rest is counted.
const MOST_NOTES: usize = 1_000;

/// A batch with so many octets is full: others want to write in between.
const FULL: usize = 8 << 20;

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
    sort_in(db.clone()).await?;
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

/// A batch that can be written, with the position behind it in the file.
type Ready = io::Result<(Vec<Item>, u64)>;

/// Reads and prepares batches in the order in which they come, on a thread of its own: a pipe
/// may make it wait, and whoever writes them waits for the disk. At most [`AHEAD`] are ready.
struct Preparer {
    ready: tokio::sync::mpsc::Receiver<Ready>,
    /// Nobody waits for it where the import stops before its end: a pipe may have none.
    running: std::thread::JoinHandle<()>,
}

impl Preparer {
    fn start(mut mails: Box<dyn Mails + Send>, about: About, mut dates: Dates) -> Preparer {
        let (prepared, ready) = tokio::sync::mpsc::channel(AHEAD);
        let running = std::thread::spawn(move || {
            loop {
                let (batch, error) = batch(&mut *mails);
                let is_last = batch.is_empty() || error.is_some();
                if !batch.is_empty() {
                    let ready = (prepare(batch, &about, &mut dates), mails.position());
                    if prepared.blocking_send(Ok(ready)).is_err() {
                        break;
                    }
                }
                if let Some(error) = error {
                    // Where nobody is left to hear it, the import has stopped already.
                    let _ = prepared.blocking_send(Err(error));
                }
                if is_last {
                    break;
                }
            }
        });
        Preparer { ready, running }
    }

    /// The next batch; `None` behind the last, and behind an error.
    async fn next(&mut self) -> Option<Ready> {
        self.ready.recv().await
    }

    /// Behind the last batch: whether it died.
    fn end(self) {
        if let Err(died) = self.running.join() {
            std::panic::resume_unwind(died);
        }
    }
}

/// Has PostgreSQL sort words into its index beside whoever writes the next ones: that takes as
/// long as all else that it does.
struct Sorter {
    db: Option<Db>,
    batches: u64,
    running: Option<JoinHandle<store::Result<()>>>,
}

impl Sorter {
    fn of(db: &Db) -> Sorter {
        Sorter {
            db: db.is_postgres().then(|| db.clone()),
            batches: 0,
            running: None,
        }
    }

    /// To be called behind each batch.
    async fn sort_now_and_then(&mut self) -> store::Result<()> {
        self.batches += 1;
        if self.batches.is_multiple_of(SORTED) {
            // One at a time: no more waits than what came while the last was sorted.
            self.end().await?;
            let start = |db: &Db| tokio::spawn(sort_in(db.clone()));
            self.running = self.db.as_ref().map(start);
        }
        Ok(())
    }

    /// Waits for the last one.
    async fn end(&mut self) -> store::Result<()> {
        match self.running.take() {
            None => Ok(()),
            Some(running) => match running.await {
                Ok(done) => done,
                Err(died) => std::panic::resume_unwind(died.into_panic()),
            },
        }
    }
}

async fn sort_in(db: Db) -> store::Result<()> {
    let mut tx = db.write(Durability::Process).await?;
    search::sort_in(&mut tx).await?;
    tx.commit().await
}

/// Imports mails; `progress` is told the position in bytes now and then.
///
/// While a batch is written, the next ones are read and prepared.
///
/// # Errors
/// See [`Error`].
pub async fn import(
    target: &Target<'_>,
    mails: Box<dyn Mails + Send>,
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
    let mut preparer = Preparer::start(mails, about, Dates::new(target.now));
    let mut sorter = Sorter::of(&target.ctx.db);
    let mut end = Ok(());
    while let Some(ready) = preparer.next().await {
        match ready {
            Ok((items, position)) => {
                write(target, &erased, items, &mut done).await?;
                sorter.sort_now_and_then().await?;
                progress(position);
            }
            Err(error) => end = Err(error),
        }
    }
    preparer.end();
    sorter.end().await?;
    if done.added > 0 {
        settle(&target.ctx.db, done.added > BATCH as u64).await?;
    }
    end?;
    Ok(done)
}

/// Writes a batch in one transaction.
async fn write(
    target: &Target<'_>,
    erased: &HashMap<Vec<u8>, Millis>,
    items: Vec<Item>,
    done: &mut Imported,
) -> Result<(), Error> {
    let (mut mails, mut documents) = (Vec::new(), Vec::new());
    for item in items {
        match item {
            Item::Mail(mut mail) => {
                documents.push(std::mem::take(&mut mail.document));
                mails.push(mail);
            }
            Item::TooLarge(place, size) => done.note(format!(
                "{place}: a message of {size} bytes was left out; 50 MiB is the limit"
            )),
        }
    }
    let mut tx = target.ctx.db.write(Durability::Full).await?;
    communities::lock(&mut tx, target.community).await?;
    search::expect_many(&mut tx).await?;
    filing::file_all(&mut tx, target, erased, (&mails, documents), done).await?;
    Ok(tx.commit().await?)
}

/// The next mails, and why there are no more where that is an error.
fn batch(mails: &mut (dyn Mails + Send)) -> (Vec<Placed>, Option<io::Error>) {
    let (mut entries, mut size) = (Vec::new(), 0);
    while entries.len() < BATCH && size < FULL {
        let entry = match mails.next_mail() {
            Some(Ok(entry)) => entry,
            Some(Err(error)) => return (entries, Some(error)),
            None => break,
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
    (entries, None)
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
