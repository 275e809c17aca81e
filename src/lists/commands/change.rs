//! One change of a member's settings, whichever way it was asked for: kept, and
//! recorded in the trail.

use super::{canonical, settings};
use crate::clock::moment;
use crate::config::Charter;
use crate::context::Context;
use crate::lists::{bounces, membership};
use crate::message::words::Word;
use crate::sessions::invitations;
use crate::store::members::Member;
use crate::store::{self, Tx};
use crate::trail::Step;

/// Changes a member (read with [`membership::for_change`]) as a word says; `None`
/// where the word is no setting. `way` says how it was asked for, as `by mail`.
///
/// # Errors
/// Where the database refuses.
pub async fn change(
    tx: &mut Tx,
    ctx: &Context,
    charter: &Charter,
    member: &mut Member,
    word: &Word,
    way: &str,
) -> store::Result<Option<settings::Set>> {
    let topics: Vec<&str> = charter
        .topics
        .iter()
        .map(|topic| topic.name.as_str())
        .collect();
    let when = (moment(ctx.now()), charter.timezone);
    let set = settings::set(member, word, &topics, when);
    if let Some(settings::Set::Done(_)) = &set {
        membership::save(tx, member).await?;
        invitations::of_somebody(tx, member.community_id, ctx.now()).await?;
        let step = Step::of_person(Some(member.community_id), &member.address, ctx.now());
        let reason = format!("{way}: {}", canonical::text(word));
        step.record(tx, "membership", "changed", &reason).await?;
        bounces::wanted(tx, ctx, member, word).await?;
    }
    Ok(set)
}
