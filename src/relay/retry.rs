//! What an attempt leads to: done, another attempt later, or the end.

use super::verdict::Verdict;
use crate::store::Millis;
use crate::store::outbox::{Attempt, Claimed};

const MINUTE: Millis = 60_000;

/// How long delivery is tried (RFC 5321, section 4.5.4.1: at least 4 to 5 days).
pub const GIVE_UP_AFTER: Millis = 5 * 24 * 60 * MINUTE;

/// Waits between attempts, in minutes; the last one repeats.
const WAITS: [Millis; 7] = [5, 10, 20, 40, 60, 120, 240];

/// The relay has spoken.
pub fn after(row: &Claimed, verdict: Verdict, now: Millis) -> Attempt {
    let id = row.id;
    match verdict {
        Verdict::Sent { reply } => Attempt {
            id,
            state: "sent",
            reply,
            at: now,
        },
        Verdict::Refused { reply } => Attempt {
            id,
            state: "failed",
            reply,
            at: now,
        },
        Verdict::Deferred { reply } => later(row, reply, now, wait(row.attempts)),
    }
}

/// The connection died: tried again at once, but for a row that has seen it twice.
pub fn broken(row: &Claimed, reason: &str, now: Millis) -> Attempt {
    let pause = if row.attempts < 3 {
        0
    } else {
        wait(row.attempts - 2)
    };
    later(row, format!("connection lost: {reason}"), now, pause)
}

fn later(row: &Claimed, reply: String, now: Millis, pause: Millis) -> Attempt {
    let end = row.created_at + GIVE_UP_AFTER;
    match now >= end {
        true => Attempt {
            id: row.id,
            state: "failed",
            reply: format!("given up after 5 days; last answer: {reply}"),
            at: now,
        },
        // The last attempt is at the end itself, never long before it.
        false => Attempt {
            id: row.id,
            state: "deferred",
            reply,
            at: (now + pause).min(end),
        },
    }
}

fn wait(attempts: i64) -> Millis {
    let index = usize::try_from(attempts - 1)
        .unwrap_or(0)
        .min(WAITS.len() - 1);
    WAITS[index] * MINUTE
}

#[cfg(test)]
mod tests {
    use super::*;

    fn row(attempts: i64) -> Claimed {
        Claimed {
            id: 1,
            community_id: 1,
            mail_id: 1,
            member_id: None,
            recipient: "ann@plant.example".into(),
            attempts,
            created_at: 0,
            first_at: 0,
        }
    }

    #[test]
    fn a_mail_that_is_always_put_off_ends_after_five_days_exactly() {
        let (mut now, mut attempts) = (0, 0);
        loop {
            attempts += 1;
            assert!(attempts < 100, "it must end");
            let attempt = after(
                &row(attempts),
                Verdict::Deferred {
                    reply: "450 busy".into(),
                },
                now,
            );
            if attempt.state == "failed" {
                break;
            }
            assert!(attempt.at > now, "no storm");
            now = attempt.at;
        }
        assert_eq!(now, GIVE_UP_AFTER);
        assert!(attempts > 20, "{attempts} attempts in five days");
    }

    #[test]
    fn a_refusal_is_final_and_a_lost_connection_is_tried_again_at_once() {
        assert_eq!(
            after(
                &row(1),
                Verdict::Refused {
                    reply: "550 no".into()
                },
                9
            )
            .state,
            "failed"
        );
        assert_eq!(broken(&row(1), "reset", 9).at, 9);
        assert!(broken(&row(3), "reset", 9).at > 9);
    }
}
