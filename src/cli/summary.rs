//! `summary`: what a sponsor is asked and told.

use std::path::Path;

use anyhow::bail;
use chrono::NaiveDate;
use clap::{Subcommand, ValueEnum};
use serde_json::json;

use super::open;
use super::output::Output;
use crate::context::Context;
use crate::lists::home::Home;
use crate::store::Tx;
use crate::summaries::asks::{self, New};
use crate::summaries::sponsor_summary::{self, Made};

/// `summary …`
#[derive(Debug, Subcommand)]
pub enum Command {
    /// The next summary, as it would go out now
    Preview {
        /// The community
        slug: String,
        /// Who would read it
        #[arg(long, value_enum)]
        to: Reader,
    },
    /// Asks the sponsor for something, with the next summary that has room
    Ask {
        /// The community
        slug: String,
        /// What is asked for, one line
        text: String,
        /// What it costs, in words
        #[arg(long, default_value = "")]
        cost: String,
        /// The day by which it is wanted, as 2030-01-31
        #[arg(long)]
        by: Option<NaiveDate>,
    },
}

/// Who reads a summary.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum Reader {
    /// A member, two days before
    Member,
    /// The sponsor
    Sponsor,
}

/// Runs it.
///
/// # Errors
/// What is wrong and what to do.
pub async fn run(config: Option<&Path>, output: Output, command: Command) -> anyhow::Result<()> {
    let ctx = open::context(config).await?;
    match command {
        Command::Preview { slug, to } => preview(&ctx, output, &slug, to).await,
        Command::Ask {
            slug,
            text,
            cost,
            by,
        } => ask(&ctx, output, &slug, (&text, &cost, by)).await,
    }
}

async fn ask(
    ctx: &Context,
    output: Output,
    slug: &str,
    (text, cost, wanted_by): (&str, &str, Option<NaiveDate>),
) -> anyhow::Result<()> {
    let mut tx = ctx.write_durably().await?;
    let community = open::community(&mut tx, slug).await?;
    let Some(charter) = ctx.charter(&community) else {
        bail!("the charter of {slug} cannot be read; try `folkmoot check`");
    };
    let home = Home {
        ctx,
        community: &community,
        charter: &charter,
    };
    let new = New {
        by: "",
        text,
        cost,
        wanted_by,
    };
    match asks::record(&mut tx, &home, &new).await? {
        Ok(done) => {
            let line = home.say(&done);
            open::commit(tx).await?;
            output.show(&json!({ "asked": text, "told": line }), [line])
        }
        Err(why) => bail!("{}", home.say(&why)),
    }
}

async fn preview(ctx: &Context, output: Output, slug: &str, to: Reader) -> anyhow::Result<()> {
    let mut tx = ctx.read().await?;
    let community = open::community(&mut tx, slug).await?;
    let Some(charter) = ctx.charter(&community) else {
        bail!("the charter of {slug} cannot be read; try `folkmoot check`");
    };
    let home = Home {
        ctx,
        community: &community,
        charter: &charter,
    };
    let Some(mail) = composed(&mut tx, &home, to).await? else {
        bail!(
            "the charter of {slug} plans no summary; name a `[[sponsor]]` with `summary = \"0 9 1 * *\"`"
        );
    };
    let lines = std::iter::once(format!("Subject: {}", mail.subject))
        .chain(std::iter::once(String::new()))
        .chain(mail.text.lines().map(str::to_owned));
    let lines: Vec<String> = lines.collect();
    let shown = json!({
        "subject": mail.subject,
        "text": mail.text,
        "html": mail.html,
        "csv": mail.csv,
        "due": crate::clock::rfc3339(mail.due_at),
    });
    output.show(&shown, lines)
}

/// A mail as its reader would see it.
struct Seen {
    subject: String,
    text: String,
    html: String,
    csv: String,
    due_at: i64,
}

async fn composed(tx: &mut Tx, home: &Home<'_>, to: Reader) -> anyhow::Result<Option<Seen>> {
    let reader = match to {
        Reader::Member => sponsor_summary::Reader::Member,
        Reader::Sponsor => sponsor_summary::Reader::Sponsor,
    };
    let Some((due_at, made)) = sponsor_summary::preview(tx, home, reader).await? else {
        return Ok(None);
    };
    let Made { mail, csv, .. } = made;
    let csv = String::from_utf8_lossy(&csv.bytes).into_owned();
    let fields = match to {
        Reader::Sponsor => serde_json::to_value(&mail)?,
        Reader::Member => serde_json::to_value(sponsor_summary::as_preview(home, mail, due_at))?,
    };
    let name = match to {
        Reader::Sponsor => sponsor_summary::NAME,
        Reader::Member => sponsor_summary::PREVIEW,
    };
    let (language, slug) = (&home.charter.language, &home.community.slug);
    let part = |part: &str| {
        let templates = &home.ctx.templates;
        templates.render_mail(language, slug, name, part, &fields)
    };
    Ok(Some(Seen {
        subject: part("subject")?.trim().to_owned(),
        text: part("txt")?,
        html: part("html")?,
        csv,
        due_at,
    }))
}
