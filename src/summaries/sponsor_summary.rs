//! The sponsor's summary, and the mail by which members read it two days before.
//!
//! What members are shown is kept (`summary`): its figures, and what it names by numbers.
//! The sponsor's mail is made of the same, without what somebody objected to. It never goes
//! before members have had theirs for two days, whatever holidays or outages did to that.

mod coming;
mod content;
mod fields;
mod lines;
mod make;
mod numbers;

pub use content::Content;
pub use make::{Made, Reader, made};

use chrono::TimeDelta;

use super::{objection, sponsor_action};
use crate::cadence::act::{Act, Ahead, Holidays, Plan, Recipient};
use crate::cadence::cron::CronLine;
use crate::cadence::moments::{self, Series, When};
use crate::cadence::{Outcome, Running};
use crate::config::Charter;
use crate::lists::home::Home;
use crate::outbox::compose::{self, Letter};
use crate::store::members::{self, Member};
use crate::store::sponsor_summaries::{self as summaries, Item, Summary};
use crate::store::{self, Millis, Tx, acts, offers};
use crate::templates::mails;

/// The name of the act and of its mail.
pub const NAME: &str = "sponsor-summary";

/// The same for what members read before.
pub const PREVIEW: &str = "sponsor-summary-preview";

/// The act that goes on with a summary that had to wait; it is about the summary's key.
pub const LATE: &str = "sponsor-summary-late";

const HOUR: Millis = 3_600_000;
const DAY: Millis = 24 * HOUR;

/// Members have it so long before the sponsor, in milliseconds.
const AHEAD: Millis = 48 * HOUR;

/// What a summary counts, in milliseconds: ninety days, whether it comes each month or each
/// quarter, so that numbers are large enough to say something.
pub const WINDOW: Millis = 90 * DAY;

/// The window ends so long before the sponsor's mail is due: what was recorded late is in.
const BEFORE: Millis = 3 * DAY;

/// So far back the four before are looked for: more than a year of quarters.
const LOOKED_BACK: Millis = 500 * DAY;

/// How often a summary looks whether members have it.
const LOOK_AGAIN: Millis = 6 * HOUR;

/// Whoever could not be shown it in so long is not waited for.
const MOST_WAITED: Millis = 7 * DAY;

/// Of an outage, the first stands for all.
pub const ACT: Act = Act::new(NAME, |tx, act| Box::pin(run(tx, act)))
    .planned(Plan::Schedules(schedule))
    .merging()
    .on_holidays(Holidays::Move)
    .mailing(NAME, |tx, ahead| Box::pin(audience(tx, ahead)))
    .hearing(NAME, |tx, reply| Box::pin(sponsor_action::hear(tx, reply)));

/// Two days before.
pub const PREVIEW_ACT: Act = Act::new(PREVIEW, |tx, act| Box::pin(run_preview(tx, act)))
    .planned(Plan::Schedules(schedule_ahead))
    .merging()
    .on_holidays(Holidays::Move)
    .mailing(PREVIEW, |tx, ahead| Box::pin(readers(tx, ahead)))
    .hearing(PREVIEW, |tx, reply| Box::pin(objection::hear(tx, reply)));

/// Planned by a summary that had to wait.
pub const LATE_ACT: Act = Act::new(LATE, |tx, act| Box::pin(run_late(tx, act)));

/// What a mail concerns that shows this summary.
pub fn concerns(mail: &str, summary: i64) -> String {
    format!("{mail}:{summary}")
}

/// The summary that a mail of that name shows.
pub fn concerned(mail: &str, concerns: &str) -> Option<i64> {
    let key = concerns.strip_prefix(mail)?.strip_prefix(':')?;
    key.parse().ok()
}

/// The schedules of a charter's sponsors, each once. The first has no key; another's is the
/// address of the first sponsor who has it.
fn schedules(charter: &Charter) -> Vec<(String, &CronLine)> {
    let mut found: Vec<(String, &CronLine)> = Vec::new();
    for sponsor in &charter.sponsors {
        let Some(line) = &sponsor.summary else {
            continue;
        };
        if found.iter().all(|(_, known)| *known != line) {
            let key = match found.is_empty() {
                true => String::new(),
                false => sponsor.address.to_string(),
            };
            found.push((key, line));
        }
    }
    found
}

fn schedule(charter: &Charter) -> Vec<Series<'_>> {
    planned(charter, When::Schedule)
}

fn schedule_ahead(charter: &Charter) -> Vec<Series<'_>> {
    planned(charter, |line| {
        When::Ahead(line, TimeDelta::milliseconds(AHEAD))
    })
}

fn planned<'a>(charter: &'a Charter, when: impl Fn(&'a CronLine) -> When<'a>) -> Vec<Series<'a>> {
    let series = |(key, line)| Series {
        key,
        when: when(line),
        zone: charter.timezone,
    };
    schedules(charter).into_iter().map(series).collect()
}

/// The sponsors who get the summary of that series. Who is a sponsor and not named in the
/// charter gets that of the first.
async fn sponsors(
    tx: &mut Tx,
    community: i64,
    (charter, series): (&Charter, &str),
) -> store::Result<Vec<Member>> {
    let all = schedules(charter);
    let line = all.iter().find(|(key, _)| key == series);
    let Some((_, line)) = line else {
        return Ok(Vec::new());
    };
    let gets = |member: &Member| {
        let address = &member.address;
        let mut named = charter.sponsors.iter();
        match named.find(|one| one.address.to_string().eq_ignore_ascii_case(address)) {
            Some(named) => named.summary.as_ref() == Some(*line),
            None => series.is_empty(),
        }
    };
    let found = members::with_role(tx, community, "sponsor").await?;
    Ok(found.into_iter().filter(gets).collect())
}

/// Whom the sponsor's mail goes to.
async fn audience(tx: &mut Tx, ahead: &Ahead<'_>) -> store::Result<Vec<Recipient>> {
    let which = (ahead.charter, ahead.about);
    let sponsors = sponsors(tx, ahead.community, which).await?;
    let addresses = sponsors.iter().map(|one| one.address.as_str());
    Ok(addresses.map(Recipient::planned).collect())
}

/// Whom the mail before goes to.
async fn readers(tx: &mut Tx, ahead: &Ahead<'_>) -> store::Result<Vec<Recipient>> {
    let which = (ahead.charter, ahead.about);
    let all = shown_to(tx, ahead.community, which).await?;
    let addresses = all.iter().map(|one| one.address.as_str());
    Ok(addresses.map(Recipient::planned).collect())
}

/// Members but for those who get the sponsor's mail itself.
async fn shown_to(
    tx: &mut Tx,
    community: i64,
    which: (&Charter, &str),
) -> store::Result<Vec<Member>> {
    let sponsors = sponsors(tx, community, which).await?;
    if sponsors.is_empty() {
        return Ok(Vec::new());
    }
    let is_sponsor = |one: &Member| sponsors.iter().any(|sponsor| sponsor.id == one.id);
    let all = members::of_community(tx, community).await?;
    let reads = |one: &Member| one.on_list() && !is_sponsor(one);
    Ok(all.into_iter().filter(reads).collect())
}

fn home<'a>(act: &'a Running<'_>) -> Home<'a> {
    Home {
        ctx: act.ctx,
        community: act.community,
        charter: &act.charter,
    }
}

async fn run_preview(tx: &mut Tx, act: &Running<'_>) -> store::Result<Outcome> {
    let (home, due_at) = (home(act), act.due_at + AHEAD);
    if let Some(why) = objection_to(tx, &home, &act.about).await? {
        return Ok(Outcome::Dropped(why.to_owned()));
    }
    let known = summaries::of(tx, act.community.id, (&act.about, due_at)).await?;
    if known.is_some() {
        return Ok(Outcome::Merged("members have been shown it".into()));
    }
    ended(show(tx, &home, (&act.about, due_at)).await)
}

/// Why there is no summary.
async fn objection_to(
    tx: &mut Tx,
    home: &Home<'_>,
    series: &str,
) -> store::Result<Option<&'static str>> {
    if home.community.closed_at.is_some() {
        return Ok(Some("the community is closed"));
    }
    let found = sponsors(tx, home.community.id, (home.charter, series)).await?;
    Ok(found
        .is_empty()
        .then_some("there is no sponsor to write to"))
}

fn ended(result: Result<String, compose::Error>) -> store::Result<Outcome> {
    match result {
        Ok(done) => Ok(Outcome::Done(done)),
        Err(compose::Error::Store(error)) => Err(error),
        Err(error) => Ok(Outcome::Dropped(error.to_string())),
    }
}

async fn run(tx: &mut Tx, act: &Running<'_>) -> store::Result<Outcome> {
    let home = home(act);
    if let Some(why) = objection_to(tx, &home, &act.about).await? {
        return Ok(Outcome::Dropped(why.to_owned()));
    }
    let which = (act.about.as_str(), act.due_at);
    match summaries::of(tx, act.community.id, which).await? {
        Some(summary) => ended(go(tx, &home, &summary).await),
        None => ended(show_late(tx, &home, which).await),
    }
}

/// Members have not been shown it: somebody has just become a sponsor, or no node ran.
async fn show_late(
    tx: &mut Tx,
    home: &Home<'_>,
    which: (&str, Millis),
) -> Result<String, compose::Error> {
    let shown = show(tx, home, which).await?;
    if let Some(summary) = summaries::of(tx, home.community.id, which).await? {
        wait(tx, &summary, home.now() + AHEAD).await?;
    }
    Ok(format!("{shown}; the sponsor's mail waits for two days"))
}

async fn run_late(tx: &mut Tx, act: &Running<'_>) -> store::Result<Outcome> {
    let found = summaries::by_id(tx, act.about.parse().unwrap_or(0)).await?;
    let Some(summary) = found.filter(|one| one.community_id == act.community.id) else {
        return Ok(Outcome::Dropped("there is no such summary".into()));
    };
    let home = home(act);
    if let Some(why) = objection_to(tx, &home, &summary.series).await? {
        return Ok(Outcome::Dropped(why.to_owned()));
    }
    ended(go(tx, &home, &summary).await)
}

async fn wait(tx: &mut Tx, summary: &Summary, until: Millis) -> store::Result<()> {
    let about = summary.id.to_string();
    acts::insert(tx, summary.community_id, LATE, &about, until).await
}

/// When the windows of the four summaries before ended, the latest first: what was told of
/// them is told again as it was.
fn earlier(charter: &Charter, series: &str, due_at: Millis) -> Vec<Millis> {
    let all = schedule(charter);
    let Some(own) = all.iter().find(|one| one.key == series) else {
        return Vec::new();
    };
    let from = (due_at - LOOKED_BACK, "");
    let before = moments::after(&ACT, charter, own, from).take_while(|one| one.due < due_at);
    let mut ends: Vec<Millis> = before.map(|one| one.due - BEFORE).collect();
    ends.reverse();
    ends.truncate(4);
    ends
}

/// A summary as it would be made now, with what it names.
///
/// # Errors
/// Where the database refuses.
pub async fn draft(
    tx: &mut Tx,
    home: &Home<'_>,
    (series, due_at): (&str, Millis),
) -> store::Result<(Summary, Vec<Item>)> {
    let (community, now) = (home.community.id, home.now());
    let last = summaries::last_sent(tx, community, series).await?;
    let cut_off = (due_at - BEFORE).min(now);
    let earlier = earlier(home.charter, series, due_at);
    let figures = make::figures(tx, home, (cut_off, &earlier)).await?;
    let summary = Summary {
        id: 0,
        community_id: community,
        series: series.to_owned(),
        due_at,
        since: last.map_or(cut_off - WINDOW, |last| last.previewed_at),
        cut_off,
        figures: serde_json::to_string(&figures).unwrap_or_default(),
        previewed_at: now,
        sent_at: None,
    };
    let items = content::choose(tx, community, &summary).await?;
    Ok((summary, items))
}

/// Makes a summary and shows it to members.
async fn show(
    tx: &mut Tx,
    home: &Home<'_>,
    (series, due_at): (&str, Millis),
) -> Result<String, compose::Error> {
    let (mut summary, items) = draft(tx, home, (series, due_at)).await?;
    summary.id = summaries::insert(tx, &summary).await?;
    for item in &items {
        summaries::insert_item(tx, summary.id, item).await?;
    }
    make::note(tx, home, (&summary, "member")).await?;
    let to = shown_to(tx, home.community.id, (home.charter, series)).await?;
    if to.is_empty() {
        return Ok("there is no member to show it to".into());
    }
    let made = make::made(tx, home, (&summary, &items), Reader::Member).await?;
    let (mail, picture) = (as_preview(home, made.mail, due_at), made.picture);
    let letter = Letter {
        to: to.iter().map(recipient).collect(),
        about: format!("on={}", fields::day(due_at - AHEAD, home.charter.timezone)),
        concerns: concerns(PREVIEW, summary.id),
        attachments: vec![made.csv],
        picture,
        // What comes late is worth as long as what comes in time.
        due_at: Some(home.now()),
        ..Letter::default()
    };
    compose::send(tx, home.ctx, home.community, &mail, &letter).await?;
    Ok(format!("offered to {} members", to.len()))
}

/// A summary as members read it.
pub fn as_preview(
    home: &Home<'_>,
    summary: mails::SponsorSummary,
    due_at: Millis,
) -> mails::SponsorSummaryPreview {
    mails::SponsorSummaryPreview {
        has_quotes: !summary.quotes.is_empty(),
        goes: home.moment(due_at),
        summary,
    }
}

/// The next summary as it would be made now, with the moment at which the sponsor's is due;
/// `None` where the charter plans none.
///
/// # Errors
/// Where the database refuses.
pub async fn preview(
    tx: &mut Tx,
    home: &Home<'_>,
    reader: Reader,
) -> store::Result<Option<(Millis, Made)>> {
    let Some((series, due_at)) = next(home.charter, None, home.now()) else {
        return Ok(None);
    };
    let known = summaries::of(tx, home.community.id, (&series, due_at)).await?;
    let (summary, items) = match known {
        Some(known) => {
            let items = summaries::items(tx, known.id).await?;
            (known, items)
        }
        None => draft(tx, home, (&series, due_at)).await?,
    };
    let made = make::made(tx, home, (&summary, &items), reader).await?;
    Ok(Some((due_at, made)))
}

fn recipient(member: &Member) -> (Option<i64>, String) {
    (Some(member.id), member.address.clone())
}

/// Sends the sponsor's mail, where members have had theirs for two days.
async fn go(tx: &mut Tx, home: &Home<'_>, summary: &Summary) -> Result<String, compose::Error> {
    if let Some(until) = earliest(tx, home, summary).await? {
        wait(tx, summary, until).await?;
        return Ok("waits until members have had it for two days".into());
    }
    let series = summary.series.as_str();
    let mut to = sponsors(tx, home.community.id, (home.charter, series)).await?;
    let concerns = concerns(NAME, summary.id);
    let got = summaries::got(tx, home.community.id, &concerns).await?;
    to.retain(|one| !got.contains(&one.address));
    if to.is_empty() {
        return Ok("its sponsors have it".into());
    }
    let items = summaries::items(tx, summary.id).await?;
    let made = make::made(tx, home, (summary, &items), Reader::Sponsor).await?;
    let letter = Letter {
        to: to.iter().map(recipient).collect(),
        about: format!("on={}", fields::day(summary.due_at, home.charter.timezone)),
        concerns,
        attachments: vec![made.csv],
        picture: made.picture,
        due_at: Some(summary.due_at),
        ..Letter::default()
    };
    compose::send(tx, home.ctx, home.community, &made.mail, &letter).await?;
    make::note(tx, home, (summary, "sponsor")).await?;
    summaries::sent(tx, summary.id, home.now()).await?;
    Ok(format!("offered to {} sponsors", to.len()))
}

/// Until when it has to wait for members to have had it for two days.
async fn earliest(
    tx: &mut Tx,
    home: &Home<'_>,
    summary: &Summary,
) -> store::Result<Option<Millis>> {
    let (community, now) = (home.community.id, home.now());
    let concerns = concerns(PREVIEW, summary.id);
    let until = match summaries::first_out(tx, community, &concerns).await? {
        Some(at) => at + AHEAD,
        None if offers::is_waiting(tx, community, &concerns).await? => now + LOOK_AGAIN,
        None => now,
    };
    let most = summary.due_at.max(summary.previewed_at + AHEAD) + MOST_WAITED;
    Ok((until > now && now < most).then_some(until))
}

/// What was offered and has not gone is made anew: somebody objected to what it shows, or
/// was erased.
///
/// # Errors
/// Where the database refuses.
pub async fn recall(tx: &mut Tx, summary: &Summary, now: Millis) -> store::Result<()> {
    let concerns = concerns(NAME, summary.id);
    if summaries::recall(tx, summary.community_id, &concerns, now).await? > 0 {
        wait(tx, summary, now).await?;
    }
    Ok(())
}

/// Somebody whose story it shows is erased: the sponsor's mail is made anew, and members who
/// have not had theirs get none.
///
/// # Errors
/// Where the database refuses.
pub async fn forget(tx: &mut Tx, summary: &Summary, now: Millis) -> store::Result<()> {
    let preview = concerns(PREVIEW, summary.id);
    summaries::recall(tx, summary.community_id, &preview, now).await?;
    recall(tx, summary, now).await
}

/// Whether a sponsor has it.
///
/// # Errors
/// Where the database refuses.
pub async fn has_gone(tx: &mut Tx, summary: &Summary) -> store::Result<bool> {
    let concerns = concerns(NAME, summary.id);
    let got = summaries::got(tx, summary.community_id, &concerns).await?;
    Ok(!got.is_empty())
}

/// When the next summary is due that a sponsor of that address gets, or of the first
/// schedule where no address is given; with its series.
pub fn next(charter: &Charter, address: Option<&str>, now: Millis) -> Option<(String, Millis)> {
    let own = address.and_then(|address| {
        let is_it = |one: &&crate::config::charter::Sponsor| {
            one.address.to_string().eq_ignore_ascii_case(address)
        };
        charter.sponsors.iter().find(is_it)
    });
    let wanted = own.map(|own| own.summary.as_ref());
    let all = planned(charter, When::Schedule);
    let fits = |one: &&Series<'_>| match (&wanted, &one.when) {
        (Some(line), When::Schedule(known)) => *line == Some(*known),
        _ => true,
    };
    let series = all.iter().find(fits)?;
    let moment = moments::after(&ACT, charter, series, (now, "\u{10ffff}")).next()?;
    Some((series.key.clone(), moment.due))
}

#[cfg(test)]
mod tests;
