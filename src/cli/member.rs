//! `member`: adds, lists, changes and removes members.

use std::path::{Path, PathBuf};
use std::process::ExitCode;

use anyhow::{Context as _, bail};
use chrono::{NaiveDate, NaiveTime};
use clap::{Args, Subcommand};
use serde_json::{Value, json};

use super::output::Output;
use super::{member_data, member_import, member_invite, open};
use crate::clock::rfc3339;
use crate::context::Context;
use crate::lists::home::Home;
use crate::lists::membership::{self, Added, DELIVERIES, NewMember, ROLES};
use crate::lists::{addresses, bounces};
use crate::message::address;
use crate::sessions::invitations;
use crate::store::Tx;
use crate::store::communities::Community;
use crate::store::members::{self, Member};

/// `member …`
#[derive(Debug, Subcommand)]
pub enum Command {
    /// Adds a member, without confirmation
    Add(AddArguments),
    /// All members, those who left included
    List {
        /// The community
        slug: String,
    },
    /// Asks people to join; they accept by replying
    Invite {
        /// The community
        slug: String,
        /// Their addresses
        #[arg(required = true, value_name = "ADDRESS")]
        addresses: Vec<String>,
        /// A few personal words
        #[arg(long, default_value = "", value_name = "TEXT")]
        message: String,
    },
    /// Changes a member: name, role, delivery, paused_until, org, tz, address
    Set {
        /// The community
        slug: String,
        /// The member's address
        address: String,
        /// Such as delivery=digest or paused_until=2026-02-01
        #[arg(required = true, value_name = "KEY=VALUE")]
        changes: Vec<String>,
    },
    /// Ends a membership
    Remove {
        /// The community
        slug: String,
        /// The member's address
        address: String,
    },
    /// Everything that is held of the owner of an address, as JSON
    Export {
        /// One of their addresses
        address: String,
    },
    /// Erases the owner of an address: memberships, addresses, choices, the words of their posts
    Erase {
        /// One of their addresses
        address: String,
        /// Does not ask
        #[arg(long)]
        yes: bool,
    },
    /// Adds members from a CSV: address,name,role,delivery,org,tz
    Import {
        /// The community
        slug: String,
        /// The file
        file: PathBuf,
        /// Sends a welcome to who has joined
        #[arg(long)]
        welcome: bool,
    },
}

/// `member add …`
#[derive(Debug, Args)]
pub struct AddArguments {
    /// The community
    slug: String,
    /// The new member's address
    address: String,
    /// Display name
    #[arg(long, default_value = "")]
    name: String,
    /// member, listener, facilitator, moderator or sponsor
    #[arg(long, default_value = "")]
    role: String,
    /// each, digest, headlines or none
    #[arg(long, default_value = "")]
    delivery: String,
    /// Part of the organisation
    #[arg(long, default_value = "")]
    org: String,
    /// Time zone
    #[arg(long, default_value = "")]
    tz: String,
    /// Sends a welcome
    #[arg(long)]
    welcome: bool,
}

/// Runs it.
///
/// # Errors
/// What is wrong and what to do.
pub async fn run(
    config: Option<&Path>,
    output: Output,
    command: Command,
) -> anyhow::Result<ExitCode> {
    let ctx = open::context(config).await?;
    match command {
        Command::Add(arguments) => add(&ctx, output, arguments).await?,
        Command::List { slug } => list(&ctx, output, &slug).await?,
        Command::Set {
            slug,
            address,
            changes,
        } => set(&ctx, output, &slug, &address, &changes).await?,
        Command::Remove { slug, address } => remove(&ctx, output, &slug, &address).await?,
        Command::Export { address } => member_data::export(&ctx, &address).await?,
        Command::Erase { address, yes } => member_data::erase(&ctx, output, &address, yes).await?,
        Command::Import {
            slug,
            file,
            welcome,
        } => {
            return member_import::run(&ctx, output, &slug, &file, welcome).await;
        }
        Command::Invite {
            slug,
            addresses,
            message,
        } => member_invite::run(&ctx, output, &slug, &addresses, &message).await?,
    }
    Ok(ExitCode::SUCCESS)
}

async fn add(ctx: &Context, output: Output, given: AddArguments) -> anyhow::Result<()> {
    let AddArguments {
        slug,
        address,
        name,
        role,
        delivery,
        org,
        tz,
        welcome,
    } = given;
    let new = checked(NewMember {
        address,
        name,
        role,
        delivery,
        org,
        tz,
        exempt: true,
    })?;
    let mut tx = ctx.write_durably().await?;
    let community = open::community(&mut tx, &slug).await?;
    let added = membership::add(
        &mut tx,
        community.id,
        &new,
        "added by the operator",
        ctx.now(),
    )
    .await?;
    let member = find(&mut tx, &community, &new.address).await?;
    if welcome && added == Added::Joined {
        member_invite::greet(&mut tx, ctx, &community, &new.address).await?;
    }
    open::commit(tx).await?;
    let what = match added {
        Added::Joined => "has joined",
        Added::Changed => "was a member already and was changed",
        Added::Unchanged => "is a member already",
    };
    output.show(&shown(&member), [format!("{} {what}", member.address)])
}

/// The same member in the form in which members are kept, or what is wrong.
///
/// # Errors
/// The first thing that is wrong and what would be right.
pub fn checked(new: NewMember) -> anyhow::Result<NewMember> {
    let address = address::normalise(&new.address).with_context(|| {
        format!(
            "{:?} is not an address; write it as name@example.org",
            new.address
        )
    })?;
    one_of("role", &new.role, &ROLES)?;
    one_of("delivery", &new.delivery, &DELIVERIES)?;
    zone(&new.tz)?;
    Ok(NewMember {
        address,
        name: one_line(&new.name),
        org: one_line(&new.org),
        ..new
    })
}

fn one_of(key: &str, value: &str, known: &[&str]) -> anyhow::Result<()> {
    if !value.is_empty() && !known.contains(&value) {
        bail!(
            "there is no {key} {value:?}; it is one of {}",
            known.join(", ")
        );
    }
    Ok(())
}

fn zone(name: &str) -> anyhow::Result<()> {
    if !name.is_empty() && name.parse::<chrono_tz::Tz>().is_err() {
        bail!("there is no time zone {name:?}; write it as Europe/Berlin");
    }
    Ok(())
}

/// A name goes into headers: no control character may.
fn one_line(text: &str) -> String {
    let clean: String = text
        .chars()
        .map(|c| if c.is_control() { ' ' } else { c })
        .collect();
    clean.split_whitespace().collect::<Vec<_>>().join(" ")
}

async fn find(tx: &mut Tx, community: &Community, given: &str) -> anyhow::Result<Member> {
    let address = address::normalise(given)
        .with_context(|| format!("{given:?} is not an address; write it as name@example.org"))?;
    let found = membership::for_change(tx, community.id, &address).await?;
    found.with_context(|| {
        format!(
            "{address} is not a member of {}; see `folkmoot member list {}`",
            community.slug, community.slug
        )
    })
}

async fn list(ctx: &Context, output: Output, slug: &str) -> anyhow::Result<()> {
    let mut tx = ctx.read().await?;
    let community = open::community(&mut tx, slug).await?;
    let all = members::of_community(&mut tx, community.id).await?;
    let rows: Vec<Value> = all.iter().map(shown).collect();
    let line = |m: &Member| {
        format!(
            "{}\t{}\t{}\t{}\t{}",
            m.address, m.name, m.roles, m.delivery, m.state
        )
    };
    output.show(&rows, all.iter().map(line))
}

/// A member as `--json` shows it.
pub fn shown(member: &Member) -> Value {
    json!({
        "address": member.address,
        "name": member.name,
        "roles": member.roles().collect::<Vec<_>>(),
        "delivery": member.delivery,
        "paused_until": member.paused_until.map(rfc3339),
        "org": member.org,
        "tz": member.tz,
        "state": member.state,
    })
}

async fn set(
    ctx: &Context,
    output: Output,
    slug: &str,
    address: &str,
    changes: &[String],
) -> anyhow::Result<()> {
    let mut tx = ctx.write_durably().await?;
    let community = open::community(&mut tx, slug).await?;
    let mut member = find(&mut tx, &community, address).await?;
    if member.state == "left" {
        bail!(
            "{} has left; add them again with `folkmoot member add`",
            member.address
        );
    }
    let was_sponsor = member.has_role("sponsor");
    let default = ctx
        .charter(&community)
        .map(|charter| charter.timezone)
        .unwrap_or_default();
    let (mut moved, mut lifts) = (None, false);
    let is_put_back = changes.iter().any(|change| change.starts_with("state="));
    for change in changes {
        let (key, value) = change
            .split_once('=')
            .with_context(|| format!("{change:?} is not KEY=VALUE, such as delivery=digest"))?;
        match key.trim() {
            "address" => moved = Some(value.trim()),
            "complaint" if value.trim() == "off" => lifts = true,
            "complaint" => bail!("complaint takes `off`: mail goes to them again"),
            key => change_one(&mut member, key, value.trim(), default)?,
        }
    }
    membership::save(&mut tx, &member).await?;
    membership::welcome_sponsor(&mut tx, &member, was_sponsor, ctx.now()).await?;
    invitations::of_somebody(&mut tx, community.id, ctx.now()).await?;
    let step = crate::trail::Step::of_person(Some(community.id), &member.address, ctx.now());
    step.record(
        &mut tx,
        "membership",
        "changed",
        &format!("by the operator: {}", changes.join(", ")),
    )
    .await?;
    if is_put_back {
        bounces::reset(&mut tx, ctx, &member.address, "by the operator").await?;
    }
    if lifts {
        bounces::lift(&mut tx, ctx, &member.address, "by the operator").await?;
    }
    if let Some(new) = moved {
        move_to(&mut tx, ctx, &community, &member, new).await?;
        member = find(&mut tx, &community, new).await?;
    } else {
        member = find(&mut tx, &community, address).await?;
    }
    open::commit(tx).await?;
    output.show(&shown(&member), [format!("{} was changed", member.address)])
}

/// All mail of the person goes to another address, in every community.
async fn move_to(
    tx: &mut Tx,
    ctx: &Context,
    community: &Community,
    member: &Member,
    new: &str,
) -> anyhow::Result<()> {
    let new = address::normalise(new)
        .with_context(|| format!("{new:?} is not an address; write it as name@example.org"))?;
    let charter = member_invite::charter(ctx, community)?;
    let home = Home {
        ctx,
        community,
        charter: &charter,
    };
    addresses::change_now(tx, &home, member.person_id, &new, "by the operator").await?;
    Ok(())
}

fn change_one(
    member: &mut Member,
    key: &str,
    value: &str,
    default: chrono_tz::Tz,
) -> anyhow::Result<()> {
    match key {
        "name" => member.name = one_line(value),
        "org" => member.org = one_line(value),
        "role" | "roles" => member.roles = roles(value)?,
        "delivery" if value.is_empty() => bail!(
            "delivery needs a value; it is one of {}",
            DELIVERIES.join(", ")
        ),
        "delivery" => {
            one_of("delivery", value, &DELIVERIES)?;
            value.clone_into(&mut member.delivery);
        }
        "tz" => {
            zone(value)?;
            value.clone_into(&mut member.tz);
        }
        "paused_until" => pause(member, value, default)?,
        "state" if value == "active" => {
            (member.paused_until, member.state) = (None, "active".to_owned());
        }
        "state" => bail!("state takes `active`: mail goes to them again"),
        _ => bail!(
            "there is no key {key:?}; it is one of name, role, delivery, paused_until, org, tz, address, state, complaint"
        ),
    }
    Ok(())
}

fn roles(value: &str) -> anyhow::Result<String> {
    let named: Vec<&str> = value
        .split(',')
        .map(str::trim)
        .filter(|role| !role.is_empty())
        .collect();
    if named.is_empty() {
        bail!("role needs a value; it is one of {}", ROLES.join(", "));
    }
    for role in &named {
        one_of("role", role, &ROLES)?;
    }
    let kept: Vec<&str> = ROLES
        .into_iter()
        .filter(|role| named.contains(role))
        .collect();
    Ok(kept.join(","))
}

/// Until a day begins in the member's zone, or until a moment; nothing ends a pause.
fn pause(member: &mut Member, value: &str, default: chrono_tz::Tz) -> anyhow::Result<()> {
    if value.is_empty() {
        (member.paused_until, member.state) = (None, "active".to_owned());
        return Ok(());
    }
    let zone = member.tz.parse().unwrap_or(default);
    let until = match value.parse::<NaiveDate>() {
        Ok(day) => crate::cadence::cron::from_wall_clock(day.and_time(NaiveTime::MIN), zone)
            .timestamp_millis(),
        Err(_) => super::serve::moment(value)
            .context("paused_until takes a day as 2026-02-01, a moment, or nothing")?,
    };
    (member.paused_until, member.state) = (Some(until), "paused".to_owned());
    Ok(())
}

async fn remove(ctx: &Context, output: Output, slug: &str, address: &str) -> anyhow::Result<()> {
    let mut tx = ctx.write_durably().await?;
    let community = open::community(&mut tx, slug).await?;
    let member = find(&mut tx, &community, address).await?;
    if member.state == "left" {
        bail!("{} has left already", member.address);
    }
    let gone = member.address.clone();
    membership::leave(&mut tx, member, "removed by the operator", ctx.now()).await?;
    let member = find(&mut tx, &community, &gone).await?;
    open::commit(tx).await?;
    output.show(&shown(&member), [format!("{gone} was removed")])
}
