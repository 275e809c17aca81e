//! One address takes the other's place, in all communities of the person. The old
//! one stays linked: mail from it is still theirs.

use super::{CHANGE, ask, merge, tell, wishes_enough};
use crate::context::Context;
use crate::identity::Strength;
use crate::lists::home::Home;
use crate::lists::joining::limits;
use crate::lists::membership;
use crate::lists::post::{Arrival, Outcome};
use crate::lists::speaker::Speaker;
use crate::outbox::compose;
use crate::sessions::invitations;
use crate::store::wishes::Wish;
use crate::store::{self, Tx, communities, joinings, members};
use crate::templates::Phrase;
use crate::trail::Step;

/// A member said `address NEW`: both ends are asked, whoever wrote.
///
/// # Errors
/// Where the database refuses or an answer cannot be composed.
pub async fn change(
    tx: &mut Tx,
    ctx: &Context,
    arrival: &Arrival<'_>,
    speaker: &Speaker,
    new: &str,
) -> Result<Outcome, compose::Error> {
    let home = Home::of(ctx, arrival);
    communities::lock(tx, home.community.id).await?;
    joinings::lock(tx, new).await?;
    let Some(member) = speaker.on_list() else {
        let reason = format!("{} is not a member and gets no answer", speaker.address);
        return Ok(("command", reason));
    };
    if member.address == new {
        return Ok(("command", format!("mail goes to {new} already")));
    }
    if let Some(reason) = wishes_enough(tx, &home, (speaker, member)).await? {
        return Ok(("discarded", reason));
    }
    let id = (home.community.id, new);
    if let Some(reason) = limits::reached(tx, id, Strength::Bare, home.now()).await? {
        return Ok(("discarded", reason));
    }
    let wish = Wish {
        kind: CHANGE.into(),
        near: member.address.clone(),
        far: new.to_owned(),
        ..Wish::default()
    };
    ask(tx, &home, arrival, wish).await?;
    let reason = format!("address: {} to {new}, both ends are asked", member.address);
    Ok(("command", reason))
}

/// Both ends have said yes.
pub(super) async fn come_true(
    tx: &mut Tx,
    home: &Home<'_>,
    wish: &Wish,
) -> Result<(), compose::Error> {
    let person = members::person_of(tx, &wish.near, "", home.now()).await?;
    change_now(tx, home, person, &wish.far, "confirmed at both ends").await?;
    let done = Phrase::new("address_changed")
        .with("old", &wish.near)
        .with("new", &wish.far);
    tell(tx, home, &[&wish.near, &wish.far], &done).await
}

/// Sends all mail of a person to that normalised address from now on. Posts that are
/// on their way already still go to the old one.
///
/// # Errors
/// Where the database refuses.
pub async fn change_now(
    tx: &mut Tx,
    home: &Home<'_>,
    person: i64,
    new: &str,
    by: &str,
) -> store::Result<()> {
    merge::give(tx, home, new, person).await?;
    for known in members::of_person(tx, person).await? {
        // Read again behind the lock: whoever changes a member writes the whole row.
        communities::lock(tx, known.community_id).await?;
        let Some(mut member) = members::by_id(tx, known.id).await? else {
            continue;
        };
        let old = std::mem::replace(&mut member.address, new.to_owned());
        if old != member.address {
            // It was the old one to which nothing could go.
            if member.state == "bouncing" {
                "active".clone_into(&mut member.state);
            }
            membership::save(tx, &member).await?;
            invitations::of_somebody(tx, member.community_id, home.now()).await?;
            let step = Step::of_person(Some(member.community_id), &old, home.now());
            let reason = format!("mail goes to {new}: {by}");
            step.record(tx, "membership", "changed", &reason).await?;
        }
    }
    Ok(())
}
