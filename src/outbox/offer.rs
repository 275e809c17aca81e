//! The gate of the budget: a mail that it rules is offered, one row a person.

use super::catalogue::{Class, Entry};
use super::compose::Parcel;
use crate::context::Context;
use crate::store::communities::Community;
use crate::store::offers::NewOffer;

/// The row by which a mail, composed already, is offered to one of its recipients.
pub(super) fn row<'a>(
    ctx: &Context,
    (community, mail): (&Community, i64),
    parcel: &Parcel<'a>,
    (member, recipient): (Option<i64>, &'a str),
) -> NewOffer<'a> {
    let (entry, letter) = (parcel.entry, parcel.letter);
    let due_at = letter.due_at.unwrap_or_else(|| ctx.now());
    let latest = due_at.saturating_add(entry.expiry.unwrap_or(0));
    NewOffer {
        community_id: community.id,
        mail_id: mail,
        member_id: member,
        recipient,
        name: entry.name,
        kind: kind(entry, &letter.series),
        series: &letter.series,
        priority: entry.priority.number(),
        due_at,
        expires_at: letter.expires_at.unwrap_or(latest),
    }
}

/// How it counts, as it is kept.
fn kind(entry: &Entry, series: &str) -> &'static str {
    match (entry.class, series) {
        (Class::Role, _) => "role",
        (_, "") => "programme",
        _ => "series",
    }
}
