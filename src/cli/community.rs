//! `community`: founds, changes, lists and shows communities.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use anyhow::{Context as _, bail};
use clap::{Subcommand, ValueEnum};
use serde_json::json;

use super::open;
use super::output::Output;
use crate::cadence::preview::{self, Budgets};
use crate::config::Charter;
use crate::config::check::{charter_files, warnings};
use crate::config::merge::{Change, Take};
use crate::context::Context;
use crate::node::rehearse;
use crate::practice::apply::{self, apply};
use crate::practice::closing;
use crate::store::communities::Community;
use crate::store::{Tx, acts, communities, rehearsal};

/// Why, where nobody says.
const CLOSED: &str = "the community is closed";

/// How far a dry run looks ahead, in weeks.
const AHEAD: i64 = 13;

/// `community …`
#[derive(Debug, Subcommand)]
pub enum Command {
    /// Carries what changed in charter files since they were last applied into their communities
    Apply {
        /// Charters; without one, all of the folder
        files: Vec<PathBuf>,
        /// Prints what would change, and changes nothing
        #[arg(long)]
        dry_run: bool,
        /// Which side wins where both have changed a key
        #[arg(long, value_enum)]
        take: Option<Side>,
    },
    /// All communities
    List,
    /// One community's charter as it stands
    Show {
        /// Which
        slug: String,
        /// As a charter, fit to be applied
        #[arg(long)]
        toml: bool,
    },
    /// Ends what a community does by itself, and cancels its sessions in everybody's calendar
    Close {
        /// Which
        slug: String,
        /// Why; members read it
        #[arg(long, default_value = CLOSED)]
        reason: String,
    },
    /// Takes `close` back; sessions of the charter are invited to anew
    Reopen {
        /// Which
        slug: String,
    },
}

/// Which side wins where both have changed a key.
#[derive(Clone, Copy, Debug, ValueEnum)]
pub enum Side {
    /// The charter file's value
    File,
    /// The database's value
    Database,
}

/// Runs it.
///
/// # Errors
/// What is wrong and what to do.
pub async fn run(config: Option<&Path>, output: Output, command: Command) -> anyhow::Result<()> {
    let ctx = open::context(config).await?;
    match command {
        Command::Apply {
            files,
            dry_run,
            take,
        } => apply_all(&ctx, output, files, dry_run, take).await,
        Command::List => list(&ctx, output).await,
        Command::Show { slug, toml } => show(&ctx, output, &slug, toml).await,
        Command::Close { slug, reason } => close(&ctx, output, &slug, Some(&reason)).await,
        Command::Reopen { slug } => close(&ctx, output, &slug, None).await,
    }
}

async fn apply_all(
    ctx: &Context,
    output: Output,
    named: Vec<PathBuf>,
    dry_run: bool,
    take: Option<Side>,
) -> anyhow::Result<()> {
    let files = if named.is_empty() {
        charter_files(&ctx.settings)?
    } else {
        named
    };
    if files.is_empty() {
        bail!(
            "there is no charter in {}; name one, or write one with `folkmoot init`",
            ctx.settings.charters.display()
        );
    }
    let take = take.map(|side| match side {
        Side::File => Take::File,
        Side::Database => Take::Database,
    });
    // All in one transaction: of several charters, all are applied or none.
    let mut tx = ctx.write_durably().await?;
    let mark = rehearsal::begin(&mut tx).await?;
    let last_act = acts::last(&mut tx).await?;
    let mut changed = Vec::new();
    let (mut changes, mut lines) = (Vec::<Change>::new(), Vec::new());
    for file in &files {
        let text = read(file)?;
        let name = file.display().to_string();
        let (slug, found) = apply(&mut tx, ctx, &text, &name, take)
            .await
            .map_err(|error| placed(error, &name))?;
        if found.is_empty() {
            lines.push(format!("{slug}: nothing has changed"));
        }
        if !found.is_empty() {
            changed.push(slug.clone());
        }
        lines.extend(found.iter().map(|change| format!("{slug}: {change}")));
        changes.extend(found);
    }
    let warnings = files.iter().flat_map(|file| warnings(file, &ctx.settings));
    warnings.for_each(|warning| eprintln!("{warning}"));
    if !dry_run {
        open::commit(tx).await?;
        return output.show(&json!({ "changes": changes, "mails": [] }), lines);
    }
    rehearse::due_at_once(ctx, &mut tx, last_act).await?;
    let sent = rehearsal::counts(&mut tx, mark).await?;
    let planned = planned(ctx, &mut tx, &changed).await?;
    lines.extend(
        sent.iter()
            .map(|(mail, to)| format!("would send: {mail} to {to}")),
    );
    let weeks = format!("within {AHEAD} weeks");
    let said = |((slug, mail), (times, budgets)): (&(String, String), &(usize, Budgets))| {
        let Budgets {
            waiting,
            merged,
            dropped,
            ..
        } = budgets;
        let budgets = match waiting + merged + dropped {
            0 => String::new(),
            _ => format!("; to single people {waiting} wait, {merged} merged, {dropped} dropped"),
        };
        format!("{slug}: {mail}, {times} times {weeks}{budgets}")
    };
    lines.extend(planned.iter().map(said));
    let mails = sent
        .iter()
        .map(|(mail, to)| json!({ "mail": mail, "to": to }));
    let times = |((slug, mail), (times, budgets)): (&(String, String), &(usize, Budgets))| json!({ "community": slug, "mail": mail, "times": times, "recipients": budgets });
    let planned: Vec<_> = planned.iter().map(times).collect();
    let mails: Vec<_> = mails.collect();
    output.show(
        &json!({ "changes": changes, "mails": mails, "planned": planned }),
        lines,
    )
}

/// How often each mail and session is planned in the communities that change, and what
/// the budgets of their people do with it.
async fn planned(
    ctx: &Context,
    tx: &mut Tx,
    slugs: &[String],
) -> anyhow::Result<BTreeMap<(String, String), (usize, Budgets)>> {
    let (now, mut counts) = (ctx.now(), BTreeMap::new());
    for slug in slugs {
        let community = open::community(tx, slug).await?;
        let Some(charter) = ctx.charter(&community) else {
            continue;
        };
        let span = (None, now, now + AHEAD * 7 * 86_400_000);
        let calendar = preview::calendar(tx, &community, &charter, span).await?;
        for line in calendar
            .lines
            .iter()
            .filter(|line| line.outcome == "planned")
        {
            let key = (slug.clone(), line.mail.clone());
            let known: &mut (usize, Budgets) = counts.entry(key).or_default();
            *known = (known.0 + 1, known.1.and(Budgets::of(line)));
        }
    }
    Ok(counts)
}

/// Of several charters, the one that a conflict is about; other errors name it
/// themselves.
fn placed(error: apply::Error, file: &str) -> anyhow::Error {
    let apply::Error::Refused(refused) = error else {
        return error.into();
    };
    let lines: Vec<String> = refused
        .to_string()
        .lines()
        .map(|line| format!("{file}: {line}"))
        .collect();
    anyhow::anyhow!(lines.join("\n"))
}

fn read(file: &Path) -> anyhow::Result<String> {
    let bytes = std::fs::read(file)
        .with_context(|| format!("cannot read {}; check the name", file.display()))?;
    String::from_utf8(bytes)
        .with_context(|| format!("{} is not UTF-8; save it as UTF-8", file.display()))
}

async fn list(ctx: &Context, output: Output) -> anyhow::Result<()> {
    let all = communities::all(&mut ctx.read().await?).await?;
    let rows: Vec<_> = all
        .iter()
        .map(|c| json!({ "slug": c.slug, "name": c.name }))
        .collect();
    output.show(&rows, all.iter().map(|c| format!("{}\t{}", c.slug, c.name)))
}

/// Closes a community for a reason; without one, opens it again.
async fn close(
    ctx: &Context,
    output: Output,
    slug: &str,
    reason: Option<&str>,
) -> anyhow::Result<()> {
    let mut tx = ctx.write_durably().await?;
    let community = open::community(&mut tx, slug).await?;
    let charter = charter(ctx, &community)?;
    let done = match reason {
        Some(why) => closing::close(&mut tx, ctx, &community, &charter, why).await?,
        None => closing::reopen(&mut tx, ctx, &community, &charter).await?,
    };
    done.with_context(|| format!("{slug} was left as it is"))?;
    open::commit(tx).await?;
    let said = match reason {
        Some(_) => "is closed; whoever has its sessions in a calendar is told",
        None => "is open again",
    };
    output.show(
        &json!({ "slug": slug, "closed": reason.is_some() }),
        [format!("{slug} {said}")],
    )
}

fn charter(ctx: &Context, community: &Community) -> anyhow::Result<Arc<Charter>> {
    let slug = &community.slug;
    ctx.charter(community)
        .with_context(|| format!("the charter of {slug} cannot be read; apply its file again"))
}

async fn show(ctx: &Context, output: Output, slug: &str, toml: bool) -> anyhow::Result<()> {
    let community = open::community(&mut ctx.read().await?, slug).await?;
    let charter = charter(ctx, &community)?;
    let text = charter.to_toml();
    match (output.json, toml) {
        (true, true) => output.show(&json!({ "toml": text }), []),
        (true, false) => output.show(&*charter, []),
        (false, _) => {
            print!("{text}");
            Ok(())
        }
    }
}
