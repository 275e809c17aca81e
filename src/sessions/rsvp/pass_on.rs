//! What a calendar says that only people can answer: another time, another address,
//! somebody else in their place.

use super::instance::Instance;
use crate::calendar::read::{Partstat, When};
use crate::lists::home::Home;
use crate::outbox::compose::{self, Letter};
use crate::sessions::times::Times;
use crate::store::members::{self, Member};
use crate::store::series::Series;
use crate::store::{self, Tx, counted_answers, sessions};
use crate::templates::Phrase;
use crate::templates::mails::CalendarAnswer;

const DAY: i64 = 86_400_000;

/// So many of one member's in a day reach people.
const MOST_PASSED_ON: i64 = 10;

/// What it is about.
pub(super) struct About<'a> {
    /// The series.
    pub(super) series: &'a Series,
    /// The session; `None` where it cannot be told.
    pub(super) instance: Option<&'a Instance>,
    /// The member whose invitation was answered.
    pub(super) member: &'a Member,
    /// A remark, or empty.
    pub(super) comment: &'a str,
}

/// Another time is proposed; says who was told.
pub(super) async fn counter(
    tx: &mut Tx,
    home: &Home<'_>,
    about: &About<'_>,
    starts: Option<&When>,
) -> Result<String, compose::Error> {
    let times = Times::of(about.series);
    let proposed = match (starts, &times) {
        (Some(When::At(at)), _) => home.moment(at.timestamp_millis()),
        (Some(When::Wall(wall)), Some(times)) => {
            home.moment(times.moment(*wall).timestamp_millis())
        }
        (Some(When::Day(day)), _) => {
            home.ctx
                .templates
                .say_date(&home.charter.language, &home.community.slug, *day)
        }
        _ => home.say(&Phrase::new("rsvp_time_unknown")),
    };
    let mail = CalendarAnswer {
        counter: true,
        proposed,
        who: about.member.address.clone(),
        ..blank(tx, home, about).await?
    };
    tell(tx, home, about, (mail, &about.member.address)).await
}

/// Somebody whom nobody knows has answered; says who was told.
pub(super) async fn unknown(
    tx: &mut Tx,
    home: &Home<'_>,
    about: &About<'_>,
    (address, says): (&str, Option<Partstat>),
) -> Result<String, compose::Error> {
    let key = match says {
        Some(Partstat::Accepted) => "rsvp_says_yes",
        Some(Partstat::Tentative) => "rsvp_says_perhaps",
        Some(Partstat::Declined | Partstat::Delegated) => "rsvp_says_no",
        None => "rsvp_says_nothing",
    };
    let mail = CalendarAnswer {
        unknown: true,
        who: address.to_owned(),
        answer: home.say(&Phrase::new(key)),
        ..blank(tx, home, about).await?
    };
    tell(tx, home, about, (mail, address)).await
}

/// Somebody is sent in a member's place.
pub(super) async fn delegate(
    tx: &mut Tx,
    home: &Home<'_>,
    about: &About<'_>,
    guest: &str,
) -> Result<String, compose::Error> {
    let mail = CalendarAnswer {
        delegated: true,
        who: guest.to_owned(),
        ..blank(tx, home, about).await?
    };
    tell(tx, home, about, (mail, &about.member.address)).await
}

async fn blank(tx: &mut Tx, home: &Home<'_>, about: &About<'_>) -> store::Result<CalendarAnswer> {
    Ok(CalendarAnswer {
        community: home.community.name.clone(),
        title: about.series.title.clone(),
        when: when(tx, home, about).await?,
        member: about.member.address.clone(),
        comment: about.comment.to_owned(),
        request_address: home.address("request"),
        ..CalendarAnswer::default()
    })
}

/// When the session is, as it stands; empty for a whole series.
async fn when(tx: &mut Tx, home: &Home<'_>, about: &About<'_>) -> store::Result<String> {
    let on = about.instance.and_then(|instance| instance.on);
    let (Some(on), Some(times)) = (on, Times::of(about.series)) else {
        return Ok(String::new());
    };
    let row = sessions::on(tx, about.series.id, &on.to_string()).await?;
    let planned = || times.moment(times.wall(on)).timestamp_millis();
    Ok(home.moment(row.map_or_else(planned, |row| row.starts_at)))
}

async fn tell(
    tx: &mut Tx,
    home: &Home<'_>,
    about: &About<'_>,
    (mail, reply_to): (CalendarAnswer, &str),
) -> Result<String, compose::Error> {
    let facilitators = members::with_role(tx, home.community.id, "facilitator").await?;
    if facilitators.is_empty() {
        return Ok("there is no facilitator to tell".to_owned());
    }
    let (now, whom) = (
        home.now(),
        (home.community.id, about.member.address.as_str()),
    );
    if !counted_answers::note(tx, whom, "rsvp", (now - DAY, now), MOST_PASSED_ON).await? {
        return Ok("the facilitators heard enough of this today".to_owned());
    }
    let to = facilitators.iter();
    let letter = Letter {
        to: to.map(|one| (Some(one.id), one.address.clone())).collect(),
        reply_to: reply_to.to_owned(),
        about: said_about(home, about),
        ..Letter::default()
    };
    compose::send(tx, home.ctx, home.community, &mail, &letter).await?;
    Ok(format!("{} facilitators are told", letter.to.len()))
}

fn said_about(home: &Home<'_>, about: &About<'_>) -> String {
    let series = &about.series.slug;
    match about.instance.and_then(|instance| instance.on) {
        Some(on) => format!("series={series}; on={on}"),
        None => {
            let today = compose::today(home.ctx, home.community);
            format!("series={series}; {today}")
        }
    }
}
