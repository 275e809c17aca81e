//! Facilitators put posts into other threads, by mail.

use super::home::Home;
use super::roles::{self, Act};
use crate::archive::relocate::{self, Refused};
use crate::message::words::Word;
use crate::store::members::Member;
use crate::store::posts::{self, Post};
use crate::store::{self, Tx};
use crate::templates::Phrase;

/// Does what a word about threads asks for: what was done, or why it was not. `None` where
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
