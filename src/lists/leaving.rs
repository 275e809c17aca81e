//! Leaving. Whoever is proven leaves at once; a bare From line is asked first.

use super::confirmation;
use super::home::Home;
use super::membership;
use super::post::{Arrival, Outcome};
use super::speaker::{self, Speaker};
use crate::context::Context;
use crate::identity::tokens;
use crate::outbox::compose::{self, Letter};
use crate::store::members::Member;
use crate::store::tokens::Token;
use crate::store::{self, Millis, Tx};
use crate::templates::mails::{Confirm, Goodbye};

/// The kind of token by which a member confirms that they want to leave.
pub const TOKEN: &str = "leave";

const DAY: Millis = 86_400_000;

/// So many a day a member is asked at most, over all communities.
const MOST_A_DAY: usize = 3;

/// Somebody wrote to `-leave`, or said so elsewhere.
///
/// # Errors
/// Where the database refuses or an answer cannot be composed.
pub async fn asked(
    tx: &mut Tx,
    ctx: &Context,
    arrival: &Arrival<'_>,
    speaker: &Speaker,
) -> Result<Outcome, compose::Error> {
    if speaker::is_machine(arrival) {
        return Ok(speaker::no_person());
    }
    let home = Home::of(ctx, arrival);
    let found = membership::for_change(tx, home.community.id, &speaker.address).await?;
    let Some(member) = found.filter(|member| member.state != "left") else {
        let reason = format!("{} is not a member", speaker.address);
        return Ok(("command", reason));
    };
    let gone = member.address.clone();
    if speaker.strength.may_change() {
        at_once(tx, &home, member, "asked by mail, and is proven").await?;
        return Ok(("command", format!("{gone} has left")));
    }
    if is_asked_enough(tx, &home, &gone).await? {
        let reason = format!("{gone} has been asked already today");
        return Ok(("discarded", reason));
    }
    ask(tx, &home, arrival, &member).await?;
    let reason = format!("leave: asked {gone} to confirm");
    Ok(("command", reason))
}

async fn is_asked_enough(tx: &mut Tx, home: &Home<'_>, address: &str) -> store::Result<bool> {
    let since = home.now() - DAY;
    let made = store::tokens::made_since(tx, address, since, TOKEN).await?;
    Ok(made.len() >= MOST_A_DAY || made.contains(&home.community.id))
}

async fn ask(
    tx: &mut Tx,
    home: &Home<'_>,
    arrival: &Arrival<'_>,
    member: &Member,
) -> Result<(), compose::Error> {
    let (token, hash) = tokens::random_token();
    let row = Token {
        community_id: home.community.id,
        kind: TOKEN.to_owned(),
        address: member.address.clone(),
        subject: String::new(),
        created_at: home.now(),
        expires_at: home.now() + confirmation::DAYS * DAY,
        used_at: None,
    };
    store::tokens::insert(tx, &hash, &row).await?;
    let letter = Letter {
        to: vec![(Some(member.id), member.address.clone())],
        reply_to: home.address(&format!("confirm+{token}")),
        in_reply_to: arrival.message.message_id.clone(),
        ..Letter::default()
    };
    let mail = Confirm {
        community: home.community.name.clone(),
        about: home.charter.charter.domain.clone(),
        address: member.address.clone(),
        days: confirmation::DAYS as u32,
        owner_address: home.address("owner"),
        leaving: true,
        ..Confirm::default()
    };
    compose::send(tx, home.ctx, home.community, &mail, &letter).await?;
    Ok(())
}

/// A member replied to the confirmation.
///
/// # Errors
/// Where the database refuses or the goodbye cannot be composed.
pub async fn confirmed(
    tx: &mut Tx,
    home: &Home<'_>,
    _arrival: &Arrival<'_>,
    request: &Token,
) -> Result<Outcome, compose::Error> {
    let found = membership::for_change(tx, home.community.id, &request.address).await?;
    if let Some(member) = found.filter(|member| member.state != "left") {
        at_once(tx, home, member, "confirmed by mail").await?;
    }
    let reason = format!("leave: confirmed by {}", request.address);
    Ok(("command", reason))
}

/// Ends the membership of who asked for it (read with [`membership::for_change`]),
/// and says goodbye.
///
/// # Errors
/// Where the database refuses or the goodbye cannot be composed.
pub async fn at_once(
    tx: &mut Tx,
    home: &Home<'_>,
    member: Member,
    by: &str,
) -> Result<(), compose::Error> {
    let address = member.address.clone();
    membership::leave(tx, member, by, home.now()).await?;
    let mail = Goodbye {
        community: home.community.name.clone(),
        address: address.clone(),
        asked: true,
        join_address: home.address("join"),
        owner_address: home.address("owner"),
        offers_export: true,
    };
    let letter = Letter {
        to: vec![(None, address)],
        ..Letter::default()
    };
    compose::send(tx, home.ctx, home.community, &mail, &letter).await?;
    Ok(())
}
