//! The charter with its sessions as they stand: with those that people added, and with
//! what was moved and cancelled since. Whoever asks when a session is asks this.

use std::collections::BTreeMap;

use chrono::{NaiveDate, TimeDelta};

use super::times;
use crate::clock::moment;
use crate::config::Charter;
use crate::config::charter::{Exception, Session};
use crate::store::series::{self, Series};
use crate::store::sessions::{self, Session as Row};
use crate::store::{self, Tx};

/// The charter of a community with its sessions as they stand.
///
/// # Errors
/// Where the database refuses.
pub async fn charter(tx: &mut Tx, community: i64, charter: &Charter) -> store::Result<Charter> {
    let mut standing = charter.clone();
    let all = series::latest(tx, community).await?;
    if all.is_empty() {
        return Ok(standing);
    }
    let changed = sessions::changed(tx, community).await?;
    for one in &all {
        put(&mut standing, one, &changed);
    }
    Ok(standing)
}

fn put(charter: &mut Charter, series: &Series, changed: &[Row]) {
    let known = charter.sessions.iter().position(|s| s.slug == series.slug);
    match (known, series.is_running(), series.is_of_charter()) {
        (Some(at), true, true) => {
            if let Some(session) = charter.sessions.get_mut(at) {
                session.exceptions = exceptions(series, changed);
            }
        }
        // Somebody has cancelled all that is still to come.
        (Some(at), false, true) if series.state == "cancelled" => {
            charter.sessions.remove(at);
        }
        (None, true, false) => charter.sessions.extend(added(charter, series, changed)),
        _ => {}
    }
}

/// What somebody added is a session as the charter's are, on the charter's clock.
fn added(charter: &Charter, series: &Series, changed: &[Row]) -> Option<Session> {
    let times = times::Times::of(series)?;
    let starts = times.moment(times.starts).with_timezone(&charter.timezone);
    let duration = TimeDelta::milliseconds(series.duration);
    let said = |text: &str| (!text.is_empty()).then(|| text.to_owned());
    Some(Session {
        location: said(&series.location),
        link: said(&series.link),
        exceptions: exceptions(series, changed),
        ..Session::once(&series.slug, &series.title, starts.naive_local(), duration)
    })
}

fn exceptions(series: &Series, changed: &[Row]) -> BTreeMap<NaiveDate, Exception> {
    let its = changed.iter().filter(|row| row.series_id == series.id);
    its.filter_map(|row| Some((row.on_date.parse().ok()?, exception(row))))
        .collect()
}

fn exception(row: &Row) -> Exception {
    match row.state.as_str() {
        "cancelled" => Exception::Cancelled(row.reason.clone()),
        _ => Exception::Moved(moment(row.starts_at)),
    }
}
