//! `ban` and `trust`: whose posts go nowhere, and whose need no moderator.

use std::path::Path;

use anyhow::{Context as _, bail};
use clap::Subcommand;
use serde_json::json;

use super::open;
use super::output::Output;
use crate::clock::rfc3339;
use crate::context::Context;
use crate::lists::standing::{self, Verdict};
use crate::store::standings;

const BY: &str = "the operator";

/// `ban …` and `trust …`
#[derive(Debug, Subcommand)]
pub enum Command {
    /// Adds an address, or a whole domain as *@example.org
    Add {
        /// The community
        slug: String,
        /// An address, or *@DOMAIN
        pattern: String,
        /// Why
        #[arg(long, default_value = "")]
        reason: String,
    },
    /// Takes it back
    Remove {
        /// The community
        slug: String,
        /// As `list` shows it
        pattern: String,
    },
    /// All of a community
    List {
        /// The community
        slug: String,
    },
}

/// Runs it.
///
/// # Errors
/// What is wrong and what to do.
pub async fn run(
    config: Option<&Path>,
    output: Output,
    command: Command,
    verdict: Verdict,
) -> anyhow::Result<()> {
    let ctx = open::context(config).await?;
    match command {
        Command::Add {
            slug,
            pattern,
            reason,
        } => add(&ctx, output, &slug, &pattern, &reason, verdict).await,
        Command::Remove { slug, pattern } => remove(&ctx, output, &slug, &pattern, verdict).await,
        Command::List { slug } => list(&ctx, output, &slug, verdict).await,
    }
}

async fn add(
    ctx: &Context,
    output: Output,
    slug: &str,
    pattern: &str,
    reason: &str,
    verdict: Verdict,
) -> anyhow::Result<()> {
    let pattern = checked(pattern)?;
    let mut tx = ctx.write_durably().await?;
    let community = open::community(&mut tx, slug).await?;
    let why = (reason.trim(), BY);
    standing::set(&mut tx, community.id, &pattern, verdict, why, ctx.now()).await?;
    open::commit(tx).await?;
    let word = verdict.as_str();
    output.show(
        &json!({ "pattern": pattern, "verdict": word }),
        [format!("{pattern}: {word}")],
    )
}

async fn remove(
    ctx: &Context,
    output: Output,
    slug: &str,
    pattern: &str,
    verdict: Verdict,
) -> anyhow::Result<()> {
    let (pattern, word) = (checked(pattern)?, verdict.as_str());
    let mut tx = ctx.write_durably().await?;
    let community = open::community(&mut tx, slug).await?;
    if !standing::remove(&mut tx, community.id, &pattern, verdict, BY, ctx.now()).await? {
        bail!("{slug} has no {word} of {pattern}; see `folkmoot {word} list {slug}`");
    }
    open::commit(tx).await?;
    output.show(
        &json!({ "pattern": pattern, "verdict": null }),
        [format!("{pattern}: no {word} any more")],
    )
}

async fn list(ctx: &Context, output: Output, slug: &str, verdict: Verdict) -> anyhow::Result<()> {
    let mut tx = ctx.read().await?;
    let community = open::community(&mut tx, slug).await?;
    let (mut rows, mut lines) = (Vec::new(), Vec::new());
    for row in standings::list(&mut tx, community.id, verdict.as_str()).await? {
        let at = rfc3339(row.at);
        lines.push(format!(
            "{}\t{at}\t{}\t{}",
            row.pattern, row.decided_by, row.reason
        ));
        rows.push(json!({
            "pattern": row.pattern,
            "reason": row.reason,
            "by": row.decided_by,
            "at": at,
        }));
    }
    output.show(&rows, lines)
}

fn checked(text: &str) -> anyhow::Result<String> {
    standing::pattern(text).with_context(|| {
        format!("{text:?} is no address; write it as name@example.org, or *@example.org for all of a domain")
    })
}
