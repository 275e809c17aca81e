//! When everything should fall due, read from the charters a second time and as simply as
//! can be: each day of the year is looked at.

use std::collections::BTreeSet;

use chrono::{
    DateTime, Datelike, LocalResult, NaiveDate, NaiveDateTime, Offset, TimeDelta, TimeZone, Utc,
};
use chrono_tz::Tz;
use folkmoot::cadence::act::{Act, Holidays};
use folkmoot::cadence::moments;
use folkmoot::config::Charter;

use crate::charters::{Plan, is_holiday};

const DAY: i64 = 86_400_000;

/// What plans an act.
enum When {
    Schedules(Vec<&'static str>),
    /// Each since a moment.
    Changing(Vec<(i64, &'static str)>),
    Before(TimeDelta),
    After(TimeDelta),
}

/// The acts that the charters of the year plan. One that is not registered is passed over;
/// one that is registered and not here is compared with what the engine itself expects,
/// which proves less: it should have a line.
fn planned(name: &str, plan: &Plan) -> Option<When> {
    Some(match name {
        "charter-review" => When::Changing(plan.reviews.clone()),
        "discussion-seed" => When::Schedules(plan.prompts.clone()),
        "digest" => When::Schedules(vec![plan.digest]),
        "health-check" => When::Schedules(vec![plan.health]),
        "yearly-reflection" => When::Schedules(vec!["0 9 10 1 *"]),
        "figure-points" => When::Schedules(vec!["0 6 * * 1"]),
        "worksheet" => When::Schedules(vec!["0 8 * * 1"]),
        "monthly-summary" => When::Schedules(vec!["0 10 2 * *"]),
        "session-held" => When::After(TimeDelta::zero()),
        "session-rating" => When::After(TimeDelta::days(1)),
        "stage-check" => When::Schedules(vec!["0 10 * * 3"]),
        "host-ask" => When::Before(TimeDelta::days(10)),
        "agenda-call" => When::Before(TimeDelta::days(7)),
        "host-brief" => When::Before(TimeDelta::days(1)),
        "attendance-ask" => When::After(TimeDelta::hours(1)),
        "recap" => When::After(TimeDelta::days(1)),
        _ => return None,
    })
}

/// The moments of an act after `from` and up to `to`, and whether they were found here.
pub fn moments(
    act: &Act,
    plan: &Plan,
    charter: &Charter,
    (from, to): (i64, i64),
) -> (Vec<i64>, bool) {
    let Some(when) = planned(act.name, plan) else {
        return (expected_by_the_engine(act, charter, (from, to)), false);
    };
    let mut found: Vec<i64> = match when {
        When::Schedules(all) => {
            let of = |line: &&'static str| schedule(line, act.holidays, plan.zone, (from, to));
            all.iter().flat_map(of).collect()
        }
        When::Changing(all) => {
            let until = all
                .iter()
                .skip(1)
                .map(|(since, _)| *since)
                .chain([i64::MAX]);
            let spans = all.iter().zip(until);
            let of = |((since, line), until): (&(i64, &str), i64)| {
                let mut its = schedule(line, act.holidays, plan.zone, (from, to));
                its.retain(|at| since < at && *at <= until);
                its
            };
            spans.flat_map(of).collect()
        }
        When::Before(by) => around(plan, act, (from, to), |starts, _| {
            (later(starts, -by, plan.zone), -1)
        }),
        When::After(by) => around(plan, act, (from, to), |_, ends| {
            (later(ends, by, plan.zone), 1)
        }),
    };
    found.retain(|at| from < *at && *at <= to);
    found.sort_unstable();
    (found, true)
}

fn expected_by_the_engine(act: &Act, charter: &Charter, (from, to): (i64, i64)) -> Vec<i64> {
    let mut found = Vec::new();
    for series in moments::series(act, charter) {
        let all = moments::after(act, charter, &series, (from, "\u{10ffff}"));
        found.extend(all.map(|moment| moment.due).take_while(|due| *due <= to));
    }
    found.sort_unstable();
    found
}

/// When the sessions of a charter begin, or would have begun.
pub fn sessions(plan: &Plan, (from, to): (i64, i64)) -> Vec<i64> {
    let starts = walls(plan).map(|wall| match plan.session.changes.get(&wall.date()) {
        Some((_, Some(moved))) => *moved,
        _ => instant(wall, plan.zone).timestamp_millis(),
    });
    let mut starts: Vec<i64> = starts.filter(|at| (from..=to).contains(at)).collect();
    starts.sort_unstable();
    starts
}

/// The sessions of a charter that begin after a moment, by their original days.
pub fn next_sessions(plan: &Plan, after: i64) -> impl Iterator<Item = (NaiveDate, i64)> {
    let all = walls(plan).map(|wall| {
        let at = instant(wall, plan.zone).timestamp_millis();
        (wall.date(), at)
    });
    all.filter(move |(_, at)| *at > after)
}

/// When the session of that day was to begin.
pub fn start(plan: &Plan, on: NaiveDate) -> i64 {
    let wall = on.and_time(plan.session.starts.time());
    instant(wall, plan.zone).timestamp_millis()
}

fn walls(plan: &Plan) -> impl Iterator<Item = NaiveDateTime> {
    let session = &plan.session;
    let weeks = session.weeks;
    let all = (0..60).map(move |n| session.starts + TimeDelta::weeks(n * weeks));
    all.filter(|wall| !is_holiday(wall.date()))
}

/// What is done around each session. What was done before somebody changed it stands;
/// what comes too late by a change is not done, and nor is what is around a session that
/// does not take place: it is recorded as dropped, where it is a mail.
fn around(
    plan: &Plan,
    act: &Act,
    (from, to): (i64, i64),
    offset: impl Fn(DateTime<Utc>, DateTime<Utc>) -> (DateTime<Utc>, i64),
) -> Vec<i64> {
    let due = |starts: DateTime<Utc>| {
        let (due, direction) = offset(starts, starts + plan.session.lasts);
        moved(due, act.holidays, plan.zone, direction).timestamp_millis()
    };
    let near = |wall: &NaiveDateTime| {
        let at = instant(*wall, plan.zone).timestamp_millis();
        from - 80 * DAY < at && at < to + 80 * DAY
    };
    let all = walls(plan).filter(near).filter_map(|wall| {
        let original = due(instant(wall, plan.zone));
        match plan.session.changes.get(&wall.date()) {
            Some((when, _)) if original <= *when => Some(original),
            Some((_, None)) => act.mailing.is_some().then_some(original),
            Some((when, Some(to))) => {
                let later = due(Utc.timestamp_millis_opt(*to).unwrap());
                (later > *when).then_some(later)
            }
            None => Some(original),
        }
    });
    all.collect()
}

/// The moments of a line of crontab, one for each day that it names.
fn schedule(line: &str, rule: Holidays, zone: Tz, (from, to): (i64, i64)) -> BTreeSet<i64> {
    let fields: Vec<&str> = line.split(' ').collect();
    let number = |text: &str| text.parse::<u32>().expect("one minute, one hour");
    let (minute, hour) = (number(fields[0]), number(fields[1]));
    let first = Utc.timestamp_millis_opt(from).unwrap().date_naive() - TimeDelta::days(40);
    let last = Utc.timestamp_millis_opt(to).unwrap().date_naive() + TimeDelta::days(2);
    let days = first.iter_days().take_while(|day| *day <= last);
    let named = days.filter(|day| is_named(*day, &fields));
    let due = named.map(|day| {
        let wall = day.and_hms_opt(hour, minute, 0).expect("a time");
        moved(instant(wall, zone), rule, zone, 1).timestamp_millis()
    });
    due.collect()
}

fn is_named(day: NaiveDate, fields: &[&str]) -> bool {
    let has = |field: &str, value: u32| {
        field == "*" || field.split(',').any(|one| one.parse() == Ok(value))
    };
    has(fields[2], day.day())
        && has(fields[3], day.month())
        && has(fields[4], day.weekday().num_days_from_sunday())
}

/// Away from holidays, a day at a time, where the act's rule says so.
fn moved(at: DateTime<Utc>, rule: Holidays, zone: Tz, direction: i64) -> DateTime<Utc> {
    let mut wall = at.with_timezone(&zone).naive_local();
    if rule != Holidays::Move || !is_holiday(wall.date()) {
        return at;
    }
    while is_holiday(wall.date()) {
        wall += TimeDelta::days(direction);
    }
    instant(wall, zone)
}

/// Whole days on the wall clock, else exact time.
fn later(at: DateTime<Utc>, by: TimeDelta, zone: Tz) -> DateTime<Utc> {
    match by == TimeDelta::days(by.num_days()) {
        true => instant(at.with_timezone(&zone).naive_local() + by, zone),
        false => at + by,
    }
}

/// The first moment at which a wall clock shows that; where it never does, as much later
/// as it was put forward.
fn instant(wall: NaiveDateTime, zone: Tz) -> DateTime<Utc> {
    match zone.from_local_datetime(&wall) {
        LocalResult::Single(at) => at.to_utc(),
        LocalResult::Ambiguous(first, second) => first.min(second).to_utc(),
        LocalResult::None => {
            let before = zone.offset_from_utc_datetime(&(wall - TimeDelta::days(1)));
            let offset = TimeDelta::seconds(i64::from(before.fix().local_minus_utc()));
            (wall - offset).and_utc()
        }
    }
}
