//! The worksheet: once a week facilitators get one mail with everything that needs a
//! person, and answer it by lines. What one of them settles is settled for all.
//!
//! Where things come from is a list (`gather::SOURCES`); a new source is a file and a
//! line there.

mod answer;
mod came;
mod complaints;
mod figures;
mod gather;
mod holds;
mod hosts;
mod item;
mod joins;
mod queue;
mod recaps;
mod reply;
mod reviews;
mod settle;
mod terms;
mod unanswered;
mod unreached;

use crate::cadence::act::{Act, Ahead, Holidays, Plan, Recipient};
use crate::cadence::moments::{Series, When};
use crate::cadence::{Outcome, Running};
use crate::config::Charter;
use crate::lists::home::Home;
use crate::outbox::compose::{self, Letter};
use crate::random;
use crate::store::members::Member;
use crate::store::worksheets;
use crate::store::{self, Millis, Tx, members};
use crate::templates::mails::{Worksheet, WorksheetItem};
use figures::Figures;
use item::Item;

/// This act's name in the registry, and its mail's in the catalogue.
pub const NAME: &str = "worksheet";

/// The most items that one mail names.
const MOST_ITEMS: usize = 20;

/// Where there are more, its text says one line of each, so that it stays short.
const MOST_EXPLAINED: usize = 12;

/// Where there are more, only what is unusual of the figures is told, for the same reason.
const MOST_BESIDE_FIGURES: usize = 7;

const DAY: Millis = 86_400_000;

/// So long a worksheet waits for those of its readers' other communities, in milliseconds.
const TOGETHER: Millis = 10 * 60_000;

/// One worksheet stands for all that an outage swallowed.
pub const ACT: Act = Act::new(NAME, |tx, act| Box::pin(run(tx, act)))
    .planned(Plan::Schedules(schedule))
    .merging()
    .on_holidays(Holidays::Move)
    .mailing(NAME, |tx, ahead| Box::pin(audience(tx, ahead)))
    .hearing(NAME, |tx, reply| Box::pin(reply::reply(tx, reply)));

fn schedule(charter: &Charter) -> Vec<Series<'_>> {
    let schedule = charter.worksheet.schedule.iter();
    let series = schedule.map(|line| Series {
        key: String::new(),
        when: When::Schedule(line),
        zone: charter.timezone,
    });
    series.collect()
}

/// Whom it goes to, if anything needs a person by then.
///
/// # Errors
/// Where the database refuses.
pub async fn audience(tx: &mut Tx, ahead: &Ahead<'_>) -> store::Result<Vec<Recipient>> {
    let facilitators = members::with_role(tx, ahead.community, "facilitator").await?;
    let condition = "where anything needs a person";
    let planned = |member: &Member| Recipient::other(&member.address, "planned", condition);
    Ok(facilitators.iter().map(planned).collect())
}

/// Mails what needs a person to the facilitators.
///
/// # Errors
/// Where the database refuses.
pub async fn run(tx: &mut Tx, act: &Running<'_>) -> store::Result<Outcome> {
    if act.community.closed_at.is_some() {
        return Ok(Outcome::Dropped("the community is closed".into()));
    }
    let facilitators = members::with_role(tx, act.community.id, "facilitator").await?;
    if facilitators.is_empty() {
        return Ok(Outcome::Dropped("the community has no facilitator".into()));
    }
    let home = Home {
        ctx: act.ctx,
        community: act.community,
        charter: &act.charter,
    };
    let items = gather::open(tx, &home).await?;
    let figures = figures::gather(tx, &home).await?;
    if items.is_empty() && figures.alerts.is_empty() {
        return Ok(Outcome::Dropped("nothing needs a person".into()));
    }
    let all = (items.as_slice(), figures);
    match send(tx, &home, all, &facilitators, act.due_at).await {
        Ok(done) => Ok(Outcome::Done(done)),
        Err(compose::Error::Store(error)) => Err(error),
        Err(error) => Ok(Outcome::Dropped(error.to_string())),
    }
}

async fn send(
    tx: &mut Tx,
    home: &Home<'_>,
    (items, figures): (&[Item], Figures),
    facilitators: &[Member],
    due_at: Millis,
) -> Result<String, compose::Error> {
    let (shown, more) = items.split_at(items.len().min(MOST_ITEMS));
    // Those of one person's communities that fall on the same moment go as one mail.
    let together = match run_others(tx, facilitators).await? {
        true => TOGETHER,
        false => 0,
    };
    let letter = Letter {
        to: facilitators.iter().map(recipient).collect(),
        message_id: random::message_id(&home.ctx.settings.domain),
        about: format!("on={}", item::local_day(home, due_at)),
        due_at: Some(due_at + together),
        ..Letter::default()
    };
    let mail = Worksheet {
        community: home.community.name.clone(),
        count: items.len(),
        items: (1..).zip(shown).map(line).collect(),
        is_short: shown.len() > MOST_EXPLAINED,
        more: more.len(),
        came: came::lines(tx, home).await?,
        figures: figures.lines,
        alerts: figures.alerts,
    };
    let mail = within_a_screen(mail);
    compose::send(tx, home.ctx, home.community, &mail, &letter).await?;
    figures::tell(tx, home).await?;
    let named = (1..).zip(shown).map(|(number, item)| worksheets::Item {
        number,
        item: item.key.clone(),
        title: item.title.clone(),
    });
    let named: Vec<_> = named.collect();
    worksheets::note(tx, &letter.message_id, &named).await?;
    let (items, people) = (items.len(), facilitators.len());
    Ok(format!("{items} items offered to {people} facilitators"))
}

/// The same without what there is no room for beside many items.
fn within_a_screen(mut mail: Worksheet) -> Worksheet {
    if mail.items.len() > MOST_BESIDE_FIGURES {
        mail.figures.clear();
        if !mail.alerts.is_empty() {
            mail.came.clear();
        }
    }
    mail
}

/// Whether one of these runs another community as well.
async fn run_others(tx: &mut Tx, facilitators: &[Member]) -> store::Result<bool> {
    for one in facilitators {
        let all = members::of_address(tx, &one.address).await?;
        let runs = |member: &&Member| member.state != "left" && member.has_role("facilitator");
        if all.iter().filter(runs).count() > 1 {
            return Ok(true);
        }
    }
    Ok(false)
}

fn recipient(member: &Member) -> (Option<i64>, String) {
    (Some(member.id), member.address.clone())
}

fn line((number, item): (i64, &Item)) -> WorksheetItem {
    WorksheetItem {
        number,
        what: item.title.clone(),
        detail: item.detail.clone(),
        url: item.url.clone(),
    }
}
