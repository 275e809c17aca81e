//! A facilitator mutes an automatic mail of the community until a day. The engine
//! records each act that this silences (`cadence`).

use chrono::{Days, NaiveDate, NaiveTime};

use super::home::Home;
use super::roles::{self, Act};
use crate::cadence::cron::from_wall_clock;
use crate::cadence::registry::ACTS;
use crate::clock::moment;
use crate::store::members::Member;
use crate::store::mutes::{self, Mute};
use crate::store::{self, Tx};
use crate::templates::Phrase;
use crate::trail::Step;

/// Nothing is muted for longer, in days: who wants it never changes the charter.
const LONGEST: u64 = 366;

/// Mutes the mail of that name before a day, or lets it go again. Gives what to say;
/// an error says why nothing was done.
///
/// # Errors
/// Where the database refuses.
pub async fn mute(
    tx: &mut Tx,
    home: &Home<'_>,
    by: &Member,
    mail: &str,
    until: Option<NaiveDate>,
) -> store::Result<Result<Phrase, Phrase>> {
    if !roles::may(by, Act::MuteMails) {
        return Ok(Err(Phrase::new("mute_facilitators")));
    }
    let mails = || {
        ACTS.iter()
            .filter_map(|act| act.mailing.map(|mailing| mailing.mail))
    };
    let Some(mail) = mails().find(|known| *known == mail) else {
        return Ok(Err(Phrase::new("cannot_mute").with("name", mail)));
    };
    match until {
        None => unmute(tx, home, by, mail).await.map(Ok),
        Some(day) if is_possible(home, day) => begin(tx, home, by, mail, day).await.map(Ok),
        Some(_) => Ok(Err(Phrase::new("bad_mute").with("name", mail))),
    }
}

fn is_possible(home: &Home<'_>, day: NaiveDate) -> bool {
    let now = moment(home.now()).with_timezone(&home.charter.timezone);
    let today = now.date_naive();
    let last = today.checked_add_days(Days::new(LONGEST));
    today < day && last.is_some_and(|last| day <= last)
}

async fn begin(
    tx: &mut Tx,
    home: &Home<'_>,
    by: &Member,
    mail: &'static str,
    day: NaiveDate,
) -> store::Result<Phrase> {
    let until = from_wall_clock(day.and_time(NaiveTime::MIN), home.charter.timezone);
    let mute = Mute {
        mail: mail.to_owned(),
        until_at: until.timestamp_millis(),
        address: by.address.clone(),
    };
    mutes::set(tx, home.community.id, &mute, home.now()).await?;
    record(tx, home, by, "muted", &format!("{mail} until {day}")).await?;
    let said = Phrase::new("mail_muted").with("name", mail);
    Ok(said.with("date", day.to_string()))
}

async fn unmute(
    tx: &mut Tx,
    home: &Home<'_>,
    by: &Member,
    mail: &'static str,
) -> store::Result<Phrase> {
    if mutes::end(tx, home.community.id, mail).await? {
        record(tx, home, by, "unmuted", mail).await?;
    }
    Ok(Phrase::new("mail_unmuted").with("name", mail))
}

async fn record(
    tx: &mut Tx,
    home: &Home<'_>,
    by: &Member,
    verdict: &str,
    reason: &str,
) -> store::Result<()> {
    let step = Step::of_person(Some(home.community.id), &by.address, home.now());
    step.record(tx, "mute", verdict, reason).await
}
