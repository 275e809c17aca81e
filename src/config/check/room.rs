//! Whether a budget has room for what its own charter must not lose.

use chrono::TimeDelta;

use super::Read;
use crate::cadence::moments;
use crate::config::charter::{Charter, Session};
use crate::config::problem::{Problem, wrong};

/// In so many days calls for an agenda can go as one mail: they make sense for seven.
const APART: i64 = 7;

/// Sessions of a series that are looked at.
const LOOKED_AT: usize = 60;

/// A warning where health checks and calls for an agenda alone are more than its limits.
pub(super) fn warning(read: &Read) -> Option<Problem> {
    let budget = &read.charter.budget;
    let checks = u32::from(read.charter.health_check.is_some());
    let calls = calls(&read.charter);
    let (in_a_week, in_a_month) = (checks + calls.min(1), checks + calls);
    let what = if budget.per_week < in_a_week {
        format!(
            "`budget.per_week`: a health check and a call for an agenda are {in_a_week} mails \
             that may fall into one week, and what has no room is lost"
        )
    } else if budget.per_month < in_a_month {
        format!(
            "`budget.per_month`: health checks and calls for an agenda alone may be \
             {in_a_month} mails in 30 days, and what has no room is lost"
        )
    } else {
        return None;
    };
    let instead = "write a larger number, or agenda_call = \"off\"";
    Some(read.problem("budget", wrong(what, instead)).warning())
}

/// How many mails the calls for an agenda need in 30 days, where those that can go as one
/// do.
fn calls(charter: &Charter) -> u32 {
    let asks = |session: &&Session| session.agenda_call.is_some();
    let sittings = charter.sessions.iter().filter(asks).flat_map(|session| {
        let all = moments::sittings(session, charter).take(LOOKED_AT);
        all.map(|sitting| sitting.starts)
    });
    let mut starts: Vec<_> = sittings.collect();
    starts.sort_unstable();
    let (mut most, apart) = (0, TimeDelta::days(APART));
    for (index, first) in starts.iter().enumerate() {
        let month = starts.iter().skip(index);
        let month = month.take_while(|at| **at - *first < TimeDelta::days(30));
        let (mut count, mut last) = (0, None);
        for at in month {
            if last.is_none_or(|last| *at - last >= apart) {
                (count, last) = (count + 1, Some(*at));
            }
        }
        most = most.max(count);
    }
    most
}
