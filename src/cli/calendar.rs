//! `calendar`: what a community's charter will cause, and what it has caused.

use std::path::Path;

use anyhow::{Context as _, bail};
use clap::Args;

use super::open;
use super::output::Output;
use super::serve;
use crate::cadence::preview::{self, Budgets, Calendar, Line, MOST_LINES, SESSION};
use crate::clock::moment;
use crate::config::Charter;

const WEEK: i64 = 7 * 86_400_000;

/// `calendar …`
#[derive(Debug, Args)]
pub struct Arguments {
    /// Which community
    slug: String,
    /// How many weeks ahead; ten years at most
    #[arg(long, default_value_t = 13, value_parser = clap::value_parser!(i64).range(0..=522))]
    weeks: i64,
    /// What was due from this moment on, too, and what became of it
    #[arg(long, value_name = "RFC3339")]
    since: Option<String>,
}

/// Prints it, and sends nothing.
///
/// # Errors
/// What is wrong and what to do.
pub async fn run(
    config: Option<&Path>,
    output: Output,
    arguments: &Arguments,
) -> anyhow::Result<()> {
    let ctx = open::context(config).await?;
    let now = ctx.now();
    let since = arguments.since.as_deref().map(serve::moment).transpose()?;
    if since.is_some_and(|since| since > now) {
        bail!("--since is a moment to come; name one that has passed, or leave it out");
    }
    let mut tx = ctx.read().await?;
    let community = open::community(&mut tx, &arguments.slug).await?;
    let charter = ctx.charter(&community).with_context(|| {
        let slug = &community.slug;
        format!("the charter of {slug} cannot be read; apply its file again")
    })?;
    let span = (since, now, now + arguments.weeks * WEEK);
    let calendar = preview::calendar(&mut tx, &community, &charter, span).await?;
    warn(&calendar);
    let lines = calendar.lines.iter().map(|line| told(line, &charter));
    output.show(&calendar.lines, lines)
}

fn warn(calendar: &Calendar) {
    if calendar.is_cut {
        eprintln!(
            "folkmoot: the list ends after {} lines ({MOST_LINES} at most, and a limit of \
             recipients); ask for fewer --weeks",
            calendar.lines.len()
        );
    }
}

/// A line for people, on the community's clock: `Tue 2026-01-13 16:00  session …`.
fn told(line: &Line, charter: &Charter) -> String {
    let at = moment(line.at).with_timezone(&charter.timezone);
    let at = at.format("%a %Y-%m-%d %H:%M");
    if line.mail == SESSION {
        let series = line.series.as_deref().unwrap_or_default();
        return fitting(format!("{at}  session {series}: {}", line.reason));
    }
    let about = line
        .series
        .as_deref()
        .map(|series| format!(" {series} {}", line.on));
    let count = line
        .recipients
        .iter()
        .filter(|one| one.outcome == line.outcome);
    let what = match line.outcome {
        "planned" => format!("to {}{}", count.count(), told_of_budgets(line)),
        "sent" => format!("sent to {}", count.count()),
        other => format!("{other}: {}", line.reason),
    };
    fitting(format!(
        "{at}  {}{}  {what}",
        line.mail,
        about.unwrap_or_default()
    ))
}

/// What the budgets of its recipients do with a planned mail, where they do anything.
fn told_of_budgets(line: &Line) -> String {
    let budgets = Budgets::of(line);
    let all = [
        (budgets.waiting, "wait"),
        (budgets.merged, "merged"),
        (budgets.dropped, "dropped"),
    ];
    let some = all.into_iter().filter(|(count, _)| *count > 0);
    let some: Vec<_> = some
        .map(|(count, word)| format!("{count} {word}"))
        .collect();
    match some.is_empty() {
        true => String::new(),
        false => format!(" ({})", some.join(", ")),
    }
}

/// Eighty columns.
fn fitting(line: String) -> String {
    match line.chars().count() > 80 {
        true => line.chars().take(79).chain(['…']).collect(),
        false => line,
    }
}
