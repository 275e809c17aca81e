//! `/c/SLUG/m/ID`: one message; `/c/SLUG/m/ID/raw`: the same as it came.

use axum::extract::{Path, State};
use axum::http::header;
use axum::response::{IntoResponse, Response};

use super::answer::{Found, Refusal, answer, refuse};
use super::archive_entry::{Archive, enter};
use super::headers::CSP_DOWNLOAD;
use super::pages::message::MessagePage;
use super::pages::post::{Post, PostView, anchor};
use crate::clock::moment;
use crate::context::Context;
use crate::message;
use crate::store::intake;
use crate::store::threads::{self, Whole};

/// Name, media type and octets of each attachment.
pub(super) type Attached = Vec<(String, String, u64)>;

/// Shows a message.
pub(super) async fn show(
    State(ctx): State<Context>,
    Path((slug, id)): Path<(String, String)>,
) -> Response {
    answer(&ctx, find(&ctx, &slug, &id).await)
}

async fn find(ctx: &Context, slug: &str, id: &str) -> Found<MessagePage> {
    let mut tx = ctx.read().await?;
    let archive = enter(&mut tx, ctx, slug).await?;
    let post = archive.post(&mut tx, id).await?;
    let whole = threads::whole(&mut tx, &[post.id])
        .await?
        .pop()
        .ok_or(Refusal::NotFound)?;
    let raw = intake::message(&mut tx, post.raw_id).await?.raw;
    drop(tx);
    let mut view = view(&archive, &whole, 0, &attached(raw).await);
    if view.subject.trim().is_empty() {
        view.subject = "(no subject)".to_owned();
    }
    Ok(MessagePage {
        community: archive.head(),
        post: view,
        thread_href: archive.path(&format!("t/{id}#{}", anchor(id))),
        raw_href: Some(archive.path(&format!("m/{id}/raw"))),
    })
}

/// Gives a message as it came: to be kept, never to be shown by the browser.
pub(super) async fn download(
    State(ctx): State<Context>,
    Path((slug, id)): Path<(String, String)>,
) -> Response {
    match raw(&ctx, &slug, &id).await {
        Ok(raw) => {
            let headers = [
                // Not message/rfc822: some browsers would show it.
                (header::CONTENT_TYPE, "application/octet-stream".to_owned()),
                (
                    header::CONTENT_DISPOSITION,
                    format!("attachment; filename=\"{id}.eml\""),
                ),
                (header::CONTENT_SECURITY_POLICY, CSP_DOWNLOAD.to_owned()),
            ];
            (headers, raw).into_response()
        }
        Err(refusal) => refuse(&ctx, refusal),
    }
}

async fn raw(ctx: &Context, slug: &str, id: &str) -> Found<Vec<u8>> {
    let mut tx = ctx.read().await?;
    let archive = enter(&mut tx, ctx, slug).await?;
    let post = archive.post(&mut tx, id).await?;
    Ok(intake::message(&mut tx, post.raw_id).await?.raw)
}

/// A post of a public archive as its pages show it.
pub(super) fn view(
    archive: &Archive,
    whole: &Whole,
    depth: usize,
    attachments: &Attached,
) -> PostView {
    let post = &whole.post;
    let shown = Post {
        permalink: &post.permalink,
        depth,
        author: author(&post.author_name, &post.author_address),
        sent_at: moment(post.sent_at),
        subject: &post.subject,
        text: &whole.text,
        attachments,
    };
    PostView::new(&archive.community.slug, &shown, true)
}

/// Who wrote: a name, or the address where there is none.
pub(super) fn author<'a>(name: &'a str, address: &'a str) -> &'a str {
    [name.trim(), address.trim()]
        .into_iter()
        .find(|text| !text.is_empty())
        .unwrap_or("(unknown)")
}

/// What is attached to a message. A large one takes a while to read, which must
/// not hold up others.
pub(super) async fn attached(raw: Vec<u8>) -> Attached {
    let read = move || {
        let found = message::parse(&raw).attachments.into_iter();
        found
            .map(|part| (part.name, part.media_type, part.size as u64))
            .collect()
    };
    tokio::task::spawn_blocking(read).await.unwrap_or_default()
}
