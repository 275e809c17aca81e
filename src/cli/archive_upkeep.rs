//! `archive move`, `archive redact` and `archive rebuild`: what is done to an archive that
//! is there.

use anyhow::{Context as _, bail};
use serde_json::json;

use super::open;
use super::output::{Output, confirmed, progress};
use crate::archive::keeping;
use crate::archive::rebuild as archive_rebuild;
use crate::archive::relocate as archive_relocate;
use crate::context::Context;
use crate::links;
use crate::lists::erasure;
use crate::store::communities::{self, Community};
use crate::store::posts::{self, Post};
use crate::store::{Durability, Tx, raws};

/// Puts a post elsewhere; both posts are named by Message-ID or link.
pub(super) async fn relocate(
    ctx: &Context,
    output: Output,
    community: &Community,
    post: &str,
    below: Option<&str>,
) -> anyhow::Result<()> {
    let mut tx = ctx.db.write(Durability::Full).await?;
    communities::lock(&mut tx, community.id).await?;
    let named = find(&mut tx, community, post).await?;
    let by = ("the operator", ctx.now());
    let done = match below {
        Some(parent) => {
            let parent = find(&mut tx, community, parent).await?;
            archive_relocate::move_below(&mut tx, &named, &parent, by).await?
        }
        None => archive_relocate::split(&mut tx, &named, by).await?,
    };
    if let Err(why) = done {
        bail!("<{}> was not moved: {why}", named.message_id);
    }
    let now = posts::by_id(&mut tx, named.id)
        .await?
        .context("the post is gone; try again")?;
    tx.commit().await?;
    let thread = links::message(&ctx.settings.base_url, &community.slug, &named.message_id);
    let line = match below {
        Some(_) => format!("<{}> answers that post now: {thread}", named.message_id),
        None => format!(
            "<{}> begins a thread of its own: {thread}",
            named.message_id
        ),
    };
    output.show(
        &json!({ "message_id": now.message_id, "thread": now.thread_id }),
        [line],
    )
}

async fn find(tx: &mut Tx, community: &Community, name: &str) -> anyhow::Result<Post> {
    let post = posts::named(tx, community.id, name).await?;
    post.with_context(|| {
        format!(
            "{name} is in no post of {}; give its Message-ID or the link to its page",
            community.slug
        )
    })
}

/// Packs, moves and deletes all that waits for it, and says how much room messages take.
pub(super) async fn pack(ctx: &Context, output: Output) -> anyhow::Result<()> {
    let done = keeping::keep(&ctx.db, || true).await?;
    let sizes = raws::sizes(&mut ctx.read().await?).await?;
    let line = format!(
        "{} messages packed, {} objects written, {} deleted; {} octets are kept in {} here",
        done.packed,
        done.moved,
        done.deleted,
        sizes.came,
        sizes.rows + sizes.bodies
    );
    output.show(
        &json!({ "packed": done.packed, "moved": done.moved, "deleted": done.deleted,
            "came": sizes.came, "rows": sizes.rows, "bodies": sizes.bodies }),
        [line],
    )
}

/// Erases a post, after asking.
pub(super) async fn redact(
    ctx: &Context,
    output: Output,
    community: &Community,
    (post, yes): (&str, bool),
) -> anyhow::Result<()> {
    let named = find(&mut ctx.read().await?, community, post).await?;
    let what = format!(
        "“{}” of {} will be gone, and cannot come back.",
        named.subject, named.author_address
    );
    if !yes && !confirmed(&what)? {
        bail!("nothing was erased");
    }
    let mut tx = ctx.write_durably().await?;
    communities::lock(&mut tx, community.id).await?;
    let is_new = erasure::redact(&mut tx, ctx, &named, "by the operator").await?;
    open::commit(tx).await?;
    let page = links::message(&ctx.settings.base_url, &community.slug, &named.message_id);
    let line = match is_new {
        true => format!("<{}> is erased; its page says so: {page}", named.message_id),
        false => format!("<{}> was erased before: {page}", named.message_id),
    };
    output.show(
        &json!({ "message_id": named.message_id, "erased": is_new }),
        [line],
    )
}

/// Makes the indexes of these archives anew.
pub(super) async fn rebuild(
    ctx: &Context,
    output: Output,
    all: &[Community],
) -> anyhow::Result<()> {
    let mut done = Vec::new();
    for community in all {
        let (posts, ..) = posts::counts(&mut ctx.read().await?, community.id).await?;
        let bar = progress(posts.unsigned_abs() * 2);
        let rebuilt =
            archive_rebuild::rebuild(&ctx.db, community.id, |step| bar.set_position(step)).await;
        bar.finish_and_clear();
        done.push((
            community.slug.as_str(),
            rebuilt.context("run the command again")?,
        ));
    }
    if !output.json {
        for (slug, note) in done
            .iter()
            .flat_map(|(slug, one)| one.notes.iter().map(move |note| (slug, note)))
        {
            eprintln!("{slug}: {note}");
        }
    }
    let rows: Vec<_> = done
        .iter()
        .map(|(slug, one)| json!({ "slug": slug, "posts": one.posts, "moved": one.moved, "notes": one.notes }))
        .collect();
    let line = |(slug, one): &(&str, archive_rebuild::Rebuilt)| {
        format!(
            "{slug}: {} posts rebuilt, {} stand elsewhere now",
            one.posts, one.moved
        )
    };
    output.show(&rows, done.iter().map(line))
}
