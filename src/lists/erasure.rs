//! The erasure of a person: memberships, addresses, choices, tokens, and the words
//! of their posts; and the redaction of one post. What others quoted stays theirs; a ban
//! stays, by the legitimate interest of those who are protected by it.

mod names;

use super::moderation;
use crate::context::Context;
use crate::lists::membership;
use crate::random;
use crate::store::intake::{self, NewMessage};
use crate::store::people::{self, OwnPost};
use crate::store::posts::Post;
use crate::store::{self, Tx, communities, erasure, learnings, members, search};
use crate::summaries::sponsor_summary;
use crate::trail::Step;

/// What stands where a subject stood.
const TOMBSTONE: &str = "(erased)";

/// Erases whoever owns that address, in one transaction; gives what was done, in
/// words that name nobody.
///
/// # Errors
/// Where the database refuses.
pub async fn erase(tx: &mut Tx, ctx: &Context, address: &str, by: &str) -> store::Result<String> {
    tx.erases();
    let person = members::person_with(tx, address).await?;
    let addresses = match person {
        Some(person) => members::addresses_of(tx, person).await?,
        None => vec![address.to_owned()],
    };
    let names = names::of(tx, person, &addresses).await?;
    names::forget(tx, &names).await?;
    let memberships = end_memberships(tx, ctx, address, by).await?;
    let mut posts = 0;
    for one in &addresses {
        moderation::give_up_of(tx, ctx, one).await?;
        posts += empty_posts(tx, ctx, one).await?;
        for message in erasure::messages_from(tx, one).await? {
            erasure::empty_message(tx, message, &remains("erased")).await?;
        }
    }
    // New each time: what is left of two people must not become one.
    let instead = format!("erased-{}", hex(&random::bytes::<8>()));
    for (number, one) in addresses.iter().enumerate() {
        erasure::forget_address(tx, one, &format!("{instead}-{number}")).await?;
        let mac = ctx.secret.name_erased(one);
        erasure::note_author(tx, &mac, ctx.now()).await?;
    }
    if let Some(person) = person {
        // What is on its way to a sponsor is made anew without their story.
        for summary in store::sponsor_summaries::with_stories(tx, person).await? {
            sponsor_summary::forget(tx, &summary, ctx.now()).await?;
        }
        erasure::forget_person(tx, person, &instead).await?;
    }
    erasure::empty_sent(tx).await?;
    tracing::info!(memberships, posts, by, "a person was erased");
    Ok(format!(
        "erased a person: {memberships} memberships, {posts} posts"
    ))
}

/// Erases one post: its words, its author, what was attached, and every copy of it that is
/// kept or has yet to go. Its place in the thread stays, with a page that says so. `false`
/// where that was done before.
///
/// # Errors
/// Where the database refuses.
pub async fn redact(tx: &mut Tx, ctx: &Context, post: &Post, by: &str) -> store::Result<bool> {
    if post.erased_at.is_some() {
        return Ok(false);
    }
    tx.erases();
    let mut own = OwnPost::from(post);
    erasure::empty_holds(tx, own.community_id, own.raw_id).await?;
    if erasure::is_shared(tx, &own).await? {
        own.raw_id = another_raw(tx, ctx, &own).await?;
    }
    empty(tx, ctx, &own).await?;
    learnings::forget(tx, own.community_id, &own.message_id).await?;
    // Worksheets and the like have shown its beginning.
    erasure::empty_sent(tx).await?;
    let step = Step::of_message(Some(own.community_id), &own.message_id, ctx.now());
    step.record(tx, "erasure", "done", by).await?;
    Ok(true)
}

/// The message is another community's as well: here it came as what is left of it.
async fn another_raw(tx: &mut Tx, ctx: &Context, post: &OwnPost) -> store::Result<i64> {
    let raw = remains(&post.message_id);
    let new = NewMessage {
        message_id: &post.message_id,
        envelope_from: "",
        via: "import",
        peer: "",
        helo: "",
        received_at: ctx.now(),
        raw: &raw,
    };
    let id = intake::insert(tx, &new, &[], ctx.now()).await?;
    erasure::set_raw(tx, post.id, id).await?;
    Ok(id)
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

async fn end_memberships(
    tx: &mut Tx,
    ctx: &Context,
    address: &str,
    by: &str,
) -> store::Result<usize> {
    let all = members::of_address(tx, address).await?;
    for member in &all {
        let current = membership::for_change(tx, member.community_id, address).await?;
        if let Some(member) = current.filter(|member| member.state != "left") {
            membership::leave(tx, member, by, ctx.now()).await?;
        }
    }
    Ok(all.len())
}

async fn empty_posts(tx: &mut Tx, ctx: &Context, address: &str) -> store::Result<usize> {
    let mut count = 0;
    for community in communities::all(tx).await? {
        for post in people::posts(tx, community.id, address).await? {
            empty(tx, ctx, &post).await?;
            count += 1;
        }
    }
    Ok(count)
}

async fn empty(tx: &mut Tx, ctx: &Context, post: &OwnPost) -> store::Result<()> {
    let remains = remains(&post.message_id);
    erasure::empty_post(tx, post, TOMBSTONE, &remains, ctx.now()).await?;
    search::remove(tx, post.id).await
}

/// A whole mail that says nothing but that there was one.
fn remains(message_id: &str) -> Vec<u8> {
    format!("Message-ID: <{message_id}>\r\nSubject: {TOMBSTONE}\r\n\r\n").into_bytes()
}
