use std::collections::BTreeMap;

use serde::Deserialize;

use super::*;
use crate::store::Millis;
use crate::summaries::events::{Came, DAY, Item, Learning, Member, Person, Post, Session};

/// A community in days and names, and what its figures are, worked out by hand.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Corpus {
    cut_off: f64,
    terms: Vec<f64>,
    member: Vec<OfMember>,
    post: Vec<OfPost>,
    session: Vec<OfSession>,
    item: Vec<Done>,
    learning: Vec<Done>,
    figure: Vec<Expected>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct OfMember {
    who: String,
    joined: f64,
    left: Option<f64>,
    paused_until: Option<f64>,
    #[serde(default)]
    facilitates: bool,
    #[serde(default)]
    unit: String,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct OfPost {
    who: String,
    at: f64,
    thread: String,
    #[serde(default)]
    asks: bool,
    answers: Option<String>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct OfSession {
    at: f64,
    held: bool,
    host: Option<String>,
    #[serde(default)]
    accepted: Vec<String>,
    came: Option<Vec<String>>,
    #[serde(default)]
    guests: u64,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Done {
    who: String,
    at: f64,
}

/// Nothing of k, n and value: too little data.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Expected {
    metric: String,
    #[serde(default)]
    unit: String,
    k: Option<u64>,
    n: Option<u64>,
    value: Option<f64>,
}

fn ms(days: f64) -> Millis {
    (days * DAY as f64).round() as Millis
}

/// A key for each name, whatever it names.
fn key(name: &str) -> i64 {
    let digit = |sum: i64, byte: u8| sum * 257 + i64::from(byte);
    name.bytes().fold(1, digit)
}

fn who(name: &str) -> Person {
    Person(key(name))
}

fn member(one: &OfMember) -> Member {
    Member {
        person: who(&one.who),
        joined_at: ms(one.joined),
        left_at: one.left.map(ms),
        paused_until: one.paused_until.map(ms),
        facilitates: one.facilitates,
        unit: one.unit.clone(),
    }
}

fn post(one: &OfPost) -> Post {
    Post {
        author: Some(who(&one.who)),
        at: ms(one.at),
        thread: key(&one.thread),
        is_root: one.answers.is_none(),
        is_question: one.asks,
        answers: one.answers.as_deref().map(who),
    }
}

fn session(one: &OfSession) -> Session {
    Session {
        at: ms(one.at),
        was_held: one.held,
        host: one.host.as_deref().map(who),
        accepted: one.accepted.iter().map(|name| who(name)).collect(),
        came: one.came.as_ref().map(|came| Came {
            members: came.iter().map(|name| who(name)).collect(),
            guests: one.guests,
        }),
    }
}

fn events(corpus: &Corpus) -> Events {
    let item = |one: &Done| Item {
        proposer: who(&one.who),
        at: ms(one.at),
    };
    let learning = |one: &Done| Learning {
        author: Some(who(&one.who)),
        at: ms(one.at),
    };
    Events {
        founded_at: 0,
        members: corpus.member.iter().map(member).collect(),
        posts: corpus.post.iter().map(post).collect(),
        sessions: corpus.session.iter().map(session).collect(),
        items: corpus.item.iter().map(item).collect(),
        learnings: corpus.learning.iter().map(learning).collect(),
        terms: corpus.terms.iter().map(|at| ms(*at)).collect(),
        published: Vec::new(),
    }
}

fn expected(one: &Expected) -> Value {
    match (one.k, one.n, one.value) {
        (Some(k), Some(n), None) => Value::Share { k, n },
        (None, None, Some(value)) => Value::Count(value),
        (None, None, None) => Value::TooLittle,
        _ => panic!("{}: k and n, or value, or nothing", one.metric),
    }
}

/// To six places.
fn rounded(value: &Value) -> Value {
    match value {
        Value::Count(count) => Value::Count((count * 1e6).round() / 1e6),
        other => other.clone(),
    }
}

type Rows = BTreeMap<(String, String), Value>;

fn check(text: &str) {
    let corpus: Corpus = toml::from_str(text).unwrap();
    let window = Window::ending(ms(corpus.cut_off));
    let found = all(&events(&corpus), &[window]);
    let row = |one: &Figure| ((one.metric.clone(), one.unit.clone()), rounded(&one.value));
    let found: Rows = found.iter().map(row).collect();
    let row = |one: &Expected| ((one.metric.clone(), one.unit.clone()), expected(one));
    let expected: Rows = corpus.figure.iter().map(row).collect();
    assert_eq!(found, expected);
}

#[test]
fn an_ordinary_community() {
    check(include_str!("../../../tests/data/metrics/ordinary.toml"));
}

#[test]
fn a_community_of_three() {
    check(include_str!("../../../tests/data/metrics/three.toml"));
}

#[test]
fn a_quarter_with_nothing() {
    check(include_str!("../../../tests/data/metrics/nothing.toml"));
}

#[test]
fn closed_in_the_middle_of_a_month() {
    check(include_str!("../../../tests/data/metrics/closed.toml"));
}

#[test]
fn all_of_one_unit() {
    check(include_str!("../../../tests/data/metrics/one_unit.toml"));
}

#[test]
fn one_person_does_all() {
    check(include_str!(
        "../../../tests/data/metrics/one_does_all.toml"
    ));
}

#[test]
fn of_a_time_before_the_community_nothing_is_said() {
    let text = include_str!("../../../tests/data/metrics/ordinary.toml");
    let events = events(&toml::from_str(text).unwrap());
    assert_eq!(all(&events, &[Window::ending(0)]), []);
}

#[test]
fn each_metric_is_in_the_table_once() {
    let mut names: Vec<_> = ALL.iter().map(|one| one.metric).collect();
    names.sort_unstable();
    names.dedup();
    assert_eq!(names.len(), ALL.len());
    for name in ["active-and-peripheral", "health-safety", "unit", "core"] {
        assert!(of(name).is_some(), "{name}");
    }
    assert!(of("nothing-like-it").is_none());
}

#[test]
fn the_docs_have_the_definitions_of_the_code() {
    let docs = include_str!("../../../docs/metrics.md");
    let line = |one: &Definition| {
        format!(
            "| `{}` | {} | {} | {} |\n",
            one.metric, one.text, one.formula, one.source
        )
    };
    let table: String = ALL.iter().map(line).collect();
    assert!(
        docs.contains(&table),
        "docs/metrics.md should have:\n{table}"
    );
    assert!(docs.contains(&format!("version {VERSION}")));
}
