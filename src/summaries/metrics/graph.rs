//! Who answers whom: an edge a→b where a has answered b at least once in the window,
//! among the members at its end who have answered or were answered.

use std::collections::{BTreeMap, BTreeSet};

use super::share;
use crate::summaries::events::{Events, Person, Post, Window};
use crate::summaries::figure::Value;

/// Below so many people nothing is said of the graph.
const FEWEST: usize = 10;

/// A directed graph of at least ten people.
pub struct Graph {
    n: usize,
    edges: BTreeSet<(Person, Person)>,
}

/// (who answers, whom) of each answer of the window to somebody else.
fn replies(events: &Events, window: Window) -> impl Iterator<Item = (Person, Person)> {
    let posts = events.posts.iter().filter(move |post| window.has(post.at));
    let pair = |post: &Post| Some((post.author?, post.answers?));
    posts.filter_map(pair).filter(|(from, to)| from != to)
}

/// The graph of a window; nothing where fewer than ten people belong to it.
pub fn of(events: &Events, window: Window) -> Option<Graph> {
    let members: BTreeSet<Person> = events.members_at(window.to).map(|one| one.person).collect();
    let is_among = |(from, to): &(Person, Person)| members.contains(from) && members.contains(to);
    let edges = replies(events, window).filter(is_among).collect();
    Graph::new(edges)
}

impl Graph {
    /// The graph of these edges; nothing where they join fewer than ten people.
    pub fn new(edges: BTreeSet<(Person, Person)>) -> Option<Graph> {
        let people: BTreeSet<Person> = edges.iter().flat_map(|(from, to)| [*from, *to]).collect();
        let n = people.len();
        (n >= FEWEST).then_some(Graph { n, edges })
    }

    /// Edges of all that there could be: E / (n(n−1)).
    pub fn density(&self) -> f64 {
        let n = self.n as f64;
        self.edges.len() as f64 / (n * (n - 1.0))
    }

    /// Edges whose reverse exists, of all.
    pub fn reciprocity(&self) -> f64 {
        let is_mutual = |(from, to): &&(Person, Person)| self.edges.contains(&(*to, *from));
        let mutual = self.edges.iter().filter(is_mutual).count();
        mutual as f64 / self.edges.len() as f64
    }

    /// How much the answers go to one: Σ(max − in-degree) / (n−1)².
    pub fn centralization(&self) -> f64 {
        let mut degrees: BTreeMap<Person, usize> = BTreeMap::new();
        for (_, to) in &self.edges {
            *degrees.entry(*to).or_default() += 1;
        }
        let max = degrees.values().max().copied().unwrap_or_default();
        let sum = self.n * max - self.edges.len();
        sum as f64 / ((self.n - 1) as f64).powi(2)
    }

    /// (external − internal) / (external + internal), of edges between people whose units
    /// are known; nothing where there are none.
    pub fn external_internal(&self, units: &BTreeMap<Person, &str>) -> Option<f64> {
        let crosses = |(from, to): &(Person, Person)| Some(units.get(from)? != units.get(to)?);
        let known: Vec<bool> = self.edges.iter().filter_map(crosses).collect();
        let external = known.iter().filter(|crosses| **crosses).count() as f64;
        let all = known.len() as f64;
        (all > 0.0).then(|| (2.0 * external - all) / all)
    }
}

/// A figure of the graph, where there is one.
pub fn figure(events: &Events, window: Window, of_it: fn(&Graph) -> f64) -> Value {
    of(events, window).map_or(Value::TooLittle, |graph| Value::Count(of_it(&graph)))
}

/// The E–I index of the graph, where there is one.
pub fn external_internal(events: &Events, window: Window) -> Value {
    let units = events.units();
    let index = of(events, window).and_then(|graph| graph.external_internal(&units));
    index.map_or(Value::TooLittle, Value::Count)
}

/// Answers that went to somebody of another unit, of all between two people whose units
/// are known.
pub fn cross_unit(events: &Events, window: Window) -> Value {
    let units = events.units();
    let crosses = |(from, to): (Person, Person)| Some(units.get(&from)? != units.get(&to)?);
    let all: Vec<bool> = replies(events, window).filter_map(crosses).collect();
    share(all.iter().filter(|crosses| **crosses).count(), all.len())
}
