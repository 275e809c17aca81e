//! Every reply of tests/data/worksheet.toml, against what it means.

use serde::Deserialize;

use super::*;

const CASES: &str = include_str!("../../../../tests/data/worksheet.toml");

#[derive(Deserialize)]
struct File {
    case: Vec<Case>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Case {
    text: String,
    #[serde(default = "five")]
    items: u32,
    #[serde(default)]
    means: Vec<String>,
    #[serde(default)]
    problems: Vec<String>,
}

fn five() -> u32 {
    5
}

fn told(choice: &Choice) -> String {
    match choice {
        Choice::Done => "done".into(),
        Choice::Snooze(Span::Week) => "snooze".into(),
        Choice::Snooze(Span::Days(days)) => format!("snooze {days}d"),
        Choice::Snooze(Span::Until(day)) => format!("snooze until {day}"),
        Choice::Release => "release".into(),
        Choice::Drop(reason) => format!("drop {reason}").trim_end().to_owned(),
    }
}

fn problem(problem: &Problem) -> String {
    match problem {
        Problem::Unread(line) => format!("unread {line}"),
        Problem::Which(line) => format!("which {line}"),
        Problem::NoSuch(number) => format!("no {number}"),
        Problem::Twice(number) => format!("twice {number}"),
    }
}

#[test]
fn every_reply_means_what_the_table_says() {
    let file: File = toml::from_str(CASES).unwrap();
    assert!(file.case.len() > 50, "{} cases", file.case.len());
    let mut wrong = Vec::new();
    for case in file.case {
        let sheet = read(&case.text, case.items);
        let means: Vec<String> = sheet
            .decided
            .iter()
            .map(|(number, choice)| format!("{number} {}", told(choice)))
            .collect();
        let problems: Vec<String> = sheet.problems.iter().map(problem).collect();
        if means != case.means || problems != case.problems {
            wrong.push(format!("{:?}: {means:?}, {problems:?}", case.text));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}
