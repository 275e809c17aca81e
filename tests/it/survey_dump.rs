//! Somebody takes all that an installation leaves on its disks: the database as it can be
//! asked, its files with free pages and journals, the logs, and a backup; while a survey is
//! open, and after. They know everybody's address, and look for who answered what.

use std::path::PathBuf;

use regex::bytes::{Regex, RegexBuilder};

use crate::support::letters::{answer, last, reply_to};
use crate::support::{Community, Database, Node, Post, Sink, wait};
use crate::survey_care::backup;

/// What one person answers: digits that nobody else types, and a word that stands nowhere
/// else, no two of them alike in six letters.
const ANSWERS: [(&str, &str); 11] = [
    ("3 1 5 2 4 1 3", "xwqzvkjpfyqh"),
    ("1 5 2 4 3 3 5", "zbqkvxjwpgfd"),
    ("5 2 1 1 5 4 2", "qhxgzpvkwjbt"),
    ("2 4 4 5 1 2 1", "jzxvqwkbhpmf"),
    ("4 3 3 3 2 5 4", "vpqzjgxkwfhc"),
    ("3 5 1 4 2 2 5", "kqxjwzhvbpdg"),
    ("1 2 5 3 4 5 1", "wxvzqkpjgbfm"),
    ("5 1 3 1 1 3 2", "pzjqxvhwkcgb"),
    ("2 3 2 5 5 1 4", "hvzkqjxpbwfd"),
    ("4 5 4 2 1 4 3", "gxzwqvjkphbt"),
    ("1 1 1 5 3 1 5", "fqvzxkwjhgpm"),
];

/// What is sent to the list: it is looked for as answers are, and found.
const POSTED: &str = "bkzvqjxhwpgt";

/// A place in which somebody looks, and what stands there.
struct Place {
    name: String,
    bytes: Vec<u8>,
}

/// What finds any of these octets; much faster, in a debug build, than looking for each.
fn any_of<N: AsRef<[u8]>>(needles: impl IntoIterator<Item = N>) -> Regex {
    let escaped = |needle: N| -> String {
        let octets = needle.as_ref().iter();
        octets.map(|octet| format!("\\x{octet:02x}")).collect()
    };
    let all: Vec<String> = needles.into_iter().map(escaped).collect();
    let pattern = format!("(?-u){}", all.join("|"));
    let built = RegexBuilder::new(&pattern).size_limit(100 << 20).build();
    built.expect("a pattern")
}

mod what_people_answer_is_linked_to_nobody {
    use crate::support::Database;

    #[test]
    fn sqlite() {
        super::story(&Database::sqlite());
    }

    /// A server of its own: others' words are in no file of it.
    #[test]
    fn postgres() {
        let Some(database) = Database::private_postgres() else {
            return;
        };
        super::story(&database);
    }
}

fn story(database: &Database) {
    let sink = Sink::start();
    let node = answered(database, &sink);
    let keys = keys(&node);
    assert!(keys.iter().any(|key| key.len() == 32), "{keys:?}");
    let during = dump(&node, "during");
    looks_everywhere(database, &during);
    assert_eq!(places_of_answers(&during), Vec::new(), "while it is open");
    assert_eq!(with_key(&during, &keys), ["data/survey-keys"]);
    nobody_is_told(&node);
    let tokens: Vec<String> = (1..=ANSWERS.len())
        .map(|number| token(&sink, number))
        .collect();
    node.run(&["survey", "close", "pumps"]).ok();
    node.settle();
    let folder = node.path("data/survey-keys");
    wait::until("the key to go", wait::SOON, || {
        let left = std::fs::read_dir(&folder).map_or(0, Iterator::count);
        (left == 0).then_some(())
    });
    let after = dump(&node, "after");
    looks_everywhere(database, &after);
    assert_eq!(with_key(&after, &keys), [""; 0]);
    let tokens = any_of(&tokens);
    for place in after.iter().filter(|place| place.name.contains("column ")) {
        assert!(!tokens.is_match(&place.bytes), "a token: {}", place.name);
    }
    digits_are_apart(database, &node, &after);
    words_are_shuffled(database, &node, &after);
    nobody_is_told(&node);
}

fn member(number: usize) -> String {
    format!("m{number:02}@plant.example")
}

/// A survey that all members have answered.
fn answered<'d>(database: &'d Database, sink: &Sink) -> Node<'d> {
    let community = Community {
        more: "[[facilitator]]\naddress = \"fay@plant.example\"\n\
            [health_check]\nschedule = \"0 9 3 3 *\"\nopen_for = \"10d\"\nreflection = \"off\"\n\
            [budget]\nquiet = \"off\"\n",
        ..Community::pumps()
    };
    let all: Vec<String> = (1..=ANSWERS.len()).map(member).collect();
    let all: Vec<&str> = all.iter().map(String::as_str).collect();
    let node = Node::with_list(database, sink, &community, &all);
    let text = format!("The {POSTED} is loud.\r\n");
    node.post(&Post::with_body(
        all[0],
        "loud@people.example",
        "Noise",
        &text,
    ));
    node.run(&["survey", "open", "pumps"]).ok();
    node.settle();
    for (at, (digits, word)) in ANSWERS.iter().enumerate() {
        let asked = last(sink, all[at], "health-check");
        answer(
            &node,
            all[at],
            &asked,
            &format!("{digits}\n\nThe {word} drips."),
        );
        assert!(last(sink, all[at], "receipt").text().contains(digits));
    }
    node
}

fn token(sink: &Sink, number: usize) -> String {
    let address = reply_to(&last(sink, &member(number), "health-check"));
    let behind = address.split_once('+').map_or("", |(_, rest)| rest);
    behind.split('@').next().unwrap_or_default().to_owned()
}

fn keys(node: &Node) -> Vec<Vec<u8>> {
    let all = std::fs::read_dir(node.path("data/survey-keys")).expect("the keys");
    all.map(|entry| std::fs::read(entry.expect("a key").path()).expect("it is read"))
        .collect()
}

fn dump(node: &Node, name: &str) -> Vec<Place> {
    let mut all = Vec::new();
    for (table, column, cells) in node.database.cells_unpacked(&node.path("data")) {
        let cells: Vec<Vec<u8>> = cells.into_iter().flatten().collect();
        all.push(Place {
            name: format!("column {table}.{column}"),
            bytes: cells.join(&b'\n'),
        });
    }
    let root = node.path("");
    for file in files_below(&root).into_iter().chain(node.database.files()) {
        let shown = file.strip_prefix(&root).unwrap_or(&file).display();
        let bytes = std::fs::read(&file).unwrap_or_default();
        all.push(Place {
            name: format!("file {shown}"),
            bytes,
        });
    }
    all.push(Place {
        name: "backup".into(),
        bytes: backup(node, node.database, name),
    });
    all
}

fn files_below(folder: &std::path::Path) -> Vec<PathBuf> {
    let (mut found, mut folders) = (Vec::new(), vec![folder.to_owned()]);
    while let Some(folder) = folders.pop() {
        for entry in std::fs::read_dir(folder).into_iter().flatten().flatten() {
            match entry.path().is_dir() {
                true => folders.push(entry.path()),
                false => found.push(entry.path()),
            }
        }
    }
    found
}

/// Whether the places are those that are meant: what was posted is in columns, files, the
/// journal and the backup, and there are logs.
#[track_caller]
fn looks_everywhere(database: &Database, dump: &[Place]) {
    let posted = any_of([POSTED]);
    let has = |part: &str| {
        let mut places = dump.iter().filter(|place| place.name.contains(part));
        places.any(|place| posted.is_match(&place.bytes))
    };
    let (files, journal) = match database {
        Database::Sqlite => (["file data/folkmoot.db", "backup"], "folkmoot.db-wal"),
        Database::Postgres(_) => (["/base/", "/pg_wal/"], "/pg_wal/"),
    };
    for part in ["column message.raw", "backup"].iter().chain(&files) {
        assert!(has(part), "what was posted is not in {part}");
    }
    let is_journal = |place: &Place| place.name.contains(journal) && !place.bytes.is_empty();
    assert!(dump.iter().any(is_journal), "no {journal}");
    let is_log = |place: &&Place| place.name.ends_with("log") && !place.bytes.is_empty();
    let logs = match database {
        Database::Sqlite => 1,
        Database::Postgres(_) => 2,
    };
    assert_eq!(dump.iter().filter(is_log).count(), logs);
}

/// Where an answer stands in the open, in any form in which it may be kept.
fn places_of_answers(dump: &[Place]) -> Vec<(String, String)> {
    let of_one = |(digits, word): (&str, &str)| [forms(digits), forms(word), pieces(word)].concat();
    let answers = any_of(ANSWERS.into_iter().flat_map(of_one));
    let first = |place: &Place| {
        let found = answers.find(&place.bytes)?;
        let found = String::from_utf8_lossy(found.as_bytes()).into_owned();
        Some((place.name.clone(), found))
    };
    dump.iter().filter_map(first).collect()
}

/// As it is typed, in capitals, as a list of JSON, in hexadecimal digits, in base64
/// wherever it begins, in two octets a letter.
fn forms(secret: &str) -> Vec<String> {
    let hex: String = secret.bytes().map(|byte| format!("{byte:02x}")).collect();
    let wide: String = secret.chars().flat_map(|one| [one, '\0']).collect();
    let json = secret.replace(' ', ",");
    let mut all = vec![secret.to_owned(), secret.to_uppercase(), json, hex, wide];
    for skipped in 0..3 {
        let whole = (secret.len() - skipped) / 3 * 3;
        all.push(base64(&secret.as_bytes()[skipped..skipped + whole]));
    }
    all
}

/// PostgreSQL compresses long texts; of twelve letters at least six stay together.
fn pieces(word: &str) -> Vec<String> {
    let starts = 0..=word.len() - 6;
    starts.map(|at| word[at..at + 6].to_owned()).collect()
}

fn base64(bytes: &[u8]) -> String {
    const LETTERS: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    let letter =
        |number: u32, at: u32| char::from(LETTERS[(number >> (18 - 6 * at)) as usize & 63]);
    let four = |three: &[u8]| {
        let number = three
            .iter()
            .fold(0, |sum, byte| sum << 8 | u32::from(*byte));
        (0..4).map(move |at| letter(number, at)).collect::<String>()
    };
    bytes.chunks_exact(3).map(four).collect()
}

/// The places that hold a key, as octets or as `pg_dump` writes them; of a file its folder.
fn with_key(dump: &[Place], keys: &[Vec<u8>]) -> Vec<String> {
    let whole = keys.iter().filter(|key| key.len() == 32);
    let hex = |key: &Vec<u8>| {
        key.iter()
            .map(|byte| format!("{byte:02x}"))
            .collect::<String>()
    };
    let keys = any_of(whole.flat_map(|key| [key.clone(), hex(key).into_bytes()]));
    let holds = |place: &&Place| keys.is_match(&place.bytes);
    let folder = |place: &Place| {
        let name = place.name.trim_start_matches("file ");
        name.rsplit_once('/')
            .map_or(name, |(folder, _)| folder)
            .to_owned()
    };
    let mut found: Vec<String> = dump.iter().filter(holds).map(folder).collect();
    found.dedup();
    found
}

/// What the operator may ask about people says nothing of what they answered.
fn nobody_is_told(node: &Node) {
    // Of the first and of the last: a command takes its time.
    for number in [1, ANSWERS.len()] {
        for arguments in [
            ["why", &member(number)].as_slice(),
            &["member", "export", &member(number)],
        ] {
            let told = node.run(arguments).ok();
            for (digits, word) in ANSWERS {
                assert!(!told.contains(digits) && !told.contains(word), "{told}");
            }
        }
    }
}

/// Digits are kept one by one, and lie in an order in which nobody's stand together.
fn digits_are_apart(database: &Database, node: &Node, dump: &[Place]) {
    let answers = any_of(ANSWERS.iter().flat_map(|(digits, _)| forms(digits)));
    let place = dump.iter().find(|place| answers.is_match(&place.bytes));
    assert_eq!(place.map(|place| place.name.as_str()), None);
    let columns = columns(database, node, "survey_answer");
    let names: Vec<&str> = columns.iter().map(|(name, _)| name.as_str()).collect();
    assert_eq!(
        names,
        ["id", "item", "value", "wave_id"],
        "nothing that says when or who"
    );
    let [ids, items, values, _] = &columns[..] else {
        panic!("four columns");
    };
    let mut rows: Vec<[&String; 3]> = Vec::new();
    for (at, id) in ids.1.iter().enumerate() {
        rows.push([id, &items.1[at], &values.1[at]]);
    }
    assert_eq!(rows.len(), 7 * ANSWERS.len());
    // As they lie there, and by their ids.
    assert_few_persons(&rows, "as they lie");
    rows.sort();
    assert_few_persons(&rows, "by their ids");
}

/// Puts the first digit of each item together, then the second, and so on.
#[track_caller]
fn assert_few_persons(rows: &[[&String; 3]], order: &str) {
    let of_item = |item: usize| -> Vec<&str> {
        let item = item.to_string();
        let own = rows.iter().filter(|row| *row[1] == item);
        own.map(|row| row[2].as_str()).collect()
    };
    let items: Vec<Vec<&str>> = (1..=7).map(of_item).collect();
    let person = |at: usize| -> String {
        let digits: Vec<&str> = items.iter().map(|values| values[at]).collect();
        digits.join(" ")
    };
    let is_one = |digits: &String| ANSWERS.iter().any(|(own, _)| own == digits);
    let found = (0..ANSWERS.len()).map(person).filter(is_one).count();
    assert!(found <= 2, "{order}: {found} persons");
}

/// Comments stand where facilitators read them, beside nobody's name, and nowhere in the
/// order in which people answered.
fn words_are_shuffled(database: &Database, node: &Node, dump: &[Place]) {
    let words = ANSWERS.map(|(_, word)| any_of([word]));
    let holds = |place: &&Place| words.iter().all(|word| word.is_match(&place.bytes));
    let places: Vec<&Place> = dump.iter().filter(holds).collect();
    let mut columns: Vec<&str> = places.iter().map(|place| place.name.as_str()).collect();
    columns.retain(|name| name.starts_with("column "));
    assert_eq!(
        columns,
        ["column mail.content", "column survey_comment.text"]
    );
    for place in &places {
        let mut order: Vec<(usize, usize)> = Vec::new();
        for (at, word) in words.iter().enumerate() {
            let found = word.find(&place.bytes).map(|found| found.start());
            order.push((found.unwrap_or_default(), at));
        }
        order.sort_unstable();
        let next_to = |pair: &&[(usize, usize)]| pair[0].1.abs_diff(pair[1].1) == 1;
        let neighbours = order.windows(2).filter(next_to).count();
        assert!(neighbours < 9, "{}: {order:?}", place.name);
    }
    let names: Vec<String> = self::columns(database, node, "survey_comment")
        .into_iter()
        .map(|(name, _)| name)
        .collect();
    assert_eq!(
        names,
        ["id", "text", "wave_id"],
        "nothing that says when or who"
    );
    let cells = database.cells_unpacked(&node.path("data")).into_iter();
    let cells = cells.flat_map(|(_, _, cells)| cells.into_iter().flatten());
    for cell in cells.map(|cell| String::from_utf8_lossy(&cell).into_owned()) {
        if ANSWERS.iter().any(|(_, word)| cell.contains(word)) {
            let named = (1..=ANSWERS.len()).find(|number| cell.contains(&member(*number)));
            assert_eq!(named, None, "{cell}");
        }
    }
}

/// A table's columns with their cells as text, in one order.
fn columns(database: &Database, node: &Node, table: &str) -> Vec<(String, Vec<String>)> {
    let all = database.cells(&node.path("data")).into_iter();
    let own = all.filter(|(name, _, _)| name == table);
    own.map(|(_, column, cells)| {
        let texts = cells.into_iter().flatten();
        let texts = texts.map(|cell| String::from_utf8_lossy(&cell).into_owned());
        (column, texts.collect())
    })
    .collect()
}
