//! The simulated people's mailboxes, filled from the sink.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use super::calendar::{Agenda, Invitation};
use super::manners::{Manner, Manners, Reaction};
use super::sink::{Received, Sink};
use crate::clock::Clock;
use crate::message::headers::section;

/// Everybody's mailbox.
pub struct Mailboxes {
    sink: Sink,
    clock: Clock,
    kept: Mutex<BTreeMap<String, Vec<Arc<Delivered>>>>,
    manners: Mutex<Manners>,
    said: Mutex<Vec<Spoken>>,
}

/// What somebody's calendar has answered to an invitation.
#[derive(Debug, Clone)]
pub(super) struct Spoken {
    /// Their address.
    pub(super) by: String,
    /// The UID.
    pub(super) uid: String,
    /// When the rule has the session, as written; empty where it is about all.
    pub(super) original: String,
    /// ACCEPTED, DECLINED or TENTATIVE.
    pub(super) partstat: String,
}

/// One mail in one mailbox.
#[derive(Debug)]
pub struct Delivered {
    /// Its reverse path.
    pub envelope_from: String,
    /// Its Message-ID without angle brackets, or empty.
    pub message_id: String,
    /// Which mail of ours it is (`Folkmoot-Mail`); `None` is a post.
    pub kind: Option<String>,
    /// When it came, in milliseconds since 1970.
    pub at: i64,
    /// Its octets.
    pub raw: Vec<u8>,
}

impl Mailboxes {
    /// The mailboxes of everybody to whom this sink's mail goes, dated by this clock.
    pub fn new(sink: Sink, clock: Clock) -> Mailboxes {
        Mailboxes {
            sink,
            clock,
            kept: Mutex::default(),
            manners: Mutex::default(),
            said: Mutex::default(),
        }
    }

    /// The mails of an address, oldest first.
    pub fn of(&self, address: &str) -> Vec<Arc<Delivered>> {
        self.collect().get(address).cloned().unwrap_or_default()
    }

    /// How many mails an address has.
    pub fn count(&self, address: &str) -> usize {
        self.collect().get(address).map_or(0, Vec::len)
    }

    /// How many mails there are in all.
    pub fn total(&self) -> usize {
        self.collect().values().map(Vec::len).sum()
    }

    /// An address's copy of the mail with that Message-ID.
    pub fn copy(&self, address: &str, message_id: &str) -> Option<Arc<Delivered>> {
        let kept = self.collect();
        let mut mails = kept.get(address)?.iter().rev();
        mails.find(|mail| mail.message_id == message_id).cloned()
    }

    /// An address's latest mail of that name in the catalogue.
    pub fn latest(&self, address: &str, kind: &str) -> Option<Arc<Delivered>> {
        let kept = self.collect();
        let mut mails = kept.get(address)?.iter().rev();
        mails
            .find(|mail| mail.kind.as_deref() == Some(kind))
            .cloned()
    }

    /// The calendar of an address, after all that came.
    pub(super) fn agenda(&self, address: &str) -> (Agenda, Vec<String>) {
        let mut agenda = Agenda::default();
        let mails = self.of(address);
        let with_calendar = mails.iter().filter(|mail| has_calendar(mail));
        let wrong = with_calendar.flat_map(|mail| agenda.receive(address, &mail.raw));
        let wrong = wrong.collect();
        (agenda, wrong)
    }

    /// The latest invitation of that UID at an address.
    pub(super) fn invitation(&self, address: &str, uid: &str) -> Option<Invitation> {
        let mails = self.of(address);
        let read = mails.iter().rev().filter(|mail| has_calendar(mail));
        let mut all = read.filter_map(|mail| Invitation::read(&mail.raw));
        all.find(|one| one.uid == uid)
    }

    /// Keeps what somebody's calendar has answered.
    pub(super) fn spoke(&self, spoken: Spoken) {
        self.said().push(spoken);
    }

    /// What an address last answered about a session of a UID: to it alone, or to all.
    pub(super) fn answer(&self, address: &str, uid: &str, original: &str) -> Option<String> {
        let said = self.said();
        let its = || {
            said.iter()
                .rev()
                .filter(|one| one.by == address && one.uid == uid)
        };
        let own = its().find(|one| one.original == original);
        let found = own.or_else(|| its().find(|one| one.original.is_empty()));
        found.map(|one| one.partstat.clone())
    }

    fn said(&self) -> MutexGuard<'_, Vec<Spoken>> {
        self.said.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Every mail with the address it went to.
    pub(super) fn all(&self) -> Vec<(String, Arc<Delivered>)> {
        let kept = self.collect();
        let mails = kept
            .iter()
            .flat_map(|(address, mails)| mails.iter().map(|mail| (address.clone(), mail.clone())));
        mails.collect()
    }

    /// From now on the mailbox of `address` behaves like this; `None` is as it should be.
    pub(super) fn behave(&self, address: &str, manner: Option<Manner>) {
        // What came before is not meant.
        self.total();
        let mut manners = self.manners();
        manners.set(address, manner);
        self.sink.follow(manners.script());
    }

    /// What a server or a mail program sends by now because of a mail that came.
    pub(super) fn reaction(&self) -> Option<Reaction> {
        self.manners().due(self.clock.now_ms())
    }

    /// When the next of these falls due, if one does.
    pub(super) fn next_reaction(&self) -> Option<i64> {
        self.manners().next_due()
    }

    fn manners(&self) -> MutexGuard<'_, Manners> {
        self.manners.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Moves what has come since into the mailboxes.
    fn collect(&self) -> MutexGuard<'_, BTreeMap<String, Vec<Arc<Delivered>>>> {
        let mut kept = self.kept.lock().unwrap_or_else(PoisonError::into_inner);
        for received in self.sink.take() {
            for recipient in &received.recipients {
                let (address, at) = (recipient.to_lowercase(), self.clock.now_ms());
                let mail = Arc::new(delivered(&received, at));
                if self.manners().keeps(&address, &mail) {
                    kept.entry(address).or_default().push(mail);
                }
            }
        }
        kept
    }
}

/// These alone carry something for a calendar.
fn has_calendar(mail: &Delivered) -> bool {
    matches!(mail.kind.as_deref(), Some("invitation" | "session-change"))
}

fn delivered(received: &Received, at: i64) -> Delivered {
    let raw = &received.raw;
    let head = section(raw, 0, raw.len());
    let kind = head.find(raw, "Folkmoot-Mail");
    Delivered {
        envelope_from: received.envelope_from.clone(),
        message_id: crate::message::message_id(raw).unwrap_or_default(),
        kind: kind.map(|field| field.text_in(raw)),
        at,
        raw: raw.clone(),
    }
}
