//! `session attendance`: an operator notes who came to a session.

use anyhow::bail;
use clap::Args;
use serde_json::json;

use super::output::Output;
use super::session::{Desk, Which};
use crate::context::Context;
use crate::message::words::attendance::{Asked, Doubt, read};
use crate::sessions::attendance::{Candidate, candidates, record};
use crate::sessions::{roster, rows};

/// `session attendance …`
#[derive(Debug, Args)]
pub struct Arguments {
    #[command(flatten)]
    which: Which,
    /// Who came: names or addresses, ALL, ALL BUT names, or NOBODY; also "notes: …",
    /// "action: WHO: what by DATE", "recording: URL"
    #[arg(required = true)]
    names: Vec<String>,
}

/// Notes it, in the place of what was noted before.
///
/// # Errors
/// What is wrong and what to do.
pub async fn run(ctx: &Context, output: Output, arguments: &Arguments) -> anyhow::Result<()> {
    let mut desk = Desk::open(ctx, &arguments.which.slug).await?;
    let (tx, home) = desk.parts(ctx);
    let (slug, on) = (arguments.which.series.as_str(), arguments.which.on);
    let Some(series) = roster::find(tx, home.community.id, slug, Some(on)).await? else {
        bail!("no session of {slug} was planned for {on}; `session list` names them");
    };
    let Some(row) = rows::on(tx, &series, on, ctx.now()).await? else {
        bail!("no session of {slug} was planned for {on}; `session list` names them");
    };
    if row.starts_at > ctx.now() {
        bail!("the session of {on} has not begun; say who came when it is over");
    }
    if row.state == "cancelled" && row.reason != record::NOBODY {
        bail!("the session of {on} was cancelled, so nobody can have come");
    }
    let roster = candidates(tx, &series, &row, ctx.now()).await?;
    let invited: Vec<_> = roster.iter().map(|one| one.invited.clone()).collect();
    let asked = Asked {
        roster: &invited,
        by: None,
        on,
    };
    let sheet = read(&lines(&arguments.names), &asked);
    if let Some(doubt) = sheet.doubts.first() {
        bail!("{}", said(doubt, &roster));
    }
    let kept = record::keep(tx, &home, (&series, &row), (&roster, &sheet), None).await?;
    desk.commit().await?;
    let guests: Vec<&str> = kept.report.guests().collect();
    let shown = json!({
        "series": slug,
        "on": on,
        "came": kept.count(),
        "guests": guests,
    });
    output.show(&shown, [format!("{} came", kept.count())])
}

/// Each argument as a line; `ALL BUT` may be two.
fn lines(names: &[String]) -> String {
    let mut text = String::new();
    for name in names {
        let is_word = |word: &str| name.eq_ignore_ascii_case(word);
        let parted = match is_word("but") || is_word("except") {
            true => " ",
            false => "\n",
        };
        if !text.is_empty() {
            text.push_str(parted);
        }
        text.push_str(name.trim());
    }
    text
}

fn said(doubt: &Doubt, roster: &[Candidate]) -> String {
    match doubt {
        Doubt::Which(word, all) => {
            let named = all.iter().filter_map(|at| roster.get(*at));
            let named: Vec<&str> = named.map(|one| one.invited.address.as_str()).collect();
            format!("{word} could be {}; give the address", named.join(", "))
        }
        Doubt::NoSuch(number) => format!("nobody has the number {number}; give a name"),
        Doubt::Unread(line) => {
            format!("{line:?} does not say who came; give names, ALL, ALL BUT names or NOBODY")
        }
    }
}
