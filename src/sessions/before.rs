//! A session before it begins, as the mails about it speak of it: when it is, who comes,
//! by what its agenda and its host are kept.

use std::collections::HashMap;

use chrono_tz::Tz;

use super::roster::{self, Row};
use super::{host, rows};
use crate::cadence::Running;
use crate::cadence::act::Ahead;
use crate::calendar::read::Partstat;
use crate::clock::moment;
use crate::lists::home::Home;
use crate::store::hosts::Key;
use crate::store::members::{self, Member};
use crate::store::offers::{self, Offer};
use crate::store::series::Series;
use crate::store::sessions::Session;
use crate::store::{self, Millis, Tx, sessions};
use crate::templates::Phrase;

const HOUR: Millis = 3_600_000;

/// What asks something makes no sense so shortly before a session any more, where it had
/// a day, in milliseconds.
const TOO_LATE: Millis = 12 * HOUR;

/// Why what waits for room in a budget is made anew.
pub const MOVED: &str = "the session was moved; it is told anew";

/// A session, and whose it is.
pub struct Sitting<'a> {
    /// The community.
    pub home: Home<'a>,
    /// Its series.
    pub series: Series,
    /// Its row.
    pub row: Session,
}

/// The session that an act is about, while it is still to come; else why nothing is asked
/// about it.
///
/// # Errors
/// Where the database refuses.
pub async fn of_act<'a>(
    tx: &mut Tx,
    act: &'a Running<'_>,
) -> store::Result<Result<Sitting<'a>, String>> {
    if act.community.closed_at.is_some() {
        return Ok(Err("the community is closed".into()));
    }
    let Some((series, row)) = rows::of_act(tx, act).await? else {
        return Ok(Err("there is no such session any more".into()));
    };
    let home = Home {
        ctx: act.ctx,
        community: act.community,
        charter: &act.charter,
    };
    let sitting = Sitting { home, series, row };
    Ok(match sitting.is_ahead() {
        true => Ok(sitting),
        false if sitting.row.state == "planned" => Err("the session has begun".into()),
        false => Err(format!("the session was {}", sitting.row.state)),
    })
}

/// The session that a text names, as `clinic 2026-03-24`.
///
/// # Errors
/// Where the database refuses.
pub async fn named<'a>(
    tx: &mut Tx,
    home: Home<'a>,
    about: &str,
) -> store::Result<Option<Sitting<'a>>> {
    let parts = about.split_once(' ');
    let Some((slug, day)) = parts.and_then(|(slug, day)| Some((slug, day.parse().ok()?))) else {
        return Ok(None);
    };
    let Some(series) = roster::find(tx, home.community.id, slug, Some(day)).await? else {
        return Ok(None);
    };
    let row = rows::on(tx, &series, day, home.now()).await?;
    Ok(row.map(|row| Sitting { home, series, row }))
}

/// The session that a moment ahead is about, where it has a row.
///
/// # Errors
/// Where the database refuses.
pub async fn ahead(tx: &mut Tx, ahead: &Ahead<'_>) -> store::Result<Option<(Series, Session)>> {
    let Some((slug, day)) = ahead.about.split_once(' ') else {
        return Ok(None);
    };
    let Some(series) = roster::find(tx, ahead.community, slug, day.parse().ok()).await? else {
        return Ok(None);
    };
    let row = sessions::on(tx, series.id, day).await?;
    Ok(row.map(|row| (series, row)))
}

/// How somebody is called in a mail.
pub fn name(member: &Member) -> &str {
    called(&member.name, &member.address)
}

/// The same of a name, which may be empty, and an address.
pub fn called<'a>(name: &'a str, address: &'a str) -> &'a str {
    match name.trim() {
        "" => address.split('@').next().unwrap_or_default(),
        name => name,
    }
}

impl Sitting<'_> {
    /// Whether it is still to come.
    pub fn is_ahead(&self) -> bool {
        self.row.state == "planned" && self.row.starts_at > self.home.now()
    }

    /// By what its host and agenda are kept.
    pub fn key(&self) -> Key {
        host::key(&self.series, &self.row.on_date)
    }

    /// What acts and mails about it are about: `clinic 2026-03-24`.
    pub fn about(&self) -> String {
        format!("{} {}", self.series.slug, self.row.on_date)
    }

    /// What the mails of that name about it concern.
    pub fn concerns(&self, name: &str) -> String {
        format!("{name}:{}", self.about())
    }

    /// What follows the community in `Folkmoot-About`.
    pub fn header(&self) -> String {
        format!("series={}; on={}", self.series.slug, self.row.on_date)
    }

    /// The zone that its times are told in.
    pub fn zone(&self) -> Tz {
        self.series
            .zone
            .parse()
            .unwrap_or(self.home.charter.timezone)
    }

    /// When it begins: "Tuesday, 24 March, 16:00".
    pub fn at(&self) -> String {
        let local = moment(self.row.starts_at).with_timezone(&self.zone());
        let (language, slug) = (&self.home.charter.language, &self.home.community.slug);
        let day = (self.home.ctx.templates).say_day(language, slug, local.date_naive());
        let said = Phrase::new("session_at").with("day", day);
        self.home
            .say(&said.with("time", local.format("%H:%M").to_string()))
    }

    /// The day on which it begins: "24 March 2026".
    pub fn day(&self) -> String {
        let local = moment(self.row.starts_at).with_timezone(&self.zone());
        let (language, slug) = (&self.home.charter.language, &self.home.community.slug);
        (self.home.ctx.templates).say_date(language, slug, local.date_naive())
    }

    /// The last moment at which a mail makes sense that fell due then and asks something
    /// about it.
    pub fn expires(&self, due_at: Millis) -> Millis {
        let starts = self.row.starts_at;
        match starts - due_at > 2 * TOO_LATE {
            true => starts - TOO_LATE,
            false => starts,
        }
    }

    /// Takes back what waits for room in budgets of the mails of that name about it; gives
    /// what it was.
    ///
    /// # Errors
    /// Where the database refuses.
    pub async fn take_back(&self, tx: &mut Tx, name: &str, why: &str) -> store::Result<Vec<Offer>> {
        let concerns = self.concerns(name);
        let waiting = offers::waiting_about(tx, self.home.community.id, &concerns).await?;
        let mails: Vec<i64> = waiting.iter().map(|offer| offer.mail_id).collect();
        offers::retract(tx, &mails, why, self.home.now()).await?;
        Ok(waiting)
    }

    /// Who is invited, with what they said.
    ///
    /// # Errors
    /// Where the database refuses.
    pub async fn roster(&self, tx: &mut Tx) -> store::Result<Vec<Row>> {
        let day = self.row.on_date.parse().ok();
        roster::rows(tx, &self.series, day, self.home.now()).await
    }

    /// "12 going, 3 maybe"; empty where nobody has said so.
    pub fn counts(&self, roster: &[Row]) -> String {
        let counts = roster::counted(roster);
        let key = match (counts.accepted, counts.tentative) {
            (0, 0) => return String::new(),
            (_, 0) => "session_going",
            (0, _) => "session_maybe",
            _ => "session_counts",
        };
        let phrase = Phrase::new(key).with("going", counts.accepted.to_string());
        self.home
            .say(&phrase.with("maybe", counts.tentative.to_string()))
    }
}

/// Who of a roster is a member of the list, and has not declined, with their answer.
///
/// # Errors
/// Where the database refuses.
pub async fn reachable(
    tx: &mut Tx,
    community: i64,
    roster: &[Row],
) -> store::Result<Vec<(Member, Option<Partstat>)>> {
    let all = members::of_community(tx, community).await?;
    let mut on_list: HashMap<i64, Member> = all
        .into_iter()
        .filter(Member::on_list)
        .map(|member| (member.id, member))
        .collect();
    let is_off = |said| matches!(said, Some(Partstat::Declined | Partstat::Delegated));
    let meant = roster.iter().filter_map(|row| {
        let said = Partstat::named(&row.partstat);
        let member = on_list.remove(&row.member)?;
        (!is_off(said)).then_some((member, said))
    });
    Ok(meant.collect())
}
