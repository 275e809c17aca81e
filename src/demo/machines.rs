//! What servers and mail programs send by themselves because a mail came.

use std::collections::BTreeMap;

use anyhow::{Context, ensure};

use super::letter::Letter;
use super::manners::Reaction;
use super::play::Player;
use super::story::Person;
use super::{report, sending};
use crate::message::address::domain_of;
use crate::message::{self, Mail};

/// How much they have sent.
#[derive(Debug, Default)]
pub(super) struct Machines {
    /// All, which numbers them.
    sent: u64,
    /// Automatic answers, by the name of whose mailbox sent them.
    pub(super) answers: BTreeMap<String, u64>,
}

impl Player<'_> {
    /// Sends all that is due by now.
    pub(super) async fn react(&mut self) {
        while let Some(reaction) = self.mailboxes().reaction() {
            let done = match &reaction.text {
                Some(text) => self.answers_by_itself(&reaction, text).await,
                None => self.comes_back(&reaction).await,
            };
            if let Err(error) = done {
                let what = format!("what {} brought about: {error:#}", reaction.mail.message_id);
                self.tally.wrong.push(what);
            }
        }
    }

    /// The mail comes back to the address that belongs to this one delivery.
    async fn comes_back(&mut self, reaction: &Reaction) -> anyhow::Result<()> {
        let Reaction {
            due, address, mail, ..
        } = reaction;
        let id = self.next_id(address);
        let report = report::report(&id, *due, (mail, address), report::UNKNOWN);
        sending::deliver(&self.demo.lmtp, "", &mail.envelope_from, &report).await?;
        self.settled().await?;
        self.ended_as(&id, "bounce").await
    }

    /// The mailbox answers, and nobody gets a mail of it.
    async fn answers_by_itself(&mut self, reaction: &Reaction, text: &str) -> anyhow::Result<()> {
        let mut people = self.demo.story.people.iter();
        let who = people.find(|person| person.address == reaction.address);
        let who = who.context("nobody has that mailbox")?;
        let id = self.next_id(&who.address);
        let (letter, sender) = self.automatic(reaction, who, (&id, text))?;
        let before = self.mailboxes().total();
        sending::deliver(&self.demo.lmtp, &sender, &letter.to, &letter.write(who)?).await?;
        self.settled().await?;
        let more = self.mailboxes().total() - before;
        ensure!(more == 0, "an automatic answer led to {more} mails");
        *self.machines.answers.entry(who.name.clone()).or_default() += 1;
        self.ended_as(&id, "discarded").await
    }

    /// Every second one goes where RFC 3834 wants it, to the reverse path, and says what
    /// it is; the others go where a person's answer would go, and are told by their
    /// words. Each with its envelope sender.
    fn automatic<'b>(
        &self,
        reaction: &Reaction,
        who: &Person,
        (id, text): (&str, &str),
    ) -> anyhow::Result<(Letter<'b>, String)> {
        let read = message::parse(&reaction.mail.raw);
        let is_automatic = self.machines.sent.is_multiple_of(2);
        let (to, sender) = match is_automatic {
            true => (reaction.mail.envelope_from.clone(), String::new()),
            false => (reply_address(&read)?, who.address.clone()),
        };
        let letter = Letter {
            to,
            message_id: id.to_owned(),
            at: reaction.due,
            subject: format!("Automatische Antwort: {}", read.subject),
            text: text.to_owned(),
            references: vec![reaction.mail.message_id.clone()],
            is_automatic,
            ..Letter::default()
        };
        Ok((letter, sender))
    }

    fn next_id(&mut self, address: &str) -> String {
        self.machines.sent += 1;
        format!("machine.{}@{}", self.machines.sent, domain_of(address))
    }
}

fn reply_address(read: &Mail) -> anyhow::Result<String> {
    let to = read.reply_to.first().or(read.from.first());
    let to = to.context("the mail says not where a reply goes")?;
    Ok(to.address.clone())
}
