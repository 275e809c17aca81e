//! `/healthz`: the process answers. `/readyz`: the database does, too.

use std::time::Duration;

use axum::extract::State;
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};

use crate::context::Context;
use crate::store::{self, settings};

/// How long the database may take to answer.
const PATIENCE: Duration = Duration::from_secs(2);

/// 200, always.
pub(super) async fn alive() -> &'static str {
    "alive\n"
}

/// 200, or 503 while the database cannot be reached.
pub(super) async fn ready(State(ctx): State<Context>) -> Response {
    match tokio::time::timeout(PATIENCE, ask(&ctx)).await {
        Ok(Ok(())) => "ready\n".into_response(),
        _ => (
            StatusCode::SERVICE_UNAVAILABLE,
            "the database cannot be reached\n",
        )
            .into_response(),
    }
}

async fn ask(ctx: &Context) -> store::Result<()> {
    settings::get(&mut ctx.read().await?, "secret")
        .await
        .map(drop)
}
