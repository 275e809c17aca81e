//! Real mail, which is not in this tree: `$FOLKMOOT_TESTDATA` or
//! `../shared/testdata`.

use std::path::{Path, PathBuf};
use std::process::Command;

use serde_json::Value;

/// A case of `cases.jsonl`.
pub struct Case {
    /// Its name there.
    pub id: String,
    /// The whole line.
    pub found: Value,
    /// What it expects.
    pub expect: Value,
    /// The mail, or the mailbox.
    pub raw: Vec<u8>,
}

/// All cases of a kind; none, said loudly, where they are not to be had.
pub fn cases(kind: &str) -> Vec<Case> {
    let path = folder().join("cases.jsonl");
    let Ok(lines) = std::fs::read_to_string(&path) else {
        println!(
            "SKIPPED: no cases at {}; set FOLKMOOT_TESTDATA",
            path.display()
        );
        return Vec::new();
    };
    let all = lines
        .lines()
        .map(|line| serde_json::from_str::<Value>(line).expect("a case"));
    all.filter(|case| case["kind"] == kind).map(case).collect()
}

fn case(found: Value) -> Case {
    let text = |key: &str| found[key].as_str();
    // Sets of mails come as a mailbox.
    let path = text("eml_path").or_else(|| text("mbox_path"));
    let file = path.map(|path| std::fs::read(folder().join(path)).expect("its mail"));
    let raw = file.or_else(|| text("raw").map(|raw| raw.as_bytes().to_vec()));
    Case {
        id: text("id").unwrap_or_default().to_owned(),
        expect: found["expect"].clone(),
        found: found.clone(),
        raw: raw.unwrap_or_default(),
    }
}

/// The mailbox of a public list, unpacked; `None`, said loudly, where it is not
/// to be had.
pub fn mailbox() -> Option<Vec<u8>> {
    let path = folder().join("lists/usrp-users.mbox.gz");
    if !path.exists() {
        println!(
            "SKIPPED: no real mail at {}; set FOLKMOOT_TESTDATA",
            path.display()
        );
        return None;
    }
    let output = Command::new("gzip")
        .arg("-dc")
        .arg(&path)
        .output()
        .expect("gzip starts");
    assert!(
        output.status.success(),
        "gzip -dc {}: {}",
        path.display(),
        String::from_utf8_lossy(&output.stderr)
    );
    Some(output.stdout)
}

fn folder() -> PathBuf {
    let beside = Path::new(env!("CARGO_MANIFEST_DIR")).join("../shared/testdata");
    std::env::var_os("FOLKMOOT_TESTDATA").map_or(beside, PathBuf::from)
}
