//! Who came? An hour after a session its host is asked, and answers with names; notes,
//! actions and the recording may come with them. What is kept goes into the recap.

mod answer;
mod asked;
pub mod record;
mod reply;

use chrono::NaiveDate;

use super::{host, rows};
use crate::cadence::act::{Act, Ahead, Plan, Recipient};
use crate::cadence::moments::Offset;
use crate::cadence::{Outcome, Running};
use crate::lists::home::Home;
use crate::outbox::compose::{self, Letter};
use crate::outbox::moot;
use crate::store::members::{self, Member};
use crate::store::series::Series;
use crate::store::sessions::Session;
use crate::store::{self, Tx, reports};
use crate::templates::mails::AttendanceAsk;

pub use asked::{Candidate, candidates};

/// This act's name in the registry, and its mail's in the catalogue.
pub const NAME: &str = "attendance-ask";

/// Nobody remembers who was there a week ago.
const MOST_LATE: i64 = 7 * 24;

/// Asks late rather than never, for a week.
pub const ACT: Act = Act::new(NAME, |tx, act| Box::pin(run(tx, act)))
    .planned(Plan::Sessions(|session| {
        session.attendance.map(Offset::After)
    }))
    .dropped_after(MOST_LATE)
    .mailing(NAME, |tx, ahead| Box::pin(audience(tx, ahead)))
    .hearing(NAME, |tx, reply| Box::pin(reply::hear(tx, reply)));

/// Who is asked about a session: its host, else the facilitators.
///
/// # Errors
/// Where the database refuses.
pub async fn people(tx: &mut Tx, series: &Series, on: &str) -> store::Result<Vec<Member>> {
    match host::of(tx, series, on).await? {
        Some(host) => Ok(vec![host]),
        None => members::with_role(tx, series.community_id, "facilitator").await,
    }
}

async fn run(tx: &mut Tx, act: &Running<'_>) -> store::Result<Outcome> {
    let dropped = |why: String| Ok(Outcome::Dropped(why));
    if act.community.closed_at.is_some() {
        return dropped("the community is closed".to_owned());
    }
    let Some((series, row)) = rows::of_act(tx, act).await? else {
        return dropped("there is no such session any more".to_owned());
    };
    if row.state == "cancelled" {
        return dropped(format!("the session was cancelled: {}", row.reason));
    }
    let known = reports::of(tx, row.id).await?;
    if known.is_some_and(|report| report.counted) {
        return dropped("somebody has said already who came".to_owned());
    }
    let people = people(tx, &series, &row.on_date).await?;
    if people.is_empty() {
        return dropped("the session has no host, and the community no facilitator".to_owned());
    }
    let home = Home {
        ctx: act.ctx,
        community: act.community,
        charter: &act.charter,
    };
    match ask(tx, &home, act, (&series, &row), &people).await {
        Ok(done) => Ok(Outcome::Done(done)),
        Err(compose::Error::Store(error)) => Err(error),
        Err(error) => dropped(error.to_string()),
    }
}

async fn ask(
    tx: &mut Tx,
    home: &Home<'_>,
    act: &Running<'_>,
    (series, row): (&Series, &Session),
    people: &[Member],
) -> Result<String, compose::Error> {
    let roster = candidates(tx, series, row, home.now()).await?;
    asked::number(tx, row, &roster).await?;
    let roster = candidates(tx, series, row, home.now()).await?;
    let recap = super::recap::moment(tx, home, series, row).await?;
    let open = super::actions::open(tx, home, series).await?;
    let mail = AttendanceAsk {
        community: home.community.name.clone(),
        title: series.title.clone(),
        when: when(home, row),
        people: roster
            .iter()
            .filter_map(|one| asked::line(home, one))
            .collect(),
        more: roster.iter().filter(|one| one.is_unnamed()).count(),
        example: asked::example(&roster),
        by: super::actions::example_day(home, row),
        open,
        recap: recap.map(|at| home.moment(at)).unwrap_or_default(),
        owner_address: home.address("owner"),
    };
    let letter = Letter {
        to: people.iter().map(recipient).collect(),
        about: format!("series={}; on={}", series.slug, row.on_date),
        concerns: moot::concerns(moot::CAME, row.id),
        due_at: Some(act.due_at),
        ..Letter::default()
    };
    compose::send(tx, home.ctx, home.community, &mail, &letter).await?;
    Ok(format!("asked {} of {} people", people.len(), roster.len()))
}

fn recipient(member: &Member) -> (Option<i64>, String) {
    (Some(member.id), member.address.clone())
}

/// When a session began, as people write it: "Tuesday, 10 March, 16:00".
pub(super) fn when(home: &Home<'_>, row: &Session) -> String {
    let zone = home.charter.timezone;
    let local = crate::clock::moment(row.starts_at).with_timezone(&zone);
    let (language, slug) = (&home.charter.language, &home.community.slug);
    let templates = &home.ctx.templates;
    let day = templates.say_day(language, slug, local.date_naive());
    let said = crate::templates::Phrase::new("session_at").with("day", day);
    home.say(&said.with("time", local.format("%H:%M").to_string()))
}

/// The original day of a session that an act is about.
fn day(about: &str) -> Option<(&str, NaiveDate)> {
    let (slug, day) = about.split_once(' ')?;
    Some((slug, day.parse().ok()?))
}

/// Whom it goes to, as far as can be told ahead.
async fn audience(tx: &mut Tx, ahead: &Ahead<'_>) -> store::Result<Vec<Recipient>> {
    let Some((slug, on)) = day(ahead.about) else {
        return Ok(Vec::new());
    };
    let people = match super::roster::find(tx, ahead.community, slug, Some(on)).await? {
        Some(series) => people(tx, &series, &on.to_string()).await?,
        None => members::with_role(tx, ahead.community, "facilitator").await?,
    };
    Ok(people
        .iter()
        .map(|one| Recipient::planned(&one.address))
        .collect())
}
