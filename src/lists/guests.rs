//! Guests: people from outside whom a moderator lets into one thread. They get its
//! posts and only those, and may answer there, until the thread rests.

use super::choices;
use super::post::Arrival;
use crate::cadence::{Outcome, Running};
use crate::context::Context;
use crate::store::guests::{self, Thread};
use crate::store::members::{self, Member};
use crate::store::{self, Tx, acts, communities, failing, outbox, posts};
use crate::trail::Step;

/// The act that looks whether a thread with guests has come to rest.
pub const NAME: &str = "guest-end";

/// A thread without a post for so long is at rest, in milliseconds.
pub const REST: i64 = 14 * 86_400_000;

/// A thread has no more guests than this: whoever wants more people wants a list.
pub const MOST: usize = 50;

/// Lets an address into a thread, until it rests; false where they are in already,
/// where the thread stays among members, is full, or the address is a member's.
///
/// # Errors
/// Where the database refuses.
pub async fn let_in(
    tx: &mut Tx,
    ctx: &Context,
    to: Thread,
    address: &str,
    by: &str,
) -> store::Result<bool> {
    let member = members::by_address(tx, to.community, address).await?;
    if member.as_ref().is_some_and(Member::on_list)
        || posts::is_members_only(tx, to.community, to.thread).await?
        || guests::of_thread(tx, to).await?.len() >= MOST
        || !guests::let_in(tx, to, address, by, ctx.now()).await?
    {
        return Ok(false);
    }
    let due = ctx.now() + REST;
    acts::insert(tx, to.community, NAME, &to.thread.to_string(), due).await?;
    record(tx, ctx, to, address, "let in", &format!("by {by}")).await?;
    Ok(true)
}

/// A moderator let a post in: its author and those named in Cc, where they are from
/// outside, become guests of its thread. Call it when the post is in the archive.
///
/// # Errors
/// Where the database refuses.
pub async fn let_in_with(
    tx: &mut Tx,
    ctx: &Context,
    arrival: &Arrival<'_>,
    by: &str,
) -> store::Result<()> {
    let community = arrival.community.id;
    let found = posts::by_message_id(tx, community, &arrival.message.message_id).await?;
    let Some(post) = found else { return Ok(()) };
    let to = Thread {
        community,
        thread: post.thread_id,
    };
    let author = arrival.mail.from.iter().take(1);
    for person in author.chain(arrival.mail.cc.iter().take(MOST)) {
        // Our own addresses are lists and their robots.
        let is_ours = person
            .address
            .ends_with(&format!("@{}", ctx.settings.domain));
        if !is_ours {
            let_in(tx, ctx, to, &person.address, by).await?;
        }
    }
    Ok(())
}

/// Whether that address is a guest of the thread now.
///
/// # Errors
/// Where the database refuses.
pub async fn is_guest_of(tx: &mut Tx, of: Thread, address: &str) -> store::Result<bool> {
    guests::is_one(tx, of, address).await
}

/// Whether a mail's author is a guest of the thread that it answers.
///
/// # Errors
/// Where the database refuses.
pub async fn may_answer(tx: &mut Tx, arrival: &Arrival<'_>) -> store::Result<bool> {
    let community = arrival.community.id;
    let Some(from) = arrival.mail.from.first() else {
        return Ok(false);
    };
    if !guests::is_anywhere(tx, community, &from.address).await? {
        return Ok(false);
    }
    match choices::thread_of(tx, community, arrival.mail).await? {
        Some(thread) => is_guest_of(tx, Thread { community, thread }, &from.address).await,
        None => Ok(false),
    }
}

/// Makes the rows of a post's guests: all of its thread, but for its author and
/// those who are named in it and get it directly.
///
/// # Errors
/// Where the database refuses.
pub async fn add(
    tx: &mut Tx,
    ctx: &Context,
    arrival: &Arrival<'_>,
    (post, mail): (i64, i64),
    (author, named): (&str, &[&str]),
) -> store::Result<()> {
    let community = arrival.community.id;
    let Some(post) = posts::by_id(tx, post).await? else {
        return Ok(());
    };
    let of = Thread {
        community,
        thread: post.thread_id,
    };
    for guest in guests::of_thread(tx, of).await? {
        let why = match guest.as_str() {
            address if address == author => "a guest gets no copy of own posts",
            address if named.contains(&address) => "named in To or Cc and gets it directly",
            _ => "",
        };
        let closed = failing::closed(tx, &guest).await?.unwrap_or_default();
        let why = if why.is_empty() { &closed } else { why };
        match why {
            "" => outbox::insert(tx, community, mail, None, &guest, ctx.now()).await?,
            why => outbox::insert_dropped(tx, community, mail, &guest, why, ctx.now()).await?,
        }
    }
    Ok(())
}

/// What a guest's link says: the address of one delivery, and its thread.
///
/// # Errors
/// Where the database refuses.
pub async fn of_delivery(tx: &mut Tx, delivery: i64) -> store::Result<Option<(Thread, String)>> {
    let Some((delivery, community)) = outbox::by_id(tx, delivery).await? else {
        return Ok(None);
    };
    let mail = store::mails::by_id(tx, delivery.mail_id).await?;
    let post = match mail.post_id {
        Some(id) => posts::by_id(tx, id).await?,
        None => None,
    };
    Ok(post.map(|post| {
        let thread = post.thread_id;
        (Thread { community, thread }, delivery.recipient)
    }))
}

/// A guest leaves; false if they had left already.
///
/// # Errors
/// Where the database refuses.
pub async fn leave(
    tx: &mut Tx,
    ctx: &Context,
    of: Thread,
    address: &str,
    how: &str,
) -> store::Result<bool> {
    communities::lock(tx, of.community).await?;
    let ended = guests::end(tx, of, address, "is a guest no more", ctx.now()).await?;
    if ended {
        record(tx, ctx, of, address, "left", how).await?;
    }
    Ok(ended)
}

/// Ends it for the guests of the thread that the act is about, once it rests. The
/// act names a post, because threads merge.
///
/// # Errors
/// Where the database refuses.
pub async fn end(tx: &mut Tx, act: &Running<'_>) -> store::Result<Outcome> {
    let (ctx, community) = (act.ctx, act.community.id);
    communities::lock(tx, community).await?;
    let post = match act.about.parse() {
        Ok(id) => posts::by_id(tx, id).await?,
        Err(_) => None,
    };
    let Some(post) = post else {
        return Ok(Outcome::Dropped("the thread is not there any more".into()));
    };
    let of = Thread {
        community,
        thread: post.thread_id,
    };
    let last = posts::last_of_thread(tx, community, of.thread).await?;
    let rests_at = last.unwrap_or(0) + REST;
    if rests_at > ctx.now() {
        acts::insert(tx, community, NAME, &act.about, rests_at).await?;
        return Ok(Outcome::Done("the thread goes on, and so do they".into()));
    }
    let guests = guests::of_thread(tx, of).await?;
    guests::end_all(tx, of, ctx.now()).await?;
    for guest in &guests {
        record(tx, ctx, of, guest, "ended", "the thread rests").await?;
    }
    Ok(Outcome::Done(format!(
        "the thread rests; {} guests",
        guests.len()
    )))
}

async fn record(
    tx: &mut Tx,
    ctx: &Context,
    of: Thread,
    address: &str,
    verdict: &str,
    reason: &str,
) -> store::Result<()> {
    let post = posts::by_id(tx, of.thread).await?;
    let step = Step {
        address: address.to_owned(),
        ..Step::of_message(
            Some(of.community),
            &post.map_or_else(String::new, |post| post.message_id),
            ctx.now(),
        )
    };
    step.record(tx, "guest", verdict, reason).await
}
