//! `/c/SLUG/m/ID`: one message; `/c/SLUG/m/ID/raw`: the same as it came. What is attached
//! and its own layout are in [`super::part_show`].

use axum::extract::{Path, State};
use axum::http::header;
use axum::response::{IntoResponse, Response};

use super::answer::{Found, Refusal, answer, refuse};
use super::archive_entry::{Archive, enter};
use super::asked::{self, Asked};
use super::headers::{CSP_DOWNLOAD, CSP_FRAMING};
use super::pages::message::MessagePage;
use super::pages::post::{File, Post, PostView, anchor};
use super::visitor::Visitor;
use crate::clock::moment;
use crate::context::Context;
use crate::message;
use crate::store::intake;
use crate::store::threads::{self, Whole};

/// What a page shows of a message beside its text.
#[derive(Debug, Default)]
pub(super) struct Parts {
    /// What is attached.
    pub(super) files: Vec<File>,
    /// Whether it has a layout of its own, in HTML that may be shown.
    pub(super) has_html: bool,
}

/// Shows a message; with `?layout=own` as its author laid it out, in a frame.
pub(super) async fn show(
    State(ctx): State<Context>,
    Path((slug, id)): Path<(String, String)>,
    visitor: Visitor,
    asked: Asked,
) -> Response {
    let own = asked::value(&asked, "layout") == "own";
    let found = find(&ctx, (&slug, &id), &visitor, own).await;
    // A page without a frame has the policy of all others: it tells nothing apart.
    let is_framing = found.as_ref().is_ok_and(|page| page.frame_href.is_some());
    let shown = answer(&ctx, found);
    match is_framing {
        true => ([(header::CONTENT_SECURITY_POLICY, CSP_FRAMING)], shown).into_response(),
        false => shown,
    }
}

/// The page that a visitor sees.
pub(super) async fn find(
    ctx: &Context,
    (slug, id): (&str, &str),
    visitor: &Visitor,
    own_layout: bool,
) -> Found<MessagePage> {
    let mut tx = ctx.read().await?;
    let archive = enter(&mut tx, ctx, slug, visitor).await?;
    let post = archive.legible(&mut tx, id).await?;
    let whole = threads::whole(&mut tx, &[post.id])
        .await?
        .pop()
        .ok_or(Refusal::NotFound)?;
    let raw = intake::message(&mut tx, post.raw_id).await?.raw;
    drop(tx);
    let parts = parts(raw).await;
    let mut view = view(&archive, &whole, 0, &parts);
    if view.subject.trim().is_empty() {
        view.subject = "(no subject)".to_owned();
    }
    let to = |rest: &str| archive.path(&format!("m/{id}{rest}"));
    Ok(MessagePage {
        community: archive.head(),
        post: view,
        thread_href: archive.path(&format!("t/{id}#{}", anchor(id))),
        raw_href: Some(to("/raw")),
        frame_href: (own_layout && parts.has_html).then(|| to("/html")),
        text_href: own_layout.then(|| to("")),
        layout_href: (!own_layout && parts.has_html).then(|| to("?layout=own")),
    })
}

/// Gives a message as it came: to be kept, never to be shown by the browser.
pub(super) async fn download(
    State(ctx): State<Context>,
    Path((slug, id)): Path<(String, String)>,
    visitor: Visitor,
) -> Response {
    match raw(&ctx, (&slug, &id), &visitor).await {
        Ok((_, raw)) => {
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

/// A message as it came, and the archive that it is in.
pub(super) async fn raw(
    ctx: &Context,
    (slug, id): (&str, &str),
    visitor: &Visitor,
) -> Found<(Archive, Vec<u8>)> {
    let mut tx = ctx.read().await?;
    let archive = enter(&mut tx, ctx, slug, visitor).await?;
    let post = archive.legible(&mut tx, id).await?;
    let raw = intake::message(&mut tx, post.raw_id).await?.raw;
    Ok((archive, raw))
}

/// A post of an archive as its pages show it.
pub(super) fn view(archive: &Archive, whole: &Whole, depth: usize, parts: &Parts) -> PostView {
    let post = &whole.post;
    let shown = Post {
        permalink: &post.permalink,
        depth,
        author: author(&post.author_name, &post.author_address),
        sent_at: moment(post.sent_at),
        subject: &post.subject,
        text: &whole.text,
        attachments: &parts.files,
    };
    PostView::new(&archive.community.slug, &shown, archive.is_public())
}

/// Who wrote: a name, or the address where there is none.
pub(super) fn author<'a>(name: &'a str, address: &'a str) -> &'a str {
    [name.trim(), address.trim()]
        .into_iter()
        .find(|text| !text.is_empty())
        .unwrap_or("(unknown)")
}

/// What a message has beside its text. A large one takes a while to read, which must
/// not hold up others.
pub(super) async fn parts(raw: Vec<u8>) -> Parts {
    let read = move || {
        let mail = message::parse(&raw);
        let files = mail.attachments.into_iter().map(|part| File {
            name: part.name,
            kind: part.media_type,
            size: part.size as u64,
            part: Some(part.part),
        });
        Parts {
            files: files.collect(),
            has_html: mail.html.is_some(),
        }
    };
    tokio::task::spawn_blocking(read).await.unwrap_or_default()
}
