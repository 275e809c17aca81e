//! Wakes the workers when another process has written: the command line while
//! the node runs, or another node. PostgreSQL notifies; SQLite counts changes.

use std::time::Duration;

use sqlx::postgres::PgListener;
use tokio::sync::watch;

use crate::context::Context;
use crate::store::{self, CHANNEL};

/// How often SQLite's change counter is read.
const EVERY: Duration = Duration::from_millis(200);

/// Rings all bells at every foreign change, until told to stop.
pub(super) async fn run(ctx: Context, mut stop: watch::Receiver<bool>) {
    let work = async {
        loop {
            let ended = match ctx.db.postgres() {
                Some(pool) => listen(&ctx, pool).await,
                None => count(&ctx).await,
            };
            if let Err(error) = ended {
                tracing::debug!(%error, "changes by others are not noticed for a moment");
            }
            tokio::time::sleep(Duration::from_secs(1)).await;
            ctx.bells.all();
        }
    };
    tokio::select! {
        () = work => {}
        _ = stop.wait_for(|stopping| *stopping) => {}
    }
}

async fn listen(ctx: &Context, pool: &sqlx::PgPool) -> store::Result<()> {
    let mut listener = PgListener::connect_with(pool).await?;
    listener.listen(CHANNEL).await?;
    loop {
        listener.recv().await?;
        ctx.bells.all();
    }
}

async fn count(ctx: &Context) -> store::Result<()> {
    let mut tx = ctx.read().await?;
    let mut last = store::data_version(&mut tx).await?;
    loop {
        tokio::time::sleep(EVERY).await;
        let now = store::data_version(&mut tx).await?;
        if now != last {
            ctx.bells.all();
            last = now;
        }
    }
}
