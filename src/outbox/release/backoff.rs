//! Who ignores a kind of mail gets less of it: after three in a row every second one,
//! after six none, until they answer one or take it up again on their own page.

use crate::context::Context;
use crate::outbox::catalogue::{self, Class, Entry};
use crate::store::offers::{self, Offer};
use crate::store::{self, Millis, Tx, members, stopped};
use crate::trail::Step;

/// Somebody has so long to answer, in milliseconds.
const PATIENCE: Millis = 14 * 86_400_000;

/// After so many every second one is left out.
const HALVES: usize = 3;
/// After so many no more come.
const STOPS: usize = 6;

/// Ended offers of a kind that are looked at: six that went, and what was left out
/// or expired in between.
const LOOKED_AT: i64 = 40;

/// Why a mail that was left out does not count as one that was ignored.
const LEFT_OUT: &str =
    "backed off: three in a row were not answered, so every second one is left out";

/// Why this one is not sent, if their silence says so. Only what asks for an answer can
/// be ignored, what somebody gets because of a role is work that waits for them, and what
/// is kept ([`catalogue::is_kept`]) only they stop.
pub(super) async fn judge(
    tx: &mut Tx,
    ctx: &Context,
    entry: &Entry,
    offer: &Offer,
) -> store::Result<Option<&'static str>> {
    let is_kept = catalogue::is_kept(offer.priority);
    if is_kept || entry.class != Class::Programme || entry.verbs.is_empty() {
        return Ok(None);
    }
    let past = offers::ended(tx, &offer.recipient, entry.name, LOOKED_AT).await?;
    match ignored(&past, ctx.now()) {
        count if count >= STOPS => {
            stop(tx, ctx, entry, offer).await?;
            Ok(Some(
                "backed off: six in a row were not answered; the kind is stopped",
            ))
        }
        count if count >= HALVES && !was_left_out(&past) => Ok(Some(LEFT_OUT)),
        _ => Ok(None),
    }
}

/// How many of the latest were sent long ago and not answered, without an answer to
/// any in between. `past` begins with the latest.
fn ignored(past: &[Offer], now: Millis) -> usize {
    let answered = past.iter().filter_map(|offer| offer.answered_at).max();
    let is_ignored = |offer: &&Offer| {
        let reached = matches!(offer.state.as_str(), "sent" | "merged");
        let at = offer.done_at.unwrap_or(now);
        reached && at.saturating_add(PATIENCE) <= now && answered.is_none_or(|last| at > last)
    };
    past.iter().filter(is_ignored).count()
}

fn was_left_out(past: &[Offer]) -> bool {
    past.first().is_some_and(|last| last.reason == LEFT_OUT)
}

async fn stop(tx: &mut Tx, ctx: &Context, entry: &Entry, offer: &Offer) -> store::Result<()> {
    if let Some(person) = members::person_with(tx, &offer.recipient).await? {
        stopped::stop(tx, person, entry.name, ctx.now()).await?;
    }
    let step = Step::of_person(Some(offer.community_id), &offer.recipient, ctx.now());
    let reason = format!(
        "six {} in a row were not answered, so no more are sent; the switch on their own page, \
         to which `page` sends a link, brings them back",
        entry.name
    );
    step.record(tx, "budget", "stopped", &reason).await
}

#[cfg(test)]
mod tests {
    use super::*;

    const DAY: Millis = 86_400_000;

    fn past(all: &[(&str, Millis, Option<Millis>)]) -> Vec<Offer> {
        let offer = |(state, day, answered): &(&str, Millis, Option<Millis>)| Offer {
            state: (*state).to_owned(),
            done_at: Some(day * DAY),
            answered_at: answered.map(|day| day * DAY),
            ..Offer::default()
        };
        all.iter().rev().map(offer).collect()
    }

    #[test]
    fn only_what_arrived_and_had_its_time_is_ignored() {
        let table = [
            (past(&[]), 0),
            (
                past(&[("sent", 0, None), ("merged", 10, None), ("sent", 20, None)]),
                3,
            ),
            // The last one is three days old.
            (past(&[("sent", 0, None), ("sent", 37, None)]), 1),
            (past(&[("dropped", 0, None), ("sent", 1, None)]), 1),
            // An answer, to whichever one, says that they read them.
            (
                past(&[
                    ("sent", 0, Some(12)),
                    ("sent", 10, None),
                    ("sent", 20, None),
                ]),
                1,
            ),
            (
                past(&[
                    ("sent", 0, None),
                    ("sent", 10, None),
                    ("sent", 20, Some(30)),
                ]),
                0,
            ),
        ];
        for (past, expected) in table {
            assert_eq!(ignored(&past, 40 * DAY), expected, "{past:?}");
        }
    }
}
