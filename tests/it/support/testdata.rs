//! Real mail, which is not in this tree: `$FOLKMOOT_TESTDATA` or
//! `../shared/testdata`.

use std::path::{Path, PathBuf};
use std::process::Command;

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
