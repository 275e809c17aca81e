//! The recap: a day after a session the community posts to its list what came of it. It is
//! a post like any other: archived, so that the minutes are in the archive, answered on the
//! list, and ruled by each member's delivery mode.

use super::attendance::when;
use super::{actions, host, participation, rows, standing};
use crate::cadence::act::{Act, Ahead, Plan, Recipient};
use crate::cadence::moments::{self, Offset};
use crate::cadence::{Outcome, Running};
use crate::lists::home::Home;
use crate::lists::own_post;
use crate::lists::post::Arrival;
use crate::message::Kind;
use crate::message::words::Word;
use crate::message::words::session::MOST_DONE;
use crate::message::words::worksheet::{self, Choice};
use crate::outbox::catalogue::RECAP;
use crate::outbox::compose;
use crate::outbox::personal;
use crate::store::members::{self, Member};
use crate::store::reports::{self, Action, Report};
use crate::store::series::{self, Series};
use crate::store::sessions::{self, Session};
use crate::store::{self, Millis, Tx, acts, agendas, mails};
use crate::templates::mails::Recap;

/// This act's name in the registry, and its mail's in the catalogue.
pub const NAME: &str = "recap";

/// The same act for a session of which something was told after its moment.
pub const LATE: &str = "recap-late";

/// Whoever tells something late may correct it for so long, in milliseconds.
const CORRECTED_FOR: Millis = 3_600_000;

/// What an outage has made older than this everybody has forgotten.
const MOST_LATE: i64 = 7 * 24;

/// Of items and of earlier actions so many are looked at.
const MOST_ITEMS: usize = 20;
const MOST_OPEN: usize = 10;

/// No action has a higher number, and no answer names more messages.
const HIGHEST: u32 = 100_000;
const MOST_ANSWERED: usize = 3;

/// Why there is none.
const NOTHING: &str = "nobody has said who came, and nothing was noted";

/// So long after the session, however late within a week.
pub const ACT: Act = Act::new(NAME, |tx, act| Box::pin(run(tx, act)))
    .planned(Plan::Sessions(|session| session.recap.map(Offset::After)))
    .dropped_after(MOST_LATE)
    .mailing(NAME, |tx, ahead| Box::pin(audience(tx, ahead)));

/// Planned by what was told after that moment.
pub const LATE_ACT: Act = Act::new(LATE, |tx, act| Box::pin(run(tx, act)))
    .dropped_after(MOST_LATE)
    .mailing(NAME, |tx, ahead| Box::pin(audience(tx, ahead)));

async fn run(tx: &mut Tx, act: &Running<'_>) -> store::Result<Outcome> {
    let dropped = |why: &str| Ok(Outcome::Dropped(why.to_owned()));
    if act.community.closed_at.is_some() {
        return dropped("the community is closed");
    }
    let Some((series, row)) = rows::of_act(tx, act).await? else {
        return dropped("there is no such session any more");
    };
    if row.state == "cancelled" {
        return Ok(Outcome::Dropped(format!(
            "the session was cancelled: {}",
            row.reason
        )));
    }
    let home = Home {
        ctx: act.ctx,
        community: act.community,
        charter: &act.charter,
    };
    if was_sent(tx, &home, &series, &row).await? {
        return dropped("a recap went out before");
    }
    let Some(report) = reports::of(tx, row.id).await? else {
        return dropped(NOTHING);
    };
    let mail = text(tx, &home, (&series, &row), &report).await?;
    if !has_news(&mail) {
        return dropped(NOTHING);
    }
    match publish(tx, &home, (&series, &row), &mail).await {
        Ok(done) => Ok(Outcome::Done(done)),
        Err(compose::Error::Store(error)) => Err(error),
        Err(error) => Ok(Outcome::Dropped(error.to_string())),
    }
}

/// Whether there is anything to tell of this session.
fn has_news(mail: &Recap) -> bool {
    mail.counted || !mail.notes.is_empty() || !mail.actions.is_empty() || !mail.recording.is_empty()
}

fn about(series: &Series, row: &Session) -> String {
    format!("{} {}", series.slug, row.on_date)
}

/// Whether the recap of a session has gone to the list.
///
/// # Errors
/// Where the database refuses.
pub async fn was_sent(
    tx: &mut Tx,
    home: &Home<'_>,
    series: &Series,
    row: &Session,
) -> store::Result<bool> {
    let about = about(series, row);
    for name in [NAME, LATE] {
        if acts::was_done_about(tx, (home.community.id, name), &about).await? {
            return Ok(true);
        }
    }
    Ok(false)
}

/// When the recap of a session will go out; `None` where it has gone, or none is planned.
///
/// # Errors
/// Where the database refuses.
pub async fn moment(
    tx: &mut Tx,
    home: &Home<'_>,
    series: &Series,
    row: &Session,
) -> store::Result<Option<Millis>> {
    if was_sent(tx, home, series, row).await? {
        return Ok(None);
    }
    let about = about(series, row);
    let waiting = acts::waiting(tx, home.community.id).await?;
    let is_its = |one: &&acts::Act| [NAME, LATE].contains(&one.name.as_str()) && one.about == about;
    if let Some(waiting) = waiting.iter().find(is_its) {
        return Ok(Some(waiting.due_at));
    }
    let charter = standing::charter(tx, home.community.id, home.charter).await?;
    let planned = moments::of_session(&ACT, &charter, &about);
    let planned = planned.map(|moment| moment.due);
    Ok(planned.filter(|due| *due > home.now()))
}

/// Something was told of a session: where the moment of its recap has passed and there was
/// nothing to tell, there is now.
///
/// # Errors
/// Where the database refuses.
pub async fn after_all(
    tx: &mut Tx,
    home: &Home<'_>,
    series: &Series,
    row: &Session,
) -> store::Result<()> {
    let charter = standing::charter(tx, home.community.id, home.charter).await?;
    let is_wanted = moments::of_session(&ACT, &charter, &about(series, row)).is_some();
    let now = sessions::by_id(tx, row.id).await?;
    let was_held = now.is_some_and(|row| row.state == "held");
    if !is_wanted
        || !was_held
        || was_sent(tx, home, series, row).await?
        || moment(tx, home, series, row).await?.is_some()
    {
        return Ok(());
    }
    let due = home.now() + CORRECTED_FOR;
    acts::insert(tx, home.community.id, LATE, &about(series, row), due).await
}

/// What is told of a session: how many came, and nobody's name but of those who host or
/// have something to do.
async fn text(
    tx: &mut Tx,
    home: &Home<'_>,
    (series, row): (&Series, &Session),
    report: &Report,
) -> store::Result<Recap> {
    let came = participation::came(tx, row).await?;
    let before = participation::before(tx, series, row).await?;
    let all = reports::actions(tx, series.community_id, &series.slug).await?;
    let open = |own: bool| {
        let of_own = move |one: &&Action| (one.session_id == row.id) == own;
        let open = all
            .iter()
            .filter(|one| one.done_at.is_none())
            .filter(of_own);
        open.map(|one| actions::line(home, one)).collect::<Vec<_>>()
    };
    let host = host::of(tx, series, &row.on_date).await?;
    Ok(Recap {
        community: home.community.name.clone(),
        title: series.title.clone(),
        when: when(home, row),
        counted: report.counted,
        came: came.unwrap_or(0),
        guests: report.guests().count(),
        last: before.map_or_else(String::new, |came| came.to_string()),
        host: host.map(|host| host.name).unwrap_or_default(),
        agenda: agenda(tx, series, row).await?,
        notes: report.notes.lines().map(str::to_owned).collect(),
        actions: open(true),
        open: open(false).into_iter().take(MOST_OPEN).collect(),
        recording: report.recording.clone(),
        post_address: home.address(""),
    })
}

/// What the session was about, as far as members had asked for it.
async fn agenda(tx: &mut Tx, series: &Series, row: &Session) -> store::Result<Vec<String>> {
    let items = agendas::items(tx, &host::key(series, &row.on_date)).await?;
    let open = items
        .into_iter()
        .filter(|item| item.state == "open" && !item.text.is_empty());
    Ok(open.take(MOST_ITEMS).map(|item| item.text).collect())
}

async fn publish(
    tx: &mut Tx,
    home: &Home<'_>,
    (series, row): (&Series, &Session),
    mail: &Recap,
) -> Result<String, compose::Error> {
    let about = format!("series={}; on={}", series.slug, row.on_date);
    let posted = own_post::publish(tx, home, &RECAP, mail, about).await?;
    // Each member's copy refers to the invitation that this member got.
    for sent in mails::by_message_id(tx, &posted.message_id).await? {
        let concerns = personal::recap_of(series.id);
        mails::set_concerns(tx, sent.id, &concerns).await?;
    }
    Ok(posted.told)
}

/// What a post says that is nothing but `DONE 2` in answer to a recap: which actions of its
/// series are done.
///
/// # Errors
/// Where the database refuses.
pub async fn done_in(tx: &mut Tx, arrival: &Arrival<'_>) -> store::Result<Option<Word>> {
    let mail = arrival.mail;
    let is_written = matches!(mail.kind, Kind::Post | Kind::Command);
    let sheet = worksheet::read(&mail.visible_text, HIGHEST);
    if !is_written || !sheet.is_meant || !sheet.problems.is_empty() {
        return Ok(None);
    }
    let done = |(number, choice): &(u32, Choice)| (*choice == Choice::Done).then_some(*number);
    let numbers: Option<Vec<u32>> = sheet.decided.iter().map(done).collect();
    let few = |all: &Vec<u32>| (1..=MOST_DONE).contains(&all.len());
    let Some(numbers) = numbers.filter(few) else {
        return Ok(None);
    };
    let series = answered(tx, arrival).await?;
    Ok(series.map(|series| Word::Done(series.slug, numbers)))
}

/// The series whose recap a message answers.
async fn answered(tx: &mut Tx, arrival: &Arrival<'_>) -> store::Result<Option<Series>> {
    for id in arrival.mail.in_reply_to.iter().take(MOST_ANSWERED) {
        for sent in mails::by_message_id(tx, id).await? {
            if let Some(series) = personal::recapped(&sent.concerns)
                && sent.community_id == arrival.community.id
            {
                return series::by_id(tx, series).await;
            }
        }
    }
    Ok(None)
}

/// Whom it goes to, if there is anything to tell.
async fn audience(tx: &mut Tx, ahead: &Ahead<'_>) -> store::Result<Vec<Recipient>> {
    let condition = "where somebody says who came, or what was said";
    let all = members::of_community(tx, ahead.community).await?;
    let recipient = |member: &Member| match (member.receives_each(), member.receives_digest()) {
        (true, _) => Some(Recipient::other(&member.address, "planned", condition)),
        (_, true) => {
            let why = "it comes in their digest";
            Some(Recipient::other(&member.address, "merged", why))
        }
        _ => None,
    };
    Ok(all.iter().filter_map(recipient).collect())
}
