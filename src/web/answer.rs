//! From what was found, or why nothing is shown, to an answer.

use axum::extract::State;
use axum::http::{StatusCode, header};
use axum::response::{IntoResponse, Response};

use super::pages::notice::Notice;
use super::pages::{self, Page};
use crate::context::Context;

/// Why a page is not shown.
#[derive(Debug)]
pub(super) enum Refusal {
    /// Nothing is there, as far as this visitor may know.
    NotFound,
    /// It is for members; what they are told.
    MembersOnly(Box<Notice>),
    /// It was there and was erased; what is said of it.
    Erased(Box<Notice>),
    /// The database did not answer.
    Trouble(sqlx::Error),
}

impl From<sqlx::Error> for Refusal {
    fn from(error: sqlx::Error) -> Refusal {
        Refusal::Trouble(error)
    }
}

/// What a page's search for its content gives.
pub(super) type Found<T> = Result<T, Refusal>;

/// The page, or the notice that stands in its place.
pub(super) fn answer<P: Page>(ctx: &Context, found: Found<P>) -> Response {
    match found {
        Ok(page) => show(ctx, StatusCode::OK, &page),
        Err(refusal) => refuse(ctx, refusal),
    }
}

/// The notice that tells why.
pub(super) fn refuse(ctx: &Context, refusal: Refusal) -> Response {
    match refusal {
        Refusal::NotFound => show(ctx, StatusCode::NOT_FOUND, &Notice::not_found()),
        Refusal::MembersOnly(notice) => show(ctx, StatusCode::FORBIDDEN, &*notice),
        Refusal::Erased(notice) => show(ctx, StatusCode::GONE, &*notice),
        Refusal::Trouble(error) => {
            tracing::warn!(%error, "the database did not give what a page needs");
            trouble(ctx)
        }
    }
}

/// 503: our own fault, and it passes.
pub(super) fn trouble(ctx: &Context) -> Response {
    let shown = show(ctx, StatusCode::SERVICE_UNAVAILABLE, &Notice::trouble());
    ([(header::RETRY_AFTER, "60")], shown).into_response()
}

/// A page. Where a replaced template fails, its reader learns no more than that.
pub(super) fn show<P: Page>(ctx: &Context, status: StatusCode, page: &P) -> Response {
    let html = [(header::CONTENT_TYPE, "text/html; charset=utf-8")];
    match pages::render(&ctx.templates, page) {
        Ok(text) => (status, html, text).into_response(),
        Err(error) => {
            tracing::error!(%error, "a page cannot be rendered");
            let plain = [(header::CONTENT_TYPE, "text/plain; charset=utf-8")];
            (
                StatusCode::INTERNAL_SERVER_ERROR,
                plain,
                "This page cannot be shown; the operator is told why.\n",
            )
                .into_response()
        }
    }
}

/// What somebody's own link shows is kept by nobody.
pub(super) fn unkept(ctx: &Context, found: Found<Response>) -> Response {
    let answer = found.unwrap_or_else(|refusal| refuse(ctx, refusal));
    ([(header::CACHE_CONTROL, "no-store")], answer).into_response()
}

/// The first value of that name in a form, or nothing.
pub(super) fn field<'a>(fields: &'a [(String, String)], name: &str) -> &'a str {
    let found = fields.iter().find(|(given, _)| given == name);
    found.map_or("", |(_, value)| value)
}

/// Every other address.
pub(super) async fn nothing(State(ctx): State<Context>) -> Response {
    refuse(&ctx, Refusal::NotFound)
}
