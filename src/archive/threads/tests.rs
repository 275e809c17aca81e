use std::collections::HashMap;
use std::path::PathBuf;

use proptest::prelude::*;

use super::*;

fn refs(id: &str, references: &str, in_reply_to: &str) -> Refs {
    let words = |text: &str| text.split_whitespace().map(str::to_owned).collect();
    Refs {
        message_id: id.to_owned(),
        references: words(references),
        in_reply_to: words(in_reply_to),
    }
}

/// Message-ID, References, In-Reply-To.
type Mail = (&'static str, &'static str, &'static str);

/// Each mail as "id: references / in-reply-to", each result as "id<parent@root".
#[test]
fn mails_find_their_parents() {
    let cases: &[(&str, &[Mail], &str)] = &[
        (
            "nearest reference",
            &[("a", "", ""), ("b", "a", ""), ("c", "a b", "")],
            "a<-@a b<a@a c<b@a",
        ),
        (
            "missing one is skipped",
            &[("a", "", ""), ("c", "a gone", "gone")],
            "a<-@a c<a@a",
        ),
        (
            "in-reply-to after references",
            &[("a", "", ""), ("b", "", ""), ("c", "a", "b")],
            "a<-@a b<-@b c<a@a",
        ),
        (
            "in-reply-to alone",
            &[("a", "", ""), ("b", "", "a")],
            "a<-@a b<a@a",
        ),
        (
            "a late parent",
            &[("b", "a", ""), ("a", "", "")],
            "b<a@a a<-@a",
        ),
        ("never self", &[("a", "a", "a")], "a<-@a"),
        (
            "two in a circle",
            &[("a", "b", ""), ("b", "a", "")],
            "a<b@b b<-@b",
        ),
        (
            "three in a circle",
            &[("a", "c", ""), ("b", "a", ""), ("c", "b", "")],
            "a<c@c b<a@c c<-@c",
        ),
        (
            "out of a circle by the next reference",
            &[("x", "", ""), ("a", "b", ""), ("b", "x a", "")],
            "x<-@x a<b@x b<x@x",
        ),
        (
            "the first of two with one id",
            &[("a", "", ""), ("a", "", ""), ("b", "a", "")],
            "a<-@a a<-@a b<a@a",
        ),
        ("no id at all", &[("", "", ""), ("", "", "")], "<-@ <-@"),
    ];
    for (name, mails, expected) in cases {
        let mails: Vec<Refs> = mails.iter().map(|(id, r, i)| refs(id, r, i)).collect();
        let id = |index: usize| mails[index].message_id.as_str();
        let found = forest(&mails).into_iter().enumerate().map(|(at, placed)| {
            format!(
                "{}<{}@{}",
                id(at),
                placed.parent.map_or("-", id),
                id(placed.root)
            )
        });
        assert_eq!(found.collect::<Vec<_>>().join(" "), *expected, "{name}");
    }
}

#[test]
fn ancestry_is_nearest_last_and_limited() {
    let many: Vec<String> = (0..1_000).map(|n| format!("m{n}")).collect();
    let replied = ["m5".to_owned(), "m990".to_owned()];
    let found = ancestry("m999", &many, &replied);
    assert_eq!(found.len(), MAX_REFERENCES);
    assert_eq!((found[0], found[1]), ("m5", "m900"));
    assert_eq!(found.last(), Some(&"m998"));
}

#[test]
fn a_thread_is_read_from_question_to_answer() {
    let node = |id, parent, date| Node { id, parent, date };
    let cases: &[(&str, &[Node], &str)] = &[
        (
            "by date below one",
            &[
                node(1, None, 0),
                node(3, Some(1), 9),
                node(2, Some(1), 5),
                node(4, Some(2), 20),
            ],
            "1 .2 ..4 .3",
        ),
        (
            "an answer dated before its question",
            &[node(1, None, 50), node(2, Some(1), 10)],
            "1 .2",
        ),
        (
            "a parent elsewhere",
            &[node(2, Some(77), 10), node(1, None, 5)],
            "1 2",
        ),
        (
            "a circle",
            &[node(1, Some(2), 7), node(2, Some(1), 5), node(3, None, 9)],
            "3 2 .1",
        ),
        ("itself", &[node(1, Some(1), 7)], "1"),
        (
            "deeper than shown",
            &[
                node(1, None, 0),
                node(2, Some(1), 1),
                node(3, Some(2), 2),
                node(4, Some(3), 3),
                node(5, Some(4), 4),
            ],
            "1 .2 ..3 ..4 ..5",
        ),
    ];
    for (name, nodes, expected) in cases {
        let found = tree_order(nodes, 2).into_iter();
        let found = found.map(|leaf| format!("{}{}", ".".repeat(leaf.depth), nodes[leaf.index].id));
        assert_eq!(found.collect::<Vec<_>>().join(" "), *expected, "{name}");
    }
}

#[test]
fn a_chain_of_a_hundred_thousand_is_no_trouble() {
    let nodes: Vec<Node> = (0..100_000)
        .map(|id| Node {
            id,
            parent: (id > 0).then(|| id - 1),
            date: id,
        })
        .collect();
    let order = tree_order(&nodes, 8);
    assert_eq!(order.len(), nodes.len());
    assert_eq!(
        order.last(),
        Some(&Leaf {
            index: 99_999,
            depth: 8
        })
    );
}

proptest! {
    #[test]
    fn every_post_is_shown_once(parents in proptest::collection::vec(0i64..40, 0..40)) {
        let nodes: Vec<Node> = parents.iter().enumerate()
            .map(|(id, parent)| Node { id: id as i64, parent: Some(*parent), date: *parent }).collect();
        let mut shown: Vec<usize> = tree_order(&nodes, 3).iter().map(|leaf| leaf.index).collect();
        shown.sort_unstable();
        prop_assert_eq!(shown, (0..nodes.len()).collect::<Vec<_>>());
    }

    #[test]
    fn no_references_make_a_circle(links in proptest::collection::vec(proptest::collection::vec(0usize..20, 0..4), 0..20)) {
        let mails: Vec<Refs> = links.iter().enumerate().map(|(id, links)| Refs {
            message_id: id.to_string(),
            references: links.iter().map(ToString::to_string).collect(),
            in_reply_to: vec![],
        }).collect();
        let placed = forest(&mails);
        for start in 0..placed.len() {
            let steps = std::iter::successors(Some(start), |at| placed[*at].parent).take(50).count();
            prop_assert!(steps <= placed.len());
        }
    }
}

fn read_mail(path: PathBuf) -> Refs {
    let bytes = std::fs::read(path).unwrap();
    let mail = mail_parser::MessageParser::default().parse(&bytes).unwrap();
    let words = |value: &mail_parser::HeaderValue| match value {
        mail_parser::HeaderValue::Text(text) => vec![text.to_string()],
        mail_parser::HeaderValue::TextList(list) => list.iter().map(ToString::to_string).collect(),
        _ => vec![],
    };
    Refs {
        message_id: mail.message_id().unwrap_or_default().to_owned(),
        references: words(mail.references()),
        in_reply_to: words(mail.in_reply_to()),
    }
}

#[test]
fn threads_of_others_are_the_same_here() {
    let named = std::env::var_os("FOLKMOOT_TESTDATA").map(PathBuf::from);
    let root = named.unwrap_or_else(|| PathBuf::from("../shared/testdata"));
    let Ok(cases) = std::fs::read_to_string(root.join("cases.jsonl")) else {
        return eprintln!(
            "SKIPPED: no real mail at {}; set FOLKMOOT_TESTDATA",
            root.display()
        );
    };
    for line in cases
        .lines()
        .filter(|line| line.contains(r#""kind": "thread""#))
    {
        let case: serde_json::Value = serde_json::from_str(line).unwrap();
        if case["expect"]["by_subject"] == true {
            continue;
        }
        let paths = case["eml_paths"].as_array().unwrap();
        let mails: Vec<Refs> = paths
            .iter()
            .map(|p| read_mail(root.join(p.as_str().unwrap())))
            .collect();
        let parents: HashMap<&str, Option<&str>> = forest(&mails)
            .iter()
            .zip(&mails)
            .map(|(placed, mail)| {
                (
                    mail.message_id.as_str(),
                    placed.parent.map(|at| mails[at].message_id.as_str()),
                )
            })
            .collect();
        for (id, parent) in case["expect"]["parent"].as_object().unwrap() {
            assert_eq!(
                parents[id.as_str()],
                parent.as_str(),
                "{}: {id}",
                case["id"]
            );
        }
    }
}
