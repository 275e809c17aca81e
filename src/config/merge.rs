//! What changed in a charter's file since it was last applied, carried into the
//! database's version.
//!
//! All three texts are read as charters first, so that a default written out on
//! one side and left out on the other is no difference. Where a text is no
//! charter (an older version's, say), its TOML is compared as it stands.

mod tree;

use super::charter::Charter;
use super::problem::Problem;
use std::fmt;
use tree::{Tree, Wanted};

/// Which side wins where both changed a key.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Take {
    /// The file.
    File,
    /// The database.
    Database,
}

/// The outcome of a comparison without conflicts.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Merged {
    /// The community's new charter. Its parts were each valid; whether they are
    /// together, [`Charter::parse`] tells.
    pub text: String,
    /// What changes in the database; empty where nothing does.
    pub changes: Vec<Change>,
}

/// A key of the community's charter that changes. Printed as
/// `list.posting: members -> anyone`.
#[derive(Clone, Debug, PartialEq, Eq, serde::Serialize)]
pub struct Change {
    /// The dotted path, with repeated sections as `facilitator[ann@example.org]`.
    pub key: String,
    /// The value before; `None` where there was none.
    pub from: Option<String>,
    /// The value after; `None` where it is taken away.
    pub to: Option<String>,
}

/// A key that was changed to different values on both sides.
#[derive(Clone, Debug, PartialEq, Eq, serde::Serialize)]
pub struct Conflict {
    /// The dotted path.
    pub key: String,
    /// The value when the file was last applied.
    pub base: Option<String>,
    /// The file's value.
    pub file: Option<String>,
    /// The database's value.
    pub database: Option<String>,
}

/// Why nothing was merged.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Refused {
    /// Both sides changed these keys.
    #[error("{}", lines(.0))]
    Conflicts(Vec<Conflict>),
    /// One of the texts is not TOML.
    #[error("{}", lines(.0))]
    Unreadable(Vec<Problem>),
}

/// Carries what changed from `base` to `file` into `database`. At the first
/// application there is no base, and for a new community `database` is empty:
/// everything in the file is new then.
///
/// # Errors
/// Keys that were changed on both sides, unless `take` says which wins; or a
/// text that is not TOML.
pub fn merge(
    base: Option<&str>,
    file: &str,
    database: &str,
    take: Option<Take>,
) -> Result<Merged, Refused> {
    let base = read(base.unwrap_or_default(), "the charter as last applied")?;
    let file = read(file, "the charter's file")?;
    let database = read(database, "the community's charter")?;
    let mut wanted = Wanted::new(take);
    let merged = wanted
        .merge("", base, file, database.clone())
        .unwrap_or_default();
    if !wanted.conflicts.is_empty() {
        return Err(Refused::Conflicts(wanted.conflicts));
    }
    let changes = changes(&database, &merged);
    let text = toml::to_string(&merged.into_table()).expect("what was TOML is TOML again");
    let text = Charter::parse(&text, "").map_or(text, |charter| charter.to_toml());
    Ok(Merged { text, changes })
}

fn read(text: &str, name: &str) -> Result<Option<Tree>, Refused> {
    if text.trim().is_empty() {
        return Ok(None);
    }
    let whole = Charter::parse(text, name).map(|charter| charter.to_toml());
    let whole = whole.as_deref().unwrap_or(text);
    match whole.parse::<toml::Table>() {
        Ok(table) => Ok(Some(Tree::of_table(table))),
        Err(_) => Err(Refused::Unreadable(
            Charter::parse(text, name).err().unwrap_or_default(),
        )),
    }
}

/// Every single value that differs, in the order of its path.
fn changes(before: &Option<Tree>, after: &Tree) -> Vec<Change> {
    let old = before.as_ref().map(Tree::leaves).unwrap_or_default();
    let new = after.leaves();
    let keys: std::collections::BTreeSet<_> = old.keys().chain(new.keys()).collect();
    let change = |key: &String| Change {
        key: key.clone(),
        from: old.get(key).cloned(),
        to: new.get(key).cloned(),
    };
    keys.into_iter()
        .map(change)
        .filter(|change| change.from != change.to)
        .collect()
}

impl fmt::Display for Change {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(
            f,
            "{}: {} -> {}",
            self.key,
            shown(&self.from),
            shown(&self.to)
        )
    }
}

impl fmt::Display for Conflict {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (base, file) = (shown(&self.base), shown(&self.file));
        let database = shown(&self.database);
        write!(
            f,
            "{}: was {base}, is {file} in the file and {database} in the database",
            self.key
        )?;
        f.write_str("; say which with --take file or --take database")
    }
}

fn shown(value: &Option<String>) -> &str {
    match value.as_deref() {
        None => "none",
        Some("") => "\"\"",
        Some(text) => text,
    }
}

fn lines<T: fmt::Display>(all: &[T]) -> String {
    all.iter().map(T::to_string).collect::<Vec<_>>().join("\n")
}

#[cfg(test)]
mod tests;
