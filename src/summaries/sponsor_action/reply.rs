//! A sponsor answers a summary, or the mail by which they became one.

use chrono::{NaiveDate, TimeDelta};

use super::tell;
use super::words::{self, Said};
use crate::cadence::act::Reply;
use crate::cadence::cron::CronLine;
use crate::cadence::plan;
use crate::config::Charter;
use crate::config::charter::Sponsor;
use crate::lists::home::Home;
use crate::lists::{commands, post};
use crate::outbox::compose;
use crate::store::asks::{self, Ask};
use crate::store::members::Member;
use crate::store::{self, Tx, communities, sponsor_summaries as summaries};
use crate::summaries::sponsor_summary::{NAME, concerned};
use crate::summaries::{answer, asks::today};
use crate::templates::Phrase;
use crate::trail::Step;

/// The first of each month, and of each quarter, at nine.
const MONTHLY: &str = "0 9 1 * *";
const QUARTERLY: &str = "0 9 1 1,4,7,10 *";

/// What would be understood.
const EXAMPLES: &str = "sum_examples";

/// Does what a sponsor's reply to a summary says.
///
/// # Errors
/// Where the database refuses or an answer cannot be composed.
pub async fn hear(tx: &mut Tx, reply: &Reply<'_>) -> Result<post::Outcome, compose::Error> {
    let said = words::read(&reply.arrival.mail.visible_text);
    let summary = concerned(NAME, &reply.mail.concerns);
    let (Some(sponsor), Some(summary)) = (sponsor(reply), summary) else {
        return unclear(tx, reply).await;
    };
    if said.is_empty() {
        return unclear(tx, reply).await;
    }
    communities::lock(tx, reply.arrival.community.id).await?;
    let (mut done, mut problem) = (Vec::new(), None);
    for one in &said {
        match take(tx, reply, (sponsor, summary), one).await? {
            Ok(phrase) => done.push(phrase),
            Err(why) => problem = Some(why),
        }
    }
    let concerns = reply.mail.concerns.as_str();
    if let Some(problem) = problem {
        return answer::clarify(tx, reply, (&done, &problem), (concerns, EXAMPLES)).await;
    }
    answer::done(tx, reply, &done, concerns).await?;
    let keys: Vec<&str> = done.iter().map(|phrase| phrase.key).collect();
    Ok(("command", format!("summary {summary}: {}", keys.join(", "))))
}

/// Nothing in it is for a summary: other words are understood as in every reply.
async fn unclear(tx: &mut Tx, reply: &Reply<'_>) -> Result<post::Outcome, compose::Error> {
    use crate::message::words::{Word, commands as read};
    let is_word = |word: &Word| matches!(word, Word::Unknown(_) | Word::End);
    let asked = read(reply.arrival.mail);
    if !asked.iter().all(is_word) || sponsor(reply).is_none() {
        let (ctx, arrival) = (reply.ctx, reply.arrival);
        return commands::in_reply(tx, ctx, arrival, reply.speaker, &[NAME]).await;
    }
    let (problem, concerns) = (Phrase::new("sum_unclear"), reply.mail.concerns.as_str());
    answer::clarify(tx, reply, (&[], &problem), (concerns, EXAMPLES)).await
}

/// Who answers, where they are a sponsor and the mail went to them: one that was passed on
/// makes nobody a sponsor.
fn sponsor<'a>(reply: &'a Reply<'_>) -> Option<&'a Member> {
    let member = reply.speaker.member.as_ref()?;
    let is_here = !matches!(member.state.as_str(), "left" | "pending");
    let was_sent = member.address == reply.delivery.recipient;
    (is_here && was_sent && member.has_role("sponsor")).then_some(member)
}

async fn take(
    tx: &mut Tx,
    reply: &Reply<'_>,
    (sponsor, summary): (&Member, i64),
    said: &Said,
) -> Result<Result<Phrase, Phrase>, compose::Error> {
    let home = Home::of(reply.ctx, reply.arrival);
    let number = match said {
        Said::Support(number) | Said::Decline(number, _) | Said::Question(number, _) => *number,
        Said::Monthly | Said::Quarterly => {
            return Ok(set_often(tx, &home, sponsor, *said == Said::Monthly).await?);
        }
        Said::Unnumbered => return Ok(Err(Phrase::new("sum_which"))),
        Said::Accept | Said::Done | Said::Date(_) => return Ok(Err(Phrase::new("sum_unclear"))),
    };
    let Some(ask) = asked(tx, summary, number).await? else {
        let number = number.to_string();
        return Ok(Err(Phrase::new("sum_no_such").with("number", number)));
    };
    let text = |phrase: Phrase| phrase.with("text", ask.text.clone());
    match said {
        Said::Support(_) => Ok(support(tx, &home, sponsor, &ask).await?),
        Said::Decline(_, reason) => {
            let (who, at) = (sponsor.address.as_str(), home.now());
            if !asks::decline(tx, ask.id, who, reason, at).await? {
                return Ok(Err(text(Phrase::new("ask_decided"))));
            }
            record(tx, &home, sponsor, (&ask, "declined")).await?;
            let told =
                tell::facilitators(tx, &home, sponsor, (&ask, false, reason.as_str())).await?;
            let key = if told {
                "ask_declined"
            } else {
                "ask_declined_self"
            };
            Ok(Ok(text(Phrase::new(key))))
        }
        Said::Question(_, question) if question.is_empty() => {
            Ok(Err(Phrase::new("sum_no_question")))
        }
        Said::Question(_, question) => {
            let told =
                tell::facilitators(tx, &home, sponsor, (&ask, true, question.as_str())).await?;
            let key = if told {
                "ask_questioned"
            } else {
                "ask_question_self"
            };
            Ok(Ok(text(Phrase::new(key))))
        }
        _ => Ok(Err(Phrase::new("sum_unclear"))),
    }
}

/// The ask that a summary shows under a number.
async fn asked(tx: &mut Tx, summary: i64, number: i64) -> store::Result<Option<Ask>> {
    let items = summaries::items(tx, summary).await?;
    let mut asks_of = items.iter().filter(|item| item.kind == "ask");
    match asks_of.find(|item| item.number == number) {
        Some(item) => asks::by_id(tx, item.item.parse().unwrap_or(0)).await,
        None => Ok(None),
    }
}

/// It is theirs to do, by the day on which it is wanted or in thirty days.
async fn support(
    tx: &mut Tx,
    home: &Home<'_>,
    sponsor: &Member,
    ask: &Ask,
) -> store::Result<Result<Phrase, Phrase>> {
    let today = today(home);
    let wanted: Option<NaiveDate> = ask.wanted_by.parse().ok();
    let day = wanted
        .filter(|day| *day > today)
        .unwrap_or(today + TimeDelta::days(super::DAYS));
    let (who, by) = (sponsor.address.as_str(), day.to_string());
    if !asks::support(tx, ask.id, who, &by, home.now()).await? {
        let phrase = Phrase::new("ask_decided").with("text", ask.text.clone());
        return Ok(Err(phrase));
    }
    super::plan(tx, home, ask.id, day).await?;
    record(tx, home, sponsor, (ask, "supported")).await?;
    Ok(Ok(Phrase::new("ask_supported")
        .with("text", ask.text.clone())
        .with("date", home.date(&by))))
}

async fn record(
    tx: &mut Tx,
    home: &Home<'_>,
    sponsor: &Member,
    (ask, verdict): (&Ask, &str),
) -> store::Result<()> {
    let step = Step::of_person(Some(home.community.id), &sponsor.address, home.now());
    let reason = format!("ask {}", ask.id);
    step.record(tx, "sponsor-ask", verdict, &reason).await
}

/// The sponsor gets a summary each month, or each quarter, from now on: the charter says so.
///
/// # Errors
/// Where the database refuses.
pub async fn set_often(
    tx: &mut Tx,
    home: &Home<'_>,
    sponsor: &Member,
    is_monthly: bool,
) -> store::Result<Result<Phrase, Phrase>> {
    let (line, said) = match is_monthly {
        true => (MONTHLY, "sum_set_monthly"),
        false => (QUARTERLY, "sum_set_quarterly"),
    };
    // As it stands behind the lock: a vote may just have changed it.
    let current = communities::by_id(tx, home.community.id).await?;
    let charter = Charter::parse(&current.charter, "").ok();
    let after = charter.and_then(|charter| with_summary(charter, sponsor, line));
    let Some(after) = after else {
        return Ok(Err(Phrase::new("sum_unfit")));
    };
    let text = after.to_toml();
    if text != current.charter {
        let base = current.charter_base.as_str();
        communities::update(tx, current.id, &current.name, &text, base).await?;
        plan::plan(tx, current.id, &after, home.now()).await?;
        let step = Step::of_person(Some(current.id), &sponsor.address, home.now());
        let reason = format!("sponsor.summary = {line:?}");
        step.record(tx, "charter", "changed", &reason).await?;
    }
    Ok(Ok(Phrase::new(said)))
}

/// The charter with another schedule for that sponsor, who is named in it from now on;
/// `None` where that would be none.
fn with_summary(mut charter: Charter, sponsor: &Member, line: &str) -> Option<Charter> {
    let line = CronLine::parse(line).ok()?;
    let is_own = |one: &&mut Sponsor| {
        one.address
            .to_string()
            .eq_ignore_ascii_case(&sponsor.address)
    };
    match charter.sponsors.iter_mut().find(is_own) {
        Some(own) => own.summary = Some(line),
        None => charter.sponsors.push(Sponsor {
            address: sponsor.address.parse().ok()?,
            name: sponsor.name.clone(),
            summary: Some(line),
        }),
    }
    Charter::parse(&charter.to_toml(), "").ok()
}
