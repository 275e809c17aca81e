//! `member invite`, and the welcome of whom the operator adds.

use anyhow::Context as _;
use serde_json::json;

use super::open;
use super::output::Output;
use crate::config::Charter;
use crate::context::Context;
use crate::lists::home::Home;
use crate::lists::joining::{self, Invited, Inviter};
use crate::lists::welcome;
use crate::message::address;
use crate::store::Tx;
use crate::store::communities::Community;
use crate::store::members;
use crate::templates::Templates;

/// Invites addresses in the community's name.
///
/// # Errors
/// What is wrong and what to do; nobody is invited then.
pub async fn run(
    ctx: &Context,
    output: Output,
    slug: &str,
    addresses: &[String],
    message: &str,
) -> anyhow::Result<()> {
    let addresses = normalised(addresses)?;
    let mut tx = ctx.write_durably().await?;
    let community = open::community(&mut tx, slug).await?;
    let charter = charter(ctx, &community)?;
    let home = Home {
        ctx,
        community: &community,
        charter: &charter,
    };
    let by = Inviter::Operator;
    let told = joining::invite(&mut tx, &home, by, &addresses, message).await?;
    open::commit(tx).await?;
    let rows: Vec<_> = told
        .iter()
        .map(|(address, what)| json!({ "address": address, "invited": *what == Invited::Sent }))
        .collect();
    let line = |(address, what): &(String, Invited)| said(&ctx.templates, *what, address);
    output.show(&rows, told.iter().map(line))
}

// The command line speaks English, whatever the community speaks.
fn said(templates: &Templates, what: Invited, address: &str) -> String {
    templates.say("en", "", &what.phrase(address))
}

fn normalised(given: &[String]) -> anyhow::Result<Vec<String>> {
    let one = |text: &String| {
        address::normalise(text)
            .with_context(|| format!("{text:?} is not an address; write it as name@example.org"))
    };
    given.iter().map(one).collect()
}

/// The charter of a community, as a command needs it.
///
/// # Errors
/// Where it cannot be read.
pub fn charter(ctx: &Context, community: &Community) -> anyhow::Result<std::sync::Arc<Charter>> {
    let charter = ctx.charter(community);
    charter.context("the community's charter cannot be read; see `folkmoot check`")
}

/// Welcomes a member whom the operator has added.
///
/// # Errors
/// Where the database refuses or the mail cannot be composed.
pub async fn greet(
    tx: &mut Tx,
    ctx: &Context,
    community: &Community,
    address: &str,
) -> anyhow::Result<()> {
    let charter = charter(ctx, community)?;
    let home = Home {
        ctx,
        community,
        charter: &charter,
    };
    if let Some(member) = members::by_address(tx, community.id, address).await? {
        welcome::send(tx, &home, &member, "").await?;
    }
    Ok(())
}
