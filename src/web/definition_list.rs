//! `/definitions` and `/definitions/VERSION`: what each figure of a summary says. Every
//! version that a mail has named stays to be read.

use axum::extract::{Path, State};
use axum::response::Response;

use super::answer::{Refusal, answer};
use super::pages::definitions::Definitions;
use crate::context::Context;
use crate::summaries::metrics::VERSION;

/// The definitions as they are now.
pub(super) async fn show(State(ctx): State<Context>) -> Response {
    answer(&ctx, Ok(Definitions::new()))
}

/// Those of a version; there is one so far.
pub(super) async fn show_one(State(ctx): State<Context>, Path(version): Path<String>) -> Response {
    let found = match version == VERSION.to_string() {
        true => Ok(Definitions::new()),
        false => Err(Refusal::NotFound),
    };
    answer(&ctx, found)
}
