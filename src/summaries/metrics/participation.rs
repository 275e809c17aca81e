//! Who takes part, and how steadily.

use std::collections::{BTreeMap, BTreeSet};

use super::{count, share};
use crate::store::Millis;
use crate::summaries::events::{DAY, Events, Person, Window};
use crate::summaries::figure::Value;

/// Below so many people a group is not told by itself.
pub const FEWEST: u64 = 5;

/// Took part in so many of the window's thirteen weeks: the core.
const CORE_WEEKS: usize = 6;

/// In so many at least: active.
const ACTIVE_WEEKS: usize = 2;

/// How many are on the list at the cut-off.
pub fn members(events: &Events, window: Window) -> Value {
    count(events.members_at(window.to).count())
}

/// Those with at least one post, session attended, agenda item or learning, of all who are
/// on the list for 30 days and do not pause.
pub fn participation(events: &Events, window: Window) -> Value {
    let active: BTreeSet<Person> = events.takings_part(window).map(|(who, _)| who).collect();
    let eligible: Vec<Person> = events.eligible(window.to).map(|one| one.person).collect();
    let taking_part = eligible.iter().filter(|one| active.contains(one));
    share(taking_part.count(), eligible.len())
}

/// (name, people) of the levels: core took part in at least six of thirteen weeks, active
/// in two, all other eligible members are peripheral. A level of fewer than five is told
/// together with its neighbour.
pub fn levels(events: &Events, window: Window) -> Vec<(&'static str, Value)> {
    let weeks = weeks(events, window);
    let eligible: Vec<Person> = events.eligible(window.to).map(|one| one.person).collect();
    if eligible.is_empty() {
        return vec![("peripheral", Value::TooLittle)];
    }
    let at_least = |least: usize| {
        let of = |one: &&Person| weeks.get(one).is_some_and(|weeks| weeks.len() >= least);
        eligible.iter().filter(of).count()
    };
    let (core, both) = (at_least(CORE_WEEKS), at_least(ACTIVE_WEEKS));
    merged(core, both - core, eligible.len() - both)
}

/// The weeks, counted back from the cut-off, in which somebody took part.
fn weeks(events: &Events, window: Window) -> BTreeMap<Person, BTreeSet<Millis>> {
    let mut weeks: BTreeMap<Person, BTreeSet<Millis>> = BTreeMap::new();
    for (who, at) in events.takings_part(window) {
        let week = (window.to - at) / (7 * DAY);
        weeks.entry(who).or_default().insert(week);
    }
    weeks
}

fn merged(core: usize, active: usize, peripheral: usize) -> Vec<(&'static str, Value)> {
    let is_enough = |people: usize| people == 0 || people as u64 >= FEWEST;
    match (is_enough(core), is_enough(active), is_enough(peripheral)) {
        (true, true, true) => vec![
            ("core", count(core)),
            ("active", count(active)),
            ("peripheral", count(peripheral)),
        ],
        (_, _, true) if is_enough(core + active) => vec![
            ("core-and-active", count(core + active)),
            ("peripheral", count(peripheral)),
        ],
        (true, _, _) if is_enough(active + peripheral) => vec![
            ("core", count(core)),
            ("active-and-peripheral", count(active + peripheral)),
        ],
        _ => vec![("all-levels", count(core + active + peripheral))],
    }
}

/// (unit, people on the list): each unit of five or more, and all others together as
/// `other`. Where the others are one to four, the smallest unit is told with them: it
/// could be found by taking all others from the whole.
pub fn units(events: &Events, window: Window) -> Vec<(String, Value)> {
    let mut sizes: BTreeMap<&str, u64> = BTreeMap::new();
    for member in events.members_at(window.to) {
        *sizes.entry(member.unit.as_str()).or_default() += 1;
    }
    let (told, rest): (Vec<_>, Vec<_>) = sizes
        .into_iter()
        .partition(|(unit, people)| !unit.is_empty() && *people >= FEWEST);
    let other = rest.iter().map(|(_, people)| people).sum();
    with_rest(told, other)
}

fn with_rest(mut told: Vec<(&str, u64)>, mut other: u64) -> Vec<(String, Value)> {
    while (1..FEWEST).contains(&other) {
        let smallest = told
            .iter()
            .enumerate()
            .min_by_key(|(_, (_, people))| *people);
        let Some(at) = smallest.map(|(at, _)| at) else {
            break;
        };
        other += told.remove(at).1;
    }
    let row = |unit: &str, people: u64| (unit.to_owned(), Value::Count(people as f64));
    let mut rows: Vec<_> = told
        .iter()
        .map(|(unit, people)| row(unit, *people))
        .collect();
    if other > 0 {
        rows.push(row(OTHER, other));
    }
    rows
}

/// The row of all whose unit is not told.
pub const OTHER: &str = "other";
