//! `queue`: the outbox.

use std::path::Path;

use clap::Subcommand;
use serde_json::{Value, json};

use super::open;
use super::output::Output;
use crate::clock::rfc3339;
use crate::store::intake::{self, Parked};
use crate::store::offers::{self, Shown};
use crate::store::outbox::{self, Delivery};

/// Rows that are listed at most.
const MOST: i64 = 10_000;

/// `queue …`
#[derive(Debug, Subcommand)]
pub enum Command {
    /// What waits, is being sent, was put off, came in and was set aside, or is offered
    /// and waits for room in its recipient's budget
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
            let mut tx = ctx.read().await?;
            let all = outbox::unfinished(&mut tx, MOST).await?;
            let parked = intake::parked(&mut tx, MOST).await?;
            let offered = offers::waiting(&mut tx, MOST).await?;
            let mut rows: Vec<Value> = all.iter().map(shown).collect();
            rows.extend(parked.iter().map(parked_shown));
            rows.extend(offered.iter().map(offered_shown));
            let lines = all.iter().map(line).chain(parked.iter().map(parked_line));
            output.show(&rows, lines.chain(offered.iter().map(offered_line)))
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

/// A message that came in and was set aside, in the same form: nothing is sent
/// for it before `queue retry`.
fn parked_shown(row: &Parked) -> Value {
    json!({
        "id": row.id,
        "message_id": row.message_id,
        "mail": null,
        "address": row.recipient,
        "state": "parked",
        "attempts": row.attempts,
        "created_at": rfc3339(row.received_at),
        "next_at": null,
        "reply": row.reason,
    })
}

fn parked_line(row: &Parked) -> String {
    format!(
        "{}\tparked\t{}\t{}\tat `queue retry`\t{}",
        row.id, row.recipient, row.message_id, row.reason
    )
}

/// A mail that waits for room in its recipient's budget, in the same form: it is not in
/// the outbox yet, and `queue retry` does not hurry it.
fn offered_shown(row: &Shown) -> Value {
    json!({
        "id": row.id,
        "message_id": row.message_id,
        "mail": row.name,
        "address": row.recipient,
        "state": "offered",
        "attempts": 0,
        "created_at": rfc3339(row.due_at),
        "due_at": rfc3339(row.due_at),
        "next_at": rfc3339(row.next_at),
        "reply": row.reason,
    })
}

fn offered_line(row: &Shown) -> String {
    format!(
        "{}\toffered\t{}\t{} {}\tdue {}, next {}\t{}",
        row.id,
        row.recipient,
        row.name,
        row.message_id,
        rfc3339(row.due_at),
        rfc3339(row.next_at),
        row.reason
    )
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
