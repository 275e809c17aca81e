//! Filing a post: its row, its place in the threads, its words in the index.

pub(super) mod evidence;

use super::document::{Words, document};
use super::threads::Hints;
use super::{private, relocate};
use crate::store::posts::{self, NewPost};
use crate::store::{self, Tx, placing, search};

/// How far up a thread is looked for a cycle; deeper than any reader follows.
const DEEPEST: i64 = 2_000;

/// Files a post and gives its key. Parents that are not there yet are found by
/// the posts that arrive later: whoever refers to this one is moved below it.
///
/// # Errors
/// Where the database refuses.
pub async fn file(tx: &mut Tx, post: &NewPost<'_>, hints: &Hints) -> store::Result<i64> {
    let said = (hints.thread_index.as_str(), hints.base_subject.as_str());
    let id = posts::insert(tx, post, said).await?;
    let own = Own::of(post, id);
    let (thread, parent) = place(tx, &own, hints).await?;
    posts::set_place(tx, id, thread, parent).await?;
    adopt(tx, &own, hints, thread).await?;
    private::keep(
        tx,
        post.community_id,
        thread,
        post.subject,
        post.archived_at,
    )
    .await?;
    let words = Words {
        post: (post.community_id, id),
        sent_at: post.sent_at,
        subject: post.subject,
        author: (post.author_name, post.author_address),
        text: post.text,
        attached: &hints.attached,
        vector: tx.is_postgres(),
    };
    search::insert(tx, &document(&words)).await?;
    Ok(id)
}

/// A post of which the place is wanted.
#[derive(Clone, Copy, Debug)]
pub struct Own<'a> {
    /// Its key.
    pub id: i64,
    /// Its community.
    pub community: i64,
    /// Its Message-ID.
    pub message_id: &'a str,
    /// What it refers to, nearest last.
    pub references: &'a [String],
    /// When it was written, ms.
    pub sent_at: i64,
}

impl<'a> Own<'a> {
    fn of(post: &'a NewPost<'_>, id: i64) -> Own<'a> {
        Own {
            id,
            community: post.community_id,
            message_id: post.message_id,
            references: &post.references,
            sent_at: post.sent_at,
        }
    }
}

/// Where a post belongs: where a facilitator put it; below the nearest ancestor that the
/// archive holds; beside whoever refers to the same absent one; where other evidence puts
/// it; else in a thread of its own. Of the post itself nothing is looked at but its key,
/// so that the answer is the same for one that stands somewhere already.
///
/// # Errors
/// Where the database refuses.
pub async fn place(tx: &mut Tx, own: &Own<'_>, hints: &Hints) -> store::Result<(i64, Option<i64>)> {
    match placing::decision(tx, own.community, own.message_id).await? {
        Some(decided) if decided.is_empty() => return Ok((own.id, None)),
        Some(decided) => {
            if let Some(parent) = posts::by_message_id(tx, own.community, &decided).await? {
                return Ok((parent.thread_id, Some(parent.id)));
            }
        }
        None => {}
    }
    for reference in own.references.iter().rev() {
        let parent = posts::by_message_id(tx, own.community, reference).await?;
        if let Some(parent) = parent.filter(|parent| parent.id != own.id) {
            return Ok((parent.thread_id, Some(parent.id)));
        }
    }
    for reference in own.references {
        let thread = posts::sibling_thread(tx, own.community, reference, own.id).await?;
        if let Some(thread) = thread {
            return Ok((thread, None));
        }
    }
    let found = evidence::place(tx, own, hints).await?;
    Ok(found.unwrap_or((own.id, None)))
}

/// Takes the posts that waited for this one below it, with their threads. A second
/// post with the same Message-ID takes nothing: the thread would be named after
/// whoever repeats the name of a post that is not theirs.
async fn adopt(tx: &mut Tx, own: &Own<'_>, hints: &Hints, thread: i64) -> store::Result<()> {
    let (community, name, id) = (own.community, own.message_id, own.id);
    if posts::is_second(tx, community, name, id).await? {
        return Ok(());
    }
    posts::merge_threads(tx, community, name, id, thread).await?;
    let children = posts::waiting_for(tx, community, name, id).await?;
    if !children.is_empty() {
        // None of these may come below its own answer. A chain that is too long to be
        // followed could hold any of them.
        let above = posts::ancestors(tx, id, DEEPEST).await?;
        if above.len() as i64 > DEEPEST {
            return Ok(());
        }
        for child in children.iter().filter(|child| !above.contains(child)) {
            posts::set_place(tx, *child, thread, Some(id)).await?;
        }
    }
    for child in evidence::waiting(tx, own, hints).await? {
        // What would answer itself stays where it is.
        relocate::below(tx, community, child, id).await?.ok();
    }
    Ok(())
}

#[cfg(test)]
mod tests;
