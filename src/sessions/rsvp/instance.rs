//! Which session an answer is about: its RECURRENCE-ID as a moment, and the session's
//! original day.

use std::collections::HashMap;

use chrono::{DateTime, NaiveDate, Utc};

use crate::calendar::read::{Answered, When};
use crate::sessions::roster;
use crate::sessions::times::Times;
use crate::store::series::Series;
use crate::store::{self, Tx, sessions};

/// What is answered: the whole series, or the session that was planned for a day.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Instance {
    /// The day; `None` is the series.
    pub(super) on: Option<NaiveDate>,
}

impl Instance {
    /// As a row has it.
    pub(super) fn key(self) -> String {
        self.on.map(|on| on.to_string()).unwrap_or_default()
    }
}

/// The days that the rules of series plan, worked out once for all answers of a mail.
#[derive(Default)]
pub(super) struct Days(HashMap<i64, Vec<NaiveDate>>);

impl Days {
    async fn has(&mut self, tx: &mut Tx, series: &Series, on: NaiveDate) -> store::Result<bool> {
        let row = sessions::on(tx, series.id, &on.to_string()).await?;
        let ruled = || roster::ruled(series);
        Ok(row.is_some() || {
            let days = self.0.entry(series.id).or_insert_with(ruled);
            days.binary_search(&on).is_ok()
        })
    }
}

/// What an event is about, or why that is nothing.
pub(super) async fn of(
    tx: &mut Tx,
    series: &Series,
    event: &Answered,
    days: &mut Days,
) -> store::Result<Result<Instance, String>> {
    let Some(when) = &event.recurrence else {
        let named = event.recurrence_id.as_deref();
        return Ok(match named {
            // Never the series, where one session was meant.
            Some(text) => Err(format!("its RECURRENCE-ID {text:?} is no time")),
            None => Ok(Instance { on: None }),
        });
    };
    let Some(times) = Times::of(series) else {
        return Ok(Err("the series has no times that can be read".into()));
    };
    let found = day(tx, (series, &times), when, days).await?;
    Ok(match found {
        // A session without a rule is all of its series.
        Some(_) if times.rule.is_none() => Ok(Instance { on: None }),
        Some(on) => Ok(Instance { on: Some(on) }),
        None => Err(format!(
            "no session of {} was planned for then",
            series.slug
        )),
    })
}

async fn day(
    tx: &mut Tx,
    (series, times): (&Series, &Times),
    when: &When,
    days: &mut Days,
) -> store::Result<Option<NaiveDate>> {
    let moments = match when {
        When::Day(on) => {
            return Ok(days.has(tx, series, *on).await?.then_some(*on));
        }
        When::At(moment) => vec![*moment],
        When::OneOf(moments) => moments.clone(),
        When::Wall(wall) => vec![times.moment(*wall)],
    };
    for moment in &moments {
        let on = times.clock(moment.timestamp_millis()).date();
        if is_start(times, on, *moment) && days.has(tx, series, on).await? {
            return Ok(Some(on));
        }
    }
    moved(tx, series, &moments).await
}

fn is_start(times: &Times, on: NaiveDate, moment: DateTime<Utc>) -> bool {
    times.moment(times.wall(on)) == moment
}

/// Some calendars name a moved session by the time that it has now.
async fn moved(
    tx: &mut Tx,
    series: &Series,
    moments: &[DateTime<Utc>],
) -> store::Result<Option<NaiveDate>> {
    for moment in moments {
        let at = moment.timestamp_millis();
        if let Some(row) = sessions::moved_to(tx, series.id, at).await? {
            return Ok(row.on_date.parse().ok());
        }
    }
    Ok(None)
}
