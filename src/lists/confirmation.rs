//! A reply to a token's own address, `SLUG-confirm+TOKEN@`: which request it
//! answers, whether it says yes, and whose affair that is (interfaces.md, "Tokens").

use super::home::Home;
use super::post::{Arrival, Outcome};
use super::{addresses, commands, joining, leaving, owner, replies, speaker};
use crate::context::Context;
use crate::identity::tokens;
use crate::message::words;
use crate::outbox::compose;
use crate::sessions::rsvp;
use crate::store::tokens::Token;
use crate::store::{self, Tx, members};

/// How long a request waits for the reply of whoever owns the address, in days.
pub const DAYS: i64 = 3;

/// Somebody replied to a request's token.
///
/// # Errors
/// Where the database refuses or an answer cannot be composed.
pub async fn confirm(
    tx: &mut Tx,
    ctx: &Context,
    arrival: &Arrival<'_>,
    token: &str,
) -> Result<Outcome, compose::Error> {
    if speaker::is_machine(arrival) || arrival.mail.from.is_empty() {
        return Ok(speaker::no_person());
    }
    let hash = tokens::hash(token);
    let found = store::tokens::find(tx, &hash).await?;
    let is_ours = |request: &Token| {
        request.community_id == arrival.community.id && is_confirmed_here(&request.kind)
    };
    let Some(request) = found.filter(is_ours) else {
        return Ok(discarded("the token is not one of this community's"));
    };
    if request.used_at.is_some() {
        return Ok(discarded("the token was used already"));
    }
    if !is_for_anybody(&request.kind) && !replies::is_own(tx, arrival, &request.address).await? {
        return Ok(replies::not_own(&request.address));
    }
    answered(tx, &Home::of(ctx, arrival), arrival, &request, &hash).await
}

/// Whoever is asked to join may reply from another address of theirs that we do not
/// know yet. What a member has asked for, nobody else confirms: a mail that was passed
/// on must not act in the first one's name.
fn is_for_anybody(kind: &str) -> bool {
    [joining::CONFIRM, joining::INVITE].contains(&kind)
}

async fn answered(
    tx: &mut Tx,
    home: &Home<'_>,
    arrival: &Arrival<'_>,
    request: &Token,
    hash: &[u8],
) -> Result<Outcome, compose::Error> {
    let answer = words::answer(arrival.mail);
    let (kind, whose) = (&request.kind, &request.address);
    if request.expires_at <= home.now() {
        // Used up, so that a second late reply is not answered a second time.
        store::tokens::use_up(tx, hash, home.now()).await?;
        return late(tx, home, arrival, request).await;
    }
    if answer.is_no {
        // A no is final: a later reply from the same thread confirms nothing.
        store::tokens::use_up(tx, hash, home.now()).await?;
        declined(tx, home, request).await?;
        return Ok(("command", format!("{kind}: declined by {whose}")));
    }
    if answer.is_question {
        return question(tx, home, arrival, request).await;
    }
    if needs_plain_yes(kind) && !answer.is_yes {
        let reason = format!("{kind} by {whose}: not confirmed, which takes a plain yes");
        return Ok(("command", reason));
    }
    if !store::tokens::use_up(tx, hash, home.now()).await? {
        return Ok(discarded("the token was used already"));
    }
    done(tx, home, arrival, request).await
}

/// Whether a token of that kind is for this address: a moderator's, say, is not, and
/// what it is about is no request to join.
fn is_confirmed_here(kind: &str) -> bool {
    const KINDS: [&str; 8] = [
        joining::CONFIRM,
        joining::INVITE,
        leaving::TOKEN,
        commands::confirmation::COMMANDS,
        commands::confirmation::ERASE,
        addresses::LINK,
        addresses::CHANGE,
        rsvp::KIND,
    ];
    KINDS.contains(&kind)
}

/// What cannot be undone, takes mail away from somebody, or makes two persons one needs
/// a plain yes: "I know nobody of that name" is none.
fn needs_plain_yes(kind: &str) -> bool {
    [addresses::LINK, addresses::CHANGE].contains(&kind) || kind == commands::confirmation::ERASE
}

/// Whose affair the request is.
async fn done(
    tx: &mut Tx,
    home: &Home<'_>,
    arrival: &Arrival<'_>,
    request: &Token,
) -> Result<Outcome, compose::Error> {
    match request.kind.as_str() {
        leaving::TOKEN => leaving::confirmed(tx, home, arrival, request).await,
        commands::confirmation::COMMANDS | commands::confirmation::ERASE => {
            commands::confirmation::confirmed(tx, home.ctx, arrival, request).await
        }
        addresses::LINK | addresses::CHANGE => addresses::confirmed(tx, home, request).await,
        rsvp::KIND => Ok(rsvp::confirmed(tx, home, arrival, request).await?),
        _ => joining::confirmed(tx, home, arrival, request).await,
    }
}

async fn declined(tx: &mut Tx, home: &Home<'_>, request: &Token) -> Result<(), compose::Error> {
    match request.kind.as_str() {
        leaving::TOKEN
        | commands::confirmation::COMMANDS
        | commands::confirmation::ERASE
        | rsvp::KIND => Ok(()),
        addresses::LINK | addresses::CHANGE => Ok(addresses::declined(tx, home, request).await?),
        _ => Ok(joining::declined(tx, home, request).await?),
    }
}

/// A question is open: whoever asked may still say yes. People answer it.
async fn question(
    tx: &mut Tx,
    home: &Home<'_>,
    arrival: &Arrival<'_>,
    request: &Token,
) -> Result<Outcome, compose::Error> {
    let facilitators = members::with_role(tx, home.community.id, "facilitator").await?;
    if facilitators.is_empty() {
        let reason = format!(
            "{} by {}: a question, not confirmed",
            request.kind, request.address
        );
        return Ok(("command", reason));
    }
    owner::to_facilitators(tx, home.ctx, arrival).await
}

/// The yes came too late. Who wanted to come in is told how to begin anew.
async fn late(
    tx: &mut Tx,
    home: &Home<'_>,
    arrival: &Arrival<'_>,
    request: &Token,
) -> Result<Outcome, compose::Error> {
    if [joining::CONFIRM, joining::INVITE].contains(&request.kind.as_str()) {
        joining::too_late(tx, home, arrival, request).await?;
    }
    Ok(discarded("the token has expired"))
}

fn discarded(why: &str) -> Outcome {
    ("discarded", why.to_owned())
}
