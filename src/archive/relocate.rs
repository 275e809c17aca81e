//! Moving a post and all that answers it to another place: because a facilitator wants it
//! there, or because what it answers has come at last.

use super::private;
use crate::store::placing::{self, MOST_MOVED};
use crate::store::posts::{self, Post};
use crate::store::{self, Millis, Tx};
use crate::trail::Step;

/// Why a post was not moved.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Refused {
    /// It would answer itself.
    #[error("it cannot be put below itself or below its own answers; move one of these first")]
    Circle,
    /// There is too much below it.
    #[error("more than 20,000 posts answer it; move parts of them first")]
    TooMany,
    /// The other post is in another community.
    #[error("both must be in the same archive; forward the post to that list instead")]
    Elsewhere,
}

/// A facilitator puts a post below another, with all that answers it. The decision stands
/// for rebuilding and importing too.
///
/// # Errors
/// Where the database refuses.
pub async fn move_below(
    tx: &mut Tx,
    post: &Post,
    parent: &Post,
    (by, at): (&str, Millis),
) -> store::Result<Result<(), Refused>> {
    if post.community_id != parent.community_id {
        return Ok(Err(Refused::Elsewhere));
    }
    let moved = below(tx, post.community_id, post.id, parent.id).await?;
    if moved.is_ok() {
        let (community, name) = (post.community_id, &post.message_id);
        placing::decide(tx, community, name, &parent.message_id, at).await?;
        private::keep(tx, community, parent.thread_id, "", at).await?;
        let reason = format!("{by} put it below <{}>", parent.message_id);
        record(tx, post, at, "moved", &reason).await?;
    }
    Ok(moved)
}

/// A facilitator lets a post begin a thread of its own, with all that answers it.
///
/// # Errors
/// Where the database refuses.
pub async fn split(
    tx: &mut Tx,
    post: &Post,
    (by, at): (&str, Millis),
) -> store::Result<Result<(), Refused>> {
    let moved = away(tx, post.community_id, post.id).await?;
    if moved.is_ok() {
        placing::decide(tx, post.community_id, &post.message_id, "", at).await?;
        let reason = format!("{by} let it begin a thread of its own");
        record(tx, post, at, "split", &reason).await?;
    }
    Ok(moved)
}

async fn record(tx: &mut Tx, post: &Post, at: Millis, what: &str, why: &str) -> store::Result<()> {
    let step = Step::of_message(Some(post.community_id), &post.message_id, at);
    step.record(tx, "thread", what, why).await
}

/// Puts a post below another of the same community, with all that answers it.
///
/// # Errors
/// Where the database refuses.
pub async fn below(
    tx: &mut Tx,
    community: i64,
    id: i64,
    parent: i64,
) -> store::Result<Result<(), Refused>> {
    let Some(parent) = posts::by_id(tx, parent).await? else {
        return Ok(Ok(()));
    };
    put(tx, community, id, (parent.thread_id, Some(parent.id))).await
}

/// Lets a post begin a thread of its own, with all that answers it.
///
/// # Errors
/// Where the database refuses.
pub async fn away(tx: &mut Tx, community: i64, id: i64) -> store::Result<Result<(), Refused>> {
    put(tx, community, id, (id, None)).await
}

/// Puts a post into that thread and below that post, with all that answers it. What
/// remains of its thread is named after its first post; where nothing remains, members'
/// choices and guests go with it.
///
/// # Errors
/// Where the database refuses.
pub async fn put(
    tx: &mut Tx,
    community: i64,
    id: i64,
    (thread, parent): (i64, Option<i64>),
) -> store::Result<Result<(), Refused>> {
    let Some(post) = posts::by_id(tx, id).await? else {
        return Ok(Ok(()));
    };
    let moved = placing::below(tx, id).await?;
    if moved.len() as i64 > MOST_MOVED {
        return Ok(Err(Refused::TooMany));
    }
    if parent.is_some_and(|parent| moved.contains(&parent)) {
        return Ok(Err(Refused::Circle));
    }
    posts::set_place(tx, id, thread, parent).await?;
    if post.thread_id == thread {
        return Ok(Ok(()));
    }
    placing::set_thread(tx, &moved, thread).await?;
    let rest = placing::of_thread(tx, community, post.thread_id).await?;
    match rest.first() {
        None => placing::follow(tx, community, post.thread_id, thread).await?,
        // Of a thread that is too long for this the name goes with what was moved.
        Some(first) if moved.contains(&post.thread_id) && rest.len() as i64 <= MOST_MOVED => {
            placing::set_thread(tx, &rest, *first).await?;
            placing::follow(tx, community, post.thread_id, *first).await?;
        }
        Some(_) => {}
    }
    Ok(Ok(()))
}
