//! Umbrellas: a list whose posts also go to the members of other communities.

use super::post::Arrival;
use super::speaker;
use crate::config::Charter;
use crate::context::Context;
use crate::store::communities::{self, Community};
use crate::store::members::{self, Member};
use crate::store::{self, Tx};

/// Communities that one post reaches at most; what is beyond is left out.
const MOST: usize = 100;

/// The communities that a list includes, those that these include too, each once:
/// a circle of includes ends where it comes back. A slug that nobody has is passed
/// over, since its community may be founded later.
///
/// # Errors
/// Where the database refuses.
pub async fn of(tx: &mut Tx, ctx: &Context, charter: &Charter) -> store::Result<Vec<Community>> {
    let mut seen = vec![charter.slug.clone()];
    let mut open: Vec<String> = charter.list.includes.clone();
    let mut found = Vec::new();
    while !open.is_empty() && found.len() < MOST {
        let slug = open.remove(0);
        if seen.contains(&slug) {
            continue;
        }
        seen.push(slug.clone());
        let Some(community) = communities::by_slug(tx, &slug).await? else {
            continue;
        };
        let nested = ctx.charter(&community);
        open.extend(
            nested
                .iter()
                .flat_map(|charter| charter.list.includes.clone()),
        );
        found.push(community);
    }
    Ok(found)
}

/// The author as somebody who belongs to the list: a member of its own, else of a
/// community that it includes.
///
/// # Errors
/// Where the database refuses.
pub async fn author(
    tx: &mut Tx,
    ctx: &Context,
    arrival: &Arrival<'_>,
) -> store::Result<Option<Member>> {
    let Some(from) = arrival.mail.from.first() else {
        return Ok(None);
    };
    if speaker::is_own_address(ctx, arrival, &from.address) {
        return Ok(None);
    }
    let own = members::by_address(tx, arrival.community.id, &from.address).await?;
    if let Some(own) = own.filter(Member::on_list) {
        return Ok(Some(own));
    }
    if arrival.charter.list.includes.is_empty() {
        return Ok(None);
    }
    for community in of(tx, ctx, arrival.charter).await? {
        let member = members::by_address(tx, community.id, &from.address).await?;
        if let Some(member) = member.filter(Member::on_list) {
            return Ok(Some(below(member)));
        }
    }
    Ok(None)
}

/// Whoever runs an included community does not run the umbrella; whoever only reads
/// there only reads here.
fn below(member: Member) -> Member {
    let role = match member.has_role("listener") {
        true => "listener",
        false => "member",
    };
    Member {
        roles: role.to_owned(),
        ..member
    }
}
