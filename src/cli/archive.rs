//! `archive`: in, out, search, threads.

use std::collections::HashMap;
use std::fs::File;
use std::io::BufWriter;
use std::path::{Path, PathBuf};

use anyhow::{Context as _, bail};
use clap::{Subcommand, ValueEnum};
use serde_json::json;

use super::output::{Output, progress};
use super::{archive_upkeep, open};
use crate::archive::fetch::{self, Asked};
use crate::archive::query::Query;
use crate::archive::snippet::{snippet, to_html, to_text};
use crate::archive::transfer::{self, Imported, Target};
use crate::archive::{out, source};
use crate::clock::rfc3339;
use crate::context::Context;
use crate::store::communities::{self, Community};
use crate::store::posts::{self, Post};
use crate::store::threads::Whole;
use crate::web::still;

/// Posts that one search shows.
const PER_PAGE: usize = 100;

/// Rows read at a time.
const PAGE: i64 = 1_000;

/// `archive …`
#[derive(Debug, Subcommand)]
pub enum Command {
    /// Reads mailboxes into the archive; run again, it goes on where it stopped
    Import {
        /// The community
        slug: String,
        /// An mbox, compressed or not; a Maildir; an export as JSON; a folder of Pipermail
        file: PathBuf,
    },
    /// Writes the whole archive
    Export {
        /// The community
        slug: String,
        /// The file or folder, which must not exist yet
        file: PathBuf,
        /// As what
        #[arg(long, value_enum, default_value_t = Format::Mbox)]
        format: Format,
    },
    /// Searches, best first
    Search {
        /// The community
        slug: String,
        /// Words, "phrases", prefix*, -without, one OR other, from:, subject:, before:, after:,
        /// has:pdf, thread:LINK, is:learning
        #[arg(required = true)]
        query: Vec<String>,
        /// Which hundred of them, from 1
        #[arg(long, default_value_t = 1)]
        page: usize,
    },
    /// Every post with its parent and thread
    Threads {
        /// The community
        slug: String,
    },
    /// Puts a post, with all that answers it, below another; or into a thread of its own
    Move {
        /// The community
        slug: String,
        /// The post: its Message-ID or the link to its page
        post: String,
        /// What it answers; without this it begins a thread
        #[arg(long)]
        below: Option<String>,
    },
    /// Erases a post: its words, its author, what was attached. It cannot be undone
    Redact {
        /// The community
        slug: String,
        /// The post: its Message-ID or the link to its page
        post: String,
        /// Do not ask
        #[arg(long)]
        yes: bool,
    },
    /// Packs messages and moves them to the object store now; the nodes do so by themselves
    Pack,
    /// Makes texts, threads and the index anew from the messages, while the nodes run
    Rebuild {
        /// The community; without it, all
        slug: Option<String>,
    },
}

/// What an archive is written as.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum Format {
    /// One file, mboxrd
    Mbox,
    /// A folder, a file a message
    Maildir,
    /// A folder of pages for a browser, without a server
    Html,
    /// A file, an object a line
    Json,
}

/// Runs it.
///
/// # Errors
/// What is wrong and what to do.
pub async fn run(config: Option<&Path>, output: Output, command: Command) -> anyhow::Result<()> {
    let ctx = &open::context(config).await?;
    match &command {
        Command::Import { slug, file } => import(ctx, output, &of(ctx, slug).await?, file).await,
        Command::Export { slug, file, format } => {
            export(ctx, output, &of(ctx, slug).await?, (file, *format)).await
        }
        Command::Search { slug, query, page } => {
            let asked = (query.join(" "), *page);
            search(ctx, output, &of(ctx, slug).await?, (&asked.0, asked.1)).await
        }
        Command::Threads { slug } => threads(ctx, output, &of(ctx, slug).await?).await,
        Command::Move { slug, post, below } => {
            let community = of(ctx, slug).await?;
            archive_upkeep::relocate(ctx, output, &community, post, below.as_deref()).await
        }
        Command::Redact { slug, post, yes } => {
            archive_upkeep::redact(ctx, output, &of(ctx, slug).await?, (post, *yes)).await
        }
        Command::Pack => archive_upkeep::pack(ctx, output).await,
        Command::Rebuild { slug: Some(slug) } => {
            archive_upkeep::rebuild(ctx, output, &[of(ctx, slug).await?]).await
        }
        Command::Rebuild { slug: None } => {
            let all = communities::all(&mut ctx.read().await?).await?;
            archive_upkeep::rebuild(ctx, output, &all).await
        }
    }
}

async fn of(ctx: &Context, slug: &str) -> anyhow::Result<Community> {
    open::community(&mut ctx.read().await?, slug).await
}

async fn import(
    ctx: &Context,
    output: Output,
    community: &Community,
    file: &Path,
) -> anyhow::Result<()> {
    let unreadable = || format!("cannot read {}; check the name", file.display());
    let sources = source::find(file).with_context(unreadable)?;
    let bar = progress(sources.iter().map(|source| source.size).sum());
    let target = Target {
        ctx,
        community: community.id,
        now: ctx.now(),
    };
    let mut done = Imported::default();
    let mut before = 0;
    for one in &sources {
        let mails = one.open().with_context(unreadable)?;
        let read = transfer::import(&target, mails, |position| {
            bar.set_position(before + position)
        });
        let read = read.await;
        before += one.size;
        let name = one.path.display().to_string();
        let stopped =
            || format!("{name}: the import stopped; what came before is in, run it again to go on");
        done.add(read.with_context(stopped)?, &name);
    }
    bar.finish_and_clear();
    if !output.json {
        for note in &done.notes {
            eprintln!("{note}");
        }
        if done.more_notes > 0 {
            eprintln!("and {} more of that kind", done.more_notes);
        }
    }
    let mut line = format!(
        "{} messages imported, {} were there already",
        done.added, done.duplicates
    );
    if done.erased > 0 {
        line += &format!(", {} left out: they were erased here", done.erased);
    }
    output.show(&done, [line])
}

async fn export(
    ctx: &Context,
    output: Output,
    community: &Community,
    (file, format): (&Path, Format),
) -> anyhow::Result<()> {
    let (total, ..) = posts::counts(&mut ctx.read().await?, community.id).await?;
    let bar = indicatif::ProgressBar::new(total.unsigned_abs());
    let told = |done| bar.set_position(done);
    let (db, id) = (&ctx.db, community.id);
    let must = || format!("cannot write {}; it must not exist yet", file.display());
    if file.exists() {
        bail!("{}", must());
    }
    let created = || {
        File::create_new(file)
            .map(BufWriter::new)
            .with_context(must)
    };
    let count = match format {
        Format::Mbox => transfer::export(db, id, created()?, told).await?,
        Format::Json => out::json(db, id, created()?, told).await?,
        Format::Maildir => out::maildir(db, id, file, told).await.with_context(must)?,
        Format::Html => still::write(ctx, &community.slug, file, told).await?,
    };
    bar.finish_and_clear();
    output.show(
        &json!({ "messages": count }),
        [format!("{count} messages exported")],
    )
}

async fn search(
    ctx: &Context,
    output: Output,
    community: &Community,
    (query, page): (&str, usize),
) -> anyhow::Result<()> {
    let query = Query::parse(query);
    let asked = Asked {
        community: community.id,
        now: ctx.now(),
        of_members: true,
        offset: (page.max(1) - 1) * PER_PAGE,
        limit: PER_PAGE,
    };
    let found = fetch::search(&mut ctx.read().await?, &query, asked).await?;
    let rows: Vec<_> = found
        .posts
        .iter()
        .map(|Whole { post, text, .. }| {
            json!({
                "message_id": post.message_id,
                "subject": post.subject,
                "from": post.author_address,
                "date": rfc3339(post.sent_at),
                "snippet": to_html(&snippet(text, &query)),
            })
        })
        .collect();
    let lines = |Whole { post, text, .. }: &Whole| {
        let post = format!(
            "{}\t{}\t{}\t{}",
            rfc3339(post.sent_at),
            post.author_address,
            post.subject,
            post.message_id
        );
        [post, format!("\t{}", to_text(&snippet(text, &query)))]
    };
    output.show(&rows, found.posts.iter().flat_map(lines))
}

async fn threads(ctx: &Context, output: Output, community: &Community) -> anyhow::Result<()> {
    let all = all_posts(ctx, community.id).await?;
    let names: HashMap<i64, &str> = all
        .iter()
        .map(|post| (post.id, post.message_id.as_str()))
        .collect();
    let name = |id: i64| names.get(&id).copied();
    // A thread is named after its first post, also where that one came late.
    let mut roots: HashMap<i64, &Post> = HashMap::new();
    for post in &all {
        let root = roots.entry(post.thread_id).or_insert(post);
        if (post.parent_id.is_some(), post.sent_at, post.id)
            < (root.parent_id.is_some(), root.sent_at, root.id)
        {
            *root = post;
        }
    }
    let root = |post: &Post| {
        roots
            .get(&post.thread_id)
            .map(|root| root.message_id.as_str())
    };
    let rows: Vec<_> = all
        .iter()
        .map(|post| json!({ "message_id": post.message_id, "parent": post.parent_id.and_then(name), "thread": root(post) }))
        .collect();
    let line = |post: &Post| {
        format!(
            "{}\t{}\t{}",
            root(post).unwrap_or(""),
            post.message_id,
            post.parent_id.and_then(name).unwrap_or("")
        )
    };
    output.show(&rows, all.iter().map(line))
}

async fn all_posts(ctx: &Context, community: i64) -> anyhow::Result<Vec<Post>> {
    let mut all: Vec<Post> = Vec::new();
    loop {
        let after = all.last().map_or(0, |post| post.id);
        let page = posts::page(&mut ctx.read().await?, community, after, PAGE).await?;
        if page.is_empty() {
            return Ok(all);
        }
        all.extend(page);
    }
}
