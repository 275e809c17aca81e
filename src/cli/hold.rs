//! `hold`: posts that wait for a moderator.

use std::path::Path;

use clap::Subcommand;
use serde_json::json;

use super::open;
use super::output::Output;
use crate::clock::rfc3339;
use crate::context::Context;
use crate::lists::moderation::{By, Choice, Refused, decide, reasons};
use crate::message;
use crate::store::{held, holds, intake};

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
        #[arg(long, default_value = "")]
        reason: String,
    },
    /// Drops a post without a word
    Discard {
        /// As `hold list` shows it
        id: i64,
    },
    /// Lets a post go to the list, and all later posts of its author
    Trust {
        /// As `hold list` shows it
        id: i64,
    },
    /// Drops a post, and all later posts of its author
    Ban {
        /// As `hold list` shows it
        id: i64,
    },
    /// Shows a post that waits or has waited: why, and its text
    Show {
        /// As `hold list` shows it
        id: i64,
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
        Command::Discard { id } => act(&ctx, output, id, &Choice::Discard, "discarded").await,
        Command::Trust { id } => act(&ctx, output, id, &Choice::Trust, "trusted").await,
        Command::Ban { id } => act(&ctx, output, id, &Choice::Ban, "banned").await,
        Command::Show { id } => show(&ctx, output, id).await,
    }
}

async fn show(ctx: &Context, output: Output, id: i64) -> anyhow::Result<()> {
    let mut tx = ctx.read().await?;
    let hold = holds::by_id(&mut tx, id).await?;
    let hold = hold.ok_or(Refused::Gone(id))?;
    let mail = message::parse(&intake::message(&mut tx, hold.raw_id).await?.raw);
    let (reasons, decided_at) = (reasons(&hold), hold.decided_at.map(rfc3339));
    let attachments: Vec<_> = mail.attachments.iter().map(|a| a.name.clone()).collect();
    let mut lines = vec![
        format!("From: {} <{}>", hold.author_name, hold.author),
        format!("Subject: {}", hold.subject),
        format!("Held: {}", rfc3339(hold.held_at)),
        format!("Expires: {}", rfc3339(hold.expires_at)),
    ];
    lines.extend(reasons.iter().map(|reason| format!("Why: {reason}")));
    lines.extend(attachments.iter().map(|name| format!("Attached: {name}")));
    if let Some(at) = &decided_at {
        lines.push(format!(
            "Decided: {at}\t{} {}",
            hold.outcome, hold.decided_by
        ));
    }
    lines.push(String::new());
    lines.extend(mail.text.lines().map(str::to_owned));
    let shown = json!({
        "id": id,
        "message_id": hold.message_id,
        "subject": hold.subject,
        "from": hold.author,
        "reasons": reasons,
        "at": rfc3339(hold.held_at),
        "expires": rfc3339(hold.expires_at),
        "outcome": Some(&hold.outcome).filter(|outcome| !outcome.is_empty()),
        "decided_at": decided_at,
        "decided_by": Some(&hold.decided_by).filter(|by| !by.is_empty()),
        "reason": Some(&hold.reason).filter(|reason| !reason.is_empty()),
        "attachments": attachments,
        "text": mail.text,
    });
    output.show(&shown, lines)
}

async fn act(
    ctx: &Context,
    output: Output,
    id: i64,
    choice: &Choice,
    done: &str,
) -> anyhow::Result<()> {
    let mut tx = ctx.write_durably().await?;
    decide(&mut tx, ctx, id, choice, &By::operator()).await?;
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
