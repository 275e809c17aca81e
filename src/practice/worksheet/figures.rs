//! The figures of the last seven days, and what is unusual of them: below what needs a
//! person. They were recorded before (`summaries::points`); each unusual one is told once.

use super::DAY;
use crate::lists::home::Home;
use crate::store::figure_points::{self, Point};
use crate::store::{self, Millis, Tx};
use crate::templates::Phrase;

/// The figures that are always told, two on a line.
const HEADLINE: [&str; 4] = [
    "participation",
    "first-response-24h",
    "attendance-median",
    "learnings-new",
];

/// The most unusual figures that are told at once.
const MOST_ALERTS: i64 = 3;

/// What is older than this is told no more, in milliseconds.
const OLDEST: Millis = 8 * DAY;

/// The lines of a worksheet.
#[derive(Debug, Default)]
pub(super) struct Figures {
    /// The figures of the week.
    pub lines: Vec<String>,
    /// What is unusual of it, and was not told.
    pub alerts: Vec<String>,
}

/// What there is to tell.
///
/// # Errors
/// Where the database refuses.
pub(super) async fn gather(tx: &mut Tx, home: &Home<'_>) -> store::Result<Figures> {
    let (community, now) = (home.community.id, home.now());
    let mut known = Vec::new();
    for metric in HEADLINE {
        let last = figure_points::last(tx, community, metric, (now, 1)).await?;
        known.extend(last.into_iter().filter(|point| point.at > now - OLDEST));
    }
    let told: Vec<String> = known.iter().map(|point| said(home, point)).collect();
    let unusual = figure_points::untold(tx, community, now - OLDEST, MOST_ALERTS).await?;
    Ok(Figures {
        lines: told.chunks(2).map(|two| two.join("; ")).collect(),
        alerts: unusual.iter().map(|point| alert(home, point)).collect(),
    })
}

/// Notes that a mail has told what is unusual.
///
/// # Errors
/// Where the database refuses.
pub(super) async fn tell(tx: &mut Tx, home: &Home<'_>) -> store::Result<()> {
    figure_points::tell(tx, home.community.id, home.now()).await
}

/// "Participation 41 % (18 of 44)".
fn said(home: &Home<'_>, point: &Point) -> String {
    let name = home.say(&Phrase::new(name(&point.metric)));
    let (Some(k), Some(n)) = (point.k, point.n) else {
        let mark = home.say(&Phrase::new("decimal_mark"));
        return format!("{name} {}", number(point.value).replace('.', &mark));
    };
    let of = Phrase::new("figure_of")
        .with("k", k.to_string())
        .with("n", n.to_string());
    format!("{name} {:.0}\u{a0}% ({})", point.value, home.say(&of))
}

/// "Participation 5 % (2 of 44): lower than ever before, as things go here".
fn alert(home: &Home<'_>, point: &Point) -> String {
    let how = match point.signal.as_str() {
        "above" => "figure_above",
        "below" => "figure_below",
        "run-above" => "figure_run_above",
        _ => "figure_run_below",
    };
    let figure = said(home, point);
    home.say(&Phrase::new(how).with("figure", figure))
}

fn name(metric: &str) -> &'static str {
    match metric {
        "participation" => "figure_participation",
        "first-response-24h" => "figure_first_response",
        "questions-open" => "figure_questions_open",
        "attendance-median" => "figure_attendance",
        "learnings-new" => "figure_learnings",
        _ => "figure_newcomers",
    }
}

/// Whole, or with the half that a median may have.
fn number(value: f64) -> String {
    match value.fract() == 0.0 {
        true => format!("{value:.0}"),
        false => format!("{value:.1}"),
    }
}
