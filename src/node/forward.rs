//! Mail to a community's people and its robot: `-owner` is passed on to the
//! facilitators, `-request` gets one helpful answer.

use crate::context::Context;
use crate::lists::post::{Arrival, Outcome};
use crate::message::{Kind, ListCopy, rewrite};
use crate::outbox::catalogue::PERSON_MESSAGE;
use crate::outbox::compose::{self, Letter};
use crate::store::{Tx, members};
use crate::templates::mails::Clarification;

/// Passes somebody's mail on to the facilitators, as it is but for the envelope.
pub(super) async fn to_facilitators(
    tx: &mut Tx,
    ctx: &Context,
    arrival: &Arrival<'_>,
) -> Result<Outcome, compose::Error> {
    if is_automatic(arrival) {
        return Ok((
            "discarded",
            "it is automatic, and facilitators are people".to_owned(),
        ));
    }
    let facilitators = members::with_role(tx, arrival.community.id, "facilitator").await?;
    let to: Vec<_> = facilitators
        .iter()
        .map(|m| (Some(m.id), m.address.clone()))
        .collect();
    if to.is_empty() {
        return Err(compose::Error::Aside(
            "the community has no facilitator to pass it on to; name one in its charter".into(),
        ));
    }
    let (slug, message) = (&arrival.community.slug, arrival.message);
    let copy = ListCopy {
        set: vec![
            ("Folkmoot-Mail".into(), PERSON_MESSAGE.name.into()),
            (
                "Folkmoot-About".into(),
                format!(
                    "{}; community={slug}; {}",
                    PERSON_MESSAGE.name,
                    compose::today(ctx, arrival.community)
                ),
            ),
            (
                "Sender".into(),
                format!("<{slug}-owner@{}>", ctx.settings.domain),
            ),
        ],
        date: ctx.today().to_rfc2822(),
        message_id: format!("<{}>", message.message_id),
        ..ListCopy::default()
    };
    let content = rewrite(&message.raw, &copy).bytes;
    let letter = Letter {
        to,
        ..Letter::default()
    };
    let count = letter.to.len();
    compose::enqueue(
        tx,
        ctx,
        arrival.community,
        &PERSON_MESSAGE,
        &letter,
        &message.message_id,
        &content,
    )
    .await?;
    Ok(("forwarded", format!("passed on to {count} facilitators")))
}

/// Answers a command. This version understands none: the answer says what can
/// be done by mail now.
pub(super) async fn help(
    tx: &mut Tx,
    ctx: &Context,
    arrival: &Arrival<'_>,
) -> Result<Outcome, compose::Error> {
    let author = arrival.mail.from.first().filter(|_| !is_automatic(arrival));
    let Some(author) = author else {
        return Ok((
            "discarded",
            "it is automatic or has no author, and gets no answer".to_owned(),
        ));
    };
    let (slug, domain) = (&arrival.community.slug, &ctx.settings.domain);
    // Only members get an answer: a From line proves nothing, and a stranger
    // must not be able to make us write to a third person.
    let member = members::by_address(tx, arrival.community.id, &author.address).await?;
    let Some(member) = member.filter(|member| member.on_list()) else {
        return Ok((
            "command",
            "its author is not a member and gets no answer".to_owned(),
        ));
    };
    let mail = Clarification {
        community: arrival.community.name.clone(),
        read: arrival
            .mail
            .visible_text
            .lines()
            .next()
            .unwrap_or("")
            .chars()
            .take(80)
            .collect(),
        problem: "Commands in a mail are not understood yet. These addresses work:".into(),
        examples: vec![
            format!("to post, write to {slug}@{domain}"),
            format!("to leave, write to {slug}-leave@{domain}"),
            format!("to reach the facilitators, write to {slug}-owner@{domain}"),
        ],
        owner_address: format!("{slug}-owner@{domain}"),
        ..Clarification::default()
    };
    let letter = Letter {
        to: vec![(Some(member.id), member.address.clone())],
        in_reply_to: arrival.message.message_id.clone(),
        ..Letter::default()
    };
    compose::send(tx, ctx, arrival.community, &mail, &letter).await?;
    Ok(("command", format!("answered {} with help", author.address)))
}

fn is_automatic(arrival: &Arrival<'_>) -> bool {
    let machine = matches!(
        arrival.mail.kind,
        Kind::AutoReply | Kind::Bounce | Kind::FeedbackReport
    );
    machine || arrival.message.envelope_from.is_empty()
}
