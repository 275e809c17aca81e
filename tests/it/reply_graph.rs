//! The reply graph's figures beside those of networkx, on random graphs.

use std::collections::BTreeSet;
use std::io::Write;
use std::process::{Command, Stdio};

use folkmoot::summaries::events::Person;
use folkmoot::summaries::metrics::graph::Graph;

use crate::support::random::Random;

const SCRIPT: &str = include_str!("../python/graph.py");

/// Graphs that are compared.
const GRAPHS: usize = 500;

type Edges = BTreeSet<(Person, Person)>;

#[test]
fn figures_of_the_reply_graph_are_those_of_networkx() {
    let Some(python) = python() else {
        let ci = std::env::var("CI").is_ok_and(|ci| ci == "true");
        assert!(!ci, "CI needs python3-networkx");
        eprintln!("SKIPPED: graphs computed by others; python3-networkx is not installed");
        return;
    };
    let mut random = Random::seeded(9);
    let graphs: Vec<Edges> = (0..GRAPHS).map(|_| edges(&mut random)).collect();
    let lines: String = graphs.iter().map(line).collect();
    let told = run(&python, &lines);
    assert_eq!(told.len(), GRAPHS);
    for (edges, [density, reciprocity, centralization]) in graphs.into_iter().zip(told) {
        let shown = format!("{edges:?}");
        let own = Graph::new(edges).expect("ten people");
        let is_near = |own: f64, other: f64| (own - other).abs() < 1e-9;
        assert!(is_near(own.density(), density), "{shown}: {density}");
        assert!(
            is_near(own.reciprocity(), reciprocity),
            "{shown}: {reciprocity}"
        );
        assert!(
            is_near(own.centralization(), centralization),
            "{shown}: {centralization}"
        );
    }
}

/// A ring, so that ten people at least have an edge, and whatever comes beside it.
fn edges(random: &mut Random) -> Edges {
    let people = 10 + random.below(30);
    let person = |key: u64| Person(key as i64);
    let mut edges: Edges = (0..people)
        .map(|at| (person(at), person((at + 1) % people)))
        .collect();
    for _ in 0..random.below(people * 4) {
        let (from, to) = (random.below(people), random.below(people));
        if from != to {
            edges.insert((person(from), person(to)));
        }
    }
    edges
}

fn line(edges: &Edges) -> String {
    let pairs: Vec<[i64; 2]> = edges.iter().map(|(from, to)| [from.0, to.0]).collect();
    format!("{}\n", serde_json::to_string(&pairs).expect("numbers"))
}

fn run(python: &str, input: &str) -> Vec<[f64; 3]> {
    let mut child = Command::new(python)
        .args(["-c", SCRIPT])
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
        .expect("python");
    let mut pipe = child.stdin.take().expect("its input");
    let input = input.to_owned();
    let writes = std::thread::spawn(move || pipe.write_all(input.as_bytes()));
    let output = child.wait_with_output().expect("what it says");
    writes.join().expect("a thread").expect("its input");
    assert!(output.status.success());
    let text = String::from_utf8(output.stdout).expect("text");
    text.lines()
        .map(|line| serde_json::from_str(line).expect("three numbers"))
        .collect()
}

/// One that has networkx; `FOLKMOOT_PYTHON` names another.
fn python() -> Option<String> {
    let named = std::env::var("FOLKMOOT_PYTHON").ok();
    let all = named
        .into_iter()
        .chain(["/usr/bin/python3".into(), "python3".into()]);
    let has = |python: &String| {
        let mut command = Command::new(python);
        let command = command.args(["-c", "import networkx"]);
        let status = command.stderr(Stdio::null()).status();
        status.is_ok_and(|status| status.success())
    };
    all.into_iter().find(has)
}
