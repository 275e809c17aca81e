//! One thing that is wrong with a file, and what would be right.

use std::fmt;

/// How bad a [`Problem`] is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Severity {
    /// The file cannot be used as it stands.
    Error,
    /// It can be used, but will surprise somebody.
    Warning,
}

/// One thing that is wrong with a file, and what would be right.
///
/// Printed as `FILE:LINE:COL: what is wrong; what would be right`, always on
/// one line, so that editors and scripts can take it apart.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Problem {
    /// The file, as the user named it.
    pub file: String,
    /// The line, counted from 1.
    pub line: usize,
    /// The column in characters, counted from 1.
    pub column: usize,
    /// What is wrong.
    pub what: String,
    /// What would be right.
    pub instead: String,
    /// Whether the file can still be used.
    pub severity: Severity,
}

impl Problem {
    /// An error that concerns a file as a whole, at its first line.
    pub fn of_file(
        file: impl fmt::Display,
        what: impl Into<String>,
        instead: impl Into<String>,
    ) -> Self {
        Self {
            file: file.to_string(),
            line: 1,
            column: 1,
            what: what.into(),
            instead: instead.into(),
            severity: Severity::Error,
        }
    }

    /// The same problem, as a warning.
    pub fn warning(self) -> Self {
        Self {
            severity: Severity::Warning,
            ..self
        }
    }

    /// Whether the file cannot be used because of it.
    pub fn is_error(&self) -> bool {
        self.severity == Severity::Error
    }
}

impl fmt::Display for Problem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let warning = if self.is_error() { "" } else { "warning: " };
        write!(f, "{}:{}:{}: {warning}", self.file, self.line, self.column)?;
        write!(f, "{}; {}", one_line(&self.what), one_line(&self.instead))
    }
}

impl std::error::Error for Problem {}

/// What is wrong with a single value, before its place in a file is known.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Wrong {
    pub(crate) what: String,
    pub(crate) instead: String,
}

/// A [`Wrong`] of its two halves.
pub(crate) fn wrong(what: impl Into<String>, instead: impl Into<String>) -> Wrong {
    Wrong {
        what: what.into(),
        instead: instead.into(),
    }
}

/// Somebody's text as it may stand in an error: quoted, without control
/// characters, and not longer than a line.
pub(crate) fn quoted(text: &str) -> String {
    const LONGEST: usize = 60;
    let mut short: String = text.chars().take(LONGEST).collect();
    if short.len() < text.len() {
        short.push('…');
    }
    format!("{short:?}")
}

fn one_line(text: &str) -> String {
    text.split(['\n', '\r'])
        .map(str::trim)
        .filter(|l| !l.is_empty())
        .collect::<Vec<_>>()
        .join(", ")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_problem_is_one_line_of_the_documented_shape() {
        let problem = Problem {
            line: 3,
            column: 7,
            ..Problem::of_file("pumps.toml", "unknown\nword", "write another")
        };
        assert_eq!(
            problem.to_string(),
            "pumps.toml:3:7: unknown, word; write another"
        );
        assert_eq!(
            problem.warning().to_string(),
            "pumps.toml:3:7: warning: unknown, word; write another"
        );
    }

    #[test]
    fn quoted_text_is_cut_between_characters_and_escaped() {
        assert_eq!(quoted("a\nb"), r#""a\nb""#);
        assert_eq!(quoted(&"ä".repeat(61)), format!("\"{}…\"", "ä".repeat(60)));
    }
}
