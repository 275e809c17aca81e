//! `/c/SLUG/mbox/YYYY-MM`: the messages of a month as they came, as an mbox, for a mail
//! program. However long a month is, a few messages of it are held at a time.

use axum::body::{Body, Bytes};
use axum::extract::{Path, State};
use axum::http::header;
use axum::response::{IntoResponse, Response};
use futures_util::stream;

use super::answer::{Found, Refusal, refuse};
use super::archive_entry::{Archive, enter};
use super::archive_front::{first_day, stretch};
use super::headers::CSP_DOWNLOAD;
use super::visitor::Visitor;
use crate::archive::transfer::write_post;
use crate::context::Context;
use crate::store::posts::{self, Month, Post};
use crate::store::{self, Millis};

/// Gives the mailbox.
pub(super) async fn show(
    State(ctx): State<Context>,
    Path((slug, month)): Path<(String, String)>,
    visitor: Visitor,
) -> Response {
    match find(&ctx, (&slug, &month), &visitor).await {
        Ok(rest) => {
            let headers = [
                (header::CONTENT_TYPE, "application/mbox".to_owned()),
                (
                    header::CONTENT_DISPOSITION,
                    format!("attachment; filename=\"{slug}-{month}.mbox\""),
                ),
                (header::CONTENT_SECURITY_POLICY, CSP_DOWNLOAD.to_owned()),
            ];
            (headers, body(rest)).into_response()
        }
        Err(refusal) => refuse(&ctx, refusal),
    }
}

/// What is still to be given.
struct Rest {
    ctx: Context,
    month: Month,
    after: (Millis, i64),
}

async fn find(ctx: &Context, (slug, month): (&str, &str), visitor: &Visitor) -> Found<Rest> {
    let mut tx = ctx.read().await?;
    let Archive {
        community,
        of_members,
        ..
    } = enter(&mut tx, ctx, slug, visitor).await?;
    let (from, to) = stretch(first_day(month).ok_or(Refusal::NotFound)?);
    let rest = Rest {
        ctx: ctx.clone(),
        month: Month {
            community_id: community.id,
            from,
            to,
            of_members,
        },
        after: (i64::MIN, 0),
    };
    let is_empty = posts::next_of_month(&mut tx, rest.month, rest.after)
        .await?
        .is_none();
    match is_empty {
        true => Err(Refusal::NotFound),
        false => Ok(rest),
    }
}

/// One message after another; a database that fails cuts the download off, which the
/// browser shows as one that failed.
fn body(rest: Rest) -> Body {
    Body::from_stream(stream::try_unfold(rest, |mut rest| async move {
        Ok::<_, sqlx::Error>(next(&mut rest).await?.map(|bytes| (bytes, rest)))
    }))
}

async fn next(rest: &mut Rest) -> store::Result<Option<Bytes>> {
    let mut tx = rest.ctx.read().await?;
    let found: Option<Post> = posts::next_of_month(&mut tx, rest.month, rest.after).await?;
    let Some(post) = found else {
        return Ok(None);
    };
    rest.after = (post.sent_at, post.id);
    let mut bytes = Vec::new();
    write_post(&mut tx, &post, &mut bytes).await?;
    Ok(Some(bytes.into()))
}
