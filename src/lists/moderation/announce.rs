//! The mail to each moderator about a post that has begun to wait.

use super::{DAY, HOUR, attached, bundle, desk, moderators, wording};
use crate::context::Context;
use crate::identity::Strength;
use crate::lists::post::Arrival;
use crate::message::{self, Mail};
use crate::outbox::compose::{self, Letter};
use crate::random;
use crate::store::Tx;
use crate::store::communities::Community;
use crate::store::holds::{self, Hold};
use crate::store::intake::{self, Message};
use crate::store::members::Member;
use crate::templates::mails::Moderation;
use crate::trail::Step;

/// A community's moderators get at most so many of these mails an hour; what comes
/// beyond is told in one mail together.
const MOST_AN_HOUR: i64 = 10;

/// Lines of a post that stand in the mail, and the characters of each.
const EXCERPT: (usize, usize) = (10, 160);

/// The most names of attachments that stand in it.
const MOST_NAMES: usize = 10;

/// Tells each moderator of a post that waits, or leaves it to the next bundle.
pub(super) async fn announce(
    tx: &mut Tx,
    ctx: &Context,
    arrival: &Arrival<'_>,
    hold: &Hold,
) -> Result<(), compose::Error> {
    let moderators = moderators(tx, hold.community_id).await?;
    if moderators.is_empty() {
        let step = Step::of_message(Some(hold.community_id), &hold.message_id, ctx.now());
        let why = "the community has neither moderators nor facilitators to be told";
        return Ok(step.record(tx, "moderation", "untold", why).await?);
    }
    let since = ctx.now() - HOUR;
    if holds::mails_since(tx, hold.community_id, since).await? >= MOST_AN_HOUR {
        return Ok(bundle::plan(tx, hold.community_id, ctx.now() + HOUR).await?);
    }
    let message_id = random::message_id(&ctx.settings.domain);
    let letter = Letter {
        references: vec![hold.message_id.clone()],
        message_id: message_id.clone(),
        ..Letter::default()
    };
    let post = (arrival.message, arrival.mail);
    send(tx, ctx, arrival.community, hold, post, &moderators, letter).await?;
    Ok(holds::tell(tx, hold.intake_id, "mail", &message_id).await?)
}

/// Reminds moderators of the one post that waits, in the thread of the first mail.
pub(super) async fn remind(
    tx: &mut Tx,
    ctx: &Context,
    community: &Community,
    hold: &Hold,
    moderators: &[Member],
) -> Result<(), compose::Error> {
    let message = intake::message(tx, hold.raw_id).await?;
    let mail = message::parse(&message.raw);
    let message_id = random::message_id(&ctx.settings.domain);
    let letter = Letter {
        references: vec![hold.message_id.clone()],
        in_reply_to: hold.notice_id.clone(),
        message_id: message_id.clone(),
        ..Letter::default()
    };
    let post = (&message, &mail);
    send(tx, ctx, community, hold, post, moderators, letter).await?;
    Ok(holds::tell(tx, hold.intake_id, "mail", &message_id).await?)
}

/// The mail to each, with a token of their own; to all of them it is one mail.
async fn send(
    tx: &mut Tx,
    ctx: &Context,
    community: &Community,
    hold: &Hold,
    (message, mail): (&Message, &Mail),
    moderators: &[Member],
    letter: Letter,
) -> Result<(), compose::Error> {
    let attachment = attached::post(ctx, community, message, mail);
    for moderator in moderators {
        let way = desk::way(tx, ctx, community, moderator, &[hold.intake_id]).await?;
        let letter = Letter {
            to: vec![(Some(moderator.id), moderator.address.clone())],
            reply_to: way.reply_to,
            concerns: format!("hold:{}", hold.intake_id),
            attachments: vec![attachment.clone()],
            ..letter.clone()
        };
        let says = Moderation {
            is_cut: attached::is_large(message),
            decide_url: way.url,
            ..says(ctx, community, hold, mail)
        };
        compose::send(tx, ctx, community, &says, &letter).await?;
    }
    Ok(())
}

fn says(ctx: &Context, community: &Community, hold: &Hold, mail: &Mail) -> Moderation {
    let names = mail.attachments.iter().take(MOST_NAMES);
    let days = (ctx.now() - hold.held_at) / DAY;
    Moderation {
        community: community.name.clone(),
        subject: hold.subject.clone(),
        author: wording::author(hold),
        authenticated: Strength::named(&hold.strength).may_change(),
        reasons: wording::reasons(hold),
        excerpt: excerpt(mail),
        attachments: names.map(|attachment| attachment.name.clone()).collect(),
        days: super::DAYS,
        waits_days: u32::try_from(days).unwrap_or_default(),
        dropped_on: wording::day(ctx, community, hold.expires_at),
        ..Moderation::default()
    }
}

/// The first lines of a post's own words.
fn excerpt(mail: &Mail) -> Vec<String> {
    let lines = mail.visible_text.lines().map(str::trim_end);
    let lines = lines.filter(|line| !line.is_empty()).take(EXCERPT.0);
    lines
        .map(|line| line.chars().take(EXCERPT.1).collect())
        .collect()
}
