//! `session agenda`: what members want to talk about at a session.

use anyhow::bail;
use serde_json::{Value, json};

use super::open;
use super::output::Output;
use super::session::Which;
use crate::clock::rfc3339;
use crate::context::Context;
use crate::sessions::{agenda, host, roster};
use crate::store::agendas::Item;

/// Prints it, what most members want first.
///
/// # Errors
/// What is wrong and what to do.
pub async fn run(ctx: &Context, output: Output, which: &Which) -> anyhow::Result<()> {
    let mut tx = ctx.read().await?;
    let community = open::community(&mut tx, &which.slug).await?;
    let (slug, on) = (&which.series, which.on);
    let Some(series) = roster::find(&mut tx, community.id, slug, Some(on)).await? else {
        bail!("no session of {slug} was planned for {on}; see `folkmoot session list`");
    };
    let items = agenda::open(&mut tx, &host::key(&series, &on.to_string())).await?;
    let values: Vec<Value> = items.iter().map(value).collect();
    output.show(&values, items.iter().map(line))
}

fn value(item: &Item) -> Value {
    json!({
        "number": item.number,
        "text": item.text,
        "by": item.address,
        "votes": item.votes,
        "at": rfc3339(item.at),
    })
}

fn line(item: &Item) -> String {
    let Item { number, text, .. } = item;
    format!(
        "{number:>3}. {text}  ({}, {} votes)",
        item.address, item.votes
    )
}
