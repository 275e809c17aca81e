//! What may be told of a community's figures. Pure; the reasons stand in
//! docs/decisions/0009.
//!
//! Guaranteed, of metrics that count people in groups ([`Guard::Groups`]): a group that is
//! told has five people at least, and of two tellings of one figure whose windows overlap,
//! or that follow one another within a year, k and n−k (of counts: each count and all
//! others) are the same or differ by five people at least. So whoever knows both, and what
//! all but one to four people did, learns from the numbers nothing of those.

use std::collections::BTreeMap;

use super::events::{DAY, Window};
use super::figure::{Figure, Figures, Value, Why};
use super::metrics::participation::FEWEST;
use super::metrics::{self, Definition};
use crate::store::Millis;
use metrics::definitions::{Guard, Scope};

/// Figures are compared with what was told of periods so long before or after.
const MEMORY: Millis = 365 * DAY;

/// A figure as a summary told it.
#[derive(Clone, Debug, PartialEq)]
pub struct Told {
    /// When its period ends.
    pub period_end: Millis,
    /// The metric.
    pub metric: String,
    /// The unit of a `unit` row; else empty.
    pub unit: String,
    /// What was told.
    pub value: Value,
}

/// What may be told of figures whose periods end at `ends`, after what was told `before`.
/// The period that is reported goes first, so that of all it is the last to be left out.
pub fn may_be_told(known: Figures, ends: &[Millis], before: &[Told]) -> Figures {
    let mut told = before.to_vec();
    let mut all = Vec::new();
    for (period, end) in (0..).zip(ends) {
        let of_period = known.all.iter().filter(|figure| figure.period == period);
        let figures: Vec<Figure> = of_period.filter(|one| is_for_all(one)).cloned().collect();
        let figures = match before.iter().any(|one| one.period_end == *end) {
            true => again(figures, (period, *end), before),
            false => anew(figures, *end, &told),
        };
        told.extend(figures.iter().map(|figure| Told::new(figure, *end)));
        all.extend(figures);
    }
    Figures {
        all: in_order(all),
        ..known
    }
}

impl Told {
    fn new(figure: &Figure, period_end: Millis) -> Told {
        Told {
            period_end,
            metric: figure.metric.clone(),
            unit: figure.unit.clone(),
            value: figure.value.clone(),
        }
    }
}

fn is_for_all(figure: &Figure) -> bool {
    let definition = metrics::of(&figure.metric);
    definition.is_some_and(|definition| definition.scope == Scope::Summary)
}

/// The place of a figure's definition in the table.
fn place(figure: &Figure) -> usize {
    let definition = metrics::of(&figure.metric);
    let is_it = |one: &Definition| definition.is_some_and(|it| it.metric == one.metric);
    metrics::ALL.iter().position(is_it).unwrap_or(usize::MAX)
}

fn in_order(mut all: Vec<Figure>) -> Vec<Figure> {
    let is_other = |figure: &Figure| figure.unit == metrics::participation::OTHER;
    all.sort_by_key(|figure| (place(figure), figure.period, is_other(figure)));
    all
}

/// A period that was told is told as it was; surveys keep what they publish.
fn again(figures: Vec<Figure>, (period, end): (u8, Millis), before: &[Told]) -> Vec<Figure> {
    let is_published = |figure: &Figure| matches!(figure.value, Value::Binned { .. });
    let published = figures.into_iter().filter(is_published);
    let mut again: Vec<Figure> = published.collect();
    for told in before.iter().filter(|told| told.period_end == end) {
        // It may have gone to two audiences.
        let is_it = |one: &Figure| one.metric == told.metric && one.unit == told.unit;
        if !again.iter().any(is_it) {
            again.push(Figure {
                metric: told.metric.clone(),
                unit: told.unit.clone(),
                period,
                value: told.value.clone(),
            });
        }
    }
    again
}

/// A period that is told for the first time.
fn anew(figures: Vec<Figure>, end: Millis, told: &[Told]) -> Vec<Figure> {
    let is_members = |figure: &&Figure| figure.metric == "members";
    let people = match figures.iter().find(is_members).map(|one| &one.value) {
        Some(Value::Count(people)) => *people as u64,
        _ => 0,
    };
    let mut families: BTreeMap<&'static str, Vec<Figure>> = BTreeMap::new();
    for figure in figures {
        let family = metrics::of(&figure.metric).map_or("", |definition| definition.metric);
        families.entry(family).or_default().push(figure);
    }
    let families = families.into_iter();
    families
        .flat_map(|(family, figures)| judged(family, figures, people, &near(family, end, told)))
        .collect()
}

/// The rows of one metric: all of them, or one that says why none.
fn judged(family: &str, figures: Vec<Figure>, people: u64, near: &[Telling<'_>]) -> Vec<Figure> {
    match why_not(family, &figures, people, near) {
        None => figures,
        Some(why) => figures
            .into_iter()
            .take(1)
            .map(|figure| Figure {
                metric: family.to_owned(),
                unit: String::new(),
                value: Value::Suppressed(why),
                ..figure
            })
            .collect(),
    }
}

fn why_not(family: &str, figures: &[Figure], people: u64, near: &[Telling<'_>]) -> Option<Why> {
    let has_no_value = |one: &Figure| matches!(one.value, Value::TooLittle | Value::Suppressed(_));
    let guard = metrics::of(family).map(|definition| definition.guard);
    if guard == Some(Guard::Nothing) || figures.iter().all(has_no_value) {
        return None;
    }
    if people < FEWEST || (guard == Some(Guard::Groups) && figures.iter().any(is_small)) {
        return Some(Why::FewPeople);
    }
    let now = Counts::of(
        figures
            .iter()
            .map(|one| (label(&one.metric, &one.unit), &one.value)),
    );
    let gives_away = |telling: &Telling<'_>| now.gives_away(telling);
    let is_told = guard == Some(Guard::Groups) && near.iter().any(gives_away);
    is_told.then_some(Why::Differencing)
}

/// Whether a figure is about one to four people.
fn is_small(figure: &Figure) -> bool {
    match figure.value {
        Value::Share { n, .. } => n < FEWEST,
        Value::Count(people) => people > 0.0 && people < FEWEST as f64,
        _ => false,
    }
}

fn label<'a>(metric: &'a str, unit: &'a str) -> &'a str {
    match unit.is_empty() {
        true => metric,
        false => unit,
    }
}

/// Disjoint groups of people, by name.
#[derive(Debug, Default, PartialEq)]
struct Counts<'a>(BTreeMap<&'a str, u64>);

/// What was told of a metric for another period, and whether the windows overlap.
#[derive(Debug)]
struct Telling<'a> {
    counts: Counts<'a>,
    overlaps: bool,
}

impl<'a> Counts<'a> {
    fn of(values: impl Iterator<Item = (&'a str, &'a Value)>) -> Counts<'a> {
        let mut counts = BTreeMap::new();
        for (name, value) in values {
            match value {
                Value::Share { k, n } => {
                    counts.insert("of them", *k);
                    counts.insert("others", n.saturating_sub(*k));
                }
                Value::Count(people) => drop(counts.insert(name, *people as u64)),
                _ => {}
            }
        }
        Counts(counts)
    }

    /// Whether fewer than five people can be told from the two together. Groups that were
    /// cut otherwise are not compared, and not told while the windows overlap.
    fn gives_away(&self, telling: &Telling<'_>) -> bool {
        let other = &telling.counts;
        if !self.0.keys().eq(other.0.keys()) {
            return telling.overlaps;
        }
        let (all, all_then) = (self.all(), other.all());
        let pairs = self.0.values().zip(other.0.values());
        pairs
            .into_iter()
            .any(|(now, then)| is_few(*now, *then) || is_few(all - now, all_then - then))
    }

    fn all(&self) -> u64 {
        self.0.values().sum()
    }
}

/// Whether two counts differ by one to four.
fn is_few(now: u64, then: u64) -> bool {
    (1..FEWEST).contains(&now.abs_diff(then))
}

/// What was told of a metric for other periods that bear on this one: those whose windows
/// overlap, and the nearest before and behind it.
fn near<'a>(family: &str, end: Millis, told: &'a [Told]) -> Vec<Telling<'a>> {
    let mut tellings: BTreeMap<Millis, BTreeMap<&str, &Value>> = BTreeMap::new();
    let is_of = |one: &&Told| metrics::of(&one.metric).is_some_and(|it| it.metric == family);
    let has_value = |one: &&Told| matches!(one.value, Value::Share { .. } | Value::Count(_));
    for one in told.iter().filter(is_of).filter(has_value) {
        let rows = tellings.entry(one.period_end).or_default();
        rows.insert(label(&one.metric, &one.unit), &one.value);
    }
    let before = tellings.range(..end).next_back().map(|(at, _)| *at);
    let behind = tellings.range(end + 1..).next().map(|(at, _)| *at);
    let overlaps = |at: Millis| Window::ending(end.max(at)).from < end.min(at);
    let bears = |at: Millis| overlaps(at) || [before, behind].contains(&Some(at));
    tellings
        .into_iter()
        .filter(|(at, _)| at.abs_diff(end) <= MEMORY.unsigned_abs() && bears(*at))
        .map(|(at, rows)| Telling {
            counts: Counts::of(rows.into_iter()),
            overlaps: overlaps(at),
        })
        .collect()
}

#[cfg(test)]
mod tests;
