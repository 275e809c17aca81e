//! What a person wants of the programme's mail, over all communities: half as much,
//! as much as there is, or none of a kind.

use crate::context::Context;
use crate::store::members::Member;
use crate::store::{self, Tx, offers, stopped};
use crate::templates::Phrase;
use crate::trail::Step;

/// Half of a half of a half: 2 mails in 8 weeks. Who wants less stops the kinds.
pub const MOST_HALVED: i64 = 3;

/// Whose mail it is.
#[derive(Clone, Copy, Debug)]
pub struct Who<'a> {
    /// The person.
    pub person: i64,
    /// An address of theirs.
    pub address: &'a str,
    /// Where they said so, if it was in one community.
    pub community: Option<i64>,
}

impl<'a> From<&'a Member> for Who<'a> {
    fn from(member: &'a Member) -> Who<'a> {
        Who {
            person: member.person_id,
            address: &member.address,
            community: Some(member.community_id),
        }
    }
}

/// Half as much from now on; each time again. Gives what was done.
///
/// # Errors
/// Where the database refuses.
pub async fn halve(tx: &mut Tx, ctx: &Context, who: &Who<'_>, way: &str) -> store::Result<Phrase> {
    let halved = offers::halved(tx, who.address).await?;
    let halved = (halved + 1).min(MOST_HALVED);
    offers::set_halved(tx, who.person, halved).await?;
    note(tx, ctx, who, "halved", way).await?;
    Ok(Phrase::new("programme_halved").with("days", (7_i64 << halved).to_string()))
}

/// As much again as the communities send.
///
/// # Errors
/// Where the database refuses.
pub async fn restore(tx: &mut Tx, ctx: &Context, who: &Who<'_>, way: &str) -> store::Result<()> {
    offers::set_halved(tx, who.person, 0).await?;
    note(tx, ctx, who, "restored", way).await
}

/// No more of the mail with that name.
///
/// # Errors
/// Where the database refuses.
pub async fn stop(
    tx: &mut Tx,
    ctx: &Context,
    who: &Who<'_>,
    name: &str,
    way: &str,
) -> store::Result<()> {
    stopped::stop(tx, who.person, name, ctx.now()).await?;
    note(tx, ctx, who, "stopped", &format!("{way}: {name}")).await
}

/// The mail with that name again; what was ignored before counts no more.
///
/// # Errors
/// Where the database refuses.
pub async fn start(
    tx: &mut Tx,
    ctx: &Context,
    who: &Who<'_>,
    name: &str,
    way: &str,
) -> store::Result<()> {
    stopped::start(tx, who.person, name).await?;
    offers::forgive(tx, who.address, name, ctx.now()).await?;
    note(tx, ctx, who, "started", &format!("{way}: {name}")).await
}

async fn note(
    tx: &mut Tx,
    ctx: &Context,
    who: &Who<'_>,
    verdict: &str,
    reason: &str,
) -> store::Result<()> {
    let step = Step::of_person(who.community, who.address, ctx.now());
    step.record(tx, "budget", verdict, reason).await
}
