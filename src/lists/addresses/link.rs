//! Linking two addresses, so that posts and replies from both are one person's.

use super::{DAY, LINK, ask, merge, tell, wishes_enough};
use crate::context::Context;
use crate::identity::Strength;
use crate::lists::home::Home;
use crate::lists::joining::limits;
use crate::lists::post::{Arrival, Outcome};
use crate::lists::release;
use crate::lists::speaker::Speaker;
use crate::outbox::compose;
use crate::store::members::Member;
use crate::store::wishes::Wish;
use crate::store::{self, Tx, answers, communities, joinings, members};
use crate::templates::Phrase;

/// Somebody said `link ADDRESS`. A member links a further address; who replied to
/// the notice about a held post links the one they wrote from with a member's. The
/// latter learns nothing about who is a member.
///
/// # Errors
/// Where the database refuses or an answer cannot be composed.
pub async fn link(
    tx: &mut Tx,
    ctx: &Context,
    arrival: &Arrival<'_>,
    speaker: &Speaker,
    address: &str,
) -> Result<Outcome, compose::Error> {
    let home = Home::of(ctx, arrival);
    communities::lock(tx, home.community.id).await?;
    joinings::lock(tx, address).await?;
    match speaker.on_list() {
        Some(member) => further(tx, &home, arrival, (speaker, member), address).await,
        None if speaker.strength == Strength::Token => {
            from_outside(tx, &home, arrival, speaker, address).await
        }
        None => {
            let reason = format!("{} is not a member and gets no answer", speaker.address);
            Ok(("command", reason))
        }
    }
}

/// A member's further address.
async fn further(
    tx: &mut Tx,
    home: &Home<'_>,
    arrival: &Arrival<'_>,
    (speaker, member): (&Speaker, &Member),
    address: &str,
) -> Result<Outcome, compose::Error> {
    let proven = speaker.strength.may_change();
    if members::person_with(tx, address).await? == Some(member.person_id) {
        let (kind, now) = ("link-is-own", home.now());
        // Anybody can ask this in their name.
        if proven
            || answers::may_go(tx, member.community_id, &member.address, kind, now, DAY).await?
        {
            let done = Phrase::new("link_is_own").with("address", address);
            tell(tx, home, &[&member.address], &done).await?;
        }
        return Ok(("command", format!("{address} is theirs already")));
    }
    if let Some(reason) = wishes_enough(tx, home, (speaker, member)).await? {
        return Ok(("discarded", reason));
    }
    let wish = Wish {
        kind: LINK.into(),
        near: member.address.clone(),
        far: address.to_owned(),
        near_yes_at: proven.then(|| home.now()),
        ..Wish::default()
    };
    if let Some(reason) = too_often(tx, home, address).await? {
        return Ok(("discarded", reason));
    }
    ask(tx, home, arrival, wish).await?;
    let done = Phrase::new("link_asked").with("address", address);
    if proven {
        tell(tx, home, &[&member.address], &done).await?;
    }
    let reason = format!("link: {} with {address}, asked", member.address);
    Ok(("command", reason))
}

/// An address whose owner has proven to read its mail, and says to be a member.
async fn from_outside(
    tx: &mut Tx,
    home: &Home<'_>,
    arrival: &Arrival<'_>,
    speaker: &Speaker,
    address: &str,
) -> Result<Outcome, compose::Error> {
    let member = members::by_address(tx, home.community.id, address).await?;
    let is_asked = match member.filter(Member::on_list) {
        Some(_) => too_often(tx, home, address).await?.is_none(),
        None => false,
    };
    if is_asked {
        let wish = Wish {
            kind: LINK.into(),
            near: address.to_owned(),
            far: speaker.address.clone(),
            far_yes_at: Some(home.now()),
            ..Wish::default()
        };
        ask(tx, home, arrival, wish).await?;
    }
    // The same answer whether or not: it must not tell who is a member.
    let done = Phrase::new("link_asked").with("address", address);
    tell(tx, home, &[&speaker.address], &done).await?;
    let what = if is_asked { "asked" } else { "not asked" };
    let reason = format!("link: {} with {address}, {what}", speaker.address);
    Ok(("command", reason))
}

async fn too_often(tx: &mut Tx, home: &Home<'_>, address: &str) -> store::Result<Option<String>> {
    let id = (home.community.id, address);
    limits::reached(tx, id, Strength::Bare, home.now()).await
}

/// Both ends have said yes.
pub(super) async fn come_true(
    tx: &mut Tx,
    home: &Home<'_>,
    wish: &Wish,
) -> Result<(), compose::Error> {
    let into = members::person_of(tx, &wish.near, "", home.now()).await?;
    merge::give(tx, home, &wish.far, into).await?;
    for member in members::of_person(tx, into).await? {
        if member.on_list() {
            let id = member.community_id;
            release::posts_of(tx, home.ctx, id, &wish.far, "release_linked").await?;
        }
    }
    let done = Phrase::new("link_done")
        .with("one", &wish.near)
        .with("other", &wish.far);
    tell(tx, home, &[&wish.near, &wish.far], &done).await
}
