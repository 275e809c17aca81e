//! A survey on two nodes of one database: each takes answers, whichever has opened it.

use std::path::PathBuf;

use crate::support::letters::{answer, last, names};
use crate::support::{Community, Database, Node, Sink, wait};

const MORE: &str = "[[facilitator]]\naddress = \"fay@plant.example\"\n\
    [health_check]\nschedule = \"0 9 3 1 *\"\nreflection = \"off\"\n[budget]\nquiet = \"off\"\n";

fn member(number: usize) -> String {
    format!("m{number:02}@plant.example")
}

/// The keys in a node's folder: the survey's own, without those by which one is asked for.
fn keys(node: &Node) -> Vec<PathBuf> {
    let all = std::fs::read_dir(node.path("data/survey-keys"));
    let all = all
        .into_iter()
        .flatten()
        .flatten()
        .map(|entry| entry.path());
    all.filter(|path| path.extension().is_none()).collect()
}

#[test]
fn both_nodes_take_answers_and_destroy_their_keys() {
    let Some(database) = Database::postgres() else {
        return;
    };
    let sink = Sink::start();
    let community = Community {
        more: MORE,
        ..Community::pumps()
    };
    let all: Vec<String> = (1..=6).map(member).collect();
    let all: Vec<&str> = all.iter().map(String::as_str).collect();
    let first = Node::with_list(&database, &sink, &community, &all);
    let mut second = Node::new(&database, &sink);
    second.start();
    first.run(&["survey", "open", "pumps"]).ok();
    wait::until("the survey's key at both", wait::SOON, || {
        (keys(&first).len() == 1 && keys(&second).len() == 1).then_some(())
    });
    for (at, who) in all.iter().enumerate() {
        let asked = wait::until("the mail that asks", wait::SOON, || {
            let has_come = names(&sink, who).contains(&"health-check".to_owned());
            has_come.then(|| last(&sink, who, "health-check"))
        });
        let node = if at % 2 == 0 { &first } else { &second };
        answer(node, who, &asked, "4 4 5 2 3 4 4");
    }
    for who in &all {
        wait::until("the receipt", wait::SOON, || {
            names(&sink, who)
                .contains(&"receipt".to_owned())
                .then_some(())
        });
    }
    second.run(&["survey", "close", "pumps"]).ok();
    let answered = wait::until("the results", wait::SOON, || {
        let waves = first.json(&["survey", "results", "pumps"])["waves"].clone();
        waves[0]["answered"].as_i64()
    });
    assert_eq!(answered, 6);
    wait::until("the keys to go", wait::SOON, || {
        (keys(&first).is_empty() && keys(&second).is_empty()).then_some(())
    });
}
