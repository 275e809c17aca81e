//! A member's reply to a call for an agenda, and its one answer: what was done, and the
//! agenda as it is now. What comes too late is kept for the next session.

use super::change::{Author, Table};
use super::{NAME, line, open};
use crate::cadence::act::Reply;
use crate::lists::home::Home;
use crate::lists::post::{Arrival, Outcome};
use crate::lists::{commands, digest};
use crate::message;
use crate::message::words::agenda::{self, Known, Page, Problem, Said};
use crate::outbox::compose::{self, Letter};
use crate::sessions::before::{self, Sitting};
use crate::sessions::{roster, rsvp};
use crate::store::members::Member;
use crate::store::{self, Millis, Tx, communities, counted_answers, mails, sessions};
use crate::templates::Phrase;
use crate::templates::mails::{self as letters, Receipt, Setting};
use crate::trail::Step;

const DAY: Millis = 86_400_000;

/// A machine that hides what it is answers every answer of ours, and must come to an end.
const MOST_RECEIPTS: i64 = 20;

/// The most items that a receipt restates.
const MOST_RESTATED: usize = 30;

/// What came of a reply.
#[derive(Default)]
pub(in crate::sessions) struct Told {
    /// What was done, a sentence each.
    pub(in crate::sessions) done: Vec<Phrase>,
    /// What was not, with what was said.
    pub(in crate::sessions) not_done: Vec<(String, Phrase)>,
}

/// Somebody replied to a call for an agenda, or to the answer to such a reply.
///
/// # Errors
/// Where the database refuses or an answer cannot be composed.
pub(super) async fn hear(tx: &mut Tx, reply: &Reply<'_>) -> Result<Outcome, compose::Error> {
    let arrival = reply.arrival;
    let is_blank = arrival.mail.visible_text.trim().is_empty();
    let about = reply.mail.concerns.split_once(':').map(|(_, about)| about);
    let home = Home::of(reply.ctx, arrival);
    let sitting = before::named(tx, home, about.unwrap_or_default()).await?;
    let (Some(sitting), Some(member)) = (sitting, reply.speaker.on_list()) else {
        return other(tx, reply).await;
    };
    let page = read(tx, reply, member).await?;
    if is_blank || digest::reply::is_request(arrival.mail) && !has_votes(&page) {
        return other(tx, reply).await;
    }
    if let Some(partstat) = said_of_coming(&sitting, &page, &arrival.mail.visible_text) {
        let (series, on) = (&sitting.series, sitting.row.on_date.parse().ok());
        return rsvp::noted_on(tx, &home, arrival, (series, member, on), partstat).await;
    }
    communities::lock(tx, arrival.community.id).await?;
    let author = Author {
        member,
        rules: false,
    };
    let concerns = reply.mail.concerns.clone();
    changed(tx, arrival, (&sitting, author), (&page, concerns)).await
}

/// Words that every reply may say.
async fn other(tx: &mut Tx, reply: &Reply<'_>) -> Result<Outcome, compose::Error> {
    commands::in_reply(tx, reply.ctx, reply.arrival, reply.speaker, &[NAME]).await
}

/// Whether something is said that is no item: commands are words alone.
pub(in crate::sessions) fn has_votes(page: &Page) -> bool {
    let is_vote = |said: &Said| !matches!(said, Said::Item(_));
    page.said.iter().any(is_vote)
}

/// What the lines of a reply say. No line of the mail that is answered is anybody's item,
/// quoted or not.
///
/// # Errors
/// Where the database refuses.
pub(in crate::sessions) async fn read(
    tx: &mut Tx,
    reply: &Reply<'_>,
    member: &Member,
) -> store::Result<Page> {
    let ours = message::parse(&mails::content(tx, reply.mail.id).await?);
    let names = [&*member.name, &*reply.speaker.name, &*member.address];
    let known = Known::new(&names, &ours.text);
    Ok(agenda::read(&reply.arrival.mail.visible_text, &known))
}

/// "I can't make it" is no item.
fn said_of_coming(
    sitting: &Sitting<'_>,
    page: &Page,
    visible: &str,
) -> Option<crate::calendar::read::Partstat> {
    const COMING: [&str; 13] = [
        "come",
        "coming",
        "make it",
        "be there",
        "join",
        "attend",
        "count me",
        "dabei",
        "komme",
        "kommen",
        "kann nicht",
        "kann leider nicht",
        "verhindert",
    ];
    let [Said::Item(text)] = page.said.as_slice() else {
        return None;
    };
    let text = text.to_lowercase();
    let is_short = text.split_whitespace().count() <= 10;
    let is_meant = is_short && COMING.iter().any(|words| text.contains(words));
    rsvp::plain::answer(visible).filter(|_| is_meant && sitting.is_ahead())
}

/// Does what the lines say and answers; gives the outcome. The community is locked.
///
/// # Errors
/// Where the database refuses or the answer cannot be composed.
pub(in crate::sessions) async fn changed(
    tx: &mut Tx,
    arrival: &Arrival<'_>,
    (sitting, author): (&Sitting<'_>, Author<'_>),
    (page, concerns): (&Page, String),
) -> Result<Outcome, compose::Error> {
    if page.said.is_empty() && page.problems.is_empty() {
        let why = "agenda: no line of it is an item or a vote".to_owned();
        return Ok(("command", why));
    }
    let (told, next) = match sitting.is_ahead() {
        true => (take(tx, sitting, author, &page.said).await?, None),
        false => late(tx, sitting, author, &page.said).await?,
    };
    let told = with_problems(told, &page.problems);
    let (shown, concerns) = match &next {
        Some(next) => (next, format!("{NAME}:{}", next.about())),
        None => (sitting, concerns),
    };
    let reason = format!(
        "agenda of {}: {} done, {} not, by {}",
        shown.about(),
        told.done.len(),
        told.not_done.len(),
        author.member.address
    );
    let step = Step::of_message(
        Some(arrival.community.id),
        &arrival.message.message_id,
        sitting.home.now(),
    );
    step.record(tx, "agenda", "changed", &reason).await?;
    let sections = sections(tx, shown).await?;
    answer(
        tx,
        arrival,
        (&sitting.home, author.member),
        (told, sections, concerns),
    )
    .await?;
    Ok(("command", reason))
}

async fn take(
    tx: &mut Tx,
    sitting: &Sitting<'_>,
    author: Author<'_>,
    said: &[Said],
) -> store::Result<Told> {
    let mut table = Table::open(tx, sitting, author).await?;
    let mut told = Told::default();
    for one in said {
        match table.take(tx, one).await? {
            Ok(done) => told.done.push(done),
            Err(not) => told.not_done.push(not),
        }
    }
    Ok(told)
}

/// What comes after the session has begun, or was cancelled, is for the next one; where
/// there is none it is kept with this one. Votes come too late.
async fn late<'a>(
    tx: &mut Tx,
    sitting: &Sitting<'a>,
    author: Author<'_>,
    said: &[Said],
) -> store::Result<(Told, Option<Sitting<'a>>)> {
    let next = next(tx, sitting).await?;
    let (mut items, mut votes) = (Vec::new(), Vec::new());
    for one in said {
        match one {
            Said::Item(text) | Said::Text(_, text) => items.push(Said::Item(text.clone())),
            Said::Vote(number) => votes.push(format!("+{number}")),
            Said::Unvote(number) => votes.push(format!("-{number}")),
        }
    }
    let mut told = take(tx, next.as_ref().unwrap_or(sitting), author, &items).await?;
    let key = match (sitting.row.state == "cancelled", next.is_some()) {
        (false, true) => "agenda_late",
        (false, false) => "agenda_late_last",
        (true, true) => "agenda_off",
        (true, false) => "agenda_off_last",
    };
    let phrase = Phrase::new(key).with("day", sitting.day());
    let phrase = phrase.with("next", next.as_ref().map(Sitting::day).unwrap_or_default());
    told.done.insert(0, phrase);
    let too_late = votes.into_iter();
    told.not_done
        .extend(too_late.map(|vote| (vote, Phrase::new("agenda_late_vote"))));
    Ok((told, next))
}

/// The next session of the same name.
async fn next<'a>(tx: &mut Tx, sitting: &Sitting<'a>) -> store::Result<Option<Sitting<'a>>> {
    let home = sitting.home;
    let slug = &sitting.series.slug;
    let Some(series) = roster::find(tx, home.community.id, slug, None).await? else {
        return Ok(None);
    };
    let rows = sessions::of_series(tx, series.id).await?;
    let all = rows.into_iter().map(|row| Sitting {
        home,
        series: series.clone(),
        row,
    });
    Ok(all.into_iter().find(Sitting::is_ahead))
}

fn with_problems(mut told: Told, problems: &[Problem]) -> Told {
    for problem in problems {
        told.not_done.push(match problem {
            Problem::Behind(text) => (text.clone(), Phrase::new("agenda_behind")),
            Problem::Many(text) => (text.clone(), Phrase::new("agenda_many")),
        });
    }
    told
}

/// The agenda as it is now, for a receipt.
///
/// # Errors
/// Where the database refuses.
async fn sections(tx: &mut Tx, sitting: &Sitting<'_>) -> store::Result<Vec<letters::Told>> {
    let home = &sitting.home;
    let items = open(tx, &sitting.key()).await?;
    let mut rows: Vec<Setting> = items
        .iter()
        .take(MOST_RESTATED)
        .map(|item| plain(line(home, item)))
        .collect();
    if items.is_empty() {
        rows.push(plain(home.say(&Phrase::new("agenda_empty"))));
    }
    let more = items.len().saturating_sub(MOST_RESTATED);
    if more > 0 {
        let phrase = Phrase::new("agenda_more").with("count", more.to_string());
        rows.push(plain(home.say(&phrase)));
    }
    let heading = Phrase::new("agenda_now")
        .with("title", sitting.series.title.clone())
        .with("at", sitting.at());
    Ok(vec![letters::Told {
        heading: home.say(&heading),
        rows,
    }])
}

fn plain(name: String) -> Setting {
    Setting {
        name,
        value: String::new(),
    }
}

/// The one answer.
///
/// # Errors
/// Where the database refuses or it cannot be composed.
pub(in crate::sessions) async fn answer(
    tx: &mut Tx,
    arrival: &Arrival<'_>,
    (home, member): (&Home<'_>, &Member),
    (told, sections, concerns): (Told, Vec<letters::Told>, String),
) -> Result<(), compose::Error> {
    let (whom, now) = ((home.community.id, member.address.as_str()), home.now());
    if !counted_answers::note(tx, whom, "receipt", (now - DAY, now), MOST_RECEIPTS).await? {
        return Ok(());
    }
    let not_done = told.not_done.iter().map(|(said, why)| Setting {
        name: said.clone(),
        value: home.say(why),
    });
    let not_done: Vec<Setting> = not_done.collect();
    let not_done = (!not_done.is_empty()).then(|| letters::Told {
        heading: home.say(&Phrase::new("worksheet_not_done")),
        rows: not_done,
    });
    let undo = match sections.is_empty() {
        true => String::new(),
        false => home.say(&Phrase::new("agenda_undo")),
    };
    let mail = Receipt {
        community: home.community.name.clone(),
        done: told.done.iter().map(|phrase| home.say(phrase)).collect(),
        told: not_done.into_iter().chain(sections).collect(),
        undo,
        owner_address: home.address("owner"),
        ..Receipt::default()
    };
    let letter = Letter {
        to: vec![(Some(member.id), member.address.clone())],
        in_reply_to: arrival.message.message_id.clone(),
        concerns,
        ..Letter::default()
    };
    compose::send(tx, home.ctx, home.community, &mail, &letter).await?;
    Ok(())
}
