//! The score of an address. Pure: thousandths of a point, in and out.

use super::DAY;
use crate::message::fault::Fault;
use crate::store::Millis;
use crate::store::failing::Failing;

/// At so many the address is tried.
pub(super) const THRESHOLD: i64 = 5_000;

/// No day adds more, however many mails went there on it.
const MOST_A_DAY: i64 = 1_000;

/// So long after the last failure the score stands as it is; a weekly digest that
/// always comes back must count up.
const KEEPS: Millis = 14 * DAY;

/// Then a point is taken off for each of these.
const POINT_FADES_IN: Millis = 7 * DAY;

/// What a failure counts for.
pub(super) fn of(fault: Fault) -> i64 {
    match fault {
        Fault::Mailbox => 1_000,
        Fault::Unclear => 500,
        Fault::Passing => 250,
        Fault::NotTheirs => 0,
    }
}

/// The score at this moment.
pub fn now(failing: &Failing, now: Millis) -> i64 {
    let quiet = (now - failing.counted_at - KEEPS).max(0);
    (failing.points - quiet.saturating_mul(1_000) / POINT_FADES_IN).max(0)
}

/// Adds `points`, as far as the day has room for them.
pub(super) fn add(failing: &mut Failing, points: i64, at: Millis) {
    let day = at.div_euclid(DAY);
    let before = now(failing, at);
    if before == 0 {
        // What was long ago is another story.
        failing.since = at;
    }
    if failing.day != day {
        (failing.day, failing.day_points) = (day, 0);
    }
    let room = (MOST_A_DAY - failing.day_points).clamp(0, points.max(0));
    failing.points = before + room;
    failing.day_points += room;
    failing.counted_at = at;
}

#[cfg(test)]
mod tests {
    use super::*;

    fn after(failures: &[(i64, i64)]) -> Failing {
        let mut failing = Failing::default();
        for (day, points) in failures {
            add(&mut failing, *points, day * DAY);
        }
        failing
    }

    #[test]
    fn a_day_adds_one_point_at_most() {
        assert_eq!(after(&[(9, 1_000), (9, 1_000), (9, 250)]).points, 1_000);
        assert_eq!(after(&[(9, 250), (9, 250), (10, 250)]).points, 750);
        assert_eq!(after(&[(9, 250), (9, 1_000)]).points, 1_000);
    }

    #[test]
    fn five_days_or_five_weeks_in_a_row_reach_the_threshold() {
        for gap in [1, 7] {
            let days: Vec<_> = (1..=5).map(|n| (100 + n * gap, 1_000)).collect();
            assert_eq!(after(&days).points, THRESHOLD, "every {gap} days");
            assert!(after(&days[..4]).points < THRESHOLD);
        }
    }

    #[test]
    fn a_score_fades_and_what_is_rare_never_adds_up() {
        let failing = after(&[(100, 1_000), (101, 1_000)]);
        let on = |day: i64| now(&failing, day * DAY);
        assert_eq!(
            (on(101), on(115), on(122), on(129)),
            (2_000, 2_000, 1_000, 0)
        );
        let monthly: Vec<_> = (0..40).map(|n| (100 + n * 30, 1_000)).collect();
        assert_eq!(after(&monthly).points, 1_000);
        assert_eq!(after(&monthly).since, 1_270 * DAY);
    }

    #[test]
    fn what_is_not_the_mailbox_counts_for_nothing() {
        assert_eq!(of(Fault::NotTheirs), 0);
        assert!(of(Fault::Passing) < of(Fault::Unclear) && of(Fault::Unclear) < of(Fault::Mailbox));
    }
}
