//! `clock`: asks a running node to show or move its test clock.

use std::path::Path;
use std::time::Duration;

use anyhow::bail;
use clap::Subcommand;
use serde_json::json;

use super::output::Output;
use super::{open, serve};
use crate::clock::{rfc3339, system_ms};
use crate::config::duration;
use crate::store::{Durability, nodes, requests};

/// `clock …`
#[derive(Debug, Subcommand)]
pub enum Command {
    /// The node's civil time
    Show,
    /// Steps through every due moment up to so much later
    Advance {
        /// Such as 36h, 7d, 13w
        duration: String,
    },
    /// Steps through every due moment up to this one
    Set {
        /// Such as 2026-01-05T09:00:00Z
        moment: String,
    },
}

/// Asks and prints the answer.
///
/// # Errors
/// Where no node runs, it runs on the time of day, or the clock would go back.
pub async fn run(config: Option<&Path>, output: Output, command: Command) -> anyhow::Result<()> {
    let (kind, argument) = match command {
        Command::Show => ("clock-show", String::new()),
        Command::Set { moment } => ("clock-set", serve::moment(&moment)?.to_string()),
        Command::Advance { duration } => ("clock-advance", milliseconds(&duration)?.to_string()),
    };
    let (_, db) = open::database(config).await?;
    let answer = ask(&db, kind, &argument).await?;
    let now = rfc3339(answer.parse()?);
    output.show(&json!({ "now": now }), [now.clone()])
}

fn milliseconds(text: &str) -> anyhow::Result<i64> {
    match duration::parse(text) {
        Ok(duration) => Ok(duration.num_milliseconds()),
        Err(problem) => bail!("{problem}"),
    }
}

async fn ask(db: &crate::store::Db, kind: &str, argument: &str) -> anyhow::Result<String> {
    const NONE: &str = "no node is running; start one with `folkmoot serve --test-clock MOMENT`";
    let mut tx = match db.write(Durability::Full).await {
        Ok(tx) => tx,
        Err(error) => bail!("{NONE} ({error})"),
    };
    if !nodes::any_alive(&mut tx, system_ms())
        .await
        .unwrap_or(false)
    {
        bail!(NONE);
    }
    let id = requests::ask(&mut tx, kind, argument).await?;
    open::commit(tx).await?;
    let answer = wait(db, id).await;
    let mut tx = db.write(Durability::Full).await?;
    requests::remove(&mut tx, id).await?;
    tx.commit().await?;
    answer
}

async fn wait(db: &crate::store::Db, id: i64) -> anyhow::Result<String> {
    loop {
        let mut tx = db.read().await?;
        match requests::read(&mut tx, id).await? {
            Some((state, answer)) if state == "done" => return Ok(answer),
            Some((state, answer)) if state == "refused" => bail!(answer),
            None => bail!("the node lost the request; ask again"),
            Some(_) => {}
        }
        if !nodes::any_alive(&mut tx, system_ms()).await? {
            bail!("the node stopped before it answered; start it again and ask again");
        }
        drop(tx);
        tokio::time::sleep(Duration::from_millis(15)).await;
    }
}
