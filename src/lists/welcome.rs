//! The welcome, from the member's own address, and what a reply to it means.

use super::home::Home;
use super::post::{Arrival, Outcome};
use super::speaker::Speaker;
use super::{agreement, commands, owner, receipt};
use crate::config::ArchivePolicy;
use crate::context::Context;
use crate::identity::tokens::Purpose;
use crate::message::words::{self, Word};
use crate::outbox::compose::{self, Letter};
use crate::sessions::feed;
use crate::store::Tx;
use crate::store::members::{self, Member};
use crate::templates::Phrase;
use crate::templates::mails::Welcome;

/// Welcomes a member. The mail comes from the address that later invites them to
/// sessions, so that a calendar which asks for known senders knows it.
///
/// # Errors
/// Where the database refuses or the mail cannot be composed.
pub async fn send(
    tx: &mut Tx,
    home: &Home<'_>,
    member: &Member,
    in_reply_to: &str,
) -> Result<(), compose::Error> {
    let own = own_address(home, member);
    let letter = Letter {
        to: vec![(Some(member.id), member.address.clone())],
        from: own.clone(),
        reply_to: own,
        in_reply_to: in_reply_to.to_owned(),
        ..Letter::default()
    };
    let mail = Welcome {
        feed_url: feed::address(tx, home.ctx, member.id).await?,
        ..mail(home, member)
    };
    compose::send(tx, home.ctx, home.community, &mail, &letter).await?;
    Ok(())
}

/// A member's own address in a community, stable for life.
pub fn own_address(home: &Home<'_>, member: &Member) -> String {
    let token = home.ctx.secret.sign(Purpose::Rsvp, member.id);
    home.address(&format!("rsvp+{token}"))
}

fn mail(home: &Home<'_>, member: &Member) -> Welcome {
    let elements = &home.charter.charter;
    let key = match member.delivery.as_str() {
        "digest" => "delivery_digest",
        "headlines" => "delivery_headlines",
        "none" => "delivery_none",
        _ => "delivery_each",
    };
    Welcome {
        community: home.community.name.clone(),
        about: elements.domain.clone(),
        people: elements.community.clone(),
        practice: elements.practice.clone(),
        norms: elements.norms.clone(),
        delivery: home.say(&Phrase::new(key)),
        post_address: home.address(""),
        request_address: home.address("request"),
        leave_address: home.address("leave"),
        owner_address: home.address("owner"),
        archive_url: archive_url(home),
        from_rsvp: true,
        asks_agreement: agreement::is_open(home, member),
        posting_waits: !agreement::has_agreed(member, home.community, home.now()),
        version: home.community.agreement.to_string(),
        ..Welcome::default()
    }
}

fn archive_url(home: &Home<'_>) -> String {
    match home.charter.list.archive {
        ArchivePolicy::None => String::new(),
        _ => crate::links::front(&home.ctx.settings.base_url, &home.community.slug),
    }
}

/// A member replied to the welcome, or wrote to their own address otherwise. Words
/// that are commands act; anything else, an introduction or thanks, is for people.
///
/// # Errors
/// Where the database refuses or an answer cannot be composed.
pub async fn answered(
    tx: &mut Tx,
    ctx: &Context,
    arrival: &Arrival<'_>,
    speaker: &Speaker,
) -> Result<Outcome, compose::Error> {
    let home = Home::of(ctx, arrival);
    let member = speaker
        .on_list()
        .filter(|one| agreement::is_open(&home, one));
    if let Some(member) = member
        && says_agree(arrival)
    {
        return agreed(tx, &home, arrival, member).await;
    }
    let asked = words::commands(arrival.mail);
    let is_prose = asked.iter().all(|word| matches!(word, Word::Unknown(_)));
    let people = members::with_role(tx, arrival.community.id, "facilitator").await?;
    match is_prose && speaker.on_list().is_some() && !people.is_empty() {
        true => owner::to_facilitators(tx, ctx, arrival).await,
        false => commands::run(tx, ctx, arrival, speaker, None).await,
    }
}

/// AGREE, or a plain yes: the mail has asked but one thing.
fn says_agree(arrival: &Arrival<'_>) -> bool {
    let answer = words::answer(arrival.mail);
    answer.word == Some(Word::Agree) || (answer.is_yes && !answer.is_question)
}

async fn agreed(
    tx: &mut Tx,
    home: &Home<'_>,
    arrival: &Arrival<'_>,
    member: &Member,
) -> Result<Outcome, compose::Error> {
    agreement::agree(tx, home, member).await?;
    let version = home.community.agreement.to_string();
    let done = Phrase::new("agreed").with("version", version);
    let whom = (Some(member.id), member.address.as_str());
    receipt::send(tx, home.ctx, arrival, whom, &[done], None).await?;
    Ok((
        "command",
        format!("{} agrees to the charter", member.address),
    ))
}
