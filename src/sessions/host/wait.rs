//! Whoever was asked to host has so long to answer; then somebody else is asked.

use super::{ask, end};
use crate::cadence::act::Act;
use crate::cadence::{Outcome, Running};
use crate::lists::home::Home;
use crate::sessions::before;
use crate::store::{self, Tx, communities, hosts};

/// This act's name in the registry.
pub(super) const NAME: &str = "host-wait";

/// However late, while the session is still to come.
pub const ACT: Act = Act::new(NAME, |tx, act| Box::pin(run(tx, act)));

/// It is about the session and the key of whoever was asked: `clinic 2026-03-24 12`.
async fn run(tx: &mut Tx, act: &Running<'_>) -> store::Result<Outcome> {
    let home = Home {
        ctx: act.ctx,
        community: act.community,
        charter: &act.charter,
    };
    let (about, member) = act.about.rsplit_once(' ').unwrap_or_default();
    let Some(sitting) = before::named(tx, home, about).await? else {
        return Ok(Outcome::Dropped("there is no such session any more".into()));
    };
    communities::lock(tx, act.community.id).await?;
    let asked = hosts::of_session(tx, &sitting.key()).await?;
    let waits = asked
        .into_iter()
        .find(|one| one.member_id.to_string() == member && one.state == "asked");
    let Some(waits) = waits else {
        return Ok(Outcome::Dropped("they have answered, or need not".into()));
    };
    end(tx, &home, waits, "silent").await?;
    if act.community.closed_at.is_some() || !sitting.is_ahead() {
        return Ok(Outcome::Dropped(
            "the session is not to come any more".into(),
        ));
    }
    ask::outcome(ask::next(tx, &sitting).await)
}
