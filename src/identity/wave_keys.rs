//! The secret keys of open surveys: a file each, in a folder below `data_dir` that no
//! backup takes along. Whoever has one of them can read the answers to its survey.

use std::fs::{self, File, OpenOptions};
use std::io::{self, Write};
use std::os::unix::fs::{DirBuilderExt, OpenOptionsExt};
use std::path::{Path, PathBuf};

use super::seal::{Private, Sealed};

/// The folder below `data_dir`. `backup` leaves it out by this name.
pub const FOLDER: &str = "survey-keys";

/// The folder of keys of this node.
#[derive(Clone, Debug)]
pub struct WaveKeys {
    folder: PathBuf,
}

impl WaveKeys {
    /// The folder below that `data_dir`; it need not be there.
    pub fn below(data_dir: &Path) -> WaveKeys {
        WaveKeys {
            folder: data_dir.join(FOLDER),
        }
    }

    /// The key of that name; `None` where this node has none. A wave's is named by its
    /// number, a node's own for that wave `NUMBER.node`.
    pub fn get(&self, name: &str) -> Option<Private> {
        let bytes = fs::read(self.file(name)).ok()?;
        Private::from_bytes(&bytes)
    }

    /// What is sealed, opened; `None` where this node has not the key.
    pub fn open(&self, sealed: &Sealed<'_>) -> Option<Vec<u8>> {
        self.get(&sealed.wave.to_string())?.open(sealed.bytes)
    }

    /// Keeps a key, for this user alone, on the disk before it returns.
    ///
    /// # Errors
    /// Where the folder cannot be written.
    pub fn keep(&self, name: &str, key: &Private) -> io::Result<()> {
        fs::DirBuilder::new()
            .recursive(true)
            .mode(0o700)
            .create(&self.folder)?;
        let mut file = OpenOptions::new()
            .write(true)
            .create(true)
            .truncate(true)
            .mode(0o600)
            .open(self.file(name))?;
        file.write_all(&key.to_bytes())?;
        file.sync_all()?;
        File::open(&self.folder)?.sync_all()
    }

    /// Writes zeros over a key and removes it. What a disk or file system has copied
    /// elsewhere by itself is beyond us.
    ///
    /// # Errors
    /// Where it is there and cannot be removed.
    pub fn destroy(&self, name: &str) -> io::Result<()> {
        let path = self.file(name);
        let mut file = match OpenOptions::new().write(true).open(&path) {
            Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(()),
            opened => opened?,
        };
        file.write_all(&[0; 32])?;
        file.sync_all()?;
        fs::remove_file(&path)?;
        File::open(&self.folder)?.sync_all()
    }

    /// The names of all keys that are here.
    pub fn names(&self) -> Vec<String> {
        let entries = fs::read_dir(&self.folder).into_iter().flatten().flatten();
        let name = |entry: fs::DirEntry| entry.file_name().into_string().ok();
        entries.filter_map(name).collect()
    }

    fn file(&self, name: &str) -> PathBuf {
        self.folder.join(name)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::os::unix::fs::PermissionsExt;

    #[test]
    fn a_key_is_kept_for_its_user_alone_and_destroyed() {
        let folder = tempfile::tempdir().unwrap();
        let keys = WaveKeys::below(folder.path());
        assert!(keys.get("7").is_none() && keys.names().is_empty());
        let key = Private::generate();
        keys.keep("7", &key).unwrap();
        assert_eq!(keys.get("7").unwrap().to_bytes(), key.to_bytes());
        assert_eq!(keys.names(), ["7"]);
        let file = folder.path().join(FOLDER).join("7");
        assert_eq!(
            fs::metadata(&file).unwrap().permissions().mode() & 0o777,
            0o600
        );
        keys.destroy("7").unwrap();
        keys.destroy("7").unwrap();
        assert!(keys.get("7").is_none() && !file.exists());
    }
}
