//! How many came, session by session of a series.

use super::roster;
use crate::store::series;
use crate::store::{self, Millis, Tx, reports, sessions};

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
///
/// # Errors
/// Where the database refuses.
pub async fn of_series(
    tx: &mut Tx,
    community: i64,
    slug: &str,
    now: Millis,
) -> store::Result<Vec<Figures>> {
    let mut all = Vec::new();
    for series in series::of_community(tx, community).await? {
        if series.slug != slug {
            continue;
        }
        for row in sessions::of_series(tx, series.id).await? {
            if row.state == "held" {
                all.push(figures(tx, &series, &row, now).await?);
            }
        }
    }
    all.sort_by_key(|one| one.starts_at);
    Ok(all)
}

async fn figures(
    tx: &mut Tx,
    series: &series::Series,
    row: &sessions::Session,
    now: Millis,
) -> store::Result<Figures> {
    let roster = roster::rows(tx, series, row.on_date.parse().ok(), now).await?;
    let report = reports::of(tx, row.id)
        .await?
        .filter(|report| report.counted);
    let guests = report.as_ref().map_or(0, |report| report.guests().count());
    let came = |one: &&roster::Row| one.attended == Some(true);
    let going = |one: &&roster::Row| one.partstat == "ACCEPTED";
    Ok(Figures {
        on: row.on_date.clone(),
        starts_at: row.starts_at,
        invited: roster.len(),
        going: roster.iter().filter(going).count(),
        came: report.map(|_| roster.iter().filter(came).count() + guests),
        guests,
        showed: roster.iter().filter(going).filter(came).count(),
    })
}
