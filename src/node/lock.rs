//! A node's folder: locked while the node lives, so that a second one on the
//! same folder is refused, and with the name that the node keeps over restarts.

use std::fs::{self, File, OpenOptions};
use std::io;
use std::path::Path;

use crate::random;

/// A locked folder. The lock ends with the process, however it ends.
pub struct DataDir {
    /// The node's name, kept in the folder.
    pub node_id: String,
    _lock: File,
}

impl DataDir {
    /// Makes the folder where there is none, and locks it.
    ///
    /// # Errors
    /// Where it cannot be written, or another node holds it
    /// ([`io::ErrorKind::WouldBlock`]).
    pub fn lock(folder: &Path) -> io::Result<DataDir> {
        fs::create_dir_all(folder)?;
        let lock = OpenOptions::new()
            .create(true)
            .truncate(false)
            .write(true)
            .open(folder.join("node.lock"))?;
        lock.try_lock().map_err(|error| match error {
            fs::TryLockError::WouldBlock => io::ErrorKind::WouldBlock.into(),
            fs::TryLockError::Error(error) => error,
        })?;
        Ok(DataDir {
            node_id: node_id(folder)?,
            _lock: lock,
        })
    }
}

fn node_id(folder: &Path) -> io::Result<String> {
    let file = folder.join("node-id");
    if let Ok(known) = fs::read_to_string(&file)
        && !known.trim().is_empty()
    {
        return Ok(known.trim().to_owned());
    }
    let id: String = random::bytes::<8>()
        .iter()
        .map(|byte| format!("{byte:02x}"))
        .collect();
    fs::write(&file, &id)?;
    Ok(id)
}
