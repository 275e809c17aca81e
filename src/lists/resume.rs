//! The end of a pause: posts go out to the member again.

use super::membership;
use crate::cadence::{Outcome, Running};
use crate::sessions::invitations;
use crate::store::{self, Tx, failing};
use crate::trail::Step;

/// This act's name in the registry.
pub const NAME: &str = "resume";

/// Ends the pause of the member whose address the act is about, unless they have
/// changed their mind since.
///
/// # Errors
/// Where the database refuses.
pub async fn run(tx: &mut Tx, act: &Running<'_>) -> store::Result<Outcome> {
    let found = membership::for_change(tx, act.community.id, &act.about).await?;
    let Some(mut member) = found.filter(|member| member.state == "paused") else {
        return Ok(Outcome::Dropped("the member is not paused any more".into()));
    };
    if member
        .paused_until
        .is_none_or(|until| until > act.ctx.now())
    {
        return Ok(Outcome::Dropped("the pause was prolonged".into()));
    }
    // Mail may have begun to fail before the pause.
    let state = match failing::is_stopped(tx, &member.address).await? {
        true => "bouncing",
        false => "active",
    };
    (member.state, member.paused_until) = (state.to_owned(), None);
    membership::save(tx, &member).await?;
    invitations::of_somebody(tx, member.community_id, act.ctx.now()).await?;
    let step = Step::of_person(Some(act.community.id), &member.address, act.ctx.now());
    step.record(tx, "membership", "resumed", "the pause has ended")
        .await?;
    Ok(Outcome::Done("posts go out again".into()))
}
