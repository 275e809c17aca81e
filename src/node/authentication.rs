//! Our own checks of a message's sender, once for all its recipients, before any of them
//! is served.

use crate::context::Context;
use crate::identity::check::{self, Handed, Terms};
use crate::identity::{Checked, Policy};
use crate::message::Mail;
use crate::store::intake::{self, Message};
use crate::store::{self, Millis, Tx};
use crate::trail::Step;

/// What our checks find of a message; `None` where nothing is to be checked: it is known
/// from another recipient, checks are off, or nobody outside handed the message in. A
/// policy that could not be looked up is asked for again.
pub(super) async fn check(ctx: &Context, message: &Message, mail: &Mail) -> Option<Checked> {
    let comes_from_outside = ["lmtp", "smtp", "command"].contains(&message.via.as_str());
    if ctx.resolver.is_off() || is_known(message) || !comes_from_outside {
        return None;
    }
    let handed = Handed {
        raw: &message.raw,
        mail,
        envelope_from: &message.envelope_from,
        helo: &message.helo,
        peer: &message.peer,
        via: &message.via,
    };
    let terms = Terms {
        trusted_sealers: &ctx.settings.authentication.trusted_sealers,
        now: ctx.now(),
    };
    Some(check::check(&ctx.resolver, handed, terms).await)
}

fn is_known(message: &Message) -> bool {
    let is_open = Checked::from_text(&message.checked).policy == Policy::Unknown;
    !message.checked.is_empty() && !is_open
}

/// Keeps what was found, with a step for `why`, unless another node was faster.
pub(super) async fn keep(
    tx: &mut Tx,
    message: &mut Message,
    checked: &Checked,
    now: Millis,
) -> store::Result<()> {
    let before = std::mem::replace(&mut message.checked, checked.to_text());
    if before == message.checked {
        return Ok(());
    }
    if intake::set_checked(tx, message.id, &before, &message.checked).await? {
        let step = Step::of_message(None, &message.message_id, now);
        let verdict = checked.strength.name();
        step.record(tx, "authentication", verdict, &checked.results)
            .await?;
    }
    Ok(())
}
