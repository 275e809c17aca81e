//! The answer to an understood reply to a mail of the practice's.

use crate::cadence::act::Reply;
use crate::outbox::compose::{self, Letter};
use crate::store::{Tx, counted_answers};
use crate::templates::Phrase;
use crate::templates::mails::Receipt;

const DAY: i64 = 86_400_000;

/// A machine that hides what it is answers every answer of ours, and must come to an end.
const MOST_RECEIPTS: i64 = 20;

/// Tells who has replied what was done, and how to undo it.
///
/// # Errors
/// Where the database refuses or the mail cannot be composed.
pub async fn send(
    tx: &mut Tx,
    reply: &Reply<'_>,
    done: &[Phrase],
    undo: Option<Phrase>,
) -> Result<(), compose::Error> {
    let (ctx, community, speaker) = (reply.ctx, reply.arrival.community, reply.speaker);
    let (whom, now) = ((community.id, speaker.address.as_str()), ctx.now());
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
        to: vec![(
            speaker.member.as_ref().map(|member| member.id),
            speaker.address.clone(),
        )],
        in_reply_to: reply.arrival.message.message_id.clone(),
        ..Letter::default()
    };
    compose::send(tx, ctx, community, &mail, &letter).await?;
    Ok(())
}
