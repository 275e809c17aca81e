//! `session`: what is planned, and what a person changes about it.

use std::collections::HashMap;
use std::path::Path;

use anyhow::{Context as _, bail};
use chrono::{DateTime, NaiveDate, TimeDelta};
use clap::{Args, Subcommand};
use serde_json::json;

use super::open;
use super::output::Output;
use super::{
    session_agenda, session_attendance, session_host, session_participation, session_roster,
};
use crate::clock::rfc3339;
use crate::config::{Charter, duration};
use crate::context::Context;
use crate::lists::home::Home;
use crate::sessions::change::{self, Changed};
use crate::sessions::repeating::{self, Rhythm};
use crate::sessions::single::{self, New};
use crate::store::communities::Community;
use crate::store::{Millis, Tx, hosts, sessions};

/// No list has more lines.
const MOST_LISTED: i64 = 10_000;

/// Who has changed something, for the trail.
const BY: &str = "the operator";

/// `session …`
#[derive(Debug, Subcommand)]
pub enum Command {
    /// All sessions that are planned, were held or cancelled
    List {
        /// The community
        slug: String,
    },
    /// Who comes to a series, or to one session of it
    Roster(session_roster::Arguments),
    /// Notes who came to a session that is over, as its host says it in a mail
    Attendance(session_attendance::Arguments),
    /// How many were invited, said that they come and came, session by session
    Participation(session_participation::Arguments),
    /// Sets who hosts one session, whoever was asked or has agreed before
    Host(session_host::Arguments),
    /// What members want to talk about at one session
    Agenda(Which),
    /// Adds a session, or with --rule a series to the charter, and invites everybody
    Add(AddArguments),
    /// Moves one session; whoever was invited is told
    Move {
        /// The community
        slug: String,
        /// The series, as the charter names it
        series: String,
        /// The session's original day, also where it was moved before
        #[arg(long, value_name = "DATE")]
        on: NaiveDate,
        /// When it begins
        #[arg(long, value_name = "RFC3339")]
        to: DateTime<chrono::FixedOffset>,
    },
    /// Cancels one session, or all that are still to come
    Cancel {
        /// The community
        slug: String,
        /// The series, as the charter names it
        series: String,
        /// The session's original day; without it, all that are still to come
        #[arg(long, value_name = "DATE")]
        on: Option<NaiveDate>,
        /// Why, for whoever was invited
        #[arg(long, default_value = "")]
        reason: String,
    },
}

/// One session of a series.
#[derive(Debug, Args)]
pub struct Which {
    /// Which community
    pub(super) slug: String,
    /// Which series
    pub(super) series: String,
    /// The session's original day, also after it was moved
    #[arg(long, value_name = "DATE")]
    pub(super) on: NaiveDate,
}

/// `session add …`
#[derive(Debug, Args)]
pub struct AddArguments {
    /// The community
    slug: String,
    /// What it is called
    #[arg(long)]
    title: String,
    /// When it begins
    #[arg(long, value_name = "RFC3339")]
    at: DateTime<chrono::FixedOffset>,
    /// How long it takes, such as 90m
    #[arg(long, default_value = "1h")]
    duration: String,
    /// How it repeats (RFC 5545), such as FREQ=WEEKLY;INTERVAL=2;BYDAY=TU
    #[arg(long, value_name = "RRULE")]
    rule: Option<String>,
    /// The last day of the series
    #[arg(long, value_name = "DATE", requires = "rule")]
    until: Option<NaiveDate>,
    /// Where to go
    #[arg(long, default_value = "")]
    location: String,
    /// Where to join
    #[arg(long, default_value = "")]
    link: String,
}

/// Runs it.
///
/// # Errors
/// What is wrong and what to do.
pub async fn run(config: Option<&Path>, output: Output, command: Command) -> anyhow::Result<()> {
    let ctx = open::context(config).await?;
    match command {
        Command::List { slug } => list(&ctx, output, &slug).await,
        Command::Roster(arguments) => session_roster::run(&ctx, output, &arguments).await,
        Command::Attendance(arguments) => session_attendance::run(&ctx, output, &arguments).await,
        Command::Participation(arguments) => {
            session_participation::run(&ctx, output, &arguments).await
        }
        Command::Host(arguments) => session_host::run(&ctx, output, &arguments).await,
        Command::Agenda(which) => session_agenda::run(&ctx, output, &which).await,
        Command::Add(arguments) => add(&ctx, output, &arguments).await,
        Command::Move {
            slug,
            series,
            on,
            to,
        } => {
            let mut desk = Desk::open(&ctx, &slug).await?;
            let which = (series.as_str(), on);
            let (tx, home) = desk.parts(&ctx);
            let moved = change::move_one(tx, &home, which, to.to_utc(), BY).await?;
            let starts = done(moved)?.starts_at;
            desk.commit().await?;
            output.show(
                &json!({ "series": series, "on": on, "starts": rfc3339(starts) }),
                [],
            )
        }
        Command::Cancel {
            slug,
            series,
            on,
            reason,
        } => cancel(&ctx, output, (&slug, &series), on, &reason).await,
    }
}

/// A transaction on one community.
pub(super) struct Desk {
    tx: Tx,
    community: Community,
    charter: std::sync::Arc<Charter>,
}

impl Desk {
    pub(super) async fn open(ctx: &Context, slug: &str) -> anyhow::Result<Desk> {
        let mut tx = ctx.write_durably().await?;
        let community = open::community(&mut tx, slug).await?;
        let charter = ctx.charter(&community).with_context(|| {
            format!("the charter of {slug} cannot be read; apply its file again")
        })?;
        Ok(Desk {
            tx,
            community,
            charter,
        })
    }

    pub(super) fn parts<'a>(&'a mut self, ctx: &'a Context) -> (&'a mut Tx, Home<'a>) {
        let home = Home {
            ctx,
            community: &self.community,
            charter: &self.charter,
        };
        (&mut self.tx, home)
    }

    pub(super) async fn commit(self) -> anyhow::Result<()> {
        open::commit(self.tx).await
    }
}

/// What was done; a refusal is an error that says what to do.
fn done<T>(changed: Changed<T>) -> anyhow::Result<T> {
    changed.map_err(|why| anyhow::anyhow!(why.to_string()))
}

async fn list(ctx: &Context, output: Output, slug: &str) -> anyhow::Result<()> {
    let mut tx = ctx.read().await?;
    let community = open::community(&mut tx, slug).await?;
    let span = (Millis::MIN, Millis::MAX);
    let all = sessions::between(&mut tx, community.id, span, MOST_LISTED).await?;
    let hosts = hosts::named(&mut tx, community.id).await?;
    let hosts: HashMap<(&str, &str), &str> = hosts
        .iter()
        .map(|one| ((&*one.series, &*one.on_date), &*one.address))
        .collect();
    let host = |row: &sessions::Listed| hosts.get(&(&*row.slug, &*row.on_date)).copied();
    let rows = all.iter().map(|row| {
        json!({
            "series": row.slug,
            "on": row.on_date,
            "starts": rfc3339(row.starts_at),
            "state": row.state,
            "host": host(row),
        })
    });
    let lines = all.iter().map(|row| {
        let why = match row.reason.as_str() {
            "" => String::new(),
            why => format!(": {why}"),
        };
        let (on, starts) = (&row.on_date, rfc3339(row.starts_at));
        let host = host(row).map(|host| format!("\t{host} hosts"));
        let host = host.unwrap_or_default();
        format!("{}\t{on}\t{starts}\t{}{why}{host}", row.slug, row.state)
    });
    output.show(&rows.collect::<Vec<_>>(), lines)
}

async fn add(ctx: &Context, output: Output, arguments: &AddArguments) -> anyhow::Result<()> {
    let new = New {
        title: arguments.title.clone(),
        starts: arguments.at.to_utc(),
        duration: length(&arguments.duration)?,
        location: one_line("--location", &arguments.location)?,
        link: one_line("--link", &arguments.link)?,
    };
    let mut desk = Desk::open(ctx, &arguments.slug).await?;
    let zone = desk.charter.timezone;
    let (tx, home) = desk.parts(ctx);
    if let Some(rule) = &arguments.rule {
        let rhythm = Rhythm {
            rule: rule.clone(),
            until: arguments.until,
        };
        let slug = done(repeating::add(tx, &home, (&new, &rhythm), "operator").await?)?;
        desk.commit().await?;
        let on = new.starts.with_timezone(&zone).date_naive();
        let shown = json!({ "series": slug, "on": on.to_string() });
        let line = format!("added as {slug}; `community show --toml` has it now");
        return output.show(&shown, [line]);
    }
    let added = done(single::add(tx, &home, &new, "operator").await?)?;
    desk.commit().await?;
    let shown = json!({ "series": added.slug, "on": added.starts.get(..10) });
    output.show(&shown, [format!("added as {}", added.slug)])
}

fn length(text: &str) -> anyhow::Result<TimeDelta> {
    let found = duration::parse(text);
    found.map_err(|why| anyhow::anyhow!("--duration: {why}"))
}

fn one_line(key: &str, text: &str) -> anyhow::Result<String> {
    if text.contains(char::is_control) || text.chars().count() > 1_000 {
        bail!("{key} is no line of at most 1,000 characters; write a shorter one");
    }
    Ok(text.trim().to_owned())
}

async fn cancel(
    ctx: &Context,
    output: Output,
    (slug, series): (&str, &str),
    on: Option<NaiveDate>,
    reason: &str,
) -> anyhow::Result<()> {
    let reason = one_line("--reason", reason)?;
    let mut desk = Desk::open(ctx, slug).await?;
    let (tx, home) = desk.parts(ctx);
    let done_so = match on {
        Some(on) => change::cancel_one(tx, &home, (series, on), &reason, BY).await?,
        None => change::cancel_all(tx, &home, series, &reason, BY).await?,
    };
    done(done_so)?;
    desk.commit().await?;
    output.show(
        &json!({ "series": series, "on": on, "state": "cancelled" }),
        [],
    )
}
