//! The command line, run to its end.

use std::path::Path;
use std::process::{Command, Stdio};

use serde_json::Value;

/// The binary under test.
pub const FOLKMOOT: &str = env!("CARGO_BIN_EXE_folkmoot");

/// What a command said and how it ended.
#[derive(Debug)]
pub struct Outcome {
    /// The exit status; -1 where a signal ended it.
    pub code: i32,
    /// Standard output.
    pub out: String,
    /// Standard error.
    pub err: String,
}

impl Outcome {
    /// Standard output, where the command did what it was asked.
    ///
    /// # Panics
    /// Where it did not.
    #[track_caller]
    pub fn ok(self) -> String {
        assert_eq!(
            self.code, 0,
            "the command failed\nstdout: {}\nstderr: {}",
            self.out, self.err
        );
        self.out
    }

    /// The one JSON document on standard output.
    #[track_caller]
    pub fn json(self) -> Value {
        let out = self.ok();
        serde_json::from_str(&out)
            .unwrap_or_else(|error| panic!("not one JSON document ({error}): {out}"))
    }

    /// Standard error of a command that was refused: exit 1, and a line that
    /// says why.
    #[track_caller]
    pub fn refused(self) -> String {
        assert_eq!(
            self.code, 1,
            "exit 1 was due\nstdout: {}\nstderr: {}",
            self.out, self.err
        );
        assert!(
            !self.err.trim().is_empty(),
            "refused without a word on stderr"
        );
        self.err
    }
}

/// Runs `folkmoot` with `arguments` in the folder `dir`.
pub fn folkmoot(dir: &Path, arguments: &[&str]) -> Outcome {
    let output = Command::new(FOLKMOOT)
        .args(arguments)
        .current_dir(dir)
        .stdin(Stdio::null())
        .output()
        .expect("the binary starts");
    Outcome {
        code: output.status.code().unwrap_or(-1),
        out: String::from_utf8_lossy(&output.stdout).into_owned(),
        err: String::from_utf8_lossy(&output.stderr).into_owned(),
    }
}
