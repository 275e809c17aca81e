//! A Maildir: a file a mail, in `cur` and `new`.

use std::fs::{self, File};
use std::io::{self, Read};
use std::path::{Path, PathBuf};

use chrono::{DateTime, Utc};

use super::{MOST_FILES, Mails};
use crate::archive::mbox::{Entry, FromLine, MAX_MESSAGE, MboxMessage};

/// The mails of a Maildir in the order of their names, which begin with the time of
/// delivery.
pub struct Maildir {
    files: Vec<PathBuf>,
    next: usize,
    read: u64,
}

/// Octets of its mails.
///
/// # Errors
/// Where it cannot be read.
pub fn size(folder: &Path) -> io::Result<u64> {
    files(folder)?
        .iter()
        .map(|file| Ok(fs::metadata(file)?.len()))
        .sum()
}

impl Maildir {
    /// Opens one.
    ///
    /// # Errors
    /// Where it cannot be read.
    pub fn open(folder: &Path) -> io::Result<Maildir> {
        Ok(Maildir {
            files: files(folder)?,
            next: 0,
            read: 0,
        })
    }

    fn read(&mut self, number: usize) -> io::Result<Entry> {
        let path = &self.files[number];
        let file = File::open(path)?;
        let about = file.metadata()?;
        self.read += about.len();
        let offset = number as u64;
        let from = FromLine {
            sender: String::new(),
            date: about.modified().ok().map(DateTime::<Utc>::from),
        };
        let mut bytes = Vec::new();
        file.take(MAX_MESSAGE as u64 + 1).read_to_end(&mut bytes)?;
        if bytes.len() > MAX_MESSAGE {
            let size = about.len();
            return Ok(Entry::TooLarge { offset, size, from });
        }
        let bytes = with_crlf(&bytes);
        Ok(Entry::Message(MboxMessage {
            offset,
            from,
            bytes,
        }))
    }
}

impl Mails for Maildir {
    fn next_mail(&mut self) -> Option<io::Result<Entry>> {
        let number = self.next;
        (number < self.files.len()).then(|| {
            self.next += 1;
            self.read(number)
        })
    }

    fn position(&self) -> u64 {
        self.read
    }

    fn place(&self, offset: u64) -> String {
        let file = usize::try_from(offset)
            .ok()
            .and_then(|at| self.files.get(at));
        let name = file.and_then(|file| file.file_name());
        name.unwrap_or_default().to_string_lossy().into_owned()
    }
}

fn files(folder: &Path) -> io::Result<Vec<PathBuf>> {
    let mut found = Vec::new();
    for name in ["cur", "new"] {
        let Ok(entries) = fs::read_dir(folder.join(name)) else {
            continue;
        };
        for entry in entries.take(MOST_FILES) {
            let entry = entry?;
            if entry.file_type()?.is_file() {
                found.push(entry.path());
            }
        }
    }
    // Names begin with seconds, of which the shorter are the earlier.
    found.sort_by_key(|path| {
        let name = path.file_name().unwrap_or_default().to_string_lossy();
        let seconds = name
            .split('.')
            .next()
            .and_then(|part| part.parse::<u64>().ok());
        (seconds, name.into_owned())
    });
    Ok(found)
}

/// Lines of mail end in CRLF; in files of a Maildir mostly in LF.
fn with_crlf(bytes: &[u8]) -> Vec<u8> {
    let mut out = Vec::with_capacity(bytes.len() + bytes.len() / 32);
    for line in bytes.split_inclusive(|byte| *byte == b'\n') {
        match line.strip_suffix(b"\n") {
            Some(rest) => {
                out.extend_from_slice(rest.strip_suffix(b"\r").unwrap_or(rest));
                out.extend_from_slice(b"\r\n");
            }
            None => out.extend_from_slice(line),
        }
    }
    out
}
