//! `doctor`: looks at a whole installation as whoever uses it meets it, from its files
//! to what the world sees of it, and says of each thing whether it is well and what to
//! do. It changes nothing and sends no mail.

mod ask;
mod certificate;
mod disk;
mod exchange;
mod keys;
mod policy;
mod relay;
mod storage;
mod validity;

use std::path::Path;
use std::process::ExitCode;
use std::time::Duration;

use serde::Serialize;

use super::check;
use super::output::Output;
use crate::config::{Problem, Settings, find_config};
use ask::Ask;

/// The longest wait for one answer of the network.
const PATIENCE: Duration = Duration::from_secs(10);

/// How well one thing is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
enum Level {
    Ok,
    Warn,
    Fail,
}

/// One thing that was looked at.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
struct Finding {
    level: Level,
    what: String,
    /// What to do; empty where it is well.
    instead: String,
}

fn ok(what: impl Into<String>) -> Finding {
    finding(Level::Ok, what, "")
}

fn warn(what: impl Into<String>, instead: impl Into<String>) -> Finding {
    finding(Level::Warn, what, instead)
}

fn fail(what: impl Into<String>, instead: impl Into<String>) -> Finding {
    finding(Level::Fail, what, instead)
}

fn finding(level: Level, what: impl Into<String>, instead: impl Into<String>) -> Finding {
    Finding {
        level,
        what: what.into(),
        instead: instead.into(),
    }
}

impl Finding {
    fn line(&self) -> String {
        let level = match self.level {
            Level::Ok => "ok  ",
            Level::Warn => "warn",
            Level::Fail => "FAIL",
        };
        match self.instead.as_str() {
            "" => format!("{level}  {}", self.what),
            instead => format!("{level}  {}; {instead}", self.what),
        }
    }
}

/// Looks at everything; exit status 1 where one thing fails.
///
/// # Errors
/// Where there is no configuration at all.
pub async fn run(config: Option<&Path>, output: Output) -> anyhow::Result<ExitCode> {
    let file = find_config(config)?;
    let all = all(&file).await;
    output.show(&all, all.iter().map(Finding::line))?;
    Ok(match all.iter().any(|one| one.level == Level::Fail) {
        true => ExitCode::FAILURE,
        false => ExitCode::SUCCESS,
    })
}

async fn all(file: &Path) -> Vec<Finding> {
    let mut all: Vec<_> = check::problems(file).await.iter().map(told).collect();
    if all.is_empty() {
        let what = format!("configuration, charters and templates: {}", file.display());
        all.push(ok(what));
    }
    // Without settings nothing else can be looked at.
    if let Ok(settings) = Settings::load(file) {
        all.extend(disk::look(&settings));
        all.extend(storage::look(&settings).await);
        all.extend(certificate::look(&settings));
        all.extend(world(&settings).await);
        all.push(relay::look(&settings).await);
    }
    all
}

fn told(problem: &Problem) -> Finding {
    let place = format!("{}:{}:{}", problem.file, problem.line, problem.column);
    let level = match problem.is_error() {
        true => Level::Fail,
        false => Level::Warn,
    };
    finding(
        level,
        format!("{place}: {}", problem.what),
        &problem.instead,
    )
}

/// What the world is told of us by DNS.
async fn world(settings: &Settings) -> Vec<Finding> {
    let mut found = Vec::new();
    match Ask::new(settings).await {
        Ok(ask) => {
            found.extend(keys::look(settings, Some(&ask)).await);
            let (exchangers, addresses) = exchange::look(settings, &ask).await;
            found.extend(exchangers);
            found.extend(policy::look(settings, &ask, &addresses).await);
            found.extend(exchange::names(&ask, &addresses).await);
        }
        Err(why_not) => {
            found.push(why_not);
            found.extend(keys::look(settings, None).await);
        }
    }
    found
}

#[cfg(test)]
mod tests;
