//! A charter as a tree in which repeated sections go by their key.

use super::{Conflict, Take};
use std::collections::{BTreeMap, BTreeSet};
use toml::{Table, Value};

/// A section, or a single value.
#[derive(Clone, Debug, PartialEq)]
pub(super) enum Tree {
    /// A section's keys, or a repeated section's members, in their order.
    Branch {
        repeated: bool,
        members: Vec<(String, Tree)>,
    },
    /// A value that changes as a whole.
    Leaf(Value),
}

/// The merge so far.
pub(super) struct Wanted {
    take: Option<Take>,
    pub(super) conflicts: Vec<Conflict>,
}

impl Default for Tree {
    fn default() -> Self {
        Self::Branch {
            repeated: false,
            members: Vec::new(),
        }
    }
}

impl Tree {
    pub(super) fn of_table(table: Table) -> Self {
        let members = table.into_iter().map(|(key, value)| {
            let tree = Self::of_value(&key, value);
            (key, tree)
        });
        Self::Branch {
            repeated: false,
            members: members.collect(),
        }
    }

    fn of_value(key: &str, value: Value) -> Self {
        match value {
            Value::Table(table) => Self::of_table(table),
            Value::Array(items) if !items.is_empty() && items.iter().all(Value::is_table) => {
                Self::Branch {
                    repeated: true,
                    members: members(key, items),
                }
            }
            other => Self::Leaf(other),
        }
    }

    /// The tree as TOML again.
    pub(super) fn into_table(self) -> Table {
        match self {
            Self::Branch { members, .. } => members
                .into_iter()
                .map(|(key, tree)| (key, tree.into_value()))
                .collect(),
            Self::Leaf(_) => Table::new(),
        }
    }

    fn into_value(self) -> Value {
        match self {
            Self::Leaf(value) => value,
            Self::Branch {
                repeated: true,
                members,
            } => members
                .into_iter()
                .map(|(_, tree)| tree.into_value())
                .collect::<Vec<_>>()
                .into(),
            branch => Value::Table(branch.into_table()),
        }
    }

    /// Every single value by its path, as people read it.
    pub(super) fn leaves(&self) -> BTreeMap<String, String> {
        let mut leaves = BTreeMap::new();
        self.gather("", &mut leaves);
        leaves
    }

    fn gather(&self, path: &str, leaves: &mut BTreeMap<String, String>) {
        match self {
            Self::Leaf(value) => {
                leaves.insert(path.to_owned(), plain(value));
            }
            Self::Branch { repeated, members } => {
                for (key, tree) in members {
                    tree.gather(&step(path, key, *repeated), leaves);
                }
            }
        }
    }

    fn shown(&self) -> String {
        match self {
            Self::Leaf(value) => plain(value),
            branch => {
                let leaves = branch.leaves();
                let pairs = leaves.iter().map(|(key, value)| format!("{key} = {value}"));
                format!("{{{}}}", pairs.collect::<Vec<_>>().join(", "))
            }
        }
    }

    fn members(&self) -> &[(String, Tree)] {
        match self {
            Self::Branch { members, .. } => members,
            Self::Leaf(_) => &[],
        }
    }

    fn get(&self, key: &str) -> Option<&Tree> {
        self.members()
            .iter()
            .find(|(name, _)| name == key)
            .map(|(_, tree)| tree)
    }
}

impl Wanted {
    pub(super) fn new(take: Option<Take>) -> Self {
        Self {
            take,
            conflicts: Vec::new(),
        }
    }

    /// What is to stand at `path`.
    pub(super) fn merge(
        &mut self,
        path: &str,
        base: Option<Tree>,
        file: Option<Tree>,
        database: Option<Tree>,
    ) -> Option<Tree> {
        if file == base || file == database {
            return database;
        }
        if database == base {
            return file;
        }
        match kind([&base, &file, &database]) {
            Kind::Section if file.is_some() && database.is_some() => {
                self.branch(path, false, base, file, database)
            }
            // A repeated section that is absent is one without members.
            Kind::Repeated => self.branch(path, true, base, file, database),
            _ => self.decide(path, base, file, database),
        }
    }

    /// Member by member: the database's order, then what is new in the file.
    fn branch(
        &mut self,
        path: &str,
        repeated: bool,
        base: Option<Tree>,
        file: Option<Tree>,
        database: Option<Tree>,
    ) -> Option<Tree> {
        let both = database.iter().chain(&file).flat_map(Tree::members);
        let mut seen = BTreeSet::new();
        let keys = both
            .map(|(key, _)| key.clone())
            .filter(|key| seen.insert(key.clone()));
        let mut members = Vec::new();
        for key in keys.collect::<Vec<_>>() {
            let of = |side: &Option<Tree>| side.as_ref().and_then(|tree| tree.get(&key)).cloned();
            let path = step(path, &key, repeated);
            if let Some(tree) = self.merge(&path, of(&base), of(&file), of(&database)) {
                members.push((key, tree));
            }
        }
        (!repeated || !members.is_empty()).then_some(Tree::Branch { repeated, members })
    }

    fn decide(
        &mut self,
        path: &str,
        base: Option<Tree>,
        file: Option<Tree>,
        database: Option<Tree>,
    ) -> Option<Tree> {
        match self.take {
            Some(Take::File) => file,
            Some(Take::Database) => database,
            None => {
                let shown = |side: Option<Tree>| side.as_ref().map(Tree::shown);
                self.conflicts.push(Conflict {
                    key: path.to_owned(),
                    base: shown(base),
                    file: shown(file),
                    database: shown(database.clone()),
                });
                database
            }
        }
    }
}

/// What all sides that are there have in common.
enum Kind {
    Section,
    Repeated,
    Mixed,
}

fn kind(sides: [&Option<Tree>; 3]) -> Kind {
    let all = |wanted: bool| {
        let mut there = sides.into_iter().flatten();
        there.all(|t| matches!(t, Tree::Branch { repeated, .. } if *repeated == wanted))
    };
    match (all(false), all(true)) {
        (true, _) => Kind::Section,
        (_, true) => Kind::Repeated,
        _ => Kind::Mixed,
    }
}

/// The members of a repeated section: by address, by slug, else by position.
fn members(key: &str, items: Vec<Value>) -> Vec<(String, Tree)> {
    let by = match key {
        "facilitator" | "moderator" | "sponsor" => Some("address"),
        "session" => Some("slug"),
        "topic" => Some("name"),
        _ => None,
    };
    let mut named = Vec::new();
    for (index, item) in items.into_iter().enumerate() {
        let own = by
            .and_then(|by| item.get(by)?.as_str())
            .map(str::to_lowercase);
        let name = own.unwrap_or_else(|| (index + 1).to_string());
        let tree = Tree::of_value("", item);
        named.push((name, tree));
    }
    named
}

fn step(path: &str, key: &str, repeated: bool) -> String {
    if repeated {
        format!("{path}[{key}]")
    } else {
        join(path, key)
    }
}

fn join(path: &str, key: &str) -> String {
    if path.is_empty() {
        key.to_owned()
    } else {
        format!("{path}.{key}")
    }
}

/// A text without quotes, everything else as TOML has it.
fn plain(value: &Value) -> String {
    match value {
        Value::String(text) => text.clone(),
        other => other.to_string(),
    }
}
