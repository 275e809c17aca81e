//! `hold`: posts that wait for a moderator.

use std::path::Path;

use clap::Subcommand;
use serde_json::json;

use super::open;
use super::output::Output;
use crate::clock::rfc3339;
use crate::context::Context;
use crate::lists::moderation::{Choice, decide};
use crate::message;
use crate::store::{held, intake};

/// `hold …`
#[derive(Debug, Subcommand)]
pub enum Command {
    /// All held posts of a community
    List {
        /// The community
        slug: String,
    },
    /// Lets a post go to the list
    Accept {
        /// As `hold list` shows it
        id: i64,
    },
    /// Refuses a post
    Reject {
        /// As `hold list` shows it
        id: i64,
        /// Why
        #[arg(long, default_value = "no reason given")]
        reason: String,
    },
}

/// Runs it.
///
/// # Errors
/// What is wrong and what to do.
pub async fn run(config: Option<&Path>, output: Output, command: Command) -> anyhow::Result<()> {
    let ctx = open::context(config).await?;
    match command {
        Command::List { slug } => list(&ctx, output, &slug).await,
        Command::Accept { id } => act(&ctx, output, id, &Choice::Accept, "accepted").await,
        Command::Reject { id, reason } => {
            act(&ctx, output, id, &Choice::Reject(reason), "rejected").await
        }
    }
}

async fn act(
    ctx: &Context,
    output: Output,
    id: i64,
    choice: &Choice,
    done: &str,
) -> anyhow::Result<()> {
    let mut tx = ctx.write_durably().await?;
    decide(&mut tx, ctx, id, choice, "the operator").await?;
    open::commit(tx).await?;
    output.show(
        &json!({ "id": id, "decision": done }),
        [format!("{id} was {done}")],
    )
}

async fn list(ctx: &Context, output: Output, slug: &str) -> anyhow::Result<()> {
    let mut tx = ctx.read().await?;
    let community = open::community(&mut tx, slug).await?;
    let (mut rows, mut lines) = (Vec::new(), Vec::new());
    for post in held::list(&mut tx, community.id).await? {
        let mail = message::parse(&intake::message(&mut tx, post.raw_id).await?.raw);
        let from = mail
            .from
            .first()
            .map(|from| from.address.clone())
            .unwrap_or_default();
        let reasons: Vec<&str> = post.reason.lines().collect();
        lines.push(format!(
            "{}\t{}\t{from}\t{}\t{}",
            post.id,
            rfc3339(post.done_at),
            mail.subject,
            reasons.join("; ")
        ));
        rows.push(json!({
            "id": post.id,
            "message_id": post.message_id,
            "subject": mail.subject,
            "from": from,
            "reasons": reasons,
            "at": rfc3339(post.done_at),
        }));
    }
    output.show(&rows, lines)
}
