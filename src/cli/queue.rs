//! `queue`: the outbox.

use std::path::Path;

use clap::Subcommand;
use serde_json::{Value, json};

use super::open;
use super::output::Output;
use crate::clock::rfc3339;
use crate::store::intake;
use crate::store::outbox::{self, Delivery};

/// Rows that are listed at most.
const MOST: i64 = 10_000;

/// `queue …`
#[derive(Debug, Subcommand)]
pub enum Command {
    /// What waits, is being sent, or was put off
    List,
    /// Tries everything again now, messages that were set aside too
    Retry,
}

/// Runs it.
///
/// # Errors
/// Where the database refuses.
pub async fn run(config: Option<&Path>, output: Output, command: Command) -> anyhow::Result<()> {
    let ctx = open::context(config).await?;
    match command {
        Command::List => {
            let all = outbox::unfinished(&mut ctx.read().await?, MOST).await?;
            let rows: Vec<Value> = all.iter().map(shown).collect();
            output.show(&rows, all.iter().map(line))
        }
        Command::Retry => {
            let mut tx = ctx.write_durably().await?;
            let mails = outbox::retry_now(&mut tx, ctx.now()).await?;
            let messages = intake::unpark(&mut tx, ctx.now()).await?;
            open::commit(tx).await?;
            let text =
                format!("{mails} mails and {messages} messages that were set aside are due now");
            output.show(&json!({ "mails": mails, "messages": messages }), [text])
        }
    }
}

fn shown(row: &Delivery) -> Value {
    json!({
        "id": row.id,
        "message_id": row.message_id,
        "mail": row.name,
        "address": row.recipient,
        "state": row.state,
        "attempts": row.attempts,
        "created_at": rfc3339(row.created_at),
        "next_at": rfc3339(row.next_at),
        "reply": row.reply,
    })
}

fn line(row: &Delivery) -> String {
    format!(
        "{}\t{}\t{}\t{}\tnext {}\t{}",
        row.id,
        row.state,
        row.recipient,
        row.message_id,
        rfc3339(row.next_at),
        row.reply
    )
}
