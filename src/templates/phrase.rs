//! Short texts that the program says within a mail: reasons, receipts, dates.

use serde::Serialize;

/// What is to be said, before it is said in a language.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Phrase {
    /// Its key in `templates/LANG/phrases.toml`.
    pub key: &'static str,
    /// What stands in its places, by name.
    pub values: Vec<(&'static str, String)>,
}

impl Phrase {
    /// A phrase without values so far.
    pub fn new(key: &'static str) -> Phrase {
        Phrase {
            key,
            values: Vec::new(),
        }
    }

    /// The phrase with one more value.
    pub fn with(mut self, name: &'static str, value: impl Into<String>) -> Phrase {
        self.values.push((name, value.into()));
        self
    }
}
