//! In whose name an answer counts. Anybody can write a calendar's answer: it counts where
//! it comes to a member's own address and names one of theirs, or where its author is
//! proven; else that member alone is asked.

use crate::calendar::read::{Answered, Attendee};
use crate::context::Context;
use crate::identity::tokens::Purpose;
use crate::identity::{Checked, strength};
use crate::lists::post::Arrival;
use crate::store::members::{self, Member};
use crate::store::{self, Tx};

/// Whose answer it is.
pub(super) enum Who {
    /// This member's, and why that is sure.
    Member(Box<Member>, &'static str),
    /// It came to this member's address, from one that nobody here has.
    Unknown(Box<Member>, String),
    /// It says that it is this member's, and nothing shows it.
    Doubtful(Box<Member>),
    /// Nobody's who could answer.
    Nobody(String),
}

/// The member to whose own address it came.
pub(super) async fn owner(
    tx: &mut Tx,
    ctx: &Context,
    arrival: &Arrival<'_>,
    token: Option<&str>,
) -> store::Result<Option<Member>> {
    let id = token.and_then(|token| ctx.secret.verify(Purpose::Rsvp, token));
    let Some(id) = id else { return Ok(None) };
    let member = members::by_id(tx, id).await?;
    Ok(member.filter(|member| member.community_id == arrival.community.id))
}

/// Whose answer an event is.
pub(super) async fn judge(
    tx: &mut Tx,
    ctx: &Context,
    arrival: &Arrival<'_>,
    owner: Option<Member>,
    event: &Answered,
) -> store::Result<Who> {
    let own = match &owner {
        Some(owner) => addresses(tx, owner).await?,
        None => Vec::new(),
    };
    let from = arrival.mail.from.first().map(|from| from.address.clone());
    let author: Vec<String> = from.into_iter().collect();
    // The author of a mail that was passed on answers for themselves.
    let attendee = named(event, &author).or_else(|| replying(event, &own));
    let Some(address) = attendee.and_then(|one| one.address.clone()) else {
        return Ok(Who::Nobody("it names no attendee".into()));
    };
    if let Some(owner) = owner.clone().filter(|_| own.contains(&address)) {
        return Ok(here(owner, "it came to their own address"));
    }
    let member = members::by_address(tx, arrival.community.id, &address).await?;
    match (member.filter(Member::on_list), owner) {
        (Some(member), _) => proven(tx, ctx, arrival, member).await,
        (None, Some(owner)) if owner.on_list() => Ok(Who::Unknown(Box::new(owner), address)),
        (None, Some(owner)) => Ok(has_left(&owner)),
        (None, None) => Ok(Who::Nobody(format!("{address} is no member"))),
    }
}

/// Whether the mail's author is proven, and the member.
async fn proven(
    tx: &mut Tx,
    ctx: &Context,
    arrival: &Arrival<'_>,
    member: Member,
) -> store::Result<Who> {
    let trusted = &ctx.settings.authentication.trusted_authserv;
    let checked = Checked::from_text(&arrival.message.checked);
    let is_proven = strength::of(arrival.mail, trusted, &checked).may_change();
    let own = addresses(tx, &member).await?;
    let is_theirs = arrival
        .mail
        .from
        .iter()
        .all(|from| own.contains(&from.address));
    Ok(match is_proven && is_theirs {
        true => here(member, "their domain sent it"),
        false => Who::Doubtful(Box::new(member)),
    })
}

fn here(member: Member, how: &'static str) -> Who {
    match member.on_list() {
        true => Who::Member(Box::new(member), how),
        false => has_left(&member),
    }
}

fn has_left(member: &Member) -> Who {
    Who::Nobody(format!("{} is no member any more", member.address))
}

/// All addresses of a member's person.
pub(super) async fn addresses(tx: &mut Tx, member: &Member) -> store::Result<Vec<String>> {
    let mut all = members::addresses_of(tx, member.person_id).await?;
    if !all.contains(&member.address) {
        all.push(member.address.clone());
    }
    Ok(all)
}

/// The attendee who answers: one of these addresses, else the first that says something.
/// An answer may repeat all of the event, with others' names.
pub(super) fn replying<'a>(event: &'a Answered, own: &[String]) -> Option<&'a Attendee> {
    let says = || event.attendees.iter().find(|one| one.says().is_some());
    named(event, own).or_else(says).or(event.attendees.first())
}

fn named<'a>(event: &'a Answered, own: &[String]) -> Option<&'a Attendee> {
    let is_own = |one: &&Attendee| one.address.as_ref().is_some_and(|one| own.contains(one));
    event.attendees.iter().find(is_own)
}
