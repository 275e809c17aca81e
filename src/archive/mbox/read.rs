//! Reads a mailbox message by message, in bounded memory.

use std::io::{self, BufRead, Read};

use super::{FromLine, is_quotable};

/// The largest message that is read unless the caller says otherwise, in bytes.
pub const MAX_MESSAGE: usize = 50 * 1024 * 1024;
/// A line is looked at in pieces of this many bytes, so that a file without a
/// single line feed does not end up in memory.
const PIECE: u64 = 64 * 1024;

/// One message of a mailbox.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Entry {
    /// A message that fits the limit.
    Message(MboxMessage),
    /// A message over the limit, which was skipped.
    TooLarge {
        /// Where its separator begins, in bytes from the start of the file.
        offset: u64,
        /// Its size in bytes.
        size: u64,
        /// What its separator said.
        from: FromLine,
    },
}

/// A message as it stood in the mailbox, unquoted and with CRLF line ends.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct MboxMessage {
    /// Where its separator begins, in bytes from the start of the file.
    pub offset: u64,
    /// What its separator said: a fallback where the message itself is silent.
    pub from: FromLine,
    /// The message.
    pub bytes: Vec<u8>,
}

/// An iterator over the messages of a mailbox.
///
/// It ends after the first error of the input; an input that does not begin with
/// a `From ` line is such an error ([`io::ErrorKind::InvalidData`]).
pub struct MboxReader<R> {
    input: R,
    limit: usize,
    position: u64,
    state: State,
    line: Vec<u8>,
}

enum State {
    Start,
    /// The separator of the next message has been read: where it began, what it said.
    Separator(u64, FromLine),
    End,
}

/// A message that is being read.
struct Body {
    bytes: Vec<u8>,
    size: u64,
    /// An empty line that belongs to the message only if no separator follows.
    blank: bool,
    /// Where the present line begins in `bytes`.
    line_start: usize,
}

impl<R: BufRead> MboxReader<R> {
    /// Reads messages of up to [`MAX_MESSAGE`] bytes.
    pub fn new(input: R) -> MboxReader<R> {
        MboxReader::with_limit(input, MAX_MESSAGE)
    }

    /// Reads messages of up to `limit` bytes; larger ones are reported as such.
    pub fn with_limit(input: R, limit: usize) -> MboxReader<R> {
        MboxReader {
            input,
            limit,
            position: 0,
            state: State::Start,
            line: Vec::new(),
        }
    }

    /// How many bytes of the input have been read: progress against its size.
    pub fn position(&self) -> u64 {
        self.position
    }

    fn step(&mut self) -> io::Result<Option<Entry>> {
        if matches!(self.state, State::Start) {
            self.state = self.first_separator()?;
        }
        match std::mem::replace(&mut self.state, State::End) {
            State::Separator(offset, from) => self.message(offset, from).map(Some),
            State::Start | State::End => Ok(None),
        }
    }

    /// Skips empty lines and a byte order mark. The first line need not have a
    /// readable date: there is nothing else that it could be.
    fn first_separator(&mut self) -> io::Result<State> {
        loop {
            let offset = self.position;
            if self.next_piece()? == 0 {
                return Ok(State::End);
            }
            let line = self
                .line
                .strip_prefix(b"\xef\xbb\xbf")
                .unwrap_or(&self.line);
            if line.starts_with(b"From ") {
                let from = FromLine::parse(line).unwrap_or_default();
                self.finish_line()?;
                return Ok(State::Separator(offset, from));
            }
            if !is_empty(line) {
                return Err(not_an_mbox());
            }
        }
    }

    fn message(&mut self, offset: u64, from: FromLine) -> io::Result<Entry> {
        let mut body = Body {
            bytes: Vec::new(),
            size: 0,
            blank: false,
            line_start: 0,
        };
        loop {
            let line_offset = self.position;
            if self.next_piece()? == 0 {
                break;
            }
            if body.blank
                && let Some(next) = FromLine::parse(&self.line)
            {
                self.finish_line()?;
                self.state = State::Separator(line_offset, next);
                break;
            }
            self.take_line(&mut body)?;
        }
        Ok(body.into_entry(offset, from, self.limit))
    }

    /// Adds the line whose first piece has been read to the message.
    fn take_line(&mut self, body: &mut Body) -> io::Result<()> {
        let limit = self.limit;
        if std::mem::replace(&mut body.blank, is_empty(&self.line)) {
            body.push(b"\r\n", limit);
        }
        if body.blank {
            return Ok(());
        }
        body.line_start = body.bytes.len();
        let quoted = self.line.starts_with(b">") && is_quotable(&self.line);
        body.push(&self.line[usize::from(quoted)..], limit);
        while !self.line.ends_with(b"\n") && self.next_piece()? > 0 {
            body.push(&self.line, limit);
        }
        body.end_line(limit);
        Ok(())
    }

    fn finish_line(&mut self) -> io::Result<()> {
        while !self.line.ends_with(b"\n") && self.next_piece()? > 0 {}
        Ok(())
    }

    fn next_piece(&mut self) -> io::Result<usize> {
        self.line.clear();
        let read = (&mut self.input)
            .take(PIECE)
            .read_until(b'\n', &mut self.line)?;
        self.position += read as u64;
        Ok(read)
    }
}

impl<R: BufRead> Iterator for MboxReader<R> {
    type Item = io::Result<Entry>;

    fn next(&mut self) -> Option<Self::Item> {
        let entry = self.step();
        if entry.is_err() {
            self.state = State::End;
        }
        entry.transpose()
    }
}

impl Body {
    /// Keeps no more than the limit and one piece: what is beyond is only counted.
    fn push(&mut self, bytes: &[u8], limit: usize) {
        self.size += bytes.len() as u64;
        if self.bytes.len() <= limit {
            self.bytes.extend_from_slice(bytes);
        }
    }

    /// Makes carriage returns and a line feed at the end of the line one CRLF.
    fn end_line(&mut self, limit: usize) {
        if self.size > self.bytes.len() as u64 {
            return;
        }
        while self.bytes.len() > self.line_start && matches!(self.bytes.last(), Some(b'\r' | b'\n'))
        {
            self.bytes.pop();
            self.size -= 1;
        }
        self.push(b"\r\n", limit);
    }

    fn into_entry(self, offset: u64, from: FromLine, limit: usize) -> Entry {
        if self.size > limit as u64 {
            return Entry::TooLarge {
                offset,
                size: self.size,
                from,
            };
        }
        Entry::Message(MboxMessage {
            offset,
            from,
            bytes: self.bytes,
        })
    }
}

fn is_empty(line: &[u8]) -> bool {
    matches!(line.split_last(), Some((b'\n', rest)) if rest.iter().all(|byte| *byte == b'\r'))
}

fn not_an_mbox() -> io::Error {
    io::Error::new(
        io::ErrorKind::InvalidData,
        "this is no mbox file: its first line does not begin with 'From '",
    )
}
