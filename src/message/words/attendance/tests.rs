use chrono::NaiveDate;
use serde::Deserialize;

use super::{Action, Asked, Doubt, Invited, Sheet, read};
use crate::message;

#[derive(Deserialize)]
struct Table {
    case: Vec<Case>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Case {
    #[serde(default)]
    text: String,
    #[serde(default)]
    html: String,
    came: String,
    #[serde(default)]
    guests: Vec<String>,
    #[serde(default)]
    notes: String,
    #[serde(default)]
    recording: String,
    #[serde(default)]
    actions: Vec<String>,
    #[serde(default)]
    done: String,
    #[serde(default)]
    doubts: Vec<String>,
}

fn roster() -> Vec<Invited> {
    let people = [
        ("Ann Berger", "ann@plant.example"),
        ("Bob Meier", "bob@plant.example"),
        ("Bob Schulz", "bob.schulz@mill.example"),
        ("Cléo Müller", "cleo@mill.example"),
        ("Jürgen Groß", "juergen@plant.example"),
        ("Søren Łukasz", "soren@port.example"),
        ("", "dora.k@mill.example"),
        ("Eve Winter", "eve@mill.example"),
    ];
    let invited = |(number, (name, address)): (u32, (&str, &str))| Invited {
        number: (number < 8).then_some(number),
        name: name.to_owned(),
        address: address.to_owned(),
        of_all: number < 8,
    };
    (1..).zip(people).map(invited).collect()
}

fn answer(text: &str) -> Sheet {
    let roster = roster();
    let asked = Asked {
        roster: &roster,
        by: Some(0),
        on: NaiveDate::from_ymd_opt(2026, 3, 10).unwrap(),
    };
    read(text, &asked)
}

/// What a mail program sends.
fn visible(case: &Case) -> String {
    let (kind, body) = match case.html.as_str() {
        "" => ("plain", &case.text),
        html => ("html", &html.to_owned()),
    };
    let raw = format!(
        "From: ann@plant.example\r\nSubject: Re: Who came?\r\nMIME-Version: 1.0\r\n\
         Content-Type: text/{kind}; charset=utf-8\r\n\r\n{}\r\n",
        body.replace('\n', "\r\n")
    );
    message::parse(raw.as_bytes()).visible_text
}

fn numbers<T: ToString>(all: &[T]) -> String {
    let all: Vec<String> = all.iter().map(ToString::to_string).collect();
    all.join(" ")
}

fn places(all: &[usize]) -> String {
    numbers(&all.iter().map(|at| at + 1).collect::<Vec<_>>())
}

fn said(action: &Action) -> String {
    let whom = action
        .whom
        .map(|at| format!("={}", at + 1))
        .unwrap_or_default();
    let due = action.due.map(|day| day.to_string()).unwrap_or_default();
    format!("{}{whom}|{}|{due}", action.who, action.what)
}

fn doubt(doubt: &Doubt) -> String {
    match doubt {
        Doubt::Which(word, all) => format!("{word}: {}", places(all)),
        Doubt::NoSuch(number) => format!("{number}?"),
        Doubt::Unread(line) => line.clone(),
    }
}

#[test]
fn replies_as_hosts_write_them() {
    let table: Table = toml::from_str(include_str!(
        "../../../../tests/data/attendance-replies.toml"
    ))
    .unwrap();
    assert!(table.case.len() >= 60, "{}", table.case.len());
    let mut wrong = Vec::new();
    for case in &table.case {
        let sheet = answer(&visible(case));
        let came = sheet
            .came
            .as_ref()
            .map_or("-".to_owned(), |came| places(came));
        let found = (
            came,
            sheet.guests.clone(),
            sheet.notes.clone(),
            sheet.recording.clone(),
            sheet.actions.iter().map(said).collect::<Vec<_>>(),
            numbers(&sheet.done),
            sheet.doubts.iter().map(doubt).collect::<Vec<_>>(),
        );
        let wanted = (
            case.came.clone(),
            case.guests.clone(),
            case.notes.clone(),
            case.recording.clone(),
            case.actions.clone(),
            case.done.clone(),
            case.doubts.clone(),
        );
        if found != wanted {
            wrong.push(format!(
                "{:?}{:?}\n  wanted {wanted:?}\n  found  {found:?}",
                case.text, case.html
            ));
        }
    }
    assert!(
        wrong.is_empty(),
        "{} of {}:\n{}",
        wrong.len(),
        table.case.len(),
        wrong.join("\n")
    );
}

#[test]
fn a_long_roster_and_a_long_reply_take_no_time() {
    let many: Vec<Invited> = (1..=500)
        .map(|number| Invited {
            number: Some(number),
            name: format!("Bob Number{number} Meier"),
            address: format!("m{number}@plant.example"),
            of_all: true,
        })
        .collect();
    let asked = Asked {
        roster: &many,
        by: None,
        on: NaiveDate::default(),
    };
    let line = "Bob Meier, Number7, 1-500, nobody, Bob B M, ";
    let text = [line.repeat(60), "\n".to_owned()].concat().repeat(3);
    let began = crate::clock::monotonic();
    let sheet = read(&text, &asked);
    assert!(!sheet.doubts.is_empty());
    assert!(began.elapsed().as_secs() < 20, "{:?}", began.elapsed());
}
