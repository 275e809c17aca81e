//! What is possible in a series of sessions, and will surprise somebody.

use super::Read;
use crate::cadence::cron::from_wall_clock;
use crate::calendar::recur;
use crate::config::charter::Session;
use crate::config::problem::{Problem, Wrong, wrong};
use crate::config::source;
use chrono::{LocalResult, NaiveDateTime, TimeDelta, TimeZone};
use chrono_tz::Tz;

/// So many sessions are looked at: a weekly one for ten years.
const LOOKED_AT: usize = 520;

const IF_NOT_MEANT: &str = "choose another time if that is not meant";

/// Every warning about the sessions of a charter.
pub(super) fn warnings(read: &Read) -> Vec<Problem> {
    let sessions = read.charter.sessions.iter().enumerate();
    let of = |(index, session): (usize, &Session)| {
        let place = move |(key, what)| {
            let file = (read.file.as_str(), read.text.as_str());
            source::problem_in(file, ("session", index), key, what).map(Problem::warning)
        };
        let found = judge(session, read.charter.timezone).into_iter();
        found.filter_map(place).collect::<Vec<_>>()
    };
    sessions.flat_map(of).collect()
}

fn judge(session: &Session, zone: Tz) -> Vec<(&'static str, Wrong)> {
    let all = recur::occurrences(session.rule.as_deref(), session.starts, session.until);
    let walls: Vec<NaiveDateTime> = all.into_iter().flatten().take(LOOKED_AT).collect();
    let mut found = Vec::new();
    found.extend(other_start(session, &walls).map(|what| ("starts", what)));
    found.extend(strange_hour(&walls, zone).map(|what| ("starts", what)));
    found.extend(far_offsets(session, &walls));
    found
}

fn other_start(session: &Session, walls: &[NaiveDateTime]) -> Option<Wrong> {
    let first = walls.first().filter(|first| **first != session.starts)?;
    let what = format!(
        "`session.starts`: is no day of the rule; the first session is on {}",
        first.format("%Y-%m-%d")
    );
    Some(wrong(what, "write that day, or another rule"))
}

/// The first session at a time that the clocks skip or repeat.
fn strange_hour(walls: &[NaiveDateTime], zone: Tz) -> Option<Wrong> {
    let told = |wall: &NaiveDateTime| {
        let (day, time) = (wall.format("%Y-%m-%d"), wall.format("%H:%M"));
        match zone.from_local_datetime(wall) {
            LocalResult::Single(_) => None,
            LocalResult::Ambiguous(..) => Some(format!(
                "`session.starts`: the clocks in {zone} show {time} twice on {day}; \
                 that session begins at the first of the two"
            )),
            LocalResult::None => {
                let moved = from_wall_clock(*wall, zone).with_timezone(&zone);
                Some(format!(
                    "`session.starts`: the clocks in {zone} skip {time} on {day}; \
                     that session begins at {}",
                    moved.format("%H:%M")
                ))
            }
        }
    };
    walls
        .iter()
        .find_map(told)
        .map(|what| wrong(what, IF_NOT_MEANT))
}

/// Offsets longer than the time between two sessions.
fn far_offsets(session: &Session, walls: &[NaiveDateTime]) -> Vec<(&'static str, Wrong)> {
    let pairs = walls.iter().zip(walls.iter().skip(1));
    let Some(apart) = pairs.map(|(one, next)| *next - *one).min() else {
        return Vec::new();
    };
    let offsets = [
        ("host_ask", session.host_ask),
        ("agenda_call", session.agenda_call),
        ("host_brief", session.host_brief),
        ("attendance", session.attendance),
        ("recap", session.recap),
    ];
    let is_far = |by: &TimeDelta| *by > apart;
    let far = |(key, by): (&'static str, Option<TimeDelta>)| {
        by.filter(is_far)?;
        let days = apart.num_days();
        let what = format!(
            "`session.{key}`: is longer than the {days} days between two sessions, \
             so this mail comes on the other side of the session next to it"
        );
        Some((key, wrong(what, "write a shorter time, or \"off\"")))
    };
    offsets.into_iter().filter_map(far).collect()
}
