//! Mail for a community's people: passed on to the facilitators, never archived.

use super::{dmarc, secrets};
use crate::context::Context;
use crate::lists::post::{Arrival, Outcome};
use crate::lists::speaker;
use crate::message::{self, ListCopy};
use crate::outbox::catalogue::PERSON_MESSAGE;
use crate::outbox::compose::{self, Letter};
use crate::store::{Tx, members};

/// Passes somebody's mail on to the facilitators, as it is but for the envelope.
///
/// # Errors
/// Where the database refuses, or there is no facilitator.
pub async fn to_facilitators(
    tx: &mut Tx,
    ctx: &Context,
    arrival: &Arrival<'_>,
) -> Result<Outcome, compose::Error> {
    if speaker::is_machine(arrival) {
        return Ok((
            "discarded",
            "it is automatic, and facilitators are people".to_owned(),
        ));
    }
    if is_passed_on(arrival) {
        let reason = "it was passed on by this address already, and goes in circles".to_owned();
        return Ok(("discarded", reason));
    }
    let facilitators = members::with_role(tx, arrival.community.id, "facilitator").await?;
    let to: Vec<_> = facilitators
        .iter()
        .map(|m| (Some(m.id), m.address.clone()))
        .collect();
    if to.is_empty() {
        return Err(compose::Error::Aside(
            "the community has no facilitator to pass it on to; name one in its charter".into(),
        ));
    }
    let (slug, message) = (&arrival.community.slug, arrival.message);
    let mut copy = ListCopy {
        set: vec![
            ("Folkmoot-Mail".into(), PERSON_MESSAGE.name.into()),
            (
                "Folkmoot-About".into(),
                format!(
                    "{}; community={slug}; {}",
                    PERSON_MESSAGE.name,
                    compose::today(ctx, arrival.community)
                ),
            ),
            (
                "Sender".into(),
                format!("<{slug}-owner@{}>", ctx.settings.domain),
            ),
        ],
        date: ctx.today().to_rfc2822(),
        message_id: format!("<{}>", message.message_id),
        ..ListCopy::default()
    };
    let owner = format!("{slug}-owner@{}", ctx.settings.domain);
    let content = match secrets::without(ctx, &message.raw) {
        None => dmarc::passed_on(ctx, arrival, &message.raw, copy, &owner),
        Some(raw) => {
            // It went to a token's address; who answers all of it answers people.
            copy.set.push(("To".into(), format!("<{owner}>")));
            dmarc::passed_on(ctx, arrival, &raw, copy, &owner)
        }
    };
    let letter = Letter {
        to,
        ..Letter::default()
    };
    let count = letter.to.len();
    compose::enqueue(
        tx,
        ctx,
        arrival.community,
        &PERSON_MESSAGE,
        &letter,
        &message.message_id,
        &content.bytes,
    )
    .await?;
    let mut reason = format!("passed on to {count} facilitators");
    let renamed = content.notes.first();
    if let Some(note) = renamed.filter(|note| note.starts_with("From ")) {
        reason = format!("{reason}; {note}");
    }
    Ok(("forwarded", reason))
}

/// Whether it is one of the copies that this address sends: a facilitator's address may
/// lead back here.
fn is_passed_on(arrival: &Arrival<'_>) -> bool {
    let about = format!(
        "{}; community={};",
        PERSON_MESSAGE.name, arrival.community.slug
    );
    let fields = message::fields(&arrival.message.raw);
    let mut fields = fields.iter();
    fields.any(|(name, value)| {
        name.eq_ignore_ascii_case("Folkmoot-About") && value.trim().starts_with(&about)
    })
}
