//! Claimed rows to the SMTP relay; verdicts; retries.

pub mod address;
pub mod connection;
mod envelope;
mod feeder;
mod line_ends;
mod opening;
mod recorder;
mod replies;
pub mod retry;
pub mod state;
mod stream;
pub mod verdict;
mod worker;

use std::collections::HashMap;
use std::sync::Arc;

use tokio::sync::{Mutex, mpsc, oneshot, watch};

use crate::context::Context;
use crate::pulse::Pulse;

pub use state::RelayState;

/// Runs the relay on a thread of its own. Senders, feeder and recorder hand work
/// to each other for every mail; on one thread that is a function call, between
/// threads it is the most expensive thing they do.
pub async fn run_apart(
    ctx: Context,
    pulse: Pulse,
    state: Arc<RelayState>,
    stop: watch::Receiver<bool>,
) {
    let (done, ended) = oneshot::channel();
    let work = move || {
        let runtime = tokio::runtime::Builder::new_current_thread()
            .enable_all()
            .build();
        match runtime {
            Ok(runtime) => runtime.block_on(async move {
                let ctx = ctx.apart();
                run(ctx.clone(), pulse, state, stop).await;
                if ctx.db.postgres().is_some() {
                    ctx.db.close().await;
                }
            }),
            Err(error) => tracing::error!(%error, "the relay cannot start"),
        }
        let _ = done.send(());
    };
    if let Err(error) = std::thread::Builder::new().name("relay".into()).spawn(work) {
        tracing::error!(%error, "the relay cannot start");
    }
    // An error means that the thread has panicked; then this ends too, and the
    // node with it.
    let _ = ended.await;
}

/// Sends what is due until told to stop; ends when what was in flight has ended
/// and the rest has been given back.
pub async fn run(ctx: Context, pulse: Pulse, state: Arc<RelayState>, stop: watch::Receiver<bool>) {
    let (queue, jobs) = mpsc::channel(feeder::QUEUE);
    let jobs = Arc::new(Mutex::new(jobs));
    let in_hand = recorder::InHand::default();
    let (recorder, recording) = recorder::start(ctx.clone(), pulse.clone(), in_hand.clone());
    let mut tasks = tokio::task::JoinSet::new();
    for _ in 0..ctx.settings.relay.connections {
        let sender = worker::Sender {
            ctx: ctx.clone(),
            pulse: pulse.clone(),
            state: state.clone(),
            recorder: recorder.clone(),
            connection: None,
            unrecorded: None,
        };
        tasks.spawn(sender.run(jobs.clone(), stop.clone()));
    }
    drop(recorder);
    let feeder = feeder::Feeder {
        ctx: ctx.clone(),
        pulse,
        state: state.clone(),
        contents: HashMap::new(),
        in_hand,
        unsure: false,
    };
    tasks.spawn(feeder.run(queue, stop.clone()));
    tasks.spawn(state::run(ctx, state, stop));
    while tasks.join_next().await.is_some() {}
    let _ = recording.await;
}

#[cfg(test)]
pub(crate) mod scripted;
