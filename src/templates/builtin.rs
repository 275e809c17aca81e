//! The templates that are part of the program.

use std::collections::BTreeMap;

use super::Source;

/// Each file of `templates/` by its relative name; `build.rs` lists them.
const FILES: &[(&str, &str)] = include!(concat!(env!("OUT_DIR"), "/templates.rs"));

/// The built-in templates by name.
pub(super) fn sources() -> BTreeMap<String, Source> {
    FILES
        .iter()
        .map(|(name, text)| ((*name).to_owned(), source(name, text)))
        .collect()
}

fn source(name: &str, text: &str) -> Source {
    Source {
        text: text.to_owned(),
        origin: format!("built-in templates/{name}"),
    }
}
