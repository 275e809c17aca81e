//! A question that nobody has answered: after a day those who may know are asked, after
//! three the facilitators are told. Two acts, so that the second comes whatever became of
//! the first.

use chrono::TimeDelta;

use super::newcomer_unanswered;
use super::question::is_question;
use super::thread_watch::{self, AT_ONCE, Kind, Waiting, hear, likely, put, shown, still};
use crate::cadence::act::{Act, Ahead, Plan, Posted, Recipient};
use crate::cadence::{Outcome, Running};
use crate::outbox::moot;
use crate::store::members::{self, Member};
use crate::store::watches::Asked;
use crate::store::{self, Millis, Tx, acts, communities, watches};
use crate::templates::mails::{StillUnanswered, Unanswered};

/// The first act's name in the registry, and the name of both mails in the catalogue.
pub const NAME: &str = "unanswered";

/// The second act's name in the registry.
pub const TELL_NAME: &str = "unanswered-tell";

const DAY: Millis = 86_400_000;

/// Asks those who may know. Later than the moment at which the facilitators are told,
/// it is dropped. No holidays: the mail itself waits until they are over.
pub const ASK: Act = Act::new(NAME, |tx, act| Box::pin(ask(tx, act)))
    .planned(Plan::Posts(|posted| after(posted, 24)))
    .dropped_after(48)
    .mailing(NAME, |tx, ahead| Box::pin(audience(tx, ahead)))
    .hearing(NAME, |tx, reply| Box::pin(hear(tx, reply)));

/// Tells the facilitators.
pub const TELL: Act = Act::new(TELL_NAME, |tx, act| Box::pin(tell(tx, act)))
    .planned(Plan::Posts(|posted| after(posted, 72)))
    .dropped_after(7 * 24)
    .mailing(NAME, |tx, ahead| Box::pin(tell_audience(tx, ahead)));

fn after(posted: &Posted<'_>, hours: i64) -> Option<TimeDelta> {
    let asks = posted.is_root && is_question(posted.subject, posted.text);
    asks.then(|| TimeDelta::hours(hours))
}

async fn ask(tx: &mut Tx, act: &Running<'_>) -> store::Result<Outcome> {
    let community = act.community.id;
    // An answer that comes at this moment comes before or after.
    communities::lock(tx, community).await?;
    let waiting = match still(tx, act).await? {
        Ok(waiting) => waiting,
        Err(why) => return Ok(Outcome::Dropped(why)),
    };
    if newcomer_unanswered::stands_for(tx, community, &act.about).await? {
        let why = "the watch over a newcomer's first post stands for it";
        return Ok(Outcome::Merged(why.to_owned()));
    }
    let now = act.ctx.now();
    let people = likely(tx, (community, now), &waiting, (Kind::Experts, AT_ONCE)).await?;
    if people.is_empty() {
        let why = "nobody has answered questions of late who could be asked";
        return Ok(Outcome::Dropped(why.to_owned()));
    }
    let home = (act.ctx, act.community, &*act.charter);
    let mail = Unanswered {
        thread: shown(home, &waiting),
        others: people.len() - 1,
    };
    let whom = (people.as_slice(), Some(act.due_at));
    let done = put(tx, home, (&waiting, moot::ASKED), whom, &mail).await;
    thread_watch::outcome(done, "asked", "members who may know")
}

/// Whether the weekly worksheet is enough: a mail for each question of a week would take
/// the room of the one mail that has them all.
async fn is_on_worksheet(tx: &mut Tx, act: &Running<'_>) -> store::Result<bool> {
    let told = acts::last_done(tx, act.community.id, TELL_NAME).await?;
    let is_recent = told.is_some_and(|at| act.due_at - at < 7 * DAY);
    Ok(is_recent && act.charter.worksheet.schedule.is_some())
}

async fn tell(tx: &mut Tx, act: &Running<'_>) -> store::Result<Outcome> {
    communities::lock(tx, act.community.id).await?;
    let waiting = match still(tx, act).await? {
        Ok(waiting) => waiting,
        Err(why) => return Ok(Outcome::Dropped(why)),
    };
    if is_on_worksheet(tx, act).await? {
        let why = "they were told of another question this week; it stands on their worksheet";
        return Ok(Outcome::Merged(why.to_owned()));
    }
    let asked = asked(tx, act.community.id, &waiting).await?;
    let all = facilitators(tx, act.community.id, &waiting).await?;
    if all.is_empty() {
        let why = "the community has no facilitator who could be told";
        return Ok(Outcome::Dropped(why.to_owned()));
    }
    let people = untold(all, &asked);
    if people.is_empty() {
        let why = "the watch over a newcomer's first post has told the facilitators";
        return Ok(Outcome::Merged(why.to_owned()));
    }
    let home = (act.ctx, act.community, &*act.charter);
    let mail = StillUnanswered {
        thread: shown(home, &waiting),
        days: (act.ctx.now() - waiting.root.archived_at) / DAY,
        asked: names(tx, &asked).await?,
    };
    let whom = (people.as_slice(), Some(act.due_at));
    let done = put(tx, home, (&waiting, moot::TOLD), whom, &mail).await;
    thread_watch::outcome(done, "told", "facilitators")
}

/// Those who were asked about it, by whichever watch.
async fn asked(tx: &mut Tx, community: i64, waiting: &Waiting) -> store::Result<Vec<Asked>> {
    let concerns = moot::concerns(moot::ASKED, waiting.root.id);
    watches::asked(tx, community, &concerns).await
}

/// The facilitators, but for one who asks.
async fn facilitators(
    tx: &mut Tx,
    community: i64,
    waiting: &Waiting,
) -> store::Result<Vec<Member>> {
    let asker = members::person_with(tx, &waiting.root.author_address).await?;
    let mut all = members::with_role(tx, community, "facilitator").await?;
    all.retain(|member| Some(member.person_id) != asker);
    Ok(all)
}

/// Those who do not know of it from the watch over newcomers.
fn untold(facilitators: Vec<Member>, asked: &[Asked]) -> Vec<Member> {
    let knows = |member: &Member| {
        asked
            .iter()
            .any(|one| one.member_id == Some(member.id) && one.name == newcomer_unanswered::NAME)
    };
    let all = facilitators.into_iter();
    all.filter(|member| !knows(member)).collect()
}

async fn names(tx: &mut Tx, asked: &[Asked]) -> store::Result<Vec<String>> {
    let mut names = Vec::new();
    for one in asked {
        let member = match one.member_id {
            Some(id) => members::by_id(tx, id).await?,
            None => None,
        };
        names.extend(member.map(|member| thread_watch::name(&member).to_owned()));
    }
    Ok(names)
}

/// Whom the first mail goes to, if nobody answers.
///
/// # Errors
/// Where the database refuses.
async fn audience(tx: &mut Tx, ahead: &Ahead<'_>) -> store::Result<Vec<Recipient>> {
    let community = ahead.community;
    let Ok(waiting) = thread_watch::waiting(tx, community, ahead.about).await? else {
        return Ok(Vec::new());
    };
    if newcomer_unanswered::stands_for(tx, community, ahead.about).await? {
        return Ok(Vec::new());
    }
    let people = likely(
        tx,
        (community, ahead.due_at),
        &waiting,
        (Kind::Experts, AT_ONCE),
    )
    .await?;
    Ok(thread_watch::recipients(&people))
}

/// Whom the second one goes to.
async fn tell_audience(tx: &mut Tx, ahead: &Ahead<'_>) -> store::Result<Vec<Recipient>> {
    let Ok(waiting) = thread_watch::waiting(tx, ahead.community, ahead.about).await? else {
        return Ok(Vec::new());
    };
    let asked = asked(tx, ahead.community, &waiting).await?;
    let all = facilitators(tx, ahead.community, &waiting).await?;
    // Who will be asked first as a newcomer's facilitator is told once.
    let newcomers = newcomer_unanswered::stands_for(tx, ahead.community, ahead.about).await?;
    match newcomers {
        true => Ok(Vec::new()),
        false => Ok(thread_watch::recipients(&untold(all, &asked))),
    }
}
