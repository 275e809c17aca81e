//! The keys of open surveys, on their way between nodes and to their end.
//!
//! The node that opens a survey has its key in a file. Another node on the same database
//! makes a key pair of its own for this survey, shows the public half, and is given the
//! survey's key sealed for it. When a survey has closed, every node destroys what it has.

use std::time::Duration;

use tokio::sync::watch;

use crate::context::Context;
use crate::identity::seal::{self, Private};
use crate::store::{self, Tx, surveys};

/// How often a node looks whether somebody needs a key or one is to go, where no bell
/// rings: other nodes ring none.
const LOOK: Duration = Duration::from_secs(3);

/// Hands keys on, takes them up and destroys them until told to stop.
pub async fn run(ctx: Context, node: String, mut stop: watch::Receiver<bool>) {
    while !*stop.borrow() {
        if let Err(error) = step(&ctx, &node).await {
            tracing::warn!(%error, "keys of surveys wait for the database");
        }
        tokio::select! {
            () = ctx.bells.surveys.notified() => {}
            () = tokio::time::sleep(LOOK) => {}
            _ = stop.changed() => {}
        }
    }
}

async fn step(ctx: &Context, node: &str) -> store::Result<()> {
    let mut tx = ctx.read().await?;
    let open = surveys::open_ids(&mut tx).await?;
    let wanted = match open.is_empty() {
        true => Vec::new(),
        false => surveys::wanted_keys(&mut tx).await?,
    };
    destroy(&mut tx, ctx).await?;
    drop(tx);
    for wave in open {
        if ctx.wave_keys.get(&wave.to_string()).is_none() {
            take_up(ctx, wave, node).await?;
        }
    }
    for (wave, other, public) in wanted {
        if other != node {
            give(ctx, wave, &other, &public).await?;
        }
    }
    Ok(())
}

/// Destroys the keys of surveys that are over. One of a survey that is not known may be
/// of one that is being opened this moment.
async fn destroy(tx: &mut Tx, ctx: &Context) -> store::Result<()> {
    for name in ctx.wave_keys.names() {
        let Ok(wave) = name.trim_end_matches(".node").parse() else {
            continue;
        };
        let state = surveys::state(tx, wave).await?;
        if state.is_some_and(|state| state != "open")
            && let Err(error) = ctx.wave_keys.destroy(&name)
        {
            tracing::error!(%error, wave, "the key of a closed survey cannot be destroyed");
        }
    }
    Ok(())
}

/// Asks for a key, or takes it up where it was given.
async fn take_up(ctx: &Context, wave: i64, node: &str) -> store::Result<()> {
    let file = format!("{wave}.node");
    let own = ctx.wave_keys.get(&file);
    let mut tx = ctx.write_durably().await?;
    let given = surveys::given_key(&mut tx, wave, node).await?;
    match (own, given) {
        (Some(own), Some(Some(sealed))) => {
            let key = own.open(&sealed).and_then(|key| Private::from_bytes(&key));
            if let Some(key) = key {
                kept(ctx.wave_keys.keep(&wave.to_string(), &key));
                kept(ctx.wave_keys.destroy(&file));
            }
            Ok(())
        }
        (Some(_), Some(None)) => Ok(()),
        _ => {
            let own = Private::generate();
            kept(ctx.wave_keys.keep(&file, &own));
            surveys::ask_key(&mut tx, wave, node, &own.public()).await?;
            tx.commit().await
        }
    }
}

async fn give(ctx: &Context, wave: i64, node: &str, public: &[u8]) -> store::Result<()> {
    let key = ctx.wave_keys.get(&wave.to_string());
    let sealed = key.and_then(|key| seal::seal(public, &key.to_bytes(), 1));
    let Some(sealed) = sealed else {
        return Ok(());
    };
    let mut tx = ctx.write_durably().await?;
    surveys::give_key(&mut tx, wave, node, &sealed).await?;
    tx.commit().await
}

fn kept(done: std::io::Result<()>) {
    if let Err(error) = done {
        tracing::error!(%error, "the folder of survey keys below data_dir cannot be written");
    }
}
