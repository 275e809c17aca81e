//! Writes a mailbox as mboxrd.

use std::io::{self, Write};

use chrono::{DateTime, Utc};

use super::is_quotable;

/// Writes messages one after another.
pub struct MboxWriter<W> {
    output: W,
}

impl<W: Write> MboxWriter<W> {
    /// Begins a mailbox.
    pub fn new(output: W) -> MboxWriter<W> {
        MboxWriter { output }
    }

    /// Writes one message behind a separator with its envelope sender (empty is
    /// written as `MAILER-DAEMON`) and the moment it came.
    ///
    /// # Errors
    /// Those of the output.
    pub fn write(&mut self, sender: &str, at: DateTime<Utc>, message: &[u8]) -> io::Result<()> {
        let date = at.format("%a %b %e %H:%M:%S %Y");
        writeln!(self.output, "From {} {date}", one_word(sender))?;
        for line in message.split_inclusive(|byte| *byte == b'\n') {
            self.write_line(line)?;
        }
        self.output.write_all(b"\n")
    }

    /// Ends the mailbox and gives the output back.
    ///
    /// # Errors
    /// Those of flushing the output.
    pub fn finish(mut self) -> io::Result<W> {
        self.output.flush()?;
        Ok(self.output)
    }

    fn write_line(&mut self, line: &[u8]) -> io::Result<()> {
        if is_quotable(line) {
            self.output.write_all(b">")?;
        }
        let end = line.iter().rposition(|byte| !matches!(byte, b'\r' | b'\n'));
        self.output
            .write_all(&line[..end.map_or(0, |last| last + 1)])?;
        self.output.write_all(b"\n")
    }
}

/// A space or a line end in the sender would make another separator of the line.
fn one_word(sender: &str) -> String {
    let word: String = sender
        .chars()
        .filter(|c| !c.is_whitespace() && !c.is_control())
        .take(320)
        .collect();
    if word.is_empty() {
        "MAILER-DAEMON".to_owned()
    } else {
        word
    }
}
