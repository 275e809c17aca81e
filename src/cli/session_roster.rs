//! `session roster`: who comes to a series, or to one session of it.

use anyhow::bail;
use chrono::{NaiveDate, SecondsFormat};
use clap::Args;
use serde_json::{Value, json};

use super::open;
use super::output::Output;
use crate::clock::moment;
use crate::context::Context;
use crate::sessions::host;
use crate::sessions::roster::{self, Row};
use crate::store::series::{self, Series};
use crate::store::{Tx, sessions};

/// So many days are named to whoever named a wrong one.
const NAMED: usize = 5;

/// `session roster …`
#[derive(Debug, Args)]
pub struct Arguments {
    /// Which community
    slug: String,
    /// Which series
    series: String,
    /// The original day of one session, also after it was moved
    #[arg(long, value_name = "DATE")]
    on: Option<NaiveDate>,
}

/// Prints it.
///
/// # Errors
/// What is wrong and what to do.
pub async fn run(ctx: &Context, output: Output, arguments: &Arguments) -> anyhow::Result<()> {
    let mut tx = ctx.read().await?;
    let community = open::community(&mut tx, &arguments.slug).await?;
    let series = find(&mut tx, community.id, arguments).await?;
    let rows = roster::rows(&mut tx, &series, arguments.on, ctx.now()).await?;
    let host = match arguments.on {
        Some(on) => host::of(&mut tx, &series, &on.to_string()).await?,
        None => None,
    };
    let hosts = |row: &Row| host.as_ref().is_some_and(|host| host.id == row.member);
    let of_day = |row: &Row| arguments.on.map(|_| hosts(row));
    let values: Vec<Value> = rows.iter().map(|row| value(row, of_day(row))).collect();
    let counts = roster::counted(&rows);
    let last = format!(
        "{} going, {} not, {} perhaps, {} unanswered",
        counts.accepted, counts.declined, counts.tentative, counts.unanswered
    );
    let lines = rows.iter().map(|row| match hosts(row) {
        true => format!("{}  (hosts)", line(row)),
        false => line(row),
    });
    output.show(&values, lines.chain([last]))
}

async fn find(tx: &mut Tx, community: i64, arguments: &Arguments) -> anyhow::Result<Series> {
    let (slug, on) = (&arguments.series, arguments.on);
    if let Some(found) = roster::find(tx, community, slug, on).await? {
        return Ok(found);
    }
    let all = series::latest(tx, community).await?;
    let known: Vec<String> = all.iter().map(|one| one.slug.clone()).collect();
    match all.iter().find(|one| one.slug == *slug) {
        Some(series) => {
            let day = on.map(|on| on.to_string()).unwrap_or_default();
            let next = days(tx, series).await?;
            bail!("no session of {slug} was planned for {day}; there are {next}")
        }
        None if known.is_empty() => {
            bail!("there is no series {slug}, nor any other; write one into the charter")
        }
        None => bail!("there is no series {slug}; there are {}", known.join(", ")),
    }
}

async fn days(tx: &mut Tx, series: &Series) -> anyhow::Result<String> {
    let rows = sessions::of_series(tx, series.id).await?;
    let days = rows.into_iter().map(|row| row.on_date);
    Ok(days.take(NAMED).collect::<Vec<_>>().join(", "))
}

/// `hosts` is of one session; of a series there is none.
fn value(row: &Row, hosts: Option<bool>) -> Value {
    let at = row
        .at
        .map(|at| moment(at).to_rfc3339_opts(SecondsFormat::Secs, true));
    json!({
        "address": row.address,
        "partstat": row.partstat,
        "comment": (!row.comment.is_empty()).then_some(&row.comment),
        "at": at,
        "attended": row.attended,
        "host": hosts,
    })
}

fn line(row: &Row) -> String {
    let comment = match row.comment.as_str() {
        "" => String::new(),
        said => format!("  {said}"),
    };
    let came = match row.attended {
        Some(true) => "came  ",
        Some(false) => "      ",
        None => "",
    };
    format!("{:<12}  {came}{}{comment}", row.partstat, row.address)
}
