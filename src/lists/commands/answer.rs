//! The one answer to a mail: a receipt for what was understood, else a clarification
//! that also says what was done.

use super::{DAY, Desk, confirmation, information};
use crate::lists::post::Outcome;
use crate::outbox::compose::{self, Letter};
use crate::store::{self, Tx, counted_answers};
use crate::templates::Phrase;
use crate::templates::mails::{Clarification, CommandHelp, Receipt};

/// Answers that somebody gets in a day from a community, where nothing proves that
/// it was they who asked: a member, who may try things, and a stranger.
const MOST_TO_MEMBER: i64 = 10;
const MOST_TO_STRANGER: i64 = 1;

/// And where something does: a machine that hides what it is answers every answer of
/// ours, and must come to an end. Nobody misunderstands more often than the second.
const MOST_TO_PROVEN: i64 = 100;
pub(in crate::lists) const MOST_EXPLANATIONS: i64 = 20;

impl Desk<'_> {
    /// The one answer, and the outcome.
    pub(super) async fn answer(
        mut self,
        tx: &mut Tx,
        read: &str,
    ) -> Result<Outcome, compose::Error> {
        if !self.asked.is_empty() {
            let outcome = confirmation::ask(tx, &self).await?;
            self.elsewhere.get_or_insert(outcome);
        }
        let said = !self.said.is_empty() || !self.told.is_empty();
        let silent = !said && self.problems.is_empty() && !self.help;
        if let (Some(outcome), true) = (&self.elsewhere, silent) {
            return Ok(outcome.clone());
        }
        if !self.may_answer(tx).await? {
            let reason = format!("{read}: answered often enough today");
            return Ok(("command", reason));
        }
        match self.problems.is_empty() && !self.help {
            true => self.receipt(tx).await?,
            false => self.clarification(tx).await?,
        }
        Ok((
            "command",
            format!("{read}: answered {}", self.speaker.address),
        ))
    }

    /// Nobody who writes in somebody's name can bomb them with answers, and no two
    /// machines answer each other for ever.
    async fn may_answer(&self, tx: &mut Tx) -> store::Result<bool> {
        let is_understood = self.problems.is_empty();
        let (kind, most) = match (self.is_proven(), self.speaker.on_list()) {
            (true, _) if is_understood => ("proven command", MOST_TO_PROVEN),
            (true, _) => ("explanation", MOST_EXPLANATIONS),
            (false, Some(_)) => ("command", MOST_TO_MEMBER),
            (false, None) => ("command", MOST_TO_STRANGER),
        };
        self.has_room(tx, kind, most).await
    }

    /// Whether they may get one more answer of that kind today, of so many; it is
    /// counted then.
    pub(super) async fn has_room(&self, tx: &mut Tx, kind: &str, most: i64) -> store::Result<bool> {
        let whom = (self.arrival.community.id, self.speaker.address.as_str());
        let now = self.ctx.now();
        counted_answers::note(tx, whom, kind, (now - DAY, now), most).await
    }

    /// Whether more than a From line says that it is they.
    pub(super) fn is_proven(&self) -> bool {
        self.speaker.strength.may_hear()
    }

    pub(super) fn letter(&self) -> Letter {
        Letter {
            to: vec![(
                self.speaker.member.as_ref().map(|member| member.id),
                self.speaker.address.clone(),
            )],
            in_reply_to: self.arrival.message.message_id.clone(),
            ..Letter::default()
        }
    }

    pub(super) fn owner_address(&self) -> String {
        format!(
            "{}-owner@{}",
            self.arrival.community.slug, self.ctx.settings.domain
        )
    }

    async fn receipt(&self, tx: &mut Tx) -> Result<(), compose::Error> {
        let mail = Receipt {
            community: self.arrival.community.name.clone(),
            done: self.said.clone(),
            told: self.told.clone(),
            undo: String::new(),
            owner_address: self.owner_address(),
            table: self.table.clone(),
        };
        let (ctx, community) = (self.ctx, self.arrival.community);
        compose::send(tx, ctx, community, &mail, &self.letter())
            .await
            .map(drop)
    }

    async fn clarification(&self, tx: &mut Tx) -> Result<(), compose::Error> {
        let mail = Clarification {
            community: self.arrival.community.name.clone(),
            read: self.unread.clone(),
            problem: self.problems.join(" "),
            done: self.said.clone(),
            told: self.told.clone(),
            table: self.table.clone(),
            examples: Vec::new(),
            commands: self.commands(),
            owner_address: self.owner_address(),
        };
        let (ctx, community) = (self.ctx, self.arrival.community);
        compose::send(tx, ctx, community, &mail, &self.letter())
            .await
            .map(drop)
    }

    /// What can be written, with an explanation each: what the mail that is answered asks
    /// for, then what every mail may say.
    fn commands(&self) -> Vec<CommandHelp> {
        let verbs = self.answered.map_or(&[][..], |entry| entry.verbs);
        // "any text" is no word that is written so.
        let is_word = |verb: &&&str| !verb.starts_with(char::is_lowercase);
        let own = verbs.iter().filter(is_word).map(|verb| CommandHelp {
            words: (*verb).to_owned(),
            explanation: self.speech(&Phrase::new("help_answered")),
        });
        let row = |(words, key): &(&str, &'static str)| CommandHelp {
            words: (*words).to_owned(),
            explanation: self.speech(&Phrase::new(key)),
        };
        own.chain(information::COMMANDS.iter().map(row)).collect()
    }
}
