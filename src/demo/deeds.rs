//! What simulated people do: each deed goes in where a real one would, and is
//! checked by what comes out.

use std::sync::Arc;

use anyhow::{Context, bail, ensure};

use super::letter::Letter;
use super::mailboxes::Delivered;
use super::play::Player;
use super::story::{Deed, Person, Role, Scene};
use super::{oneclick, sending};
use crate::message::{self, Mail};
use crate::store::members::{self, Member};
use crate::store::{held, intake};

impl Player<'_> {
    /// Does what a scene says.
    pub(super) async fn act(&mut self, scene: &Scene<'_>) -> anyhow::Result<()> {
        let who = self.demo.story.person(&scene.step.by);
        let who = who.context("the story names somebody who is not in it")?;
        match scene.step.does {
            Deed::Post => self.post(scene, who).await,
            Deed::Reply => self.reply(scene, who).await,
            Deed::Absent => self.absent(scene, who).await,
            Deed::Bounce => self.bounce(scene, who).await,
            Deed::Accept => self.accept(scene, who).await,
            Deed::Join => self.ask(scene, who, "join").await,
            Deed::Leave => self.ask(scene, who, "leave").await,
            Deed::Confirm => self.confirm(scene, who).await,
            Deed::Press => self.press(scene, who).await,
            Deed::Owner => self.owner(scene, who).await,
            Deed::Request => self.request(scene, who).await,
            Deed::Words => self.words(scene, who).await,
            Deed::Answer => self.answer_ours(scene, who).await,
            Deed::Inline => self.inline(scene, who).await,
            Deed::Form => self.form(scene, who).await,
            Deed::Mute => self.mute(scene, who).await,
            Deed::Digest => self.answer_digest(scene, who).await,
            Deed::Take => self.take(scene, who).await,
            Deed::Breaks => self.breaks(who),
            Deed::Returns => self.returns(who),
            Deed::Works => self.works(who).await,
            Deed::Back => self.back(scene, who).await,
            Deed::Away => self.away(scene, who),
            Deed::Forge => self.forge(scene, who).await,
            Deed::Accepts => self.rsvp(scene, who, "ACCEPTED").await,
            Deed::Declines => self.rsvp(scene, who, "DECLINED").await,
            Deed::Hesitates => self.rsvp(scene, who, "TENTATIVE").await,
            Deed::Proposes => self.proposes(scene, who).await,
        }
    }

    async fn post(&mut self, scene: &Scene<'_>, who: &Person) -> anyhow::Result<()> {
        let subject = scene.step.subject.clone();
        let letter = Letter {
            to: self.address(""),
            subject,
            ..self.letter(scene, who)
        };
        self.send(&letter, who).await?;
        if self.audience.has(&who.address) {
            self.goes_out(&scene.thread.id, &letter.message_id);
            return self.left_under_a_name(who, &letter.message_id);
        }
        let mut tx = self.ctx().read().await?;
        let waiting = held::list(&mut tx, self.demo.community.id).await?;
        let is_held = waiting
            .iter()
            .any(|post| post.message_id == letter.message_id);
        ensure!(is_held, "the post of a stranger is not held");
        self.tally.held += 1;
        Ok(())
    }

    /// Answers what stands in the answerer's own mailbox, as a mail program does:
    /// to Reply-To, with what was read below it.
    async fn reply(&mut self, scene: &Scene<'_>, who: &Person) -> anyhow::Result<()> {
        let mut letter = self.answer(scene, who)?;
        let read = message::parse(&self.copy(scene, who)?.raw);
        letter.text = format!("{}\n\n{}", letter.text, quoted(&read));
        self.send(&letter, who).await?;
        self.goes_out(&scene.thread.id, &letter.message_id);
        self.audience.answer(&scene.thread.id, &letter.message_id);
        self.left_under_a_name(who, &letter.message_id)
    }

    /// Replies to the mail about the post that waits.
    async fn accept(&mut self, scene: &Scene<'_>, who: &Person) -> anyhow::Result<()> {
        let id = self.about(scene)?;
        let letter = self.answer_to_ours(scene, who, "moderation")?;
        self.send(&letter, who).await?;
        let mut tx = self.ctx().read().await?;
        let waiting = held::list(&mut tx, self.demo.community.id).await?;
        let is_held = waiting.iter().any(|post| post.message_id == id);
        ensure!(!is_held, "the post was accepted, and is held");
        let step = scene.thread.steps.get(scene.step.answers.saturating_sub(1));
        let author = step.and_then(|step| self.demo.story.person(&step.by));
        let author = author.context("nobody wrote the post to be accepted")?;
        self.goes_out(&scene.thread.id, &id);
        if !self.audience.has(&author.address) {
            self.audience.lets_in(&scene.thread.id, &author.address);
        }
        Ok(())
    }

    async fn ask(&mut self, scene: &Scene<'_>, who: &Person, verb: &str) -> anyhow::Result<()> {
        let to = self.address(&format!("-{verb}"));
        let letter = Letter {
            to,
            subject: verb.to_owned(),
            ..self.letter(scene, who)
        };
        self.written_and_answered(&letter, who, &who.address, "confirm")
            .await
    }

    async fn confirm(&mut self, scene: &Scene<'_>, who: &Person) -> anyhow::Result<()> {
        let letter = self.answer_to_ours(scene, who, "confirm")?;
        let leaves = self.audience.has(&who.address);
        let answer = if leaves { "goodbye" } else { "welcome" };
        self.written_and_answered(&letter, who, &who.address, answer)
            .await?;
        match leaves {
            true => self.has_left(who).await,
            false => self.has_joined(who).await,
        }
    }

    async fn press(&mut self, scene: &Scene<'_>, who: &Person) -> anyhow::Result<()> {
        let copy = self.copy(scene, who)?;
        oneclick::press(&self.ctx().settings.base_url, &copy.raw).await?;
        self.has_left(who).await
    }

    async fn owner(&mut self, scene: &Scene<'_>, who: &Person) -> anyhow::Result<()> {
        let (to, subject) = (self.address("-owner"), scene.step.subject.clone());
        let letter = Letter {
            to,
            subject,
            ..self.letter(scene, who)
        };
        let reader = self.facilitator()?.address.clone();
        self.written_and_answered(&letter, who, &reader, "person-message")
            .await
    }

    async fn request(&mut self, scene: &Scene<'_>, who: &Person) -> anyhow::Result<()> {
        let (to, subject) = (self.address("-request"), scene.step.subject.clone());
        let letter = Letter {
            to,
            subject,
            ..self.letter(scene, who)
        };
        self.written_and_answered(&letter, who, &who.address, "clarification")
            .await
    }

    pub(super) async fn has_joined(&mut self, who: &Person) -> anyhow::Result<()> {
        let member = self.member(who).await?;
        let belongs = member.is_some_and(|member| member.receives_each());
        ensure!(belongs, "{} confirmed, and is not a member", who.name);
        self.audience.reaches(&who.address, self.ctx().now());
        self.tally.joined += 1;
        Ok(())
    }

    async fn has_left(&mut self, who: &Person) -> anyhow::Result<()> {
        let member = self.member(who).await?;
        let belongs = member.is_some_and(|member| member.on_list());
        ensure!(!belongs, "{} has left, and is still a member", who.name);
        self.audience.loses(&who.address);
        self.tally.left += 1;
        Ok(())
    }

    pub(super) fn facilitator(&self) -> anyhow::Result<&Person> {
        let mut people = self.demo.story.people.iter();
        let found = people.find(|person| person.role == Role::Facilitator);
        found.context("the story has no facilitator")
    }

    pub(super) async fn member(&self, who: &Person) -> anyhow::Result<Option<Member>> {
        let mut tx = self.ctx().read().await?;
        Ok(members::by_address(&mut tx, self.demo.community.id, &who.address).await?)
    }

    /// Sends, and makes sure that `reader` then has one more mail of this kind.
    pub(super) async fn written_and_answered(
        &mut self,
        letter: &Letter<'_>,
        who: &Person,
        reader: &str,
        kind: &str,
    ) -> anyhow::Result<()> {
        let before = self.mailboxes().of(reader).len();
        self.send(letter, who).await?;
        let after = self.mailboxes().of(reader);
        let mut new = after.iter().skip(before);
        let came = new.any(|mail| mail.kind.as_deref() == Some(kind));
        ensure!(came, "no {kind} came to {reader}");
        Ok(())
    }

    pub(super) async fn send(&self, letter: &Letter<'_>, who: &Person) -> anyhow::Result<()> {
        let mail = letter.write(who)?;
        sending::deliver(&self.demo.lmtp, &who.address, &letter.to, &mail).await?;
        self.settled().await
    }

    /// Everybody who belongs to it now must get this.
    pub(super) fn goes_out(&mut self, thread: &str, message_id: &str) {
        self.audience.post(thread, message_id, self.ctx().now());
        self.tally.posts += 1;
    }

    /// Makes sure that a message came to this end.
    pub(super) async fn ended_as(&self, message_id: &str, outcome: &str) -> anyhow::Result<()> {
        let mut tx = self.ctx().read().await?;
        let found = intake::by_message_id(&mut tx, message_id).await?;
        match found.first() {
            Some((_, row)) if row.outcome == outcome => Ok(()),
            Some((_, row)) => bail!("it ended as {:?}, not {outcome:?}", row.outcome),
            None => bail!("it was taken, but is not there"),
        }
    }

    /// A new mail about this scene, remembered for those who answer it.
    pub(super) fn letter<'b>(&mut self, scene: &Scene<'b>, who: &Person) -> Letter<'b> {
        let message_id = self.message_id(scene, who);
        let key = (scene.thread.id.clone(), scene.number);
        self.written
            .retain(|(thread, number, _)| (thread, number) != (&key.0, &key.1));
        self.written.push((key.0, key.1, message_id.clone()));
        Letter {
            message_id,
            at: scene.at,
            text: scene.step.text.clone(),
            html: scene.step.html.as_deref(),
            attachment: scene.step.attachment.as_ref(),
            ..Letter::default()
        }
    }

    pub(super) fn answer<'b>(
        &mut self,
        scene: &Scene<'b>,
        who: &Person,
    ) -> anyhow::Result<Letter<'b>> {
        let read = message::parse(&self.copy(scene, who)?.raw);
        answering(self.letter(scene, who), &read)
    }

    pub(super) fn message_id(&self, scene: &Scene<'_>, who: &Person) -> String {
        let domain = message::address::domain_of(&who.address);
        format!(
            "{}.{}.w{}@{domain}",
            scene.thread.id, scene.number, scene.week
        )
    }

    /// The Message-ID of what a scene answers.
    fn about(&self, scene: &Scene<'_>) -> anyhow::Result<String> {
        let (thread, number) = (&scene.thread.id, scene.step.answers);
        let mut written = self.written.iter();
        let found = written.find(|(id, n, _)| (id, *n) == (thread, number));
        let (_, _, id) = found.context("what this is about was never written")?;
        Ok(id.clone())
    }

    /// The person's own copy of what a scene answers.
    pub(super) fn copy(&self, scene: &Scene<'_>, who: &Person) -> anyhow::Result<Arc<Delivered>> {
        let id = self.about(scene)?;
        let copy = self.mailboxes().copy(&who.address, &id);
        copy.with_context(|| format!("{} has no copy of {id}", who.name))
    }

    pub(super) fn address(&self, suffix: &str) -> String {
        let domain = &self.ctx().settings.domain;
        format!("{}{suffix}@{domain}", self.demo.community.slug)
    }
}

/// The letter as an answer to what was read.
pub(super) fn answering<'b>(letter: Letter<'b>, read: &Mail) -> anyhow::Result<Letter<'b>> {
    let to = read.reply_to.first().or(read.from.first());
    let to = to.context("the mail says not where a reply goes")?;
    let mut references = read.references.clone();
    references.extend(read.message_id.clone());
    let subject = match read.subject.to_lowercase().starts_with("re:") {
        true => read.subject.clone(),
        false => format!("Re: {}", read.subject),
    };
    Ok(Letter {
        to: to.address.clone(),
        subject,
        references,
        ..letter
    })
}

/// What was read, as mail programs quote it.
pub(super) fn quoted(read: &Mail) -> String {
    let author = read.from.first();
    let name = author.map(|author| author.name.as_ref().unwrap_or(&author.address));
    let name = name.map_or("somebody", String::as_str);
    let date = read.date.unwrap_or_default().format("%-d %B %Y at %H:%M");
    let lines = read.visible_text.trim().lines();
    let lines: Vec<_> = lines
        .map(|line| format!("> {line}").trim_end().to_owned())
        .collect();
    format!("On {date}, {name} wrote:\n{}", lines.join("\n"))
}
