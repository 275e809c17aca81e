//! One file a command.

pub mod address_list;
pub mod archive;
mod archive_upkeep;
pub mod calendar;
pub mod check;
pub mod clock;
pub mod community;
pub mod demo;
pub mod doctor;
pub mod hold;
pub mod init;
mod learning;
pub mod inject;
pub mod inspect;
pub mod member;
pub mod member_data;
pub mod member_import;
pub mod member_invite;
pub mod open;
pub mod output;
pub mod queue;
pub mod serve;
pub mod session;
mod session_attendance;
mod session_participation;
pub mod session_agenda;
mod session_host;
mod session_roster;
pub mod standing;
pub mod summary;
pub mod survey;
pub mod why;

use std::path::PathBuf;
use std::process::ExitCode;

use clap::{Parser, Subcommand};

use crate::lists::standing::Verdict;
use output::Output;

/// Runs communities of practice over mail and calendar.
#[derive(Debug, Parser)]
#[command(name = "folkmoot", version, propagate_version = true)]
pub struct Cli {
    /// The configuration [default: ./folkmoot.toml, then /etc/folkmoot/folkmoot.toml]
    #[arg(long, global = true, value_name = "FILE")]
    config: Option<PathBuf>,
    /// One JSON document on stdout, nothing else there
    #[arg(long, global = true)]
    json: bool,
    /// How logs look on stderr
    #[arg(long, global = true, value_enum, default_value = "text")]
    log_format: serve::LogFormat,
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, Subcommand)]
enum Command {
    /// A whole community's quarter on this machine, with simulated members
    Demo {
        /// How many weeks are played
        #[arg(long, default_value_t = 13, value_parser = clap::value_parser!(u32).range(1..=520))]
        weeks: u32,
        /// Where its files go and stay; otherwise they are temporary
        #[arg(long)]
        dir: Option<PathBuf>,
        /// Ends when the weeks are over instead of leaving the pages up
        #[arg(long)]
        once: bool,
    },
    /// Runs one node; prints `ready` when every listener is bound
    Serve {
        /// The civil clock stands still at this moment until `clock` moves it
        #[arg(long, value_name = "RFC3339")]
        test_clock: Option<String>,
    },
    /// Reads configuration, charters, templates and database; names every error
    Check,
    /// Looks at a whole installation, as its users meet it: files, database, DNS, relay
    Doctor,
    /// Writes a commented configuration, a first charter and DKIM keys
    Init {
        /// Where to
        #[arg(default_value = ".")]
        dir: PathBuf,
    },
    /// Applies pending migrations
    Migrate,
    /// Founds, changes and shows communities
    #[command(subcommand)]
    Community(community::Command),
    /// Adds, changes and lists members
    #[command(subcommand)]
    Member(member::Command),
    /// Every address that is taken
    Addresses {
        /// As a Postfix map
        #[arg(long)]
        postfix: bool,
    },
    /// Takes in one message by the same path as LMTP; prints its Message-ID
    Inject(inject::Arguments),
    /// What folkmoot makes of a message, one JSON object a line
    Inspect(inspect::Arguments),
    /// The recorded trail of a message or an address
    Why {
        /// A Message-ID, with or without angle brackets, or an address
        subject: String,
    },
    /// Held posts
    #[command(subcommand)]
    Hold(hold::Command),
    /// Whose posts go nowhere
    #[command(subcommand)]
    Ban(standing::Command),
    /// Whose posts need no moderator
    #[command(subcommand)]
    Trust(standing::Command),
    /// Learnings: lists and exports them
    #[command(subcommand)]
    Learning(learning::Command),
    /// Surveys: opens and closes them, shows their results
    #[command(subcommand)]
    Survey(survey::Command),
    /// Summaries for sponsors: shows the next one, asks for something
    #[command(subcommand)]
    Summary(summary::Command),
    /// The outbox
    #[command(subcommand)]
    Queue(queue::Command),
    /// The archive
    #[command(subcommand)]
    Archive(archive::Command),
    /// Sessions: lists, adds, moves and cancels them
    #[command(subcommand)]
    Session(session::Command),
    /// Every session and every mail that a charter will cause, without sending any
    Calendar(calendar::Arguments),
    /// The clock of a node that runs on a test clock
    #[command(subcommand)]
    Clock(clock::Command),
}

/// Reads the arguments, runs the command, and gives its exit status: 0 done, 1
/// refused or failed, 2 wrong usage.
pub fn main() -> ExitCode {
    let cli = Cli::parse();
    // A node tells what it does; a command speaks only of what went wrong.
    let level = if matches!(cli.command, Command::Serve { .. }) {
        "info"
    } else {
        "warn"
    };
    serve::log(cli.log_format, level);
    let runtime = match tokio::runtime::Builder::new_multi_thread()
        .enable_all()
        .build()
    {
        Ok(runtime) => runtime,
        Err(error) => return fail(&anyhow::anyhow!("cannot start: {error}")),
    };
    let result = runtime.block_on(run(cli));
    runtime.shutdown_background();
    match result {
        Ok(code) => code,
        Err(error) => fail(&error),
    }
}

fn fail(error: &anyhow::Error) -> ExitCode {
    eprintln!("folkmoot: {}", told(error));
    ExitCode::FAILURE
}

/// An error with its causes. Many an error names its cause in its own text: what
/// has been said is not said again.
fn told(error: &anyhow::Error) -> String {
    let mut text = String::new();
    for cause in error.chain().map(ToString::to_string) {
        if text.is_empty() {
            text = cause;
        } else if !text.contains(&cause) {
            text = format!("{text}: {cause}");
        }
    }
    text
}

async fn run(cli: Cli) -> anyhow::Result<ExitCode> {
    let config = cli.config.as_deref();
    let output = Output { json: cli.json };
    match cli.command {
        Command::Demo { weeks, dir, once } => demo::run(weeks, dir, once).await?,
        Command::Serve { test_clock } => serve::run(config, test_clock.as_deref()).await?,
        Command::Check => return check::run(config, output).await,
        Command::Doctor => return doctor::run(config, output).await,
        Command::Init { dir } => init::run(&dir)?,
        Command::Migrate => open::database(config).await?.1.migrate().await?,
        Command::Community(command) => community::run(config, output, command).await?,
        Command::Member(command) => return member::run(config, output, command).await,
        Command::Addresses { postfix } => address_list::run(config, output, postfix).await?,
        Command::Inject(arguments) => inject::run(config, output, &arguments).await?,
        Command::Inspect(arguments) => inspect::run(config, &arguments).await?,
        Command::Why { subject } => why::run(config, output, &subject).await?,
        Command::Hold(command) => hold::run(config, output, command).await?,
        Command::Ban(command) => standing::run(config, output, command, Verdict::Ban).await?,
        Command::Trust(command) => standing::run(config, output, command, Verdict::Trust).await?,
        Command::Learning(command) => learning::run(config, output, command).await?,
        Command::Survey(command) => survey::run(config, output, command).await?,
        Command::Summary(command) => summary::run(config, output, command).await?,
        Command::Queue(command) => queue::run(config, output, command).await?,
        Command::Archive(command) => archive::run(config, output, command).await?,
        Command::Session(command) => session::run(config, output, command).await?,
        Command::Calendar(arguments) => calendar::run(config, output, &arguments).await?,
        Command::Clock(command) => clock::run(config, output, command).await?,
    }
    Ok(ExitCode::SUCCESS)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_cause_is_told_once() {
        let cause = || std::io::Error::other("no such file");
        let named = anyhow::Error::new(cause()).context("cannot open x: no such file; look there");
        assert_eq!(told(&named), "cannot open x: no such file; look there");
        let unnamed = anyhow::Error::new(cause()).context("cannot open x");
        assert_eq!(told(&unnamed), "cannot open x: no such file");
    }
}
