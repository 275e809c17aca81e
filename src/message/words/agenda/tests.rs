//! Every reply of tests/data/agenda-replies.toml, as a whole mail, against what it means.

use serde::Deserialize;

use super::*;
use crate::message;

const CASES: &str = include_str!("../../../../tests/data/agenda-replies.toml");

/// What the mail that is answered says.
const OURS: &str = "What shall we talk about at Pump clinic?\n\n  Tuesday, 24 March, 16:00\n\
    \nSo far:\n\n  1. Seals for hot water (Cleo, 2 votes)\n  2. Bearing noise (Dora, 1 vote)\n\n\
    Reply to this mail: each line that you write becomes an item.\n";

#[derive(Deserialize)]
struct File {
    case: Vec<Case>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Case {
    name: String,
    #[serde(default)]
    text: String,
    #[serde(default)]
    html: String,
    #[serde(default)]
    says: Vec<String>,
    #[serde(default)]
    problems: Vec<String>,
}

fn told(said: &Said) -> String {
    match said {
        Said::Item(text) => text.clone(),
        Said::Vote(number) => format!("+{number}"),
        Said::Unvote(number) => format!("-{number}"),
        Said::Text(number, text) => format!("{number}: {text}"),
    }
}

fn problem(problem: &Problem) -> String {
    match problem {
        Problem::Behind(text) => format!("behind {text}"),
        Problem::Many(text) => format!("many {text}"),
    }
}

/// A whole mail, as a client sends it.
fn mail(case: &Case) -> Vec<u8> {
    let (kind, body) = match case.html.as_str() {
        "" => ("text/plain", &case.text),
        html => ("text/html", &html.to_owned()),
    };
    let head = "From: Bob Ek <bob.ek@plant.example>\r\nTo: <pumps-reply@lists.example>\r\n\
        Subject: Re: What shall we talk about?\r\nMessage-ID: <r1@plant.example>\r\nMIME-Version: 1.0\r\n";
    let text = body.replace('\n', "\r\n");
    format!(
        "{head}Content-Type: {kind}; charset=utf-8\r\nContent-Transfer-Encoding: 8bit\r\n\r\n{text}\r\n"
    )
    .into_bytes()
}

#[test]
fn every_reply_means_what_the_table_says() {
    let file: File = toml::from_str(CASES).unwrap();
    assert!(file.case.len() > 60, "{} cases", file.case.len());
    let known = Known::new(&["Bob Ek", "bob.ek@plant.example"], OURS);
    let mut wrong = Vec::new();
    for case in file.case {
        let mail = message::parse(&mail(&case));
        let page = read(&mail.visible_text, &known);
        let says: Vec<String> = page.said.iter().map(told).collect();
        let problems: Vec<String> = page.problems.iter().map(problem).collect();
        if says != case.says || problems != case.problems {
            wrong.push(format!("{}: {says:?}, {problems:?}", case.name));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn a_reply_is_bounded() {
    let lines: Vec<String> = (0..40)
        .map(|n| format!("Topic {}", "x".repeat(n + 400)))
        .collect();
    let page = read(&lines.join("\n\n"), &Known::default());
    assert_eq!(page.said.len(), MOST_SAID);
    assert_eq!(page.problems.len(), MOST_NOT_TAKEN);
    for said in &page.said {
        let Said::Item(text) = said else {
            panic!("{said:?}")
        };
        assert_eq!(text.chars().count(), LONGEST_ITEM);
    }
}
