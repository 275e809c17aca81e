//! What a decision means for what its author sends later.

use super::{By, Choice};
use crate::context::Context;
use crate::lists::guests;
use crate::lists::post::Arrival;
use crate::lists::standing::{self, Verdict};
use crate::store::holds::Hold;
use crate::store::{self, Tx};

/// Remembers that an author is trusted or banned from now on.
pub(super) async fn remember(
    tx: &mut Tx,
    ctx: &Context,
    hold: &Hold,
    choice: &Choice,
    by: &By,
) -> store::Result<()> {
    let verdict = match choice {
        Choice::Trust => Verdict::Trust,
        Choice::Ban => Verdict::Ban,
        _ => return Ok(()),
    };
    // Who wrote without an address cannot be known again.
    let Some(pattern) = standing::pattern(&hold.author) else {
        return Ok(());
    };
    let why = format!("decided about <{}>", hold.message_id);
    let reason = (why.as_str(), by.name.as_str());
    standing::set(tx, hold.community_id, &pattern, verdict, reason, ctx.now()).await
}

/// Lets the author of an accepted post in as a guest of its thread, where they are
/// not a member.
pub(super) async fn let_in(
    tx: &mut Tx,
    ctx: &Context,
    arrival: &Arrival<'_>,
    by: &By,
) -> store::Result<()> {
    guests::let_in_with(tx, ctx, arrival, &by.name).await
}
