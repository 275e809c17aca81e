//! What a month has brought, source by source.

use chrono::NaiveDate;

use crate::clock::moment;
use crate::links;
use crate::lists::home::Home;
use crate::message::visible::visible_text;
use crate::practice::question::is_question;
use crate::sessions::before::called;
use crate::store::asks::{self, Ask};
use crate::store::attention::{self, Unanswered};
use crate::store::learnings::{self, Learning};
use crate::store::sessions::{self, Listed};
use crate::store::thanks::{self, Told};
use crate::store::{self, Millis, Tx, hosts};
use crate::templates::Phrase;
use crate::templates::mails::{MonthlyLine, MonthlySession, MonthlySummary};

const DAY: Millis = 86_400_000;

/// A question that has waited longer was lived with, in milliseconds.
const OLDEST: Millis = 60 * DAY;

/// Members answer by themselves in so long, in milliseconds.
const PATIENCE: Millis = 2 * DAY;

/// Sessions that begin within so long are named, in milliseconds.
const AHEAD: Millis = 35 * DAY;

/// Lines of each source.
const MOST: usize = 5;

/// The mail; nothing where there is nothing to tell.
///
/// # Errors
/// Where the database refuses.
pub(super) async fn mail(
    tx: &mut Tx,
    home: &Home<'_>,
    (since, now): (Millis, Millis),
) -> store::Result<Option<MonthlySummary>> {
    let mut open = questions(tx, home).await?;
    let more_questions = open.len().saturating_sub(MOST);
    open.truncate(MOST);
    let mail = MonthlySummary {
        community: home.community.name.clone(),
        period: home.period((since, now)),
        questions: open,
        more_questions,
        learnings: learned(tx, home, since).await?,
        learnings_url: learnings_url(home),
        thanks: thanked(tx, home, (since, now)).await?,
        sessions: to_come(tx, home).await?,
        sponsor: sponsored(tx, home, (since, now)).await?,
    };
    let is_empty = mail.questions.is_empty()
        && mail.learnings.is_empty()
        && mail.thanks.is_empty()
        && mail.sessions.is_empty()
        && mail.sponsor.is_empty();
    Ok((!is_empty).then_some(mail))
}

/// What was asked and nobody has answered, the latest first.
async fn questions(tx: &mut Tx, home: &Home<'_>) -> store::Result<Vec<MonthlyLine>> {
    let span = (home.now() - OLDEST, home.now() - PATIENCE);
    let all = attention::questions(tx, home.community.id, span).await?;
    let asks = |post: &&Unanswered| is_question(&post.subject, &visible_text(&post.text));
    let line = |post: &Unanswered| MonthlyLine {
        text: post.subject.clone(),
        url: url(home, &post.message_id),
    };
    Ok(all.iter().rev().filter(asks).map(line).collect())
}

fn url(home: &Home<'_>, message_id: &str) -> String {
    let base = &home.ctx.settings.base_url;
    links::message(base, &home.community.slug, message_id)
}

fn learnings_url(home: &Home<'_>) -> String {
    let front = links::front(&home.ctx.settings.base_url, &home.community.slug);
    format!("{front}learnings")
}

/// What was reviewed since, the latest first.
async fn learned(tx: &mut Tx, home: &Home<'_>, since: Millis) -> store::Result<Vec<MonthlyLine>> {
    let latest = learnings::reviewed(tx, home.community.id, MOST as i64, 0).await?;
    let is_new = |one: &&Learning| one.reviewed_at.is_some_and(|at| at > since);
    let line = |one: &Learning| MonthlyLine {
        text: one.title.clone(),
        url: learnings_url(home),
    };
    Ok(latest.iter().filter(is_new).map(line).collect())
}

/// Who was thanked, as far as they agreed to have it told.
async fn thanked(
    tx: &mut Tx,
    home: &Home<'_>,
    span: (Millis, Millis),
) -> store::Result<Vec<String>> {
    let all = thanks::agreed(tx, home.community.id, span, MOST as i64).await?;
    let sentence = |told: &Told| {
        let key = match told.text.is_empty() {
            true => "thanks_told",
            false => "thanks_told_for",
        };
        let phrase = Phrase::new(key).with("by", told.by_name.clone());
        let phrase = phrase.with("to", told.to_name.clone());
        home.say(&phrase.with("text", told.text.clone()))
    };
    Ok(all.iter().map(sentence).collect())
}

/// What a sponsor has promised or done in that time.
async fn sponsored(
    tx: &mut Tx,
    home: &Home<'_>,
    (since, now): (Millis, Millis),
) -> store::Result<Vec<String>> {
    let all = asks::decided(tx, home.community.id, (since, now), MOST as i64).await?;
    let is_new = |at: Option<Millis>| at.is_some_and(|at| at > since);
    let sentence = |ask: &Ask| {
        let key = match ask.state.as_str() {
            "done" if is_new(ask.done_at) => "monthly_sponsor_done",
            "supported" if is_new(ask.decided_at) => "monthly_sponsor_promised",
            _ => return None,
        };
        let day = home.date(&ask.due_on);
        let phrase = Phrase::new(key).with("text", ask.text.clone());
        Some(home.say(&phrase.with("day", day)))
    };
    Ok(all.iter().filter_map(sentence).collect())
}

/// The sessions to come, and who hosts them.
async fn to_come(tx: &mut Tx, home: &Home<'_>) -> store::Result<Vec<MonthlySession>> {
    let span = (home.now(), home.now() + AHEAD);
    let all = sessions::between(tx, home.community.id, span, MOST as i64).await?;
    let mut told = Vec::new();
    for row in all.iter().filter(|row| row.state == "planned") {
        told.push(MonthlySession {
            at: at(home, row.starts_at),
            what: row.title.clone(),
            host: hosted_by(tx, home, row).await?,
        });
    }
    Ok(told)
}

/// With the day of the week, which people plan by.
fn at(home: &Home<'_>, starts_at: Millis) -> String {
    let local = moment(starts_at).with_timezone(&home.charter.timezone);
    let day: NaiveDate = local.date_naive();
    let (language, slug) = (&home.charter.language, &home.community.slug);
    let day = home.ctx.templates.say_day(language, slug, day);
    let phrase = Phrase::new("session_at").with("day", day);
    home.say(&phrase.with("time", local.format("%H:%M").to_string()))
}

async fn hosted_by(tx: &mut Tx, home: &Home<'_>, row: &Listed) -> store::Result<String> {
    let key = hosts::Key {
        community: home.community.id,
        series: row.slug.clone(),
        on: row.on_date.clone(),
    };
    let host = hosts::agreed(tx, &key).await?;
    Ok(host.map_or_else(String::new, |host| {
        called(&host.name, &host.address).to_owned()
    }))
}
