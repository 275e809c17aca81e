//! What waits for somebody who chose a digest goes with it, as sections: whoever wants
//! one mail a week instead of many gets one. The digest is conversation and counts in no
//! window; what it takes along counts once, and goes only where the budget has room. What
//! is kept goes with it in any case and counts nothing.

use super::standing::Desk;
use super::{Candidate, bundle, decide, kind, known, limits};
use crate::clock::moment;
use crate::context::Context;
use crate::outbox::budget::{self, Ahead, Decision, Going, Sent};
use crate::outbox::catalogue::{self, DIGEST};
use crate::store::digests::Range;
use crate::store::members::Member;
use crate::store::offers::{self, Offer};
use crate::store::{self, Millis, Tx, acts};

/// The act that goes on with a digest of many members (`lists::digest`); the first has
/// the name of the mail.
pub const REST: &str = "digest-rest";

/// What is kept goes by itself within so long where a digest has not brought it, in
/// milliseconds: a weekend, and the 48 hours between two mails.
const ALONE: Millis = 4 * 86_400_000;

/// What the digest leaves is looked at so long after it, in milliseconds.
const AFTER: Millis = 60_000;

/// Whose digest it is, and in which windows what it takes along counts.
pub(super) fn key(candidate: &Candidate) -> (i64, bool) {
    (candidate.offer.community_id, candidate.offer.kind == "role")
}

/// Whether a mail may be a section of the digest of its community.
fn fits(candidate: &Candidate) -> bool {
    let offer = &candidate.offer;
    let counts = matches!(offer.kind.as_str(), "programme" | "role");
    counts && !candidate.entry.alone && candidate.standing.gets_digests
}

/// When the next digest of its community comes, for a mail that may go with it.
pub(super) async fn next(tx: &mut Tx, candidate: &Candidate) -> store::Result<Option<Millis>> {
    match fits(candidate) {
        true => acts::next_of(tx, candidate.offer.community_id, [DIGEST.name, REST]).await,
        false => Ok(None),
    }
}

/// Lets a mail wait for the digest of that moment; false where it does not.
pub(super) async fn join(
    tx: &mut Tx,
    candidate: &Candidate,
    at: Millis,
    now: Millis,
) -> store::Result<bool> {
    // One that is late, or being made, is not far.
    let until = at.max(now) + AFTER;
    if !is_worth_it(candidate, at, now) || until > candidate.offer.expires_at {
        return Ok(false);
    }
    let day = moment(at).with_timezone(&candidate.standing.charter.timezone);
    let reason = day.format("goes with the digest of %Y-%m-%d").to_string();
    offers::wait_for_digest(tx, candidate.offer.id, until, at, &reason).await?;
    Ok(true)
}

/// Whether the digest comes within 72 hours. Each mail waits for one only: where that
/// brought nothing, because there was nothing new, it goes by itself, and what is kept
/// needs time for that.
fn is_worth_it(candidate: &Candidate, at: Millis, now: Millis) -> bool {
    let offer = &candidate.offer;
    let in_time = !catalogue::is_kept(offer.priority) || at + ALONE <= offer.expires_at;
    let is_first = offer.digest_at.is_none_or(|known| at <= known);
    fits(candidate) && at <= now + bundle::SPAN && is_first && in_time
}

/// The members of a range for whom something waits that may go with their digest.
///
/// # Errors
/// Where the database refuses.
pub async fn holders(tx: &mut Tx, range: Range, now: Millis, most: i64) -> store::Result<Vec<i64>> {
    offers::holders(tx, range, now + bundle::SPAN, most).await
}

/// What goes with the digest that a member gets now, the most important first, nine
/// mails at most. A digest comes anyway: quiet hours are nothing to it. Until the end of
/// the transaction no other node can take any of it.
///
/// # Errors
/// Where the database refuses.
pub async fn take(tx: &mut Tx, ctx: &Context, member: &Member) -> store::Result<Vec<Offer>> {
    let now = ctx.now();
    let (candidates, mut history, halved) =
        known(tx, ctx, &mut Desk::default(), &member.address).await?;
    let mut taken: Vec<Offer> = Vec::new();
    for candidate in &candidates {
        let (offer, kind) = (&candidate.offer, kind(&candidate.offer));
        let is_here = fits(candidate) && offer.community_id == member.community_id;
        let limits = limits(candidate, halved);
        let is_companion = taken
            .iter()
            .any(|other| other.kind == offer.kind && !catalogue::is_kept(other.priority));
        let is_kept = catalogue::is_kept(offer.priority);
        let has_room = is_kept || is_companion || budget::has_room(kind, &history, &limits, now);
        if is_here && offer.expires_at >= now && has_room {
            taken.push(offer.clone());
            history.extend((!is_kept).then_some(Sent { at: now, kind }));
        } else if offer.due_at <= now {
            // What matters more keeps its place.
            let nothing = (&Ahead::new(Vec::new(), now), &mut Going::default());
            match decide(tx, candidate, (&history, &limits), nothing, now).await? {
                Decision::Send => history.push(Sent { at: now, kind }),
                Decision::Wait(at, _) => history.push(Sent { at, kind }),
                Decision::Drop(_) => {}
            }
        }
    }
    taken.truncate(bundle::MOST);
    Ok(taken)
}
