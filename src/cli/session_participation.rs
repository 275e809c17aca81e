//! `session participation`: how many came, session by session of a series.

use anyhow::bail;
use clap::Args;
use serde_json::{Value, json};

use super::open;
use super::output::Output;
use crate::clock::rfc3339;
use crate::context::Context;
use crate::sessions::participation::{Figures, of_series};
use crate::store::series;

/// `session participation …`
#[derive(Debug, Args)]
pub struct Arguments {
    /// Which community
    slug: String,
    /// Which series
    series: String,
}

/// Prints it.
///
/// # Errors
/// What is wrong and what to do.
pub async fn run(ctx: &Context, output: Output, arguments: &Arguments) -> anyhow::Result<()> {
    let mut tx = ctx.read().await?;
    let community = open::community(&mut tx, &arguments.slug).await?;
    let slug = arguments.series.as_str();
    let known = series::latest(&mut tx, community.id).await?;
    if known.iter().all(|one| one.slug != slug) {
        let known: Vec<&str> = known.iter().map(|one| one.slug.as_str()).collect();
        bail!("there is no series {slug}; there are: {}", known.join(", "));
    }
    let all = of_series(&mut tx, community.id, slug, (usize::MAX, ctx.now())).await?;
    let values: Vec<Value> = all.iter().map(value).collect();
    output.show(&values, all.iter().map(line))
}

fn value(one: &Figures) -> Value {
    json!({
        "on": one.on,
        "starts": rfc3339(one.starts_at),
        "invited": one.invited,
        "going": one.going,
        "came": one.came,
        "guests": one.came.map(|_| one.guests),
        "show_rate": one.came.map(|_| json!({ "k": one.showed, "n": one.going })),
    })
}

fn line(one: &Figures) -> String {
    let (invited, going) = (one.invited, one.going);
    let came = match one.came {
        None => "nobody has said who came".to_owned(),
        Some(came) => {
            let (guests, showed) = (one.guests, one.showed);
            format!("{came} came, {guests} of them guests; {showed} of {going} who said yes")
        }
    };
    format!("{}\t{invited} invited\t{going} going\t{came}", one.on)
}
