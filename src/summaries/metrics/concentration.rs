//! On how few people a community rests.

use std::collections::BTreeMap;

use super::count;
use crate::summaries::events::{Events, Person, Window};
use crate::summaries::figure::Value;

fn loads(events: &Events, window: Window) -> BTreeMap<Person, u64> {
    let mut loads = BTreeMap::new();
    for (who, _) in events.contributions(window) {
        *loads.entry(who).or_default() += 1;
    }
    loads
}

/// The contributor absence factor: the fewest people who together make at least half of
/// all contributions (posts, agenda items, learnings).
pub fn absence_factor(events: &Events, window: Window) -> Value {
    let mut loads: Vec<u64> = loads(events, window).into_values().collect();
    loads.sort_unstable_by(|one, other| other.cmp(one));
    let all: u64 = loads.iter().sum();
    let mut made = 0;
    let half = loads.iter().position(|load| {
        made += load;
        made * 2 >= all
    });
    half.map_or(Value::TooLittle, |at| count(at + 1))
}

/// Gini's coefficient of the contributions of all eligible members, those without any
/// included: 0 where all do the same, near 1 where one does all.
pub fn gini(events: &Events, window: Window) -> Value {
    let loads = loads(events, window);
    let eligible = events.eligible(window.to);
    let of = |one: Person| loads.get(&one).copied().unwrap_or_default();
    let mut all: Vec<u64> = eligible.map(|member| of(member.person)).collect();
    all.sort_unstable();
    let (n, sum) = (all.len() as f64, all.iter().sum::<u64>() as f64);
    if sum == 0.0 {
        return Value::TooLittle;
    }
    let ranked = all
        .iter()
        .zip(1_u64..)
        .map(|(load, rank)| (rank * load) as f64);
    Value::Count(2.0 * ranked.sum::<f64>() / (n * sum) - (n + 1.0) / n)
}
