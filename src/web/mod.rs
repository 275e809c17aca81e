//! Pages, named noun_verb.

pub mod headers;
pub mod pages;
pub mod style;
pub mod text;

use axum::Router;
use tokio::sync::watch;

use crate::context::Context;
use crate::intake::Listener;

/// All pages.
pub fn router(_ctx: Context) -> Router {
    Router::new()
}

/// Serves pages until told to stop.
pub async fn serve(socket: Listener, router: Router, mut stop: watch::Receiver<bool>) {
    let stopping = async move {
        let _ = stop.wait_for(|stopping| *stopping).await;
    };
    let ended = match socket {
        Listener::Tcp(socket) => axum::serve(socket, router).with_graceful_shutdown(stopping).await,
        Listener::Unix(socket) => axum::serve(socket, router).with_graceful_shutdown(stopping).await,
    };
    if let Err(error) = ended {
        tracing::error!(%error, "the pages ended");
    }
}
