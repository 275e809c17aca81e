//! How a post's waiting ended, told to the moderators who did not end it.

use super::{desk, moderators, wording};
use crate::context::Context;
use crate::outbox::compose::{self, Letter};
use crate::store::Tx;
use crate::store::communities::Community;
use crate::store::holds::Hold;
use crate::store::members::Member;
use crate::templates::mails::ModerationOutcome;

/// Tells the other moderators, in the thread of the mail that told them of the post.
/// What was told in a list only is not followed up one by one: the next list has it
/// no more.
pub(super) async fn tell(
    tx: &mut Tx,
    ctx: &Context,
    community: &Community,
    hold: &Hold,
    but: &str,
) -> Result<(), compose::Error> {
    if hold.told != "mail" {
        return Ok(());
    }
    for moderator in moderators(tx, community.id).await? {
        if moderator.address != but {
            mail(tx, ctx, community, hold, &moderator, None).await?;
        }
    }
    Ok(())
}

/// Tells a moderator that their answer came too late; `answered` is its Message-ID.
pub(super) async fn too_late(
    tx: &mut Tx,
    ctx: &Context,
    community: &Community,
    hold: &Hold,
    moderator: &Member,
    answered: &str,
) -> Result<(), compose::Error> {
    mail(tx, ctx, community, hold, moderator, Some(answered)).await
}

async fn mail(
    tx: &mut Tx,
    ctx: &Context,
    community: &Community,
    hold: &Hold,
    moderator: &Member,
    answered: Option<&str>,
) -> Result<(), compose::Error> {
    let way = desk::way(tx, ctx, community, moderator, &[hold.intake_id]).await?;
    let mail = ModerationOutcome {
        community: community.name.clone(),
        subject: hold.subject.clone(),
        joining: false,
        outcome: wording::outcome(ctx, community, hold),
        reason: hold.reason.clone(),
        too_late: answered.is_some(),
    };
    let mut references = vec![hold.message_id.clone()];
    references.extend(Some(hold.notice_id.clone()).filter(|id| !id.is_empty()));
    let letter = Letter {
        to: vec![(Some(moderator.id), moderator.address.clone())],
        reply_to: way.reply_to,
        in_reply_to: answered.unwrap_or(&hold.notice_id).to_owned(),
        references,
        concerns: format!("hold:{}", hold.intake_id),
        ..Letter::default()
    };
    compose::send(tx, ctx, community, &mail, &letter).await?;
    Ok(())
}
