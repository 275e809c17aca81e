//! Parts of a message: `/c/SLUG/m/ID/a/N`, what is attached to it, and
//! `/c/SLUG/m/ID/html`, the layout of its own.

use axum::extract::{Path, State};
use axum::http::header;
use axum::response::{Html, IntoResponse, Response};

use super::answer::{Found, Refusal, refuse};
use super::asked::encode;
use super::headers::{CSP_DOWNLOAD, CSP_FRAMED_MAIL};
use super::message_show::raw;
use super::pages::framed::framed;
use super::text::mask_addresses;
use super::visitor::Visitor;
use crate::context::Context;
use crate::message;
use crate::message::attachments::{self, Attachment};

/// Gives what is attached, under its own name, to be kept: whatever it says that it is,
/// the browser shows nothing of it.
pub(super) async fn download(
    State(ctx): State<Context>,
    Path((slug, id, part)): Path<(String, String, String)>,
    visitor: Visitor,
) -> Response {
    match attached(&ctx, (&slug, &id, &part), &visitor).await {
        Ok((file, content)) => {
            let headers = [
                (header::CONTENT_TYPE, "application/octet-stream".to_owned()),
                (header::CONTENT_DISPOSITION, disposition(&file.name)),
                (header::CONTENT_SECURITY_POLICY, CSP_DOWNLOAD.to_owned()),
            ];
            (headers, content).into_response()
        }
        Err(refusal) => refuse(&ctx, refusal),
    }
}

/// What is attached: its name and kind, and its content.
pub(super) async fn attached(
    ctx: &Context,
    (slug, id, part): (&str, &str, &str),
    visitor: &Visitor,
) -> Found<(Attachment, Vec<u8>)> {
    let (_, raw) = raw(ctx, (slug, id), visitor).await?;
    let part = part.parse().map_err(|_| Refusal::NotFound)?;
    // A large message takes a while to read, which must not hold up others.
    let read = tokio::task::spawn_blocking(move || attachments::content(&raw, part));
    read.await.ok().flatten().ok_or(Refusal::NotFound)
}

/// The name in both forms (RFC 6266, section 4.3): what is not ASCII only in the second.
fn disposition(name: &str) -> String {
    let plain: String = name
        .chars()
        .map(|c| match c {
            '"' | '\\' | '%' => '_',
            c if c.is_ascii_graphic() || c == ' ' => c,
            _ => '_',
        })
        .collect();
    format!(
        "attachment; filename=\"{plain}\"; filename*=UTF-8''{}",
        encode(name)
    )
}

/// Shows the layout of a message alone, made safe, for the frame on the message's page.
pub(super) async fn layout(
    State(ctx): State<Context>,
    Path((slug, id)): Path<(String, String)>,
    visitor: Visitor,
) -> Response {
    match own_html(&ctx, (&slug, &id), &visitor).await {
        Ok(html) => {
            let policy = [(header::CONTENT_SECURITY_POLICY, CSP_FRAMED_MAIL)];
            (policy, Html(framed(&html))).into_response()
        }
        Err(refusal) => refuse(&ctx, refusal),
    }
}

async fn own_html(ctx: &Context, (slug, id): (&str, &str), visitor: &Visitor) -> Found<String> {
    let (archive, raw) = raw(ctx, (slug, id), visitor).await?;
    let read = tokio::task::spawn_blocking(move || message::parse(&raw).html);
    let html = read.await.ok().flatten().ok_or(Refusal::NotFound)?;
    Ok(match archive.is_public() {
        true => mask_addresses(&html),
        false => html,
    })
}

#[cfg(test)]
mod tests {
    use super::disposition;

    #[test]
    fn a_name_is_given_in_both_forms() {
        assert_eq!(
            disposition("Plan \"A\" für 100%.pdf"),
            "attachment; filename=\"Plan _A_ f_r 100_.pdf\"; \
             filename*=UTF-8''Plan%20%22A%22%20f%C3%BCr%20100%25.pdf"
        );
    }
}
