//! Lists the files of `templates/` so that the program carries them: adding a
//! template, or a language, is adding a file.

use std::fmt::Write as _;
use std::path::{Path, PathBuf};
use std::{env, fs, io};

fn main() -> io::Result<()> {
    let folder = Path::new(&env::var("CARGO_MANIFEST_DIR").unwrap_or_default()).join("templates");
    println!("cargo::rerun-if-changed=templates");
    let mut list = "&[\n".to_owned();
    for file in files(&folder)? {
        let name = file.strip_prefix(&folder).unwrap_or(&file);
        let name = name.to_string_lossy().replace('\\', "/");
        writeln!(list, "({name:?}, include_str!({file:?})),").map_err(io::Error::other)?;
    }
    let target = Path::new(&env::var("OUT_DIR").unwrap_or_default()).join("templates.rs");
    fs::write(target, list + "]\n")
}

/// Every file below `folder`; those of editors and systems begin with a dot.
fn files(folder: &Path) -> io::Result<Vec<PathBuf>> {
    let mut found = Vec::new();
    for entry in fs::read_dir(folder)? {
        let entry = entry?;
        let is_hidden = entry.file_name().as_encoded_bytes().starts_with(b".");
        match entry.file_type()?.is_dir() {
            _ if is_hidden => {}
            true => {
                println!("cargo::rerun-if-changed={}", entry.path().display());
                found.extend(files(&entry.path())?);
            }
            false => found.push(entry.path()),
        }
    }
    found.sort();
    Ok(found)
}
