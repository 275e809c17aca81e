//! What simulated people answer to surveys, in the shapes in which people do.

use anyhow::{Context, ensure};

use super::browser;
use super::play::Player;
use super::story::{Person, Scene};
use crate::message;

impl Player<'_> {
    /// Writes each digit of the step's text below its question, where the mail is quoted.
    pub(super) async fn inline(&mut self, scene: &Scene<'_>, who: &Person) -> anyhow::Result<()> {
        let mut letter = self.answer_to_ours(scene, who, &scene.step.subject)?;
        let digits: Vec<&str> = scene.step.text.split_whitespace().collect();
        let quote = letter.text.split_once("\n\n").map(|(_, quote)| quote);
        letter.text = interleaved(quote.unwrap_or_default(), &digits);
        self.written_and_answered(&letter, who, &who.address, "receipt")
            .await
    }

    /// Opens the page that the latest mail of that name links to, and sends its form.
    pub(super) async fn form(&mut self, scene: &Scene<'_>, who: &Person) -> anyhow::Result<()> {
        let mail = self.mailboxes().latest(&who.address, &scene.step.subject);
        let mail = mail.with_context(|| format!("{} was not asked", who.name))?;
        let base = self.ctx().settings.base_url.clone();
        let text = message::parse(&mail.raw).text;
        let link = link(&text, &format!("{base}/r/")).context("the mail links to no page")?;
        let page = browser::get(&base, link).await?;
        ensure!(page.contains("<form"), "the page has no form");
        let digits = scene.step.text.split_whitespace().enumerate();
        let fields: Vec<_> = digits
            .map(|(at, digit)| format!("q{}={digit}", at + 1))
            .collect();
        let done = browser::post(&base, link, &fields.join("&")).await?;
        ensure!(
            done.contains(scene.step.text.trim()),
            "the page restates something else"
        );
        Ok(())
    }

    /// Their mailbox answers a mail of ours by itself, and nobody gets a mail of it.
    pub(super) async fn absent_to_ours(
        &mut self,
        scene: &Scene<'_>,
        who: &Person,
    ) -> anyhow::Result<()> {
        let mut letter = self.answer_to_ours(scene, who, &scene.step.subject)?;
        letter.subject = format!("Automatic reply: {}", letter.subject);
        letter.text.clone_from(&scene.step.text);
        letter.is_automatic = true;
        let before = self.mailboxes().total();
        self.send(&letter, who).await?;
        let more = self.mailboxes().total() - before;
        ensure!(more == 0, "an automatic answer led to {more} mails");
        *self.machines.answers.entry(who.name.clone()).or_default() += 1;
        Ok(())
    }
}

/// The first link of a text that begins so.
fn link<'t>(text: &'t str, start: &str) -> Option<&'t str> {
    let from = text.get(text.find(start)?..)?;
    from.split(|c: char| c.is_whitespace() || c == '>').next()
}

/// A quote with an answer below each numbered line.
fn interleaved(quote: &str, digits: &[&str]) -> String {
    let mut out = String::new();
    let mut next = digits.iter().zip(1..).peekable();
    for line in quote.lines() {
        out.push_str(line);
        out.push('\n');
        let words = line.trim_start_matches(['>', ' ']);
        let is_next = |(_, number): &(&&str, usize)| words.starts_with(&format!("{number} "));
        if let Some((digit, _)) = next.next_if(is_next) {
            out.push_str(digit);
            out.push('\n');
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_digit_stands_below_its_question() {
        let quote = "Ann wrote:\n> Hello\n>   1 Do you?\n>   2 Did you?\n> Thanks";
        let expected = "Ann wrote:\n> Hello\n>   1 Do you?\n4\n>   2 Did you?\n5\n> Thanks\n";
        assert_eq!(interleaved(quote, &["4", "5"]), expected);
    }

    #[test]
    fn a_link_ends_where_a_word_does() {
        let text = "Or here:\n  http://h.example/r/abc-1\nThanks";
        assert_eq!(
            link(text, "http://h.example/r/"),
            Some("http://h.example/r/abc-1")
        );
        assert_eq!(link(text, "http://i.example/"), None);
    }
}
