//! `page` and `desk`: a link, mailed to the registered address only.

use super::Desk;
use crate::lists::home::Home;
use crate::lists::personal_link::{self, Kind};
use crate::outbox::compose;
use crate::store::{Tx, members};

/// So many links a day go to one address: where nothing proves that its owner asks,
/// and where something does.
const MOST_UNPROVEN: usize = 3;
const MOST_PROVEN: usize = 20;

impl Desk<'_> {
    /// Mails a link to one's own page, also to who is a member elsewhere only, or
    /// was one: what is kept of them is theirs to see.
    pub(super) async fn page(&mut self, tx: &mut Tx) -> Result<(), compose::Error> {
        let all = members::of_address(tx, &self.speaker.address).await?;
        if all.is_empty() {
            self.problem("members_only");
            return Ok(());
        }
        self.link(tx, Kind::Me).await
    }

    /// Mails a link to the community's desk.
    pub(super) async fn desk(&mut self, tx: &mut Tx) -> Result<(), compose::Error> {
        if !self.speaker.on_list().is_some_and(personal_link::has_desk) {
            self.problem("no_desk");
            return Ok(());
        }
        self.link(tx, Kind::Desk).await
    }

    async fn link(&mut self, tx: &mut Tx, kind: Kind) -> Result<(), compose::Error> {
        let home = Home::of(self.ctx, self.arrival);
        let is_proven = self.speaker.strength.may_change();
        let most = if is_proven {
            MOST_PROVEN
        } else {
            MOST_UNPROVEN
        };
        let address = self.speaker.address.clone();
        let member = self.speaker.member.as_ref().map(|member| member.id);
        let answers = &self.arrival.message.message_id;
        let to = (member, address.as_str());
        if personal_link::send(tx, &home, kind, to, answers, most).await? {
            let reason = format!("sent {address} a link: {}", kind.name());
            self.elsewhere = Some(("command", reason));
            return Ok(());
        }
        // Who is bombed by somebody else is not written to once more.
        match is_proven {
            true => self.problem("link_sent_enough"),
            false => {
                let reason = format!("{address} was sent enough links today");
                self.elsewhere.get_or_insert(("discarded", reason));
            }
        }
        Ok(())
    }
}
