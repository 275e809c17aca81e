//! Closing a wave: everything that is sealed is opened once, counted, shuffled and kept
//! without its authors; then who was asked is forgotten, and with them their tokens, and
//! every node destroys its key (`keys`).

use std::collections::{BTreeMap, BTreeSet};

use super::answering::Given;
use super::{Asked, health_check, options, reply, results, results_mail};
use crate::cadence::{Outcome, Running};
use crate::config::survey::Kind;
use crate::context::Context;
use crate::lists::home::Home;
use crate::random;
use crate::store::communities::Community;
use crate::store::surveys::{self, Invitee, Tally};
use crate::store::{self, Millis, Tx, acts, communities, survey_answers};

/// Closes the wave that the act is about.
pub const NAME: &str = "survey-close";

/// Where no node has the key, one that has it may come back: so long after it was first
/// missed, which is recorded, the answers are given up. In milliseconds: seven days.
pub const PATIENCE: Millis = 7 * 86_400_000;
/// It is looked again so long after it was missed.
const LOOK_AGAIN: Millis = 60_000;
/// And so seldom at last.
const LOOK_SELDOM: Millis = 3_600_000;

/// The act that mails the charter to all members because an index is low; it is about the
/// wave.
pub const REVIEW: &str = "charter-review-low";

/// So long after the results, in milliseconds: four days. What falls due within three
/// would be one mail with them, and people are to read the results first.
const REVIEW_AFTER: Millis = 4 * 86_400_000;

/// From so many answers on the facilitators see the comments.
pub const COMMENTS_FROM: i64 = 10;

/// Closes it.
///
/// # Errors
/// Where the database refuses.
pub async fn run(tx: &mut Tx, act: &Running<'_>) -> store::Result<Outcome> {
    communities::lock(tx, act.community.id).await?;
    let id = act.about.parse().unwrap_or_default();
    let wave = surveys::by_id(tx, id).await?;
    let Some(asked) = wave.filter(|wave| wave.state == "open").and_then(Asked::of) else {
        return Ok(Outcome::Dropped("the survey has closed already".into()));
    };
    let closed = match finish(tx, act.ctx, act.community, &asked).await? {
        Finished::Closed(closed) => closed,
        Finished::NoKey => return without_key(tx, act, &asked).await,
        Finished::More => {
            acts::insert(tx, act.community.id, NAME, &act.about, act.ctx.now() + 1).await?;
            let why = "more replies came than one closing takes; it goes on";
            return Ok(Outcome::Merged(why.into()));
        }
    };
    let home = Home {
        ctx: act.ctx,
        community: act.community,
        charter: &act.charter,
    };
    if let Err(why) = results_mail::send(tx, &home, &asked, &closed.comments).await? {
        return Ok(Outcome::Done(format!("closed; no results are sent: {why}")));
    }
    review_if_low(tx, act, id).await?;
    Ok(Outcome::Done(format!(
        "closed: {} of {} answered",
        closed.answered, closed.invited
    )))
}

/// A low index of a health check opens a review of the charter, for all members.
async fn review_if_low(tx: &mut Tx, act: &Running<'_>, wave: i64) -> store::Result<()> {
    let all = results::all(tx, act.community.id, &act.charter.language).await?;
    let own = all.iter().find(|one| one.wave == wave);
    let is_low =
        own.is_some_and(|own| own.survey == health_check::NAME && own.low().next().is_some());
    match is_low {
        true => {
            let (community, about) = (act.community.id, wave.to_string());
            acts::insert(tx, community, REVIEW, &about, act.ctx.now() + REVIEW_AFTER).await
        }
        false => Ok(()),
    }
}

/// What became of a wave that was to be closed.
pub(super) enum Finished {
    /// It has closed.
    Closed(Closed),
    /// This node has not its key.
    NoKey,
    /// So many replies have come that it takes another turn.
    More,
}

/// A wave that has just closed.
pub(super) struct Closed {
    invited: i64,
    answered: i64,
    /// The comments that the facilitators see.
    pub(super) comments: Vec<String>,
}

/// Takes what has come, opens everything once, keeps what may be kept and forgets the
/// rest. The community must be locked.
///
/// # Errors
/// Where the database refuses.
pub(super) async fn finish(
    tx: &mut Tx,
    ctx: &Context,
    community: &Community,
    asked: &Asked,
) -> store::Result<Finished> {
    let id = asked.wave.id;
    let Some(key) = ctx.wave_keys.get(&id.to_string()) else {
        return Ok(Finished::NoKey);
    };
    surveys::lock(tx, id).await?;
    if !reply::take_received(tx, ctx, community, id).await? {
        return Ok(Finished::More);
    }
    let mut given = Vec::new();
    for sealed in survey_answers::sealed(tx, id).await? {
        let plain = key.open(&sealed);
        given.extend(plain.and_then(|plain| serde_json::from_slice::<Given>(&plain).ok()));
    }
    let invitees = surveys::invitees(tx, id).await?;
    let counted: Vec<_> = invitees.iter().filter(|one| one.counted).collect();
    let answers = last_of_each(given, &counted);
    let comments = keep(tx, asked, &answers, &counted).await?;
    let ended = (
        i64::try_from(counted.len()).unwrap_or(i64::MAX),
        i64::try_from(answers.len()).unwrap_or(i64::MAX),
    );
    surveys::end(tx, id, "closed", ended, ctx.now()).await?;
    survey_answers::forget_sealed(tx, id).await?;
    surveys::forget_asked(tx, id, ctx.now()).await?;
    Ok(Finished::Closed(Closed {
        invited: ended.0,
        answered: ended.1,
        comments,
    }))
}

async fn without_key(tx: &mut Tx, act: &Running<'_>, asked: &Asked) -> store::Result<Outcome> {
    let (id, now) = (asked.wave.id, act.ctx.now());
    let since = surveys::keyless(tx, id, now).await?;
    if now - since < PATIENCE {
        let wait = (now - since).clamp(LOOK_AGAIN, LOOK_SELDOM);
        acts::insert(tx, act.community.id, NAME, &act.about, now + wait).await?;
        let until = crate::clock::rfc3339(since + PATIENCE);
        tracing::error!(
            wave = id,
            survey = asked.wave.survey,
            until,
            "a survey cannot be closed: no node that runs has its key; its answers are lost unless one with the key starts by then"
        );
        let why = "this node has not the survey's key; it is closed where it is";
        return Ok(Outcome::Merged(why.into()));
    }
    surveys::end(tx, id, "lost", (0, 0), now).await?;
    survey_answers::forget_sealed(tx, id).await?;
    surveys::forget_asked(tx, id, now).await?;
    let why = "no node has the survey's key: its answers cannot be read, by anybody";
    Ok(Outcome::Dropped(why.into()))
}

/// The last answer of each who is counted and has not taken it back.
fn last_of_each(given: Vec<Given>, counted: &[&Invitee]) -> Vec<Given> {
    let known: BTreeSet<i64> = counted.iter().map(|one| one.id).collect();
    let mut last: BTreeMap<i64, Given> = BTreeMap::new();
    for one in given.into_iter().filter(|one| known.contains(&one.invitee)) {
        if one.withdraws {
            last.remove(&one.invitee);
            continue;
        }
        match (one.consents, last.get_mut(&one.invitee)) {
            (false, _) => drop(last.insert(one.invitee, one)),
            (true, Some(before)) => (before.quoted, before.shared) = (true, true),
            (true, None) => {}
        }
    }
    last.into_values().collect()
}

/// Keeps what may be kept: figures and single digits of those items that enough people
/// have answered, and comments that may be shown; gives these.
async fn keep(
    tx: &mut Tx,
    asked: &Asked,
    answers: &[Given],
    counted: &[&Invitee],
) -> store::Result<Vec<String>> {
    let wave = asked.wave.id;
    let member = |given: &Given| counted.iter().find(|one| one.id == given.invitee);
    let people: BTreeSet<_> = answers
        .iter()
        .filter_map(|one| Some(member(one)?.member_id))
        .collect();
    let is_enough = |n: i64| {
        n >= asked.wave.minimum
            && i64::try_from(people.len()).is_ok_and(|people| people >= asked.wave.minimum)
    };
    for (position, mut tally) in tallies(asked, answers).into_iter().enumerate() {
        if !is_enough(tally.n) {
            tally.k = -1;
        }
        surveys::insert_tally(tx, i64::try_from(position).unwrap_or(i64::MAX), &tally).await?;
    }
    for item in 0..asked.scale().items {
        // A skipped item is no answer: one digit among zeros would be one person's.
        let scale = asked.survey.lowest..=asked.survey.highest;
        let digits = answers.iter().filter_map(|one| one.digits.get(item));
        let values = digits.filter(|digit| scale.contains(digit));
        let mut values: Vec<u8> = values.copied().collect();
        if !is_enough(i64::try_from(values.len()).unwrap_or_default()) {
            continue;
        }
        shuffle(&mut values);
        for value in values {
            let digit = (
                i64::try_from(item).unwrap_or_default() + 1,
                i64::from(value),
            );
            survey_answers::insert(tx, &random_id(), wave, digit).await?;
        }
    }
    if is_enough(i64::try_from(answers.len()).unwrap_or_default()) {
        let quoted = answers
            .iter()
            .filter(|one| one.quoted && !one.comment.is_empty());
        for one in quoted {
            let place = (asked.wave.community_id, wave);
            survey_answers::quote(tx, &random_id(), place, &one.comment).await?;
        }
    }
    let mut comments = shown(answers, people.len());
    shuffle(&mut comments);
    for comment in &comments {
        survey_answers::comment(tx, &random_id(), wave, comment).await?;
    }
    Ok(comments)
}

/// The comments that the facilitators see: all, where so many people have answered that
/// nobody can tell whose they are, else those that their writers share.
fn shown(answers: &[Given], people: usize) -> Vec<String> {
    let is_enough = i64::try_from(people).is_ok_and(|count| count >= COMMENTS_FROM);
    let is_shown = |one: &&Given| !one.comment.is_empty() && (is_enough || one.shared);
    answers
        .iter()
        .filter(is_shown)
        .map(|one| one.comment.clone())
        .collect()
}

/// For each index, how many answered it and how many favourably.
fn tallies(asked: &Asked, answers: &[Given]) -> Vec<Tally> {
    if asked.survey.kind != Kind::Scale {
        let firsts = answers.iter().filter_map(|one| one.digits.first());
        return options::tallies(asked, firsts);
    }
    let items = asked.items();
    let mut names: Vec<&str> = Vec::new();
    for item in &items {
        if !names.contains(&item.index.as_str()) {
            names.push(&item.index);
        }
    }
    let tally = |name: &&str| {
        let judged: Vec<bool> = answers
            .iter()
            .filter_map(|one| favourable(asked, one, name))
            .collect();
        let count = |wanted: usize| i64::try_from(wanted).unwrap_or(i64::MAX);
        Tally {
            wave_id: asked.wave.id,
            name: (*name).to_owned(),
            n: count(judged.len()),
            k: count(judged.iter().filter(|good| **good).count()),
        }
    };
    names.iter().map(tally).collect()
}

/// Whether the mean of an index's items is favourable; `None` where one was not answered.
fn favourable(asked: &Asked, given: &Given, index: &str) -> Option<bool> {
    let (survey, items) = (&asked.survey, asked.items());
    let (mut sum, mut count) = (0_u32, 0_u32);
    for (at, item) in items
        .iter()
        .enumerate()
        .filter(|(_, item)| item.index == index)
    {
        let digit = *given.digits.get(at)?;
        if digit < survey.lowest || digit > survey.highest {
            return None;
        }
        let value = match item.reversed {
            true => survey.lowest + survey.highest - digit,
            false => digit,
        };
        (sum, count) = (sum + u32::from(value), count + 1);
    }
    (count > 0).then_some(sum >= u32::from(survey.favourable) * count)
}

fn random_id() -> String {
    random::bytes::<16>()
        .iter()
        .map(|byte| format!("{byte:02x}"))
        .collect()
}

/// Into an order that says nothing (Fisher and Yates).
fn shuffle<T>(all: &mut [T]) {
    for at in (1..all.len()).rev() {
        let number = u64::from_be_bytes(random::bytes());
        let bound = u64::try_from(at).unwrap_or(u64::MAX - 1) + 1;
        all.swap(at, usize::try_from(number % bound).unwrap_or_default());
    }
}

#[cfg(test)]
mod tests;
