//! What a transaction tells its members, written together: a handful of statements for
//! all of them, not one for each.

use crate::lists::home::Home;
use crate::outbox::compose::{self, Kept, Parcel};
use crate::store::invitations::{self, Invitation};
use crate::store::{self, Tx, offers};

/// Why an invitation that has not gone is taken back.
const STANDS_FOR_IT: &str = "another invitation stands for it, or none is needed";

/// Mails and what their recipients then know.
#[derive(Default)]
pub(super) struct Batch {
    mails: Vec<Kept>,
    /// What each member knows, with the place of their invitation among the mails.
    known: Vec<(Invitation, Option<usize>)>,
    /// Mails that have not gone.
    retracted: Vec<i64>,
}

impl Batch {
    /// How many are sent.
    pub(super) fn mails(&self) -> usize {
        self.mails.len()
    }

    /// A mail about what somebody has.
    pub(super) fn send(&mut self, mail: Kept) {
        self.mails.push(mail);
    }

    /// An invitation, and what it tells.
    pub(super) fn invite(&mut self, invited: Invitation, mail: Kept) {
        self.keep(invited, Some(self.mails.len()));
        self.mails.push(mail);
    }

    /// What somebody knows from now on.
    pub(super) fn note(&mut self, known: Invitation) {
        self.keep(known, None);
    }

    /// What others were told comes behind.
    pub(super) fn append(&mut self, other: Batch) {
        let behind = self.mails.len();
        let known = other.known.into_iter();
        self.known
            .extend(known.map(|(known, mail)| (known, mail.map(|at| at + behind))));
        self.mails.extend(other.mails);
        self.retracted.extend(other.retracted);
    }

    /// A member has one row: the last word counts.
    fn keep(&mut self, known: Invitation, mail: Option<usize>) {
        match self.known.last_mut() {
            Some(last) if last.0.member_id == known.member_id => *last = (known, mail),
            _ => self.known.push((known, mail)),
        }
    }

    /// Takes back the invitation that has not gone.
    pub(super) fn retract(&mut self, known: &Invitation) {
        let waits = known.mail_id.filter(|_| known.waits());
        self.retracted.extend(waits);
    }

    /// Writes all of it.
    ///
    /// # Errors
    /// Where the database refuses.
    pub(super) async fn write(self, tx: &mut Tx, home: &Home<'_>) -> store::Result<()> {
        offers::retract(tx, &self.retracted, STANDS_FOR_IT, home.now()).await?;
        let parcels: Vec<Parcel<'_>> = self.mails.iter().map(Kept::parcel).collect();
        let keys = compose::enqueue_all(tx, home.ctx, home.community, &parcels).await?;
        let known = self.known.into_iter().map(|(known, mail)| {
            let made = mail.and_then(|at| keys.get(at).copied());
            Invitation {
                mail_id: made.or(known.mail_id),
                ..known
            }
        });
        invitations::put_all(tx, &known.collect::<Vec<_>>()).await
    }
}
