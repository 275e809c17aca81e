//! `/metrics`: what was counted, in Prometheus's text format, and what waits now.

use std::sync::OnceLock;
use std::time::Duration;

use axum::extract::State;
use axum::http::header;
use axum::response::{IntoResponse, Response};
use metrics::gauge;
use metrics_exporter_prometheus::{PrometheusBuilder, PrometheusHandle};

use crate::context::Context;
use crate::store::{self, held, intake, outbox};

/// How long the database may take to say what waits.
const PATIENCE: Duration = Duration::from_secs(5);
/// The states of outbox rows that have not ended.
const STATES: [&str; 3] = ["waiting", "deferred", "sending"];

static RECORDER: OnceLock<PrometheusHandle> = OnceLock::new();

/// Begins to count, unless this process does so already.
pub(super) fn begin() {
    recorder();
}

fn recorder() -> &'static PrometheusHandle {
    RECORDER.get_or_init(|| {
        let recorder = PrometheusBuilder::new().build_recorder();
        let handle = recorder.handle();
        if metrics::set_global_recorder(recorder).is_err() {
            tracing::error!("something else in this process counts already: /metrics stays empty");
        }
        handle
    })
}

/// Shows everything. While the database does not answer, what waits is left out
/// rather than shown as it was.
pub(super) async fn show(State(ctx): State<Context>) -> Response {
    let waiting = tokio::time::timeout(PATIENCE, measure(&ctx)).await;
    let is_reachable = matches!(waiting, Ok(Ok(())));
    gauge!("folkmoot_database_reachable").set(if is_reachable { 1.0 } else { 0.0 });
    recorder().run_upkeep();
    let kind = [(
        header::CONTENT_TYPE,
        "text/plain; version=0.0.4; charset=utf-8",
    )];
    (kind, recorder().render()).into_response()
}

async fn measure(ctx: &Context) -> store::Result<()> {
    let mut tx = ctx.read().await?;
    let rows = outbox::open_counts(&mut tx).await?;
    for state in STATES {
        gauge!("folkmoot_outbox_rows", "state" => state).set(count_of(&rows, state));
    }
    let rows = intake::open_counts(&mut tx).await?;
    for state in ["waiting", "parked"] {
        gauge!("folkmoot_intake_rows", "state" => state).set(count_of(&rows, state));
    }
    gauge!("folkmoot_held_posts").set(held::count(&mut tx).await? as f64);
    Ok(())
}

fn count_of(rows: &[(String, i64)], state: &str) -> f64 {
    rows.iter()
        .find(|(of, _)| of == state)
        .map_or(0.0, |(_, count)| *count as f64)
}
