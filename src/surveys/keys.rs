//! The keys of open surveys, on their way between nodes and to their end.
//!
//! The node that opens a survey has its key in a file. Another node on the same database
//! makes a key pair of its own for this survey, shows the public half, and is given the
//! survey's key sealed for it. When a survey has closed, every node destroys what it has.

use std::collections::BTreeSet;
use std::time::Duration;

use tokio::sync::watch;

use super::close;
use crate::context::Context;
use crate::identity::seal::{self, Private};
use crate::store::{self, Millis, Tx, acts, surveys};

/// How often a node looks whether somebody needs a key or one is to go, where no bell
/// rings: other nodes ring none.
const LOOK: Duration = Duration::from_secs(3);

/// A closing that was dropped is not tried again sooner, in milliseconds: an hour.
const AGAIN: Millis = 3_600_000;

/// Hands keys on, takes them up and destroys them until told to stop.
pub async fn run(ctx: Context, node: String, mut stop: watch::Receiver<bool>) {
    let mut known = BTreeSet::new();
    while !*stop.borrow() {
        if let Err(error) = step(&ctx, &node, &mut known).await {
            tracing::warn!(%error, "keys of surveys wait for the database");
        }
        tokio::select! {
            () = ctx.bells.surveys.notified() => {}
            () = tokio::time::sleep(LOOK) => {}
            _ = stop.changed() => {}
        }
    }
}

/// `known`: the waves whose keys were here at the last look.
async fn step(ctx: &Context, node: &str, known: &mut BTreeSet<i64>) -> store::Result<()> {
    let mut tx = ctx.read().await?;
    let open = surveys::open_ids(&mut tx).await?;
    let now = ctx.now();
    let overdue = surveys::overdue(&mut tx, now, close::NAME, now - AGAIN).await?;
    let wanted = match open.is_empty() {
        true => Vec::new(),
        false => surveys::wanted_keys(&mut tx).await?,
    };
    destroy(&mut tx, ctx).await?;
    drop(tx);
    close_overdue(ctx, &overdue).await?;
    for wave in &open {
        if ctx.wave_keys.get(&wave.to_string()).is_none() {
            take_up(ctx, *wave, node).await?;
        }
    }
    let has = |wave: &i64| ctx.wave_keys.get(&wave.to_string()).is_some();
    let here: BTreeSet<i64> = open.into_iter().filter(has).collect();
    if !here.is_subset(known) {
        wake(ctx).await?;
    }
    *known = here;
    for (wave, other, public) in wanted {
        if other != node {
            give(ctx, wave, &other, &public).await?;
        }
    }
    Ok(())
}

/// Plans the closing of waves that are over and that nothing closes: its act was dropped,
/// after failures or with a charter that could not be read.
async fn close_overdue(ctx: &Context, overdue: &[(i64, i64)]) -> store::Result<()> {
    if overdue.is_empty() {
        return Ok(());
    }
    let mut tx = ctx.write_durably().await?;
    for (wave, community) in overdue {
        tracing::warn!(
            wave,
            "a survey is over and nothing closes it; it is closed now"
        );
        let about = wave.to_string();
        acts::insert(&mut tx, *community, close::NAME, &about, ctx.now()).await?;
    }
    tx.commit().await?;
    ctx.bells.cadence.notify_one();
    Ok(())
}

/// A key has come: what waited for one is looked at again.
async fn wake(ctx: &Context) -> store::Result<()> {
    let mut tx = ctx.write().await?;
    surveys::wake(&mut tx, seal::NO_KEY, ctx.now()).await?;
    tx.commit().await?;
    ctx.bells.intake.notify_one();
    ctx.bells.relay.notify_one();
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
