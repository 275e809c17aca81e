//! What surveys have published, as figures: the health check and the solution check.

use chrono::{NaiveDate, NaiveTime};

use super::events::Published;
use super::figure::{Value, Why};
use crate::config::Charter;
use crate::practice::solution_check;
use crate::store::{self, Tx};
use crate::surveys::health_check;
use crate::surveys::results::{self, IndexResult, Said, WaveResult};

/// All of a community, oldest first.
///
/// # Errors
/// Where the database refuses.
pub async fn of(tx: &mut Tx, community: i64, charter: &Charter) -> store::Result<Vec<Published>> {
    let waves = results::all(tx, community, &charter.language).await?;
    let of_wave = |wave: &WaveResult| -> Vec<Published> {
        let indices = wave.indices.iter();
        indices.filter_map(|index| one(wave, index)).collect()
    };
    Ok(waves.iter().flat_map(of_wave).collect())
}

fn one(wave: &WaveResult, index: &IndexResult) -> Option<Published> {
    let metric = match wave.survey.as_str() {
        health_check::NAME => format!("health-{}", index.index),
        solution_check::NAME => "solution-rate".to_owned(),
        _ => return None,
    };
    let day: NaiveDate = wave.closed.parse().ok()?;
    Some(Published {
        metric,
        closed_at: day.and_time(NaiveTime::MIN).and_utc().timestamp_millis(),
        value: said(wave, index),
    })
}

fn said(wave: &WaveResult, index: &IndexResult) -> Value {
    let shown = (&index.bin, index.interval, index.bounds);
    let (Some(bin), Some(interval), Some(bounds)) = shown else {
        return Value::Suppressed(Why::FewPeople);
    };
    Value::Binned {
        n: index.n.unsigned_abs(),
        asked: wave.invited.unsigned_abs(),
        bin: match bin {
            Said::Percent(low, high) => format!("{low}-{high}"),
            Said::Words(words) => (*words).to_owned(),
        },
        interval,
        bounds,
        verdict: index.verdict.to_owned(),
    }
}
