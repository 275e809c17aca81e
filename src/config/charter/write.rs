//! A charter as text.

use super::Charter;

impl Charter {
    /// The charter as a file, fit to be applied: [`Charter::parse`] reads it back
    /// as the same charter. Every key is written, defaults too, so that a later
    /// version's defaults change nothing that was decided.
    pub fn to_toml(&self) -> String {
        toml::to_string(self).expect("a charter has only texts, numbers, lists and sections")
    }
}
