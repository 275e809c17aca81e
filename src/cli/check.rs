//! `check`: every error in configuration, charters, templates and database.

use std::path::Path;
use std::process::ExitCode;

use crate::config::check::files;
use crate::config::settings::Database;
use crate::config::{Problem, Settings, find_config};
use crate::node::start;
use crate::templates::Templates;

/// Names every problem on stderr; exit status 1 if one of them is an error.
///
/// # Errors
/// Where there is no configuration at all.
pub async fn run(config: Option<&Path>) -> anyhow::Result<ExitCode> {
    let file = find_config(config)?;
    let mut problems = files(&file);
    if let Ok(settings) = Settings::load(&file) {
        problems.extend(templates(&settings));
        problems.extend(database(&settings, &file).await);
    }
    for problem in &problems {
        eprintln!("{problem}");
    }
    if problems.iter().any(Problem::is_error) {
        return Ok(ExitCode::FAILURE);
    }
    println!("{}: no errors", file.display());
    Ok(ExitCode::SUCCESS)
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
    if matches!(&settings.database, Database::Sqlite(path) if !path.exists()) {
        return None;
    }
    let error = start::open(settings).await.err()?;
    Some(Problem::of_file(
        file.display(),
        format!("the database cannot be used: {error}"),
        "correct [database] url, or start the database",
    ))
}
