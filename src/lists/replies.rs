//! Replies to our own mails: the token in the address says which mail is answered
//! and whom it went to; the mail's name says who understands the reply.

use super::post::{Arrival, Outcome};
use super::speaker::{self, Speaker};
use super::{bundle, commands, digest, joining, moderation, welcome};
use crate::cadence::act::Reply;
use crate::cadence::registry;
use crate::context::Context;
use crate::identity::Strength;
use crate::identity::tokens::{self, Purpose};
use crate::outbox::compose;
use crate::sessions;
use crate::store::mails::{self, Mail};
use crate::store::outbox::{self, Delivery};
use crate::store::tokens::Token;
use crate::store::{self, Tx, members, offers};

/// A token address answers for so long after its mail was made, in milliseconds: a
/// mail found years later in somebody's box must not act any more.
const ANSWERS_FOR: i64 = 400 * 86_400_000;

/// What a reply answers.
#[derive(Clone, Debug)]
pub enum Answered {
    /// One delivery of one mail of ours.
    Mail(Box<Mail>, Box<Delivery>),
    /// What a moderator is to decide, kept by their token.
    Request(Box<Token>),
}

/// Somebody replied to `SLUG-reply+TOKEN@`.
///
/// # Errors
/// Where the database refuses or an answer cannot be composed.
pub async fn reply(
    tx: &mut Tx,
    ctx: &Context,
    arrival: &Arrival<'_>,
    token: &str,
) -> Result<Outcome, compose::Error> {
    if speaker::is_machine(arrival) {
        return Ok(speaker::no_person());
    }
    let Some((answered, speaker)) = answered(tx, ctx, arrival, token).await? else {
        return Ok((
            "discarded",
            "its token is none of this community's, or too old".to_owned(),
        ));
    };
    if !is_own(tx, arrival, &speaker.address).await? {
        return Ok(not_own(&speaker.address));
    }
    if let Answered::Mail(mail, delivery) = &answered {
        offers::answered(tx, mail.id, &delivery.recipient, ctx.now()).await?;
    }
    understand(tx, ctx, arrival, &answered, &speaker).await
}

/// Somebody wrote to a member's own address, `SLUG-rsvp+TOKEN@`.
///
/// # Errors
/// Where the database refuses or an answer cannot be composed.
pub async fn rsvp(
    tx: &mut Tx,
    ctx: &Context,
    arrival: &Arrival<'_>,
    token: &str,
) -> Result<Outcome, compose::Error> {
    if speaker::is_machine(arrival) {
        return Ok(speaker::no_person());
    }
    let member = match ctx.secret.verify(Purpose::Rsvp, token) {
        Some(id) => members::by_id(tx, id).await?,
        None => None,
    };
    let Some(member) = member.filter(|member| member.community_id == arrival.community.id) else {
        return Ok((
            "discarded",
            "its token is none of this community's".to_owned(),
        ));
    };
    if let Some(outcome) = sessions::rsvp::in_words(tx, ctx, arrival, &member).await? {
        return Ok(outcome);
    }
    let speaker = Speaker {
        address: member.address.clone(),
        name: member.name.clone(),
        member: Some(member),
        strength: Strength::Token,
    };
    if !is_own(tx, arrival, &speaker.address).await? {
        return Ok(not_own(&speaker.address));
    }
    welcome::answered(tx, ctx, arrival, &speaker).await
}

/// Which affair understands the reply, by the name of the mail that it answers.
async fn understand(
    tx: &mut Tx,
    ctx: &Context,
    arrival: &Arrival<'_>,
    answered: &Answered,
    speaker: &Speaker,
) -> Result<Outcome, compose::Error> {
    match answered {
        Answered::Mail(mail, delivery) => match mail.name.as_str() {
            "digest" if mail.concerns == bundle::CONCERNS => {
                bundle::reply(tx, ctx, arrival, mail, speaker).await
            }
            "digest" => digest::reply::reply(tx, ctx, arrival, mail.id, speaker).await,
            // Whoever was asked which item they meant may say it there.
            "clarification" if digest::reply::asked_about(mail).is_some() => {
                let of = digest::reply::asked_about(mail).unwrap_or_default();
                digest::reply::reply(tx, ctx, arrival, of, speaker).await
            }
            "moderation" | "clarification" if joining_of(mail).is_some() => {
                let id = joining_of(mail).unwrap_or_default();
                joining::answered(tx, ctx, arrival, speaker, id).await
            }
            "clarification" if mail.concerns.starts_with("hold:") => {
                let ids = moderation::desk::concerned(&mail.concerns);
                moderation::reply(tx, ctx, arrival, &ids, speaker).await
            }
            name => match registry::hearing(asked_by(mail).unwrap_or(name)) {
                Some(hears) => {
                    let reply = Reply {
                        ctx,
                        arrival,
                        mail,
                        delivery,
                        speaker,
                    };
                    hears(tx, &reply).await
                }
                None => commands::in_reply(tx, ctx, arrival, speaker, &[name]).await,
            },
        },
        Answered::Request(request) => {
            moderation::reply_to_token(tx, ctx, arrival, request, speaker).await
        }
    }
}

/// The mail of an act whose reply this mail answers: what is answered to that is said to
/// the act, too.
fn asked_by(mail: &Mail) -> Option<&str> {
    let (name, _) = mail.concerns.split_once(':')?;
    let answers = matches!(mail.name.as_str(), "receipt" | "clarification");
    (answers && registry::hearing(name).is_some()).then_some(name)
}

/// The request to join that a mail is about.
fn joining_of(mail: &Mail) -> Option<i64> {
    mail.concerns.strip_prefix("joining:")?.parse().ok()
}

/// What the token stands for, and who may speak by it.
async fn answered(
    tx: &mut Tx,
    ctx: &Context,
    arrival: &Arrival<'_>,
    token: &str,
) -> store::Result<Option<(Answered, Speaker)>> {
    let community = arrival.community.id;
    // Somebody has shown it to a whole list.
    if store::tokens::is_revoked(tx, &tokens::hash(token)).await? {
        return Ok(None);
    }
    if let Some(id) = ctx.secret.verify(Purpose::Reply, token) {
        let Some((delivery, of)) = outbox::by_id(tx, id).await? else {
            return Ok(None);
        };
        if of != community || delivery.created_at + ANSWERS_FOR < ctx.now() {
            return Ok(None);
        }
        let mail = mails::by_id(tx, delivery.mail_id).await?;
        let speaker = by_token(tx, community, &delivery.recipient).await?;
        return Ok(Some((
            Answered::Mail(Box::new(mail), Box::new(delivery)),
            speaker,
        )));
    }
    let found = store::tokens::find(tx, &tokens::hash(token)).await?;
    // What is to be confirmed has an address of its own, and works once.
    let is_for_replies = |request: &Token| {
        request.community_id == community && request.kind == moderation::desk::KIND
    };
    let Some(request) = found.filter(is_for_replies) else {
        return Ok(None);
    };
    let speaker = by_token(tx, community, &request.address).await?;
    Ok(Some((Answered::Request(Box::new(request)), speaker)))
}

async fn by_token(tx: &mut Tx, community: i64, address: &str) -> store::Result<Speaker> {
    let member = members::by_address(tx, community, address).await?;
    Ok(Speaker {
        address: address.to_owned(),
        name: member
            .as_ref()
            .map(|member| member.name.clone())
            .unwrap_or_default(),
        member,
        strength: Strength::Token,
    })
}

/// Whether the reply comes from an address of the one whose token it uses: a mail
/// that was passed on to somebody else must not act in the first one's name.
pub async fn is_own(tx: &mut Tx, arrival: &Arrival<'_>, owner: &str) -> store::Result<bool> {
    let Some(from) = arrival.mail.from.first() else {
        return Ok(false);
    };
    if from.address == owner {
        return Ok(true);
    }
    match members::person_with(tx, owner).await? {
        Some(person) => Ok(members::addresses_of(tx, person)
            .await?
            .contains(&from.address)),
        None => Ok(false),
    }
}

/// A reply from an address that is not its owner's changes nothing.
pub(super) fn not_own(owner: &str) -> Outcome {
    let reason = format!("its token belongs to {owner}, who did not write it");
    ("discarded", reason)
}
