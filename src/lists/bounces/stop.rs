//! Nothing goes to an address any more, and how that ends.

use super::{notes, probe, trouble};
use crate::context::Context;
use crate::lists::home::Home;
use crate::lists::membership;
use crate::outbox::catalogue::CATALOGUE;
use crate::outbox::compose::{self, Letter};
use crate::sessions::invitations;
use crate::store::failing::{self, Failing};
use crate::store::members::Member;
use crate::store::{self, Tx, communities, members};
use crate::templates::mails::DeliveryWarning;
use crate::trail::Step;

/// The state of a member to whom nothing goes.
pub const BOUNCING: &str = "bouncing";

const WHY: &str = "mail to this address comes back";

/// From now on nothing goes there, in any community, but answers to what its owner
/// asks. They are members still, and may post. They are told at another address, and
/// the facilitators with others in one mail.
pub(super) async fn stop(
    tx: &mut Tx,
    ctx: &Context,
    mut failing: Failing,
) -> Result<(), compose::Error> {
    let is_new = failing.stopped_at.is_none();
    failing.stopped_at.get_or_insert(ctx.now());
    if is_new {
        (failing.warnings, failing.probe_failures) = (0, 0);
        failing.probe_id.clear();
        probe::plan(tx, ctx, &failing).await?;
    }
    failing::update(tx, &failing).await?;
    for id in failing::members_at(tx, &failing.address, "active").await? {
        if let Some(member) = change(tx, id, &failing.address, ("active", BOUNCING)).await? {
            let reason = format!("{WHY}: {}", failing.diagnostic);
            record(tx, ctx, &member, "stopped", &reason).await?;
            trouble::note(tx, ctx, id, "stopped").await?;
        }
    }
    drop_waiting(tx, ctx, &failing.address, WHY).await?;
    match is_new {
        true => tell_elsewhere(tx, ctx, &failing).await,
        false => Ok(()),
    }
}

/// Ends what waits to be sent to an address, but for answers.
pub(super) async fn drop_waiting(
    tx: &mut Tx,
    ctx: &Context,
    address: &str,
    why: &str,
) -> store::Result<()> {
    let answers = CATALOGUE.iter().filter(|entry| entry.is_transactional());
    let but: Vec<&str> = answers.map(|entry| entry.name).collect();
    failing::drop_waiting(tx, address, &but, why, ctx.now()).await?;
    Ok(())
}

/// The member of that key with another state, where they are at that address and in the
/// first state still.
async fn change(
    tx: &mut Tx,
    id: i64,
    address: &str,
    (from, to): (&str, &str),
) -> store::Result<Option<Member>> {
    let Some(known) = members::by_id(tx, id).await? else {
        return Ok(None);
    };
    communities::lock(tx, known.community_id).await?;
    let found = members::by_id(tx, id).await?;
    let Some(mut member) = found.filter(|now| now.address == address && now.state == from) else {
        return Ok(None);
    };
    to.clone_into(&mut member.state);
    membership::save(tx, &member).await?;
    Ok(Some(member))
}

/// The person hears of it where mail still reaches them.
async fn tell_elsewhere(
    tx: &mut Tx,
    ctx: &Context,
    failing: &Failing,
) -> Result<(), compose::Error> {
    let community = communities::by_id(tx, failing.community_id).await?;
    let (Some(charter), Some(person)) = (
        ctx.charter(&community),
        members::person_with(tx, &failing.address).await?,
    ) else {
        return Ok(());
    };
    let mut to = Vec::new();
    for other in members::addresses_of(tx, person).await? {
        if other != failing.address && notes::closed(tx, &other).await?.is_none() {
            to.push((None, other));
        }
    }
    if to.is_empty() {
        return Ok(());
    }
    let home = Home {
        ctx,
        community: &community,
        charter: &charter,
    };
    let mail = DeliveryWarning {
        is_elsewhere: true,
        ..notes::warning(tx, &home, failing).await?
    };
    let letter = Letter {
        to,
        ..Letter::default()
    };
    compose::send(tx, ctx, &community, &mail, &letter).await?;
    Ok(())
}

/// Mail goes to an address again, and its score is forgotten; `why` is for the trail.
/// False where it did not fail.
///
/// # Errors
/// Where the database refuses.
pub async fn reset(tx: &mut Tx, ctx: &Context, address: &str, why: &str) -> store::Result<bool> {
    let Some(failing) = failing::of(tx, address).await? else {
        return Ok(false);
    };
    failing::forget(tx, address).await?;
    probe::unplan(tx, ctx, &failing, "mail to that address fails no more").await?;
    let mut told = false;
    for id in failing::members_at(tx, address, BOUNCING).await? {
        if let Some(member) = change(tx, id, address, (BOUNCING, "active")).await? {
            record(tx, ctx, &member, "resumed", why).await?;
            invitations::of_somebody(tx, member.community_id, ctx.now()).await?;
            told = true;
        }
    }
    if !told {
        let step = Step::of_person(Some(failing.community_id), address, ctx.now());
        step.record(tx, "delivery", "cleared", why).await?;
    }
    Ok(true)
}

async fn record(
    tx: &mut Tx,
    ctx: &Context,
    member: &Member,
    verdict: &str,
    reason: &str,
) -> store::Result<()> {
    let step = Step::of_person(Some(member.community_id), &member.address, ctx.now());
    step.record(tx, "delivery", verdict, reason).await
}
