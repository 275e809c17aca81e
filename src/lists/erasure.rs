//! The erasure of a person: memberships, addresses, choices, tokens, and the words
//! of their posts. What others quoted stays theirs; a ban stays, by the legitimate
//! interest of those who are protected by it.

mod names;

use super::moderation;
use crate::context::Context;
use crate::lists::membership;
use crate::random;
use crate::store::people::{self, OwnPost};
use crate::store::{self, Tx, communities, erasure, members, search};

/// What stands where a subject stood.
const TOMBSTONE: &str = "(erased)";

/// Erases whoever owns that address, in one transaction; gives what was done, in
/// words that name nobody.
///
/// # Errors
/// Where the database refuses.
pub async fn erase(tx: &mut Tx, ctx: &Context, address: &str, by: &str) -> store::Result<String> {
    let person = members::person_with(tx, address).await?;
    let addresses = match person {
        Some(person) => members::addresses_of(tx, person).await?,
        None => vec![address.to_owned()],
    };
    let names = match person {
        Some(person) => names::of(tx, person).await?,
        None => Vec::new(),
    };
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
    }
    if let Some(person) = person {
        erasure::forget_person(tx, person, &instead).await?;
    }
    erasure::empty_sent(tx).await?;
    tracing::info!(memberships, posts, by, "a person was erased");
    Ok(format!(
        "erased a person: {memberships} memberships, {posts} posts"
    ))
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
