//! Joining and leaving by mail: whoever writes to `-join` or `-leave` is asked
//! for a reply to a token, because a From line proves nothing.

use crate::config::{ArchivePolicy, Charter, Subscription};
use crate::context::Context;
use crate::identity::tokens;
use crate::lists::membership::{self, NewMember};
use crate::lists::post::{Arrival, Outcome};
use crate::message::{Kind, words};
use crate::outbox::compose::{self, Letter};
use crate::store::members;
use crate::store::tokens::Token;
use crate::store::{self, Tx};
use crate::templates::Phrase;
use crate::templates::mails::{Confirm, Goodbye, Welcome};

const DAY: i64 = 86_400_000;

/// How long a request waits for its reply.
const VALID_DAYS: i64 = 3;

/// A victim of sign-up bombing gets at most so many of these a day, over all lists.
const MOST_A_DAY: usize = 3;

/// Whether a facilitator decides who joins: such requests are passed on to them.
pub fn is_decided_by_people(charter: &Charter) -> bool {
    !matches!(
        charter.list.subscription,
        Subscription::Open | Subscription::Confirm
    )
}

/// Somebody wrote to `-join`.
///
/// # Errors
/// Where the database refuses or a template is broken.
pub async fn ask_to_join(
    tx: &mut Tx,
    ctx: &Context,
    arrival: &Arrival<'_>,
) -> Result<Outcome, compose::Error> {
    let Some((address, name)) = human(arrival) else {
        return Ok(not_human());
    };
    let member = members::by_address(tx, arrival.community.id, &address).await?;
    if member.is_some_and(|member| member.on_list()) {
        return Ok(("command", format!("{address} is a member already")));
    }
    ask(tx, ctx, arrival, "join", &address, &name).await
}

/// Somebody wrote to `-leave`.
///
/// # Errors
/// Where the database refuses or a template is broken.
pub async fn ask_to_leave(
    tx: &mut Tx,
    ctx: &Context,
    arrival: &Arrival<'_>,
) -> Result<Outcome, compose::Error> {
    let Some((address, name)) = human(arrival) else {
        return Ok(not_human());
    };
    let member = members::by_address(tx, arrival.community.id, &address).await?;
    if member.is_none_or(|member| member.state == "left") {
        return Ok(("command", format!("{address} is not a member")));
    }
    ask(tx, ctx, arrival, "leave", &address, &name).await
}

async fn ask(
    tx: &mut Tx,
    ctx: &Context,
    arrival: &Arrival<'_>,
    kind: &str,
    address: &str,
    name: &str,
) -> Result<Outcome, compose::Error> {
    let (community, now) = (arrival.community, ctx.now());
    let made = store::tokens::made_since(tx, address, now - DAY, kind).await?;
    if made.len() >= MOST_A_DAY || made.contains(&community.id) {
        return Ok((
            "discarded",
            format!("{address} has been asked already today"),
        ));
    }
    let (token, hash) = tokens::random_token();
    let row = Token {
        community_id: community.id,
        kind: kind.to_owned(),
        address: address.to_owned(),
        subject: name.to_owned(),
        created_at: now,
        expires_at: now + VALID_DAYS * DAY,
        used_at: None,
    };
    store::tokens::insert(tx, &hash, &row).await?;
    let domain = &ctx.settings.domain;
    let letter = Letter {
        to: vec![(None, address.to_owned())],
        reply_to: format!("{}-confirm+{token}@{domain}", community.slug),
        in_reply_to: arrival.message.message_id.clone(),
        ..Letter::default()
    };
    let mail = Confirm {
        community: community.name.clone(),
        about: arrival.charter.charter.domain.clone(),
        address: address.to_owned(),
        days: VALID_DAYS as u32,
        owner_address: format!("{}-owner@{domain}", community.slug),
        leaving: kind == "leave",
        ..Confirm::default()
    };
    compose::send(tx, ctx, community, &mail, &letter).await?;
    Ok(("command", format!("{kind}: asked {address} to confirm")))
}

/// Somebody replied to a confirmation's token.
///
/// # Errors
/// Where the database refuses or a template is broken.
pub async fn confirm(
    tx: &mut Tx,
    ctx: &Context,
    arrival: &Arrival<'_>,
    token: &str,
) -> Result<Outcome, compose::Error> {
    if human(arrival).is_none() {
        return Ok(not_human());
    }
    let hash = tokens::hash(token);
    let found = store::tokens::find(tx, &hash).await?;
    let Some(request) = found.filter(|request| request.community_id == arrival.community.id) else {
        return Ok((
            "discarded",
            "the token is not one of this community's".into(),
        ));
    };
    // A reply confirms whatever it says, unless its first visible word is a form of
    // no or cancel, or it asks a question (interfaces.md, "Tokens").
    let answer = words::answer(arrival.mail);
    if answer.is_no || answer.is_question {
        // A no is final: a later reply from the same thread confirms nothing. A
        // question is open: whoever asked may still say yes.
        if !answer.is_question {
            store::tokens::use_up(tx, &hash, ctx.now()).await?;
        }
        return Ok((
            "command",
            format!("{} by {}: not confirmed", request.kind, request.address),
        ));
    }
    if request.expires_at <= ctx.now() || !store::tokens::use_up(tx, &hash, ctx.now()).await? {
        return Ok((
            "discarded",
            "the token was used already or has expired".into(),
        ));
    }
    match request.kind.as_str() {
        "leave" => leave(tx, ctx, arrival, &request).await?,
        _ => join(tx, ctx, arrival, &request).await?,
    }
    Ok((
        "command",
        format!("{}: confirmed by {}", request.kind, request.address),
    ))
}

async fn join(
    tx: &mut Tx,
    ctx: &Context,
    arrival: &Arrival<'_>,
    request: &Token,
) -> Result<(), compose::Error> {
    let new = NewMember {
        address: request.address.clone(),
        name: request.subject.clone(),
        ..NewMember::default()
    };
    membership::add(
        tx,
        arrival.community.id,
        &new,
        "confirmed by mail",
        ctx.now(),
    )
    .await?;
    let member = members::by_address(tx, arrival.community.id, &request.address).await?;
    let letter = Letter {
        to: vec![(member.map(|m| m.id), request.address.clone())],
        ..Letter::default()
    };
    let mail = welcome(ctx, arrival.charter);
    compose::send(tx, ctx, arrival.community, &mail, &letter)
        .await
        .map(drop)
}

async fn leave(
    tx: &mut Tx,
    ctx: &Context,
    arrival: &Arrival<'_>,
    request: &Token,
) -> Result<(), compose::Error> {
    let Some(member) = membership::for_change(tx, arrival.community.id, &request.address).await?
    else {
        return Ok(());
    };
    let (slug, domain) = (&arrival.community.slug, &ctx.settings.domain);
    membership::leave(tx, member, "confirmed by mail", ctx.now()).await?;
    let mail = Goodbye {
        community: arrival.community.name.clone(),
        address: request.address.clone(),
        asked: true,
        join_address: format!("{slug}-join@{domain}"),
        owner_address: format!("{slug}-owner@{domain}"),
        offers_export: false,
    };
    let letter = Letter {
        to: vec![(None, request.address.clone())],
        ..Letter::default()
    };
    compose::send(tx, ctx, arrival.community, &mail, &letter)
        .await
        .map(drop)
}

/// What a new member is told.
fn welcome(ctx: &Context, charter: &Charter) -> Welcome {
    let (slug, domain) = (&charter.slug, &ctx.settings.domain);
    let archive = charter.list.archive == ArchivePolicy::None;
    Welcome {
        community: charter.name.clone(),
        about: charter.charter.domain.clone(),
        people: charter.charter.community.clone(),
        practice: charter.charter.practice.clone(),
        norms: charter.charter.norms.clone(),
        delivery: ctx.templates.say(
            &charter.language,
            slug,
            &Phrase::new("delivery_each"),
        ),
        post_address: format!("{slug}@{domain}"),
        request_address: format!("{slug}-request@{domain}"),
        leave_address: format!("{slug}-leave@{domain}"),
        owner_address: format!("{slug}-owner@{domain}"),
        archive_url: if archive {
            String::new()
        } else {
            crate::links::front(&ctx.settings.base_url, slug)
        },
        ..Welcome::default()
    }
}

/// Who wrote, unless it was a machine: automatic mail never gets an answer.
fn human(arrival: &Arrival<'_>) -> Option<(String, String)> {
    let machine = matches!(
        arrival.mail.kind,
        Kind::AutoReply | Kind::Bounce | Kind::FeedbackReport
    );
    if machine || arrival.message.envelope_from.is_empty() {
        return None;
    }
    let author = arrival.mail.from.first()?;
    Some((
        author.address.clone(),
        author.name.clone().unwrap_or_default(),
    ))
}

fn not_human() -> Outcome {
    (
        "discarded",
        "it is automatic or has no author, and gets no answer".to_owned(),
    )
}
