//! What every command begins with: configuration, database, clock, templates.

use std::path::Path;

use anyhow::{Context as _, bail};

use crate::clock::system_ms;
use crate::config::{Problem, Settings, find_config};
use crate::context::Context;
use crate::node::start;
use crate::store::communities::{self, Community};
use crate::store::{self, Db, Tx};
use crate::templates::Templates;

/// Reads the configuration.
///
/// # Errors
/// Every problem, one a line.
pub fn settings(config: Option<&Path>) -> anyhow::Result<Settings> {
    let file = find_config(config)?;
    Settings::load(&file).map_err(|problems| anyhow::anyhow!(lines(&problems)))
}

/// All problems of a file, one a line.
pub fn lines(problems: &[Problem]) -> String {
    problems
        .iter()
        .map(ToString::to_string)
        .collect::<Vec<_>>()
        .join("\n")
}

/// Configuration and database, not migrated.
///
/// # Errors
/// What is wrong and what to do.
pub async fn database(config: Option<&Path>) -> anyhow::Result<(Settings, Db)> {
    let settings = settings(config)?;
    std::fs::create_dir_all(&settings.data_dir).with_context(|| {
        format!(
            "cannot use data_dir {}; check that it can be written",
            settings.data_dir.display()
        )
    })?;
    let db = start::open(&settings).await?;
    Ok((settings, db))
}

/// Everything: for a command that works while nodes run and while none does.
///
/// # Errors
/// What is wrong and what to do.
pub async fn context(config: Option<&Path>) -> anyhow::Result<Context> {
    let (settings, db) = database(config).await?;
    db.migrate_unless_in_use(system_ms()).await?;
    let clock = start::command_clock(&db).await?;
    let overrides = Some(settings.templates.as_path()).filter(|folder| folder.is_dir());
    let templates =
        Templates::load(overrides).map_err(|problems| anyhow::anyhow!(problems.join("\n")))?;
    Ok(Context::new(settings, db, clock, templates).await?)
}

/// The community of that slug, or an error that names those there are.
///
/// # Errors
/// Where there is none.
pub async fn community(tx: &mut Tx, slug: &str) -> anyhow::Result<Community> {
    if let Some(community) = communities::by_slug(tx, slug).await? {
        return Ok(community);
    }
    let all: Vec<String> = communities::all(tx)
        .await?
        .into_iter()
        .map(|community| community.slug)
        .collect();
    match all.is_empty() {
        true => {
            bail!("there is no community {slug}; found one with `folkmoot community apply FILE`")
        }
        false => bail!("there is no community {slug}; there are {}", all.join(", ")),
    }
}

/// Commits a command's changes and wakes running nodes.
///
/// # Errors
/// Where the database refuses.
pub async fn commit(mut tx: Tx) -> anyhow::Result<()> {
    store::notify(&mut tx).await?;
    Ok(tx.commit().await?)
}
