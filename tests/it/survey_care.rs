//! What people who answer surveys may rely on: an answer can be taken back, goes to nobody
//! else, is in no backup, and its results come within a week.

use std::process::Command;

use serde_json::Value;

use crate::support::letters::{answer, last, names, reply_to};
use crate::support::{Community, Database, Node, Sink, both};

both!(
    whoever_skips_takes_back_their_answer,
    an_answer_that_went_to_the_list_too_is_kept_from_it,
    a_backup_says_nothing_of_answers,
    results_come_within_a_week,
);

const MORE: &str = "[[facilitator]]\naddress = \"fay@plant.example\"\n\
    [health_check]\nschedule = \"0 9 3 3 *\"\nopen_for = \"10d\"\nreflection = \"off\"\n[budget]\nquiet = \"off\"\n";
const LIST: &str = "pumps@lists.example.org";

fn member(number: usize) -> String {
    format!("m{number:02}@plant.example")
}

fn started<'d>(database: &'d Database, sink: &Sink, count: usize, more: &'static str) -> Node<'d> {
    let community = Community {
        more,
        ..Community::pumps()
    };
    let all: Vec<String> = (1..=count).map(member).collect();
    let all: Vec<&str> = all.iter().map(String::as_str).collect();
    Node::with_list(database, sink, &community, &all)
}

fn open(node: &Node) {
    node.run(&["survey", "open", "pumps"]).ok();
    node.settle();
}

fn close(node: &Node) -> Value {
    node.run(&["survey", "close", "pumps"]).ok();
    node.settle();
    node.json(&["survey", "results", "pumps"])["waves"][0].clone()
}

fn whoever_skips_takes_back_their_answer(database: &Database) {
    let sink = Sink::start();
    let node = started(database, &sink, 7, MORE);
    open(&node);
    let asked = |number: usize| last(&sink, &member(number), "health-check");
    let told = |number: usize| last(&sink, &member(number), "receipt").text();
    for number in 1..=7 {
        answer(&node, &member(number), &asked(number), "5 4 5 1 4 4 4");
    }
    // Taken back; taken back and answered anew; stopped, which takes back nothing.
    answer(&node, &member(1), &asked(1), "SKIP");
    assert!(told(1).contains("taken back"), "{}", told(1));
    answer(&node, &member(2), &asked(2), "skip");
    answer(&node, &member(2), &asked(2), "1 1 1 5 1 1 1");
    answer(&node, &member(3), &asked(3), "STOP SURVEYS");
    // There is nothing that a sponsor could read.
    answer(&node, &member(1), &asked(1), "QUOTE");
    // Who had not answered takes back nothing, and is told so in other words.
    let wave = close(&node);
    assert_eq!(
        (&wave["invited"], &wave["answered"]),
        (&7.into(), &6.into())
    );
    assert_eq!(wave["indices"][0]["n"], 6);
}

/// Sends a reply with more than one recipient; the digits stand in a post like any other.
fn write_to_both(node: &Node, from: &str, to: &[&str], text: &str) -> String {
    let id = format!("both-{from}");
    let raw = format!(
        "From: {from}\r\nTo: {}\r\nSubject: What I think\r\nMessage-ID: <{id}>\r\n\r\n{text}\r\n",
        to.join(", ")
    );
    let replies = node.client().deliver(from, to, raw.as_bytes());
    assert!(replies.iter().all(|reply| reply.code == 250), "{replies:?}");
    node.settle();
    id
}

fn an_answer_that_went_to_the_list_too_is_kept_from_it(database: &Database) {
    let sink = Sink::start();
    let node = started(database, &sink, 6, MORE);
    open(&node);
    let survey = |number: usize| reply_to(&last(&sink, &member(number), "health-check"));
    let text = "4 4 5 2 3 4 4\n\nThe violet hippopotamus, for all to see?";
    let others = |who: usize| -> Vec<usize> {
        let others = (1..=6).filter(|number| *number != who);
        others
            .map(|number| sink.for_recipient(&member(number)).len())
            .collect()
    };
    for (who, first) in [(1, true), (2, false)] {
        let before = others(who);
        let facilitator = names(&sink, "fay@plant.example");
        let survey = survey(who);
        let to = match first {
            true => [survey.as_str(), LIST],
            false => [LIST, survey.as_str()],
        };
        write_to_both(&node, &member(who), &to, text);
        assert_eq!(others(who), before, "survey first: {first}");
        assert_eq!(names(&sink, "fay@plant.example"), facilitator);
        let got = sink.for_recipient(&member(who));
        let receipts: Vec<String> = got.iter().map(|one| one.mail().text()).collect();
        let has = |part: &str| receipts.iter().any(|text| text.contains(part));
        assert!(has("nobody has seen it"), "{receipts:?}");
        assert!(has(LIST) && has("4 4 5 2 3 4 4"), "{receipts:?}");
    }
    let held = node.json(&["hold", "list", "pumps"]);
    assert!(!held.to_string().contains("m01"), "{held}");
    let words = ["violet hippopotamus"];
    let found = database.columns_with(&node.path("data"), &words);
    assert_eq!(found, Vec::<String>::new());
    // One that comes when the survey has closed goes nowhere either.
    let late = survey(3);
    let wave = close(&node);
    assert_eq!(wave["answered"], 2);
    let before = others(3);
    write_to_both(&node, &member(3), &[&late, LIST], text);
    assert_eq!(others(3), before);
    let told = last(&sink, &member(3), "clarification").text();
    assert!(told.contains("has closed") && told.contains(LIST), "{told}");
    let found = database.columns_with(&node.path("data"), &words);
    let is_comment =
        |place: &String| !place.starts_with("survey_comment") && !place.starts_with("mail.");
    assert_eq!(found.into_iter().find(is_comment), None);
}

/// A backup as docs/operating.md has it: the database by its own program, and the files
/// beside it but the keys of open surveys.
pub(crate) fn backup(node: &Node, database: &Database, name: &str) -> Vec<u8> {
    let file = node.path(name);
    match database {
        Database::Sqlite => {
            let statement = format!("VACUUM INTO '{}'", file.display());
            database.execute(&node.path("data"), statement);
        }
        Database::Postgres(_) => {
            let url = format!("--dbname={}", database.url());
            // Plain, so that it can be read here; `-Fc` holds the same rows, compressed.
            let made = Command::new("pg_dump")
                .args([&url, "--format=plain", "--file"])
                .arg(&file)
                .output();
            let made = made.expect("pg_dump comes with PostgreSQL's client programs");
            assert!(made.status.success(), "{made:?}");
        }
    }
    let bytes = std::fs::read(&file).expect("the backup");
    std::fs::remove_file(&file).expect("it goes");
    assert!(bytes.len() > 10_000, "{}", bytes.len());
    bytes
}

/// Whether one of these stands in a backup, as text or in the hexadecimal digits in which
/// `pg_dump` writes octets.
fn holds(backup: &[u8], what: &[u8]) -> bool {
    let hex: String = what.iter().map(|byte| format!("{byte:02x}")).collect();
    let stands = |part: &[u8]| backup.windows(part.len()).any(|window| window == part);
    stands(what) || stands(hex.as_bytes())
}

fn a_backup_says_nothing_of_answers(database: &Database) {
    const DIGITS: &str = "4 4 5 2 3 4 0";
    const WORDS: &str = "violet hippopotamus";
    let sink = Sink::start();
    let node = started(database, &sink, 6, MORE);
    open(&node);
    for number in 1..=6 {
        let who = member(number);
        let text = format!("{DIGITS}\n\n{WORDS} of number {number}");
        answer(&node, &who, &last(&sink, &who, "health-check"), &text);
    }
    let keys = std::fs::read_dir(node.path("data/survey-keys")).expect("the keys");
    let keys: Vec<Vec<u8>> = keys
        .map(|entry| std::fs::read(entry.expect("a key").path()).expect("it is read"))
        .collect();
    assert!(keys.iter().any(|key| key.len() >= 32), "{keys:?}");
    let during = backup(&node, database, "during");
    // What is looked for would be found: of the asking mail the questions are in there.
    assert!(holds(&during, member(1).as_bytes()));
    for secret in [DIGITS.as_bytes(), WORDS.as_bytes()] {
        assert!(!holds(&during, secret), "while it is open");
    }
    for key in keys.iter().filter(|key| !key.is_empty()) {
        assert!(!holds(&during, key), "a key");
        let text = String::from_utf8_lossy(key);
        let hex = text.trim();
        assert!(hex.is_empty() || !holds(&during, hex.as_bytes()), "a key");
    }
    assert_eq!(close(&node)["answered"], 6);
    let after = backup(&node, database, "after");
    for secret in [DIGITS.as_bytes(), WORDS.as_bytes()] {
        assert!(!holds(&after, secret), "after it has closed");
    }
    for table in ["survey_invitee", "survey_sealed"] {
        let cells = database.cells(&node.path("data")).into_iter();
        let mut own = cells.filter(|(name, _, _)| name == table);
        assert!(own.all(|(_, _, cells)| cells.is_empty()), "{table}");
    }
}

/// A community as any other: a clinic every other week with all that belongs to it, the
/// budget and the quiet hours that nobody changed.
const NORMAL: &str = "[[facilitator]]\naddress = \"fay@plant.example\"\n\
    [[session]]\nslug = \"clinic\"\ntitle = \"Pump clinic\"\nrule = \"FREQ=WEEKLY;INTERVAL=2;BYDAY=TU\"\n\
    starts = \"2026-03-10T16:00\"\nduration = \"1h\"\n\
    [health_check]\nschedule = \"0 9 13 4 *\"\nopen_for = \"10d\"\nreflection = \"off\"\n";

fn results_come_within_a_week(database: &Database) {
    let sink = Sink::start();
    let node = started(database, &sink, 8, NORMAL);
    node.run(&["clock", "set", "2026-04-14T12:00:00Z"]).ok();
    for number in 1..=6 {
        let who = member(number);
        answer(
            &node,
            &who,
            &last(&sink, &who, "health-check"),
            "4 4 5 2 3 4 4",
        );
    }
    // It closes on the 23rd, ten days after it opened.
    node.run(&["clock", "set", "2026-04-23T06:00:00Z"]).ok();
    let told = |number: usize| {
        let got = sink.for_recipient(&member(number));
        let texts: Vec<String> = got.iter().map(|one| one.mail().text()).collect();
        texts
            .iter()
            .any(|text| text.contains("6 of 8 members answered"))
    };
    assert!(!(1..=8).any(told), "before it has closed");
    node.run(&["clock", "set", "2026-04-30T07:00:00Z"]).ok();
    let without: Vec<usize> = (1..=8).filter(|number| !told(*number)).collect();
    assert_eq!(
        without,
        Vec::<usize>::new(),
        "nobody waits longer than a week"
    );
}
