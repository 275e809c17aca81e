//! Two persons turn out to be one.

use crate::lists::home::Home;
use crate::lists::membership;
use crate::store::members::{self, Member};
use crate::store::{self, Tx, communities, offers};
use crate::trail::Step;

/// Gives an address to a person. Whoever had it so far is the same person from now
/// on, with all their addresses and memberships.
pub(super) async fn give(
    tx: &mut Tx,
    home: &Home<'_>,
    address: &str,
    person: i64,
) -> store::Result<()> {
    match members::person_with(tx, address).await? {
        None => members::add_address(tx, address, person, home.now()).await,
        Some(other) if other == person => Ok(()),
        Some(other) => merge(tx, home, other, person).await,
    }
}

async fn merge(tx: &mut Tx, home: &Home<'_>, from: i64, into: i64) -> store::Result<()> {
    for theirs in members::of_person(tx, from).await? {
        communities::lock(tx, theirs.community_id).await?;
        let all = members::of_person(tx, into).await?;
        let ours = all
            .into_iter()
            .find(|ours| ours.community_id == theirs.community_id);
        let theirs = members::by_id(tx, theirs.id).await?.unwrap_or(theirs);
        match ours {
            None => members::set_person(tx, theirs.id, into).await?,
            Some(ours) => one_of_two(tx, home, (theirs, from), (ours, into)).await?,
        }
    }
    offers::carry_over(tx, from, into).await?;
    members::move_addresses(tx, from, into).await
}

/// Both are here: the one who confirmed stays, unless only the other is still on the
/// list. Who stays has the roles of both; the other membership ends, and keeps what
/// was sent to it.
async fn one_of_two(
    tx: &mut Tx,
    home: &Home<'_>,
    (theirs, from): (Member, i64),
    (ours, into): (Member, i64),
) -> store::Result<()> {
    if theirs.state != "left" && ours.state == "left" {
        // No two memberships of a community may be one person's, not for a moment.
        let nobody = members::new_person(tx, "", home.now()).await?;
        members::set_person(tx, ours.id, nobody).await?;
        return members::set_person(tx, theirs.id, into).await;
    }
    debug_assert_ne!(from, into);
    if theirs.state == "left" {
        return Ok(());
    }
    unite(tx, home, theirs, ours).await
}

async fn unite(
    tx: &mut Tx,
    home: &Home<'_>,
    theirs: Member,
    mut ours: Member,
) -> store::Result<()> {
    let is_pending = ours.state == "pending";
    if is_pending {
        ours.state.clone_from(&theirs.state);
    }
    for role in theirs.roles() {
        // A member stays one, also where their other self only listened.
        if !(role == "listener" && ours.has_role("member")) {
            membership::add_role(&mut ours, role);
        }
    }
    membership::save(tx, &ours).await?;
    let reason = format!("{} is the same person", theirs.address);
    let step = Step::of_person(Some(ours.community_id), &ours.address, home.now());
    step.record(tx, "membership", "changed", &reason).await?;
    let by = format!("is the same person as {}", ours.address);
    membership::leave(tx, theirs, &by, home.now()).await
}
