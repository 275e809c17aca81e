//! Mailboxes in one file (RFC 4155), read and written as a stream.
//!
//! The reader takes mboxrd, mboxo and mboxcl alike: it ignores `Content-Length`,
//! which cannot be trusted, and begins a message where a line `From SENDER DATE`
//! with a plausible date follows an empty line. One `>` is taken from lines like
//! `>From `. Messages leave with CRLF line ends, as they would come over the
//! wire: whatever stood before a line feed as carriage returns is one line end,
//! and the last line has one too. The writer's file has bare line feeds, which is
//! what other tools expect; reading it again gives the same messages.

mod from_line;
mod read;
mod write;

pub use from_line::FromLine;
pub use read::{Entry, MAX_MESSAGE, MboxMessage, MboxReader};
pub use write::MboxWriter;

/// Whether a line is `From `, or that behind one or more `>` (mboxrd).
fn is_quotable(line: &[u8]) -> bool {
    let quotes = line.iter().take_while(|byte| **byte == b'>').count();
    line[quotes..].starts_with(b"From ")
}

#[cfg(test)]
mod tests;
