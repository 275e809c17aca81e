//! What a decision means for what its author sends later.

use super::{By, Choice};
use crate::context::Context;
use crate::lists::post::Arrival;
use crate::store::holds::Hold;
use crate::store::{self, Tx};
use crate::trail::Step;

/// Remembers that an author is trusted or banned from now on.
pub(super) async fn remember(
    tx: &mut Tx,
    ctx: &Context,
    hold: &Hold,
    choice: &Choice,
    by: &By,
) -> store::Result<()> {
    let verdict = match choice {
        Choice::Trust => "trust",
        Choice::Ban => "ban",
        _ => return Ok(()),
    };
    let step = Step::of_person(Some(hold.community_id), &hold.author, ctx.now());
    step.record(tx, "standing", verdict, &format!("by {}", by.name))
        .await
}

/// Lets the author of an accepted post in as a guest of its thread, where they are
/// not a member.
pub(super) async fn let_in(
    _tx: &mut Tx,
    _ctx: &Context,
    _arrival: &Arrival<'_>,
    _by: &By,
) -> store::Result<()> {
    Ok(())
}
