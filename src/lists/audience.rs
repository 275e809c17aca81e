//! Who gets a post, beyond the frozen roster: who is left out of it, who else it
//! goes to, and how it reaches each person once. A post costs a few statements
//! however long the list; expansion does the rest in batches.

use std::collections::BTreeSet;

use super::post::Arrival;
use super::{guests, includes};
use crate::context::Context;
use crate::store::audience::{self, Same};
use crate::store::{self, Tx};

/// Addresses of a header that are looked at: who names more gets copies twice.
const MOST_NAMED: usize = 200;

/// Writes with a mail who of its frozen audience does not get it, and who else does.
///
/// # Errors
/// Where the database refuses.
pub async fn freeze(
    tx: &mut Tx,
    ctx: &Context,
    arrival: &Arrival<'_>,
    (post, mail): (i64, i64),
) -> store::Result<()> {
    let author = arrival.mail.from.first();
    let author = author.map_or("", |author| author.address.as_str());
    let named = named(ctx, arrival);
    audience::skip_author(tx, mail, author).await?;
    audience::skip_named(tx, mail, author, &named).await?;
    once(tx, ctx, arrival, author, mail).await?;
    guests::add(tx, ctx, arrival, (post, mail), (author, &named)).await
}

/// The addresses in To and Cc but for the list's own, each once.
fn named<'a>(ctx: &Context, arrival: &'a Arrival<'_>) -> Vec<&'a str> {
    let own = format!("{}@{}", arrival.community.slug, ctx.settings.domain);
    let all = arrival.mail.to.iter().chain(&arrival.mail.cc);
    let addresses = all.take(MOST_NAMED).map(|named| named.address.as_str());
    let distinct: BTreeSet<&str> = addresses.filter(|address| *address != own).collect();
    distinct.into_iter().collect()
}

/// Where the same post goes to another list as well, or to the members of several
/// communities, each person gets it once.
async fn once(
    tx: &mut Tx,
    ctx: &Context,
    arrival: &Arrival<'_>,
    author: &str,
    mail: i64,
) -> store::Result<()> {
    let (message, digest) = (arrival.message, arrival.mail.body_digest.as_str());
    let key = format!("{digest} {} {author}", message.message_id);
    let same = Same {
        message_id: &message.message_id,
        author,
        digest: digest.as_bytes(),
    };
    let is_second = audience::mark_others(tx, mail, &key, same).await?;
    let included = match arrival.charter.list.includes.is_empty() {
        true => Vec::new(),
        false => includes::of(tx, ctx, arrival.charter).await?,
    };
    if is_second || !included.is_empty() {
        audience::set_key(tx, mail, &key).await?;
    }
    for (position, community) in included.iter().enumerate() {
        audience::include(tx, mail, position as i64, community.id).await?;
    }
    Ok(())
}
