//! Who comes: the answers to a series or to one session of it.

use std::collections::{HashMap, HashSet};

use chrono::NaiveDate;

use super::times::Times;
use crate::calendar::read::Partstat;
use crate::store::rsvps::{self, Invited, Rsvp};
use crate::store::series::{self, Series};
use crate::store::{self, Millis, Tx, reports, sessions};

/// What nobody has answered yet (RFC 5545, section 3.2.12).
pub const UNANSWERED: &str = "NEEDS-ACTION";

/// Sessions of a rule that are looked through for one that has no row yet: whoever names
/// a day in seventy years costs no more.
const MOST_SITTINGS: usize = 1_000;

/// Somebody who was invited, and what they said.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Row {
    /// Who.
    pub member: i64,
    /// Their address.
    pub address: String,
    /// ACCEPTED, DECLINED, TENTATIVE, DELEGATED or [`UNANSWERED`].
    pub partstat: String,
    /// Their remark, or empty.
    pub comment: String,
    /// When it was recorded; `None` where they have not answered.
    pub at: Option<Millis>,
    /// Whether they came to the session; `None` where nobody has said.
    pub attended: Option<bool>,
}

/// How many said what.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Counts {
    /// Who comes.
    pub accepted: usize,
    /// Who does not, or sends somebody else.
    pub declined: usize,
    /// Who may.
    pub tentative: usize,
    /// Who has not answered.
    pub unanswered: usize,
}

/// Everybody who is invited to a series, or to the session that was planned for a day,
/// by address. An answer to that session goes before one to the whole series.
///
/// # Errors
/// Where the database refuses.
pub async fn rows(
    tx: &mut Tx,
    series: &Series,
    on: Option<NaiveDate>,
    now: Millis,
) -> store::Result<Vec<Row>> {
    let day = on.map(|on| on.to_string()).unwrap_or_default();
    let is_over = is_over(tx, series, &day, now).await?;
    let mut answers: HashMap<i64, Rsvp> = HashMap::new();
    // The one to the session comes last, and stays.
    for answer in rsvps::of_session(tx, series.id, &day).await? {
        answers.insert(answer.member_id, answer);
    }
    let invited = rsvps::invited(tx, series.community_id, series.id).await?;
    let came = came(tx, series, &day).await?;
    let has_come = |one: &Invited| came.as_ref().map(|came| came.contains(&one.member_id));
    let has_answered =
        |one: &Invited| answers.contains_key(&one.member_id) || has_come(one) == Some(true);
    let is_meant = |one: &Invited| match one.state.as_str() {
        // Who has left comes no more, but may have come.
        "left" => is_over && has_answered(one),
        _ => has_answered(one) || is_invited(one, &day),
    };
    let meant = invited.iter().filter(|one| is_meant(one));
    Ok(meant
        .map(|one| row(one, answers.get(&one.member_id), has_come(one)))
        .collect())
}

/// How many said what, for "12 going" in a mail.
///
/// # Errors
/// Where the database refuses.
pub async fn counts(
    tx: &mut Tx,
    series: &Series,
    on: Option<NaiveDate>,
    now: Millis,
) -> store::Result<Counts> {
    let rows = rows(tx, series, on, now).await?;
    Ok(counted(&rows))
}

/// How many of a roster said what.
pub fn counted(rows: &[Row]) -> Counts {
    let mut counts = Counts::default();
    for row in rows {
        let place = match Partstat::named(&row.partstat) {
            Some(Partstat::Accepted) => &mut counts.accepted,
            Some(Partstat::Declined | Partstat::Delegated) => &mut counts.declined,
            Some(Partstat::Tentative) => &mut counts.tentative,
            None => &mut counts.unanswered,
        };
        *place += 1;
    }
    counts
}

/// The series of that slug; where a day is named, the one that has a session on it: a
/// changed rule has begun another series under the same slug.
///
/// # Errors
/// Where the database refuses.
pub async fn find(
    tx: &mut Tx,
    community: i64,
    slug: &str,
    on: Option<NaiveDate>,
) -> store::Result<Option<Series>> {
    let all = series::of_community(tx, community).await?;
    let mut its: Vec<Series> = all.into_iter().filter(|one| one.slug == slug).collect();
    its.reverse();
    let Some(day) = on else {
        return Ok(its.into_iter().next());
    };
    for one in its {
        if has(tx, &one, day).await? {
            return Ok(Some(one));
        }
    }
    Ok(None)
}

/// Whether a session of a series was planned for that day.
async fn has(tx: &mut Tx, series: &Series, on: NaiveDate) -> store::Result<bool> {
    if sessions::on(tx, series.id, &on.to_string())
        .await?
        .is_some()
    {
        return Ok(true);
    }
    Ok(ruled(series).binary_search(&on).is_ok())
}

/// The days of the sessions that a series' rule plans, in order.
pub fn ruled(series: &Series) -> Vec<NaiveDate> {
    let times = Times::of(series).filter(|_| series.is_running());
    times.map_or_else(Vec::new, |times| {
        let sittings = times.sittings().take(MOST_SITTINGS);
        sittings.map(|(wall, _)| wall.date()).collect()
    })
}

async fn is_over(tx: &mut Tx, series: &Series, day: &str, now: Millis) -> store::Result<bool> {
    let session = sessions::on(tx, series.id, day).await?;
    Ok(session.is_some_and(|session| session.starts_at <= now))
}

fn is_invited(one: &Invited, day: &str) -> bool {
    let from = one.invited_from.as_str();
    !from.is_empty() && (day.is_empty() || from <= day)
}

/// Who came to the session of that day, where somebody has said.
async fn came(tx: &mut Tx, series: &Series, day: &str) -> store::Result<Option<HashSet<i64>>> {
    let Some(session) = sessions::on(tx, series.id, day).await? else {
        return Ok(None);
    };
    let report = reports::of(tx, session.id).await?;
    if report.is_none_or(|report| !report.counted) {
        return Ok(None);
    }
    let came = reports::came(tx, session.id).await?;
    Ok(Some(came.into_iter().collect()))
}

fn row(one: &Invited, answer: Option<&Rsvp>, attended: Option<bool>) -> Row {
    let said = |of: fn(&Rsvp) -> &str| answer.map_or("", of).to_owned();
    Row {
        member: one.member_id,
        address: one.address.clone(),
        partstat: answer.map_or(UNANSWERED, |one| &one.partstat).to_owned(),
        comment: said(|one| &one.comment),
        at: answer.map(|one| one.at),
        attended,
    }
}
