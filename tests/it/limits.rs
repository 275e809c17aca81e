//! docs/limits.md says what the code does: every row is a constant with that value, and
//! no limit of the rooms that read somebody else's bytes is missing.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};

/// Files and folders of src/ that read what others wrote.
const PLACES: &[&str] = &[
    "intake",
    "message",
    "calendar",
    "archive",
    "lists/digest/which",
    "surveys",
    "relay",
    "sessions/rsvp",
    "web",
];
/// What the name of a limit has in it.
const NAMES: [&str; 8] = [
    "LONGEST", "MOST", "LARGEST", "DEEPEST", "MAX", "FURTHEST", "ENDLESS", "_OCTETS",
];

#[test]
fn every_limit_is_in_the_docs_with_its_value() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let docs = fs::read_to_string(root.join("docs/limits.md")).expect("docs/limits.md");
    let stated = stated(&docs);
    assert!(stated.len() > 100, "{}", stated.len());
    let mut wrong = Vec::new();
    for ((file, name), number) in &stated {
        let found = constants(&root.join("src").join(file)).remove(name);
        if found.as_ref() != Some(number) {
            wrong.push(format!("{file} {name}: docs say {number}, code {found:?}"));
        }
    }
    for file in PLACES
        .iter()
        .flat_map(|place| sources(&root.join("src"), place))
    {
        let path = file.strip_prefix(root.join("src")).expect("in src");
        let path = path.display().to_string();
        for (name, number) in constants(&file) {
            let is_limit = NAMES.iter().any(|part| name.contains(part));
            if is_limit && !stated.contains_key(&(path.clone(), name.clone())) {
                wrong.push(format!(
                    "no row in docs/limits.md: {path} {name} = {number}"
                ));
            }
        }
    }
    assert!(wrong.is_empty(), "{wrong:#?}");
}

/// Rows `| what | 1,000 s | `file` `NAME` |`: the number by file and name.
fn stated(docs: &str) -> BTreeMap<(String, String), u128> {
    let row = |line: &str| {
        let cells: Vec<&str> = line.strip_prefix("| ")?.split(" | ").collect();
        let [.., number, place] = cells[..] else {
            return None;
        };
        let mut place = place
            .split('`')
            .filter(|word| !word.trim_matches([' ', '|']).is_empty());
        let number = number.split(' ').next()?.replace(',', "").parse().ok()?;
        Some(((place.next()?.to_owned(), place.next()?.to_owned()), number))
    };
    docs.lines().filter_map(row).collect()
}

/// The constants of a file that are numbers or durations, as they stand before its tests.
fn constants(file: &Path) -> BTreeMap<String, u128> {
    let text = fs::read_to_string(file).unwrap_or_default();
    let code = text.split("#[cfg(test)]").next().unwrap_or_default();
    let read = |line: &str| {
        let (_, rest) = line.trim().split_once("const ")?;
        let (name, rest) = rest.split_once(": ")?;
        let (_, written) = rest.strip_suffix(';')?.split_once(" = ")?;
        Some((name.to_owned(), number(written)?))
    };
    code.lines().filter_map(read).collect()
}

/// `25 << 20`, `64 * 1024`, `1_000`, `Duration::from_secs(5)`: the number in it.
fn number(written: &str) -> Option<u128> {
    let inner = ["Duration::from_secs(", "Duration::from_millis("]
        .iter()
        .find_map(|start| written.strip_prefix(start)?.strip_suffix(')'));
    let written = inner.unwrap_or(written).replace('_', "");
    if let Some((base, by)) = written.split_once(" << ") {
        return Some(number(base)? << number(by)?);
    }
    written
        .split(" * ")
        .map(|factor| factor.parse::<u128>().ok())
        .product()
}

fn sources(src: &Path, place: &str) -> Vec<PathBuf> {
    let mut found = vec![src.join(format!("{place}.rs"))];
    let mut folders = vec![src.join(place)];
    while let Some(folder) = folders.pop() {
        for entry in fs::read_dir(folder).into_iter().flatten().flatten() {
            let path = entry.path();
            let name = entry.file_name().to_string_lossy().into_owned();
            match path.is_dir() {
                true if name != "tests" => folders.push(path),
                false if name.ends_with(".rs") && !name.contains("tests") => found.push(path),
                _ => {}
            }
        }
    }
    found
}
