//! What a sponsor does by reply: what they support is theirs to do by a day, followed up by
//! mail on that day and once more two weeks later, and told in the next summary.

mod reply;
mod tell;
mod words;

pub use reply::{hear, set_often};
pub use words::{Said, read};

use chrono::{NaiveDate, NaiveTime, TimeDelta};

use super::answer;
use crate::cadence::act::{Act, Reply};
use crate::cadence::cron::from_wall_clock;
use crate::cadence::{Outcome, Running};
use crate::lists::home::Home;
use crate::lists::{commands, post};
use crate::outbox::compose::{self, Letter};
use crate::store::asks::{self, Ask};
use crate::store::members::{self, Member};
use crate::store::{self, Millis, Tx, acts};
use crate::templates::Phrase;
use crate::templates::mails::SponsorActionDue;
use crate::trail::Step;

/// The name of the act and of its mail; the act is about the ask's key.
pub const NAME: &str = "sponsor-action-due";

/// The act that asks once more, where nobody has said what became of it; about the same.
pub const OVERDUE: &str = "sponsor-action-overdue";

/// It does so after so many days.
const PATIENCE: i64 = 14;

/// What is promised without a day is due after so many days.
const DAYS: i64 = 30;

/// The furthest day, in days: later ones nobody would remember.
const FURTHEST: i64 = 366;

/// What would be understood.
const EXAMPLES: &str = "ask_due_examples";

/// Mails on the day what a sponsor has promised.
pub const ACT: Act = Act::new(NAME, |tx, act| Box::pin(run(tx, act)))
    .hearing(NAME, |tx, reply| Box::pin(answered(tx, reply)));

/// Mails it a second time, which is the last.
pub const OVERDUE_ACT: Act = Act::new(OVERDUE, |tx, act| Box::pin(run_overdue(tx, act)));

async fn run(tx: &mut Tx, act: &Running<'_>) -> store::Result<Outcome> {
    let ask = match promised(tx, act).await? {
        Ok(ask) => ask,
        Err(why) => return Ok(why),
    };
    let home = home(act);
    let again = super::asks::today(&home) + TimeDelta::days(PATIENCE);
    let about = ask.id.to_string();
    let at = at_nine(&home, again);
    acts::insert(tx, home.community.id, OVERDUE, &about, at).await?;
    remind(tx, &home, (&ask, false), act.due_at).await
}

async fn run_overdue(tx: &mut Tx, act: &Running<'_>) -> store::Result<Outcome> {
    match promised(tx, act).await? {
        Ok(ask) => remind(tx, &home(act), (&ask, true), act.due_at).await,
        Err(why) => Ok(why),
    }
}

fn home<'a>(act: &'a Running<'_>) -> Home<'a> {
    Home {
        ctx: act.ctx,
        community: act.community,
        charter: &act.charter,
    }
}

/// What is promised and not done; or why nobody is asked about it.
async fn promised(tx: &mut Tx, act: &Running<'_>) -> store::Result<Result<Ask, Outcome>> {
    let dropped = |why: &str| Ok(Err(Outcome::Dropped(why.to_owned())));
    let found = asks::by_id(tx, act.about.parse().unwrap_or(0)).await?;
    let ask = found.filter(|ask| ask.community_id == act.community.id);
    let Some(ask) = ask.filter(|ask| ask.state == "supported") else {
        return dropped("nothing is promised, or it is done");
    };
    match act.community.closed_at {
        Some(_) => dropped("the community is closed"),
        None => Ok(Ok(ask)),
    }
}

/// Asks what became of it.
async fn remind(
    tx: &mut Tx,
    home: &Home<'_>,
    (ask, is_overdue): (&Ask, bool),
    due_at: Millis,
) -> store::Result<Outcome> {
    let to = concerned(tx, ask).await?;
    if to.is_empty() {
        return Ok(Outcome::Dropped("there is nobody to ask".into()));
    }
    match ask_all(tx, home, (ask, is_overdue), (&to, due_at)).await {
        Ok(()) => Ok(Outcome::Done(format!("asked {} people", to.len()))),
        Err(compose::Error::Store(error)) => Err(error),
        Err(error) => Ok(Outcome::Dropped(error.to_string())),
    }
}

/// Who promised it, while they are a sponsor, and the facilitators; each once.
async fn concerned(tx: &mut Tx, ask: &Ask) -> store::Result<Vec<Member>> {
    let sponsors = members::with_role(tx, ask.community_id, "sponsor").await?;
    let mut to: Vec<Member> = sponsors
        .into_iter()
        .filter(|one| one.address == ask.owner)
        .collect();
    for one in members::with_role(tx, ask.community_id, "facilitator").await? {
        if to.iter().all(|known| known.id != one.id) {
            to.push(one);
        }
    }
    Ok(to)
}

async fn ask_all(
    tx: &mut Tx,
    home: &Home<'_>,
    (ask, is_overdue): (&Ask, bool),
    (to, due_at): (&[Member], Millis),
) -> Result<(), compose::Error> {
    let mail = SponsorActionDue {
        community: home.community.name.clone(),
        text: ask.text.clone(),
        date: home.date(&ask.due_on),
        is_overdue,
        owner_address: home.address("owner"),
    };
    let letter = Letter {
        to: to
            .iter()
            .map(|one| (Some(one.id), one.address.clone()))
            .collect(),
        about: format!("on={}", ask.due_on),
        concerns: format!("{NAME}:{}", ask.id),
        due_at: Some(due_at),
        ..Letter::default()
    };
    compose::send(tx, home.ctx, home.community, &mail, &letter).await?;
    Ok(())
}

/// Plans the mail of that day; what was planned for another one is not asked about any more.
async fn plan(tx: &mut Tx, home: &Home<'_>, ask: i64, day: NaiveDate) -> store::Result<()> {
    let (community, about) = (home.community.id, ask.to_string());
    let due = at_nine(home, day).max(home.now());
    let why = "it comes by another day";
    for name in [NAME, OVERDUE] {
        acts::drop_about(tx, community, (name, &about), why, home.now()).await?;
    }
    acts::insert(tx, community, NAME, &about, due).await
}

/// Nine on the community's clock.
fn at_nine(home: &Home<'_>, day: NaiveDate) -> Millis {
    let nine = NaiveTime::from_hms_opt(9, 0, 0).unwrap_or_default();
    from_wall_clock(day.and_time(nine), home.charter.timezone).timestamp_millis()
}

/// `DONE`, or another day.
async fn answered(tx: &mut Tx, reply: &Reply<'_>) -> Result<post::Outcome, compose::Error> {
    let (ctx, arrival) = (reply.ctx, reply.arrival);
    let concerns = reply.mail.concerns.as_str();
    let id = concerns
        .strip_prefix(NAME)
        .and_then(|id| id.strip_prefix(':'));
    let ask = match id.and_then(|id| id.parse().ok()) {
        Some(id) => asks::by_id(tx, id).await?,
        None => None,
    };
    let said = read(&arrival.mail.visible_text)
        .into_iter()
        .find(|said| matches!(said, Said::Done | Said::Date(_)));
    let (Some(ask), Some(said)) = (ask.filter(|ask| may(reply, ask)), said) else {
        return commands::in_reply(tx, ctx, arrival, reply.speaker, &[NAME]).await;
    };
    let home = Home::of(ctx, arrival);
    match became(tx, &home, &ask, &said).await? {
        Ok(phrase) => {
            let step = Step::of_person(Some(ask.community_id), &reply.speaker.address, ctx.now());
            let reason = format!("ask {}: {}", ask.id, phrase.key);
            step.record(tx, "sponsor-ask", "followed up", &reason)
                .await?;
            answer::done(tx, reply, std::slice::from_ref(&phrase), concerns).await?;
            Ok(("command", reason))
        }
        Err(problem) => answer::clarify(tx, reply, (&[], &problem), (concerns, EXAMPLES)).await,
    }
}

/// Who promised it, and facilitators.
fn may(reply: &Reply<'_>, ask: &Ask) -> bool {
    let is_facilitator = reply
        .speaker
        .on_list()
        .is_some_and(|member| member.has_role("facilitator"));
    let is_here = ask.community_id == reply.arrival.community.id;
    is_here && (is_facilitator || ask.owner == reply.speaker.address)
}

async fn became(
    tx: &mut Tx,
    home: &Home<'_>,
    ask: &Ask,
    said: &Said,
) -> store::Result<Result<Phrase, Phrase>> {
    let text = |phrase: Phrase| phrase.with("text", ask.text.clone());
    let over = || Ok(Err(text(Phrase::new("ask_over"))));
    match said {
        Said::Date(day) => {
            let Some(day) = day.filter(|day| is_near(home, *day)) else {
                return Ok(Err(Phrase::new("ask_no_day")));
            };
            if !asks::postpone(tx, ask.id, &day.to_string()).await? {
                return over();
            }
            plan(tx, home, ask.id, day).await?;
            let date = home.date(&day.to_string());
            Ok(Ok(text(Phrase::new("ask_postponed").with("date", date))))
        }
        _ if asks::done(tx, ask.id, home.now()).await? => Ok(Ok(text(Phrase::new("ask_done")))),
        _ => over(),
    }
}

/// A day from today on, within a year.
fn is_near(home: &Home<'_>, day: NaiveDate) -> bool {
    let today = super::asks::today(home);
    (0..=FURTHEST).contains(&(day - today).num_days())
}
