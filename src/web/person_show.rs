//! `/me/TOKEN`: a person's own page. GET and HEAD change nothing.

use axum::extract::{Path, Query, State};
use axum::http::{Method, StatusCode, header};
use axum::response::{IntoResponse, Response};

use super::answer::{Found, Refusal, show as page, unkept};
use super::asked::Asked;
use super::headers::CSP_DOWNLOAD;
use super::{person_said, person_view, personal};
use crate::context::Context;
use crate::lists::person_data;
use crate::lists::personal_link::Kind;

/// Shows the page, and what was just done.
pub(super) async fn show(
    State(ctx): State<Context>,
    Path(token): Path<String>,
    method: Method,
    Query(asked): Asked,
) -> Response {
    unkept(&ctx, look(&ctx, &token, &method, &asked).await)
}

async fn look(
    ctx: &Context,
    token: &str,
    method: &Method,
    asked: &[(String, String)],
) -> Found<Response> {
    let Some(opened) = personal::look(ctx, Kind::Me, token, method).await? else {
        return Ok(personal::ended(ctx));
    };
    let mut tx = ctx.read().await?;
    let mut shown = person_view::view(&mut tx, ctx, token, &opened).await?;
    let said = person_said::read(&mut tx, ctx, &opened, asked).await?;
    (shown.done, shown.refused) = (said.done, said.refused);
    Ok(page(ctx, StatusCode::OK, &shown))
}

/// Gives all that is kept of the person.
pub(super) async fn download(
    State(ctx): State<Context>,
    Path(token): Path<String>,
    method: Method,
) -> Response {
    unkept(&ctx, data(&ctx, &token, &method).await)
}

async fn data(ctx: &Context, token: &str, method: &Method) -> Found<Response> {
    let Some(opened) = personal::look(ctx, Kind::Me, token, method).await? else {
        return Ok(personal::ended(ctx));
    };
    let mut tx = ctx.read().await?;
    let found = person_data::gather(&mut tx, ctx, &opened.address).await?;
    let found = found.ok_or(Refusal::NotFound)?;
    let bytes = serde_json::to_vec_pretty(&found).unwrap_or_default();
    let headers = [
        (header::CONTENT_TYPE, "application/json"),
        (
            header::CONTENT_DISPOSITION,
            "attachment; filename=\"folkmoot-export.json\"",
        ),
        (header::CONTENT_SECURITY_POLICY, CSP_DOWNLOAD),
    ];
    Ok((headers, bytes).into_response())
}
