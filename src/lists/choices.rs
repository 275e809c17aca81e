//! What a member chooses for one thread: `mute`, no more of it; `follow`, every
//! post of it, one by one, also for who chose a digest, headlines or nothing.

use super::post::references;
use crate::context::Context;
use crate::message::Mail;
use crate::store::members::Member;
use crate::store::{self, Tx, choices, communities, mails, posts};
use crate::trail::Step;

/// The thread that a mail belongs to, by what it answers: a post of the archive,
/// or a mail of ours that was about one.
///
/// # Errors
/// Where the database refuses.
pub async fn thread_of(tx: &mut Tx, community: i64, mail: &Mail) -> store::Result<Option<i64>> {
    let own = mail.message_id.as_deref().unwrap_or_default();
    let answered = references(own, mail);
    for id in answered.iter().rev() {
        if let Some(post) = posts::by_message_id(tx, community, id).await? {
            return Ok(Some(post.thread_id));
        }
    }
    for id in answered.iter().rev() {
        for sent in mails::by_message_id(tx, id).await? {
            let post = match sent.post_id.filter(|_| sent.community_id == community) {
                Some(id) => posts::by_id(tx, id).await?,
                None => None,
            };
            if let Some(post) = post {
                return Ok(Some(post.thread_id));
            }
        }
    }
    Ok(None)
}

/// No more posts of that thread for this member.
///
/// # Errors
/// Where the database refuses.
pub async fn mute(tx: &mut Tx, ctx: &Context, member: &Member, thread: i64) -> store::Result<()> {
    choose(tx, ctx, member, thread, "mute").await
}

/// The thread's posts come again as the member's delivery says; false if it was
/// not muted.
///
/// # Errors
/// Where the database refuses.
pub async fn unmute(
    tx: &mut Tx,
    ctx: &Context,
    member: &Member,
    thread: i64,
) -> store::Result<bool> {
    take_back(tx, ctx, member, thread, "mute").await
}

/// Every post of that thread goes to this member, one by one.
///
/// # Errors
/// Where the database refuses.
pub async fn follow(tx: &mut Tx, ctx: &Context, member: &Member, thread: i64) -> store::Result<()> {
    choose(tx, ctx, member, thread, "follow").await
}

/// The thread's posts come again as the member's delivery says; false if it was
/// not followed.
///
/// # Errors
/// Where the database refuses.
pub async fn unfollow(
    tx: &mut Tx,
    ctx: &Context,
    member: &Member,
    thread: i64,
) -> store::Result<bool> {
    take_back(tx, ctx, member, thread, "follow").await
}

async fn choose(
    tx: &mut Tx,
    ctx: &Context,
    member: &Member,
    thread: i64,
    choice: &str,
) -> store::Result<()> {
    // Its key as of now: whoever files a post may be merging it into another.
    let Some(community) = community_of(tx, thread).await? else {
        return Ok(());
    };
    communities::lock(tx, community).await?;
    let Some(post) = posts::by_id(tx, thread).await? else {
        return Ok(());
    };
    choices::set(tx, community, member.id, post.thread_id, choice, ctx.now()).await?;
    record(tx, ctx, member, choice, &post.subject).await
}

async fn take_back(
    tx: &mut Tx,
    ctx: &Context,
    member: &Member,
    thread: i64,
    choice: &str,
) -> store::Result<bool> {
    let Some(post) = posts::by_id(tx, thread).await? else {
        return Ok(false);
    };
    let was = choices::clear(tx, member.id, post.thread_id, choice).await?;
    if was {
        record(tx, ctx, member, &format!("un{choice}"), &post.subject).await?;
    }
    Ok(was)
}

async fn community_of(tx: &mut Tx, thread: i64) -> store::Result<Option<i64>> {
    let post = posts::by_id(tx, thread).await?;
    Ok(post.map(|post| post.community_id))
}

async fn record(
    tx: &mut Tx,
    ctx: &Context,
    member: &Member,
    verdict: &str,
    subject: &str,
) -> store::Result<()> {
    let step = Step::of_person(Some(member.community_id), &member.address, ctx.now());
    step.record(tx, "thread", verdict, subject).await
}
