//! What the author of a held post hears. A From line proves nothing: only a member's
//! registered address, or one that a server we trust has checked, gets anything, so
//! that nobody can make us write to a third person.

use super::{DAY, DAYS, wording};
use crate::config::{ArchivePolicy, Charter};
use crate::context::Context;
use crate::identity::Strength;
use crate::links;
use crate::lists::agreement;
use crate::lists::home::Home;
use crate::lists::post::Arrival;
use crate::lists::speaker;
use crate::outbox::compose::{self, Letter};
use crate::store::communities::Community;
use crate::store::holds::Hold;
use crate::store::{self, Tx, answers, members};
use crate::templates::mails::{HoldNotice, HoldOutcome, SurveyStray};

/// How sure it is who wrote (bare, relayed, aligned, token), and the address that may hear of
/// it; empty where nobody may.
pub(super) async fn notify(
    tx: &mut Tx,
    ctx: &Context,
    arrival: &Arrival<'_>,
) -> store::Result<(&'static str, String)> {
    let Some(speaker) = speaker::author(tx, ctx, arrival).await? else {
        return Ok((Strength::Bare.name(), String::new()));
    };
    let name = speaker.strength.name();
    let may_hear = speaker.on_list().is_some() || speaker.strength.may_hear();
    let address = may_hear.then(|| speaker.address.clone());
    Ok((name, address.unwrap_or_default()))
}

/// Tells the author that the post waits, at most once a day.
pub(super) async fn notice(
    tx: &mut Tx,
    ctx: &Context,
    arrival: &Arrival<'_>,
    hold: &Hold,
) -> Result<(), compose::Error> {
    let (community, to) = (arrival.community, hold.notify.as_str());
    if to.is_empty()
        || !answers::may_go(tx, community.id, to, "hold-notice", ctx.now(), DAY).await?
    {
        return Ok(());
    }
    let member = members::by_address(tx, community.id, to).await?;
    let member = member.filter(|member| member.on_list());
    let home = Home::of(ctx, arrival);
    let mail = HoldNotice {
        community: community.name.clone(),
        subject: hold.subject.clone(),
        reasons: wording::reasons(hold),
        days: DAYS,
        can_link: member.is_none(),
        can_agree: member.is_some_and(|member| agreement::is_open(&home, &member)),
        owner_address: owner(ctx, community),
    };
    let letter = letter(tx, hold).await?;
    compose::send(tx, ctx, community, &mail, &letter).await?;
    Ok(())
}

/// Tells the author how the waiting ended, unless it ended in silence.
pub(super) async fn outcome(
    tx: &mut Tx,
    ctx: &Context,
    community: &Community,
    hold: &Hold,
) -> Result<(), compose::Error> {
    let outcome = hold.outcome.as_str();
    let is_told = ["accepted", "trusted", "rejected", "expired"].contains(&outcome);
    if !is_told || !may_hear(tx, ctx, hold).await? {
        return Ok(());
    }
    let mail = HoldOutcome {
        community: community.name.clone(),
        subject: hold.subject.clone(),
        accepted: ["accepted", "trusted"].contains(&outcome),
        expired: outcome == "expired",
        closed: false,
        days: DAYS,
        reason: hold.reason.clone(),
        archive_url: archive_url(ctx, community, hold),
        owner_address: owner(ctx, community),
    };
    let letter = letter(tx, hold).await?;
    compose::send(tx, ctx, community, &mail, &letter).await?;
    Ok(())
}

/// Whether the author hears of the end: who gets the post itself need not, and what
/// ends by time alone is told once a day.
async fn may_hear(tx: &mut Tx, ctx: &Context, hold: &Hold) -> store::Result<bool> {
    if hold.notify.is_empty() {
        return Ok(false);
    }
    let member = members::by_address(tx, hold.community_id, &hold.notify).await?;
    let member = member.filter(|member| member.on_list());
    if member.is_none() && !Strength::named(&hold.strength).may_hear() {
        return Ok(false);
    }
    match hold.outcome.as_str() {
        "accepted" | "trusted" => {
            Ok(!member.is_some_and(|member| member.receives_each() && member.own == 1))
        }
        "expired" => {
            let (kind, now) = ("hold-expired", ctx.now());
            answers::may_go(tx, hold.community_id, &hold.notify, kind, now, DAY).await
        }
        _ => Ok(true),
    }
}

/// Tells a member that their answer to a survey went to the list, or answered several mails
/// at once, and was seen by nobody; only at their registered address, at most once a day.
///
/// # Errors
/// Where the database refuses or the mail cannot be composed.
pub async fn survey_reply(
    tx: &mut Tx,
    ctx: &Context,
    arrival: &Arrival<'_>,
    with_others: bool,
) -> Result<(), compose::Error> {
    let community = arrival.community;
    let author = speaker::author(tx, ctx, arrival).await?;
    let Some(member) = author.as_ref().and_then(|author| author.on_list()) else {
        return Ok(());
    };
    let (to, kind) = (&member.address, "survey-reply");
    if !answers::may_go(tx, community.id, to, kind, ctx.now(), DAY).await? {
        return Ok(());
    }
    let mail = SurveyStray {
        community: community.name.clone(),
        with_others,
        owner_address: owner(ctx, community),
    };
    let letter = Letter {
        to: vec![(Some(member.id), member.address.clone())],
        in_reply_to: arrival.message.message_id.clone(),
        ..Letter::default()
    };
    compose::send(tx, ctx, community, &mail, &letter).await?;
    Ok(())
}

async fn letter(tx: &mut Tx, hold: &Hold) -> store::Result<Letter> {
    let member = members::by_address(tx, hold.community_id, &hold.notify).await?;
    Ok(Letter {
        to: vec![(member.map(|member| member.id), hold.notify.clone())],
        in_reply_to: hold.message_id.clone(),
        concerns: format!("hold:{}", hold.intake_id),
        ..Letter::default()
    })
}

/// Where an accepted post can be read, where its author may read it.
fn archive_url(ctx: &Context, community: &Community, hold: &Hold) -> String {
    let is_public = |charter: &Charter| charter.list.archive == ArchivePolicy::Public;
    match ctx
        .charter(community)
        .is_some_and(|charter| is_public(&charter))
    {
        true => links::message(&ctx.settings.base_url, &community.slug, &hold.message_id),
        false => String::new(),
    }
}

fn owner(ctx: &Context, community: &Community) -> String {
    format!("{}-owner@{}", community.slug, ctx.settings.domain)
}
