//! A member who wrote regularly and has been silent for sixty days is asked once, kindly
//! and privately, how things are. One waiting act a member: it is planned by the post that
//! makes them regular, and again by what they wrote since when its moment comes.

mod reply;

pub use reply::{Choice, choice};

use chrono::{DateTime, Days, NaiveTime, Utc};
use chrono_tz::Tz;

use crate::cadence::act::{Act, Ahead, Plan, Posted, Recipient};
use crate::cadence::cron::from_wall_clock;
use crate::cadence::{Outcome, Running};
use crate::clock::moment;
use crate::outbox::compose::{self, Letter};
use crate::outbox::moot;
use crate::store::members::{self, Member};
use crate::store::{self, Millis, Tx, acts, watches};
use crate::templates::mails::QuietCheckIn;
use crate::trail::Step;

/// This act's name in the registry, and its mail's in the catalogue.
pub const NAME: &str = "quiet-check-in";

const DAY: Millis = 86_400_000;

/// Days of silence after which they are asked.
const SILENCE: u64 = 60;

/// Whoever wrote in so many weeks of [`REGULAR_DAYS`] writes regularly.
const REGULAR_WEEKS: i64 = 3;

/// The days before the last post that count, itself included.
const REGULAR_DAYS: Millis = 180;

/// Nobody is asked again in so many days.
const ONCE_IN: Millis = 180;

/// Late is better than never; one member's holiday is no other's, and the mail itself
/// waits for the community's.
pub const ACT: Act = Act::new(NAME, |tx, act| Box::pin(run(tx, act)))
    .planned(Plan::Watching(|tx, posted, now| {
        Box::pin(watch(tx, posted, now))
    }))
    .mailing(NAME, |tx, ahead| Box::pin(audience(tx, ahead)))
    .hearing(NAME, |tx, reply| Box::pin(reply::hear(tx, reply)));

/// Somebody has posted: from now on their silence counts, if they do it regularly.
async fn watch(tx: &mut Tx, posted: &Posted<'_>, now: Millis) -> store::Result<()> {
    let Some(member) = posted.author.filter(|member| member.on_list()) else {
        return Ok(());
    };
    let about = member.id.to_string();
    if acts::is_waiting(tx, member.community_id, NAME, &about).await?
        || !is_regular(tx, member, now).await?
    {
        return Ok(());
    }
    let due = due(now, zone(member, posted.charter.timezone));
    acts::insert(tx, member.community_id, NAME, &about, due).await
}

async fn is_regular(tx: &mut Tx, member: &Member, last: Millis) -> store::Result<bool> {
    let span = (last - REGULAR_DAYS * DAY, last);
    let weeks = watches::weeks(tx, member.community_id, member.person_id, span).await?;
    Ok(weeks >= REGULAR_WEEKS)
}

fn zone(member: &Member, community: Tz) -> Tz {
    member.tz.parse().unwrap_or(community)
}

/// At ten on their clock, sixty days after that moment.
fn due(last: Millis, zone: Tz) -> Millis {
    let last: DateTime<Utc> = moment(last);
    let day = last.with_timezone(&zone).date_naive();
    let ten = NaiveTime::from_hms_opt(10, 0, 0).unwrap_or_default();
    let asked = day.checked_add_days(Days::new(SILENCE)).unwrap_or(day);
    from_wall_clock(asked.and_time(ten), zone).timestamp_millis()
}

async fn run(tx: &mut Tx, act: &Running<'_>) -> store::Result<Outcome> {
    let member = members::by_id(tx, act.about.parse().unwrap_or(0)).await?;
    let Some(member) = member.filter(|member| member.community_id == act.community.id) else {
        return Ok(Outcome::Dropped("there is no such member".to_owned()));
    };
    if let Some(outcome) = objection(tx, act, &member).await? {
        return Ok(outcome);
    }
    match ask(tx, act, &member).await {
        Ok(()) => Ok(Outcome::Done(format!("asked {}", member.address))),
        Err(compose::Error::Store(error)) => Err(error),
        Err(error) => Ok(Outcome::Dropped(error.to_string())),
    }
}

/// Why they are not asked, or not now.
async fn objection(
    tx: &mut Tx,
    act: &Running<'_>,
    member: &Member,
) -> store::Result<Option<Outcome>> {
    let dropped = |why: &str| Ok(Some(Outcome::Dropped(why.to_owned())));
    if act.community.closed_at.is_some() {
        return dropped("the community is closed");
    }
    if let Some(why) = absence(member) {
        return dropped(why);
    }
    let (community, person) = (member.community_id, member.person_id);
    let Some(last) = watches::last_post(tx, community, person).await? else {
        return dropped("nothing that they wrote is left");
    };
    let due = due(last, zone(member, act.charter.timezone));
    if due > act.due_at.max(act.ctx.now()) {
        acts::insert(tx, community, NAME, &act.about, due).await?;
        let why = "they have written since; it is looked at again sixty days after that";
        return Ok(Some(Outcome::Merged(why.to_owned())));
    }
    if !is_regular(tx, member, last).await? {
        return dropped("they did not write regularly before");
    }
    let asked =
        watches::last_asked(tx, community, &moot::concerns(moot::SILENT, member.id)).await?;
    match asked.is_some_and(|at| act.due_at - at < ONCE_IN * DAY) {
        true => dropped("they were asked less than 180 days before"),
        false => Ok(None),
    }
}

/// What says that their silence is no riddle.
fn absence(member: &Member) -> Option<&'static str> {
    let reads_only = member
        .roles()
        .all(|role| matches!(role, "listener" | "sponsor"));
    match member.state.as_str() {
        "left" | "pending" => Some("they have left"),
        "paused" => Some("they have paused"),
        "bouncing" => Some("mail to them comes back"),
        _ if reads_only => Some("they are a listener"),
        _ => None,
    }
}

async fn ask(tx: &mut Tx, act: &Running<'_>, member: &Member) -> Result<(), compose::Error> {
    let (ctx, slug) = (act.ctx, &act.community.slug);
    let day = moment(act.due_at).with_timezone(&zone(member, act.charter.timezone));
    let mail = QuietCheckIn {
        community: act.community.name.clone(),
        name: member.name.clone(),
        owner_address: format!("{slug}-owner@{}", ctx.settings.domain),
    };
    let letter = Letter {
        to: vec![(Some(member.id), member.address.clone())],
        about: day.format("on=%Y-%m-%d").to_string(),
        concerns: moot::concerns(moot::SILENT, member.id),
        due_at: Some(act.due_at),
        ..Letter::default()
    };
    compose::send(tx, ctx, act.community, &mail, &letter).await?;
    let step = Step::of_person(Some(act.community.id), &member.address, ctx.now());
    step.record(tx, NAME, "asked", "silent for sixty days")
        .await?;
    Ok(())
}

/// The member, unless they write before.
async fn audience(tx: &mut Tx, ahead: &Ahead<'_>) -> store::Result<Vec<Recipient>> {
    let member = members::by_id(tx, ahead.about.parse().unwrap_or(0)).await?;
    let Some(member) = member.filter(|member| member.community_id == ahead.community) else {
        return Ok(Vec::new());
    };
    let why = "where they do not write before";
    Ok(vec![match absence(&member) {
        Some(absence) => Recipient::other(&member.address, "dropped", absence),
        None => Recipient::other(&member.address, "planned", why),
    }])
}
