//! An archive as a Maildir.

use std::fs::{self, File, FileTimes};
use std::io::{self, Write};
use std::path::{Path, PathBuf};
use std::time::{Duration, SystemTime};

use super::Writer;
use crate::archive::transfer::Error;
use crate::store::Tx;
use crate::store::intake::Message;
use crate::store::posts::Post;

/// A Maildir that is being written.
pub struct Maildir {
    cur: PathBuf,
}

impl Maildir {
    /// Begins one.
    ///
    /// # Errors
    /// Where something is there already, or the folder cannot be made.
    pub fn create(folder: &Path) -> io::Result<Maildir> {
        fs::create_dir(folder)?;
        for name in ["cur", "new", "tmp"] {
            fs::create_dir(folder.join(name))?;
        }
        Ok(Maildir {
            cur: folder.join("cur"),
        })
    }
}

impl Writer for Maildir {
    /// Seen (`S`), under the second in which it was written; the file is as old as the
    /// mail. Lines end in LF, as most programs that use Maildirs have them.
    async fn put(&mut self, _: &mut Tx, post: &Post, message: &Message) -> Result<(), Error> {
        let seconds = post.sent_at.max(0).unsigned_abs() / 1_000;
        let name = format!("{seconds}.{}.folkmoot:2,S", post.id);
        let mut file = File::create_new(self.cur.join(name))?;
        file.write_all(&with_lf(&message.raw))?;
        let at = SystemTime::UNIX_EPOCH + Duration::from_secs(seconds);
        file.set_times(FileTimes::new().set_modified(at))?;
        Ok(())
    }

    fn finish(self) -> io::Result<()> {
        File::open(&self.cur)?.sync_all()
    }
}

fn with_lf(raw: &[u8]) -> Vec<u8> {
    let mut out = Vec::with_capacity(raw.len());
    for line in raw.split_inclusive(|byte| *byte == b'\n') {
        match line.strip_suffix(b"\r\n") {
            Some(rest) => {
                out.extend_from_slice(rest);
                out.push(b'\n');
            }
            None => out.extend_from_slice(line),
        }
    }
    out
}
