//! What comes back about a draft: yes, no, or better words for it.

use super::words::{self, Answer, Edited};
use super::{CONCERNS, NAME};
use crate::cadence::act::Reply;
use crate::lists::{commands, post, receipt};
use crate::outbox::compose;
use crate::store::learnings::{self, Learning};
use crate::store::members::Member;
use crate::store::{self, Tx};
use crate::templates::Phrase;
use crate::trail::Step;

/// The answer of whoever was asked to review a draft, or of a facilitator.
///
/// # Errors
/// Where the database refuses or an answer cannot be composed.
pub(super) async fn hear(tx: &mut Tx, reply: &Reply<'_>) -> Result<post::Outcome, compose::Error> {
    let (ctx, arrival) = (reply.ctx, reply.arrival);
    let id = reply.mail.concerns.strip_prefix(CONCERNS);
    let learning = match id.and_then(|id| id.parse().ok()) {
        Some(id) => learnings::by_id(tx, id).await?,
        None => None,
    };
    let answer = words::answer(arrival.mail);
    let (Some(learning), Some(member), Some(answer)) = (learning, may_review(reply), answer) else {
        return commands::in_reply(tx, ctx, arrival, reply.speaker, &[NAME]).await;
    };
    let said = match answer {
        Answer::No => dropped(tx, reply, (&learning, member)).await?,
        Answer::Yes(edited) => reviewed(tx, reply, (&learning, member), edited).await?,
    };
    let to = (Some(member.id), member.address.as_str());
    receipt::send(tx, ctx, arrival, to, std::slice::from_ref(&said), None).await?;
    Ok(("command", format!("learning {}: {}", learning.id, said.key)))
}

/// A mail that was passed on makes nobody a reviewer.
fn may_review<'a>(reply: &'a Reply<'_>) -> Option<&'a Member> {
    let member = reply.speaker.on_list()?;
    let was_asked = member.address == reply.delivery.recipient;
    let may = reply.speaker.strength.may_change() && (was_asked || member.has_role("facilitator"));
    may.then_some(member)
}

async fn dropped(
    tx: &mut Tx,
    reply: &Reply<'_>,
    (learning, member): (&Learning, &Member),
) -> store::Result<Phrase> {
    if !learnings::drop_one(tx, learning.id).await? {
        return Ok(over(learning));
    }
    record(tx, reply, (learning, member), "dropped").await?;
    Ok(Phrase::new("learning_dropped").with("title", learning.title.clone()))
}

async fn reviewed(
    tx: &mut Tx,
    reply: &Reply<'_>,
    (learning, member): (&Learning, &Member),
    edited: Edited,
) -> store::Result<Phrase> {
    let title = edited.title.unwrap_or_else(|| learning.title.clone());
    let summary = edited.summary.unwrap_or_else(|| learning.summary.clone());
    let tags = edited.tags.unwrap_or_else(|| learning.tags.clone());
    let said = (title.as_str(), summary.as_str(), tags.as_str());
    let by = (member.address.as_str(), reply.ctx.now());
    if !learnings::review(tx, learning.id, said, by).await? {
        return Ok(over(learning));
    }
    record(tx, reply, (learning, member), "reviewed").await?;
    Ok(Phrase::new("learning_reviewed").with("title", title))
}

fn over(learning: &Learning) -> Phrase {
    Phrase::new("learning_over").with("title", learning.title.clone())
}

async fn record(
    tx: &mut Tx,
    reply: &Reply<'_>,
    (learning, member): (&Learning, &Member),
    verdict: &str,
) -> store::Result<()> {
    let at = reply.ctx.now();
    let step = Step::of_person(Some(learning.community_id), &member.address, at);
    let reason = format!("learning {}", learning.id);
    step.record(tx, "learning", verdict, &reason).await
}
