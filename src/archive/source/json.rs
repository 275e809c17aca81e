//! Our own JSON: an object a line.

use std::io::{self, BufRead, Read};

use base64::Engine;
use base64::engine::general_purpose::STANDARD;

use super::Mails;
use crate::archive::mbox::{Entry, FromLine, MAX_MESSAGE, MboxMessage};
use crate::archive::out::Record;

/// The longest line, in octets: the largest message in base64, its text and what is around.
const LONGEST_LINE: u64 = 256 * 1024 * 1024;

/// The mails of such a file.
pub struct Lines<R> {
    input: R,
    position: u64,
    line: Vec<u8>,
    is_over: bool,
}

impl<R: BufRead> Lines<R> {
    /// Reads from there.
    pub fn new(input: R) -> Lines<R> {
        Lines {
            input,
            position: 0,
            line: Vec::new(),
            is_over: false,
        }
    }

    fn read(&mut self) -> io::Result<Option<Entry>> {
        loop {
            let offset = self.position;
            self.line.clear();
            let read = (&mut self.input)
                .take(LONGEST_LINE)
                .read_until(b'\n', &mut self.line)?;
            self.position += read as u64;
            if read == 0 {
                return Ok(None);
            }
            if !self.line.trim_ascii().is_empty() {
                return entry(&self.line, offset).map(Some);
            }
        }
    }
}

fn entry(line: &[u8], offset: u64) -> io::Result<Entry> {
    let wrong = |what: String| {
        let text = format!("byte {offset} is no line of an export as JSON: {what}");
        io::Error::new(io::ErrorKind::InvalidData, text)
    };
    let record: Record = serde_json::from_slice(line).map_err(|error| wrong(error.to_string()))?;
    let bytes = STANDARD
        .decode(record.raw)
        .map_err(|error| wrong(format!("its raw is no base64 ({error})")))?;
    let from = FromLine {
        sender: record.envelope_from,
        date: record.date.parse().ok(),
    };
    if bytes.len() > MAX_MESSAGE {
        let size = bytes.len() as u64;
        return Ok(Entry::TooLarge { offset, size, from });
    }
    Ok(Entry::Message(MboxMessage {
        offset,
        from,
        bytes,
    }))
}

impl<R: BufRead> Mails for Lines<R> {
    fn next_mail(&mut self) -> Option<io::Result<Entry>> {
        if self.is_over {
            return None;
        }
        let entry = self.read().transpose();
        self.is_over = !matches!(entry, Some(Ok(_)));
        entry
    }

    fn position(&self) -> u64 {
        self.position
    }
}
