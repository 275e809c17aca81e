//! Who speaks in a mail, and how surely that is known.

use super::post::Arrival;
use crate::context::Context;
use crate::identity::{Checked, Strength, strength};
use crate::message::Kind;
use crate::message::address::{domain_of, local_of};
use crate::routing::{self, Intent};
use crate::store::members::{self, Member};
use crate::store::{self, Tx};

/// Who speaks in a mail. What it may change depends on `strength`, because a From
/// line proves nothing.
#[derive(Clone, Debug)]
pub struct Speaker {
    /// Where an answer goes: the member's own address, else the one they wrote from.
    pub address: String,
    /// The name in their From line; may be empty.
    pub name: String,
    /// What they are in this community, also where they have left it.
    pub member: Option<Member>,
    /// How surely it is they.
    pub strength: Strength,
}

impl Speaker {
    /// The member, where they belong to the list now.
    pub fn on_list(&self) -> Option<&Member> {
        self.member.as_ref().filter(|member| member.on_list())
    }
}

/// Who speaks in a mail that carries no token; `None` where a machine does or
/// nobody is named.
///
/// # Errors
/// Where the database refuses.
pub async fn author(
    tx: &mut Tx,
    ctx: &Context,
    arrival: &Arrival<'_>,
) -> store::Result<Option<Speaker>> {
    if is_machine(arrival) {
        return Ok(None);
    }
    let Some(from) = arrival.mail.from.first() else {
        return Ok(None);
    };
    if is_own_address(ctx, arrival, &from.address) {
        return Ok(None);
    }
    let member = members::by_address(tx, arrival.community.id, &from.address).await?;
    Ok(Some(Speaker {
        address: match &member {
            Some(member) => member.address.clone(),
            None => from.address.clone(),
        },
        name: from.name.clone().unwrap_or_default(),
        member,
        strength: strength::of(
            arrival.mail,
            &ctx.settings.authentication.trusted_authserv,
            &Checked::from_text(&arrival.message.checked),
        ),
    }))
}

/// Who asks for something at an address of the community, as [`author`]. What proves the
/// author does not prove that they sent the mail here: whoever has a signed one, every
/// reader of a post among them, can hand it in again for any recipient. So it changes
/// something only where it was written to an address that asks for this.
///
/// # Errors
/// Where the database refuses.
pub async fn asking(
    tx: &mut Tx,
    ctx: &Context,
    arrival: &Arrival<'_>,
    intent: &Intent,
) -> store::Result<Option<Speaker>> {
    let mut found = author(tx, ctx, arrival).await?;
    if let Some(speaker) = &mut found
        && !is_written_here(ctx, arrival, intent)
    {
        speaker.strength = Strength::Bare;
    }
    Ok(found)
}

/// Whether the one To field, which signatures cover, names an address with that intent.
/// Cc can be added to a signed mail that has none; and a list's copy bears the signature
/// of our own domain, whoever wrote the post.
fn is_written_here(ctx: &Context, arrival: &Arrival<'_>, intent: &Intent) -> bool {
    let (mail, domain, slug) = (arrival.mail, &ctx.settings.domain, &arrival.community.slug);
    let asks = |local: &str| {
        let mut readings = routing::readings(local).into_iter();
        readings.any(|reading| reading.slug == *slug && reading.intent == *intent)
    };
    mail.to_fields == 1
        && !mail.is_list_copy
        && mail
            .to
            .iter()
            .any(|to| domain_of(&to.address) == domain && asks(local_of(&to.address)))
}

/// Whether the address is one of the list's own. Rewritten posts have it in From, so that
/// programs take it for somebody's; it is nobody's.
pub fn is_own_address(ctx: &Context, arrival: &Arrival<'_>, address: &str) -> bool {
    let is_ours = |local: &str| {
        let readings = routing::readings(local);
        readings
            .iter()
            .any(|reading| reading.slug == arrival.community.slug)
    };
    domain_of(address) == ctx.settings.domain && is_ours(local_of(address))
}

/// Whether a machine wrote: automatic mail never gets an answer (RFC 3834,
/// section 2).
pub fn is_machine(arrival: &Arrival<'_>) -> bool {
    let kind = matches!(
        arrival.mail.kind,
        Kind::AutoReply | Kind::Bounce | Kind::FeedbackReport
    );
    kind || arrival.message.envelope_from.is_empty()
}

/// The outcome of a mail that gets no answer because of [`is_machine`] or because
/// it names no author.
pub fn no_person() -> super::post::Outcome {
    (
        "discarded",
        "it is automatic or has no author, and gets no answer".to_owned(),
    )
}
