//! The folder whose files replace built-in templates, or add a language.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};

use super::{Source, tree};

/// A larger file is no template.
const MAX_BYTES: u64 = 256 * 1024;
/// Files that are looked at; there are far fewer templates.
const MAX_FILES: usize = 1_000;

/// Replaces sources by the files of `folder` and returns what was wrong. Files
/// whose name begins with a dot belong to editors and systems and are left alone.
pub(super) fn replace(folder: &Path, sources: &mut BTreeMap<String, Source>) -> Vec<String> {
    let mut errors = Vec::new();
    for file in files(folder, &mut errors) {
        if let Err(what) = replace_one(folder, &file, sources) {
            errors.push(format!("{}:1:1: {what}", file.display()));
        }
    }
    errors
}

fn replace_one(
    folder: &Path,
    file: &Path,
    sources: &mut BTreeMap<String, Source>,
) -> Result<(), String> {
    let name = relative_name(folder, file);
    if !is_known(&name, sources) {
        return Err(format!(
            "no template is called {name}; {}",
            nearest(&name, sources)
        ));
    }
    if fs::metadata(file).is_ok_and(|data| data.len() > MAX_BYTES) {
        return Err(format!(
            "a template has at most {MAX_BYTES} bytes; shorten it"
        ));
    }
    let text = fs::read_to_string(file)
        .map_err(|error| format!("cannot be read as UTF-8 text ({error}); save it as such"))?;
    has_sections(&name, &text)?;
    let origin = file.display().to_string();
    sources.insert(name, Source { text, origin });
    Ok(())
}

/// A digest that does not show what goes with it would lose that for good.
fn has_sections(name: &str, text: &str) -> Result<(), String> {
    let file = tree::place(name).map_or("", |place| place.file);
    let brings = ["digest.txt", "digest.html", "bundle.txt", "bundle.html"];
    if !brings.contains(&file) || text.contains("{{#each sections}}") {
        return Ok(());
    }
    Err(format!(
        "mails for one person go with a {} and are lost without \"{{{{#each sections}}}}\"; \
         take that block from the built-in one",
        file.split('.').next().unwrap_or_default()
    ))
}

/// Whether a file has the name of a built-in one, or would have it in English.
fn is_known(name: &str, sources: &BTreeMap<String, Source>) -> bool {
    match tree::place(name) {
        Some(place) => sources.contains_key(&english(place.file)),
        None => name.starts_with("web/") && sources.contains_key(name),
    }
}

fn english(file: &str) -> String {
    format!("{}/{file}", tree::COMPLETE)
}

/// Every file below `folder`, in order.
fn files(folder: &Path, errors: &mut Vec<String>) -> Vec<PathBuf> {
    let mut found = Vec::new();
    let mut folders = vec![folder.to_owned()];
    while let Some(folder) = folders.pop() {
        let entries = match fs::read_dir(&folder) {
            Ok(entries) => entries,
            Err(error) => {
                errors.push(format!("{}:1:1: cannot be read: {error}", folder.display()));
                continue;
            }
        };
        for path in entries.take(MAX_FILES).flatten().map(|entry| entry.path()) {
            let list = if path.is_dir() {
                &mut folders
            } else {
                &mut found
            };
            if !is_hidden(&path) && list.len() < MAX_FILES {
                list.push(path);
            }
        }
    }
    found.sort();
    found
}

fn is_hidden(path: &Path) -> bool {
    path.file_name()
        .is_some_and(|name| name.to_string_lossy().starts_with('.'))
}

fn relative_name(folder: &Path, file: &Path) -> String {
    let parts = file.strip_prefix(folder).unwrap_or(file).components();
    parts
        .map(|part| part.as_os_str().to_string_lossy())
        .collect::<Vec<_>>()
        .join("/")
}

/// Says which names there are in the same folder, or which folders.
fn nearest(name: &str, sources: &BTreeMap<String, Source>) -> String {
    let folder = match tree::place(name) {
        Some(_) => english(""),
        None if name.starts_with("web/") => "web/".to_owned(),
        None => {
            return "templates are in web, in a folder named by a language as en, or in \
                    communities/SLUG"
                .to_owned();
        }
    };
    let beside = sources.keys().filter_map(|name| name.strip_prefix(&folder));
    format!("there are {}", beside.collect::<Vec<_>>().join(", "))
}
