//! The gate of the budget: a mail that it rules is offered, one row a person.

use super::catalogue::{Class, Entry};
use super::compose::Letter;
use crate::context::Context;
use crate::store::communities::Community;
use crate::store::offers::{self, NewOffer};
use crate::store::{self, Tx};

/// Offers a mail, composed already, to one of its recipients.
///
/// # Errors
/// Where the database refuses.
pub(super) async fn offer(
    tx: &mut Tx,
    ctx: &Context,
    (community, mail): (&Community, i64),
    entry: &Entry,
    letter: &Letter,
    (member, address): (Option<i64>, &str),
) -> store::Result<()> {
    let due_at = letter.due_at.unwrap_or_else(|| ctx.now());
    let latest = due_at.saturating_add(entry.expiry.unwrap_or(0));
    let row = NewOffer {
        community_id: community.id,
        mail_id: mail,
        member_id: member,
        recipient: address,
        name: entry.name,
        kind: kind(entry, &letter.series),
        series: &letter.series,
        priority: entry.priority.number(),
        due_at,
        expires_at: letter.expires_at.unwrap_or(latest),
    };
    offers::insert(tx, &row).await
}

/// How it counts, as it is kept.
fn kind(entry: &Entry, series: &str) -> &'static str {
    match (entry.class, series) {
        (Class::Role, _) => "role",
        (_, "") => "programme",
        _ => "series",
    }
}
