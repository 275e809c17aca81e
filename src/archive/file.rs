//! Filing a post: its row, its place in the threads, its words in the index.

use super::{fold::fold, private};
use crate::store::posts::{self, NewPost};
use crate::store::{self, Tx, search};

/// How far up a thread is looked for a cycle; deeper than any reader follows.
const DEEPEST: i64 = 2_000;

/// Files a post and gives its key. Parents that are not there yet are found by
/// the posts that arrive later: whoever refers to this one is moved below it.
///
/// # Errors
/// Where the database refuses.
pub async fn file(tx: &mut Tx, post: &NewPost<'_>) -> store::Result<i64> {
    let id = posts::insert(tx, post).await?;
    let (thread, parent) = place(tx, post, id).await?;
    posts::set_place(tx, id, thread, parent).await?;
    adopt(tx, post, id, thread).await?;
    private::keep(
        tx,
        post.community_id,
        thread,
        post.subject,
        post.archived_at,
    )
    .await?;
    let author = format!("{} {}", post.author_name, post.author_address);
    search::insert(
        tx,
        id,
        &fold(post.subject),
        &fold(&author),
        &fold(post.text),
    )
    .await?;
    Ok(id)
}

/// Where a new post belongs: below the nearest ancestor that the archive holds,
/// else beside whoever refers to the same absent one, else in a thread of its own.
/// It has no children yet, so nothing can lead back to it.
async fn place(tx: &mut Tx, post: &NewPost<'_>, id: i64) -> store::Result<(i64, Option<i64>)> {
    for reference in post.references.iter().rev() {
        if let Some(parent) = posts::by_message_id(tx, post.community_id, reference).await? {
            return Ok((parent.thread_id, Some(parent.id)));
        }
    }
    for reference in &post.references {
        if let Some(thread) = posts::sibling_thread(tx, post.community_id, reference, id).await? {
            return Ok((thread, None));
        }
    }
    Ok((id, None))
}

/// Takes the posts that waited for this one below it, with their threads. A second
/// post with the same Message-ID takes nothing: the thread would be named after
/// whoever repeats the name of a post that is not theirs.
async fn adopt(tx: &mut Tx, post: &NewPost<'_>, id: i64, thread: i64) -> store::Result<()> {
    let (community, own) = (post.community_id, post.message_id);
    if posts::is_second(tx, community, own, id).await? {
        return Ok(());
    }
    posts::merge_threads(tx, community, own, id, thread).await?;
    let children = posts::waiting_for(tx, community, own, id).await?;
    if children.is_empty() {
        return Ok(());
    }
    // None of these may come below its own answer. A chain that is too long to be
    // followed could hold any of them.
    let above = posts::ancestors(tx, id, DEEPEST).await?;
    if above.len() as i64 > DEEPEST {
        return Ok(());
    }
    for child in children.iter().filter(|child| !above.contains(child)) {
        posts::set_place(tx, *child, thread, Some(id)).await?;
    }
    Ok(())
}

#[cfg(test)]
mod tests;
