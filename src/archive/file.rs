//! Filing a post: its row, its place in the threads, its words in the index.

use super::fold::fold;
use super::threads::nearest_parent;
use crate::store::posts::{self, NewPost};
use crate::store::{self, Tx, search};

/// How far up a thread is looked for a cycle; deeper than any reader follows.
const DEEPEST: usize = 2_000;

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
async fn place(tx: &mut Tx, post: &NewPost<'_>, id: i64) -> store::Result<(i64, Option<i64>)> {
    let mut known = Vec::new();
    for reference in &post.references {
        if let Some(found) = posts::by_message_id(tx, post.community_id, reference).await? {
            known.push((reference.as_str(), found));
        }
    }
    let find = |wanted: &str| {
        known
            .iter()
            .find(|(name, _)| *name == wanted)
            .map(|(_, post)| post.id)
    };
    let references: Vec<&str> = post.references.iter().map(String::as_str).collect();
    // A new post has no children yet, so nothing can lead back to it.
    if let Some(parent) = nearest_parent(None, &references, find, |_| None) {
        let thread = known
            .iter()
            .find(|(_, post)| post.id == parent)
            .map_or(id, |(_, post)| post.thread_id);
        return Ok((thread, Some(parent)));
    }
    for reference in &post.references {
        for (sibling, _) in posts::referring(tx, post.community_id, reference).await? {
            let thread = posts::by_id(tx, sibling)
                .await?
                .map_or(0, |post| post.thread_id);
            if sibling != id && thread != 0 {
                return Ok((thread, None));
            }
        }
    }
    Ok((id, None))
}

/// Takes the posts that waited for this one below it, with their threads.
async fn adopt(tx: &mut Tx, post: &NewPost<'_>, id: i64, thread: i64) -> store::Result<()> {
    for (child, _) in posts::referring(tx, post.community_id, post.message_id).await? {
        let Some(row) = posts::by_id(tx, child).await? else {
            continue;
        };
        if child == id || row.thread_id == 0 {
            continue;
        }
        if row.thread_id != thread {
            posts::merge_threads(tx, post.community_id, row.thread_id, thread).await?;
        }
        if is_nearer(tx, &row, post.message_id).await? && !is_above(tx, child, id).await? {
            posts::set_place(tx, child, thread, Some(id)).await?;
        }
    }
    Ok(())
}

/// Whether `message_id` is a nearer ancestor of `child` than its present parent.
async fn is_nearer(tx: &mut Tx, child: &posts::Post, message_id: &str) -> store::Result<bool> {
    let Some(parent) = child.parent_id else {
        return Ok(true);
    };
    let Some(parent) = posts::by_id(tx, parent).await? else {
        return Ok(true);
    };
    let references = posts::references_of(tx, child.id).await?;
    let position = |wanted: &str| references.iter().rposition(|name| name == wanted);
    Ok(position(message_id) > position(&parent.message_id))
}

/// Whether `above` is an ancestor of `post`, or cannot be told from one.
async fn is_above(tx: &mut Tx, above: i64, post: i64) -> store::Result<bool> {
    let mut at = Some(post);
    for _ in 0..DEEPEST {
        match at {
            None => return Ok(false),
            Some(id) if id == above => return Ok(true),
            Some(id) => at = posts::by_id(tx, id).await?.and_then(|post| post.parent_id),
        }
    }
    Ok(true)
}
