//! `check`: every error in configuration, charters, templates, certificate and database.

mod listeners;

use std::path::{Path, PathBuf};
use std::process::ExitCode;

use serde_json::{Value, json};

use super::output::Output;
use crate::clock::system_ms;
use crate::config::check::{charter_files, files};
use crate::config::settings::Database;
use crate::config::survey;
use crate::config::{Charter, Problem, Settings, find_config};
use crate::node::start;
use crate::outbox::signing::key::Key;
use crate::store::objects::Objects;
use crate::templates::Templates;

/// Names every problem on stderr; exit status 1 if one of them is an error.
///
/// # Errors
/// Where there is no configuration at all.
pub async fn run(config: Option<&Path>, output: Output) -> anyhow::Result<ExitCode> {
    let file = find_config(config)?;
    let problems = problems(&file).await;
    for problem in &problems {
        eprintln!("{problem}");
    }
    let is_broken = problems.iter().any(Problem::is_error);
    let line = (!is_broken).then(|| format!("{}: no errors", file.display()));
    output.show(&problems.iter().map(shown).collect::<Vec<_>>(), line)?;
    Ok(match is_broken {
        true => ExitCode::FAILURE,
        false => ExitCode::SUCCESS,
    })
}

/// All problems of a configuration and what it names.
pub async fn problems(file: &Path) -> Vec<Problem> {
    let mut problems = files(file);
    if let Ok(settings) = Settings::load(file) {
        problems.extend(settings.dkim.iter().filter_map(|key| Key::load(key).err()));
        problems.extend(same_key(&settings));
        problems.extend(templates(&settings));
        problems.extend(survey::problems(&settings));
        problems.extend(listeners::problems(&settings, file, system_ms()));
        problems.extend(database(&settings, file).await);
        problems.extend(objects(&settings, file).await);
    }
    problems
}

/// Two signatures with one key prove no more than one, and a change of keys that was
/// meant to be under way is none.
fn same_key(settings: &Settings) -> Option<Problem> {
    let keys: Vec<Key> = settings
        .dkim
        .iter()
        .flat_map(|key| Key::load(key).ok())
        .collect();
    let [one, other] = keys.as_slice() else {
        return None;
    };
    let what = format!(
        "[dkim]: the selectors {} and {} have one and the same key",
        one.selector, other.selector
    );
    let instead = "make another with `folkmoot init` in another folder, or leave the second out";
    let file = settings.dkim.get(1)?.file.display();
    (one.public() == other.public()).then(|| Problem::of_file(file, what, instead).warning())
}

fn shown(problem: &Problem) -> Value {
    json!({
        "file": problem.file,
        "line": problem.line,
        "column": problem.column,
        "severity": if problem.is_error() { "error" } else { "warning" },
        "what": problem.what,
        "instead": problem.instead,
    })
}

fn templates(settings: &Settings) -> Vec<Problem> {
    let overrides = Some(settings.templates.as_path());
    let templates = match Templates::load(overrides.filter(|folder| folder.is_dir())) {
        Err(all) => return all.iter().map(|error| broken(error, settings)).collect(),
        Ok(templates) => templates,
    };
    let wrong = templates.try_samples(&crate::web::pages::samples::by_template());
    let mut problems: Vec<_> = wrong.iter().map(|error| broken(error, settings)).collect();
    problems.extend(strangers(settings, &templates));
    problems.extend(languages(settings, &templates));
    problems
}

/// An error of a template, `FILE:LINE:COL: what is wrong`, taken apart.
fn broken(error: &str, settings: &Settings) -> Problem {
    let apart = || {
        let (place, what) = error.split_once(": ")?;
        let (file, column) = place.rsplit_once(':')?;
        let (file, line) = file.rsplit_once(':')?;
        Some((file, line.parse().ok()?, column.parse().ok()?, what))
    };
    let folder = settings.templates.display().to_string();
    let (file, line, column, what) = apart().unwrap_or((&folder, 1, 1, error));
    let instead = "correct the template, or remove it to use the built-in one";
    Problem {
        line,
        column,
        ..Problem::of_file(file, what, instead)
    }
}

/// Folders of communities that no charter names: mostly a slug with a typing
/// mistake, which would silently do nothing.
fn strangers(settings: &Settings, templates: &Templates) -> Vec<Problem> {
    let charters = charters(settings);
    let slugs: Vec<&str> = charters.iter().map(|(_, c)| c.slug.as_str()).collect();
    let problem = |slug: &str| {
        let folder = settings.templates.join("communities").join(slug);
        let what = format!("no charter has the slug {slug:?}, so nobody gets these templates");
        match slugs.is_empty() {
            // The communities may be in the database alone.
            true => {
                Problem::of_file(folder.display(), what, "is that community founded?").warning()
            }
            false => {
                let known = format!("rename the folder; the slugs are {}", slugs.join(", "));
                Problem::of_file(folder.display(), what, known)
            }
        }
    };
    let of_nobody = templates.communities().into_iter();
    of_nobody
        .filter(|slug| !slugs.contains(slug))
        .map(problem)
        .collect()
}

/// Charters in a language that no template speaks: their mails are English.
fn languages(settings: &Settings, templates: &Templates) -> Vec<Problem> {
    let is_english = |charter: &Charter| charter.language.split('-').next() == Some("en");
    let unspoken = charters(settings).into_iter().filter(|(_, charter)| {
        templates.language(&charter.language) == "en" && !is_english(charter)
    });
    unspoken
        .map(|(file, charter)| {
            let tag = &charter.language;
            let what =
                format!("`language`: there are no templates in {tag:?}; its mails will be English");
            let instead = format!(
                "to change that, put a folder {tag} into {}",
                settings.templates.display()
            );
            Problem::of_file(file.display(), what, instead).warning()
        })
        .collect()
}

/// The charters that can be read, with their files; the others are reported apart.
fn charters(settings: &Settings) -> Vec<(PathBuf, Charter)> {
    let files = charter_files(settings).unwrap_or_default();
    let read = |file: PathBuf| {
        let text = std::fs::read_to_string(&file).ok()?;
        let charter = Charter::parse(&text, &file.display().to_string()).ok()?;
        Some((file, charter))
    };
    files.into_iter().filter_map(read).collect()
}

async fn database(settings: &Settings, file: &Path) -> Option<Problem> {
    // A database that is not there yet is made by `serve`; `check` makes nothing.
    if let Database::Sqlite(path) = &settings.database {
        match path.try_exists() {
            Ok(true) => {}
            Ok(false) => return folder(settings, path, file),
            Err(error) => return Some(unusable(file, &settings.data_dir, &error.to_string())),
        }
    }
    let error = start::open(settings).await.err()?;
    Some(Problem::of_file(
        file.display(),
        format!("the database cannot be used: {error}"),
        "correct [database] url, or start the database",
    ))
}

/// Whether the object store takes, gives and deletes.
async fn objects(settings: &Settings, file: &Path) -> Option<Problem> {
    let storage = settings.storage.as_ref()?;
    let tried = match Objects::open(Some(storage)) {
        Ok(objects) => objects.probe().await,
        Err(why) => Err(why),
    };
    let why = tried.err()?;
    let instead = "check url, endpoint and keys of [storage], and what the key may do there";
    Some(Problem::of_file(file.display(), why.to_string(), instead))
}

/// Whether `serve` could make the database there: its folder is data_dir, which
/// `serve` makes, or must be there.
fn folder(settings: &Settings, database: &Path, file: &Path) -> Option<Problem> {
    let folder = database.parent()?;
    let is_there = folder.starts_with(&settings.data_dir) || folder.is_dir();
    (!is_there).then(|| unusable(file, folder, "there is no such folder"))
}

fn unusable(file: &Path, folder: &Path, why: &str) -> Problem {
    Problem::of_file(
        file.display(),
        format!("the folder {} cannot be used: {why}", folder.display()),
        "make it, for the user that folkmoot runs as, or name another in data_dir or [database] url",
    )
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::fs;

    /// What `templates` prints for these files, without the path.
    fn printed(files: &[(&str, &str)]) -> Vec<String> {
        let dir = tempfile::tempdir().unwrap();
        for (name, text) in [("folkmoot.toml", "domain = 'lists.example.org'")]
            .iter()
            .chain(files)
        {
            let file = dir.path().join(name);
            fs::create_dir_all(file.parent().unwrap()).unwrap();
            fs::write(file, text).unwrap();
        }
        let settings = Settings::load(&dir.path().join("folkmoot.toml")).unwrap();
        let root = format!("{}/", dir.path().display());
        let problems = templates(&settings);
        let text = problems.iter().map(|p| p.to_string().replace(&root, ""));
        text.collect()
    }

    fn charter(language: &str) -> String {
        format!(
            "name='N'\nslug='pumps'\nlanguage='{language}'\n\
             [charter]\ndomain='d'\ncommunity='c'\npractice='p'\n"
        )
    }

    #[test]
    fn a_broken_template_is_named_with_its_line_and_column() {
        let file = "templates/communities/pumps/de/receipt.txt";
        let printed = printed(&[(file, "Gut.\n{{gut}}\n")]);
        let start = format!("{file}:2:1: ");
        assert!(printed[0].starts_with(&start), "{printed:?}");
        assert!(printed[0].contains("the fields of receipt.txt are community, done"));
        assert_eq!(printed.len(), 1, "{printed:?}");
    }

    #[test]
    fn a_folder_for_nobody_is_an_error_that_names_the_known_slugs() {
        let stray = ("templates/communities/pmups/receipt.subject", "Done");
        let both = printed(&[("communities/pumps.toml", &charter("de")), stray]);
        assert_eq!(
            both,
            [
                "templates/communities/pmups:1:1: no charter has the slug \"pmups\", so nobody \
              gets these templates; rename the folder; the slugs are pumps"
            ]
        );
        let alone = printed(&[stray]);
        assert!(
            alone[0].contains(":1:1: warning: no charter has the slug"),
            "{alone:?}"
        );
    }

    #[test]
    fn a_charter_in_a_language_without_templates_is_a_warning() {
        let charter_file = "communities/pumps.toml";
        for spoken in ["de-AT", "en-GB"] {
            assert_eq!(printed(&[(charter_file, &charter(spoken))]), [""; 0]);
        }
        let french = printed(&[(charter_file, &charter("fr"))]);
        assert!(
            french[0].starts_with("communities/pumps.toml:1:1: warning: `language`: "),
            "{french:?}"
        );
        let own = ("templates/fr/receipt.subject", "Fait");
        assert_eq!(printed(&[(charter_file, &charter("fr")), own]), [""; 0]);
    }
}
