//! The house keeps its order: a room knows the rooms that `tests/data/rooms.toml`
//! lets it know, and the pure rooms know nothing of the world.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::{Path, PathBuf};

type Table = BTreeMap<String, Vec<String>>;

const PURE: [&str; 3] = ["message", "routing", "calendar"];

// Clock, chance, database, network, files: what a pure room cannot need.
const WORLD: [&str; 12] = [
    "std::time::SystemTime",
    "std::time::Instant",
    "Instant::now",
    "Utc::now",
    "Local::now",
    "std::net",
    "std::fs",
    "std::env",
    "tokio::",
    "sqlx::",
    "getrandom",
    "rand::",
];

#[test]
fn every_room_knows_only_what_it_may() {
    let table = table();
    let mut breaches = Vec::new();
    for file in sources() {
        let Some(room) = room_of(&file) else { continue };
        let may = table
            .get(&room)
            .unwrap_or_else(|| panic!("tests/data/rooms.toml has no line for the room {room}"));
        for named in rooms_named(&product_code(&file)) {
            let known = named == room || may.iter().any(|other| *other == named || other == "*");
            if table.contains_key(&named) && !known {
                breaches.push(format!("{} names {named}", file.display()));
            }
        }
    }
    assert!(
        breaches.is_empty(),
        "change the code, or the house in tests/data/rooms.toml:\n{}",
        breaches.join("\n")
    );
}

#[test]
fn the_table_has_no_room_that_the_house_has_not() {
    let rooms: BTreeSet<_> = sources().iter().filter_map(|file| room_of(file)).collect();
    let table = table();
    let unknown: Vec<_> = table
        .keys()
        .chain(table.values().flatten())
        .filter(|room| *room != "*" && !rooms.contains(*room))
        .collect();
    assert!(
        unknown.is_empty(),
        "{unknown:?} are in tests/data/rooms.toml but not in src"
    );
}

#[test]
fn pure_rooms_know_pure_rooms_only() {
    for room in PURE {
        let known = table().remove(room).expect(room);
        assert!(
            known.iter().all(|other| PURE.contains(&other.as_str())),
            "{room} may know {known:?}"
        );
    }
}

#[test]
fn pure_rooms_know_nothing_of_the_world() {
    let mut breaches = Vec::new();
    for file in sources() {
        if room_of(&file).is_some_and(|room| PURE.contains(&room.as_str())) {
            let code = product_code(&file);
            let named = WORLD.iter().filter(|name| code.contains(**name));
            breaches.extend(named.map(|name| format!("{} names {name}", file.display())));
        }
    }
    assert!(breaches.is_empty(), "{}", breaches.join("\n"));
}

#[test]
fn rooms_are_recognised_in_code() {
    let code = "use crate::store::Db;\nuse crate::{clock, message::{Mail, parse}, trail as t};\nlet x = crate::random::bytes();\n";
    let found: Vec<_> = rooms_named(code).into_iter().collect();
    assert_eq!(found, ["clock", "message", "random", "store", "trail"]);
}

fn table() -> Table {
    let text =
        fs::read_to_string(root().join("tests/data/rooms.toml")).expect("tests/data/rooms.toml");
    toml::from_str(&text).expect("tests/data/rooms.toml")
}

fn root() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR"))
}

fn sources() -> Vec<PathBuf> {
    let mut files = Vec::new();
    let mut folders = vec![root().join("src")];
    while let Some(folder) = folders.pop() {
        for entry in fs::read_dir(folder).expect("a folder of src").flatten() {
            let path = entry.path();
            if path.is_dir() {
                folders.push(path);
            } else if path.extension().is_some_and(|extension| extension == "rs") {
                files.push(path);
            }
        }
    }
    files
}

// The top-level module; none for lib.rs and main.rs, which know all.
fn room_of(file: &Path) -> Option<String> {
    let inside = file.strip_prefix(root().join("src")).ok()?;
    let first = inside
        .components()
        .next()?
        .as_os_str()
        .to_str()?
        .trim_end_matches(".rs")
        .to_owned();
    (!["lib", "main"].contains(&first.as_str())).then_some(first)
}

// Without comments, and without the tests at the end, which may know more.
fn product_code(file: &Path) -> String {
    let text = fs::read_to_string(file).expect("a source file");
    let inside = file.strip_prefix(root()).expect("a file of the project");
    let is_test_file = inside
        .with_extension("")
        .components()
        .any(|part| part.as_os_str() == "tests" || part.as_os_str() == "test");
    let code = if is_test_file {
        ""
    } else {
        text.split("#[cfg(test)]").next().unwrap_or_default()
    };
    let lines = code
        .lines()
        .filter(|line| !line.trim_start().starts_with("//"));
    lines.collect::<Vec<_>>().join("\n")
}

fn rooms_named(code: &str) -> BTreeSet<String> {
    code.split("crate::")
        .skip(1)
        .flat_map(first_names)
        .collect()
}

// After `crate::`: a name, or a group whose outermost names count.
fn first_names(rest: &str) -> Vec<String> {
    let Some(group) = rest.strip_prefix('{') else {
        return vec![name_at(rest)];
    };
    let (mut depth, mut names, mut start) = (1_usize, Vec::new(), true);
    for (at, character) in group.char_indices() {
        match character {
            '{' => depth += 1,
            '}' => depth -= 1,
            ',' if depth == 1 => start = true,
            c if depth == 1 && start && !c.is_whitespace() => {
                names.push(name_at(&group[at..]));
                start = false;
            }
            _ => {}
        }
        if depth == 0 {
            break;
        }
    }
    names
}

fn name_at(text: &str) -> String {
    text.chars()
        .take_while(|c| c.is_alphanumeric() || *c == '_')
        .collect()
}
