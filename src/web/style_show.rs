//! `/style.css`.

use axum::extract::State;
use axum::http::{HeaderMap, StatusCode, header};
use axum::response::{IntoResponse, Response};

use super::answer::trouble;
use super::style::{CACHE_CONTROL, Style};
use crate::context::Context;

/// Gives the style sheet, or 304 to a browser that has it.
pub(super) async fn show(State(ctx): State<Context>, headers: HeaderMap) -> Response {
    let style = match Style::load(&ctx.templates) {
        Ok(style) => style,
        Err(error) => {
            tracing::error!(%error, "the style sheet cannot be rendered");
            return trouble(&ctx);
        }
    };
    let has = headers
        .get(header::IF_NONE_MATCH)
        .and_then(|value| value.to_str().ok());
    let is_current = has.is_some_and(|tags| style.is_current(tags));
    let kept = [
        (header::ETAG, style.etag),
        (header::CACHE_CONTROL, CACHE_CONTROL.to_owned()),
    ];
    match is_current {
        true => (StatusCode::NOT_MODIFIED, kept).into_response(),
        false => (
            kept,
            [(header::CONTENT_TYPE, "text/css; charset=utf-8")],
            style.css,
        )
            .into_response(),
    }
}
