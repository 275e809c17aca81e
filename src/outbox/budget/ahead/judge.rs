//! What becomes of an offer, in view of what is ahead.

use super::super::{Calendar, Decision, Kind, Limits, Offer, Reason, Sent, Strict, decide, judge};
use super::{Ahead, DAY, Going, Loss};
use crate::store::Millis;

/// Judges one offer ([`decide`]) and holds it back where it would cost more of what is
/// kept than its waiting does. `going` are the offers that would go with it, it among them;
/// where it goes, all that do.
///
/// What is kept itself is not spread over the month, and goes in windows that its
/// recipient has made longer where its waiting would lose more.
pub fn decide_ahead(
    offer: &Offer,
    history: &[Sent],
    limits: &Limits,
    calendar: &Calendar<'_>,
    (ahead, going): (&Ahead<'_>, &mut Going),
    now: Millis,
) -> Decision {
    if offer.kind == Kind::Role || ahead.is_empty() {
        return decide(offer, history, limits, calendar, now);
    }
    let sent = Sent {
        at: now,
        kind: offer.kind,
    };
    let after: Vec<Sent> = history.iter().copied().chain([sent]).collect();
    let decision = match offer.is_kept {
        true => kept(
            offer,
            history,
            limits,
            calendar,
            (ahead, going, &after),
            now,
        ),
        false => {
            let decision = decide(offer, history, limits, calendar, now);
            let costs = || ahead.costs(&going.surely, &after, (history, now), now);
            match decision {
                Decision::Send if costs() => later(offer, calendar, now),
                decision => decision,
            }
        }
    };
    if decision == Decision::Send {
        ahead.squeeze(going, &after, now);
    }
    decision
}

/// The same of what is kept.
fn kept(
    offer: &Offer,
    history: &[Sent],
    limits: &Limits,
    calendar: &Calendar<'_>,
    (ahead, going, after): (&Ahead<'_>, &Going, &[Sent]),
    now: Millis,
) -> Decision {
    let plain = Limits {
        halved: 0,
        ..*limits
    };
    let asked = |strict, limits| judge(offer, (history, strict), limits, calendar, now);
    let unspread = |limits| asked(Strict::No, limits);
    let decision = match unspread(limits) {
        Decision::Drop(_) => unspread(&plain),
        decision => decision,
    };
    let mut with = going.clone();
    ahead.squeeze(&mut with, after, now);
    // Had it waited, it would be looked at tomorrow, and others perhaps today.
    let next = now + DAY / 2;
    match decision {
        Decision::Send if ahead.costs(&with.surely, after, (history, next), now) => {
            later(offer, calendar, now)
        }
        // The month's mails are spread for what nobody foresees, such as the calls of a
        // community that they join; where that costs nothing of what is foreseen.
        Decision::Send if asked(Strict::Yes, limits) != Decision::Send => {
            let waiting = ahead.loss(&[], (history, next));
            match waiting > Loss::NONE && ahead.loss(&with.surely, (after, now)) < waiting {
                true => Decision::Send,
                false => spread(asked(Strict::Yes, limits), later(offer, calendar, now)),
            }
        }
        Decision::Wait(at, reason) => {
            match unspread(&plain) {
                Decision::Send => {}
                // Then it is looked at again, and may go.
                Decision::Wait(sooner, why) if sooner < at => return Decision::Wait(sooner, why),
                _ => return decision,
            }
            let waiting = ahead.loss(&[], (history, next));
            match waiting > Loss::NONE && ahead.loss(&with.surely, (after, now)) < waiting {
                true => Decision::Send,
                false => match later(offer, calendar, now) {
                    Decision::Wait(look, _) => Decision::Wait(look.min(at), reason),
                    _ => decision,
                },
            }
        }
        decision => decision,
    }
}

/// A look at it, for the reason that the order of the month gives.
fn spread(strict: Decision, look: Decision) -> Decision {
    match (strict, look) {
        (Decision::Wait(_, why) | Decision::Drop(why), Decision::Wait(at, _)) => {
            Decision::Wait(at, why)
        }
        _ => look,
    }
}

/// It is looked at again a day later.
fn later(offer: &Offer, calendar: &Calendar<'_>, now: Millis) -> Decision {
    let tomorrow = now.saturating_add(DAY);
    let at = match calendar.is_quiet(tomorrow) && offer.kind != Kind::Series {
        true => calendar.end(tomorrow, offer.expires_at, offer.jitter),
        false => tomorrow,
    };
    match at <= offer.expires_at {
        true => Decision::Wait(at, Reason::Kept),
        false if offer.is_kept => Decision::Wait(offer.expires_at.max(now + 1), Reason::Kept),
        false => Decision::Drop(Reason::Kept),
    }
}
