//! The answer to a reply that was understood and done.

use super::post::Arrival;
use crate::context::Context;
use crate::outbox::compose::{self, Letter};
use crate::store::{Tx, counted_answers};
use crate::templates::Phrase;
use crate::templates::mails::Receipt;

const DAY: i64 = 86_400_000;

/// A machine that hides what it is answers every answer of ours, and must come to an end.
const MOST_RECEIPTS: i64 = 20;

/// Tells the member or stranger who has replied what was done, and how to undo it.
///
/// # Errors
/// Where the database refuses or the mail cannot be composed.
pub async fn send(
    tx: &mut Tx,
    ctx: &Context,
    arrival: &Arrival<'_>,
    (member, address): (Option<i64>, &str),
    done: &[Phrase],
    undo: Option<Phrase>,
) -> Result<(), compose::Error> {
    let community = arrival.community;
    let (whom, now) = ((community.id, address), ctx.now());
    if !counted_answers::note(tx, whom, "receipt", (now - DAY, now), MOST_RECEIPTS).await? {
        return Ok(());
    }
    let language = compose::language(ctx, community);
    let say = |phrase: &Phrase| ctx.templates.say(&language, &community.slug, phrase);
    let mail = Receipt {
        community: community.name.clone(),
        done: done.iter().map(say).collect(),
        undo: undo.as_ref().map(say).unwrap_or_default(),
        owner_address: format!("{}-owner@{}", community.slug, ctx.settings.domain),
        ..Receipt::default()
    };
    let letter = Letter {
        to: vec![(member, address.to_owned())],
        in_reply_to: arrival.message.message_id.clone(),
        ..Letter::default()
    };
    compose::send(tx, ctx, community, &mail, &letter).await?;
    Ok(())
}
