//! All that is made of the messages, made anew from them: texts, references, threads, the
//! index. What people decided (erasure, threads moved and split, members-only) stays.

use super::document::{Words, document};
use super::file::{self, Own};
use super::relocate;
use super::threads::{Hints, ancestry};
use crate::message;
use crate::store::posts::{self, Post};
use crate::store::{self, Db, Durability, Tx, communities, intake, search};

/// Posts that one transaction rebuilds.
const BATCH: i64 = 200;
/// The same where each message may have to be fetched, while others wait.
const BATCH_FETCHED: i64 = 20;

/// What a rebuild did.
#[derive(Clone, Debug, Default, PartialEq, Eq, serde::Serialize)]
pub struct Rebuilt {
    /// Posts that were looked at.
    pub posts: u64,
    /// Posts that stand elsewhere now.
    pub moved: u64,
    /// What was odd, in sentences.
    pub notes: Vec<String>,
}

/// Rebuilds an archive while it is in use; `progress` is told how many of twice as many
/// steps as there are posts are done.
///
/// # Errors
/// Where the database refuses; run again, it begins anew and loses nothing.
pub async fn rebuild(
    db: &Db,
    community: i64,
    mut progress: impl FnMut(u64),
) -> store::Result<Rebuilt> {
    let mut done = Rebuilt::default();
    let batch = match db.objects().is_there() {
        true => BATCH_FETCHED,
        false => BATCH,
    };
    // First what posts say, then where they stand: what one says places others.
    for is_placing in [false, true] {
        let mut after = 0;
        loop {
            let mut tx = db.write(Durability::Full).await?;
            communities::lock(&mut tx, community).await?;
            let page = posts::page(&mut tx, community, after, batch).await?;
            let Some(last) = page.last() else { break };
            after = last.id;
            for post in &page {
                match is_placing {
                    false => read_again(&mut tx, post).await?,
                    true => place_again(&mut tx, post, &mut done).await?,
                }
            }
            tx.commit().await?;
            done.posts += if is_placing { 0 } else { page.len() as u64 };
            progress(done.posts + after.unsigned_abs().min(done.posts) * u64::from(is_placing));
        }
    }
    super::transfer::count_words(db).await?;
    Ok(done)
}

/// What a post is made of, from the message as it came. One whose message was emptied
/// since stays as it is.
async fn read_again(tx: &mut Tx, post: &Post) -> store::Result<()> {
    let raw = intake::message(tx, post.raw_id).await?.raw;
    let mail = message::parse(&raw);
    if posts::body_digest(tx, post.id).await? != mail.body_digest.as_bytes() {
        return Ok(());
    }
    let references = ancestry(&post.message_id, &mail.references, &mail.in_reply_to);
    posts::set_content(tx, post, (&mail.subject, &mail.text), &references).await?;
    let hints = Hints::of(&mail);
    store::placing::set_hints(tx, post.id, &hints.thread_index, &hints.base_subject).await?;
    search::remove(tx, post.id).await?;
    let words = Words {
        post: (post.community_id, post.id),
        sent_at: post.sent_at,
        subject: &mail.subject,
        author: (&post.author_name, &post.author_address),
        text: &mail.text,
        attached: &hints.attached,
        vector: tx.is_postgres(),
    };
    search::insert(tx, &document(&words)).await
}

async fn place_again(tx: &mut Tx, post: &Post, done: &mut Rebuilt) -> store::Result<()> {
    // What came before it in this pass may have moved it.
    let Some(post) = posts::by_id(tx, post.id).await? else {
        return Ok(());
    };
    let mail = message::parse(&intake::message(tx, post.raw_id).await?.raw);
    let references = posts::references(tx, post.id).await?;
    let own = Own {
        id: post.id,
        community: post.community_id,
        message_id: &post.message_id,
        references: &references,
        sent_at: post.sent_at,
    };
    let (thread, parent) = file::place(tx, &own, &Hints::of(&mail)).await?;
    // A thread may have several roots, joined by what answers them.
    if (parent, thread) == (post.parent_id, post.thread_id)
        || (parent.is_none() && post.parent_id.is_none() && thread == post.id)
    {
        return Ok(());
    }
    match relocate::put(tx, post.community_id, post.id, (thread, parent)).await? {
        Ok(()) => done.moved += 1,
        Err(why) => done
            .notes
            .push(format!("<{}> stays where it is: {why}", post.message_id)),
    }
    Ok(())
}
