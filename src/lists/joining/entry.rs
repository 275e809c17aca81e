//! The moment at which somebody becomes a member.

use super::{Joining, outcome};
use crate::lists::bounces;
use crate::lists::home::Home;
use crate::lists::membership::{self, NewMember};
use crate::lists::post::Outcome;
use crate::lists::welcome;
use crate::outbox::compose;
use crate::store::{Tx, joinings, members};

/// Makes them a member and welcomes them. Whatever else waited for them ends.
pub(super) async fn enter(
    tx: &mut Tx,
    home: &Home<'_>,
    who: &Joining,
    by: &str,
) -> Result<Outcome, compose::Error> {
    if home.community.closed_at.is_some() {
        return outcome::closed(tx, home, who).await;
    }
    let (community, now) = (home.community.id, home.now());
    let known = members::by_address(tx, community, &who.address).await?;
    let delivery = home.charter.list.delivery.as_str();
    let new = NewMember {
        address: who.address.clone(),
        name: who.name.clone(),
        // Who comes back keeps what they chose.
        delivery: known.map_or(delivery, |_| "").to_owned(),
        ..NewMember::default()
    };
    membership::add(tx, community, &new, by, now).await?;
    if who.proven {
        let why = "they joined, which is proven";
        bounces::lift(tx, home.ctx, &who.address, why).await?;
        bounces::reset(tx, home.ctx, &who.address, why).await?;
    }
    while let Some(open) = joinings::open(tx, community, &who.address).await? {
        joinings::decide(tx, open.id, "joined", by, now).await?;
    }
    if let Some(member) = members::by_address(tx, community, &who.address).await? {
        welcome::send(tx, home, &member, &who.request_id).await?;
    }
    Ok(("command", format!("{} has joined: {by}", who.address)))
}
