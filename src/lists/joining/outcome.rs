//! What somebody who wanted to join is told, other than a welcome.

use super::{Joining, of_token, trail};
use crate::lists::closed;
use crate::lists::confirmation;
use crate::lists::home::Home;
use crate::lists::post::{Arrival, Outcome};
use crate::outbox::compose::{self, Letter};
use crate::store::tokens::Token;
use crate::store::{Tx, joinings};
use crate::templates::mails::JoinOutcome;

/// How it ended.
pub(super) enum What {
    /// A moderator said no, with this reason.
    Rejected(String),
    /// Nobody decided, for so many days.
    Expired(i64),
    /// Their own yes came after so many days.
    TooLate(i64),
    /// Only whom somebody invites can join.
    InviteOnly,
    /// Nobody can: the community is closed.
    Closed,
}

/// Tells them.
pub(super) async fn tell(
    tx: &mut Tx,
    home: &Home<'_>,
    who: &Joining,
    what: What,
) -> Result<(), compose::Error> {
    let letter = Letter {
        to: vec![(None, who.address.clone())],
        in_reply_to: who.request_id.clone(),
        ..Letter::default()
    };
    let blank = JoinOutcome {
        community: home.community.name.clone(),
        join_address: home.address("join"),
        owner_address: home.address("owner"),
        ..JoinOutcome::default()
    };
    let mail = match what {
        What::Rejected(reason) => JoinOutcome {
            rejected: true,
            reason,
            ..blank
        },
        What::Expired(days) => JoinOutcome {
            expired: true,
            days: days as u32,
            ..blank
        },
        What::TooLate(days) => JoinOutcome {
            too_late: true,
            days: days as u32,
            ..blank
        },
        What::Closed => JoinOutcome {
            closed: true,
            archive_url: closed::archive(home),
            ..blank
        },
        What::InviteOnly => blank,
    };
    compose::send(tx, home.ctx, home.community, &mail, &letter).await?;
    Ok(())
}

/// Nobody can ask to join: they are told so once.
pub(super) async fn refuse(
    tx: &mut Tx,
    home: &Home<'_>,
    mut who: Joining,
) -> Result<Outcome, compose::Error> {
    let (what, why) = match home.community.closed_at {
        Some(_) => (What::Closed, closed::WHY),
        None => (What::InviteOnly, "members invite here"),
    };
    let now = home.now();
    who.stage = "refused".into();
    (who.expires_at, who.decided_at) = (now, Some(now));
    who.decided_by = "the charter".into();
    joinings::insert(tx, &who).await?;
    tell(tx, home, &who, what).await?;
    trail(tx, home, &who, "refused", why).await?;
    let reason = format!("{} was told that {why}", who.address);
    Ok(("command", reason))
}

/// The community was closed after they had asked, or were: nothing more of it waits.
pub(super) async fn closed(
    tx: &mut Tx,
    home: &Home<'_>,
    who: &Joining,
) -> Result<Outcome, compose::Error> {
    while let Some(open) = joinings::open(tx, home.community.id, &who.address).await? {
        joinings::decide(tx, open.id, "refused", closed::WHY, home.now()).await?;
    }
    tell(tx, home, who, What::Closed).await?;
    trail(tx, home, who, "refused", closed::WHY).await?;
    let reason = format!("{} was told that {}", who.address, closed::WHY);
    Ok(("command", reason))
}

/// Tells the owner of an address that their yes came too late.
///
/// # Errors
/// Where the database refuses or the mail cannot be composed.
pub async fn too_late(
    tx: &mut Tx,
    home: &Home<'_>,
    arrival: &Arrival<'_>,
    request: &Token,
) -> Result<(), compose::Error> {
    let kept = of_token(tx, request).await?;
    let who = Joining {
        address: request.address.clone(),
        request_id: arrival.message.message_id.clone(),
        ..kept.unwrap_or_default()
    };
    let days = (request.expires_at - request.created_at) / super::DAY;
    tell(tx, home, &who, What::TooLate(days.max(confirmation::DAYS))).await
}
