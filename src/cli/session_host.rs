//! `session host`: who hosts a session, as the operator says.

use anyhow::{Context as _, bail};
use clap::Args;
use serde_json::json;

use super::open;
use super::output::Output;
use super::session::Which;
use crate::context::Context;
use crate::lists::home::Home;
use crate::message::address;
use crate::sessions::{before, host};
use crate::store::members::{self, Member};
use crate::store::{Tx, communities};

/// `session host …`
#[derive(Debug, Args)]
pub struct Arguments {
    #[command(flatten)]
    which: Which,
    /// Who hosts it: the address of a member
    address: String,
}

/// Sets the host, whoever was asked or has agreed before.
///
/// # Errors
/// What is wrong and what to do.
pub async fn run(ctx: &Context, output: Output, arguments: &Arguments) -> anyhow::Result<()> {
    let mut tx = ctx.write_durably().await?;
    let community = open::community(&mut tx, &arguments.which.slug).await?;
    communities::lock(&mut tx, community.id).await?;
    let charter = ctx
        .charter(&community)
        .with_context(|| format!("the charter of {} cannot be read", arguments.which.slug))?;
    let home = Home {
        ctx,
        community: &community,
        charter: &charter,
    };
    let (series, on) = (&arguments.which.series, arguments.which.on);
    let found = before::named(&mut tx, home, &format!("{series} {on}")).await?;
    let Some(sitting) = found else {
        bail!("no session of {series} was planned for {on}; see `folkmoot session list`");
    };
    if sitting.row.state == "cancelled" {
        bail!("the session of {on} is cancelled; nobody needs to host it");
    }
    let member = member(&mut tx, community.id, &arguments.address).await?;
    host::set(&mut tx, &sitting, &member, "operator").await?;
    open::commit(tx).await?;
    output.show(
        &json!({ "series": series, "on": on, "host": member.address }),
        [format!("{} hosts {series} on {on}", member.address)],
    )
}

async fn member(tx: &mut Tx, community: i64, said: &str) -> anyhow::Result<Member> {
    let address = address::normalise(said).unwrap_or_else(|| said.to_owned());
    let found = members::by_address(tx, community, &address).await?;
    match found.filter(Member::on_list) {
        Some(member) => Ok(member),
        None => bail!("{said} is no member; add them with `folkmoot member add`"),
    }
}
