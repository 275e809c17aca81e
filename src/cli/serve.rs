//! `serve`: one node, until it is told to stop.

use std::io::Write;
use std::path::Path;

use anyhow::{Context as _, bail};
use chrono::DateTime;
use tokio::signal::unix::{SignalKind, signal};
use tracing_subscriber::EnvFilter;

use super::open;
use crate::node;

/// How logs look.
#[derive(Clone, Copy, Debug, PartialEq, Eq, clap::ValueEnum)]
pub enum LogFormat {
    /// Lines for people.
    Text,
    /// One JSON object a line.
    Json,
}

/// Starts logging to stderr. `RUST_LOG` says more or less than the default.
pub fn log(format: LogFormat, level: &str) {
    // sqlx warns of every slow statement; that is a node's business, not a command's.
    let sqlx = if level == "info" { "warn" } else { "error" };
    let filter = EnvFilter::try_from_default_env()
        .unwrap_or_else(|_| EnvFilter::new(format!("{level},sqlx={sqlx},lettre=warn")));
    let builder = tracing_subscriber::fmt()
        .with_env_filter(filter)
        .with_writer(std::io::stderr);
    // A second call, as tests make it, changes nothing.
    let _ = match format {
        LogFormat::Text => builder.with_ansi(false).try_init(),
        LogFormat::Json => builder.json().try_init(),
    };
}

/// Runs a node until SIGTERM or SIGINT; SIGHUP has it read its certificate anew.
///
/// # Errors
/// Where it cannot start, or a part of it died.
pub async fn run(config: Option<&Path>, test_clock: Option<&str>) -> anyhow::Result<()> {
    let settings = open::settings(config)?;
    let test_clock = test_clock.map(moment).transpose()?;
    let (mut terminate, mut interrupt) = (
        signal(SignalKind::terminate())?,
        signal(SignalKind::interrupt())?,
    );
    let mut hang_up = signal(SignalKind::hangup())?;
    let mut node = node::start(settings, test_clock).await?;
    for (name, address) in &node.addresses {
        tracing::info!(listener = name, address, "listening");
    }
    ready()?;
    let died = loop {
        tokio::select! {
            _ = terminate.recv() => break false,
            _ = interrupt.recv() => break false,
            _ = hang_up.recv() => node.reload(),
            () = node.part_died() => break true,
        }
    };
    tracing::info!("stopping");
    node.stop().await;
    if died {
        bail!(
            "a part of the node died; its last words are in the log above. Start it again: nothing is lost"
        );
    }
    Ok(())
}

fn ready() -> std::io::Result<()> {
    let mut out = std::io::stdout().lock();
    writeln!(out, "ready")?;
    out.flush()
}

/// A moment in RFC 3339 as milliseconds since 1970.
///
/// # Errors
/// Where it is none.
pub fn moment(text: &str) -> anyhow::Result<i64> {
    let moment = DateTime::parse_from_rfc3339(text)
        .with_context(|| format!("{text:?} is not a moment; write it as 2026-01-05T09:00:00Z"))?;
    Ok(moment.timestamp_millis())
}
