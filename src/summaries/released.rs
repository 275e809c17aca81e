//! What was told, kept and read again.

use super::disclosure::Told;
use super::figure::{Figure, Figures, Value, Why};
use super::gather;
use crate::store::communities::Community;
use crate::store::summaries::{self, Release};
use crate::store::{self, Millis, Tx};

/// Notes what [`gather::told`] gave as told to an audience (`member`, `sponsor`) at that moment, in
/// the transaction that makes the mail. Doing it again changes nothing.
///
/// # Errors
/// Where the database refuses.
pub async fn release(
    tx: &mut Tx,
    (community, audience): (&Community, &str),
    told: &Figures,
    (earlier, now): (&[Millis], Millis),
) -> store::Result<()> {
    let ends = gather::ends(told.cut_off, earlier);
    for figure in &told.all {
        let Some(end) = ends.get(usize::from(figure.period)) else {
            continue;
        };
        if let Some(row) = row(figure, *end) {
            let row = Release {
                community_id: community.id,
                audience: audience.to_owned(),
                definitions: told.definitions.into(),
                told_at: now,
                ..row
            };
            summaries::put(tx, &row).await?;
        }
    }
    Ok(())
}

/// A row as it was told.
pub(super) fn was_told(row: &Release) -> Told {
    let whole = |number: Option<i64>| number.unwrap_or_default().unsigned_abs();
    Told {
        period_end: row.period_end,
        metric: row.metric.clone(),
        unit: row.unit.clone(),
        value: match row.kind.as_str() {
            "share" => Value::Share {
                k: whole(row.k),
                n: whole(row.n),
            },
            "count" => Value::Count(row.value.unwrap_or_default()),
            "few" => Value::Suppressed(Why::FewPeople),
            "differencing" => Value::Suppressed(Why::Differencing),
            _ => Value::TooLittle,
        },
    }
}

/// A figure as it is kept; what surveys publish they keep themselves.
fn row(figure: &Figure, period_end: Millis) -> Option<Release> {
    let (kind, k, n, value) = match &figure.value {
        Value::Share { k, n } => ("share", Some(*k), Some(*n), None),
        Value::Count(value) => ("count", None, None, Some(*value)),
        Value::TooLittle => ("little", None, None, None),
        Value::Suppressed(Why::FewPeople) => ("few", None, None, None),
        Value::Suppressed(Why::Differencing) => ("differencing", None, None, None),
        Value::Binned { .. } => return None,
    };
    let whole = |number: u64| i64::try_from(number).unwrap_or(i64::MAX);
    Some(Release {
        community_id: 0,
        audience: String::new(),
        period_end,
        metric: figure.metric.clone(),
        unit: figure.unit.clone(),
        kind: kind.to_owned(),
        k: k.map(whole),
        n: n.map(whole),
        value,
        definitions: 0,
        told_at: 0,
    })
}
