//! What an import reads: mailboxes of any origin. An mbox, plain or compressed, as
//! HyperKitty (Mailman 3) gives one and Mailman 2 keeps one; the months of Pipermail; a
//! Maildir, as Mailman 3's prototype archiver writes one; our own JSON.

mod json;
mod maildir;
pub mod obscured;

use std::fs::{self, File};
use std::io::{self, BufRead, BufReader, Read};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use chrono::NaiveDate;
use flate2::read::MultiGzDecoder;

use super::mbox::{Entry, MboxReader};

/// Files of a folder that are looked at, at most.
const MOST_FILES: usize = 1_000_000;
/// What a file may begin with before it says what it is, in octets.
const HEAD: u64 = 64;

/// Mails one after another.
pub trait Mails {
    /// The next of them; nothing behind the last, or behind an error.
    fn next_mail(&mut self) -> Option<io::Result<Entry>>;

    /// How many octets of the files have been read.
    fn position(&self) -> u64;

    /// Where an entry with that offset stands, in words.
    fn place(&self, offset: u64) -> String {
        format!("byte {offset}")
    }
}

impl<R: BufRead> Mails for MboxReader<R> {
    fn next_mail(&mut self) -> Option<io::Result<Entry>> {
        self.next()
    }

    fn position(&self) -> u64 {
        MboxReader::position(self)
    }
}

/// A file or a Maildir.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Source {
    /// Where it lies.
    pub path: PathBuf,
    /// Octets of it, in files.
    pub size: u64,
    is_maildir: bool,
}

/// The sources at a path, in the order of time where their names tell it: the file itself;
/// a Maildir; or the mailboxes in a folder.
///
/// # Errors
/// Where nothing is there, or nothing that can be read.
pub fn find(path: &Path) -> io::Result<Vec<Source>> {
    let about = fs::metadata(path)?;
    if !about.is_dir() {
        return Ok(vec![file(path.to_owned(), about.len())]);
    }
    if path.join("cur").is_dir() {
        let path = path.to_owned();
        let size = maildir::size(&path)?;
        return Ok(vec![Source {
            path,
            size,
            is_maildir: true,
        }]);
    }
    let mut found = mailboxes(path)?;
    if found.is_empty() {
        return Err(io::Error::new(
            io::ErrorKind::InvalidData,
            "there is no mailbox in this folder: no cur (Maildir), no *.mbox, and no *.txt of \
             Pipermail, compressed or not",
        ));
    }
    found.sort_by_key(|source| (month(&source.path), source.path.clone()));
    Ok(found)
}

fn file(path: PathBuf, size: u64) -> Source {
    Source {
        path,
        size,
        is_maildir: false,
    }
}

/// The mailboxes of a folder. Pipermail keeps each month twice: the compressed one may be
/// older.
fn mailboxes(folder: &Path) -> io::Result<Vec<Source>> {
    let mut found = Vec::new();
    for entry in fs::read_dir(folder)?.take(MOST_FILES) {
        let path = entry?.path();
        let name = path.file_name().unwrap_or_default().to_string_lossy();
        let plain = name.strip_suffix(".gz").unwrap_or(&name);
        let is_one = [".mbox", ".mbx", ".txt"]
            .iter()
            .any(|end| plain.ends_with(end));
        let has_plain = plain != name && folder.join(plain).is_file();
        if is_one && !has_plain && path.is_file() {
            let size = fs::metadata(&path)?.len();
            found.push(file(path, size));
        }
    }
    Ok(found)
}

/// `2020-January.txt`, `2020-January.txt.gz`: the first day of that month. Other names
/// come first, by their letters.
fn month(path: &Path) -> Option<NaiveDate> {
    let name = path.file_name()?.to_string_lossy();
    let stem = name.split('.').next()?;
    NaiveDate::parse_from_str(&format!("{stem}-1"), "%Y-%B-%d").ok()
}

impl Source {
    /// Opens it.
    ///
    /// # Errors
    /// Where it cannot be read.
    pub fn open(&self) -> io::Result<Box<dyn Mails + Send>> {
        if self.is_maildir {
            return Ok(Box::new(maildir::Maildir::open(&self.path)?));
        }
        let mut input = BufReader::new(File::open(&self.path)?);
        // A pipe cannot be looked at twice, and a BufReader need not go back.
        let head = input.fill_buf()?;
        match head.starts_with(&[0x1f, 0x8b]) {
            true => self.open_compressed(input),
            false => open_plain(input, None),
        }
    }

    fn open_compressed(&self, input: BufReader<File>) -> io::Result<Box<dyn Mails + Send>> {
        let read = Arc::new(AtomicU64::new(0));
        let counted = Counted {
            input,
            read: read.clone(),
        };
        open_plain(BufReader::new(MultiGzDecoder::new(counted)), Some(read))
    }
}

/// `read` counts the octets of the file, where others come out of it.
fn open_plain(
    mut input: impl BufRead + Send + 'static,
    read: Option<Arc<AtomicU64>>,
) -> io::Result<Box<dyn Mails + Send>> {
    let head = input.fill_buf()?;
    let head = &head[..head.len().min(HEAD as usize)];
    let mails: Box<dyn Mails + Send> = match head.trim_ascii_start().starts_with(b"{") {
        true => Box::new(json::Lines::new(input)),
        false => Box::new(MboxReader::new(input)),
    };
    Ok(match read {
        Some(read) => Box::new(Compressed { mails, read }),
        None => mails,
    })
}

struct Compressed {
    mails: Box<dyn Mails + Send>,
    read: Arc<AtomicU64>,
}

impl Mails for Compressed {
    fn next_mail(&mut self) -> Option<io::Result<Entry>> {
        self.mails.next_mail()
    }

    fn position(&self) -> u64 {
        self.read.load(Ordering::Relaxed)
    }

    fn place(&self, offset: u64) -> String {
        self.mails.place(offset)
    }
}

struct Counted<R> {
    input: R,
    read: Arc<AtomicU64>,
}

impl<R: Read> Read for Counted<R> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let count = self.input.read(buffer)?;
        self.read.fetch_add(count as u64, Ordering::Relaxed);
        Ok(count)
    }
}

#[cfg(test)]
mod tests;
