//! What the whole installation may send in a day: an operator whose server is new, or
//! shared, keeps its programme mail below what the providers take from it.

use super::Candidate;
use crate::context::Context;
use crate::outbox::budget::Reason;
use crate::outbox::catalogue;
use crate::store::offers::{self, Offer};
use crate::store::{self, Millis, Tx};

const DAY: Millis = 86_400_000;

/// Why a mail waits for tomorrow.
const REASON: &str = "the installation has sent as many programme mails as it may in a day";

/// The room of a day of UTC. It is looked at once a transaction.
pub(super) struct Day {
    /// How many mails still may go; `None`: as many as there are.
    room: Option<i64>,
    /// When the next day begins.
    ends: Millis,
}

/// What becomes of a mail.
pub(super) enum Verdict {
    /// There is room.
    Room,
    /// It waits until that moment.
    Wait(Millis, &'static str),
    /// It makes no sense any more by then.
    Drop(String),
}

impl Day {
    /// Counts what has gone today, so that no other node counts at the same time.
    pub(super) async fn look(tx: &mut Tx, ctx: &Context) -> store::Result<Day> {
        let begun = ctx.now() - ctx.now().rem_euclid(DAY);
        let room = match ctx.settings.limits.programme_per_day {
            None => None,
            Some(most) => {
                offers::lock_installation(tx).await?;
                let sent = offers::sent_since(tx, begun).await?;
                Some((i64::from(most) - sent).max(0))
            }
        };
        let ends = begun + DAY;
        Ok(Day { room, ends })
    }

    /// Whether one more may go. What matters more, and what is older, has its place kept
    /// until the end of the day, also where it waits for the end of quiet hours.
    pub(super) async fn judge(&self, tx: &mut Tx, candidate: &Candidate) -> store::Result<Verdict> {
        let offer = &candidate.offer;
        let Some(room) = self.room.filter(|_| is_counted(offer)) else {
            return Ok(Verdict::Room);
        };
        let kept = [REASON, &Reason::Quiet.to_string()];
        let before = match room {
            0 => 0,
            _ => offers::before(tx, offer, self.ends, kept, room).await?,
        };
        // What matters most is not lost to a limit of the day.
        let is_last = self.ends > offer.expires_at;
        let has_room = before < room || is_last && catalogue::is_kept(offer.priority);
        Ok(match (has_room, is_last) {
            (true, _) => Verdict::Room,
            (false, true) => Verdict::Drop(format!("expired: {REASON}")),
            (false, false) => Verdict::Wait(self.ends, REASON),
        })
    }

    /// One has gone.
    pub(super) fn count(&mut self, offer: &Offer) {
        if let Some(room) = self.room.as_mut().filter(|_| is_counted(offer)) {
            *room = (*room - 1).max(0);
        }
    }
}

fn is_counted(offer: &Offer) -> bool {
    offer.kind != "role"
}
