//! Commands in a mail: at `-request`, at the sub-addresses, and in a reply to any
//! mail of ours. What changes something needs more than a From line; whatever a
//! mail asks for, its author gets one answer.

mod answer;
pub mod canonical;
pub mod change;
pub mod confirmation;
mod information;
mod link;
pub mod programme;
pub mod settings;

pub(super) use answer::MOST_EXPLANATIONS;
use chrono_tz::Tz;

use self::programme::Who;
use super::home::Home;
use super::post::{Arrival, Outcome};
use super::roles::{self, Act};
use super::speaker::Speaker;
use super::{addresses, agreement, choices, joining, leaving, membership, muting, threading};
use crate::context::Context;
use crate::identity::Strength;
use crate::message::words::{self, Word};
use crate::outbox::catalogue::{self, Class, Entry};
use crate::outbox::compose;
use crate::sessions::commands::{self as session_words, Said};
use crate::store::members::Member;
use crate::store::{self, Tx, posts};
use crate::summaries::asks;
use crate::surveys::poll;
use crate::templates::Phrase;
use crate::templates::mails::{Setting, Told};

const DAY: i64 = 86_400_000;

/// Nobody gets all that is kept of them more often in a day: it may be large.
const MOST_EXPORTS: i64 = 3;

/// All that is done for one mail, and what its answer will say.
struct Desk<'a> {
    ctx: &'a Context,
    arrival: &'a Arrival<'a>,
    speaker: Speaker,
    /// The thread that `mute` and `follow` are about.
    thread: Option<i64>,
    /// The mail of ours that is answered, if it is one.
    answered: Option<&'static Entry>,
    /// What was done, a sentence each.
    said: Vec<String>,
    /// What was asked for, each with its heading.
    told: Vec<Told>,
    /// The settings, where they have changed.
    table: Vec<Setting>,
    /// What could not be done, a sentence each.
    problems: Vec<String>,
    /// What was read where nothing was understood.
    unread: String,
    /// What waits for a confirmation.
    asked: Vec<Word>,
    /// The lines below an invitation, for whom it invites.
    message: String,
    /// Whether all commands are to be explained.
    help: bool,
    /// What was done elsewhere, with a mail of its own.
    elsewhere: Option<Outcome>,
}

/// Does what a mail asks for. `thread` is the thread that `mute` and `follow` are
/// about, where the mail belongs to one.
///
/// # Errors
/// Where the database refuses or an answer cannot be composed.
pub async fn run(
    tx: &mut Tx,
    ctx: &Context,
    arrival: &Arrival<'_>,
    speaker: &Speaker,
    thread: Option<i64>,
) -> Result<Outcome, compose::Error> {
    perform(
        tx,
        ctx,
        arrival,
        speaker,
        thread,
        words::commands(arrival.mail),
    )
    .await
}

/// Does what a reply to a mail of ours asks for; to several, where they came as one. A
/// bare `stop` means mails of these kinds, where they can be stopped.
///
/// # Errors
/// Where the database refuses or an answer cannot be composed.
pub async fn in_reply(
    tx: &mut Tx,
    ctx: &Context,
    arrival: &Arrival<'_>,
    speaker: &Speaker,
    answered: &[&str],
) -> Result<Outcome, compose::Error> {
    let can_stop = |entry: &&Entry| entry.name == "digest" || !entry.is_transactional();
    let entries = || answered.iter().filter_map(|name| catalogue::by_name(name));
    let kinds: Vec<_> = entries().filter(can_stop).map(|entry| entry.name).collect();
    let named = |word| match word {
        Word::Stop(None) if !kinds.is_empty() => kinds
            .iter()
            .map(|name| Word::Stop(Some((*name).to_owned())))
            .collect(),
        other => vec![other],
    };
    let asked = words::commands(arrival.mail);
    let asked = asked.into_iter().flat_map(named).collect();
    let answered = entries().next();
    work(tx, ctx, arrival, speaker, (None, answered), asked).await
}

/// Does what these words ask for.
///
/// # Errors
/// Where the database refuses or an answer cannot be composed.
pub async fn perform(
    tx: &mut Tx,
    ctx: &Context,
    arrival: &Arrival<'_>,
    speaker: &Speaker,
    thread: Option<i64>,
    words: Vec<Word>,
) -> Result<Outcome, compose::Error> {
    work(tx, ctx, arrival, speaker, (thread, None), words).await
}

/// Does what these words ask for, about a thread or in answer to a mail of ours.
async fn work(
    tx: &mut Tx,
    ctx: &Context,
    arrival: &Arrival<'_>,
    speaker: &Speaker,
    (thread, answered): (Option<i64>, Option<&'static Entry>),
    words: Vec<Word>,
) -> Result<Outcome, compose::Error> {
    let thread = match thread {
        Some(thread) => Some(thread),
        None => choices::thread_of(tx, arrival.community.id, arrival.mail).await?,
    };
    let mut desk = Desk {
        ctx,
        arrival,
        speaker: speaker.clone(),
        thread,
        answered,
        said: Vec::new(),
        told: Vec::new(),
        table: Vec::new(),
        problems: Vec::new(),
        unread: String::new(),
        asked: Vec::new(),
        message: invitation_text(arrival),
        help: false,
        elsewhere: None,
    };
    let line = |word: &Word| canonical::text(word).replace('\n', " ");
    let shown: Vec<String> = words.iter().map(line).collect();
    if words.is_empty() {
        desk.problem("no_words");
    }
    // What stands below an invitation is its message.
    let invites = words.iter().any(|word| matches!(word, Word::Invite(_)));
    for word in words {
        match word {
            Word::End => break,
            Word::Unknown(_) if invites => {}
            word => desk.take(tx, word).await?,
        }
    }
    desk.answer(tx, &shown.join("; ")).await
}

/// What stands below the line that invites, for whom it invites.
fn invitation_text(arrival: &Arrival<'_>) -> String {
    let lines = arrival.mail.visible_text.lines();
    let below = lines
        .skip_while(|line| !line.to_lowercase().contains("invite "))
        .skip(1);
    below.collect::<Vec<_>>().join("\n").trim().to_owned()
}

impl Desk<'_> {
    async fn take(&mut self, tx: &mut Tx, word: Word) -> Result<(), compose::Error> {
        match word {
            Word::Unknown(line) => self.unknown(&line),
            Word::Join => self.join(tx).await?,
            Word::Help => self.help = true,
            Word::Lists => self.lists(tx).await?,
            Word::Archive => self.archive(),
            Word::Which => self.which(tx).await?,
            // It goes to the registered address, and from any community.
            Word::Page => self.page(tx).await?,
            // Whose post waits may be a member under another address. Both ends are
            // asked, however sure it is who asks.
            Word::Link(address) => {
                let (ctx, arrival) = (self.ctx, self.arrival);
                let done = addresses::link(tx, ctx, arrival, &self.speaker, &address).await?;
                self.elsewhere = Some(done);
            }
            // What is kept of somebody stays theirs when they have left.
            Word::Export | Word::Erase if self.speaker.strength.may_hear() => {
                self.own_data(tx, &word).await?;
            }
            _ if self.speaker.on_list().is_none() => self.stranger(&word),
            Word::Desk => self.desk(tx).await?,
            Word::Leave => self.leave(tx).await?,
            Word::Who => self.who(tx).await?,
            Word::Export | Word::Erase => self.own_data(tx, &word).await?,
            Word::ChangeAddress(address) => {
                let (ctx, arrival) = (self.ctx, self.arrival);
                let done = addresses::change(tx, ctx, arrival, &self.speaker, &address).await?;
                self.elsewhere = Some(done);
            }
            Word::Accept | Word::Reject(_) | Word::Discard | Word::Trust | Word::Ban => {
                self.problem("nothing_to_decide");
            }
            Word::Approve | Word::Decline(_) => self.problem("nothing_to_decide"),
            Word::Confirm => self.problem("nothing_to_confirm"),
            // What the whole community notices is asked back however sure it is who asks.
            Word::MuteMail(..)
            | Word::UnmuteMail(_)
            | Word::AddSession(..)
            | Word::AddSeries(..)
            | Word::MoveSession(..)
            | Word::CancelSession(..)
            | Word::SplitThread(_)
            | Word::MovePost(..)
            | Word::Redact(_)
            | Word::Poll(..)
            | Word::AskSponsor(..)
                if self.speaker.strength != Strength::Token =>
            {
                self.asked.push(word);
            }
            // A From line proves nothing: what changes something is asked back.
            word if !self.speaker.strength.may_change() => self.asked.push(word),
            word => self.change(tx, word).await?,
        }
        Ok(())
    }

    async fn own_data(&mut self, tx: &mut Tx, word: &Word) -> Result<(), compose::Error> {
        match word {
            Word::Export => self.export(tx).await,
            // A plain yes is asked for however sure it is who asks.
            _ => confirmation::erasure(tx, self).await,
        }
    }

    /// What changes something, asked for by who is known to ask.
    async fn change(&mut self, tx: &mut Tx, word: Word) -> Result<(), compose::Error> {
        let community = self.arrival.community.id;
        let found = membership::for_change(tx, community, &self.speaker.address).await?;
        let Some(member) = found.filter(Member::on_list) else {
            return Ok(());
        };
        match word {
            Word::Mute | Word::Unmute | Word::Follow | Word::Unfollow => {
                self.choose(tx, &member, &word).await?;
            }
            Word::Agree => {
                agreement::agree(tx, &Home::of(self.ctx, self.arrival), &member).await?;
                let version = self.arrival.community.agreement.to_string();
                self.say(Phrase::new("agreed").with("version", version));
            }
            Word::Invite(addresses) => self.invite(tx, &member, &addresses).await?,
            Word::MuteMail(name, day) => self.mute(tx, &member, &name, Some(day)).await?,
            Word::UnmuteMail(name) => self.mute(tx, &member, &name, None).await?,
            Word::Stop(name) => self.stop(tx, &member, name).await?,
            Word::Less if self.answered.is_some_and(Entry::is_offered) => {
                let said = programme::halve(tx, self.ctx, &Who::from(&member), "by mail").await?;
                self.say(said);
            }
            Word::AddSession(..)
            | Word::AddSeries(..)
            | Word::MoveSession(..)
            | Word::CancelSession(..)
            | Word::Done(..) => {
                self.session(tx, &member, &word).await?;
            }
            Word::SplitThread(_) | Word::MovePost(..) | Word::Redact(_) => {
                let home = Home::of(self.ctx, self.arrival);
                match threading::perform(tx, &home, &member, &word).await? {
                    Some(Ok(done)) => self.say(done),
                    Some(Err(why)) => self.problems.push(self.speech(&why)),
                    None => {}
                }
            }
            Word::Poll(question, options) => {
                self.poll(tx, &member, (&question, &options)).await?;
            }
            Word::AskSponsor(text, cost, by) => {
                self.ask_sponsor(tx, &member, (&text, &cost, by)).await?;
            }
            setting => self.set(tx, member, &setting).await?,
        }
        Ok(())
    }

    async fn poll(
        &mut self,
        tx: &mut Tx,
        member: &Member,
        (question, options): (&str, &[String]),
    ) -> store::Result<()> {
        if !roles::may(member, Act::OpenPolls) {
            self.problem("poll_facilitators");
            return Ok(());
        }
        let home = Home::of(self.ctx, self.arrival);
        match poll::begin(tx, &home, question, options).await? {
            Ok(done) => self.say(done),
            Err(why) => {
                let why = self.speech(&why);
                self.problems.push(why);
            }
        }
        Ok(())
    }

    async fn ask_sponsor(
        &mut self,
        tx: &mut Tx,
        member: &Member,
        (text, cost, by): (&str, &str, Option<chrono::NaiveDate>),
    ) -> store::Result<()> {
        if !roles::may(member, Act::AskSponsor) {
            self.problem("ask_facilitators");
            return Ok(());
        }
        let home = Home::of(self.ctx, self.arrival);
        let new = asks::New {
            by: &member.address,
            text,
            cost,
            wanted_by: by,
        };
        match asks::record(tx, &home, &new).await? {
            Ok(done) => self.say(done),
            Err(why) => {
                let why = self.speech(&why);
                self.problems.push(why);
            }
        }
        Ok(())
    }

    async fn session(
        &mut self,
        tx: &mut Tx,
        member: &Member,
        word: &Word,
    ) -> Result<(), compose::Error> {
        let home = Home::of(self.ctx, self.arrival);
        match session_words::perform(tx, &home, member, word).await? {
            Some(Said::Done(phrase)) => self.say(phrase),
            Some(Said::Refused(why)) => {
                let why = self.speech(&why);
                self.problems.push(why);
            }
            Some(Said::Proposal) => {
                let asked = confirmation::propose(tx, &home, member, word).await?;
                match asked {
                    0 => self.problem("session_nobody"),
                    _ => self.say(Phrase::new("session_proposed")),
                }
            }
            None => {}
        }
        Ok(())
    }

    async fn set(&mut self, tx: &mut Tx, mut member: Member, word: &Word) -> store::Result<()> {
        let (ctx, charter) = (self.ctx, self.arrival.charter);
        match change::change(tx, ctx, charter, &mut member, word, "by mail").await? {
            None => self.unknown(&canonical::text(word)),
            Some(settings::Set::Refused(why)) => self.problems.push(self.speech(&why)),
            Some(settings::Set::Done(what)) => {
                self.say(what);
                self.settings_table(&member);
                self.speaker.member = Some(member);
            }
        }
        Ok(())
    }

    async fn mute(
        &mut self,
        tx: &mut Tx,
        member: &Member,
        name: &str,
        until: Option<chrono::NaiveDate>,
    ) -> store::Result<()> {
        let home = Home::of(self.ctx, self.arrival);
        match muting::mute(tx, &home, member, name, until).await? {
            Ok(done) => self.say(done),
            Err(why) => {
                let why = self.speech(&why);
                self.problems.push(why);
            }
        }
        Ok(())
    }

    async fn choose(&mut self, tx: &mut Tx, member: &Member, word: &Word) -> store::Result<()> {
        let Some(thread) = self.thread else {
            self.problem("which_thread");
            return Ok(());
        };
        let ctx = self.ctx;
        match word {
            Word::Mute => choices::mute(tx, ctx, member, thread).await?,
            Word::Follow => choices::follow(tx, ctx, member, thread).await?,
            Word::Unmute => drop(choices::unmute(tx, ctx, member, thread).await?),
            _ => drop(choices::unfollow(tx, ctx, member, thread).await?),
        }
        let post = posts::by_id(tx, thread).await?;
        let subject = post.map(|post| post.subject).unwrap_or_default();
        let key = match word {
            Word::Mute => "muted",
            Word::Follow => "followed",
            Word::Unmute => "unmuted",
            _ => "unfollowed",
        };
        self.say(Phrase::new(key).with("subject", subject));
        Ok(())
    }

    /// Stops one kind of mail. A bare `stop` in answer to a mail means that kind;
    /// elsewhere it means all, which is leaving.
    async fn stop(
        &mut self,
        tx: &mut Tx,
        member: &Member,
        name: Option<String>,
    ) -> Result<(), compose::Error> {
        let Some(name) = name else {
            return self.leave(tx).await;
        };
        let entry = catalogue::by_name(&name.to_lowercase());
        match entry.map(|entry| (entry.name, entry.class)) {
            Some(("digest", _)) => {
                self.set(
                    tx,
                    member.clone(),
                    &Word::SetDelivery(words::Delivery::None),
                )
                .await?
            }
            Some((name, Class::Programme | Class::Role)) => {
                programme::stop(tx, self.ctx, &Who::from(member), name, "by mail").await?;
                self.say(Phrase::new("stopped").with("name", name));
            }
            _ => {
                let why = Phrase::new("cannot_stop").with("name", name);
                self.problems.push(self.speech(&why));
            }
        }
        Ok(())
    }

    async fn leave(&mut self, tx: &mut Tx) -> Result<(), compose::Error> {
        let (ctx, arrival) = (self.ctx, self.arrival);
        let done = leaving::asked(tx, ctx, arrival, &self.speaker).await?;
        self.elsewhere = Some(done);
        Ok(())
    }

    async fn join(&mut self, tx: &mut Tx) -> Result<(), compose::Error> {
        if self.speaker.on_list().is_some() {
            self.say(Phrase::new("member_already"));
            return Ok(());
        }
        let done = joining::asked(tx, self.ctx, self.arrival, &self.speaker).await?;
        self.elsewhere = Some(done);
        Ok(())
    }

    /// What follows the word is the message to whom it names.
    async fn invite(
        &mut self,
        tx: &mut Tx,
        member: &Member,
        addresses: &[String],
    ) -> Result<(), compose::Error> {
        if !roles::may(member, Act::Invite) {
            self.problem("invite_facilitators");
            return Ok(());
        }
        let home = Home::of(self.ctx, self.arrival);
        let by = joining::Inviter::Member(member);
        let told = joining::invite(tx, &home, by, addresses, &self.message).await?;
        for (address, what) in told {
            self.say(what.phrase(&address));
        }
        Ok(())
    }

    fn stranger(&mut self, word: &Word) {
        if *word == Word::Leave {
            self.problem("not_a_member");
        } else {
            self.problem("members_only");
        }
    }

    fn unknown(&mut self, line: &str) {
        if self.unread.is_empty() {
            self.unread = line.chars().take(80).collect();
        }
        self.problem("unknown_command");
    }

    fn say(&mut self, phrase: Phrase) {
        let said = self.speech(&phrase);
        self.said.push(said);
    }

    fn tell(&mut self, heading: &Phrase, rows: Vec<Setting>) {
        let heading = self.speech(heading);
        self.told.push(Told { heading, rows });
    }

    fn problem(&mut self, key: &'static str) {
        let said = self.speech(&Phrase::new(key));
        if !self.problems.contains(&said) {
            self.problems.push(said);
        }
    }

    /// A phrase in the community's language.
    fn speech(&self, phrase: &Phrase) -> String {
        let (language, slug) = (&self.arrival.charter.language, &self.arrival.community.slug);
        let mut phrase = phrase.clone();
        // Settings are pure and know no language: a day in them is written 2026-01-14.
        for (name, value) in &mut phrase.values {
            if let ("date", Ok(day)) = (*name, value.parse()) {
                *value = self.ctx.templates.say_date(language, slug, day);
            }
        }
        self.ctx.templates.say(language, slug, &phrase)
    }

    fn zone(&self) -> Tz {
        let member = self.speaker.member.as_ref();
        let own = member.and_then(|member| member.tz.parse().ok());
        own.unwrap_or(self.arrival.charter.timezone)
    }
}
