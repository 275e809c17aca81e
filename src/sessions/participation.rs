//! How many came, session by session of a series.

use super::roster;
use crate::store::series::{self, Series};
use crate::store::sessions::{self, Session};
use crate::store::{self, Millis, Tx, reports};

/// So many earlier sessions are looked through for one of which somebody has said.
const MOST_BEFORE: usize = 20;

/// The figures of a session that was held.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Figures {
    /// Its original day.
    pub on: String,
    /// When it began.
    pub starts_at: Millis,
    /// How many were invited.
    pub invited: usize,
    /// How many said that they come.
    pub going: usize,
    /// How many came, guests included; `None` where nobody has said.
    pub came: Option<usize>,
    /// How many of them were guests.
    pub guests: usize,
    /// Of those who said that they come, how many did (the show rate's k).
    pub showed: usize,
}

/// The sessions of a series that were held, whatever its rule was then, in order.
async fn held(tx: &mut Tx, community: i64, slug: &str) -> store::Result<Vec<(Series, Session)>> {
    let mut all = Vec::new();
    for series in series::of_community(tx, community).await? {
        if series.slug != slug {
            continue;
        }
        let rows = sessions::of_series(tx, series.id).await?;
        let held = rows.into_iter().filter(|row| row.state == "held");
        all.extend(held.map(|row| (series.clone(), row)));
    }
    all.sort_by_key(|(_, row)| row.starts_at);
    Ok(all)
}

/// How many came to a session, guests included; `None` where nobody has said.
///
/// # Errors
/// Where the database refuses.
pub async fn came(tx: &mut Tx, row: &Session) -> store::Result<Option<usize>> {
    let told = reports::of(tx, row.id).await?;
    match told.filter(|report| report.counted) {
        Some(report) => {
            let members = reports::came(tx, row.id).await?.len();
            Ok(Some(members + report.guests().count()))
        }
        None => Ok(None),
    }
}

/// How many came to the last session of a series before that one, where somebody has said.
///
/// # Errors
/// Where the database refuses.
pub async fn before(tx: &mut Tx, series: &Series, row: &Session) -> store::Result<Option<usize>> {
    let held = held(tx, series.community_id, &series.slug).await?;
    let earlier = held.iter().rev().map(|(_, one)| one);
    let earlier = earlier.filter(|one| one.starts_at < row.starts_at);
    for one in earlier.take(MOST_BEFORE) {
        if let Some(came) = came(tx, one).await? {
            return Ok(Some(came));
        }
    }
    Ok(None)
}

/// The figures of the last sessions of a series that were held, `most` at most, in order.
///
/// # Errors
/// Where the database refuses.
pub async fn of_series(
    tx: &mut Tx,
    community: i64,
    slug: &str,
    (most, now): (usize, Millis),
) -> store::Result<Vec<Figures>> {
    let held = held(tx, community, slug).await?;
    let mut all = Vec::new();
    for (series, row) in held.iter().skip(held.len().saturating_sub(most)) {
        all.push(figures(tx, series, row, now).await?);
    }
    Ok(all)
}

async fn figures(
    tx: &mut Tx,
    series: &Series,
    row: &Session,
    now: Millis,
) -> store::Result<Figures> {
    let roster = roster::rows(tx, series, row.on_date.parse().ok(), now).await?;
    let report = reports::of(tx, row.id)
        .await?
        .filter(|report| report.counted);
    let guests = report.as_ref().map_or(0, |report| report.guests().count());
    let showed = |one: &&roster::Row| one.attended == Some(true);
    let going = |one: &&roster::Row| one.partstat == "ACCEPTED";
    Ok(Figures {
        on: row.on_date.clone(),
        starts_at: row.starts_at,
        invited: roster.len(),
        going: roster.iter().filter(going).count(),
        came: came(tx, row).await?,
        guests,
        showed: roster.iter().filter(going).filter(showed).count(),
    })
}
