//! `session`: what is planned, and who comes.

use std::path::Path;

use clap::Subcommand;

use super::output::Output;
use super::session_roster;

/// `session …`
#[derive(Debug, Subcommand)]
pub enum Command {
    /// Who comes to a series, or to one session of it
    Roster(session_roster::Arguments),
}

/// Runs one of them.
///
/// # Errors
/// What is wrong and what to do.
pub async fn run(config: Option<&Path>, output: Output, command: Command) -> anyhow::Result<()> {
    match command {
        Command::Roster(arguments) => session_roster::run(config, output, &arguments).await,
    }
}
