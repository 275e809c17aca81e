//! Keeping what was told of a session, whoever told it: its host by mail, or the operator.

use super::Candidate;
use crate::cadence::plan;
use crate::lists::home::Home;
use crate::message::words::attendance::{Action, Sheet};
use crate::sessions::{actions, recap, standing};
use crate::store::members::Member;
use crate::store::reports::{self, Action as Row, Report};
use crate::store::series::Series;
use crate::store::sessions::{self, Session};
use crate::store::{self, Tx};
use crate::trail::Step;

/// Why a session is cancelled to which nobody came.
pub const NOBODY: &str = "nobody came";

/// What is known of a session after something was told.
#[derive(Clone, Debug, Default)]
pub struct Kept {
    /// As it stands now.
    pub report: Report,
    /// Who came, by the names of the roster; guests aside.
    pub came: Vec<String>,
    /// What is to be done because of this session.
    pub actions: Vec<Row>,
    /// What was said to be done now, of whichever session of the series.
    pub done: Vec<Row>,
}

impl Kept {
    /// How many came, guests included.
    pub fn count(&self) -> usize {
        self.came.len() + self.report.guests().count()
    }
}

/// Keeps a reply that could be read. What it does not mention stays as it was told before.
/// A session that nobody came to was not held.
///
/// # Errors
/// Where the database refuses.
pub async fn keep(
    tx: &mut Tx,
    home: &Home<'_>,
    (series, row): (&Series, &Session),
    (roster, sheet): (&[Candidate], &Sheet),
    by: Option<&Member>,
) -> store::Result<Kept> {
    let before = reports::of(tx, row.id).await?.unwrap_or_default();
    let mut report = Report {
        session_id: row.id,
        community_id: series.community_id,
        member_id: by.map(|member| member.id),
        at: home.now(),
        ..before
    };
    if let Some(came) = &sheet.came {
        report.counted = true;
        report.guests = sheet.guests.join("\n");
        let came = came.iter().filter_map(|at| roster.get(*at));
        let came: Vec<i64> = came.map(|one| one.member).collect();
        reports::set_came(tx, row.id, &came).await?;
        settle(tx, home, (series, row), sheet.is_nobody()).await?;
    }
    if !sheet.notes.is_empty() {
        report.notes.clone_from(&sheet.notes);
    }
    if !sheet.recording.is_empty() {
        report.recording.clone_from(&sheet.recording);
    }
    reports::put(tx, &report).await?;
    if !sheet.actions.is_empty() {
        let wanted: Vec<_> = sheet.actions.iter().map(|one| owned(one, roster)).collect();
        actions::replace(tx, series, row, &wanted).await?;
    }
    let done = actions::done(tx, home, &series.slug, &sheet.done).await?;
    let kept = kept(tx, (series, row), roster, (report, done)).await?;
    trail(tx, home, (series, row), &kept, by).await?;
    recap::after_all(tx, home, series, row).await?;
    Ok(kept)
}

/// An action with its owner's membership and name: "me" says nothing to others.
fn owned(said: &Action, roster: &[Candidate]) -> (Action, Option<i64>) {
    let Some(owner) = said.whom.and_then(|at| roster.get(at)) else {
        return (said.clone(), None);
    };
    let name = owner.name().split('@').next().unwrap_or_default();
    let who = name.to_owned();
    (
        Action {
            who,
            ..said.clone()
        },
        Some(owner.member),
    )
}

/// Held is what somebody came to. What is planned after a session follows.
async fn settle(
    tx: &mut Tx,
    home: &Home<'_>,
    (series, row): (&Series, &Session),
    is_nobody: bool,
) -> store::Result<()> {
    let was_nobody = row.state == "cancelled" && row.reason == NOBODY;
    let (state, reason) = match is_nobody {
        true if row.state != "cancelled" => ("cancelled", NOBODY),
        false if was_nobody || row.state == "planned" => ("held", ""),
        _ => return Ok(()),
    };
    let (community, now) = (home.community.id, home.now());
    let settled = Session {
        state: state.to_owned(),
        reason: reason.to_owned(),
        modified_at: now,
        ..row.clone()
    };
    sessions::update(tx, &settled).await?;
    if is_nobody {
        let stands = standing::charter(tx, community, home.charter).await?;
        let about = format!("{} {}", series.slug, row.on_date);
        plan::drop_session(tx, community, &stands, &about, now).await?;
    }
    plan::plan(tx, community, home.charter, now).await
}

async fn kept(
    tx: &mut Tx,
    (series, row): (&Series, &Session),
    roster: &[Candidate],
    (report, done): (Report, Vec<Row>),
) -> store::Result<Kept> {
    let came = reports::came(tx, row.id).await?;
    let came = roster.iter().filter(|one| came.contains(&one.member));
    let actions = reports::actions(tx, series.community_id, &series.slug).await?;
    let is_own = |one: &Row| one.session_id == row.id;
    Ok(Kept {
        report,
        came: came.map(|one| one.name().to_owned()).collect(),
        actions: actions.into_iter().filter(is_own).collect(),
        done,
    })
}

async fn trail(
    tx: &mut Tx,
    home: &Home<'_>,
    (series, row): (&Series, &Session),
    kept: &Kept,
    by: Option<&Member>,
) -> store::Result<()> {
    let who = by.map_or("", |member| member.address.as_str());
    let came = match kept.report.counted {
        true => format!("{} came", kept.count()),
        false => "nobody has said who came".to_owned(),
    };
    let actions = kept.actions.len();
    let reason = format!("{} {}: {came}, {actions} actions", series.slug, row.on_date);
    let step = Step::of_person(Some(series.community_id), who, home.now());
    step.record(tx, super::NAME, "kept", &reason).await
}
