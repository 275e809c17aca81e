//! `member export` and `member erase`: what is held of a person.

use anyhow::{Context as _, bail};
use serde_json::json;

use super::open;
use super::output::{Output, confirmed};
use crate::context::Context;
use crate::lists::{erasure, person_data};
use crate::message::address;

/// Prints everything that is held of the owner of an address: one JSON document,
/// whether or not `--json` is given.
///
/// # Errors
/// Where nothing is held, or the database refuses.
pub async fn export(ctx: &Context, given: &str) -> anyhow::Result<()> {
    let address = normalised(given)?;
    let found = person_data::gather(&mut ctx.read().await?, ctx, &address).await?;
    let found = found.with_context(|| nothing(&address))?;
    println!("{}", serde_json::to_string_pretty(&found)?);
    Ok(())
}

/// Erases the owner of an address, after asking.
///
/// # Errors
/// Where nothing is held, nobody says yes, or the database refuses.
pub async fn erase(ctx: &Context, output: Output, given: &str, yes: bool) -> anyhow::Result<()> {
    let address = normalised(given)?;
    let found = person_data::gather(&mut ctx.read().await?, ctx, &address).await?;
    found.with_context(|| nothing(&address))?;
    let what = format!("Everything of the owner of {address} will be gone, and cannot come back.");
    if !yes && !confirmed(&what)? {
        bail!("nothing was erased");
    }
    let mut tx = ctx.write_durably().await?;
    let done = erasure::erase(&mut tx, ctx, &address, "by the operator").await?;
    open::commit(tx).await?;
    output.show(&json!({ "erased": address, "what": done }), [done.clone()])
}

fn normalised(given: &str) -> anyhow::Result<String> {
    address::normalise(given)
        .with_context(|| format!("{given:?} is not an address; write it as name@example.org"))
}

fn nothing(address: &str) -> String {
    format!(
        "nothing is held of {address}; another address of theirs may be known: see `folkmoot member list SLUG`"
    )
}
