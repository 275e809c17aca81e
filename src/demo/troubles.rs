//! Mail that does not arrive, mail that a machine writes, and what is written in
//! others' names.

use std::sync::Arc;

use anyhow::{Context, ensure};

use super::letter::Letter;
use super::mailboxes::Delivered;
use super::manners::Manner;
use super::play::Player;
use super::story::{self, Person, Scene};
use super::summary::counted;
use super::{report, sending};
use crate::message;
use crate::message::address::domain_of;
use crate::message::headers::section;

/// Whoever writes in others' names.
const FORGER: &str = "someone@elsewhere.example";

impl Player<'_> {
    /// Their mailbox answers one mail by itself.
    pub(super) async fn absent(&mut self, scene: &Scene<'_>, who: &Person) -> anyhow::Result<()> {
        if !scene.step.subject.is_empty() {
            return self.absent_to_ours(scene, who).await;
        }
        let mut letter = self.answer(scene, who)?;
        letter.subject = format!("Automatic reply: {}", letter.subject);
        letter.is_automatic = true;
        self.send(&letter, who).await?;
        self.ended_as(&letter.message_id, "discarded").await
    }

    /// One mail comes back.
    pub(super) async fn bounce(&mut self, scene: &Scene<'_>, who: &Person) -> anyhow::Result<()> {
        let (copy, id) = (self.copy(scene, who)?, self.message_id(scene, who));
        let report = report::report(&id, scene.at, (&copy, &who.address), report::FULL);
        sending::deliver(&self.demo.lmtp, "", &copy.envelope_from, &report).await?;
        self.settled().await?;
        self.ended_as(&id, "bounce").await
    }

    pub(super) fn breaks(&mut self, who: &Person) -> anyhow::Result<()> {
        self.audience.loses(&who.address);
        self.mailboxes().behave(&who.address, Some(Manner::Refuses));
        let today = story::day_before(self.ctx().now());
        self.tell(format!("{}: mail to them fails from {today} on", who.name));
        Ok(())
    }

    pub(super) fn returns(&mut self, who: &Person) -> anyhow::Result<()> {
        self.audience.loses(&who.address);
        self.mailboxes().behave(&who.address, Some(Manner::Returns));
        Ok(())
    }

    /// By now nothing goes there any more, and the facilitator knows.
    pub(super) async fn works(&mut self, who: &Person) -> anyhow::Result<()> {
        self.mailboxes().behave(&who.address, None);
        let member = self.member(who).await?.context("a member is gone")?;
        ensure!(member.state == "bouncing", "they are {}", member.state);
        let runs_it = self.facilitator()?;
        let mail = self
            .mailboxes()
            .latest(&runs_it.address, "delivery-trouble");
        let mail = mail.with_context(|| format!("{} was told nothing", runs_it.name))?;
        let named = message::parse(&mail.raw).text.contains(&who.address);
        ensure!(named, "{} was told of somebody else", runs_it.name);
        let (name, day) = (&runs_it.name, story::day_before(mail.at));
        self.tell(format!("{}: {name} was told on {day}", who.name));
        Ok(())
    }

    pub(super) async fn back(&mut self, scene: &Scene<'_>, who: &Person) -> anyhow::Result<()> {
        let letter = self.answer_to_ours(scene, who, "delivery-warning")?;
        self.written_and_answered(&letter, who, &who.address, "receipt")
            .await?;
        let member = self.member(who).await?;
        let is_back = member.is_some_and(|member| member.receives_each());
        ensure!(is_back, "{} replied, and gets no posts", who.name);
        self.audience.reaches(&who.address, self.ctx().now());
        let today = story::day_before(self.ctx().now());
        self.tell(format!(
            "{}: posts reach them again since {today}",
            who.name
        ));
        Ok(())
    }

    pub(super) fn away(&mut self, scene: &Scene<'_>, who: &Person) -> anyhow::Result<()> {
        let manner = Manner::Answers {
            text: scene.step.text.clone(),
            until: story::midnight_after(scene.at, scene.step.days),
        };
        self.mailboxes().behave(&who.address, Some(manner));
        Ok(())
    }

    /// The member is asked, and nothing else happens.
    pub(super) async fn forge(&mut self, scene: &Scene<'_>, who: &Person) -> anyhow::Result<()> {
        let letter = Letter {
            to: self.address("-request"),
            subject: scene.step.subject.clone(),
            ..self.letter(scene, who)
        };
        let (mails, asked) = (self.mailboxes().total(), self.asked(who));
        let before = self.member(who).await?.context("a member is gone")?;
        sending::deliver(&self.demo.lmtp, FORGER, &letter.to, &letter.write(who)?).await?;
        self.settled().await?;
        let after = self.member(who).await?.context("a member is gone")?;
        let chosen = (before.state, before.delivery) == (after.state, after.delivery);
        ensure!(chosen, "who writes in {}’s name gets it done", who.name);
        let more = self.mailboxes().total() - mails;
        let is_asked = self.asked(who) == asked + 1;
        ensure!(more == 1 && is_asked, "it led to {more} mails");
        let words = scene.step.text.trim();
        let line = format!(
            "{}: asked about “{words}”, which somebody else wrote",
            who.name
        );
        self.tell(line);
        Ok(())
    }

    fn asked(&self, who: &Person) -> usize {
        let mails = self.mailboxes().of(&who.address);
        let questions = mails.iter();
        questions
            .filter(|mail| mail.kind.as_deref() == Some("confirm"))
            .count()
    }

    /// Others got this post from the list, in its author's name, where the author's
    /// domain is refused from anybody else.
    pub(super) fn left_under_a_name(&mut self, who: &Person, id: &str) -> anyhow::Result<()> {
        let refused = &self.ctx().settings.authentication.refused_domains;
        if !refused.iter().any(|one| one == domain_of(&who.address)) {
            return Ok(());
        }
        let people = self.demo.story.people.iter();
        let mut others = people.filter(|other| other.address != who.address);
        let copy = others.find_map(|other| self.mailboxes().copy(&other.address, id));
        let read = message::parse(&copy.context("nobody got it")?.raw);
        let from = read.from.first().context("it is from nobody")?;
        let name = from.name.clone().unwrap_or_default();
        let is_lists = from.address == self.address("") && name.starts_with(&who.name);
        ensure!(is_lists, "it left as {name} <{}>", from.address);
        *self.renamed.entry(name).or_default() += 1;
        Ok(())
    }

    /// What is told at the end.
    pub(super) fn tell_of_troubles(&mut self, all: &[(String, Arc<Delivered>)]) {
        let answers = std::mem::take(&mut self.machines.answers);
        for (name, count) in answers {
            let answers = counted(count, "automatic answer");
            self.tell(format!("{name}: {answers}, which nobody got"));
        }
        for (name, count) in std::mem::take(&mut self.renamed) {
            let posts = counted(count, "post");
            self.tell(format!("{name}: {posts} under this name, from the list"));
        }
        let domain = self.ctx().settings.domain.clone();
        let bare = all
            .iter()
            .filter(|(_, mail)| !is_signed(&mail.raw, &domain));
        match bare.count() {
            0 => self.tell(format!("every mail is signed by {domain}")),
            n => self
                .tally
                .wrong
                .push(format!("{} unsigned", counted(n as u64, "mail"))),
        }
    }

    fn tell(&mut self, line: String) {
        self.tally.told.push(line);
    }
}

fn is_signed(raw: &[u8], domain: &str) -> bool {
    let head = section(raw, 0, raw.len());
    let field = head.find(raw, "DKIM-Signature");
    field.is_some_and(|field| field.text_in(raw).contains(&format!("d={domain};")))
}
