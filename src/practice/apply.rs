//! A charter is applied: the community is founded or changed, its facilitators
//! and sponsors are added, and what falls due is planned.

use crate::cadence::plan;
use crate::config::merge::{Change, Merged, Refused, Take, merge};
use crate::config::{Charter, Problem};
use crate::context::Context;
use crate::lists::membership::{self, NewMember};
use crate::lists::{agreement, roles};
use crate::message::address;
use crate::sessions;
use crate::store::communities::{self, Community};
use crate::store::{self, Tx};

/// Why a charter was not applied. Nothing was changed.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// The database refused.
    #[error(transparent)]
    Store(#[from] sqlx::Error),
    /// The file is not a charter; every problem with its line.
    #[error("{}", lines(.0))]
    Problems(Vec<Problem>),
    /// Keys that were changed on both sides.
    #[error("{0}")]
    Refused(#[from] Refused),
}

fn lines(problems: &[Problem]) -> String {
    problems
        .iter()
        .map(ToString::to_string)
        .collect::<Vec<_>>()
        .join("\n")
}

/// Applies the text of a charter file and tells every change.
///
/// # Errors
/// See [`Error`].
pub async fn apply(
    tx: &mut Tx,
    ctx: &Context,
    text: &str,
    file: &str,
    take: Option<Take>,
) -> Result<(String, Vec<Change>), Error> {
    let read = Charter::parse(text, file).map_err(Error::Problems)?;
    let known = communities::by_slug(tx, &read.slug).await?;
    let (base, database) = match &known {
        None => (None, ""),
        Some(community) => (
            Some(community.charter_base.as_str()),
            community.charter.as_str(),
        ),
    };
    let Merged {
        text: merged,
        changes,
    } = merge(base, text, database, take)?;
    let charter = Charter::parse(&merged, file).map_err(Error::Problems)?;
    let id = write(tx, ctx, &charter, &merged, text, known.as_ref()).await?;
    people(tx, ctx, id, &charter, known.as_ref()).await?;
    let community = communities::by_id(tx, id).await?;
    sessions::align(tx, ctx, &community, &charter).await?;
    plan::plan(tx, id, &charter, ctx.now()).await?;
    Ok((charter.slug.clone(), changes))
}

async fn write(
    tx: &mut Tx,
    ctx: &Context,
    charter: &Charter,
    merged: &str,
    text: &str,
    known: Option<&Community>,
) -> store::Result<i64> {
    match known {
        None => {
            communities::insert(tx, &charter.slug, &charter.name, merged, text, ctx.now()).await
        }
        Some(community) => {
            communities::update(tx, community.id, &charter.name, merged, text).await?;
            agreement::charter_changed(tx, community, charter, ctx.now()).await?;
            Ok(community.id)
        }
    }
}

/// Facilitators, moderators and sponsors get their roles; whoever the charter names no more
/// loses them, and stays a member if they were one.
async fn people(
    tx: &mut Tx,
    ctx: &Context,
    id: i64,
    charter: &Charter,
    known: Option<&Community>,
) -> store::Result<()> {
    for (address, name, role) in named(charter, ctx.now()) {
        let new = NewMember {
            address,
            name,
            role: role.to_owned(),
            exempt: true,
            ..NewMember::default()
        };
        membership::add(tx, id, &new, "named in the charter", ctx.now()).await?;
    }
    let Some(before) = known.and_then(|community| Charter::parse(&community.charter, "").ok())
    else {
        return Ok(());
    };
    let now = named(charter, ctx.now());
    for (address, _, role) in named(&before, ctx.now()) {
        if !now
            .iter()
            .any(|(still, _, same)| *still == address && *same == role)
        {
            lose_role(tx, ctx, id, &address, role).await?;
        }
    }
    Ok(())
}

async fn lose_role(
    tx: &mut Tx,
    ctx: &Context,
    id: i64,
    address: &str,
    role: &str,
) -> store::Result<()> {
    let Some(mut member) = membership::for_change(tx, id, address).await? else {
        return Ok(());
    };
    let kept: Vec<&str> = member.roles().filter(|held| *held != role).collect();
    let kept = kept.join(",");
    match (kept.is_empty(), role) {
        (true, "sponsor") => {
            membership::leave(tx, member, "no longer named in the charter", ctx.now()).await
        }
        (true, _) => {
            member.roles = "member".to_owned();
            membership::save(tx, &member).await
        }
        (false, _) => {
            member.roles = kept;
            membership::save(tx, &member).await
        }
    }
}

/// (address, name, role) of everybody a charter names and whose term is not over.
fn named(charter: &Charter, now: store::Millis) -> Vec<(String, String, &'static str)> {
    let plain = |given: &lettre::Address| {
        let text = given.to_string();
        address::normalise(&text).unwrap_or(text)
    };
    let facilitators = roles::serving(charter, now)
        .into_iter()
        .map(|f| (plain(&f.address), f.name.clone(), "facilitator"));
    let sponsors = charter
        .sponsors
        .iter()
        .map(|s| (plain(&s.address), s.name.clone(), "sponsor"));
    let moderators = charter
        .moderators
        .iter()
        .map(|m| (plain(&m.address), m.name.clone(), "moderator"));
    facilitators.chain(moderators).chain(sponsors).collect()
}
