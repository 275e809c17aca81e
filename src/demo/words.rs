//! What simulated people do with words: they choose how mail comes, invite, decide,
//! and answer what a digest brought, all by mail.

use anyhow::Context;

use super::deeds::{answering, quoted};
use super::letter::Letter;
use super::play::Player;
use super::story::{self, Person, Scene};
use crate::message::{self, words};

impl Player<'_> {
    /// Words to the robot. A From line proves nothing, so whoever wrote is asked back.
    pub(super) async fn words(&mut self, scene: &Scene<'_>, who: &Person) -> anyhow::Result<()> {
        let letter = Letter {
            to: self.address("-request"),
            subject: scene.step.subject.clone(),
            ..self.letter(scene, who)
        };
        self.written_and_answered(&letter, who, &who.address, "confirm")
            .await?;
        self.meant_it(scene, who).await?;
        self.chose(scene, who);
        Ok(())
    }

    /// Words in a reply to a mail of ours act at once.
    pub(super) async fn answer_ours(
        &mut self,
        scene: &Scene<'_>,
        who: &Person,
    ) -> anyhow::Result<()> {
        let letter = self.answer_to_ours(scene, who, &scene.step.subject)?;
        self.written_and_answered(&letter, who, &who.address, "receipt")
            .await?;
        self.chose(scene, who);
        Ok(())
    }

    /// A reply to the list that is nothing but the word goes to nobody.
    pub(super) async fn mute(&mut self, scene: &Scene<'_>, who: &Person) -> anyhow::Result<()> {
        let letter = self.answer(scene, who)?;
        self.written_and_answered(&letter, who, &who.address, "confirm")
            .await?;
        self.meant_it(scene, who).await?;
        self.audience.mutes(&scene.thread.id, &who.address);
        Ok(())
    }

    /// Names the thread by its number in the digest; everybody gets it as a post.
    pub(super) async fn answer_digest(
        &mut self,
        scene: &Scene<'_>,
        who: &Person,
    ) -> anyhow::Result<()> {
        let mut letter = self.answer_to_ours(scene, who, "digest")?;
        let asked = scene.thread.steps.first().context("an empty thread")?;
        let number = number_of(&letter.text, &words::bare_subject(&asked.subject));
        let number = number.context("the digest does not bring the thread")?;
        letter.text = format!("Re {number}: {}", letter.text.trim_start());
        self.send(&letter, who).await?;
        self.goes_out(&scene.thread.id, &letter.message_id);
        self.audience.answer(&scene.thread.id, &letter.message_id);
        Ok(())
    }

    /// Any reply that is no refusal accepts an invitation.
    pub(super) async fn take(&mut self, scene: &Scene<'_>, who: &Person) -> anyhow::Result<()> {
        let letter = self.answer_to_ours(scene, who, "list-invitation")?;
        self.written_and_answered(&letter, who, &who.address, "welcome")
            .await?;
        self.has_joined(who).await
    }

    /// A reply to the latest mail of ours of that name, with what was read below it.
    pub(super) fn answer_to_ours<'b>(
        &mut self,
        scene: &Scene<'b>,
        who: &Person,
        kind: &str,
    ) -> anyhow::Result<Letter<'b>> {
        let mail = self.mailboxes().latest(&who.address, kind);
        let mail = mail.with_context(|| format!("{} has no {kind} to reply to", who.name))?;
        let read = message::parse(&mail.raw);
        let letter = self.letter(scene, who);
        let text = format!("{}\n\n{}", letter.text, quoted(&read));
        answering(Letter { text, ..letter }, &read)
    }

    async fn meant_it(&mut self, scene: &Scene<'_>, who: &Person) -> anyhow::Result<()> {
        let letter = self.answer_to_ours(scene, who, "confirm")?;
        let letter = Letter {
            message_id: format!("yes.{}", letter.message_id),
            text: "Yes, that was me.".to_owned(),
            html: None,
            ..letter
        };
        self.written_and_answered(&letter, who, &who.address, "receipt")
            .await
    }

    /// What the words should change in who gets posts one by one.
    fn chose(&mut self, scene: &Scene<'_>, who: &Person) {
        let first = scene.step.text.trim().lines().next().unwrap_or_default();
        let from = match first.split(' ').collect::<Vec<_>>()[..] {
            ["pause", _] => story::midnight_after(scene.at, scene.step.days),
            ["set", "each"] => self.ctx().now(),
            ["set", _] => i64::MAX,
            _ => return,
        };
        self.audience.reaches(&who.address, from);
    }
}

/// The number of that title in a digest, as it is quoted.
fn number_of(quoted: &str, title: &str) -> Option<u32> {
    let lines = quoted.lines().map(|line| line.trim_start_matches("> "));
    let mut titles = lines.filter_map(|line| line.split_once(". "));
    let (number, _) =
        titles.find(|(number, found)| number.parse::<u32>().is_ok() && found.trim() == title)?;
    number.parse().ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_title_has_its_number() {
        let digest = "Short\n\nOn Thursday, somebody wrote:\n> 1. Seals\n>    Bo\n> 2. Noise";
        assert_eq!(number_of(digest, "Noise"), Some(2));
        assert_eq!(number_of(digest, "Nothing"), None);
    }
}
