//! Commands in a mail: at `-request`, at the sub-addresses, and in a reply to any
//! mail of ours.

use super::post::{Arrival, Outcome};
use super::speaker::Speaker;
use crate::context::Context;
use crate::outbox::compose::{self, Letter};
use crate::store::Tx;
use crate::templates::mails::Clarification;

/// Does what a mail asks for. `thread` is the thread that `mute` and `follow` are
/// about, where the mail belongs to one.
///
/// # Errors
/// Where the database refuses or an answer cannot be composed.
pub async fn run(
    tx: &mut Tx,
    ctx: &Context,
    arrival: &Arrival<'_>,
    speaker: &Speaker,
    _thread: Option<i64>,
) -> Result<Outcome, compose::Error> {
    let (slug, domain) = (&arrival.community.slug, &ctx.settings.domain);
    // Only members get an answer: a From line proves nothing, and a stranger
    // must not be able to make us write to a third person.
    let Some(member) = speaker.on_list() else {
        return Ok((
            "command",
            "its author is not a member and gets no answer".to_owned(),
        ));
    };
    let mail = Clarification {
        community: arrival.community.name.clone(),
        read: arrival
            .mail
            .visible_text
            .lines()
            .next()
            .unwrap_or("")
            .chars()
            .take(80)
            .collect(),
        problem: "Commands in a mail are not understood yet. These addresses work:".into(),
        examples: vec![
            format!("to post, write to {slug}@{domain}"),
            format!("to leave, write to {slug}-leave@{domain}"),
            format!("to reach the facilitators, write to {slug}-owner@{domain}"),
        ],
        owner_address: format!("{slug}-owner@{domain}"),
        ..Clarification::default()
    };
    let letter = Letter {
        to: vec![(Some(member.id), member.address.clone())],
        in_reply_to: arrival.message.message_id.clone(),
        ..Letter::default()
    };
    compose::send(tx, ctx, arrival.community, &mail, &letter).await?;
    Ok(("command", format!("answered {} with help", member.address)))
}
