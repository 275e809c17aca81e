//! Invitations: facilitators and moderators ask somebody to join, who accepts by
//! replying.

use super::{DAY, END, INVITE, Joining, bans, limits, token, trail, words};
use crate::identity::Strength;
use crate::lists::home::Home;
use crate::outbox::compose::{self, Letter};
use crate::store::members::{self, Member};
use crate::store::{self, Tx, acts, communities, joinings};
use crate::templates::Phrase;
use crate::templates::mails::ListInvitation;

/// How long an invitation holds, in days.
const DAYS: i64 = 14;

/// Who said no is left in peace for so many days.
const PEACE: i64 = 90;

/// At most so many are invited at a time.
const MOST: usize = 100;

/// Who invites.
#[derive(Clone, Copy)]
pub enum Inviter<'a> {
    /// A facilitator or moderator; whether they may is asked before.
    Member(&'a Member),
    /// The operator, for the community.
    Operator,
}

/// What became of one invitation.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Invited {
    /// It is on its way.
    Sent,
    /// They are a member already.
    Member,
    /// They are banned here.
    Banned,
    /// They have been asked, or have asked, and it is not decided yet.
    Waiting,
    /// They said no, not long ago.
    SaidNo,
    /// They have had too many such mails today, or too many were named.
    TooMany,
    /// The community is closed.
    Closed,
}

impl Invited {
    /// How it is said to whoever invites.
    pub fn phrase(self, address: &str) -> Phrase {
        let key = match self {
            Invited::Sent => "invited_sent",
            Invited::Member => "invited_member",
            Invited::Banned => "invited_banned",
            Invited::Waiting => "invited_waiting",
            Invited::SaidNo => "invited_said_no",
            Invited::TooMany => "invited_too_many",
            Invited::Closed => "invited_closed",
        };
        Phrase::new(key).with("address", address)
    }
}

/// Invites these normalised addresses, with a personal message that may be empty;
/// tells what became of each. Whether `by` may invite is the caller's to ask
/// (`roles::may` with `Act::Invite`).
///
/// # Errors
/// Where the database refuses or a mail cannot be composed.
pub async fn invite(
    tx: &mut Tx,
    home: &Home<'_>,
    by: Inviter<'_>,
    addresses: &[String],
    message: &str,
) -> Result<Vec<(String, Invited)>, compose::Error> {
    communities::lock(tx, home.community.id).await?;
    let mut told = Vec::new();
    for (number, address) in addresses.iter().enumerate() {
        let refused = match number < MOST {
            true => refused(tx, home, by, address).await?,
            false => Some(Invited::TooMany),
        };
        if refused.is_none() {
            send(tx, home, by, address, message).await?;
        }
        told.push((address.clone(), refused.unwrap_or(Invited::Sent)));
    }
    Ok(told)
}

async fn refused(
    tx: &mut Tx,
    home: &Home<'_>,
    by: Inviter<'_>,
    address: &str,
) -> store::Result<Option<Invited>> {
    if home.community.closed_at.is_some() {
        return Ok(Some(Invited::Closed));
    }
    let (community, now) = (home.community.id, home.now());
    joinings::lock(tx, address).await?;
    let member = members::by_address(tx, community, address).await?;
    if member.is_some_and(|member| member.on_list()) {
        return Ok(Some(Invited::Member));
    }
    if bans::is_banned(tx, community, address).await? {
        return Ok(Some(Invited::Banned));
    }
    let open = joinings::open(tx, community, address).await?;
    if open.is_some_and(|open| open.expires_at > now) {
        return Ok(Some(Invited::Waiting));
    }
    let known = joinings::recent(tx, address, now - PEACE * DAY - super::DAY * DAYS).await?;
    let said_no = known.iter().any(|one| {
        one.community_id == community
            && one.stage == "declined"
            && one.decided_at.is_some_and(|at| at > now - PEACE * DAY)
    });
    if said_no && matches!(by, Inviter::Member(_)) {
        return Ok(Some(Invited::SaidNo));
    }
    let limit = match by {
        Inviter::Member(_) => {
            limits::reached(tx, (community, address), Strength::Bare, now).await?
        }
        Inviter::Operator => None,
    };
    Ok(limit.map(|_| Invited::TooMany))
}

async fn send(
    tx: &mut Tx,
    home: &Home<'_>,
    by: Inviter<'_>,
    address: &str,
    message: &str,
) -> Result<(), compose::Error> {
    let mut who = Joining {
        community_id: home.community.id,
        address: address.to_owned(),
        words: words(message),
        stage: "invited".into(),
        invited_by: match by {
            Inviter::Member(member) => member.address.clone(),
            Inviter::Operator => "the operator".into(),
        },
        created_at: home.now(),
        expires_at: home.now() + DAYS * DAY,
        ..Joining::default()
    };
    who.id = joinings::insert(tx, &who).await?;
    acts::insert(
        tx,
        who.community_id,
        END,
        &who.id.to_string(),
        who.expires_at,
    )
    .await?;
    let letter = Letter {
        to: vec![(None, who.address.clone())],
        reply_to: token(tx, home, &who, INVITE).await?,
        ..Letter::default()
    };
    let mail = mail(home, by, &who);
    compose::send(tx, home.ctx, home.community, &mail, &letter).await?;
    Ok(trail(tx, home, &who, "invited", &format!("by {}", who.invited_by)).await?)
}

fn mail(home: &Home<'_>, by: Inviter<'_>, who: &Joining) -> ListInvitation {
    let elements = &home.charter.charter;
    let inviter = match by {
        Inviter::Member(member) if !member.name.is_empty() => member.name.clone(),
        Inviter::Member(member) => member.address.clone(),
        Inviter::Operator => home.say(&Phrase::new("inviter_operator")),
    };
    ListInvitation {
        community: home.community.name.clone(),
        about: elements.domain.clone(),
        people: elements.community.clone(),
        practice: elements.practice.clone(),
        inviter,
        message: who.words.lines().map(str::to_owned).collect(),
        days: DAYS as u32,
        owner_address: home.address("owner"),
    }
}
