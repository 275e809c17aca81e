//! `learning`: what a community has learnt.

use std::fs::File;
use std::path::{Path, PathBuf};

use anyhow::{Context as _, bail};
use clap::Subcommand;
use serde_json::{Value, json};

use super::open;
use super::output::Output;
use crate::clock::rfc3339;
use crate::context::Context;
use crate::store::learnings;
use crate::trail::Step;

/// `learning …`
#[derive(Debug, Subcommand)]
pub enum Command {
    /// Lists what was reviewed, the latest first
    List {
        /// The community
        slug: String,
    },
    /// Writes all of it as JSON
    Export {
        /// The community
        slug: String,
        /// The file, which must not exist yet
        file: PathBuf,
    },
    /// Takes one back; nobody reads it any more
    Drop {
        /// The community
        slug: String,
        /// Its number in `list`
        id: i64,
    },
}

/// Runs it.
///
/// # Errors
/// What is wrong and what to do.
pub async fn run(config: Option<&Path>, output: Output, command: Command) -> anyhow::Result<()> {
    let ctx = open::context(config).await?;
    match command {
        Command::List { slug } => {
            let all = all(&ctx, &slug).await?;
            let line = |one: &Value| {
                let text = |key: &str| one[key].as_str().unwrap_or_default().to_owned();
                format!("{}\t{}\t{}", one["id"], text("reviewed_at"), text("title"))
            };
            output.show(&all, all.iter().map(line))
        }
        Command::Export { slug, file } => {
            let all = all(&ctx, &slug).await?;
            let created = File::create_new(&file).with_context(|| {
                format!("cannot write {}; it must not exist yet", file.display())
            })?;
            serde_json::to_writer_pretty(created, &all)?;
            let count = all.len();
            output.show(
                &json!({ "learnings": count }),
                [format!("{count} learnings exported")],
            )
        }
        Command::Drop { slug, id } => {
            drop_one(&ctx, &slug, id).await?;
            output.show(
                &json!({ "dropped": id }),
                [format!("learning {id} is dropped")],
            )
        }
    }
}

async fn all(ctx: &Context, slug: &str) -> anyhow::Result<Vec<Value>> {
    let mut tx = ctx.read().await?;
    let community = open::community(&mut tx, slug).await?;
    let mut all = Vec::new();
    for one in learnings::reviewed(&mut tx, community.id, i64::MAX, 0).await? {
        all.push(json!({
            "id": one.id,
            "title": one.title,
            "summary": one.summary,
            "tags": one.tags.split(',').map(str::trim).filter(|tag| !tag.is_empty()).collect::<Vec<_>>(),
            "author": one.author_name,
            "reviewed_at": one.reviewed_at.map(rfc3339),
            "sources": learnings::sources(&mut tx, one.id, i64::MAX).await?,
        }));
    }
    Ok(all)
}

async fn drop_one(ctx: &Context, slug: &str, id: i64) -> anyhow::Result<()> {
    let mut tx = ctx.write_durably().await?;
    let community = open::community(&mut tx, slug).await?;
    let known = learnings::by_id(&mut tx, id).await?;
    let known = known.filter(|one| one.community_id == community.id && one.state != "dropped");
    if known.is_none() {
        bail!("{slug} has no learning {id}; `learning list {slug}` has their numbers");
    }
    learnings::drop_one(&mut tx, id).await?;
    let about = learnings::sources(&mut tx, id, 1).await?;
    let about = about.first().map_or("", String::as_str);
    let step = Step::of_message(Some(community.id), about, ctx.now());
    let reason = format!("learning {id}, by the operator");
    step.record(&mut tx, "learning", "dropped", &reason).await?;
    tx.commit().await?;
    Ok(())
}
