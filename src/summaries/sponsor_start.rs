//! Somebody becomes a sponsor: they are told what they will be shown and what they will
//! not, and choose how often.

use super::sponsor_action::{self, Said};
use super::{answer, metrics, sponsor_summary};
use crate::cadence::act::{Act, Reply};
use crate::cadence::{Outcome, Running};
use crate::lists::home::Home;
use crate::lists::{commands, post};
use crate::outbox::compose::{self, Letter};
use crate::store::members::{self, Member};
use crate::store::{self, Tx, communities};
use crate::templates::Phrase;
use crate::templates::mails::SponsorStart;
use crate::trail::Step;

/// The name of the act and of its mail; the act is about the member's key.
pub const NAME: &str = crate::lists::membership::SPONSOR_START;

/// Planned where somebody becomes a sponsor.
pub const ACT: Act = Act::new(NAME, |tx, act| Box::pin(run(tx, act)))
    .hearing(NAME, |tx, reply| Box::pin(hear(tx, reply)));

async fn run(tx: &mut Tx, act: &Running<'_>) -> store::Result<Outcome> {
    let found = members::by_id(tx, act.about.parse().unwrap_or(0)).await?;
    let is_one = |one: &Member| {
        one.community_id == act.community.id && one.state != "left" && one.has_role("sponsor")
    };
    let Some(member) = found.filter(is_one) else {
        return Ok(Outcome::Dropped("they are no sponsor any more".into()));
    };
    if act.community.closed_at.is_some() {
        return Ok(Outcome::Dropped("the community is closed".into()));
    }
    let home = Home {
        ctx: act.ctx,
        community: act.community,
        charter: &act.charter,
    };
    match send(tx, &home, &member).await {
        Ok(()) => Ok(Outcome::Done(format!("offered to {}", member.address))),
        Err(compose::Error::Store(error)) => Err(error),
        Err(error) => Ok(Outcome::Dropped(error.to_string())),
    }
}

async fn send(tx: &mut Tx, home: &Home<'_>, member: &Member) -> Result<(), compose::Error> {
    let elements = &home.charter.charter;
    let next = sponsor_summary::next(home.charter, Some(&member.address), home.now());
    let mail = SponsorStart {
        community: home.community.name.clone(),
        about: elements.domain.clone(),
        people: elements.community.clone(),
        practice: elements.practice.clone(),
        next: next.map_or_else(String::new, |(_, due)| home.moment(due)),
        definitions_url: format!(
            "{}/definitions/{}",
            home.ctx.settings.base_url,
            metrics::VERSION
        ),
        owner_address: home.address("owner"),
    };
    let letter = Letter {
        to: vec![(Some(member.id), member.address.clone())],
        concerns: format!("{NAME}:{}", member.id),
        ..Letter::default()
    };
    compose::send(tx, home.ctx, home.community, &mail, &letter).await?;
    Ok(())
}

/// `ACCEPT`, `MONTHLY`, `QUARTERLY`.
async fn hear(tx: &mut Tx, reply: &Reply<'_>) -> Result<post::Outcome, compose::Error> {
    let (ctx, arrival) = (reply.ctx, reply.arrival);
    let said = sponsor_action::read(&arrival.mail.visible_text);
    let is_meant = |said: &&Said| matches!(said, Said::Accept | Said::Monthly | Said::Quarterly);
    let meant: Vec<&Said> = said.iter().filter(is_meant).collect();
    let member = reply.speaker.member.as_ref();
    let sponsor = member.filter(|one| {
        one.state != "left" && one.has_role("sponsor") && one.address == reply.delivery.recipient
    });
    let (Some(sponsor), false) = (sponsor, meant.is_empty()) else {
        return commands::in_reply(tx, ctx, arrival, reply.speaker, &[NAME]).await;
    };
    let home = Home::of(ctx, arrival);
    communities::lock(tx, home.community.id).await?;
    let mut done = Vec::new();
    for said in meant {
        let phrase = match said {
            Said::Accept => accepted(tx, &home, sponsor).await?,
            often => {
                let is_monthly = *often == Said::Monthly;
                let set = sponsor_action::set_often(tx, &home, sponsor, is_monthly).await?;
                set.unwrap_or_else(|why| why)
            }
        };
        done.push(phrase);
    }
    answer::done(tx, reply, &done, &reply.mail.concerns).await?;
    let keys: Vec<&str> = done.iter().map(|phrase| phrase.key).collect();
    Ok(("command", keys.join(", ")))
}

async fn accepted(tx: &mut Tx, home: &Home<'_>, sponsor: &Member) -> store::Result<Phrase> {
    let step = Step::of_person(Some(home.community.id), &sponsor.address, home.now());
    step.record(tx, NAME, "accepted", "by mail").await?;
    Ok(Phrase::new("sponsor_accepted"))
}
