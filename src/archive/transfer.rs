//! Archives in and out, as streams: what an import does with each mail, and the mbox.

mod date;

use std::collections::HashMap;
use std::io::{self, Write};

use self::date::Dates;
use super::file::file;
use super::mbox::{Entry, MboxMessage, MboxWriter};
use super::out::{self, Writer};
use super::source::{Mails, obscured};
use super::threads::{Hints, ancestry};
use crate::clock::moment;
use crate::context::Context;
use crate::links;
use crate::message::{self, unsaid_charset};
use crate::store::intake::{self, NewMessage};
use crate::store::posts::{self, NewPost, Post};
use crate::store::{self, Db, Durability, Millis, Tx, communities, erasure, search};

/// Messages that one transaction imports.
const BATCH: usize = 200;

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

/// Many posts have come at once: the index looks anew how common their words are.
pub(super) async fn count_words(db: &Db) -> store::Result<()> {
    let mut tx = db.write(Durability::Process).await?;
    search::count_words(&mut tx).await?;
    tx.commit().await
}

/// Imports mails; `progress` is told the position in bytes now and then.
///
/// # Errors
/// See [`Error`].
pub async fn import(
    target: &Target<'_>,
    mails: &mut dyn Mails,
    mut progress: impl FnMut(u64),
) -> Result<Imported, Error> {
    let mut dates = Dates::new(target.now);
    let mut done = Imported::default();
    let erased = erasure::authors(&mut target.ctx.db.read().await?).await?;
    loop {
        // Read first: nobody else can write while a pipe makes us wait for its end.
        let batch = batch(mails)?;
        if batch.is_empty() {
            if done.added > BATCH as u64 {
                count_words(&target.ctx.db).await?;
            }
            return Ok(done);
        }
        let mut tx = target.ctx.db.write(Durability::Full).await?;
        communities::lock(&mut tx, target.community).await?;
        for entry in batch {
            match entry {
                Entry::Message(found) => {
                    let place = mails.place(found.offset);
                    let from = Passage {
                        target,
                        erased: &erased,
                        place: &place,
                    };
                    one(&mut tx, &from, &found, (&mut dates, &mut done)).await?;
                }
                Entry::TooLarge { offset, size, .. } => {
                    let place = mails.place(offset);
                    done.note(format!(
                        "{place}: a message of {size} bytes was left out; 50 MiB is the limit"
                    ));
                }
            }
        }
        tx.commit().await?;
        progress(mails.position());
    }
}

/// Where mails come from and go to.
struct Passage<'a> {
    target: &'a Target<'a>,
    /// Who was erased, and when.
    erased: &'a HashMap<Vec<u8>, Millis>,
    /// Where the present one stands.
    place: &'a str,
}

fn batch(mails: &mut dyn Mails) -> io::Result<Vec<Entry>> {
    let (mut entries, mut size) = (Vec::new(), 0);
    while entries.len() < BATCH && size < FULL {
        let Some(entry) = mails.next_mail().transpose()? else {
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
    from: &Passage<'_>,
    found: &MboxMessage,
    (dates, done): (&mut Dates, &mut Imported),
) -> Result<(), Error> {
    let (target, place) = (from.target, from.place);
    let (raw, line) = (found.bytes.as_slice(), &found.from);
    let mail = message::parse(raw);
    let fallback = || {
        format!(
            "{}@{}",
            &links::permalink(&String::from_utf8_lossy(raw)),
            target.ctx.settings.domain
        )
    };
    let message_id = message::message_id(raw).unwrap_or_else(fallback);
    let author = mail.from.first().cloned();
    let author = author.or_else(|| obscured::author(raw)).unwrap_or_default();
    let digest = mail.body_digest.as_bytes();
    if posts::twin(tx, target.community, &message_id, &author.address, digest)
        .await?
        .is_some()
    {
        done.duplicates += 1;
        return Ok(());
    }
    let date = dates.find(raw, mail.date, line.date);
    if posts::is_erased(tx, target.community, &message_id).await?
        || from.is_gone(&author.address, date.at)
    {
        done.erased += 1;
        return Ok(());
    }
    if let Some(why) = date.repaired {
        done.note(format!("{place}: <{message_id}> {why}"));
    }
    for defect in mail
        .defects
        .iter()
        .filter(|defect| unsaid_charset::is_told(defect))
    {
        done.note(format!("{place}: <{message_id}>: {defect}"));
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
        sent_at: date.at.unwrap_or(target.now),
        archived_at: target.now,
        text: &mail.text,
        references: references.into_iter().map(str::to_owned).collect(),
    };
    file(tx, &post, &Hints::of(&mail)).await?;
    done.added += 1;
    Ok(())
}

impl Passage<'_> {
    /// Whether its author was erased and had written it by then.
    fn is_gone(&self, author: &str, date: Option<Millis>) -> bool {
        if self.erased.is_empty() {
            return false;
        }
        let at = self.erased.get(&self.target.ctx.secret.name_erased(author));
        at.is_some_and(|at| date.is_none_or(|date| date <= *at))
    }
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
