//! One mail about all posts that wait: as a reminder, or because more came within an
//! hour than moderators want mails about.

use super::{DAY, announce, desk, moderators, wording};
use crate::cadence::{Outcome, Running};
use crate::context::Context;
use crate::outbox::compose::{self, Letter};
use crate::random;
use crate::store::communities::Community;
use crate::store::holds::{self, Hold};
use crate::store::members::Member;
use crate::store::{self, Millis, Tx, acts, answers};
use crate::templates::mails::{ModerationWaiting, WaitingPost};

/// This act's name in the registry.
pub const NAME: &str = "hold-bundle";

/// What the act is about: a row about nothing would be taken for a schedule's.
const ABOUT: &str = "waiting";

/// The most posts that one mail names.
const MOST: i64 = 50;

/// Plans a mail about all that waits, unless one is planned already.
pub(super) async fn plan(tx: &mut Tx, community: i64, due_at: Millis) -> store::Result<()> {
    if acts::is_waiting(tx, community, NAME, ABOUT).await? {
        return Ok(());
    }
    acts::insert(tx, community, NAME, ABOUT, due_at).await
}

/// Tells the moderators what waits.
///
/// # Errors
/// Where the database refuses.
pub async fn run(tx: &mut Tx, act: &Running<'_>) -> store::Result<Outcome> {
    let to = moderators(tx, act.community.id).await?;
    ended(tell(tx, act.ctx, act.community, &to).await)
}

/// Reminds the moderators of what waits; each at most once a day.
pub(super) async fn remind(tx: &mut Tx, act: &Running<'_>) -> store::Result<Outcome> {
    let (now, mut to) = (act.ctx.now(), Vec::new());
    for moderator in moderators(tx, act.community.id).await? {
        let (community, kind) = (act.community.id, "hold-reminder");
        if answers::may_go(tx, community, &moderator.address, kind, now, DAY).await? {
            to.push(moderator);
        }
    }
    ended(tell(tx, act.ctx, act.community, &to).await)
}

fn ended(told: Result<Outcome, compose::Error>) -> store::Result<Outcome> {
    match told {
        Ok(outcome) => Ok(outcome),
        Err(compose::Error::Store(error)) => Err(error),
        Err(error) => Ok(Outcome::Dropped(error.to_string())),
    }
}

async fn tell(
    tx: &mut Tx,
    ctx: &Context,
    community: &Community,
    to: &[Member],
) -> Result<Outcome, compose::Error> {
    if to.is_empty() {
        let why = "there is no moderator who was not reminded within the last day";
        return Ok(Outcome::Dropped(why.to_owned()));
    }
    let count = holds::count_open(tx, community.id).await?;
    let posts = holds::open(tx, community.id, MOST).await?;
    if posts.is_empty() {
        return Ok(Outcome::Dropped("no post waits any more".to_owned()));
    }
    if let [post] = posts.as_slice() {
        announce::remind(tx, ctx, community, post, to).await?;
        let people = to.len();
        return Ok(Outcome::Done(format!(
            "{people} moderators were told again"
        )));
    }
    let message_id = random::message_id(&ctx.settings.domain);
    for moderator in to {
        mail(tx, ctx, community, (&posts, count), moderator, &message_id).await?;
    }
    for post in &posts {
        holds::tell(tx, post.intake_id, "list", &message_id).await?;
    }
    let (posts, people) = (posts.len(), to.len());
    Ok(Outcome::Done(format!(
        "{people} moderators were told that {posts} posts wait"
    )))
}

async fn mail(
    tx: &mut Tx,
    ctx: &Context,
    community: &Community,
    (posts, count): (&[Hold], i64),
    moderator: &Member,
    message_id: &str,
) -> Result<(), compose::Error> {
    let ids: Vec<i64> = posts.iter().map(|post| post.intake_id).collect();
    let way = desk::way(tx, ctx, community, moderator, &ids).await?;
    let mail = ModerationWaiting {
        community: community.name.clone(),
        count,
        posts: posts
            .iter()
            .map(|post| waiting(ctx, community, post))
            .collect(),
        more: count - posts.len() as i64,
        url: way.url,
        days: super::DAYS,
    };
    let letter = Letter {
        to: vec![(Some(moderator.id), moderator.address.clone())],
        reply_to: way.reply_to,
        concerns: format!("hold:{}", joined(&ids)),
        message_id: message_id.to_owned(),
        ..Letter::default()
    };
    compose::send(tx, ctx, community, &mail, &letter).await?;
    Ok(())
}

fn joined(ids: &[i64]) -> String {
    let ids: Vec<String> = ids.iter().map(i64::to_string).collect();
    ids.join(",")
}

fn waiting(ctx: &Context, community: &Community, post: &Hold) -> WaitingPost {
    WaitingPost {
        id: post.intake_id,
        subject: post.subject.clone(),
        author: wording::author(post),
        since: wording::since(ctx, community, post),
        reason: wording::reasons(post).join("; "),
    }
}
