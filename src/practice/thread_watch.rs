//! A thread that waits for its first answer: whether it still does, what a mail shows of
//! it, and to whom it is put. What is asked when stands in [`super::unanswered`] and
//! [`super::newcomer_unanswered`].

mod likely;
mod reply;

pub use likely::{AT_ONCE, Kind, MOST_ASKED, likely};
pub use reply::{hear, is_pass};

use crate::cadence::act::Recipient;
use crate::cadence::{Outcome, Running};
use crate::clock::moment;
use crate::config::ArchivePolicy;
use crate::config::charter::Charter;
use crate::context::Context;
use crate::links;
use crate::lists::digest::excerpt::excerpt;
use crate::message::words::bare_subject;
use crate::outbox::compose::{self, Letter};
use crate::outbox::moot;
use crate::store::communities::Community;
use crate::store::members::Member;
use crate::store::posts::{self, Post};
use crate::store::watches::Answer;
use crate::store::{self, Millis, Tx, digests, watches};
use crate::templates::Phrase;
use crate::templates::mails::{Mail, WaitingThread};

const HOUR: Millis = 3_600_000;

/// A thread that nobody but its author has written to.
pub struct Waiting {
    /// Its first post.
    pub root: Post,
    /// The beginning of its text.
    pub text: String,
}

/// The thread of that first post, while it waits; else why it does not.
///
/// # Errors
/// Where the database refuses.
pub async fn waiting(
    tx: &mut Tx,
    community: i64,
    about: &str,
) -> store::Result<Result<Waiting, String>> {
    let id = about.parse().unwrap_or(0);
    let found = posts::by_id(tx, id).await?;
    let Some(root) = found.filter(|post| post.community_id == community) else {
        return Ok(Err("there is no such post".to_owned()));
    };
    if root.thread_id != root.id {
        return Ok(Err("it answers another post by now".to_owned()));
    }
    if root.author_address.is_empty() {
        return Ok(Err("its author was erased".to_owned()));
    }
    if let Some(answer) = watches::first_answer(tx, community, root.id).await? {
        return Ok(Err(answered(&root, &answer)));
    }
    let text = digests::texts(tx, &[root.id]).await?.pop();
    let text = text.map(|(_, text)| text).unwrap_or_default();
    Ok(Ok(Waiting { root, text }))
}

/// As [`waiting`], for an act that is being done.
///
/// # Errors
/// Where the database refuses.
pub async fn still(tx: &mut Tx, act: &Running<'_>) -> store::Result<Result<Waiting, String>> {
    if act.community.closed_at.is_some() {
        return Ok(Err("the community is closed".to_owned()));
    }
    waiting(tx, act.community.id, &act.about).await
}

fn answered(root: &Post, answer: &Answer) -> String {
    let name = name_of(&answer.author_name, &answer.author_address);
    let hours = (answer.archived_at - root.archived_at).max(0) / HOUR;
    format!("answered by {name} after {hours} hours")
}

/// Somebody as people know them.
fn name_of<'a>(name: &'a str, address: &'a str) -> &'a str {
    match name {
        "" => address.split('@').next().unwrap_or_default(),
        name => name,
    }
}

/// How somebody is called in our mails.
pub fn name(member: &Member) -> &str {
    name_of(&member.name, &member.address)
}

/// What a mail shows of a thread.
pub fn shown(
    (ctx, community, charter): (&Context, &Community, &Charter),
    waiting: &Waiting,
) -> WaitingThread {
    let (root, slug) = (&waiting.root, &community.slug);
    let language = compose::language(ctx, community);
    let asked_on = moment(root.archived_at).with_timezone(&charter.timezone);
    let subject = match bare_subject(&root.subject) {
        bare if bare.is_empty() => ctx
            .templates
            .say(&language, slug, &Phrase::new("no_subject")),
        bare => bare.chars().take(200).collect(),
    };
    WaitingThread {
        community: community.name.clone(),
        asker: name_of(&root.author_name, &root.author_address).to_owned(),
        subject,
        since: ctx
            .templates
            .say_date(&language, slug, asked_on.date_naive()),
        excerpt: excerpt(&waiting.text),
        url: match charter.list.archive {
            ArchivePolicy::None => String::new(),
            _ => links::message(&ctx.settings.base_url, slug, &root.message_id),
        },
        owner_address: format!("{slug}-owner@{}", ctx.settings.domain),
    }
}

/// Puts it to these people; gives how many. What a mail concerns says whether they were
/// asked ([`moot::ASKED`]) or told ([`moot::TOLD`]).
///
/// # Errors
/// Where the database refuses or the mail cannot be composed.
pub async fn put<M: Mail>(
    tx: &mut Tx,
    (ctx, community, charter): (&Context, &Community, &Charter),
    (waiting, kind): (&Waiting, &str),
    (people, due_at): (&[Member], Option<Millis>),
    mail: &M,
) -> Result<usize, compose::Error> {
    let day = moment(due_at.unwrap_or_else(|| ctx.now())).with_timezone(&charter.timezone);
    let letter = Letter {
        to: people
            .iter()
            .map(|member| (Some(member.id), member.address.clone()))
            .collect(),
        about: day.format("on=%Y-%m-%d").to_string(),
        concerns: moot::concerns(kind, waiting.root.id),
        due_at,
        ..Letter::default()
    };
    compose::send(tx, ctx, community, mail, &letter).await?;
    Ok(people.len())
}

/// How an act ended that has put it to people.
///
/// # Errors
/// Where the database has refused.
pub fn outcome(
    done: Result<usize, compose::Error>,
    verb: &str,
    whom: &str,
) -> store::Result<Outcome> {
    match done {
        Ok(count) => Ok(Outcome::Done(format!("{verb} {count} {whom}"))),
        Err(compose::Error::Store(error)) => Err(error),
        Err(error) => Ok(Outcome::Dropped(error.to_string())),
    }
}

/// The same people for the calendar.
pub fn recipients(people: &[Member]) -> Vec<Recipient> {
    let addresses = people.iter().map(|member| member.address.as_str());
    addresses.map(Recipient::planned).collect()
}
