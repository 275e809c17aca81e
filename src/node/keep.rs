//! Packs, moves and deletes the bytes of messages while nothing else is urgent.

use std::time::Duration;

use tokio::sync::watch;

use crate::archive::keeping;
use crate::context::Context;

/// Between two looks.
const PAUSE: Duration = Duration::from_secs(5);
/// After one that failed: the object store or the database is away.
const LONG_PAUSE: Duration = Duration::from_secs(30);

/// Looks until told to stop.
pub(super) async fn run(ctx: Context, mut stop: watch::Receiver<bool>) {
    let mut pause = PAUSE;
    while !*stop.borrow() {
        tokio::select! {
            () = tokio::time::sleep(pause) => {}
            _ = stop.changed() => return,
        }
        pause = match keeping::keep(&ctx.db, || !*stop.borrow()).await {
            Ok(_) => PAUSE,
            Err(error) => {
                tracing::warn!(%error, "messages could not be packed or moved; it is tried again");
                LONG_PAUSE
            }
        };
    }
}
