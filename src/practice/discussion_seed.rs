//! A discussion seed: after unusual silence, the community posts a question of its
//! charter to itself. It is a post like any other: archived, answered on the list, and
//! ruled by each member's delivery mode.

use crate::cadence::act::{Act, Ahead, Holidays, Plan, Recipient};
use crate::cadence::moments::{Series, When};
use crate::cadence::{Outcome, Running};
use crate::clock::moment;
use crate::config::charter::{Charter, Prompt};
use crate::lists::home::Home;
use crate::lists::own_post;
use crate::outbox::catalogue::DISCUSSION_SEED;
use crate::outbox::compose;
use crate::store::members::{self, Member};
use crate::store::{self, Millis, Tx, acts, communities, posts};
use crate::templates::mails::DiscussionSeed;

/// This act's name in the registry, and its mail's in the catalogue.
pub const NAME: &str = "discussion-seed";

/// No two seeds come within so long, whatever the charter's prompts say.
const APART: Millis = 7 * 86_400_000;
const HOUR: Millis = 3_600_000;

/// A seed that a day has passed over answers a silence that may be over: it is dropped.
pub const ACT: Act = Act::new(NAME, |tx, act| Box::pin(run(tx, act)))
    .planned(Plan::Schedules(prompts))
    .dropped_after(24)
    .on_holidays(Holidays::Drop)
    .mailing(NAME, |tx, ahead| Box::pin(audience(tx, ahead)));

/// The prompts by their number in the charter.
fn prompts(charter: &Charter) -> Vec<Series<'_>> {
    let numbered = charter.prompts.iter().enumerate();
    let series = numbered.map(|(index, prompt)| Series {
        key: (index + 1).to_string(),
        when: When::Schedule(&prompt.schedule),
        zone: charter.timezone,
    });
    series.collect()
}

fn prompt<'a>(charter: &'a Charter, about: &str) -> Option<&'a Prompt> {
    let number: usize = about.parse().ok()?;
    charter.prompts.get(number.checked_sub(1)?)
}

/// Posts the question, unless somebody has written of late.
///
/// # Errors
/// Where the database refuses.
pub async fn run(tx: &mut Tx, act: &Running<'_>) -> store::Result<Outcome> {
    // Two nodes, or a post that comes at this moment: one after the other.
    communities::lock(tx, act.community.id).await?;
    let Some(prompt) = prompt(&act.charter, &act.about) else {
        return Ok(Outcome::Dropped("the charter plans it no more".into()));
    };
    if let Some(why) = objection(tx, act, prompt).await? {
        return Ok(Outcome::Dropped(why));
    }
    match publish(tx, act, prompt).await {
        Ok(reason) => Ok(Outcome::Done(reason)),
        Err(compose::Error::Store(error)) => Err(error),
        Err(error) => Ok(Outcome::Dropped(error.to_string())),
    }
}

/// Why no question is needed now.
async fn objection(
    tx: &mut Tx,
    act: &Running<'_>,
    prompt: &Prompt,
) -> store::Result<Option<String>> {
    if act.community.closed_at.is_some() {
        return Ok(Some("the community is closed".to_owned()));
    }
    let now = act.ctx.now();
    let seeded = acts::last_done(tx, act.community.id, NAME).await?;
    if seeded.is_some_and(|at| act.due_at - at < APART) {
        let why = "another seed went out less than a week before";
        return Ok(Some(why.to_owned()));
    }
    let last = posts::last_of_community(tx, act.community.id).await?;
    // A community without a post is silent since it was founded; one that was founded
    // by a clock ahead of ours has no such moment.
    let founded = Some(act.community.created_at).filter(|at| *at <= now);
    let quiet = last.or(founded).map_or(Millis::MAX, |since| now - since);
    let wanted = prompt
        .after_silence
        .map_or(0, |after| after.num_milliseconds());
    let hours = quiet / HOUR;
    let why = || format!("no silence: the last post came {hours} hours before");
    Ok((quiet < wanted).then(why))
}

async fn publish(
    tx: &mut Tx,
    act: &Running<'_>,
    prompt: &Prompt,
) -> Result<String, compose::Error> {
    let home = Home {
        ctx: act.ctx,
        community: act.community,
        charter: &act.charter,
    };
    let day = moment(act.due_at).with_timezone(&act.charter.timezone);
    let mail = DiscussionSeed {
        community: act.community.name.clone(),
        question: prompt.text.clone(),
        post_address: home.address(""),
    };
    let about = day.format("on=%Y-%m-%d").to_string();
    let posted = own_post::publish(tx, &home, &DISCUSSION_SEED, &mail, about).await?;
    Ok(posted.told)
}

/// Whom it goes to, if the list stays silent.
///
/// # Errors
/// Where the database refuses.
pub async fn audience(tx: &mut Tx, ahead: &Ahead<'_>) -> store::Result<Vec<Recipient>> {
    let prompt = prompt(ahead.charter, ahead.about);
    let after = prompt.and_then(|prompt| prompt.after_silence);
    let condition = after.map_or_else(String::new, |after| {
        format!("where nobody has posted for {} hours", after.num_hours())
    });
    let all = members::of_community(tx, ahead.community).await?;
    let recipient = |member: &Member| match (member.receives_each(), member.receives_digest()) {
        (true, _) => Some(Recipient::other(&member.address, "planned", &condition)),
        (_, true) => {
            let why = "it comes in their digest";
            Some(Recipient::other(&member.address, "merged", why))
        }
        _ => None,
    };
    Ok(all.iter().filter_map(recipient).collect())
}
