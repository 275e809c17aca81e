//! The mail to each moderator about a post that has begun to wait.

use super::{HOUR, attached, bundle, desk, moderators, wording};
use crate::context::Context;
use crate::lists::post::Arrival;
use crate::message::Mail;
use crate::outbox::compose::{self, Letter};
use crate::random;
use crate::store::Tx;
use crate::store::holds::{self, Hold};
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
    let attachment = attached::post(ctx, arrival);
    for moderator in &moderators {
        let way = desk::way(tx, ctx, arrival.community, moderator, &[hold.intake_id]).await?;
        let letter = Letter {
            to: vec![(Some(moderator.id), moderator.address.clone())],
            reply_to: way.reply_to,
            references: vec![hold.message_id.clone()],
            concerns: format!("hold:{}", hold.intake_id),
            message_id: message_id.clone(),
            attachments: vec![attachment.clone()],
            ..Letter::default()
        };
        let mail = mail(arrival, hold, way.url);
        compose::send(tx, ctx, arrival.community, &mail, &letter).await?;
    }
    Ok(holds::tell(tx, hold.intake_id, "mail", &message_id).await?)
}

fn mail(arrival: &Arrival<'_>, hold: &Hold, url: String) -> Moderation {
    let names = arrival.mail.attachments.iter().take(MOST_NAMES);
    Moderation {
        community: arrival.community.name.clone(),
        subject: hold.subject.clone(),
        author: wording::author(hold),
        authenticated: hold.strength != "bare",
        reasons: wording::reasons(hold),
        excerpt: excerpt(arrival.mail),
        attachments: names.map(|attachment| attachment.name.clone()).collect(),
        is_cut: attached::is_large(arrival),
        url,
        days: super::DAYS,
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
