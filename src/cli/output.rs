//! What a command prints: lines for people, or one JSON document.

use std::io::{BufRead, IsTerminal, Write};

use anyhow::bail;
use serde::Serialize;

/// How a command shows what it found.
#[derive(Clone, Copy, Debug)]
pub struct Output {
    /// One JSON document, nothing else.
    pub json: bool,
}

impl Output {
    /// Prints the value as JSON, or the lines. A reader that has gone away (a
    /// pipe to `head`) is no error.
    ///
    /// # Errors
    /// Where the value cannot be written as JSON.
    pub fn show(
        self,
        value: &impl Serialize,
        lines: impl IntoIterator<Item = String>,
    ) -> anyhow::Result<()> {
        let mut out = std::io::stdout().lock();
        if self.json {
            let _ = writeln!(out, "{}", serde_json::to_string_pretty(value)?);
            return Ok(());
        }
        for line in lines {
            if writeln!(out, "{}", printable(&line)).is_err() {
                break;
            }
        }
        Ok(())
    }
}

/// A line without control characters: what came in a mail must not be able to
/// move a terminal's cursor.
fn printable(line: &str) -> String {
    line.chars()
        .map(|c| {
            if c.is_control() && c != '\t' {
                '\u{fffd}'
            } else {
                c
            }
        })
        .collect()
}

/// Whether somebody at the terminal says yes to what cannot be undone.
///
/// # Errors
/// Where there is no terminal to ask at.
pub fn confirmed(what: &str) -> anyhow::Result<bool> {
    if !std::io::stdin().is_terminal() {
        bail!("an erasure cannot be undone; say --yes where nobody can be asked");
    }
    eprint!("{} Erase? [y/N] ", printable(what));
    std::io::stderr().flush()?;
    let mut answer = String::new();
    std::io::stdin().lock().read_line(&mut answer)?;
    Ok(matches!(answer.trim(), "y" | "Y" | "yes"))
}

/// A progress bar over so many bytes; nothing where stderr is no terminal.
pub fn progress(bytes: u64) -> indicatif::ProgressBar {
    let bar = indicatif::ProgressBar::new(bytes);
    let style =
        indicatif::ProgressStyle::with_template("{bar:40} {percent}% {bytes_per_sec} {eta}");
    bar.with_style(style.unwrap_or_else(|_| indicatif::ProgressStyle::default_bar()))
}
