//! Twice a year members are asked what the community did for them. What they tell is kept
//! for them alone until they reply `QUOTE`; then a sponsor may read it, without a name
//! unless they sign it.

mod words;

use super::answer;
use crate::cadence::act::{Act, Ahead, Holidays, Plan, Recipient, Reply};
use crate::cadence::moments::{Series, When};
use crate::cadence::{Outcome, Running};
use crate::config::Charter;
use crate::lists::{commands, digest, post};
use crate::outbox::compose::{self, Letter};
use crate::store::members::{self, Member};
use crate::store::stories::{self, NewStory, Story};
use crate::store::{self, Tx};
use crate::templates::Phrase;
use crate::templates::mails;
use crate::trail::Step;

pub use words::{Told, read};

/// The name of the act and of its mail. What answers a story concerns `value-story:` and
/// the story's key.
pub const NAME: &str = "value-story";

/// Of an outage, the first stands for all.
pub const ACT: Act = Act::new(NAME, |tx, act| Box::pin(run(tx, act)))
    .planned(Plan::Schedules(schedule))
    .merging()
    .on_holidays(Holidays::Move)
    .mailing(NAME, |tx, ahead| Box::pin(audience(tx, ahead)))
    .hearing(NAME, |tx, reply| Box::pin(hear(tx, reply)));

/// Where nobody reads it, nobody is asked.
fn schedule(charter: &Charter) -> Vec<Series<'_>> {
    let is_read = charter.sponsors.iter().any(|one| one.summary.is_some());
    let line = charter.value_story.schedule.as_ref().filter(|_| is_read);
    let series = line.map(|line| Series {
        key: String::new(),
        when: When::Schedule(line),
        zone: charter.timezone,
    });
    series.into_iter().collect()
}

async fn audience(tx: &mut Tx, ahead: &Ahead<'_>) -> store::Result<Vec<Recipient>> {
    let all = asked(tx, ahead.community).await?;
    let addresses = all.iter().map(|one| one.address.as_str());
    Ok(addresses.map(Recipient::planned).collect())
}

/// Members who are no sponsors.
async fn asked(tx: &mut Tx, community: i64) -> store::Result<Vec<Member>> {
    let all = members::of_community(tx, community).await?;
    let is_asked = |one: &Member| one.on_list() && !one.has_role("sponsor");
    Ok(all.into_iter().filter(is_asked).collect())
}

async fn run(tx: &mut Tx, act: &Running<'_>) -> store::Result<Outcome> {
    if act.community.closed_at.is_some() {
        return Ok(Outcome::Dropped("the community is closed".into()));
    }
    let to = asked(tx, act.community.id).await?;
    if to.is_empty() {
        return Ok(Outcome::Dropped("there is no member to ask".into()));
    }
    let mail = mails::ValueStory {
        community: act.community.name.clone(),
        owner_address: format!("{}-owner@{}", act.community.slug, act.ctx.settings.domain),
    };
    let letter = Letter {
        to: to
            .iter()
            .map(|one| (Some(one.id), one.address.clone()))
            .collect(),
        due_at: Some(act.due_at),
        ..Letter::default()
    };
    match compose::send(tx, act.ctx, act.community, &mail, &letter).await {
        Ok(_) => Ok(Outcome::Done(format!("offered to {} members", to.len()))),
        Err(compose::Error::Store(error)) => Err(error),
        Err(error) => Ok(Outcome::Dropped(error.to_string())),
    }
}

/// A story, or `QUOTE` or `NO` in answer to its receipt.
async fn hear(tx: &mut Tx, reply: &Reply<'_>) -> Result<post::Outcome, compose::Error> {
    let (ctx, arrival) = (reply.ctx, reply.arrival);
    let known = reply.mail.concerns.strip_prefix("value-story:");
    let story = match known.and_then(|id| id.parse().ok()) {
        Some(id) => stories::by_id(tx, id).await?,
        None => None,
    };
    let told = read(&arrival.mail.visible_text);
    let member = reply.speaker.on_list();
    let Some(member) = member.filter(|one| one.address == reply.delivery.recipient) else {
        return commands::in_reply(tx, ctx, arrival, reply.speaker, &[NAME]).await;
    };
    match story.filter(|story| story.member_id == member.id) {
        Some(story) if told.text.is_empty() && (told.quote || told.no) => {
            decided(tx, reply, (member, &story), told.quote).await
        }
        None if !told.text.is_empty() && !digest::reply::is_request(arrival.mail) => {
            keep(tx, reply, member, &told).await
        }
        _ => commands::in_reply(tx, ctx, arrival, reply.speaker, &[NAME]).await,
    }
}

async fn keep(
    tx: &mut Tx,
    reply: &Reply<'_>,
    member: &Member,
    told: &Told,
) -> Result<post::Outcome, compose::Error> {
    let new = NewStory {
        community_id: member.community_id,
        member_id: member.id,
        text: &told.text,
        cycle: told.cycle,
        signed: &told.signed,
        at: reply.ctx.now(),
    };
    let id = stories::insert(tx, &new).await?;
    let concerns = format!("{NAME}:{id}");
    let said = match told.quote {
        true => {
            consent(tx, reply, (member, id)).await?;
            "story_quoted"
        }
        false => "story_kept",
    };
    answer::done(tx, reply, &[Phrase::new(said)], &concerns).await?;
    Ok(("command", format!("story {id}: {said}")))
}

/// Its author lets a sponsor read it, or nobody any more.
async fn decided(
    tx: &mut Tx,
    reply: &Reply<'_>,
    (member, story): (&Member, &Story),
    is_yes: bool,
) -> Result<post::Outcome, compose::Error> {
    let said = match is_yes {
        true => match consent(tx, reply, (member, story.id)).await? {
            true => "story_quoted",
            false if story.state == "quoted" => "story_quoted",
            false => "story_over",
        },
        false => {
            stories::withdraw(tx, story.id).await?;
            "story_withdrawn"
        }
    };
    let concerns = format!("{NAME}:{}", story.id);
    answer::done(tx, reply, &[Phrase::new(said)], &concerns).await?;
    Ok(("command", format!("story {}: {said}", story.id)))
}

/// Keeps by which mail it was allowed.
async fn consent(
    tx: &mut Tx,
    reply: &Reply<'_>,
    (member, id): (&Member, i64),
) -> store::Result<bool> {
    let (message_id, now) = (&reply.arrival.message.message_id, reply.ctx.now());
    let step = Step::of_message(Some(member.community_id), message_id, now);
    step.record(tx, NAME, "quoted", &format!("story {id}"))
        .await?;
    stories::consent(tx, id, message_id, now).await
}
