//! What was done on a person's own page, on its way through the address to which the
//! browser is sent back: keys alone, so that no link can put words on the page.

use super::person_view;
use crate::context::Context;
use crate::lists::personal_link::Opened;
use crate::store::members::{self, Member};
use crate::store::{self, Tx, communities, posts};
use crate::templates::Phrase;

/// The phrases that the page can say of a change.
const PHRASES: [&str; 16] = [
    "set_each",
    "set_digest",
    "set_digest_mime",
    "set_headlines",
    "set_none",
    "set_own_on",
    "set_own_off",
    "set_copies_on",
    "set_copies_off",
    "set_topics",
    "set_topics_all",
    "paused_until",
    "resumed",
    "unmuted",
    "unfollowed",
    "bad_pause",
];

/// What it says of the switches for mail that is neither posts nor answers.
const MAILS: [(&str, &str); 4] = [
    ("mail-stop", "Mail of that kind comes no more."),
    ("mail-start", "Mail of that kind comes again."),
    ("mail-less", "Half as much of it comes from now on."),
    ("mail-more", "It comes again as your communities send it."),
];

/// What was done, for one membership or the person.
#[derive(Debug, Default)]
pub(super) struct Keys {
    /// The member whose form it was.
    pub member: Option<i64>,
    /// The thread that it was about.
    pub thread: Option<i64>,
    /// What was done.
    pub done: Vec<&'static str>,
    /// What could not be done.
    pub refused: Vec<&'static str>,
}

impl Keys {
    /// The page, with these behind its question mark.
    pub fn address(&self, token: &str) -> String {
        let done = self.done.iter().map(|key| format!("done={key}"));
        let refused = self.refused.iter().map(|key| format!("refused={key}"));
        let member = self.member.iter().map(|id| format!("member={id}"));
        let thread = self.thread.iter().map(|id| format!("thread={id}"));
        let all: Vec<_> = member.chain(thread).chain(done).chain(refused).collect();
        format!("/me/{token}?{}", all.join("&"))
    }
}

/// The same in sentences.
#[derive(Debug, Default)]
pub(super) struct Said {
    pub done: Vec<String>,
    pub refused: Vec<String>,
}

/// Reads what stands behind the question mark; what is not known there is nothing.
pub(super) async fn read(
    tx: &mut Tx,
    ctx: &Context,
    opened: &Opened,
    asked: &[(String, String)],
) -> store::Result<Said> {
    let id = |name: &str| {
        let found = asked.iter().find(|(given, _)| given == name);
        found.and_then(|(_, value)| value.parse::<i64>().ok())
    };
    let member = match id("member") {
        Some(id) => members::by_id(tx, id).await?,
        None => None,
    };
    let member = member.filter(|member| member.person_id == opened.person);
    let subject = subject(tx, member.as_ref(), id("thread")).await?;
    let mut said = Said::default();
    for (name, key) in asked.iter().take(20) {
        let sentence = sentence(tx, ctx, opened, member.as_ref(), &subject, key).await?;
        match name.as_str() {
            "done" => said.done.extend(sentence),
            "refused" => said.refused.extend(sentence),
            _ => {}
        }
    }
    Ok(said)
}

async fn subject(
    tx: &mut Tx,
    member: Option<&Member>,
    thread: Option<i64>,
) -> store::Result<String> {
    let (Some(member), Some(thread)) = (member, thread) else {
        return Ok(String::new());
    };
    let post = posts::by_id(tx, thread).await?;
    let post = post.filter(|post| post.community_id == member.community_id);
    Ok(post.map(|post| post.subject).unwrap_or_default())
}

async fn sentence(
    tx: &mut Tx,
    ctx: &Context,
    opened: &Opened,
    member: Option<&Member>,
    subject: &str,
    key: &str,
) -> store::Result<Option<String>> {
    let to = &opened.address;
    match key {
        "erase" => {
            return Ok(Some(format!(
                "A mail that asks you to confirm it is on its way to {to}."
            )));
        }
        "enough" => {
            return Ok(Some(
                "Such a mail was sent to you today already; look for it, or try again tomorrow."
                    .to_owned(),
            ));
        }
        _ => {}
    }
    if let Some((_, said)) = MAILS.iter().find(|(known, _)| *known == key) {
        return Ok(Some((*said).to_owned()));
    }
    let Some(member) = member else {
        return Ok(None);
    };
    let community = communities::by_id(tx, member.community_id).await?;
    let name = &community.name;
    let known = PHRASES.iter().find(|known| **known == key);
    Ok(match (key, known) {
        ("feed", _) => Some(format!(
            "{name}: your calendar has another address now; the old one works no more."
        )),
        ("left", _) => Some(format!("You have left {name}.")),
        ("nothing", _) => Some(format!("{name}: that is how it was already.")),
        ("desk", _) => Some(format!(
            "A link to the desk of {name} is on its way to {}.",
            member.address
        )),
        ("paused", _) => Some(format!("{name}: nothing is sent to you until you resume.")),
        (_, Some(known)) => {
            let charter = ctx.charter(&community);
            let zone = charter.map(|charter| person_view::zone(member, &charter));
            let date = person_view::paused_until(ctx, member, zone.unwrap_or_default());
            let phrase = Phrase::new(known)
                .with("date", date)
                .with("topics", member.topics.replace(',', ", "))
                .with("subject", subject);
            let sentence = ctx.templates.say("en", &community.slug, &phrase);
            Some(format!("{name}: {sentence}"))
        }
        _ => None,
    })
}
