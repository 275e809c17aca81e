//! `survey`: opening, closing and reading surveys.

use std::path::Path;

use anyhow::bail;
use clap::Subcommand;
use serde_json::json;

use super::open;
use super::output::Output;
use crate::config::survey;
use crate::context::Context;
use crate::store::{acts, surveys};
use crate::surveys::results::{self, IndexResult, Said, WaveResult};
use crate::surveys::{bars, close, health_check, open as opening};

/// `survey …`
#[derive(Debug, Subcommand)]
pub enum Command {
    /// Opens a survey for all members
    Open {
        /// The community
        slug: String,
        /// Which one
        #[arg(default_value = health_check::NAME)]
        survey: String,
    },
    /// Closes an open survey now
    Close {
        /// The community
        slug: String,
        /// Which one
        #[arg(default_value = health_check::NAME)]
        survey: String,
    },
    /// The results of surveys that have closed
    Results {
        /// The community
        slug: String,
    },
}

/// Runs it.
///
/// # Errors
/// What is wrong and what to do.
pub async fn run(config: Option<&Path>, output: Output, command: Command) -> anyhow::Result<()> {
    let ctx = open::context(config).await?;
    match command {
        Command::Open { slug, survey } => begin(&ctx, output, &slug, &survey).await,
        Command::Close { slug, survey } => end(&ctx, output, &slug, &survey).await,
        Command::Results { slug } => show(&ctx, output, &slug).await,
    }
}

/// The node opens it, because the key has to be where the answers come in.
async fn begin(ctx: &Context, output: Output, slug: &str, name: &str) -> anyhow::Result<()> {
    let known = survey::names(&ctx.settings);
    if !known.contains(name) {
        let all: Vec<_> = known.into_iter().collect();
        bail!("there is no survey {name}; there are {}", all.join(", "));
    }
    let mut tx = ctx.write_durably().await?;
    let community = open::community(&mut tx, slug).await?;
    if surveys::open_one(&mut tx, community.id, name)
        .await?
        .is_some()
    {
        bail!(
            "{name} is open in {slug} already; close it with `folkmoot survey close {slug} {name}`"
        );
    }
    if let Some(earliest) = opening::earliest(&mut tx, community.id, name).await?
        && earliest > ctx.now()
    {
        bail!(
            "{name} opened in {slug} less than {} days ago; it may open again at {}",
            opening::GAP_DAYS,
            crate::clock::rfc3339(earliest)
        );
    }
    acts::insert(&mut tx, community.id, opening::NAME, name, ctx.now()).await?;
    open::commit(tx).await?;
    let line = format!("{name} opens in {slug}, by the node, as soon as it runs");
    output.show(&json!({ "survey": name, "state": "opening" }), [line])
}

async fn end(ctx: &Context, output: Output, slug: &str, name: &str) -> anyhow::Result<()> {
    let mut tx = ctx.write_durably().await?;
    let community = open::community(&mut tx, slug).await?;
    let Some(wave) = surveys::open_one(&mut tx, community.id, name).await? else {
        bail!("{name} is not open in {slug}; see `folkmoot survey results {slug}`");
    };
    let (about, now) = (wave.id.to_string(), ctx.now());
    let why = "closed earlier, by the operator";
    acts::drop_about(&mut tx, community.id, (close::NAME, &about), why, now).await?;
    acts::insert(&mut tx, community.id, close::NAME, &about, now).await?;
    open::commit(tx).await?;
    let line = format!("{name} closes in {slug}, by the node, as soon as it runs");
    output.show(&json!({ "survey": name, "state": "closing" }), [line])
}

async fn show(ctx: &Context, output: Output, slug: &str) -> anyhow::Result<()> {
    let mut tx = ctx.read().await?;
    let community = open::community(&mut tx, slug).await?;
    let charter = ctx.charter(&community);
    let language = charter.map_or_else(|| "en".to_owned(), |charter| charter.language.clone());
    let waves = results::all(&mut tx, community.id, &language).await?;
    let lines: Vec<String> = waves.iter().flat_map(told).collect();
    output.show(&json!({ "waves": waves }), lines)
}

fn told(wave: &WaveResult) -> Vec<String> {
    let head = format!(
        "{} until {}: {} of {} answered",
        wave.survey, wave.closed, wave.answered, wave.invited
    );
    let line = |index: &IndexResult| {
        let said = match &index.bin {
            None => "suppressed: too few answers".to_owned(),
            Some(Said::Percent(low, high)) => format!("{low}-{high} %"),
            Some(Said::Words(words)) => (*words).to_owned(),
        };
        let span = |span: Option<(i64, i64)>| {
            span.map_or_else(String::new, |(low, high)| format!("{low}-{high} %"))
        };
        let bar = index.bin.as_ref().map_or_else(String::new, bars::text);
        format!(
            "  {:<14}{bar:<22}n={:<5}{said:<30}{:<12}{:<12}{}",
            match index.label.as_str() {
                "" => &index.index,
                label => label,
            },
            index.n,
            span(index.interval),
            span(index.bounds),
            index.verdict
        )
    };
    let indices = wave.indices.iter().map(line);
    let question = (!wave.question.is_empty()).then(|| format!("  {}", wave.question));
    std::iter::once(head)
        .chain(question)
        .chain(indices)
        .collect()
}
