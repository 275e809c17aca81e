//! What is done to posts by mail: facilitators put them into other threads; they, moderators
//! and a post's own author erase one.

use super::erasure;
use super::home::Home;
use super::roles::{self, Act};
use crate::archive::relocate::{self, Refused};
use crate::message::words::Word;
use crate::store::members::{self, Member};
use crate::store::posts::{self, Post};
use crate::store::{self, Tx};
use crate::templates::Phrase;

/// Does what a word about posts asks for: what was done, or why it was not. `None` where
/// it asks for something else.
///
/// # Errors
/// Where the database refuses.
pub async fn perform(
    tx: &mut Tx,
    home: &Home<'_>,
    by: &Member,
    word: &Word,
) -> store::Result<Option<Result<Phrase, Phrase>>> {
    let (post, below) = match word {
        Word::Redact(post) => return redact(tx, home, by, post).await.map(Some),
        Word::SplitThread(post) => (post, None),
        Word::MovePost(post, parent) => (post, Some(parent)),
        _ => return Ok(None),
    };
    if !roles::may(by, Act::MoveThreads) {
        return Ok(Some(Err(Phrase::new("thread_facilitators"))));
    }
    let Some(named) = posts::named(tx, home.community.id, post).await? else {
        return Ok(Some(Err(unknown(post))));
    };
    let by = ("a facilitator", home.ctx.now());
    let Some(parent) = below else {
        let done = relocate::split(tx, &named, by).await?;
        return Ok(Some(said(done, "thread_split", &named)));
    };
    let Some(parent) = posts::named(tx, home.community.id, parent).await? else {
        return Ok(Some(Err(unknown(parent))));
    };
    let done = relocate::move_below(tx, &named, &parent, by).await?;
    Ok(Some(said(done, "thread_moved", &named)))
}

/// What is said of it does not repeat what the post said.
async fn redact(
    tx: &mut Tx,
    home: &Home<'_>,
    by: &Member,
    post: &str,
) -> store::Result<Result<Phrase, Phrase>> {
    let Some(named) = posts::named(tx, home.community.id, post).await? else {
        return Ok(Err(unknown(post)));
    };
    let own = members::addresses_of(tx, by.person_id).await?;
    let who = match (
        own.contains(&named.author_address),
        roles::may(by, Act::RedactPosts),
    ) {
        (true, _) => "its author",
        (false, true) => "a moderator",
        (false, false) => return Ok(Err(Phrase::new("redact_others"))),
    };
    let key = match erasure::redact(tx, home.ctx, &named, who).await? {
        true => "redacted",
        false => "redacted_before",
    };
    Ok(Ok(Phrase::new(key).with("post", post.to_owned())))
}

fn said(done: Result<(), Refused>, key: &'static str, post: &Post) -> Result<Phrase, Phrase> {
    let phrase = |key| Phrase::new(key).with("subject", post.subject.clone());
    match done {
        Ok(()) => Ok(phrase(key)),
        Err(Refused::Circle) => Err(phrase("thread_circle")),
        Err(Refused::TooMany | Refused::Elsewhere) => Err(phrase("thread_not_moved")),
    }
}

fn unknown(post: &str) -> Phrase {
    Phrase::new("thread_unknown").with("post", post.to_owned())
}
