//! Every file in tests/data/broken, against the error in its first line.

use super::Charter;
use std::fs;
use std::path::{Path, PathBuf};

fn files() -> Vec<PathBuf> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/data/broken");
    let mut files: Vec<_> = fs::read_dir(folder)
        .unwrap()
        .map(|file| file.unwrap().path())
        .collect();
    files.sort();
    files
}

/// All problems of a file, without its name.
fn problems(text: &str) -> String {
    let problems = Charter::parse(text, "").err().unwrap_or_default();
    let lines = problems
        .iter()
        .map(|p| p.to_string().trim_start_matches(':').to_owned());
    lines.collect::<Vec<_>>().join(" | ")
}

#[test]
fn every_broken_charter_gets_exactly_its_errors() {
    let files = files();
    assert!(files.len() >= 40);
    let mut wrong = Vec::new();
    for file in files {
        let text = fs::read_to_string(&file).unwrap();
        let expected = text.lines().next().unwrap().trim_start_matches("# ");
        let found = problems(&text);
        if found != expected {
            wrong.push(format!(
                "{}\n  expected {expected}\n  found    {found}",
                file.display()
            ));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}
