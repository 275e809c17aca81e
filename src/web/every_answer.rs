//! What holds for every request and answer: a limit in time and size, the headers
//! that keep pages harmless, and a page of ours where the router gives bare words.

use std::time::Duration;

use axum::body::{Body, to_bytes};
use axum::extract::{Request, State};
use axum::http::{HeaderMap, HeaderName, HeaderValue, StatusCode, header};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};

use super::answer::{show, trouble};
use super::headers::{ALWAYS, CSP};
use super::pages::notice::Notice;
use super::visitor::is_let_in;
use crate::context::Context;

/// The largest body of a request, in octets.
const MAX_BODY: usize = 64 * 1024;
/// How long a request may take, from its headers to the headers of its answer.
const PATIENCE: Duration = Duration::from_secs(20);

/// Answers, whatever happens.
pub(super) async fn complete(State(ctx): State<Context>, request: Request, next: Next) -> Response {
    let is_let_in = is_let_in(request.headers());
    let answer = tokio::time::timeout(PATIENCE, run(request, next)).await;
    let answer = match answer {
        Ok(answer) => in_our_words(&ctx, answer),
        Err(_) => {
            tracing::warn!("a page took too long and was given up");
            trouble(&ctx)
        }
    };
    with_headers(answer, is_let_in)
}

/// The body is read whole before anything acts on it: who is cut off while
/// sending has not asked for anything.
async fn run(request: Request, next: Next) -> Response {
    let (head, body) = request.into_parts();
    match to_bytes(body, MAX_BODY).await {
        Ok(body) => next.run(Request::from_parts(head, Body::from(body))).await,
        Err(_) => StatusCode::PAYLOAD_TOO_LARGE.into_response(),
    }
}

/// A refusal of the router itself has no page; it gets one and keeps its headers
/// (405 has Allow).
fn in_our_words(ctx: &Context, answer: Response) -> Response {
    let status = answer.status();
    if !(status.is_client_error() && is_bare(answer.headers())) {
        return answer;
    }
    let mut shown = match status {
        StatusCode::NOT_FOUND => show(ctx, status, &Notice::not_found()),
        _ => show(ctx, status, &Notice::refused()),
    };
    if let Some(allowed) = answer.headers().get(header::ALLOW) {
        shown.headers_mut().insert(header::ALLOW, allowed.clone());
    }
    shown
}

fn is_bare(headers: &HeaderMap) -> bool {
    let kind = headers
        .get(header::CONTENT_TYPE)
        .and_then(|value| value.to_str().ok());
    kind.is_none_or(|kind| !kind.starts_with("text/html"))
}

fn with_headers(mut answer: Response, is_let_in: bool) -> Response {
    let headers = answer.headers_mut();
    // Only a member's browser may see it again.
    if is_let_in {
        let unkept = HeaderValue::from_static("private, no-store");
        headers.insert(header::CACHE_CONTROL, unkept);
    }
    for (name, value) in ALWAYS {
        headers.insert(
            HeaderName::from_static(name),
            HeaderValue::from_static(value),
        );
    }
    // A page may bring a stricter policy, or be one that may be kept.
    headers
        .entry(header::CONTENT_SECURITY_POLICY)
        .or_insert(HeaderValue::from_static(CSP));
    headers
        .entry(header::CACHE_CONTROL)
        .or_insert(HeaderValue::from_static("no-cache"));
    answer
}
