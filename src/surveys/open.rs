//! Opening a wave: its key, who is asked, and what falls due because of it.

use chrono::TimeDelta;

use super::{Asked, close, remind, results_mail};
use crate::cadence::{Outcome, Running};
use crate::clock::moment;
use crate::config::survey::{self, Survey};
use crate::config::{Charter, Problem};
use crate::context::Context;
use crate::identity::seal::Private;
use crate::lists::home::Home;
use crate::store::communities::{self, Community};
use crate::store::members::{self, Member};
use crate::store::surveys::{self, NewWave, Wave};
use crate::store::{self, Millis, Tx, acts};

/// Opens the survey that it is about: asked for by the operator.
pub const NAME: &str = "survey-open";

/// Opens the survey that the act is about, for everybody.
///
/// # Errors
/// Where the database refuses.
pub async fn run(tx: &mut Tx, act: &Running<'_>) -> store::Result<Outcome> {
    for_all(tx, act, &act.about).await
}

/// Opens a wave of a survey and asks every member.
///
/// # Errors
/// Where the database refuses.
pub async fn for_all(tx: &mut Tx, act: &Running<'_>, name: &str) -> store::Result<Outcome> {
    communities::lock(tx, act.community.id).await?;
    if act.community.closed_at.is_some() {
        return Ok(Outcome::Dropped("the community is closed".into()));
    }
    if surveys::open_one(tx, act.community.id, name)
        .await?
        .is_some()
    {
        return Ok(Outcome::Dropped(format!(
            "a wave of {name} is open already"
        )));
    }
    if let Some(earliest) = earliest(tx, act.community.id, name).await?
        && earliest > act.ctx.now()
    {
        return too_early(tx, act, name, earliest).await;
    }
    let (definition, survey) = match read(act.ctx, name) {
        Ok(found) => found,
        Err(why) => return Ok(Outcome::Dropped(why)),
    };
    let place = (act.community, &*act.charter);
    let asked = match wave(tx, act.ctx, place, (&definition, &survey)).await? {
        Ok(asked) => asked,
        Err(why) => return Ok(Outcome::Dropped(why)),
    };
    let members = members::of_community(tx, act.community.id).await?;
    let mut count = 0;
    for member in members.iter().filter(|member| is_asked(member)) {
        surveys::invite(tx, asked.wave.id, member.id, "", counts(member)).await?;
        count += 1;
    }
    acts::insert(
        tx,
        act.community.id,
        super::ask::NAME,
        &asked.wave.id.to_string(),
        act.ctx.now(),
    )
    .await?;
    let closes = crate::clock::rfc3339(asked.wave.closes_at);
    Ok(Outcome::Done(format!(
        "{count} members are asked until {closes}"
    )))
}

/// Days between two waves of one survey: who is asked more often answers less, and results
/// that lie close together differ by the few who joined or left between them.
pub const GAP_DAYS: i64 = 80;

/// A wave of the schedule that would come so little too early is put off, in
/// milliseconds: the one before was late itself. Fourteen days.
const PUT_OFF: Millis = 14 * 86_400_000;

/// When the next wave of a survey may open; `None` where there was none before.
///
/// # Errors
/// Where the database refuses.
pub async fn earliest(tx: &mut Tx, community: i64, name: &str) -> store::Result<Option<Millis>> {
    let last = surveys::last_opened(tx, community, name).await?;
    Ok(last.map(|last| last + GAP_DAYS * 86_400_000))
}

async fn too_early(
    tx: &mut Tx,
    act: &Running<'_>,
    name: &str,
    earliest: Millis,
) -> store::Result<Outcome> {
    let when = crate::clock::rfc3339(earliest);
    let why = format!("{name} was open less than {GAP_DAYS} days ago; it may open again at {when}");
    if earliest - act.ctx.now() > PUT_OFF {
        return Ok(Outcome::Dropped(why));
    }
    acts::insert(tx, act.community.id, NAME, name, earliest).await?;
    Ok(Outcome::Merged(format!("{why}, and does")))
}

/// The open wave of a survey that takes people in one by one; opened where there is none.
///
/// # Errors
/// Where the database refuses; inside, why it cannot be opened.
pub async fn rolling(
    tx: &mut Tx,
    ctx: &Context,
    (community, charter): (&Community, &Charter),
    name: &str,
) -> store::Result<Result<Asked, String>> {
    communities::lock(tx, community.id).await?;
    if let Some(open) = surveys::open_one(tx, community.id, name).await? {
        let is_over = open.closes_at <= ctx.now();
        let Some(asked) = Asked::of(open) else {
            return Ok(Err(unreadable(name)));
        };
        if !is_over {
            return Ok(Ok(asked));
        }
        // Whoever looks next closes it.
        let close::Finished::Closed(closed) = close::finish(tx, ctx, community, &asked).await?
        else {
            return Ok(Err(format!(
                "the last wave of {name} is over and has still to be closed"
            )));
        };
        let home = Home {
            ctx,
            community,
            charter,
        };
        if let Err(why) = results_mail::send(tx, &home, &asked, &closed.comments).await? {
            tracing::error!(why, name, "the results of a survey cannot be composed");
        }
    }
    match read(ctx, name) {
        Ok((definition, survey)) => {
            wave(tx, ctx, (community, charter), (&definition, &survey)).await
        }
        Err(why) => Ok(Err(why)),
    }
}

/// Whether a member is asked at all: sponsors alone are not.
pub fn is_asked(member: &Member) -> bool {
    member.on_list() && member.state != "bouncing"
}

/// Whether a member's digits count: whoever runs the community is asked, and not counted.
pub fn counts(member: &Member) -> bool {
    !member.has_role("facilitator") && !member.has_role("sponsor")
}

/// A new wave of a survey, given as it is written and as it was read, with its key, its
/// reminder and its end; inside, why it cannot be opened.
///
/// # Errors
/// Where the database refuses, or the key cannot be kept.
pub(super) async fn wave(
    tx: &mut Tx,
    ctx: &Context,
    (community, charter): (&Community, &Charter),
    (definition, survey): (&str, &Survey),
) -> store::Result<Result<Asked, String>> {
    let name = survey.name.as_str();
    let key = Private::generate();
    let opened_at = ctx.now();
    let open_for = open_for(charter, survey);
    let minimum = charter
        .health_check
        .as_ref()
        .map_or(5, |check| check.minimum);
    let new = NewWave {
        community_id: community.id,
        survey: name,
        number: surveys::last_number(tx, community.id, name).await? + 1,
        definition,
        public_key: &key.public(),
        rolling: survey.rolling,
        minimum: i64::from(minimum.max(5)),
        opened_at,
        closes_at: opened_at + open_for.num_milliseconds(),
        charter: &community.charter,
    };
    let id = surveys::open(tx, &new).await?;
    // Before the commit: a wave whose key is nowhere could be answered and never read.
    if let Err(error) = ctx.wave_keys.keep(&id.to_string(), &key) {
        let why = format!("the key of the survey cannot be kept below data_dir: {error}");
        return Err(sqlx::Error::Protocol(why));
    }
    let Some(wave) = surveys::by_id(tx, id).await? else {
        return Ok(Err(unreadable(name)));
    };
    plan(tx, charter, &wave).await?;
    Ok(Asked::of(wave).ok_or_else(|| unreadable(name)))
}

async fn plan(tx: &mut Tx, charter: &Charter, wave: &Wave) -> store::Result<()> {
    let (community, about) = (wave.community_id, wave.id.to_string());
    acts::insert(tx, community, close::NAME, &about, wave.closes_at).await?;
    let remind_after = charter
        .health_check
        .as_ref()
        .and_then(|check| check.remind_after)
        .filter(|_| wave.survey == super::health_check::NAME);
    let Some(after) = remind_after else {
        return Ok(());
    };
    let due = wave.opened_at + after.num_milliseconds();
    match due < wave.closes_at {
        true => acts::insert(tx, community, remind::NAME, &about, due).await,
        false => Ok(()),
    }
}

/// How long it is open: the health check as the charter says, others as they say.
fn open_for(charter: &Charter, survey: &Survey) -> TimeDelta {
    let own = charter.health_check.as_ref().map(|check| check.open_for);
    own.filter(|_| survey.name == super::health_check::NAME)
        .unwrap_or(survey.open_for)
}

fn read(ctx: &Context, name: &str) -> Result<(String, Survey), String> {
    let shown = |problem: Problem| problem.to_string();
    let found = survey::text(&ctx.settings, name).map_err(shown)?;
    let (text, file) = found.ok_or_else(|| format!("there is no survey {name}"))?;
    let survey = Survey::parse(&text, name, &file).map_err(|problems| {
        let first = problems.into_iter().next();
        first.map_or_else(|| unreadable(name), shown)
    })?;
    Ok((text, survey))
}

fn unreadable(name: &str) -> String {
    format!("the definition of {name} cannot be read; see `folkmoot check`")
}

/// The day on which a wave closes, on that clock.
pub fn closes_on(wave: &Wave, zone: chrono_tz::Tz) -> chrono::NaiveDate {
    // It ends within that day: the last whole minute before counts.
    let last: Millis = wave.closes_at - 60_000;
    moment(last).with_timezone(&zone).date_naive()
}
