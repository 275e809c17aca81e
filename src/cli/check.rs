//! `check`: every error in configuration, charters, templates and database.

use std::path::Path;
use std::process::ExitCode;

use serde_json::{Value, json};

use super::output::Output;
use crate::config::check::files;
use crate::config::settings::Database;
use crate::config::{Problem, Settings, find_config};
use crate::node::start;
use crate::templates::Templates;

/// Names every problem on stderr; exit status 1 if one of them is an error.
///
/// # Errors
/// Where there is no configuration at all.
pub async fn run(config: Option<&Path>, output: Output) -> anyhow::Result<ExitCode> {
    let file = find_config(config)?;
    let mut problems = files(&file);
    if let Ok(settings) = Settings::load(&file) {
        problems.extend(templates(&settings));
        problems.extend(database(&settings, &file).await);
    }
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
    if !settings.templates.is_dir() {
        return Vec::new();
    }
    let folder = settings.templates.display().to_string();
    let problem = |what: String| {
        Problem::of_file(
            &folder,
            what,
            "correct the template, or remove it to use the built-in one",
        )
    };
    match Templates::load(Some(&settings.templates)) {
        Err(all) => all.into_iter().map(problem).collect(),
        Ok(templates) => templates
            .try_samples(&crate::web::pages::samples::by_template())
            .into_iter()
            .map(problem)
            .collect(),
    }
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
