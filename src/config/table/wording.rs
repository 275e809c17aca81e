//! How complaints about keys and types are worded.

use crate::config::nearest::nearest;
use crate::config::problem::{Wrong, quoted, wrong};

/// `list.posting`; at the top of a file, the key alone.
pub(super) fn dotted(path: &str, key: &str) -> String {
    if path.is_empty() {
        key.to_owned()
    } else {
        format!("{path}.{key}")
    }
}

/// A complaint about a value, with the key that it is about.
pub(super) fn named(path: &str, key: &str, w: Wrong) -> Wrong {
    wrong(format!("`{}`: {}", dotted(path, key), w.what), w.instead)
}

/// A key that nobody asked for; `known` are those that somebody did.
pub(super) fn unknown_key(path: &str, key: &str, known: &[&'static str]) -> Wrong {
    let place = if path.is_empty() {
        "here".into()
    } else {
        format!("in [{path}]")
    };
    let instead = match nearest(key, known.iter().copied()) {
        Some(meant) => format!("did you mean `{meant}`?"),
        None => format!("the keys {place} are {}", known.join(", ")),
    };
    wrong(
        format!("the key {} is not known {place}", quoted(key)),
        instead,
    )
}

/// A value of another type than `wanted`; `example` is one as it would stand
/// in the file, for a section its first line.
pub(super) fn wrong_type(path: &str, key: &str, found: &str, wanted: &str, example: &str) -> Wrong {
    let what = format!(
        "`{}` must be {wanted}, not a {}",
        dotted(path, key),
        type_name(found)
    );
    let instead = match wanted.ends_with("section") {
        true => format!("write {example} on a line of its own, and its keys below"),
        false => format!("write {key} = {example}"),
    };
    wrong(what, instead)
}

/// TOML's types in the words of those who write the files.
fn type_name(toml: &str) -> &str {
    match toml {
        "table" => "section",
        "array" => "list",
        "string" => "text",
        "integer" => "number",
        "float" => "fraction",
        "datetime" => "date",
        other => other,
    }
}
