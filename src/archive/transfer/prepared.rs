//! What can be made of a mail before the database is asked: read, packed, and cut into words,
//! by all processors at once.

use super::date::{Dates, Found};
use crate::archive::document::{Words, document};
use crate::archive::mbox::{Entry, MboxMessage};
use crate::archive::source::obscured;
use crate::archive::threads::{Hints, ancestry};
use crate::links;
use crate::message::{self, Mail, Mailbox};
use crate::store::Millis;
use crate::store::packing::{self, Packed};
use crate::store::search::Document;

/// Threads that read at once, at most.
const THREADS: usize = 8;

/// An entry with the words that say where it stands.
pub(super) struct Placed {
    pub(super) place: String,
    pub(super) entry: Entry,
}

/// What all mails of an import share.
#[derive(Clone)]
pub(super) struct About {
    pub(super) domain: String,
    pub(super) community: i64,
    pub(super) now: Millis,
    /// Whether words are written for PostgreSQL.
    pub(super) vector: bool,
}

/// An entry as it is filed.
pub(super) enum Item {
    Mail(Box<Prepared>),
    /// Left out, for its size in octets.
    TooLarge(String, u64),
}

/// A mail with all that is made of it.
pub(super) struct Prepared {
    pub(super) place: String,
    pub(super) found: MboxMessage,
    pub(super) message_id: String,
    pub(super) permalink: String,
    pub(super) author: Mailbox,
    pub(super) mail: Mail,
    pub(super) references: Vec<String>,
    pub(super) hints: Hints,
    pub(super) packed: Packed,
    pub(super) date: Found,
    /// When it counts as written.
    pub(super) sent_at: Millis,
    /// Its words; their key is not that of a post yet.
    pub(super) document: Document,
}

/// Prepares a batch. The dates go by the order of the mails.
pub(super) fn prepare(batch: Vec<Placed>, about: &About, dates: &mut Dates) -> Vec<Item> {
    let mut items = all_at_once(batch, |placed| item(placed, about));
    for item in &mut items {
        if let Item::Mail(one) = item {
            one.date = dates.find(&one.found.bytes, one.mail.date, one.found.from.date);
            one.sent_at = one.date.at.unwrap_or(about.now);
        }
    }
    all_at_once(items, |item| with_words(item, about))
}

fn item(placed: Placed, about: &About) -> Item {
    match placed.entry {
        Entry::Message(found) => Item::Mail(Box::new(read(placed.place, found, about))),
        Entry::TooLarge { size, .. } => Item::TooLarge(placed.place, size),
    }
}

fn read(place: String, found: MboxMessage, about: &About) -> Prepared {
    let raw = found.bytes.as_slice();
    let mail = message::parse(raw);
    let fallback = || {
        let name = links::permalink(&String::from_utf8_lossy(raw));
        format!("{name}@{}", about.domain)
    };
    let message_id = message::message_id(raw).unwrap_or_else(fallback);
    let author = mail.from.first().cloned();
    let author = author.or_else(|| obscured::author(raw)).unwrap_or_default();
    let references = ancestry(&message_id, &mail.references, &mail.in_reply_to);
    Prepared {
        place,
        permalink: links::permalink(&message_id),
        references: references.into_iter().map(str::to_owned).collect(),
        hints: Hints::of(&mail),
        packed: packing::pack(raw),
        date: Found::default(),
        sent_at: 0,
        document: Document::default(),
        message_id,
        author,
        mail,
        found,
    }
}

fn with_words(item: Item, about: &About) -> Item {
    let Item::Mail(mut one) = item else {
        return item;
    };
    let words = Words {
        post: (about.community, 0),
        sent_at: one.sent_at,
        subject: &one.mail.subject,
        author: (
            one.author.name.as_deref().unwrap_or(""),
            &one.author.address,
        ),
        text: &one.mail.text,
        attached: &one.hints.attached,
        vector: about.vector,
    };
    one.document = document(&words);
    Item::Mail(one)
}

/// Does the same with each, in order, on as many threads as there are processors.
fn all_at_once<A: Send, B: Send>(all: Vec<A>, work: impl Fn(A) -> B + Sync) -> Vec<B> {
    let threads = std::thread::available_parallelism().map_or(1, usize::from);
    let share = all.len().div_ceil(threads.min(THREADS)).max(1);
    let mut shares: Vec<Vec<A>> = Vec::new();
    let mut rest = all.into_iter().peekable();
    while rest.peek().is_some() {
        shares.push(rest.by_ref().take(share).collect());
    }
    std::thread::scope(|scope| {
        let work = &work;
        let running: Vec<_> = shares
            .into_iter()
            .map(|share| scope.spawn(move || share.into_iter().map(work).collect::<Vec<B>>()))
            .collect();
        let done = running.into_iter().flat_map(|one| match one.join() {
            Ok(done) => done,
            Err(panic) => std::panic::resume_unwind(panic),
        });
        done.collect()
    })
}
