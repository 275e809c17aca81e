//! The figures of a desk, and `/desk/TOKEN/figures/METRIC`: one of them with what stands
//! behind it. GET and HEAD change nothing.

use axum::extract::{Path, State};
use axum::http::{Method, StatusCode};
use axum::response::Response;

use super::answer::{Found, Refusal, show as page, unkept};
use super::desk_show::owner;
use super::pages::figure::{CameRow, FigurePage, FigureRow, FiguresPanel, PieceRow, SeriesRow};
use super::pages::parts::Link;
use super::personal;
use crate::clock::moment;
use crate::config::Charter;
use crate::context::Context;
use crate::links;
use crate::lists::personal_link::{Kind, Opened};
use crate::lists::roles::{self, Act};
use crate::sessions::participation::{self, Figures as Came};
use crate::store::communities::Community;
use crate::store::members::Member;
use crate::store::{self, Millis, Tx, figure_points, series};
use crate::summaries::chart::{self, Point, Row, Words};
use crate::summaries::events::{DAY, Window};
use crate::summaries::evidence::{self, Fate, Piece};
use crate::summaries::figure::{Figure, Figures};
use crate::summaries::{gather, metrics, points};

/// So far apart are the cut-offs of a desk, in days; each figure is of the 90 days before
/// its own.
const APART: i64 = 30;

/// The figures whose charts the desk itself shows.
const FIRST: [&str; 4] = [
    "participation",
    "first-response-24h",
    "attendance-median",
    "learnings-new",
];

/// Of each series so many sessions are shown.
const MOST_SESSIONS: usize = 5;

/// So many weeks are shown of a figure.
const MOST_WEEKS: i64 = 52;

/// The figures of a community as the desk shows them; `None` to one who may not see them.
pub(super) async fn panel(
    tx: &mut Tx,
    ctx: &Context,
    (token, opened): (&str, &Opened),
    member: &Member,
) -> store::Result<Option<FiguresPanel>> {
    let community = &opened.community;
    let charter = ctx
        .charter(community)
        .filter(|_| roles::may(member, Act::SeeFigures));
    let Some(charter) = charter else {
        return Ok(None);
    };
    let cut_offs = cut_offs(ctx.now());
    let figures = gathered(tx, (community, &charter), &cut_offs).await?;
    let words = |metric: &str| words(&title(metric), &cut_offs, &charter);
    let row = |metric: &str| {
        let chart = chart::metric_chart(&figures, metric, &words(metric));
        row(token, metric, chart.rows)
    };
    let drawn = |metric: &&str| chart::metric_chart(&figures, metric, &words(metric)).into();
    let names = names(&figures);
    Ok(Some(FiguresPanel {
        cut_offs: cut_offs
            .iter()
            .skip(1)
            .map(|at| day(*at, &charter))
            .collect(),
        rows: names.into_iter().map(row).collect(),
        charts: FIRST.iter().map(drawn).collect(),
        series: came(tx, community.id, ctx.now()).await?,
    }))
}

/// Shows one figure.
pub(super) async fn show(
    State(ctx): State<Context>,
    Path((token, metric)): Path<(String, String)>,
    method: Method,
) -> Response {
    unkept(&ctx, look(&ctx, (&token, &metric), &method).await)
}

async fn look(ctx: &Context, (token, metric): (&str, &str), method: &Method) -> Found<Response> {
    let Some(opened) = personal::look(ctx, Kind::Desk, token, method).await? else {
        return Ok(personal::ended(ctx));
    };
    let mut tx = ctx.read().await?;
    let member = owner(&mut tx, &opened).await?;
    let charter = ctx.charter(&opened.community);
    let charter = charter.filter(|_| roles::may(&member, Act::SeeFigures));
    let charter = charter.ok_or(Refusal::NotFound)?;
    let shown = figure(
        &mut tx,
        (&opened.community, &charter),
        (token, metric),
        ctx.now(),
    )
    .await?;
    Ok(page(ctx, StatusCode::OK, &shown.ok_or(Refusal::NotFound)?))
}

/// The page of a figure; `None` where there is none of that name.
async fn figure(
    tx: &mut Tx,
    (community, charter): (&Community, &Charter),
    (token, metric): (&str, &str),
    now: Millis,
) -> store::Result<Option<FigurePage>> {
    let cut_offs = cut_offs(now);
    let figures = gathered(tx, (community, charter), &cut_offs).await?;
    let Some(definition) = metrics::of(metric).filter(|_| names(&figures).contains(&metric)) else {
        return Ok(None);
    };
    let name = title(metric);
    let words = words(&name, &cut_offs, charter);
    let kind = evidence::kind(metric);
    let mut pieces = Vec::new();
    if let Some(kind) = kind {
        let window = Window::ending(now);
        pieces = evidence::of(tx, (community, charter), kind, window).await?;
    }
    let slug = &community.slug;
    Ok(Some(FigurePage {
        community: community.name.clone(),
        text: definition.text.to_owned(),
        formula: definition.formula.to_owned(),
        definition: defined(metric),
        desk: format!("/desk/{token}"),
        chart: chart::metric_chart(&figures, metric, &words).into(),
        weeks: weeks(tx, (community.id, charter), metric, &name).await?,
        is_listed: kind.is_some(),
        counted: counted(kind).to_owned(),
        is_cut: pieces.len() >= evidence::MOST,
        pieces: pieces
            .into_iter()
            .map(|piece| piece_row(slug, piece))
            .collect(),
        name,
    }))
}

/// Now, and the moments before; the latest first.
fn cut_offs(now: Millis) -> Vec<Millis> {
    (0..=4).map(|back| now - back * APART * DAY).collect()
}

async fn gathered(tx: &mut Tx, of: gather::Of<'_>, cut_offs: &[Millis]) -> store::Result<Figures> {
    let (now, earlier) = cut_offs.split_first().unwrap_or((&0, &[]));
    gather::figures(tx, of, *now, earlier).await
}

/// The names of all figures that stand alone, each once, in the order of the CSV.
fn names(figures: &Figures) -> Vec<&str> {
    let mut names: Vec<&str> = Vec::new();
    let alone = |figure: &&Figure| figure.unit.is_empty() && figure.metric != "unit";
    for figure in figures.all.iter().filter(alone) {
        if !names.contains(&figure.metric.as_str()) {
            names.push(&figure.metric);
        }
    }
    names
}

/// How a metric is called; a row that shares a definition is called by its own name.
fn title(metric: &str) -> String {
    match metrics::of(metric) {
        Some(definition) if definition.metric == metric && metric != "core" => {
            definition.title.into()
        }
        _ => sentence(metric),
    }
}

/// `health-safety` as a heading: "Health safety".
fn sentence(metric: &str) -> String {
    let mut letters = metric.chars();
    let first = letters.next().map(|first| first.to_ascii_uppercase());
    first
        .into_iter()
        .chain(letters.map(|c| if c == '-' { ' ' } else { c }))
        .collect()
}

/// Where a metric is defined.
fn defined(metric: &str) -> String {
    let anchor = metrics::of(metric).map_or(metric, |definition| definition.metric);
    format!("/definitions/{}#{anchor}", metrics::VERSION)
}

fn words(title: &str, cut_offs: &[Millis], charter: &Charter) -> Words {
    let mut words = Words::english(title);
    for (word, at) in words.periods.iter_mut().zip(cut_offs) {
        *word = day(*at, charter);
    }
    words
}

fn day(at: Millis, charter: &Charter) -> String {
    let local = moment(at).with_timezone(&charter.timezone);
    local.format("%-d %b").to_string()
}

/// A chart's rows, oldest first, as a row of the table.
fn row(token: &str, metric: &str, mut rows: Vec<Row>) -> FigureRow {
    let now = rows.pop().unwrap_or_default();
    FigureRow {
        link: Link::new(format!("/desk/{token}/figures/{metric}"), title(metric)),
        definition: defined(metric),
        value: now.value,
        of: now.of,
        interval: now.interval,
        earlier: rows.into_iter().rev().map(|row| row.value).collect(),
    }
}

/// A figure week by week; `None` where it is not recorded.
async fn weeks(
    tx: &mut Tx,
    (community, charter): (i64, &Charter),
    metric: &str,
    name: &str,
) -> store::Result<Option<super::pages::figure::Drawing>> {
    if !points::RECORDED.contains(&metric) {
        return Ok(None);
    }
    let mut all = figure_points::last(tx, community, metric, (Millis::MAX, MOST_WEEKS)).await?;
    all.reverse();
    let number = |count: Option<i64>| count.and_then(|count| u64::try_from(count).ok());
    let point = |row: &figure_points::Point| Point {
        when: day(row.at, charter),
        value: row.value,
        of: number(row.k).zip(number(row.n)),
    };
    let all: Vec<Point> = all.iter().map(point).collect();
    let words = Words::english(&format!("{name}, week by week"));
    Ok(Some(chart::control_chart(metric, &all, &words).into()))
}

/// The last sessions of each series that were held.
async fn came(tx: &mut Tx, community: i64, now: Millis) -> store::Result<Vec<SeriesRow>> {
    let mut all = Vec::new();
    for one in series::latest(tx, community).await? {
        let last = (MOST_SESSIONS, now);
        let held = participation::of_series(tx, community, &one.slug, last).await?;
        if !held.is_empty() {
            all.push(SeriesRow {
                title: one.title,
                sessions: held.iter().rev().map(came_row).collect(),
            });
        }
    }
    Ok(all)
}

fn came_row(one: &Came) -> CameRow {
    let showed = one.came.filter(|_| one.going > 0);
    CameRow {
        on: one.on.clone(),
        invited: one.invited,
        going: one.going,
        came: one
            .came
            .map_or_else(|| "nobody has said".to_owned(), |came| came.to_string()),
        showed: showed.map_or_else(String::new, |_| format!("{} of {}", one.showed, one.going)),
    }
}

fn counted(kind: Option<evidence::Kind>) -> &'static str {
    match kind {
        Some(evidence::Kind::Questions) => "The questions",
        Some(evidence::Kind::Sessions) => "The sessions",
        Some(evidence::Kind::Items) => "The agenda items",
        Some(evidence::Kind::Newcomers) => "Who has joined",
        Some(evidence::Kind::Learnings) => "The learnings",
        None => "",
    }
}

fn piece_row(slug: &str, piece: Piece) -> PieceRow {
    let href = match piece.message_id.as_str() {
        "" => String::new(),
        id => format!("/c/{slug}/t/{}", links::permalink(id)),
    };
    PieceRow {
        what: piece.what,
        href,
        at: moment(piece.at).into(),
        fate: fate(&piece.fate),
    }
}

fn fate(fate: &Fate) -> String {
    match fate {
        Fate::Unanswered => "no answer yet".into(),
        Fate::Answered(after) => format!("first answer after {}", span(*after)),
        Fate::Silent => "has not written yet".into(),
        Fate::Session(state, None) => state.clone(),
        Fate::Session(state, Some(came)) => format!("{state}, {came} came"),
        Fate::Wanted { of, by_facilitator } => match by_facilitator {
            true => format!("for {of}; a facilitator’s"),
            false => format!("for {of}; a member’s"),
        },
        Fate::Kept => "accepted".into(),
    }
}

/// So long: minutes below two hours, hours below three days, then days.
fn span(millis: Millis) -> String {
    let minutes = millis / 60_000;
    match minutes {
        ..2 => "a minute".to_owned(),
        2..120 => format!("{minutes} minutes"),
        120..4320 => format!("{} hours", minutes / 60),
        _ => format!("{} days", minutes / 1440),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn spans_are_said_in_the_largest_unit_that_fits() {
        let table = [
            (0, "a minute"),
            (119 * 60_000, "119 minutes"),
            (2 * 3_600_000, "2 hours"),
            (71 * 3_600_000, "71 hours"),
            (72 * 3_600_000, "3 days"),
        ];
        for (millis, said) in table {
            assert_eq!(span(millis), said);
        }
    }

    #[test]
    fn what_shares_a_definition_has_a_name_of_its_own() {
        assert_eq!(title("participation"), "Participation");
        assert_eq!(title("peripheral"), "Peripheral");
        assert_eq!(title("health-safety"), "Health safety");
        assert_eq!(defined("health-safety"), "/definitions/1#health-INDEX");
    }
}
