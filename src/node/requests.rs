//! What the command line asks of a running node: to show or move its clock.

use std::sync::Arc;
use std::time::Duration;

use tokio::sync::watch;

use super::settle::{next_moment, settle};
use crate::context::Context;
use crate::relay::RelayState;
use crate::store::{self, requests, settings};

/// Answers until told to stop.
pub(super) async fn run(ctx: Context, relay: Arc<RelayState>, mut stop: watch::Receiver<bool>) {
    while !*stop.borrow() {
        if let Err(error) = step(&ctx, &relay).await {
            tracing::debug!(%error, "requests wait for the database");
        }
        tokio::select! {
            () = ctx.bells.requests.notified() => {}
            () = tokio::time::sleep(Duration::from_millis(500)) => {}
            _ = stop.changed() => {}
        }
    }
}

async fn step(ctx: &Context, relay: &RelayState) -> store::Result<()> {
    let open = requests::open(&mut ctx.read().await?).await?;
    let Some((id, kind, argument)) = open else {
        return Ok(());
    };
    let answer = answer(ctx, relay, &kind, &argument).await?;
    let (state, text) = match &answer {
        Ok(text) => ("done", text),
        Err(text) => ("refused", text),
    };
    let mut tx = ctx.write_durably().await?;
    requests::answer(&mut tx, id, state, text).await?;
    tx.commit().await?;
    ctx.bells.requests.notify_one();
    Ok(())
}

async fn answer(
    ctx: &Context,
    relay: &RelayState,
    kind: &str,
    argument: &str,
) -> store::Result<Result<String, String>> {
    let now = ctx.now();
    if kind == "clock-show" {
        return Ok(Ok(now.to_string()));
    }
    if !ctx.clock.is_test() {
        return Ok(Err(
            "this node runs on the time of day; start it with `serve --test-clock`".into(),
        ));
    }
    let Ok(number) = argument.parse::<i64>() else {
        return Ok(Err("not a number of milliseconds".into()));
    };
    let target = match kind {
        "clock-advance" => now.saturating_add(number),
        "clock-set" => number,
        _ => {
            return Ok(Err(format!(
                "this node knows no request {kind}; is it of the same version?"
            )));
        }
    };
    if target < now {
        return Ok(Err(
            "the clock cannot go back: what was done stays done".into()
        ));
    }
    advance(ctx, relay, target).await
}

/// Steps through every due moment in order, up to and including the target.
///
/// # Errors
/// Where the database cannot be asked.
pub async fn advance(
    ctx: &Context,
    relay: &RelayState,
    target: i64,
) -> store::Result<Result<String, String>> {
    loop {
        if !settle(ctx, relay).await? {
            return Ok(Err(
                "the work due now does not end; see the node's log".into()
            ));
        }
        if ctx.now() >= target {
            return Ok(Ok(target.to_string()));
        }
        let next = next_moment(ctx).await?.unwrap_or(target).min(target);
        let mut tx = ctx.write_durably().await?;
        settings::set(&mut tx, "test_clock", &next.to_string()).await?;
        tx.commit().await?;
        ctx.clock.set(next);
    }
}
